import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import {
  changeOf,
  flip,
  handOver,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  PERSON,
  POLICY,
  ring,
  type Scene,
  say,
  stopOf,
  stopOfInstance,
  takingBack,
} from '../support/carry-out.ts';

const protect = { Key: 'lamplighter:protect', Value: 'audit' };

/** Until the snapshot has begun: the action is approved and rechecked, and nothing is stopped. */
const untilProtecting = ({ lambda, sandbox }: Scene) =>
  lambda.runUntil(() => sandbox.calls.count('CreateDBSnapshot') > 0);

describe('what changes while a plan waits, or while its snapshot is taken, reaches it', () => {
  const cases: readonly [string, (scene: Scene) => unknown, string][] = [
    [
      'a protect tag',
      ({ region }) => region.rds.instances.get('orders-qa')?.TagList?.push(protect),
      'protected by its tag lamplighter:protect (audit)',
    ],
    [
      'pause',
      (scene) => flip(scene, 'pause', 'on'),
      'the switch pause is on: nothing is stopped, restarted, shrunk or deleted',
    ],
    ['halt', (scene) => flip(scene, 'halt', 'on'), 'the switch halt is on: nothing is changed'],
    [
      'a freeze',
      ({ hub }) => hub.storePolicy({ ...POLICY, freeze: [{ from: '2026-11-22', to: '2026-12-01', why: 'the sale' }] }),
      'frozen until 2026-12-01: the sale',
    ],
    [
      'its rule off',
      ({ hub }) => hub.storePolicy({ ...POLICY, defaults: { mode: 'off' } }),
      'the rule idle-database is in mode off by now',
    ],
    [
      'its region out of the scopes',
      ({ hub }) => hub.storePolicy({ ...POLICY, scopes: [{ account: '111111111111', regions: ['eu-west-1'] }] }),
      'the policy no longer looks at 111111111111 in ap-northeast-2',
    ],
    [
      'a replica',
      ({ region }) => region.rds.instances.get('orders-qa')?.ReadReplicaDBInstanceIdentifiers?.push('orders-ro'),
      'AWS cannot stop what replicates: the source of orders-ro',
    ],
  ];

  it.each(cases)('%s, before the approval: not even a snapshot', async (_, happen, because) => {
    const scene = await openScene();
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
    await scene.lambda.advance({ hours: 1 });
    await happen(scene);
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ hours: 6 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining(because),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it.each(cases)('%s, during the snapshot: it is not stopped', async (_, happen, because) => {
    const scene = await openScene();
    const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
    await untilProtecting(scene);
    await happen(scene);
    await scene.lambda.advance({ hours: 6 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining(because),
    });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
  });
});

describe('a rule whose mode is report again', () => {
  const report = { ...POLICY, defaults: { mode: 'report', grace: '1d' } };

  it('stops what only its grace would let through, also what AWS has restarted', async () => {
    const scene = await openScene({ policy: { defaults: { mode: 'auto', grace: '1d' } } });
    const [early, late] = ['a-qa', 'b-qa'].map((name) => stopOf(idleDatabase(scene, name), { mode: 'auto' }));
    const first = await handOver(scene, [early as Proposal]);
    await scene.lambda.advance({ days: 2 });
    const second = await handOver(scene, [late as Proposal]);
    await scene.hub.storePolicy(report);
    await scene.lambda.advance({ days: 7 });
    expect(await changeOf(scene, first.plan)).toMatchObject({
      outcome: 'kept',
      endedBecause: expect.stringContaining('it stays on: the rule idle-database is in mode report by now'),
    });
    expect(await changeOf(scene, second.plan)).toMatchObject({
      outcome: 'skipped',
      because: 'the rule idle-database is in mode report by now',
    });
    expect(mutations(scene)).toEqual(['CreateDBSnapshot a-qa', 'StopDBInstance a-qa']);
  });

  it('keeps nobody from what a person has approved, nor from taking it back', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'orders-qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.hub.storePolicy(report);
    await scene.lambda.advance({ hours: 6 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept']);
    await scene.hub.storePolicy({ ...POLICY, defaults: { mode: 'off' }, scopes: [] });
    const back = await handOver(scene, [takingBack(stopOf(database))], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect(await outcomesOf(scene, back.plan)).toEqual(['kept']);
  });
});

it('a veto after the approval is in time until the mutation', async () => {
  const scene = await openScene();
  const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))], { approved: true });
  await untilProtecting(scene);
  await say(scene, plan, { say: 'veto' });
  await scene.lambda.advance({ hours: 6 });
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'vetoed',
    because: `vetoed by ${PERSON} after the approval`,
  });
  expect(mutations(scene)).toEqual(['CreateDBSnapshot orders-qa']);
});

