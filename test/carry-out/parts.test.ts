import { expect, it } from 'vitest';
import { run as answer } from '../../functions/answer/run.ts';
import type { Execution } from '../../sandbox/durable/execution.ts';
import { LIMITS } from '../../sandbox/durable/limits.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import {
  ACTIONS_AT_ONCE,
  digestOf,
  nameOfPart,
  type Part,
  type Plan,
  type Proposal,
  sealPlan,
} from '../../shared/core/plan.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { deliver } from '../../shared/runtime/deliver.ts';
import {
  changeOf,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  PERSON,
  POLICY,
  type Scene,
  stopOf,
  stopOfInstance,
} from '../support/carry-out.ts';
import { many } from '../support/plan-specimen.ts';

/** Three parts, the last of which is not full. */
const LARGE = 3 * ACTIONS_AT_ONCE - 5;

/** The first and the last of each part: what is approved. The others expire. */
const CHOSEN = [1, ACTIONS_AT_ONCE, ACTIONS_AT_ONCE + 1, 2 * ACTIONS_AT_ONCE, 2 * ACTIONS_AT_ONCE + 1, LARGE];

/** As it is delivered: announced and handed over by right-size's own code. */
async function handOver(scene: Scene, act: readonly Proposal[]) {
  const { hub, lambda, sandbox } = scene;
  const [account = ''] = POLICY.scopes.map((scope) => scope.account);
  const draft = {
    function: 'right-size',
    account,
    time: sandbox.clock.now(),
    act,
    deferred: [],
    leave: [],
    unreadable: [],
  };
  const plan = sealPlan(draft, parsePolicy(POLICY));
  const ledger = dynamoLedger({ client: hub.dynamodb, table: hub.table });
  const executions: Execution[] = [];
  const sent: string[] = [];
  const starter = {
    start: async (part: Part) => {
      executions.push(lambda.start({ functionName: 'carry-out:live', payload: part, name: nameOfPart(part) }));
    },
  };
  const announcer = { send: async ({ text }: { text: string }) => void sent.push(text) };
  const delivery = { ledger, announcer, starter, policy: parsePolicy(POLICY), holder: 'one', clock: sandbox.clock.now };
  await deliver(delivery, { run: await ledger.record(plan, digestOf(plan)), plan });
  return { plan, executions, sent };
}

/** A person's word, through the function answer. */
async function approve({ hub, lambda, sandbox }: Scene, plan: Plan, chosen = CHOSEN) {
  const table = { client: hub.dynamodb, table: hub.table };
  const say = answer({
    ledger: { ...dynamoLedger(table), ...answerLedger(table) },
    waker: {
      wake: async (id) => {
        lambda.callbacks.succeed(id, '"answered"');
        return 'woken';
      },
    },
    starter: { start: async () => undefined },
    clock: () => sandbox.clock.now(),
    onWakeFailed: () => undefined,
  });
  const actions = chosen.filter((number) => number <= plan.act.length);
  return say({ about: { plan: plan.id, hash: plan.hash }, say: 'approve', actions }, PERSON);
}

function largePlan(scene: Scene, actions: number): Proposal[] {
  return many(actions, (number) => stopOfInstance(idleInstance(scene, `runner-${number}`)));
}

const BRIEF = { defaults: { mode: 'approve', watch: '1h', stopFor: '1d' } };

