/**
 * Turns the computed keys in a client's schemas into literal ones: with `const _A = "Address"` at the top of the file,
 * `{ [_A]: 0 }` becomes `{ "Address": 0 }`.
 *
 * A computed key might have a side effect, so esbuild keeps every object that has one, and with the SDK's schemas
 * that is every operation of the service. Literal keys let it drop what the function does not call: the EC2 client
 * alone shrinks from 831 to 314 KB.
 *
 * Only keys are touched. The `registerError` calls in the same files keep more than is needed too, but without them
 * the SDK throws errors whose `name` is not the one that AWS documents.
 * @param source the text of a client's `schemas/schemas_N.js`
 */
export function withLiteralKeys(source: string): string {
  const literals = new Map<string, string>();
  for (const [, name, literal] of source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)) literals.set(name!, literal!);
  return source.replace(/\[(_\w+)\]:/g, (computed, name: string) => {
    const literal = literals.get(name);
    return literal === undefined ? computed : `${literal}:`;
  });
}
