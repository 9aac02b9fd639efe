import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerUnavailableError } from '../../shared/aws/ledger/errors.ts';
import { type Item, type LedgerTable, putItem } from '../../shared/aws/ledger/table.ts';
import { type Lease, PRIORITY } from '../../shared/core/lease.ts';
import type { CapCount } from '../../shared/ports-acting.ts';
import { answer, change, daysLater } from '../support/change-specimen.ts';
import { ACCOUNT, many, plan, proposal, TICK } from '../support/plan-specimen.ts';
import { callsOf, crash, type Interceptor, intercept } from './faults.ts';
import { type LocalDynamo, localClient, startDynamo } from './local-table.ts';
import { dynamoTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
let table: LedgerTable;
let twin: Twin;
/** Somebody else, whom no fault of ours touches. */
let other: Twin;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
beforeEach(async () => {
  table = await dynamo.table();
  twin = dynamoTwin(table);
  other = dynamoTwin({ ...table, client: localClient(dynamo.endpoint) });
});

const THREE = plan({ act: many(3, proposal) });
const ARN = proposal(1).resource.arn;
const at = (minutes: number) => new Date(TICK.getTime() + minutes * 60_000);
const wanted: Omit<Lease, 'fence'> = {
  resource: ARN,
  planId: THREE.id,
  priority: PRIORITY['right-size'],
  until: at(60),
};
const person = { ...wanted, planId: 'urgent', priority: PRIORITY.person };
const one: CapCount = {
  account: ACCOUNT,
  rule: 'idle-database',
  direction: 'takes',
  day: '2026-11-23',
  changeId: `${THREE.id}/1`,
  most: 1,
};
const kept = change({}, THREE);
const ended = { ...kept, endedAt: daysLater(5).toISOString(), endedBecause: 'started by hand' };
const asked = { plan: THREE, numbers: [1], resources: [ARN], cap: one, now: TICK };
const veto = { resource: ARN, until: daysLater(3), by: 'kim', why: 'audit' };

/** Everything in the table but the plan itself, by key. */
async function items(): Promise<Item[]> {
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.table, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item) as Item)
    .filter(({ sk }) => !/^(ACTION|DEFERRED|LEAVE|HEADER|TICK)/.test(sk))
    .sort((a, b) => (`${a.pk}${a.sk}` < `${b.pk}${b.sk}` ? -1 : 1));
}

/** Makes the n-th call fail before it is sent, or after it has worked: then only its reply is lost. */
const failAt =
  (nth: number, sent: boolean): Interceptor =>
  async ({ number }, send) => {
    if (number !== nth) return send();
    if (sent) await send().catch(() => undefined); // a refusal that nobody hears
    throw crash();
  };

/** Lets somebody else do something just before our n-th call. */
const justBefore = (nth: number, act: () => Promise<unknown>) =>
  intercept(table.client, async ({ number }, send) => {
    if (number === nth) await act();
    return send();
  });

const lease = async () => {
  const taken = await twin.acting.takeLease(wanted, TICK);
  if ('heldBy' in taken) throw new Error(`held by ${taken.heldBy}`);
  return taken.lease;
};

