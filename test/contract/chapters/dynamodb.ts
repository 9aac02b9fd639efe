import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

const TableName = 'lamplighter-ledger';

type Item = Record<string, AttributeValue>;

interface Seed {
  readonly target: Target;
  readonly dynamo: DynamoDBClient;
}

const table = (name: string) =>
  new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });

/** A table, and in it seven runs of one function. */
async function seed(target: Target): Promise<Seed> {
  const { dynamo } = target.clients();
  await dynamo.send(table(TableName));
  await until(
    target,
    async () => (await dynamo.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus,
    (status) => status === 'ACTIVE',
  );
  for (const day of oneTo(7)) await dynamo.send(new PutItemCommand({ TableName, Item: run(day) }));
  return { target, dynamo };
}

const key = (pk: string, sk = '#'): Item => ({ pk: { S: pk }, sk: { S: sk } });
const run = (day: number): Item => ({ ...key('RUN#right-size', `TICK#2026-11-0${day}`), day: { N: `${day}` } });

const put = (dynamo: DynamoDBClient, Item: Item, ConditionExpression?: string) =>
  dynamo.send(new PutItemCommand({ TableName, Item, ...(ConditionExpression && { ConditionExpression }) }));

const get = async (dynamo: DynamoDBClient, Key: Item) =>
  (await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;

const runs = (dynamo: DynamoDBClient, more: Partial<QueryCommandInput>) =>
  dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'RUN#right-size' } },
      ...more,
    }),
  );

const days = (items: Item[] | undefined) => items?.map(({ day }) => Number(day?.N));

