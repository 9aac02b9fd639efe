import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** One file of the project: its path from the root, with slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** One import or re-export: where from, and what. */
export interface Import {
  /** A path from the root (`shared/core/plan.ts`) or the name of a package. */
  readonly from: string;
  /** The names, without those that are only types; `*` or a default name stands for itself. */
  readonly values: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');

/** Every TypeScript file under the folders. */
export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    globSync('**/*.ts', { cwd: join(ROOT, folder) }).map((file) => {
      const path = join(folder, file);
      return { path: path.replaceAll('\\', '/'), text: readFileSync(join(ROOT, path), 'utf8') };
    }),
  );
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

/** The text without its comments; what only looks like one inside quotes stays. */
export const codeOf = ({ text }: Source): string =>
  text.replace(COMMENT_OR_STRING, (part) => (part.startsWith('/') ? ' ' : part));

const STATIC = /\b(?:import|export)\s+(type\s+)?([\w$*\s{},]*?)\s*from\s*['"]([^'"]+)['"]/g;
const OTHER = /\bimport\s*['"]([^'"]+)['"]|\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g;

/** Everything that the file imports, in whatever way. */
export function importsOf(source: Source): Import[] {
  const code = codeOf(source);
  const statics = [...code.matchAll(STATIC)].map(([, isType, clause = '', from = '']) => ({
    from: placeOf(source, from),
    values: isType ? [] : valuesIn(clause),
  }));
  const others = [...code.matchAll(OTHER)].map(([, bare, called]) => ({
    from: placeOf(source, bare ?? called ?? ''),
    values: ['*'],
  }));
  return [...statics, ...others];
}

function valuesIn(clause: string): string[] {
  const names = clause
    .replace(/[{}]/g, ',')
    .split(',')
    .map((name) => name.trim());
  return names
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name);
}

function placeOf({ path }: Source, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return relative(ROOT, join(ROOT, path, '..', specifier)).replaceAll('\\', '/');
}
