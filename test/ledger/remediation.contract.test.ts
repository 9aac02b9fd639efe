import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import { getItem, type LedgerTable, putItem, writeItems } from '../../shared/aws/ledger/table.ts';
import type { Change } from '../../shared/core/change.ts';
import { digestOf, type Plan, sealPlan } from '../../shared/core/plan.ts';
import type { RemediationMemory } from '../../shared/core/remediation/memory.ts';
import type { Ledger, PolicyStore } from '../../shared/ports.ts';
import type { ActingLedger, AnswerLedger } from '../../shared/ports-acting.ts';
import type { RemediationLedger, RemediationRecord } from '../../shared/ports-remediation.ts';
import { MemoryRemediation } from '../support/memory-remediation.ts';
import { ACCOUNT, DEFAULT_POLICY, planDraft, proposal, TICK } from '../support/plan-specimen.ts';
import { callsOf } from './faults.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

interface Twin {
  readonly ledger: RemediationLedger;
  /** Of others. */
  readonly acting: Pick<ActingLedger, 'recordChange'>;
  readonly answering: Pick<AnswerLedger, 'recordVeto'>;
  readonly policies: PolicyStore;
  readonly plans: Pick<Ledger, 'plan' | 'runs'>;
}

function inMemory(): Twin {
  const ledger = new MemoryRemediation();
  const { others } = ledger;
  return { ledger, acting: others, answering: others, policies: others, plans: others };
}

const twinOf = (table: LedgerTable): Twin => ({
  ledger: remediationLedger(table),
  acting: actingLedger(table),
  answering: answerLedger(table),
  policies: dynamoPolicyStore(table),
  plans: dynamoLedger(table),
});

const OTHER = '210987654321';
const ALARM = `arn:aws:cloudwatch:ap-northeast-2:${ACCOUNT}:alarm:orders-disk`;

const plan: Plan = sealPlan(
  {
    ...planDraft,
    function: 'remediate-alarm',
    act: [{ ...proposal(), rule: 'database-storage-low', mode: 'auto' }],
    deferred: [],
    leave: [],
  },
  DEFAULT_POLICY,
);

const memory: RemediationMemory = {
  alarms: [
    {
      arn: ALARM,
      changes: [{ at: '2026-11-22T19:58:00.000Z', to: 'ALARM' }],
      answers: [{ since: '2026-11-22T19:58:00.000Z', plan: plan.id }],
    },
  ],
  remediations: [
    {
      runbook: 'database-storage-low',
      resource: `${ACCOUNT} ap-northeast-2 database instance orders-1`,
      plan: plan.id,
      mode: 'auto',
      at: TICK.toISOString(),
      until: '2026-11-24T20:30:00.000Z',
    },
  ],
};

/** A disk that is grown. */
const night: RemediationRecord = {
  account: ACCOUNT,
  time: TICK.toISOString(),
  memory,
  plans: [plan],
  messages: [
    {
      id: '0123456789abcdef',
      subject: '[Lamplighter] orders-1: database-storage-low, carried out now',
      text: 'its storage is full in four days',
      facts: { version: 1 },
      chat: 'orders-1',
      attributes: { kind: 'remediation', severity: 'info', account: ACCOUNT, region: [], rule: [], owner: [] },
    },
  ],
  idle: ['arn:aws:rds:ap-northeast-2:123456789012:db:idle'],
  holder: 'request-1',
  until: '2026-11-22T20:00:30.000Z',
};

const later: RemediationRecord = { ...night, time: '2026-11-22T20:05:00.000Z', holder: 'request-2' };
const quiet: RemediationRecord = { ...night, plans: [], messages: [] };

