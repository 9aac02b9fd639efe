import type { Metafile } from 'esbuild';

/** The name of a client package, `@aws-sdk/client-<name>`, and the prefix of its actions in IAM. */
const PREFIX: Readonly<Record<string, string>> = {
  'application-auto-scaling': 'application-autoscaling',
  'auto-scaling': 'autoscaling',
  backup: 'backup',
  cloudtrail: 'cloudtrail',
  cloudwatch: 'cloudwatch',
  'cost-explorer': 'ce',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  ecs: 'ecs',
  elasticache: 'elasticache',
  kms: 'kms',
  lambda: 'lambda',
  pi: 'pi',
  pricing: 'pricing',
  rds: 'rds',
  redshift: 'redshift',
  'resource-groups-tagging-api': 'tag',
  sns: 'sns',
  ssm: 'ssm',
  sts: 'sts',
};

/** The operations whose action has another name. */
const ACTION: Readonly<Record<string, string>> = {
  'dynamodb:TransactWriteItems': 'dynamodb:PutItem', // IAM asks for what is in the transaction, and here that is puts
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** In the bundle, but not called: the DynamoDB client carries it for endpoint discovery, which is off. */
const NEVER_SENT = ['dynamodb:DescribeEndpoints'];

/**
 * Which AWS actions the code of a function can call.
 *
 * @returns IAM actions, sorted
 */
export function calledActions(metafile: Metafile): string[] {
  return calledOperations(metafile)
    .map((operation) => ACTION[operation] ?? operation)
    .sort();
}

/**
 * Which operations the code of a function can call: the SDK's commands that esbuild has left in its bundle.
 *
 * @returns the operations, with the prefix of their actions
 */
export function calledOperations({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const commands = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /@aws-sdk\/client-([\w-]+)\/dist-\w+\/commands\/(\w+)Command\.js$/.exec(path))
    .filter((match) => match !== null)
    .map(([, client, operation]) => `${prefix(client!)}:${operation}`);
  return [...new Set(commands)].filter((operation) => !NEVER_SENT.includes(operation));
}

/** @param client the name of a client package, behind `@aws-sdk/client-` */
export function prefix(client: string): string {
  const known = PREFIX[client];
  if (known === undefined) throw new Error(`calls.ts does not know the IAM prefix of @aws-sdk/client-${client}`);
  return known;
}
