const CONSTANT = /^const (_\w+) = ("[^"\n]*");$/gm;

/** An identifier, but not what only looks like one in a string. */
const NAME = /(?<!["\w])_\w+\b/g;

/**
 * Writes the names in a client's schemas where they are used: of `const _AA = "Address"` at the top of the file, which is used
 * once, only `"Address"` is left. esbuild keeps such a constant for each member of each structure, and most have one: 10 KB of
 * a function that reads instances.
 * @param source the text of a client's `schemas/schemas_N.js`
 */
export function withInlineNames(source: string): string {
  const literals = new Map([...source.matchAll(CONSTANT)].map(([, name = '', literal = '']) => [name, literal]));
  const uses = new Map<string, number>();
  for (const [name] of source.matchAll(NAME)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const isOnce = (name: string) => literals.has(name) && uses.get(name) === 2; // and once where it is declared
  return source
    .replace(CONSTANT, (declared, name: string) => (isOnce(name) ? '' : declared))
    .replace(NAME, (name) => (isOnce(name) ? (literals.get(name) ?? name) : name));
}
