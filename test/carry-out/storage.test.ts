import { expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import {
  changeOf,
  handOver,
  idleDatabase,
  mutations,
  openScene,
  outcomesOf,
  PROPOSED,
  ring,
  type Scene,
  steady,
  told,
} from '../support/carry-out.ts';

const REGION = 'ap-northeast-2';
const DEPENDENTS = { dependents: [{ resource: '*', alarms: ['errors'] }] };

/** An io1 volume with so many operations a second, on every day, and its proposal to become gp3. */
function io1Volume({ region }: Scene, operations: number, to: { iops: number; throughputMiBs: number }) {
  const volume = region.ec2.addVolume({
    VolumeType: 'io1',
    Size: 400,
    Iops: 8000,
    CreateTime: new Date('2026-01-01T00:00:00Z'),
  });
  const id = volume.VolumeId;
  const used = { VolumeReadOps: operations * 60, VolumeWriteOps: 0, VolumeReadBytes: 60e6, VolumeWriteBytes: 0 };
  for (const [metric, value] of Object.entries(used))
    steady(region, { namespace: 'AWS/EBS', metric, dimension: 'VolumeId', of: id, value });
  const arn = `arn:aws:ec2:${REGION}:${region.ec2.place.account}:volume/${id}`;
  const action: Action = {
    kind: 'change-volume-type',
    volume: { arn, id },
    from: { type: 'io1', sizeGiB: 400, iops: 8000 },
    to: { type: 'gp3', sizeGiB: 400, ...to },
  };
  const resource = { arn, name: 'data', region: REGION, what: '400 GiB of io1' };
  const proposal: Proposal = { ...PROPOSED, rule: 'volume-type', action, resource };
  const now = () => `${volume.VolumeType} ${volume.Iops} ${volume.Throughput}`;
  return { proposal, now, id };
}

it.each([
  ['as much', 3200, { iops: 6500, throughputMiBs: 125 }, 'gp3 6500 125'],
  ['less', 2000, { iops: 6500, throughputMiBs: 150 }, 'gp3 6500 150'],
])('a volume is changed as proposed when it needs %s by now', async (_, operations, to, becomes) => {
  const scene = await openScene();
  const { proposal, now, id } = io1Volume(scene, operations, to);
  await handOver(scene, [proposal], { approved: true });
  await scene.lambda.advance({ hours: 1 });
  expect([now(), mutations(scene)]).toEqual([becomes, [`ModifyVolume ${id}`]]);
});

it('a volume is left alone when it needs more than was proposed by now', async () => {
  const scene = await openScene();
  const { proposal } = io1Volume(scene, 3500, { iops: 6500, throughputMiBs: 125 });
  const { plan } = await handOver(scene, [proposal], { approved: true });
  await scene.lambda.advance({ hours: 1 });
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'skipped',
    because: 'the rule now proposes something else',
  });
  expect(mutations(scene)).toEqual([]);
});

/** Waits for AWS, says so once, and is not loud. */
async function takenBackLate(scene: Scene, proposal: Proposal, applied: () => boolean): Promise<void> {
  const { plan } = await handOver(scene, [proposal], { approved: true });
  await scene.lambda.runUntil(applied);
  ring(scene, 'errors');
  await scene.lambda.advance({ hours: 2 });
  expect(await outcomesOf(scene, plan)).toEqual(['watching']);
  expect(told(scene)).toMatchObject([
    {
      severity: 'warning',
      text: expect.stringMatching(/the alarm errors went off after the change; taking it back waits for AWS: /),
    },
  ]);
  await scene.lambda.advance({ hours: 12 });
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'undone',
    because: 'the alarm errors went off after the change',
  });
  expect(told(scene).map(({ severity }) => severity)).toEqual(['warning', 'warning']);
}

it('a volume that is not well goes back once AWS has optimized it', async () => {
  const scene = await openScene({ policy: DEPENDENTS });
  const { proposal, now } = io1Volume(scene, 1000, { iops: 3000, throughputMiBs: 125 });
  await takenBackLate(scene, proposal, () => now() === 'gp3 3000 125');
  expect(now()).toBe('io1 8000 undefined');
});

it('a database whose new storage is not well goes back once RDS has optimized it, and six hours are over', async () => {
  const scene = await openScene({ policy: DEPENDENTS, durations: { databaseStorageOptimize: 3_600_000 } });
  const stored = idleDatabase(scene, 'orders', { StorageType: 'gp2', AllocatedStorage: 900 });
  const flows = ['ReadThroughput', 'WriteThroughput', 'NetworkReceiveThroughput', 'NetworkTransmitThroughput'];
  for (const metric of flows)
    steady(scene.region, { namespace: 'AWS/RDS', metric, dimension: 'DBInstanceIdentifier', of: 'orders', value: 1e6 });
  const { DBInstanceArn: arn, DbiResourceId: id = '' } = stored;
  const action: Action = {
    kind: 'change-database-storage',
    database: { arn, id },
    from: { type: 'gp2', sizeGiB: 900 },
    to: { type: 'gp3', sizeGiB: 900 },
  };
  const resource = { arn, name: 'orders', region: REGION, what: 'db.r6g.large postgres' };
  const proposal: Proposal = { ...PROPOSED, rule: 'database-volume-type', action, resource };
  await takenBackLate(scene, proposal, () => stored.StorageType === 'gp3');
  expect(stored.StorageType).toBe('gp2');
});
