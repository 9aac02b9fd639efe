/** How a client describes an error whose members are all plain, and registers its class. */
const ERROR_SCHEMA = new RegExp(
  [
    String.raw`^export var (?<variable>\w+)\$ = \[-3, n0, (?<name>\w+),`,
    String.raw`\{ (?:\[_aQE\]: (?<query>\[[^\]]+\]), )?\[_e\]: _c(?:, \[_hE\]: (?<status>\d+))? \},`,
    String.raw`\[(?<members>[\w, ]*)\],`,
    String.raw`\[(?<targets>[0, ]*)\]`,
    String.raw`\];`,
    String.raw`n0_registry\.registerError\(\k<variable>\$, \k<variable>\);$`,
  ].join(String.raw`\s+`),
  'gm',
);

/** A declaration, which may stand below what uses it. */
const ERROR_SCHEMA_OF = `
function __errorSchema(name, errorClass, members, query, status) {
  const traits = { ...(query && { awsQueryError: query }), error: 'client', ...(status && { httpError: status }) };
  const schema = [-3, n0, name, traits, members, members.map(() => 0)];
  n0_registry.registerError(schema, errorClass);
  return schema;
}
`;

/**
 * Writes shorter how the SDK's errors are described and registered, for the same reason as their classes: they differ in
 * names and numbers. The schemas stay the same. One that is written in any other way is left as it is.
 * @param source the text of a client's `schemas/schemas_N.js`
 */
export function withShortErrorSchemas(source: string): string {
  const short = source.replace(ERROR_SCHEMA, (...match) => {
    const { variable, name, query = '0', status = '0', members, targets } = match.at(-1) as Record<string, string>;
    if (members?.split(',').length !== targets?.split(',').length) return match[0] as string;
    return `export var ${variable}$ = __errorSchema(${name}, ${variable}, [${members}], ${query}, ${status});`;
  });
  return short === source ? source : short + ERROR_SCHEMA_OF;
}
