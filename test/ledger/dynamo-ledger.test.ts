import { gzipSync } from 'node:zlib';
import { type AttributeValue, DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerUnavailableError } from '../../shared/aws/ledger/errors.ts';
import { getItem, type Item, type LedgerTable } from '../../shared/aws/ledger/table.ts';
import { known } from '../../shared/core/evidence.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import type { PriceQuery } from '../../shared/core/price-query.ts';
import type { RunKey } from '../../shared/ports.ts';
import { ACCOUNT, DEFAULT_POLICY, left, many, plan, proposal, TICK } from '../support/plan-specimen.ts';
import { callsOf, crash, type Interceptor, intercept } from './faults.ts';
import { type LocalDynamo, localClient, startDynamo } from './local-table.ts';
import { dynamoTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
let table: LedgerTable;
let twin: Twin;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
beforeEach(async () => {
  table = await dynamo.table();
  twin = dynamoTwin(table);
});

const KEY: RunKey = { function: 'right-size', account: ACCOUNT, time: TICK.toISOString() };

async function itemsOf(pk: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: pk } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item) as Item));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

const replace = (item: Item) => table.client.send(new PutItemCommand({ TableName: table.table, Item: marshall(item) }));
const remove = ({ pk, sk }: Item) =>
  table.client.send(new DeleteItemCommand({ TableName: table.table, Key: marshall({ pk, sk }) }));

/** Text that does not compress. */
const noise = (seed: number): string =>
  many(40, (n) =>
    Math.sin(seed * 97 + n)
      .toString(36)
      .slice(3),
  ).join('');

describe('calls', () => {
  const calls = (work: () => Promise<unknown>) => callsOf(table.client, work);
  const threeWrites = ['BatchWriteItem', 'PutItem', 'PutItem'];

  it.each([
    ['23 actions take three calls', 23, threeWrites],
    ['24 actions take four', 24, ['BatchWriteItem', ...threeWrites]],
  ])('to record a plan: %s', async (_, actions, expected) => {
    expect(await calls(() => twin.ledger.record(plan({ act: many(actions, proposal) }), 'digest'))).toEqual(expected);
  });

  it('to record an empty plan are two', async () => {
    const nothing = plan({ act: [], deferred: [], leave: [] });
    expect(await calls(() => twin.ledger.record(nothing, 'digest'))).toEqual(['PutItem', 'PutItem']);
  });

  it('to read and to announce are one each', async () => {
    const run = await twin.ledger.record(plan(), 'digest');
    const claim = { holder: 'one', now: TICK, until: new Date(TICK.getTime() + 60_000) };
    expect(await calls(() => twin.ledger.currentPolicy())).toEqual(['GetItem']);
    expect(await calls(() => twin.ledger.vetoes(ACCOUNT, TICK))).toEqual(['Query']);
    expect(await calls(() => twin.ledger.runs(KEY))).toEqual(['Query']);
    expect(await calls(() => twin.ledger.plan(run.planId))).toEqual(['Query']);
    expect(await calls(() => twin.ledger.claim(run, claim))).toEqual(['UpdateItem']);
    expect(await calls(() => twin.ledger.release(run, 'one'))).toEqual(['UpdateItem']);
    expect(await calls(() => twin.ledger.announced(run, run.time))).toEqual(['UpdateItem']);
    expect(await calls(() => twin.ledger.handedOver(run))).toEqual(['UpdateItem']);
  });

  it('to read are strongly consistent: what was just written counts', async () => {
    const consistent: unknown[] = [];
    intercept(table.client, (call, send) => {
      consistent.push(call.input.ConsistentRead);
      return send();
    });
    await twin.ledger.currentPolicy();
    await twin.ledger.vetoes(ACCOUNT, TICK);
    await twin.ledger.runs(KEY);
    await expect(twin.ledger.plan('none')).rejects.toThrow();
    expect(consistent).toEqual([true, true, true, true]);
  });

  it('for prices are one a hundred, and none for none', async () => {
    const queries = many(101, (n): PriceQuery => ({ service: 'AmazonEC2', region: 'r', attributes: { n: `${n}` } }));
    expect(await calls(() => twin.prices.get(queries, TICK))).toEqual(['BatchGetItem', 'BatchGetItem']);
    expect(await calls(() => twin.prices.get([], TICK))).toEqual([]);
  });
});