describe('what is stored', () => {
  it('by the function that acts is under PLAN#, LEASE#, CAP# and RESOURCE#', async () => {
    await twin.acting.claimPlan(THREE.id, 'arn:execution', TICK);
    await twin.acting.waitOn(THREE.id, 'approve', 'callback');
    await twin.acting.beginApply(await lease());
    await twin.acting.countAgainstCap(one);
    await twin.acting.recordChange(kept);
    const days = (from: Date, count: number) => from.getTime() / 1000 + count * 86_400;
    expect(await items()).toEqual([
      {
        pk: `CAP#${ACCOUNT}#idle-database#takes`,
        sk: 'DAY#2026-11-23',
        changes: new Set([`${THREE.id}/1`]),
        expires: days(new Date('2026-11-23T00:00:00Z'), 3),
      },
      {
        ...{ pk: `LEASE#${ARN}`, sk: 'LEASE', planId: THREE.id, priority: 1, fence: 1, applying: true },
        until: at(60).toISOString(),
        expires: days(at(60), 400),
      },
      {
        ...{ pk: `PLAN#${THREE.id}`, sk: 'EXECUTION', execution: 'arn:execution', approveCallback: 'callback' },
        ...{ claimedAt: TICK.toISOString(), gsi1pk: 'OPEN', gsi1sk: TICK.toISOString() },
        expires: days(TICK, 800),
      },
      {
        ...{
          pk: `RESOURCE#${ARN}`,
          sk: `CHANGE#${THREE.id}#0001`,
          change: expect.stringContaining('"outcome":"kept"'),
        },
        ...{ gsi1pk: 'CHANGES', gsi1sk: `STANDING#${kept.finishedAt}` },
      },
    ]);
  });

  it('by people’s answers is under ANSWER#, and that is all', async () => {
    await twin.answering.recordAnswer(THREE, answer({ actions: [1, 2] }, THREE));
    await twin.answering.recordAnswer(THREE, answer({ say: 'veto', actions: [2], note: 'no' }, THREE));
    await twin.answering.recordAnswer(THREE, answer({ say: 'veto' }, THREE));
    await twin.answering.recordVeto(ACCOUNT, veto);
    const { hash, by, at: time } = answer({}, THREE);
    const said = { hash, by, at: time, expires: Date.parse(time) / 1000 + 400 * 86_400 };
    expect(await items()).toEqual([
      {
        ...{ pk: `ANSWER#${ACCOUNT}`, sk: `VETO#${ARN}`, until: veto.until.toISOString(), by: 'kim', why: 'audit' },
        expires: veto.until.getTime() / 1000,
      },
      { pk: `ANSWER#${THREE.id}`, sk: 'APPROVE', actions: [1, 2], ...said },
      { pk: `ANSWER#${THREE.id}`, sk: 'VETO#0002', actions: [2], note: 'no', ...said },
      { pk: `ANSWER#${THREE.id}`, sk: 'VETO#ALL', ...said },
    ]);
  });

  it('of what is over is out of the way: no open plan, no holder, no standing change', async () => {
    await twin.acting.claimPlan(THREE.id, 'one', TICK);
    await twin.acting.waitOn(THREE.id, 'approve', 'callback');
    await twin.acting.closePlan(THREE.id, 'approve');
    await twin.acting.releaseLease(await lease());
    await twin.acting.recordChange(ended);
    const [released, execution, over] = await items();
    expect(Object.keys(released!).sort()).toEqual(['expires', 'fence', 'last', 'pk', 'sk']);
    expect(Object.keys(execution!).sort()).toEqual(['claimedAt', 'execution', 'expires', 'gsi1sk', 'pk', 'sk']);
    expect(over).toMatchObject({
      gsi1sk: ended.endedAt,
      expires: Date.parse(ended.endedAt) / 1000 + 400 * 86_400,
    });
  });

  it('of what a schedule wanted does not stand for ever: it goes some time after its next turn', async () => {
    const standsUntil = at(24 * 60).toISOString();
    const proposal = {
      ...change().proposal,
      rule: 'off-hours',
      schedule: { name: 'office', until: standsUntil },
    } as const;
    await twin.acting.recordChange(change({ proposal, finishedAt: at(5).toISOString(), standsUntil }));
    const [stop] = await items();
    expect(stop).toMatchObject({ gsi1sk: standsUntil, expires: Date.parse(standsUntil) / 1000 + 400 * 86_400 });
  });
});

