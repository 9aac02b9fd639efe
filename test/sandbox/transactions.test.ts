import { GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { type LocalDynamo, startDynamo } from '../ledger/local-table.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const itemOf = (pk: string, said: string) => ({ pk: { S: pk }, sk: { S: 'x' }, said: { S: said } });

const putting = ({ table }: LedgerTable, pk: string, said: string) => ({
  Put: { TableName: table, Item: itemOf(pk, said), ConditionExpression: 'attribute_not_exists(pk)' },
});

const saidOf = async ({ client, table }: LedgerTable, pk: string) => {
  const Key = { pk: { S: pk }, sk: { S: 'x' } };
  return (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item?.said?.S;
};

describe('a transaction of puts', () => {
  it('is done as a whole', async () => {
    const table = await dynamo.table();
    const TransactItems = [putting(table, 'a', 'one'), putting(table, 'b', 'two')];
    await table.client.send(new TransactWriteItemsCommand({ TransactItems }));
    expect([await saidOf(table, 'a'), await saidOf(table, 'b')]).toEqual(['one', 'two']);
  });

  it('leaves everything as it was where one condition does not hold, and says which', async () => {
    const table = await dynamo.table();
    const { client, table: TableName } = table;
    await client.send(new PutItemCommand({ TableName, Item: itemOf('b', 'before') }));
    await client.send(new PutItemCommand({ TableName, Item: itemOf('c', 'before') }));
    const replacing = { Put: { TableName, Item: itemOf('c', 'after') } };
    const TransactItems = [putting(table, 'a', 'one'), putting(table, 'b', 'two'), replacing];
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }, { Code: 'None' }],
    });
    const said = await Promise.all(['a', 'b', 'c'].map((pk) => saidOf(table, pk)));
    expect(said).toEqual([undefined, 'before', 'before']);
  });

  it('is one of several that want the same', async () => {
    const table = await dynamo.table();
    const both = ['one', 'two'].map((said) => {
      const TransactItems = [putting(table, 'a', said), putting(table, 'b', said)];
      return table.client.send(new TransactWriteItemsCommand({ TransactItems }));
    });
    const ended = await Promise.allSettled(both);
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await saidOf(table, 'a')).toBe(await saidOf(table, 'b'));
  });

  it.each([
    ['two of one item', 2, () => 'a', 'multiple operations on one item'],
    ['more than a hundred items', 101, (nth: number) => `${nth}`, 'less than or equal to 100'],
  ])('is refused with %s', async (_, count, nameOf, why) => {
    const table = await dynamo.table();
    const TransactItems = Array.from({ length: count }, (_item, nth) => putting(table, nameOf(nth), 'one'));
    await expect(table.client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toThrow(why);
  });
});