it('carries a large plan out by three executions: one message, one approval, each action once', async () => {
  const scene = await openScene({ policy: BRIEF });
  const { plan, executions, sent } = await handOver(scene, largePlan(scene, LARGE));
  expect(executions.map(({ name }) => name)).toEqual([1, 2, 3].map((part) => `${plan.id}-${part}`));
  expect(sent).toHaveLength(1);
  await scene.lambda.advance({ minutes: 5 });
  const ledger = answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table });
  expect((await ledger.openPlans()).map(({ id }) => id)).toEqual([plan.id]);

  expect(await approve(scene, plan)).toMatchObject({ said: { said: 'now', execution: 'woken' } });
  await scene.lambda.advance({ minutes: 30 });
  const chosen = CHOSEN.map((number) => `StopInstances ${plan.act[number - 1]?.resource.arn.split('/')[1]}`);
  expect(mutations(scene).sort(), 'by all three, which the answer has woken').toEqual(chosen.sort());
  await scene.lambda.finish();
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  const outcomes = await outcomesOf(scene, plan);
  expect(outcomes).toEqual(many(LARGE, (number) => (CHOSEN.includes(number) ? 'kept' : 'expired')));
  expect(mutations(scene)).toHaveLength(CHOSEN.length);
  expect(await ledger.openPlans()).toEqual([]);
});

it('goes on with a part that was killed, and does nothing of the others twice', async () => {
  const scene = await openScene({ policy: BRIEF });
  const { plan, executions } = await handOver(scene, largePlan(scene, ACTIONS_AT_ONCE + 1));
  await scene.lambda.advance({ minutes: 5 });
  await approve(scene, plan);
  scene.lambda.killPoints.killAt(scene.lambda.killPoints.count + 20, 'after');
  await scene.lambda.finish();
  expect(executions.reduce((sum, { crashes }) => sum + crashes, 0)).toBe(1);
  expect((await outcomesOf(scene, plan)).filter((outcome) => outcome === 'kept')).toHaveLength(3);
  expect(mutations(scene)).toHaveLength(3);
});

it('lets a part be claimed by one execution only', async () => {
  const scene = await openScene({ policy: BRIEF });
  const { plan } = await handOver(scene, largePlan(scene, ACTIONS_AT_ONCE + 1));
  const again = scene.lambda.start({
    functionName: 'carry-out:live',
    payload: { plan: plan.id, part: 2 },
    name: 'again',
  });
  await scene.lambda.advance({ minutes: 5 });
  expect(JSON.parse(again.result ?? '')).toEqual({ plan: plan.id, outcomes: {} });
});

it('has room for a full part of databases with slow snapshots, which AWS restarts every week', async () => {
  const cap = { count: 100, share: '100%', perDay: 100 };
  const scene = await openScene({ policy: { rules: { 'idle-database': { cap } } } });
  const databases = many(ACTIONS_AT_ONCE, (number) => idleDatabase(scene, `orders-${number}`));
  for (const { DBInstanceIdentifier } of databases) {
    scene.region.rds.snapshotDurations.set(DBInstanceIdentifier, { hours: 9 });
  }
  const { plan, executions } = await handOver(
    scene,
    databases.map((database) => stopOf(database)),
  );
  await scene.lambda.advance({ minutes: 5 });
  await approve(
    scene,
    plan,
    many(ACTIONS_AT_ONCE, (number) => number),
  );
  await scene.lambda.finish();
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED']);
  expect(
    mutations(scene).filter((one) => one.startsWith('StopDBInstance')),
    'and four restarts',
  ).toHaveLength(5 * ACTIONS_AT_ONCE);
  expect(executions[0]?.metered).toBeLessThan(0.85 * LIMITS.operations);
});

it('expires an unanswered plan for the newer one of the same function and account', async () => {
  const scene = await openScene({ policy: BRIEF });
  const one = stopOfInstance(idleInstance(scene, 'runner-1'));
  const older = await handOver(scene, [one]);
  await scene.lambda.advance({ days: 1 });
  const newer = await handOver(scene, [one, stopOfInstance(idleInstance(scene, 'runner-2'))]);
  await expect(approve(scene, older.plan)).rejects.toMatchObject({
    code: 'superseded',
    facts: { newer: newer.plan.id },
  });
  await scene.lambda.advance({ days: 2, minutes: 1 });
  expect(await changeOf(scene, older.plan)).toMatchObject({
    outcome: 'expired',
    because: `the newer plan ${newer.plan.id} took its place`,
  });
  expect(await changeOf(scene, newer.plan), 'which still waits').toBeUndefined();
});
