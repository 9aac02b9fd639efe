import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { chunks } from '../pages.ts';
import { LedgerUnavailableError } from './errors.ts';

/** Where the ledger is: one table with the string keys `pk` and `sk` and the TTL attribute `expires`. */
export interface LedgerTable {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Waits before a batch's rest is sent again; a test may pass its own. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Key & Readonly<Record<string, unknown>>;

/** A DynamoDB expression: `#name` stands for the attribute `name`, `:value` for the value of that name. */
export interface Expression {
  readonly text: string;
  readonly names?: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
}

/** DynamoDB's own limits on one batch. */
const BATCH = { write: 25, get: 100 } as const;

/** 50 ms, doubled each time, is 6 s in all: more would eat the function's own time. */
const BACK_OFF = { attempts: 8, firstMs: 50 } as const;

export const IF_NEW: Expression = { text: 'attribute_not_exists(pk)' };

/** Strongly consistent: what was written before is seen. */
export async function getItem(ledger: LedgerTable, { pk, sk }: Key): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: ledger.table, Key: marshall({ pk, sk }), ConsistentRead: true });
  const { Item: item } = await answered(ledger, 'GetItem', ledger.client.send(command));
  return item && toItem(item);
}

/** @returns false when the condition does not hold, and nothing was written */
export async function putItem(ledger: LedgerTable, item: Item, condition?: Expression): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: ledger.table,
    Item: attributesOf(item),
    ...(condition && { ConditionExpression: condition.text, ...placeholders(condition) }),
  });
  return (await unlessRefused(answered(ledger, 'PutItem', ledger.client.send(command)))) !== undefined;
}

/** Only ever with a condition: DynamoDB would create an item that is not there. */
export interface Update extends Expression {
  readonly condition: string;
}

/** @returns false when the condition does not hold, and nothing was written */
export const updateItem = async (ledger: LedgerTable, key: Key, update: Update): Promise<boolean> =>
  (await updatedItem(ledger, key, update)) !== undefined;

/** @returns the item as it is after the update; nothing when the condition does not hold, and nothing was written */
export async function updatedItem(
  ledger: LedgerTable,
  { pk, sk }: Key,
  { text, condition, ...rest }: Update,
): Promise<Item | undefined> {
  const command = new UpdateItemCommand({
    TableName: ledger.table,
    Key: marshall({ pk, sk }),
    UpdateExpression: text,
    ConditionExpression: condition,
    ...placeholders(rest),
    ReturnValues: 'ALL_NEW',
  });
  const updated = await unlessRefused(answered(ledger, 'UpdateItem', ledger.client.send(command)));
  return updated && toItem(updated.Attributes ?? {});
}

/** An item as it is to be, and what must hold of the one that it replaces, if anything. */
export interface Put {
  readonly item: Item;
  readonly condition?: Expression;
}

/** What a query asks for; `firstPage` is for readers who will probably need no more than so many items. */
export interface Range {
  readonly keys: Expression;
  readonly newestFirst?: boolean;
  readonly firstPage?: number;
  /** A global secondary index lags behind the table: what comes from it is a hint, not what is so. */
  readonly index?: typeof BY_STATUS;
  /** Nothing but the keys of the items. */
  readonly only?: 'keys';
}

/** For people's questions; see infra/ledger.yml. */
const BY_STATUS = 'byStatus';

/** Page by page, strongly consistent unless from an index; a page is fetched only when the reader gets there. */
export async function* queryPages(ledger: LedgerTable, range: Range): AsyncGenerator<Item[], void, void> {
  let start: Record<string, AttributeValue> | undefined;
  let limit = range.firstPage;
  do {
    const command = new QueryCommand({
      TableName: ledger.table,
      KeyConditionExpression: range.keys.text,
      ...placeholders(range.keys),
      ...(range.index ? { IndexName: range.index } : { ConsistentRead: true }),
      ...(range.only ? { ProjectionExpression: 'pk, sk' } : {}),
      ScanIndexForward: !range.newestFirst,
      ...(limit && { Limit: limit }),
      ...(start && { ExclusiveStartKey: start }),
    });
    const page = await answered(ledger, 'Query', ledger.client.send(command));
    yield (page.Items ?? []).map(toItem);
    start = page.LastEvaluatedKey;
    limit = undefined;
  } while (start);
}

