import type { Metafile } from 'esbuild';

/** The name of a client package, `@aws-sdk/client-<name>`, and the prefix of its actions in IAM. */
const PREFIX: Readonly<Record<string, string>> = {
  'auto-scaling': 'autoscaling',
  cloudwatch: 'cloudwatch',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  pricing: 'pricing',
  rds: 'rds',
  sns: 'sns',
  sts: 'sts',
};

/** In the bundle, but not called: the DynamoDB client carries it for endpoint discovery, which is off. */
const NEVER_SENT = ['dynamodb:DescribeEndpoints'];

/**
 * Which AWS actions the code of a function can call: the SDK's commands that esbuild has left in its bundle.
 *
 * @returns IAM actions, sorted
 */
export function calledActions({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const commands = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /@aws-sdk\/client-([\w-]+)\/dist-\w+\/commands\/(\w+)Command\.js$/.exec(path))
    .filter((match) => match !== null)
    .map(([, client, operation]) => `${prefix(client!)}:${operation}`);
  return [...new Set(commands)].filter((action) => !NEVER_SENT.includes(action)).sort();
}

function prefix(client: string): string {
  const known = PREFIX[client];
  if (known === undefined) throw new Error(`calls.ts does not know the IAM prefix of @aws-sdk/client-${client}`);
  return known;
}
