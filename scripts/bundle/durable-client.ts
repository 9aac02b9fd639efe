const NEEDED = 'CheckpointDurableExecutionCommand, GetDurableExecutionStateCommand, LambdaClient';
const LAZY = "import('@aws-sdk/client-lambda')";

/**
 * The durable execution SDK loads the Lambda client by a dynamic import, of which it uses two commands. In a single file
 * esbuild cannot drop anything from what is imported dynamically, which keeps every other command: 100 KB. So the import
 * is made a static one of what is used.
 * @throws when the SDK no longer loads it that way, so that an update cannot bring the weight back unnoticed
 */
export function withStaticLambdaClient(source: string, path: string): string {
  if (!source.includes(LAZY)) throw new Error(`${path} does not load the Lambda client by ${LAZY} any more`);
  return `import { ${NEEDED} } from '@aws-sdk/client-lambda';\n${source.replace(LAZY, `Promise.resolve({ ${NEEDED} })`)}`;
}