describe.each([
  ['in memory', async () => inMemory()],
  ['in DynamoDB', async () => twinOf(await dynamo.table())],
])('the ledger of remediate-alarm, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  it('keeps what was decided and what is remembered of it whole, and nothing of another account', async () => {
    const kept = await twin.ledger.keep(night, undefined);
    expect(kept).toEqual({ ...night, state: 'recorded', planned: true, edition: expect.any(String) as string });
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(kept);
    expect(await twin.ledger.kept(OTHER)).toBeUndefined();
  });

  it('opens with the policy and what was kept of each account', async () => {
    expect(await twin.ledger.opened([ACCOUNT, OTHER], [])).toEqual({ kept: new Map(), vetoes: [] });
    const stored = await twin.policies.store({ policy: DEFAULT_POLICY }, 'kim', TICK);
    const kept = await twin.ledger.keep(night, undefined);
    await twin.ledger.keep({ ...quiet, account: '111111111111' }, undefined);
    expect(await twin.ledger.opened([ACCOUNT, OTHER, ACCOUNT], [])).toEqual({
      stored,
      kept: new Map([[ACCOUNT, kept]]),
      vetoes: [],
    });
  });

  it('opens with the vetoes of the resources that it is asked for', async () => {
    const of = (name: string) => `arn:aws:rds:ap-northeast-2:${ACCOUNT}:db:${name}`;
    const until = new Date('2026-12-01T00:00:00Z');
    const veto = (name: string) => ({ resource: of(name), until, by: 'kim', why: 'audit' });
    for (const name of ['orders', 'carts']) await twin.answering.recordVeto(ACCOUNT, veto(name));
    await twin.ledger.keep(night, undefined);
    const { vetoes, kept } = await twin.ledger.opened([ACCOUNT], [of('orders'), of('users'), of('orders')]);
    expect([vetoes, [...kept.keys()]]).toEqual([[veto('orders')], [ACCOUNT]]);
  });

  it('keeps it however much it is', async () => {
    // Random enough not to be compressed away: more than one item takes.
    const idle = Array.from({ length: 40_000 }, (_, index) => Math.sin(index).toString(36).slice(2, 14));
    const large = { ...night, idle };
    await twin.ledger.keep(large, undefined);
    expect(await twin.ledger.kept(ACCOUNT)).toMatchObject(large);
    expect((await twin.ledger.opened([ACCOUNT], [])).kept.get(ACCOUNT)).toMatchObject(large);
  });

  it('keeps what has nothing to hand over and nothing to say as done', async () => {
    expect(await twin.ledger.keep(quiet, undefined)).toMatchObject({ state: 'told' });
    expect(await twin.ledger.kept(ACCOUNT)).toMatchObject({ state: 'told', memory });
  });

  it.each([
    ['plans', { messages: [] }],
    ['messages', { plans: [] }],
  ])('has something to do as long as there are %s', async (_, spoiled) => {
    expect(await twin.ledger.keep({ ...night, ...spoiled }, undefined)).toMatchObject({ state: 'recorded' });
  });

  it('puts one in the place of the one before, and nothing in the place of another', async () => {
    const first = await twin.ledger.keep(night, undefined);
    expect(await twin.ledger.keep(later, undefined)).toBeUndefined();
    const second = await twin.ledger.keep(later, first);
    expect(second).toBeDefined();
    expect(await twin.ledger.keep(quiet, first)).toBeUndefined();
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(second);
  });

  it('lets it come further, for as long as it is there', async () => {
    const first = await twin.ledger.keep(night, undefined);
    await twin.ledger.advance(first!, 'handed-over');
    expect(await twin.ledger.kept(ACCOUNT)).toEqual({ ...first, state: 'handed-over' });
    const second = await twin.ledger.keep(later, first);
    await twin.ledger.advance(first!, 'told');
    expect(await twin.ledger.kept(ACCOUNT)).toEqual(second);
  });

  it('records, announces and hands over a plan, however often it is asked', async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const run = await twin.ledger.record(plan, digestOf(plan));
      expect(run).toMatchObject({ function: 'remediate-alarm', account: ACCOUNT, planId: plan.id });
      await twin.ledger.announced(run, plan.time);
      await twin.ledger.handedOver(run);
    }
    expect(await twin.ledger.record(plan, digestOf(plan))).toMatchObject({ state: 'handed-over' });
  });

  it('records its plans with what is kept, to be announced and handed over', async () => {
    await twin.ledger.keep(night, undefined);
    expect(await twin.plans.plan(plan.id)).toEqual(plan);
    expect((await twin.plans.runs(plan)).current).toMatchObject({ planId: plan.id, state: 'recorded' });
    await twin.ledger.announced(plan, plan.time);
    await twin.ledger.handedOver(plan);
    expect(await twin.ledger.record(plan, digestOf(plan))).toMatchObject({ state: 'handed-over' });
  });

  it('records no plan where another one is in its place', async () => {
    await twin.ledger.keep(quiet, undefined);
    expect(await twin.ledger.keep(night, undefined)).toBeUndefined();
    expect((await twin.plans.runs(plan)).current).toBeUndefined();
  });

  it('knows what was done to a resource, and what people want left alone', async () => {
    const [first] = plan.act;
    const change: Change = {
      id: `${plan.id}/1`,
      planId: plan.id,
      account: ACCOUNT,
      proposal: first!,
      outcome: 'kept',
      because: 'the alarm is OK again after 7 minutes',
      appliedAt: '2026-11-22T20:01:00.000Z',
      finishedAt: '2026-11-22T20:08:00.000Z',
    };
    await twin.acting.recordChange(change);
    expect(await twin.ledger.changesOf(first!.resource.arn)).toEqual([change]);
    expect(await twin.ledger.changesOf(night.idle[0]!)).toEqual([]);
    const veto = { resource: first!.resource.arn, until: new Date('2026-12-01T00:00:00Z'), by: 'kim', why: 'audit' };
    await twin.answering.recordVeto(ACCOUNT, veto);
    expect(await twin.ledger.vetoes(ACCOUNT, TICK)).toEqual([veto]);
  });
});

