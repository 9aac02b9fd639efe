const MAKERS = 'import { createStandardJSONSchemaMethod, createToJSONSchemaMethod } from "../core/to-json-schema.js";';
const REFUSED = `const createToJSONSchemaMethod = () => () => {
  throw new Error('a JSON schema needs zod/v4/core/to-json-schema.js in the bundle');
};
const createStandardJSONSchemaMethod = createToJSONSchemaMethod;`;
const PROCESSOR = /^\s*inst\._zod\.processJSONSchema = .*;$/gm;

/**
 * Every schema of zod can describe itself as a JSON schema, so esbuild keeps what does that: 19 KB. No function asks for
 * one; who did would hear it at once.
 * @param source the text of zod's `v4/classic/schemas.js`
 * @throws when zod no longer brings it that way, so that an update cannot bring the weight back unnoticed
 */
export function withoutJsonSchema(source: string, path: string): string {
  if (!source.includes(MAKERS) || source.search(PROCESSOR) === -1) {
    throw new Error(`${path} does not bring JSON schemas as it did any more`);
  }
  return source.replace(MAKERS, REFUSED).replace(PROCESSOR, '');
}
