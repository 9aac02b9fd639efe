import { describe, expect, it } from 'vitest';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { digestOf, sealPlan } from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { type Delivery, deliver } from '../../shared/runtime/deliver.ts';
import {
  changeOf,
  handOver,
  idleDatabase,
  mutations,
  openScene,
  outcomesOf,
  POLICY,
  say,
  stopOf,
  told,
} from '../support/carry-out.ts';

describe('a plan of two modes', () => {
  const policy = { defaults: { mode: 'auto', approveWithin: '3d', grace: '1h' } };
  async function mixed() {
    const scene = await openScene({ policy });
    const [asked, auto] = [idleDatabase(scene, 'a-qa'), idleDatabase(scene, 'b-qa')];
    const { plan } = await handOver(scene, [stopOf(asked), stopOf(auto, { mode: 'auto' })]);
    return { scene, plan };
  }

  it('gives each its own time: the grace is over while nobody has approved the rest', async () => {
    const { scene, plan } = await mixed();
    await scene.lambda.advance({ hours: 5 });
    expect(await outcomesOf(scene, plan)).toEqual([undefined, 'kept']);
    await say(scene, plan, { say: 'approve', actions: [1] });
    await scene.lambda.advance({ hours: 5 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
    expect(told(scene)).toHaveLength(2);
  });

  it('wakes both by one answer', async () => {
    const { scene, plan } = await mixed();
    await scene.lambda.advance({ minutes: 30 });
    await say(scene, plan, { say: 'veto' });
    await scene.lambda.settle();
    expect(await outcomesOf(scene, plan)).toEqual(['vetoed', 'vetoed']);
  });
});

it('a plan whose place a newer one takes learns it within half a day', async () => {
  const scene = await openScene();
  const proposal = stopOf(idleDatabase(scene, 'orders-qa'));
  const { plan } = await handOver(scene, [proposal]);
  await scene.lambda.advance({ hours: 1 });
  const newer = await handOver(scene, [proposal, stopOf(idleDatabase(scene, 'crm-qa'))]);
  await scene.lambda.advance({ hours: 12 });
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'expired',
    because: `the newer plan ${newer.plan.id} took its place`,
  });
});

it('what cannot keep its callback tries again now and then, and finds the answer by itself', async () => {
  const scene = await openScene();
  const { plan } = await handOver(scene, [stopOf(idleDatabase(scene, 'orders-qa'))]);
  const refused = scene.sandbox.faults.add({ operation: 'UpdateItem', fault: 'accessDenied' });
  await scene.lambda.advance({ hours: 10 });
  expect(scene.sandbox.calls.count('UpdateItem')).toBeLessThan(200);
  refused.remove();
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.advance({ hours: 6 });
  expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  expect(mutations(scene)).toHaveLength(2);
});

it('an action in mode auto is carried out at the end of its grace, however often the same is found meanwhile', async () => {
  const scene = await openScene({ policy: { defaults: { mode: 'auto' } } });
  const { hub, lambda, sandbox } = scene;
  const policy = parsePolicy({ ...POLICY, defaults: { mode: 'auto' } });
  const ledger = dynamoLedger({ client: hub.dynamodb, table: hub.table });
  const start = ({ plan }: { plan: string }) =>
    lambda.start({ functionName: 'carry-out:live', payload: { plan }, name: plan });
  const delivery: Delivery = {
    ledger,
    announcer: { send: async () => {} },
    starter: { start: async (part) => void start(part) },
    policy,
    holder: 'request',
    clock: () => sandbox.clock.now(),
  };
  const found = {
    act: [stopOf(idleDatabase(scene, 'a-qa'), { mode: 'auto' })],
    deferred: [],
    leave: [],
    unreadable: [],
  };
  const tick = async () => {
    const draft = { function: 'right-size', account: '111111111111', time: sandbox.clock.now(), ...found };
    const plan = sealPlan(draft, policy);
    const run = await ledger.record(plan, digestOf(plan));
    const { previous } = await ledger.runs(run);
    await deliver(delivery, { run, plan, ...(previous && { previous }) });
    return plan;
  };
  const first = await tick();
  for (let day = 1; day <= 7; day += 1) {
    await lambda.advance({ days: 1 });
    await tick();
  }
  await lambda.advance({ hours: 6 });
  expect(await changeOf(scene, first)).toMatchObject({ outcome: 'kept', approvedBy: 'grace' });
  expect(mutations(scene)).toEqual(['CreateDBSnapshot a-qa', 'StopDBInstance a-qa']);
});