describe('calls', () => {
  const calls = (work: () => Promise<unknown>) => callsOf(table.client, work);

  it('of the function that acts are one each', async () => {
    await twin.ledger.record(THREE, 'digest');
    const held = await lease();
    const { acting } = twin;
    expect(await calls(() => acting.claimPlan(THREE.id, 'one', TICK))).toEqual(['PutItem']);
    expect(await calls(() => acting.claimPlan(THREE.id, 'one', TICK))).toEqual(['PutItem', 'GetItem']);
    expect(await calls(() => acting.waitOn(THREE.id, 'approve', 'callback'))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.supersededBy(THREE))).toEqual(['Query']);
    expect(await calls(() => acting.supersededBy(plan({ function: 'undo' })))).toEqual([]);
    expect(await calls(() => acting.answers(THREE.id))).toEqual(['Query']);
    expect(await calls(() => acting.takeLease({ ...wanted, resource: 'other' }, TICK))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.takeLease(wanted, TICK))).toEqual(['UpdateItem', 'UpdateItem']);
    expect(await calls(() => acting.takeLease({ ...wanted, planId: 'other' }, TICK))).toEqual([
      ...['UpdateItem', 'UpdateItem', 'GetItem'],
    ]);
    expect(await calls(() => acting.beginApply(held))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.overtakenBy(held))).toEqual(['GetItem']);
    expect(await calls(() => acting.beginUndo(held))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.takeOver('other', person))).toEqual(['UpdateItem', 'UpdateItem']);
    expect(await calls(() => acting.releaseLease(held))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.countAgainstCap(one))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.uncount(one))).toEqual(['UpdateItem']);
    expect(await calls(() => acting.word(asked))).toEqual(['BatchGetItem']);
    expect(await calls(() => acting.changesOf(ARN))).toEqual(['Query']);
    expect(await calls(() => acting.recordChange(kept))).toEqual(['PutItem']);
    expect(await calls(() => acting.recordChange(kept))).toEqual(['PutItem', 'GetItem']);
    expect(await calls(() => acting.recordChange(ended))).toEqual(['PutItem', 'GetItem', 'PutItem']);
    expect(await calls(() => acting.recordChange({ ...ended, endedAt: daysLater(9).toISOString() }, ended))).toEqual([
      'PutItem',
    ]);
    expect(await calls(() => acting.closePlan(THREE.id, 'approve'))).toEqual(['UpdateItem']);
  });

  it('of people’s answers are few, and none reads a whole plan for one change', async () => {
    await twin.ledger.record(THREE, 'digest');
    await twin.acting.claimPlan(THREE.id, 'one', TICK);
    await twin.acting.waitOn(THREE.id, 'approve', 'callback');
    await twin.acting.recordChange(kept);
    const { answering } = twin;
    const no = answer({ say: 'veto', actions: [1, 2] }, THREE);
    expect(await calls(() => answering.recordAnswer(THREE, answer({}, THREE)))).toEqual(['Query', 'PutItem']);
    expect(await calls(() => answering.recordAnswer(THREE, no))).toEqual(['Query', 'PutItem', 'PutItem']);
    expect(await calls(() => answering.recordVeto(ACCOUNT, veto))).toEqual(['PutItem']);
    expect(await calls(() => answering.callbacksOf(THREE.id))).toEqual(['GetItem']);
    expect(await calls(() => answering.change(kept.id))).toEqual(['Query', 'GetItem']);
    expect(await calls(() => answering.change('nonsense'))).toEqual([]);
    expect(await calls(() => answering.changes(TICK))).toEqual(['Query', 'Query', 'BatchGetItem']);
    expect(await calls(() => answering.openPlans())).toEqual(['Query', 'BatchGetItem', 'Query']);
  });

  it('that read are strongly consistent, but for the two that ask the index', async () => {
    await twin.ledger.record(THREE, 'digest');
    await twin.acting.claimPlan(THREE.id, 'one', TICK);
    await twin.acting.waitOn(THREE.id, 'approve', 'callback');
    await twin.acting.recordChange(kept);
    const lagging: unknown[] = [];
    intercept(table.client, ({ operation, input }, send) => {
      const [batch] = Object.values((input.RequestItems ?? {}) as Record<string, { ConsistentRead?: boolean }>);
      const reads = operation === 'BatchGetItem' ? batch : input;
      if (/Get|Query/.test(operation) && !reads?.ConsistentRead) lagging.push(input.IndexName);
      return send();
    });
    const { acting, answering } = twin;
    await acting.claimPlan(THREE.id, 'other', TICK);
    await acting.supersededBy(THREE);
    await acting.answers(THREE.id);
    await acting.word(asked);
    await acting.changesOf(ARN);
    await acting.takeLease(wanted, TICK);
    await acting.takeLease({ ...wanted, planId: 'other' }, TICK);
    await acting.recordChange(ended);
    await answering.callbacksOf(THREE.id);
    await answering.change(kept.id);
    expect(lagging).toEqual([]);
    await answering.changes(TICK);
    await answering.openPlans();
    expect(lagging).toEqual(['byStatus', 'byStatus', 'byStatus']); // both kinds of changes, and plans
  });
});

