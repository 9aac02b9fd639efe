import { describe, expect, it } from 'vitest';
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
  const policy = { defaults: { ...POLICY.defaults, approveWithin: '3d', grace: '1h' } };
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