it('an approval in the last second counts, one in the second after does not', async () => {
  const scene = await openScene();
  const first = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
  await scene.lambda.advance({ days: 2, hours: 23, minutes: 59, seconds: 59 });
  await say(scene, first.plan, { say: 'approve' });
  await scene.lambda.advance({ hours: 6 });
  expect(await outcomesOf(scene, first.plan)).toEqual(['kept']);

  const second = await handOver(scene, [stopOf(idleDatabase(scene, 'crm-qa'))]);
  await scene.lambda.advance({ days: 3, seconds: 1 });
  await say(scene, second.plan, { say: 'approve' });
  await scene.lambda.advance({ hours: 6 });
  expect(await outcomesOf(scene, second.plan)).toEqual(['expired']);
});

it('an approval that wakes nobody is found in the ledger at the deadline', async () => {
  const scene = await openScene();
  const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
  await scene.lambda.advance({ days: 1 });
  await say({ ...scene, lambda: { callbacks: { waiting: () => [] } } as never }, plan, { say: 'approve' });
  await scene.lambda.advance({ days: 2, hours: 6 });
  expect(await outcomesOf(scene, plan)).toEqual(['kept']);
});

describe('thrown in the middle of a plan', () => {
  const policy = { defaults: { ...POLICY.defaults, parallel: 1 }, dependents: [{ resource: '*', alarms: ['errors'] }] };
  /** Two databases one after the other; the switch is thrown when the first one is stopped and watched. */
  async function midPlan(which: 'pause' | 'halt') {
    const scene = await openScene({ policy });
    const databases = ['a-qa', 'b-qa'].map((name) => idleDatabase(scene, name));
    const started = await handOver(
      scene,
      databases.map((one) => stopOf(one)),
      { approved: true },
    );
    await scene.lambda.runUntil(() => databases[0]?.DBInstanceStatus === 'stopped');
    flip(scene, which, 'on');
    ring(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    return { scene, databases, ...started };
  }

  it('pause stops what takes; what was stopped before is still taken back, and a person may start', async () => {
    const { scene, databases, plan } = await midPlan('pause');
    expect(databases.map((one) => one.DBInstanceStatus)).toEqual(['available', 'available']);
    expect(await outcomesOf(scene, plan)).toEqual(['undone', 'skipped']);
    const instance = idleInstance(scene, 'batch-1');
    const start = takingBack(stopOfInstance(instance));
    instance.State = { Name: 'stopped', Code: 80 };
    const back = await handOver(scene, [start], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 1 });
    expect(await outcomesOf(scene, back.plan)).toEqual(['kept']);
  });

  it('halt stops every mutation, the undo too, which goes on when it is off again', async () => {
    const { scene, databases, plan } = await midPlan('halt');
    expect(databases.map((one) => one.DBInstanceStatus)).toEqual(['stopped', 'available']);
    expect(mutations(scene)).toEqual(['CreateDBSnapshot a-qa', 'StopDBInstance a-qa']);
    flip(scene, 'halt', 'off');
    await scene.lambda.advance({ hours: 6 });
    expect(databases[0]?.DBInstanceStatus).toBe('available');
    expect((await changeOf(scene, plan))?.outcome).toBe('undone');
  });
});

it("the day's cap, reached by another plan, is per account and day; taking back counts against none", async () => {
  const scene = await openScene({ policy: { rules: { 'idle-instance': { cap: { perDay: 1 } } } } });
  const [a, b] = [idleInstance(scene, 'a'), idleInstance(scene, 'b')];
  const [first, second] = [a, b].map((one) => stopOfInstance(one));
  if (!first || !second) throw new Error('two instances make two proposals');
  await handOver(scene, [first], { approved: true });
  await scene.lambda.advance({ minutes: 5 });
  const late = await handOver(scene, [second], { approved: true });
  await scene.lambda.advance({ minutes: 5 });
  expect(await changeOf(scene, late.plan)).toMatchObject({
    outcome: 'skipped',
    because: "the day's cap of 1 idle-instance actions is reached",
  });
  await scene.lambda.advance({ hours: 3 });
  const next = await handOver(scene, [second], { approved: true });
  await scene.lambda.advance({ hours: 3 });
  expect(await outcomesOf(scene, next.plan)).toEqual(['kept']);
  const back = await handOver(scene, [first, second].map(takingBack), { function: 'undo', approved: true });
  await scene.lambda.advance({ hours: 1 });
  expect(await outcomesOf(scene, back.plan)).toEqual(['kept', 'kept']);
});
