import { readFileSync } from 'node:fs';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { parse } from 'yaml';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { placesOf } from '../../shared/core/calendar/check.ts';
import { type Policy, parsePolicy } from '../../shared/core/policy.ts';
import type { NewPolicy } from '../../shared/ports.ts';
import type { Sandbox } from '../sandbox.ts';

interface LedgerTemplate {
  readonly Resources: {
    readonly Ledger: {
      readonly Properties: Pick<
        CreateTableCommandInput,
        'KeySchema' | 'AttributeDefinitions' | 'GlobalSecondaryIndexes'
      >;
    };
  };
}

/** The keys and the index of the ledger's table, as infra/ledger.yml has them. */
export function ledgerShape() {
  const text = readFileSync(new URL('../../infra/ledger.yml', import.meta.url), 'utf8');
  const { Resources } = parse(text, { logLevel: 'silent' }) as LedgerTemplate;
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = Resources.Ledger.Properties;
  return { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes };
}

/** What infra/ creates in the hub account, as far as the functions see it. */
export interface Hub {
  readonly account: string;
  readonly table: string;
  readonly topicArn: string;
  readonly chatTopicArn: string;
  readonly lookRoleName: string;
  readonly externalId: string;
  /** Clients of the hub account, for whoever looks into the ledger from outside. */
  readonly dynamodb: DynamoDBClient;
  /** Stores a policy as `npm run policy` would. */
  storePolicy(policy: unknown): Promise<void>;
}

export interface HubOptions {
  readonly policy?: unknown;
  readonly externalId?: string;
  readonly table?: string;
  /** The names of the topic for alerts and of the one for chat. */
  readonly topics?: readonly string[];
}

/** Creates the hub's table and topics in the sandbox, and stores a policy if one is given. */
export async function installHub(sandbox: Sandbox, options: HubOptions = {}): Promise<Hub> {
  const config = clientConfig(sandbox);
  const dynamodb = new DynamoDBClient(config);
  const sns = new SNSClient(config);
  const { table = 'lamplighter-prod', topics = ['lamplighter-alerts-prod', 'lamplighter-chat-prod'] } = options;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      ...ledgerShape(),
    }),
  );
  const [alerts, chat] = await Promise.all(topics.map((Name) => sns.send(new CreateTopicCommand({ Name }))));
  const storePolicy = async (policy: unknown) => {
    const by = `arn:aws:iam::${sandbox.estate.hub.id}:user/deployer`;
    const now = sandbox.clock.now();
    await dynamoPolicyStore({ client: dynamodb, table }).store(await toStore(parsePolicy(policy), now), by, now);
  };
  if (options.policy !== undefined) await storePolicy(options.policy);
  sns.destroy();
  return {
    account: sandbox.estate.hub.id,
    table,
    topicArn: alerts?.TopicArn ?? '',
    chatTopicArn: chat?.TopicArn ?? '',
    lookRoleName: 'lamplighter-look',
    externalId: options.externalId ?? 'lamplighter',
    dynamodb,
    storePolicy,
  };
}

/** With the holidays that it asks for. The library that knows them is only loaded when it asks for some: it is slow. */
async function toStore(policy: Policy, now: Date): Promise<NewPolicy> {
  if (placesOf(policy).length === 0) return { policy };
  const { holidaysFor } = await import('../../scripts/policy/holidays.ts');
  return { policy, holidays: holidaysFor(policy, now) };
}

/** How a client in this process reaches the sandbox as the hub account. */
function clientConfig({ env }: Pick<Sandbox, 'env'>) {
  return {
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    region: env.AWS_REGION ?? '',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
    },
  };
}

interface Deployed {
  readonly environment: { readonly NODE_OPTIONS?: string };
}

/** What serverless.yml says of every function, and of each. */
const { provider, functions } = parse(readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8'), {
  logLevel: 'silent',
}) as { readonly provider: Deployed; readonly functions: Readonly<Record<string, Deployed>> };

/** The environment that serverless.yml gives to a scanner, and Lambda to every function. */
export function functionEnv(
  sandbox: Pick<Sandbox, 'env'>,
  hub: Hub,
  name: 'right-size' | 'watch-spend' | 'snapshot-databases' | 'off-hours' | 'remediate-alarm' = 'right-size',
): Record<string, string> {
  return {
    ...sandbox.env,
    NODE_OPTIONS: functions[name]?.environment.NODE_OPTIONS ?? provider.environment.NODE_OPTIONS ?? '',
    LEDGER_TABLE: hub.table,
    TOPIC_ARN: hub.topicArn,
    CHAT_TOPIC_ARN: '',
    LOOK_ROLE_NAME: hub.lookRoleName,
    EXTERNAL_ID: hub.externalId,
    CARRY_OUT_ARN: `arn:aws:lambda:${sandbox.env.AWS_REGION}:${hub.account}:function:lamplighter-carry-out-prod:live`,
    POWERTOOLS_SERVICE_NAME: name,
    LOG_LEVEL: 'SILENT',
  };
}