describe('a crash, and the same again', () => {
  /** Each with what it is done on, and how many calls it takes at most. */
  const writes: [string, number, (twin: Twin) => Promise<unknown>][] = [
    ['claimPlan', 1, ({ acting }) => acting.claimPlan('plan', 'one', TICK)],
    ['waitOn', 1, ({ acting }) => acting.waitOn(THREE.id, 'approve', 'callback')],
    ['takeLease', 1, ({ acting }) => acting.takeLease(wanted, TICK)],
    ['countAgainstCap', 1, ({ acting }) => acting.countAgainstCap(one)],
    ['uncount', 1, ({ acting }) => acting.uncount(one)],
    ['recordChange', 1, ({ acting }) => acting.recordChange(kept)],
    ['closePlan', 1, ({ acting }) => acting.closePlan(THREE.id, 'approve')],
    ['an approval', 2, ({ answering }) => answering.recordAnswer(THREE, answer({}, THREE))],
    ['a veto of all', 2, ({ answering }) => answering.recordAnswer(THREE, answer({ say: 'veto' }, THREE))],
    [
      'a veto of two',
      3,
      ({ answering }) => answering.recordAnswer(THREE, answer({ say: 'veto', actions: [1, 3] }, THREE)),
    ],
    ['recordVeto', 1, ({ answering }) => answering.recordVeto(ACCOUNT, veto)],
  ];
  const crashes = writes.flatMap(([name, count, write]) =>
    many(count, (nth) => nth).flatMap((nth) => [
      [name, nth, 'was never sent', false, write] as const,
      [name, nth, 'worked but lost its reply', true, write] as const,
    ]),
  );

  it.each(crashes)('%s: at call %i, which %s, ends as if nothing had been', async (_, nth, __, sent, write) => {
    const undisturbed = dynamoTwin(await dynamo.table());
    const [expected, result] = await Promise.all(
      [undisturbed, twin].map(async (one) => {
        await one.acting.claimPlan(THREE.id, 'one', TICK);
        if (one === twin) {
          const stop = intercept(table.client, failAt(nth, sent));
          await expect(write(one)).rejects.toBeInstanceOf(LedgerUnavailableError);
          stop();
        }
        return write(one);
      }),
    );
    expect(result).toEqual(expected);
    const found = await items();
    await write(twin);
    expect(await items()).toEqual(found);
  });

  it.each([1, 2, 3].flatMap((nth) => [[nth, false] as const, [nth, true] as const]))(
    'ends a change at call %i (sent: %s)',
    async (nth, sent) => {
      await twin.ledger.record(THREE, 'digest');
      await twin.acting.recordChange(kept);
      const stop = intercept(table.client, failAt(nth, sent));
      await expect(twin.acting.recordChange(ended)).rejects.toBeInstanceOf(LedgerUnavailableError);
      stop();
      await twin.acting.recordChange(ended);
      expect(await twin.answering.change(kept.id)).toEqual(ended);
    },
  );

  it.each([false, true])('gives a lease back (sent: %s)', async (sent) => {
    const held = await lease();
    const stop = intercept(table.client, failAt(1, sent));
    await expect(twin.acting.releaseLease(held)).rejects.toBeInstanceOf(LedgerUnavailableError);
    stop();
    await twin.acting.releaseLease(held);
    expect(await other.acting.takeLease(person, TICK)).toMatchObject({ lease: { fence: 2 } });
  });

  it.each([false, true])('has the last word once (sent: %s)', async (sent) => {
    const held = await lease();
    const stop = intercept(table.client, failAt(1, sent));
    await expect(twin.acting.beginApply(held)).rejects.toBeInstanceOf(LedgerUnavailableError);
    stop();
    expect(await twin.acting.beginApply(held)).toBe(true);
    expect(await other.acting.takeLease(person, TICK)).toEqual({ heldBy: THREE.id });
  });

  it('does not give a lease back that was taken by another after the reply was lost', async () => {
    const held = await lease();
    const stop = intercept(table.client, failAt(1, true));
    await expect(twin.acting.releaseLease(held)).rejects.toBeInstanceOf(LedgerUnavailableError);
    stop();
    await other.acting.takeLease(person, TICK);
    await twin.acting.releaseLease(held);
    expect(await other.acting.takeLease({ ...wanted, planId: 'another' }, TICK)).toEqual({ heldBy: 'urgent' });
  });

  it.each([
    [1, false],
    [1, true],
    [2, false],
    [2, true],
  ])('hands a run over at the second attempt (call %i, sent: %s)', async (nth, sent) => {
    const run = await twin.ledger.record(THREE, 'digest');
    const handOver = async () => {
      await twin.ledger.announced(run, run.time);
      await twin.ledger.handedOver(run);
    };
    const stop = intercept(table.client, failAt(nth, sent));
    await expect(handOver()).rejects.toBeInstanceOf(LedgerUnavailableError);
    stop();
    await handOver();
    expect((await twin.ledger.runs(run)).current).toMatchObject({ state: 'handed-over', saidAt: run.time });
  });
});

