import { readFile } from 'node:fs/promises';
import type { Loader, Plugin } from 'esbuild';
import { withStaticLambdaClient } from './durable-client.ts';
import { withShortErrorClasses } from './error-classes.ts';
import { withShortErrorSchemas } from './error-schemas.ts';
import { withInlineNames } from './inline-names.ts';
import { withLiteralKeys } from './literal-keys.ts';
import { withoutDescriptions } from './no-descriptions.ts';
import { withoutJsonSchema } from './no-json-schema.ts';

interface Rewrite {
  readonly filter: RegExp;
  readonly rewrite: (source: string, path: string) => string;
  readonly loader?: Loader;
}

/** What is rewritten in the packages' sources and our own, and where. Each says why in its own file. */
const REWRITES: readonly Rewrite[] = [
  { filter: /@aws-sdk[\\/].*[\\/]schemas[\\/]schemas_\d+\.js$/, rewrite: shortSchemas },
  { filter: /@aws-sdk[\\/].*[\\/]models[\\/]errors\.js$/, rewrite: withShortErrorClasses },
  { filter: /durable-execution-sdk-js[\\/]dist[\\/]index\.mjs$/, rewrite: withStaticLambdaClient },
  { filter: /zod[\\/]v4[\\/]classic[\\/]schemas\.js$/, rewrite: withoutJsonSchema },
  { filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/, rewrite: versionOnly, loader: 'json' },
  { filter: /[\\/](shared|functions)[\\/].*\.ts$/, rewrite: withoutDescriptions, loader: 'ts' },
];

/** Makes the sources smaller while esbuild loads them, without changing what they do. */
export const packages: Plugin = {
  name: 'packages',
  setup(build) {
    for (const { filter, rewrite, loader = 'js' } of REWRITES) {
      build.onLoad({ filter }, async ({ path }) => ({
        contents: rewrite(await readFile(path, 'utf8'), path),
        loader,
      }));
    }
  },
};

function shortSchemas(source: string): string {
  return withInlineNames(withLiteralKeys(withShortErrorSchemas(source)));
}

/** A client reads its own version from its package.json, of which esbuild would keep all: 2 KB for each client. */
function versionOnly(source: string): string {
  const { version } = JSON.parse(source) as { version: string };
  return JSON.stringify({ version });
}