export const dynamodb = chapter('dynamodb', seed, {
  'a table that exists is not made anew': async ({ dynamo }) => {
    await refused(dynamo.send(table(TableName)), 'ResourceInUseException');
  },

  'an unknown table is ResourceNotFoundException': async ({ dynamo }) => {
    const ask = new GetItemCommand({ TableName: 'nobodys-table', Key: key('A') });
    await refused(dynamo.send(ask), 'ResourceNotFoundException');
  },

  'what is not there is no item, and no error': async ({ dynamo }) => {
    expect(await get(dynamo, key('NOBODY'))).toBeUndefined();
  },

  'of two first writes the second fails and changes nothing': async ({ dynamo }) => {
    const ifNew = 'attribute_not_exists(pk)';
    await put(dynamo, { ...key('PLAN#1'), by: { S: 'first' } }, ifNew);
    const second = put(dynamo, { ...key('PLAN#1'), by: { S: 'second' } }, ifNew);
    expect(await refused(second, 'ConditionalCheckFailedException')).toBeInstanceOf(ConditionalCheckFailedException);
    expect((await get(dynamo, key('PLAN#1')))?.by).toEqual({ S: 'first' });
  },

  'of ten first writes at once exactly one succeeds': async ({ dynamo }) => {
    const attempts = oneTo(10).map((n) =>
      put(dynamo, { ...key('LEASE#orders'), by: { N: `${n}` } }, 'attribute_not_exists(pk)'),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  },

  'a count goes up only to its cap': async ({ dynamo }) => {
    const take = () =>
      dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key: key('CAP#idle-database', 'DAY#2026-11-22'),
          UpdateExpression: 'SET taken = if_not_exists(taken, :none) + :one',
          ConditionExpression: 'attribute_not_exists(taken) OR taken < :cap',
          ExpressionAttributeValues: { ':none': { N: '0' }, ':one': { N: '1' }, ':cap': { N: '2' } },
        }),
      );
    await take();
    await take();
    await refused(take(), 'ConditionalCheckFailedException');
    expect((await get(dynamo, key('CAP#idle-database', 'DAY#2026-11-22')))?.taken).toEqual({ N: '2' });
  },

  'an update returns just what it changed': async ({ dynamo }) => {
    const { Attributes } = await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key: key('CAP#idle-instance', 'DAY#2026-11-22'),
        UpdateExpression: 'SET taken = if_not_exists(taken, :none) + :one',
        ExpressionAttributeValues: { ':none': { N: '0' }, ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    expect(Attributes).toEqual({ taken: { N: '1' } });
  },

  'a fencing number keeps the holder of an old lease out': async ({ dynamo }) => {
    await put(dynamo, { ...key('LEASE#wiki'), fence: { N: '2' } });
    const release = (fence: string) =>
      dynamo.send(
        new DeleteItemCommand({
          TableName,
          Key: key('LEASE#wiki'),
          ConditionExpression: 'fence = :fence',
          ExpressionAttributeValues: { ':fence': { N: fence } },
        }),
      );
    await refused(release('1'), 'ConditionalCheckFailedException');
    await release('2');
    expect(await get(dynamo, key('LEASE#wiki'))).toBeUndefined();
  },

  'an update with a condition on what is not there fails and makes no item': async ({ dynamo }) => {
    const update = new UpdateItemCommand({
      TableName,
      Key: key('PLAN#nobody'),
      UpdateExpression: 'SET #state = :to',
      ConditionExpression: '#state = :from',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':from': { S: 'recorded' }, ':to': { S: 'announced' } },
    });
    await refused(dynamo.send(update), 'ConditionalCheckFailedException');
    expect(await get(dynamo, key('PLAN#nobody'))).toBeUndefined();
  },

  'newest first, the last two': async ({ dynamo }) => {
    const { Items, LastEvaluatedKey } = await runs(dynamo, { ScanIndexForward: false, Limit: 2 });
    expect(days(Items)).toEqual([7, 6]);
    expect(LastEvaluatedKey).toEqual(key('RUN#right-size', 'TICK#2026-11-06'));
  },

  'pages of a query add up to everything in order': async ({ dynamo }) => {
    const pages: Item[][] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page = await runs(dynamo, { Limit: 3, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
      pages.push(page.Items ?? []);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    expect(pages.map((page) => days(page))).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
  },

  'a query takes a range of sort keys, both ends included': async ({ dynamo }) => {
    const { Items } = await runs(dynamo, {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': { S: 'RUN#right-size' },
        ':from': { S: 'TICK#2026-11-02' },
        ':to': { S: 'TICK#2026-11-04' },
      },
    });
    expect(days(Items)).toEqual([2, 3, 4]);
  },

  'the limit of a query counts before its filter': async ({ dynamo }) => {
    const { Items, ScannedCount } = await runs(dynamo, {
      Limit: 3,
      FilterExpression: '#day > :two',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':pk': { S: 'RUN#right-size' }, ':two': { N: '2' } },
    });
    expect(days(Items)).toEqual([3]);
    expect(ScannedCount).toBe(3);
  },

  'a batch writes twenty-five items': async ({ dynamo }) => {
    const writes = oneTo(25).map((n) => ({ PutRequest: { Item: key('PLAN#batch', `ACTION#${100 + n}`) } }));
    const { UnprocessedItems } = await dynamo.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } }),
    );
    expect(UnprocessedItems ?? {}).toEqual({});
    const { Count } = await runs(dynamo, { ExpressionAttributeValues: { ':pk': { S: 'PLAN#batch' } } });
    expect(Count).toBe(25);
  },

  'a batch of twenty-six items is a ValidationException': async ({ dynamo }) => {
    const writes = oneTo(26).map((n) => ({ PutRequest: { Item: key('PLAN#large', `ACTION#${100 + n}`) } }));
    const batch = new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } });
    await refused(dynamo.send(batch), 'ValidationException');
  },

  'a batch with one item twice is a ValidationException, and writes nothing': async ({ dynamo }) => {
    const writes = [1, 2, 2].map((n) => ({ PutRequest: { Item: key('PLAN#twice', `ACTION#${n}`) } }));
    const batch = new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } });
    await refused(dynamo.send(batch), 'ValidationException');
    expect(await get(dynamo, key('PLAN#twice', 'ACTION#1'))).toBeUndefined();
  },

  'an item of more than 400 KB is a ValidationException': async ({ dynamo }) => {
    const large = { ...key('PLAN#heavy'), leave: { B: new Uint8Array(401 * 1024) } };
    await refused(put(dynamo, large), 'ValidationException');
  },

  'bytes come back as they were': async ({ dynamo }) => {
    const bytes = Uint8Array.from(oneTo(255));
    await put(dynamo, { ...key('PLAN#bytes'), leave: { B: bytes } });
    expect(new Uint8Array((await get(dynamo, key('PLAN#bytes')))?.leave?.B ?? [])).toEqual(bytes);
  },

  'a table is listed by its name': async ({ dynamo }) => {
    expect((await dynamo.send(new ListTablesCommand({}))).TableNames).toContain(TableName);
  },

  'a table can be restored to a point in time only once that is switched on': async ({ dynamo }) => {
    const status = async () => {
      const { ContinuousBackupsDescription: shown } = await dynamo.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      return shown?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    };
    expect(await status()).toBe('DISABLED');
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    expect(await status()).toBe('ENABLED');
  },

  'the backups of an unknown table are TableNotFoundException': async ({ dynamo }) => {
    const ask = new DescribeContinuousBackupsCommand({ TableName: 'nobody' });
    await refused(dynamo.send(ask), 'TableNotFoundException');
  },
});