/** The keys of the items that the index has under a status, from a sort key on; some may have moved on meanwhile. */
export async function keysByStatus(ledger: LedgerTable, status: string, from: string): Promise<Key[]> {
  const found: Key[] = [];
  const keys = { text: 'gsi1pk = :status AND gsi1sk >= :from', values: { status, from } };
  for await (const page of queryPages(ledger, { keys, index: BY_STATUS, only: 'keys' })) found.push(...page);
  return found;
}

/** Writes all, in no order and without conditions. Existing items are replaced. */
export async function writeItems(ledger: LedgerTable, items: readonly Item[]): Promise<void> {
  const requests = items.map((item) => ({ PutRequest: { Item: attributesOf(item) } }));
  for (const batch of chunks(requests, BATCH.write)) {
    await untilNothingIsLeft(ledger, 'BatchWriteItem', async (left: typeof requests = batch) => {
      const command = new BatchWriteItemCommand({ RequestItems: { [ledger.table]: left } });
      const { UnprocessedItems } = await ledger.client.send(command);
      return UnprocessedItems?.[ledger.table] as typeof requests | undefined;
    });
  }
}

/** The items that exist, in no order, strongly consistent. The keys must differ. */
export async function getItems(ledger: LedgerTable, keys: readonly Key[]): Promise<Item[]> {
  const found: Item[] = [];
  const wanted = keys.map(({ pk, sk }) => marshall({ pk, sk }));
  for (const batch of chunks(wanted, BATCH.get)) {
    await untilNothingIsLeft(ledger, 'BatchGetItem', async (left: typeof wanted = batch) => {
      const command = new BatchGetItemCommand({
        RequestItems: { [ledger.table]: { Keys: left, ConsistentRead: true } },
      });
      const { Responses, UnprocessedKeys } = await ledger.client.send(command);
      found.push(...(Responses?.[ledger.table] ?? []).map(toItem));
      return UnprocessedKeys?.[ledger.table]?.Keys;
    });
  }
  return found;
}

/** DynamoDB may do a part of a batch and hand the rest back: that is sent again, slower each time, and not for ever. */
async function untilNothingIsLeft<Rest extends readonly unknown[]>(
  ledger: LedgerTable,
  operation: string,
  send: (left?: Rest) => Promise<Rest | undefined>,
): Promise<void> {
  let left = await answered(ledger, operation, send());
  for (let attempt = 0; left?.length && attempt < BACK_OFF.attempts; attempt += 1) {
    await (ledger.wait ?? pause)(BACK_OFF.firstMs * 2 ** attempt);
    left = await answered(ledger, operation, send(left));
  }
  if (!left?.length) return;
  const cause = Object.assign(new Error(`${left.length} items were handed back`), { name: 'UnprocessedItems' });
  throw new LedgerUnavailableError({ table: ledger.table, operation }, cause);
}

/** @throws {LedgerUnavailableError} for every failure but a condition that does not hold */
export async function answered<T>({ table }: LedgerTable, operation: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    throw new LedgerUnavailableError({ table, operation }, error as Error);
  }
}

async function unlessRefused<T>(written: Promise<T>): Promise<T | undefined> {
  try {
    return await written;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function placeholders({ names, values }: Omit<Expression, 'text'>) {
  return {
    ...(names && { ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])) }),
    ...(values && {
      ExpressionAttributeValues: marshall(
        Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
      ),
    }),
  };
}

/** Leaves out what is undefined, as JSON does. */
export const attributesOf = (item: Item) => marshall(item, { removeUndefinedValues: true });

/** Every item of the table has both keys: DynamoDB takes no other. */
const toItem = (attributes: Record<string, AttributeValue>): Item => unmarshall(attributes) as Item;