describe('somebody else in between', () => {
  it('who gives the lease back after it was refused, does not keep it', async () => {
    const held = await lease();
    const stop = justBefore(3, () => other.acting.releaseLease(held));
    expect(await twin.acting.takeLease({ ...wanted, planId: 'other' }, TICK)).toMatchObject({ lease: { fence: 2 } });
    stop();
  });

  it('who takes the lease after it was given back, does', async () => {
    const held = await lease();
    const stop = justBefore(3, async () => {
      await other.acting.releaseLease(held);
      await other.acting.takeLease(person, TICK);
    });
    expect(await twin.acting.takeLease({ ...wanted, planId: 'other' }, TICK)).toEqual({ heldBy: 'urgent' });
    stop();
  });

  it('who takes the lease after it was given back, and is less important, does not keep it', async () => {
    const held = await lease();
    const stop = justBefore(3, async () => {
      await other.acting.releaseLease(held);
      await other.acting.takeLease({ ...wanted, planId: 'weak', priority: 0 }, TICK);
    });
    const taken = await twin.acting.takeLease({ ...wanted, planId: 'other' }, TICK);
    expect(taken).toMatchObject({ lease: { planId: 'other', fence: 3 } });
    stop();
  });

  it('who overtakes while the lease is prolonged, has it', async () => {
    await lease();
    const stop = justBefore(2, () => other.acting.takeLease(person, TICK));
    expect(await twin.acting.takeLease(wanted, TICK)).toEqual({ heldBy: 'urgent' });
    stop();
  });

  /** Writes it as it never is for long: each time that we look it is another's. */
  const holdBy = (holder: typeof wanted | undefined) => {
    const key = { pk: `LEASE#${ARN}`, sk: 'LEASE', fence: 9 };
    return putItem(elsewhere(), { ...key, ...(holder && { ...holder, until: holder.until.toISOString() }) });
  };
  const elsewhere = () => ({ ...table, client: localClient(dynamo.endpoint) });
  const strongUntilWeLook =
    (seen: typeof wanted | undefined): Interceptor =>
    async (call, send) => {
      await holdBy(call.operation === 'GetItem' ? seen : person);
      return send();
    };

  it('who holds the lease each time that we ask for it, is named in the end', async () => {
    intercept(table.client, strongUntilWeLook({ ...wanted, planId: 'weak', priority: 0 }));
    expect(await twin.acting.takeLease(wanted, TICK)).toEqual({ heldBy: 'weak' });
  });

  it('who cannot be named either, makes us give up', async () => {
    intercept(table.client, strongUntilWeLook(undefined));
    await expect(twin.acting.takeLease(wanted, TICK)).rejects.toMatchObject({
      code: 'LostEveryRace',
      retryHelps: true,
    });
  });

  it('who ends the change meanwhile, is not overwritten', async () => {
    await twin.ledger.record(THREE, 'digest');
    const stuck = { ...kept, outcome: 'stuck' as const };
    await twin.acting.recordChange(stuck);
    const stop = justBefore(3, () => other.acting.recordChange({ ...ended, outcome: 'stuck' }));
    await twin.acting.recordChange({ ...kept, outcome: 'undone', because: 'kim has started it' });
    stop();
    expect(await twin.answering.change(kept.id)).toEqual({
      ...ended,
      outcome: 'undone',
      because: 'kim has started it',
    });
  });

  it('who always comes first, makes us give up', async () => {
    await twin.acting.recordChange({ ...kept, outcome: 'stuck' });
    const key = { pk: `RESOURCE#${ARN}`, sk: `CHANGE#${THREE.id}#0001` };
    let round = 0;
    intercept(table.client, async ({ operation }, send) => {
      round += 1;
      const because = `for the ${round}th time`;
      const change = JSON.stringify({ ...kept, outcome: 'stuck', because });
      if (operation === 'PutItem') await putItem(elsewhere(), { ...key, change });
      return send();
    });
    await expect(twin.acting.recordChange({ ...kept, outcome: 'undone' })).rejects.toMatchObject({
      name: 'LedgerUnavailableError',
      code: 'LostEveryRace',
      retryHelps: true,
    });
  });

  it('who approves after we have looked, is named', async () => {
    const theirs = answer({ by: 'lee' }, THREE);
    const stop = justBefore(2, () => other.answering.recordAnswer(THREE, theirs));
    await expect(twin.answering.recordAnswer(THREE, answer({}, THREE))).rejects.toMatchObject({
      name: 'AlreadyAnsweredError',
      standing: theirs,
    });
    stop();
  });

  it('who vetoes after we have looked, wins over our approval', async () => {
    const stop = justBefore(2, () => other.answering.recordAnswer(THREE, answer({ say: 'veto', by: 'lee' }, THREE)));
    await twin.answering.recordAnswer(THREE, answer({}, THREE));
    stop();
    const { approval, vetoes } = await twin.acting.answers(THREE.id);
    expect([approval?.by, vetoes.map(({ by }) => by)]).toEqual([answer().by, ['lee']]);
  });

  it('who vetoes some of it after we have looked, is no reason to refuse the rest', async () => {
    const theirs = answer({ say: 'veto', actions: [1], by: 'lee' }, THREE);
    const stop = justBefore(2, () => other.answering.recordAnswer(THREE, theirs));
    await twin.answering.recordAnswer(THREE, answer({ say: 'veto', actions: [1, 2] }, THREE));
    stop();
    const { vetoes } = await twin.acting.answers(THREE.id);
    expect(vetoes.map(({ by, actions }) => [by, actions])).toEqual([
      ['lee', [1]],
      [answer().by, [2]],
    ]);
  });
});