describe('in DynamoDB', () => {
  it('opens in one read, and keeps in one write', async () => {
    const table = await dynamo.table();
    const ledger = remediationLedger(table);
    await dynamoPolicyStore(table).store({ policy: DEFAULT_POLICY }, 'kim', TICK);
    expect(await callsOf(table.client, () => ledger.keep(night, undefined))).toEqual(['TransactWriteItems']);
    expect(await callsOf(table.client, () => ledger.opened([ACCOUNT, OTHER], [ALARM]))).toEqual(['BatchGetItem']);
  });

  it('keeps what is too much for one write all the same, and leaves its plans to be recorded', async () => {
    const table = await dynamo.table();
    const ledger = remediationLedger(table);
    const act = Array.from({ length: 100 }, () => plan.act).flat();
    const large = { ...night, plans: [{ ...plan, act }] };
    expect(await callsOf(table.client, () => ledger.keep(large, undefined))).toEqual(['PutItem']);
    expect((await ledger.kept(ACCOUNT))?.planned).toBeUndefined();
    expect(await getItem(table, { pk: `PLAN#${plan.id}`, sk: 'HEADER' })).toBeUndefined();
  });

  it('keeps it without its plan where one of that id is there, which is then held against it', async () => {
    const table = await dynamo.table();
    const ledger = remediationLedger(table);
    await putItem(table, { pk: `PLAN#${plan.id}`, sk: 'HEADER', edition: 'other' });
    expect((await ledger.keep(night, undefined))?.planned).toBeUndefined();
    expect(await ledger.kept(ACCOUNT)).toMatchObject({ state: 'recorded', plans: [{ id: plan.id }] });
  });

  it('writes nothing of a plan whose record is not kept', async () => {
    const table = await dynamo.table();
    const ledger = remediationLedger(table);
    await ledger.keep(quiet, undefined);
    expect(await ledger.keep(night, undefined)).toBeUndefined();
    expect(await getItem(table, { pk: `PLAN#${plan.id}`, sk: 'HEADER' })).toBeUndefined();
  });

  it('says that a record is damaged, and concludes nothing from it', async () => {
    const table = await dynamo.table();
    const ledger = remediationLedger(table);
    const key = { pk: `RUN#remediate-alarm#${ACCOUNT}`, sk: 'MEMORY' };
    await writeItems(table, [{ ...key, state: 'told', edition: 'x', pieces: 1, packed: new Uint8Array([1, 2, 3]) }]);
    await expect(ledger.opened([ACCOUNT], [])).rejects.toMatchObject({ name: 'LedgerCorruptError' });
    await expect(ledger.kept(ACCOUNT)).rejects.toMatchObject({ name: 'LedgerCorruptError' });
  });
});