describe('what is stored', () => {
  it('of a large plan fits the items, in several pieces', async () => {
    const large = plan({ leave: many(5000, (n) => ({ ...left(n), because: noise(n) })) });
    await twin.ledger.record(large, 'digest');
    const pieces = (await itemsOf(`PLAN#${large.id}`)).filter(({ sk }) => sk.startsWith('LEAVE#'));
    expect(pieces.length).toBeGreaterThan(2);
    const sizes = pieces.map(({ packed }) => (packed as Uint8Array).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(350 * 1024);
    expect(await twin.ledger.plan(large.id)).toEqual(large);
  });

  it('of runs and plans is kept for longer than a year, of prices for a week', async () => {
    const query: PriceQuery = { service: 'AmazonEC2', region: 'r', attributes: {} };
    await twin.ledger.record(plan(), 'digest');
    await twin.prices.put(query, known({ currency: 'USD', amount: 1 }), TICK);
    const partitions = [`PLAN#${plan().id}`, `RUN#right-size#${ACCOUNT}`, 'PRICE#AmazonEC2#r'];
    const days = (await Promise.all(partitions.map(itemsOf))).map((items) => [
      ...new Set(items.map(({ expires }) => (Number(expires) - TICK.getTime() / 1000) / 86_400)),
    ]);
    expect(days).toEqual([[400], [400], [7]]);
  });
});

/** Makes the n-th call fail before it is sent, or after it has worked: then only its reply is lost. */
const failAt =
  (nth: number, sent: boolean): Interceptor =>
  async ({ number }, send) => {
    if (number !== nth) return send();
    if (sent) await send();
    throw crash();
  };

describe('a crash while recording', () => {
  const large = plan({ act: many(60, proposal) });
  const crashes = [1, 2, 3, 4, 5].flatMap((nth) => [
    [nth, 'was never sent', false] as const,
    [nth, 'worked but lost its reply', true] as const,
  ]);

  const recordWithCrash = async (nth: number, sent: boolean) => {
    const stop = intercept(table.client, failAt(nth, sent));
    await expect(twin.ledger.record(large, 'digest')).rejects.toBeInstanceOf(LedgerUnavailableError);
    stop();
  };

  it.each(crashes)('at call %i, which %s, ends in the same run when the delivery is repeated', async (nth, _, sent) => {
    await recordWithCrash(nth, sent);
    const run = await twin.ledger.record(large, 'digest');
    expect(run).toMatchObject({ ...KEY, planId: large.id, state: 'recorded' });
    expect(await itemsOf(`RUN#right-size#${ACCOUNT}`)).toHaveLength(1);
    expect(await twin.ledger.plan(run.planId)).toEqual(large);
  });

  it.each(crashes)(
    'at call %i, which %s, ends in one run when the repetition decides otherwise',
    async (nth, _, sent) => {
      await recordWithCrash(nth, sent);
      const otherwise = plan({ act: many(30, proposal) });
      const run = await twin.ledger.record(otherwise, 'other digest');
      expect(await itemsOf(`RUN#right-size#${ACCOUNT}`)).toHaveLength(1);
      expect([large, otherwise]).toContainEqual(await twin.ledger.plan(run.planId));
      expect((await twin.ledger.runs(KEY)).current).toEqual(run);
    },
  );

  it.each(crashes)(
    'at call %i, which %s, mixes no words when the repetition says the same otherwise',
    async (nth, _, sent) => {
      await recordWithCrash(nth, sent);
      const reworded = plan({ act: many(60, (n) => ({ ...proposal(n), because: 'nobody came' })), leave: [] });
      expect(reworded.id).toBe(large.id);
      const run = await twin.ledger.record(reworded, 'digest');
      expect([large, reworded]).toContainEqual(await twin.ledger.plan(run.planId));
    },
  );

  it('leaves no run when the run was not written', async () => {
    await recordWithCrash(5, false);
    expect(await twin.ledger.runs(KEY)).toEqual({});
  });
});

describe('batches that are done in part', () => {
  it('are written to their end', async () => {
    const stop = intercept(table.client, async (call, send) => {
      if (call.operation !== 'BatchWriteItem') return send();
      const requests = (call.input.RequestItems as Record<string, unknown[]>)[table.table] ?? [];
      call.input.RequestItems = { [table.table]: requests.slice(0, 4) };
      return { ...(await send()), UnprocessedItems: { [table.table]: requests.slice(4) } };
    });
    await twin.ledger.record(plan({ act: many(23, proposal) }), 'digest');
    stop();
    expect(await twin.ledger.plan(plan({ act: many(23, proposal) }).id)).toEqual(plan({ act: many(23, proposal) }));
  });

  it('are read to their end', async () => {
    const price = known({ currency: 'USD', amount: 1 });
    const queries = many(9, (n): PriceQuery => ({ service: 'AmazonEC2', region: 'r', attributes: { n: `${n}` } }));
    for (const query of queries) await twin.prices.put(query, price, TICK);
    const stop = intercept(table.client, async (call, send) => {
      const { Keys } = (call.input.RequestItems as Record<string, { Keys: unknown[] }>)[table.table]!;
      call.input.RequestItems = { [table.table]: { Keys: Keys.slice(0, 4) } };
      const left = Keys.slice(4);
      return { ...(await send()), UnprocessedKeys: left.length > 0 ? { [table.table]: { Keys: left } } : {} };
    });
    expect((await twin.prices.get(queries, TICK)).size).toBe(9);
    stop();
  });

  it('are given up after a while of growing waits, with an error and without a run', async () => {
    const waits: number[] = [];
    const impatient = dynamoTwin({ ...table, wait: async (milliseconds) => void waits.push(milliseconds) });
    intercept(table.client, async ({ operation, input }, send) =>
      operation === 'BatchWriteItem' ? { UnprocessedItems: input.RequestItems } : send(),
    );
    await expect(impatient.ledger.record(plan(), 'digest')).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      operation: 'BatchWriteItem',
      retryHelps: true,
    });
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3200, 6400]);
    expect(await twin.ledger.runs(KEY)).toEqual({});
  });
});