describe('an index that lags', () => {
  beforeEach(async () => {
    await twin.ledger.record(THREE, 'digest');
    await twin.acting.claimPlan(THREE.id, 'one', TICK);
    await twin.acting.waitOn(THREE.id, 'approve', 'callback');
    await twin.acting.recordChange(kept);
  });

  /** Between the question to the index and that to the table. */
  const meanwhile = (act: () => Promise<unknown>) => justBefore(2, act);

  it('does not show a plan as open that is closed', async () => {
    const stop = meanwhile(() => other.acting.closePlan(THREE.id, 'approve'));
    expect(await twin.answering.openPlans()).toEqual([]);
    stop();
  });

  it('does not show a change as standing that has ended', async () => {
    const stop = meanwhile(() => other.acting.recordChange(ended));
    expect(await twin.answering.changes(daysLater(6))).toEqual([]);
    stop();
  });

  it('shows a change as it is by now', async () => {
    const stop = meanwhile(() => other.acting.recordChange(ended));
    expect(await twin.answering.changes(daysLater(4))).toEqual([ended]);
    stop();
  });
});

describe('what cannot have been written', () => {
  const spoil = (item: Item) => putItem(table, item);
  const corrupt = { name: 'LedgerCorruptError' };

  it.each<[string, Item, (twin: Twin) => Promise<unknown>]>([
    [
      'an execution',
      { pk: `PLAN#${THREE.id}`, sk: 'EXECUTION' },
      ({ acting }) => acting.claimPlan(THREE.id, 'one', TICK),
    ],
    [
      'a lease',
      { pk: `LEASE#${ARN}`, sk: 'LEASE', planId: 'one', priority: 1, fence: 'x', until: at(60).toISOString() },
      ({ acting }) => acting.takeLease({ ...wanted, planId: 'other' }, TICK),
    ],
    ['an answer', { pk: `ANSWER#${THREE.id}`, sk: 'MAYBE' }, ({ acting }) => acting.answers(THREE.id)],
    [
      'a change',
      { pk: `RESOURCE#${ARN}`, sk: `CHANGE#${THREE.id}#0001`, change: '{"outcome":"so-so"}' },
      ({ answering }) => answering.change(kept.id),
    ],
    [
      'a change that is no JSON',
      { pk: `RESOURCE#${ARN}`, sk: `CHANGE#${THREE.id}#0001`, change: 'x' },
      ({ acting }) => acting.recordChange(kept),
    ],
  ])('is an error and decides nothing: %s', async (_, item, read) => {
    await twin.ledger.record(THREE, 'digest');
    await spoil(item);
    await expect(read(twin)).rejects.toMatchObject(corrupt);
  });

  it('a change of a plan that was refused is not in the way of the change of that name', async () => {
    await twin.ledger.record(THREE, 'digest');
    const impostor = { ...plan({ act: [proposal(7)] }), id: THREE.id };
    await expect(twin.ledger.record(impostor, 'digest')).rejects.toMatchObject({ name: 'PlanIdTakenError' });
    await twin.acting.recordChange(kept);
    expect(await twin.answering.change(kept.id)).toEqual(kept);
  });
});

