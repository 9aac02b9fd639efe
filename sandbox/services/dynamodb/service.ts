import * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { Reply } from '../../http/protocol.ts';
import { modelOf } from '../../http/service-model.ts';
import { type Answer, asAwsError, type Incoming, notImplemented, type Operations, type Service } from '../service.ts';
import { CONTINUOUS_BACKUPS, checkTable } from './continuous-backups.ts';
import { createDatabases, type Database } from './databases.ts';

/** What dynalite does not know and would answer with an error without a name. */
const KNOWN: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'TransactWriteItems',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

/** DynamoDB is dynalite, a server in this process per account and region; all but its backups is forwarded to it. */
export function dynamodb(): Service {
  const model = modelOf(DynamoDB, new DynamoDB.DynamoDBClient({ region: 'us-east-1' }));
  const databases = createDatabases();
  return {
    name: 'dynamodb',
    model,
    answer: async (incoming) => {
      const { operation, requestId, caller, input } = incoming;
      try {
        const carryOut = (CONTINUOUS_BACKUPS as Operations)[operation.name];
        if (!carryOut && !KNOWN.has(operation.name)) throw notImplemented('dynamodb', operation.name);
        const database = await databases.of(caller.account.id, caller.region.name);
        if (!carryOut) return await forward(database, incoming);
        await checkTable(database, incoming);
        const output = carryOut(input as never, caller);
        return { reply: model.protocol.writeOutput(operation, output, requestId), outcome: 'ok' };
      } catch (thrown) {
        const error = asAwsError(thrown);
        return { reply: model.protocol.writeError(error, requestId), outcome: error.code };
      }
    },
    close: () => databases.close(),
  };
}

async function forward(database: Database, { body, headers, operation, caller }: Incoming): Promise<Answer> {
  const reply = await database.post(body, headers);
  if (reply.status >= 300) return { reply, outcome: errorCode(reply) };
  if (!operation.name.endsWith('Table')) return { reply, outcome: 'ok' };
  // dynalite names every table after one account and one region; outside it has its owner's.
  const owner = `arn:aws:dynamodb:${caller.region.name}:${caller.account.id}:`;
  const renamed = String(reply.body).replaceAll(/arn:aws:dynamodb:[a-z0-9-]+:\d+:/g, owner);
  return { reply: { ...reply, body: renamed }, outcome: 'ok' };
}

function errorCode({ body }: Reply): string {
  const { __type = 'UnknownError' } = JSON.parse(String(body)) as { __type?: string };
  return __type.split('#').at(-1)!;
}
