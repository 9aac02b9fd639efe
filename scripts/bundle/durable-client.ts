import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const NEEDED = 'CheckpointDurableExecutionCommand, GetDurableExecutionStateCommand, LambdaClient';
const LAZY = "import('@aws-sdk/client-lambda')";

/**
 * The durable execution SDK loads the Lambda client by a dynamic import, of which it uses two commands. In a single file
 * esbuild cannot drop anything from what is imported dynamically, which keeps every other command: 100 KB. So the import
 * is made a static one of what is used.
 * @throws when the SDK no longer loads it that way, so that an update cannot bring the weight back unnoticed
 */
export const durableClient: Plugin = {
  name: 'durable-client',
  setup(build) {
    build.onLoad({ filter: /durable-execution-sdk-js[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes(LAZY)) throw new Error(`${path} does not load the Lambda client by ${LAZY} any more`);
      const contents = `import { ${NEEDED} } from '@aws-sdk/client-lambda';\n${source.replace(LAZY, `Promise.resolve({ ${NEEDED} })`)}`;
      return { contents, loader: 'js' };
    });
  },
};