describe('a table that does not answer', () => {
  const held = { ...wanted, fence: 1 };
  const operations: [string, (twin: Twin) => Promise<unknown>][] = [
    ['handedOver', ({ ledger }) => ledger.handedOver({ function: 'f', account: ACCOUNT, time: 't' })],
    ['claimPlan', ({ acting }) => acting.claimPlan('plan', 'one', TICK)],
    ['supersededBy', ({ acting }) => acting.supersededBy(THREE)],
    ['answers', ({ acting }) => acting.answers('plan')],
    ['waitOn', ({ acting }) => acting.waitOn('plan', 'approve', 'callback')],
    ['takeLease', ({ acting }) => acting.takeLease(wanted, TICK)],
    ['beginApply', ({ acting }) => acting.beginApply(held)],
    ['releaseLease', ({ acting }) => acting.releaseLease(held)],
    ['beginUndo', ({ acting }) => acting.beginUndo(held)],
    ['takeOver', ({ acting }) => acting.takeOver('other', person)],
    ['overtakenBy', ({ acting }) => acting.overtakenBy(held)],
    ['word', ({ acting }) => acting.word(asked)],
    ['changesOf', ({ acting }) => acting.changesOf(ARN)],
    ['countAgainstCap', ({ acting }) => acting.countAgainstCap(one)],
    ['uncount', ({ acting }) => acting.uncount(one)],
    ['recordChange', ({ acting }) => acting.recordChange(kept)],
    ['closePlan', ({ acting }) => acting.closePlan('plan', 'approve')],
    ['callbacksOf', ({ answering }) => answering.callbacksOf('plan')],
    ['recordAnswer', ({ answering }) => answering.recordAnswer(THREE, answer({}, THREE))],
    ['recordVeto', ({ answering }) => answering.recordVeto(ACCOUNT, veto)],
    ['change', ({ answering }) => answering.change(kept.id)],
    ['changes', ({ answering }) => answering.changes(TICK)],
    [
      'changesByResource',
      async ({ answering }) => {
        for await (const lot of answering.changesByResource(TICK)) expect(lot).toEqual([]);
      },
    ],
    ['openPlans', ({ answering }) => answering.openPlans()],
  ];

  it.each(operations)('makes %s throw: nothing is concluded from silence', async (_, operation) => {
    intercept(table.client, async () => {
      throw Object.assign(new Error('no'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } });
    });
    await expect(operation(twin)).rejects.toMatchObject({ name: 'LedgerUnavailableError', retryHelps: true });
  });
});
