import { expect, it } from 'vitest';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { nameOfPart, type Plan, type Proposal, partsOf, sealPlan } from '../../shared/core/plan.ts';
import { changeOf, outcomesOf, type Scene, told } from '../support/carry-out.ts';
import {
  awayKey,
  awayOf,
  copyOf,
  database,
  HOME,
  openSnapshotScene,
  ownSnapshot,
  takeOf,
} from '../support/snapshots.ts';

/** As a night hands them over: a large plan by its parts. Returns how the executions ended. */
async function night(scene: Scene, act: readonly Proposal[]): Promise<{ plan: Plan; ended: (string | undefined)[] }> {
  const { hub, lambda, sandbox, policy } = scene;
  const draft = { function: 'snapshot-databases', account: HOME.account, time: sandbox.clock.now(), act };
  const plan = sealPlan({ ...draft, deferred: [], leave: [], unreadable: [] }, policy);
  const ledger = dynamoLedger({ client: hub.dynamodb, table: hub.table });
  const run = await ledger.record(plan, 'digest');
  await ledger.announced(run, run.time);
  await ledger.handedOver(run);
  const parts = partsOf(plan).map((part) =>
    lambda.start({ functionName: 'carry-out:live', payload: part, name: nameOfPart(part) }),
  );
  await lambda.advance({ hours: 12 });
  return { plan, ended: parts.map(({ status }) => status) };
}

/** A fleet whose copies are refused for their key, and one more database of which a snapshot is taken. */
async function refused(databases: number) {
  const scene = await openSnapshotScene();
  awayOf(scene).kms.inaccessible.add(awayKey);
  const fleet = Array.from({ length: databases }, (_, index) => database(scene, `shop-${index}`));
  const sources = fleet.map((one) => ownSnapshot(scene, one, '2026-11-21T03:00:00Z'));
  const last = database(scene, 'orders');
  let nights = 0;
  const copies = () => {
    nights += 1;
    return [
      ...fleet.map((one, index) => copyOf(one, sources[index]!, { name: `lamplighter-copy-${index}-${nights}` })),
      takeOf(last),
    ];
  };
  return { scene, copies, next: () => night(scene, copies()) };
}

it('of snapshots that one key refuses, one message tells, however many parts the plan has', async () => {
  const { scene, next } = await refused(37);
  const { plan, ended } = await next();
  expect(ended).toHaveLength(3);
  expect((await outcomesOf(scene, plan)).filter((outcome) => outcome === 'failed')).toHaveLength(37);
  expect(told(scene)).toHaveLength(1);
  const [{ subject, text, severity }] = told(scene) as [ReturnType<typeof told>[0]];
  expect(severity).toBe('critical');
  expect(subject).toBe('[Lamplighter] 111111111111: snapshots of 37 databases: 37 failed, a person is needed');
  expect(text.match(/^- .*$/gm)).toEqual([
    expect.stringMatching(/^- 37 databases \(shop-\d+(, shop-\d+){4} and 32 more\): .*key\/shared/),
  ]);
  expect(await changeOf(scene, plan, 38), 'which nobody has to hear of now').toMatchObject({ outcome: 'kept' });
});

it('what is refused every night is told once, and again when it is time to remind', async () => {
  const { scene, next } = await refused(2);
  const nights = [];
  for (let count = 0; count < 9; count += 1) {
    const { ended } = await next();
    nights.push(`${told(scene).length} ${ended.join()}`);
    await scene.lambda.advance({ hours: 12 });
  }
  expect(nights).toEqual([
    '1 FAILED',
    ...Array(6).fill('1 SUCCEEDED'), // people know
    '2 FAILED',
    '2 SUCCEEDED',
  ]);
});

it('what is refused for another reason is told at once', async () => {
  const { scene, copies, next } = await refused(2);
  await next();
  awayOf(scene).kms.inaccessible.delete(awayKey);
  awayOf(scene).rds.failingSnapshots.add('shop-1');
  await night(scene, copies());
  expect(told(scene)).toHaveLength(2);
  expect(told(scene)[1]?.text).toContain('- 1 database (shop-1): it is failed: AWS does not say why');
});
