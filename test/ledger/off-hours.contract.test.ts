import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import type { Change } from '../../shared/core/change.ts';
import type { OffHoursRecord } from '../../shared/core/off-hours/record.ts';
import type { ActingLedger } from '../../shared/ports-acting.ts';
import type { OffHoursLedger } from '../../shared/ports-off-hours.ts';
import { MemoryOffHours } from '../support/memory-off-hours.ts';
import { ACCOUNT, changeOf, decideAt, instance, recordFor, wasOn } from '../support/off-hours-specimen.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

interface Twin {
  readonly ledger: OffHoursLedger;
  /** Of the function that acts. */
  readonly acting: Pick<ActingLedger, 'recordChange'>;
}

function inMemory(): Twin {
  const memory = new MemoryOffHours();
  return { ledger: memory, acting: memory.others };
}

async function inDynamo(): Promise<Twin> {
  const table = await dynamo.table();
  return { ledger: offHoursLedger(table), acting: actingLedger(table) };
}

const web = instance('web');
const noon = recordFor(decideAt('2026-11-23 12:00', [web]));
const evening = recordFor(decideAt('2026-11-23 21:00', [web], { memories: [wasOn(web)] }));
const quiet: OffHoursRecord = { ...noon, messages: [] };

describe.each([
  ['in memory', async () => inMemory()],
  ['in DynamoDB', inDynamo],
])('the ledger of off-hours, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  it('keeps what a tick has decided whole, and nothing of another account', async () => {
    const kept = await twin.ledger.keep(evening, undefined);
    expect(kept).toEqual({ ...evening, state: 'recorded', edition: expect.any(String) as string });
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(kept);
    expect(await twin.ledger.kept('210987654321')).toBeUndefined();
  });

  it('keeps it however much it is', async () => {
    // Random enough not to be compressed away: more than one item takes.
    const muted = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36).slice(2, 14));
    const large = { ...evening, memories: [{ ...wasOn(web), muted }] };
    await twin.ledger.keep(large, undefined);
    expect(await twin.ledger.kept(ACCOUNT)).toMatchObject(large);
  });

  it('keeps what has nothing to hand over and nothing to say as done', async () => {
    expect(await twin.ledger.keep(quiet, undefined)).toMatchObject({ state: 'told' });
    expect(await twin.ledger.kept(ACCOUNT)).toMatchObject({ state: 'told' });
  });

  it('puts one in the place of the one before, and nothing in the place of another', async () => {
    const first = await twin.ledger.keep(noon, undefined);
    expect(await twin.ledger.keep(evening, undefined)).toBeUndefined();
    const second = await twin.ledger.keep(evening, first);
    expect(second).toBeDefined();
    expect(await twin.ledger.keep(quiet, first)).toBeUndefined();
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(second);
  });

  it('lets it come further, for as long as it is there', async () => {
    const first = await twin.ledger.keep(noon, undefined);
    await twin.ledger.advance(first!, 'handed-over');
    expect(await twin.ledger.kept(ACCOUNT)).toEqual({ ...first, state: 'handed-over' });
    const second = await twin.ledger.keep(evening, first);
    await twin.ledger.advance(first!, 'told');
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(second);
  });

  it('knows what has become of actions, those of other plans and numbers apart', async () => {
    const change = changeOf(evening, 1, { outcome: 'kept' });
    const others: Change[] = [
      { ...change, id: `${change.planId}/2` },
      { ...change, id: 'off-hours-other/1', planId: 'off-hours-other' },
    ];
    for (const one of [change, ...others]) await twin.acting.recordChange(one);
    const places = [
      { resource: web.identity.arn, planId: change.planId, number: 1 },
      { resource: web.identity.arn, planId: change.planId, number: 3 },
    ];
    expect(await twin.ledger.outcomes(places)).toEqual(new Map([[change.id, change]]));
    expect(await twin.ledger.outcomes([])).toEqual(new Map());
  });

  it('has one at work at a time', async () => {
    const now = new Date(evening.time);
    const claim = (holder: string) => ({ holder, now, until: new Date(now.getTime() + 240_000) });
    expect(await twin.ledger.begin(ACCOUNT, claim('first'))).toBe(true);
    expect(await twin.ledger.begin(ACCOUNT, claim('second'))).toBe(false);
    await twin.ledger.end(ACCOUNT, 'first');
    expect(await twin.ledger.begin(ACCOUNT, claim('second'))).toBe(true);
  });
});