describe('a plan that is not what was recorded', () => {
  const recorded = plan({ act: many(3, proposal), leave: many(2000, (n) => ({ ...left(n), because: noise(n) })) });
  const partition = `PLAN#${recorded.id}`;
  const edit = (prefix: string, change: (item: Item) => Promise<unknown>) => async () => {
    const [item] = (await itemsOf(partition)).filter(({ sk }) => sk.startsWith(prefix));
    await change(item!);
  };
  const rewrite = (change: (item: Item) => object) => (item: Item) => replace({ ...item, ...change(item) });

  it.each([
    ['an action is missing', edit('ACTION#0002', remove)],
    ['a piece of what is left is missing', edit('LEAVE#001', remove)],
    ['what was deferred is missing', edit('DEFERRED#', remove)],
    ['the header is missing', edit('HEADER', remove)],
    [
      'the header has lost its counts',
      edit(
        'HEADER',
        rewrite(() => ({ parts: {} })),
      ),
    ],
    [
      'an action is another',
      edit(
        'ACTION#0001',
        rewrite(() => ({ proposal: proposal(99) })),
      ),
    ],
    [
      'a reason is another',
      edit(
        'ACTION#0001',
        rewrite(() => ({ proposal: { ...proposal(1), because: 'so' } })),
      ),
    ],
    [
      'a piece cannot be read',
      edit(
        'LEAVE#002',
        rewrite(() => ({ packed: new Uint8Array([1, 2, 3]) })),
      ),
    ],
    [
      'the plan has another hash',
      edit(
        'HEADER',
        rewrite(({ plan }) => ({ plan: { ...(plan as object), hash: 'no' } })),
      ),
    ],
  ])('is an error and no plan when %s', async (_, spoil) => {
    await twin.ledger.record(recorded, 'digest');
    await spoil();
    await expect(twin.ledger.plan(recorded.id)).rejects.toMatchObject({
      name: 'LedgerCorruptError',
      key: expect.stringContaining(partition),
    });
  });

  it('says how much of it is missing', async () => {
    await twin.ledger.record(recorded, 'digest');
    await edit('ACTION#0002', remove)();
    await expect(twin.ledger.plan(recorded.id)).rejects.toThrow('2 of 3 ACTION# items are there');
  });

  it('is an error when its hash is not that of its actions, though it came so', async () => {
    const forged = { ...recorded, hash: plan({ act: [] }).hash };
    await twin.ledger.record(forged, 'digest');
    await expect(twin.ledger.plan(forged.id)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
  });
});

describe('items that this code does not write', () => {
  it.each([
    ['a veto without an end', { pk: `ANSWER#${ACCOUNT}`, sk: 'VETO#arn', by: 'kim', why: 'audit', until: 'tomorrow' }],
    [
      'a run in an unknown state',
      { pk: `RUN#right-size#${ACCOUNT}`, sk: `TICK#${KEY.time}`, planId: 'p', state: 'lost' },
    ],
    ['a policy that is no JSON', { ...policyItem(), policy: '{' }],
  ])('are errors, never skipped: %s', async (_, item) => {
    await replace(item);
    const read = {
      ANSWER: () => twin.ledger.vetoes(ACCOUNT, TICK),
      RUN: () => twin.ledger.runs(KEY),
      POLICY: () => twin.ledger.currentPolicy(),
    };
    const reader = read[item.pk.split('#')[0] as keyof typeof read];
    await expect(reader()).rejects.toMatchObject({ name: 'LedgerCorruptError', key: `${item.pk} / ${item.sk}` });
  });
});

it('a price that cannot be read is asked for again', async () => {
  const query: PriceQuery = { service: 'AmazonEC2', region: 'r', attributes: {} };
  await replace({ pk: 'PRICE#AmazonEC2#r', sk: '{}', known: true, at: TICK.toISOString() });
  expect((await twin.prices.get([query], TICK)).size).toBe(0);
});

function policyItem(): Item {
  const by = { storedAt: TICK.toISOString(), storedBy: 'kim' };
  return { pk: 'POLICY#current', sk: 'POLICY', version: 4, policy: '{}', hash: 'old', ...by };
}

describe('the stored policy', () => {
  const strict = parsePolicy({ defaults: { minMonthlySaving: 50 } });
  const stricter = parsePolicy({ defaults: { minMonthlySaving: 500 } });
  const versions = async () => (await itemsOf('POLICY#versions')).map(({ sk, storedBy }) => [sk, storedBy]);

  it('that this code does not take is an error, never the defaults, and can be replaced', async () => {
    await replace({ ...policyItem(), policy: '{"defaults":{"mode":"yolo"}}' });
    await expect(twin.ledger.currentPolicy()).rejects.toMatchObject({ name: 'InvalidPolicyError' });
    expect(await twin.policies.store({ policy: strict }, 'lee', TICK)).toMatchObject({ version: 5 });
    expect(await twin.ledger.currentPolicy()).toMatchObject({ policy: strict });
  });

  it.each([
    ['no compressed text', new Uint8Array([1, 2, 3])],
    ['no book of holidays', gzipSync('{"places":{}}')],
  ])('whose holidays are %s is an error, never a policy without any', async (_, holidays) => {
    await replace({ ...policyItem(), holidays });
    await expect(twin.ledger.currentPolicy()).rejects.toMatchObject({
      name: 'LedgerCorruptError',
      message: expect.stringContaining('the holidays cannot be read'),
    });
  });

  it('is kept with all its versions', async () => {
    await twin.policies.store({ policy: DEFAULT_POLICY }, 'kim', TICK);
    await twin.policies.store({ policy: strict }, 'lee', TICK);
    expect(await versions()).toEqual([
      ['VERSION#000001', 'kim'],
      ['VERSION#000002', 'lee'],
    ]);
  });

  it.each([
    ['before the other wrote its version', 3],
    ['when the other has written its version', 4],
  ])('of somebody who stored %s is not replaced unseen', async (_, nth) => {
    await twin.policies.store({ policy: DEFAULT_POLICY }, 'kim', TICK);
    const stop = intercept(table.client, async ({ number }, send) => {
      if (number === nth) await dynamoTwin(secondClient()).policies.store({ policy: stricter }, 'lee', TICK);
      return send();
    });
    const attempt = twin.policies.store({ policy: strict }, 'kim', TICK);
    await expect(attempt).rejects.toMatchObject({
      name: 'PolicyChangedError',
      message: expect.stringContaining('lee'),
    });
    stop();
    expect(await twin.ledger.currentPolicy()).toMatchObject({ storedBy: 'lee', policy: stricter });
    expect(await twin.policies.store({ policy: strict }, 'kim', TICK)).toMatchObject({ policy: strict });
  });

  it('is what is in force when somebody stored the same at the same time', async () => {
    const stop = intercept(table.client, async ({ number }, send) => {
      if (number === 3) await dynamoTwin(secondClient()).policies.store({ policy: strict }, 'lee', TICK);
      return send();
    });
    expect(await twin.policies.store({ policy: strict }, 'kim', TICK)).toMatchObject({ version: 1, storedBy: 'lee' });
    stop();
  });

  it.each([1, 2, 3, 4].flatMap((nth) => [[nth, false] as const, [nth, true] as const]))(
    'comes into force at the second attempt after a crash at call %i (sent: %s)',
    async (nth, sent) => {
      const stop = intercept(table.client, failAt(nth, sent));
      await expect(twin.policies.store({ policy: strict }, 'kim', TICK)).rejects.toBeInstanceOf(LedgerUnavailableError);
      stop();
      const stored = await twin.policies.store({ policy: strict }, 'kim', TICK);
      expect(await twin.ledger.currentPolicy()).toEqual(stored);
      const kept = await getItem(table, { pk: 'POLICY#versions', sk: `VERSION#00000${stored.version}` });
      expect(kept).toMatchObject({ version: stored.version });
    },
  );

  const secondClient = (): LedgerTable => ({ ...table, client: localClient(dynamo.endpoint) });
});

describe('a table that does not answer', () => {
  const failing =
    (name: string, status: number): Interceptor =>
    async () => {
      throw Object.assign(new Error('User: arn:aws:sts::1:x is not'), {
        name,
        $metadata: { httpStatusCode: status },
      });
    };
  const run = { ...KEY, planId: 'p', state: 'recorded', digest: 'd' } as const;
  const operations: [string, (twin: Twin) => Promise<unknown>][] = [
    ['currentPolicy', ({ ledger }) => ledger.currentPolicy()],
    ['vetoes', ({ ledger }) => ledger.vetoes(ACCOUNT, TICK)],
    ['runs', ({ ledger }) => ledger.runs(KEY)],
    ['record', ({ ledger }) => ledger.record(plan(), 'd')],
    ['plan', ({ ledger }) => ledger.plan('p')],
    ['claim', ({ ledger }) => ledger.claim(run, { holder: 'one', now: TICK, until: TICK })],
    ['release', ({ ledger }) => ledger.release(run, 'one')],
    ['announced', ({ ledger }) => ledger.announced(run, run.time)],
    ['store', ({ policies }) => policies.store({ policy: DEFAULT_POLICY }, 'kim', TICK)],
    ['get', ({ prices }) => prices.get([{ service: 'AmazonEC2', region: 'r', attributes: {} }], TICK)],
    [
      'put',
      ({ prices }) =>
        prices.put({ service: 'AmazonEC2', region: 'r', attributes: {} }, known({ currency: 'USD', amount: 1 }), TICK),
    ],
  ];

  it.each(operations)('makes %s throw', async (_, operation) => {
    intercept(table.client, failing('AccessDeniedException', 400));
    await expect(operation(twin)).rejects.toBeInstanceOf(LedgerUnavailableError);
  });

  it.each([
    ['AccessDeniedException', 400, false, 'allow dynamodb:GetItem'],
    ['ResourceNotFoundException', 400, false, 'deploy first'],
    ['ThrottlingException', 400, true, 'try again'],
    ['InternalServerError', 500, true, 'check the network'],
  ])('says what to do about %s, and not what AWS said', async (name, status, retryHelps, advice) => {
    intercept(table.client, failing(name, status));
    const error = await twin.ledger.currentPolicy().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'LedgerUnavailableError', code: name, retryHelps, table: table.table });
    expect(error).toHaveProperty('message', expect.stringContaining(advice));
    expect(error).toHaveProperty('message', expect.not.stringContaining('arn:aws:sts'));
  });

  it.each([
    ['nobody listens', new Error(''), { code: 'ECONNREFUSED' }, true, 'Error (ECONNREFUSED); check the network'],
    ['no region is set', new Error('Region is missing'), {}, false, 'Error (Region is missing); check'],
    ['the answer is late', new Error('took too long'), { name: 'TimeoutError' }, true, 'TimeoutError (took too long)'],
  ])('says what is wrong on our side when %s', async (_, error, facts, retryHelps, reason) => {
    intercept(table.client, async () => Promise.reject(Object.assign(error, facts)));
    await expect(twin.ledger.currentPolicy()).rejects.toMatchObject({
      retryHelps,
      message: expect.stringContaining(reason),
    });
  });

  it('is named when it does not exist', async () => {
    const nowhere = dynamoTwin({ ...table, table: 'no-such-table' });
    await expect(nowhere.ledger.runs(KEY)).rejects.toThrow(
      'ledger table no-such-table, Query: ResourceNotFoundException',
    );
  });
});
