import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

/** The parts of a source map, version 3, that esbuild writes. */
interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

/**
 * Leaves in a bundle's source map what leads to the project's own files. Node reads the map at every cold start, and nine
 * tenths of it would lead into packages: a frame of a stack trace that is in one shows its place in the bundle instead.
 * @param text the source map, as JSON
 */
export function ownMap(text: string): string {
  const map = JSON.parse(text) as SourceMap;
  const sources = map.sources.filter((source) => !source.includes('node_modules/'));
  const numberOf = new Map(sources.map((source, number) => [source, number]));
  const names: string[] = [];
  const numberOfName = new Map<string, number>();
  const own = ([column, ...origin]: SourceMapSegment): SourceMapSegment => {
    const [source, line, at, name] = origin;
    const number = source === undefined ? undefined : numberOf.get(map.sources[source]!);
    if (number === undefined || line === undefined || at === undefined) return [column];
    return name === undefined ? [column, number, line, at] : [column, number, line, at, keep(map.names[name]!)];
  };
  const keep = (name: string): number => {
    const number = numberOfName.get(name) ?? names.push(name) - 1;
    numberOfName.set(name, number);
    return number;
  };
  const mappings = encode(decode(map.mappings).map((line) => line.map(own).filter(startsSomething)));
  return JSON.stringify({ version: map.version, sources, names, mappings });
}

/** What follows a place that leads nowhere leads nowhere, too. */
const startsSomething = (segment: SourceMapSegment, index: number, line: readonly SourceMapSegment[]): boolean =>
  segment.length > 1 || index === 0 || (line[index - 1]?.length ?? 0) > 1;
