import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  type EC2Client,
  ModifyVolumeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

const NO_VOLUME = 'vol-0aaaaaaaaaaaaaaaa';
const NO_SNAPSHOT = 'snap-0aaaaaaaaaaaaaaaa';

interface Seed {
  readonly target: Target;
  readonly ec2: EC2Client;
  readonly zone: string;
  /** Running. */
  readonly instance: string;
}

async function seed(target: Target): Promise<Seed> {
  const { ec2 } = target.clients();
  const zone = `${target.region}a`;
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 'm5.large',
      MinCount: 1,
      MaxCount: 1,
      Placement: { AvailabilityZone: zone },
    }),
  );
  const instance = Instances[0]?.InstanceId ?? expect.fail('RunInstances answered no instance');
  await until(
    target,
    async () => (await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] }))).Reservations,
    (found) => found?.[0]?.Instances?.[0]?.State?.Name === 'running',
  );
  return { target, ec2, zone, instance };
}

const describe = async ({ ec2 }: Seed, id: string) =>
  (await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }))).Volumes?.[0];

/** An available volume. */
async function create(seed: Seed, more: Partial<CreateVolumeCommandInput> = {}): Promise<string> {
  const { VolumeId = '' } = await seed.ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: seed.zone, Size: 100, VolumeType: 'gp2', ...more }),
  );
  await until(
    seed.target,
    () => describe(seed, VolumeId),
    (one) => one?.State === 'available',
  );
  return VolumeId;
}

const modification = async ({ ec2 }: Seed, id: string) =>
  (await ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }))).VolumesModifications?.at(-1);

const completed = (seed: Seed, id: string) =>
  until(
    seed.target,
    () => modification(seed, id),
    (one) => one?.ModificationState === 'completed',
  );

async function snapshotOf(seed: Seed, VolumeId: string): Promise<string> {
  const { SnapshotId = '' } = await seed.ec2.send(new CreateSnapshotCommand({ VolumeId }));
  await until(
    seed.target,
    async () => (await seed.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }))).Snapshots?.[0],
    (one) => one?.State === 'completed',
  );
  return SnapshotId;
}

const attach = ({ ec2, instance }: Seed, VolumeId: string) =>
  ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: instance, Device: '/dev/sdf' }));
const detach = ({ ec2, instance }: Seed, VolumeId: string) =>
  ec2.send(new DetachVolumeCommand({ VolumeId, InstanceId: instance, Device: '/dev/sdf' }));
const remove = ({ ec2 }: Seed, VolumeId: string) => ec2.send(new DeleteVolumeCommand({ VolumeId }));

export const volumes = chapter('volumes', seed, {
  'a gp3 volume has 3,000 IOPS and 125 MiB/s': async (seed) => {
    const id = await create(seed, { VolumeType: 'gp3' });
    expect(await describe(seed, id)).toMatchObject({ VolumeType: 'gp3', Iops: 3000, Throughput: 125 });
  },

  'a gp2 volume has three IOPS for a GiB': async (seed) => {
    expect(await describe(seed, await create(seed, { Size: 500 }))).toMatchObject({ VolumeType: 'gp2', Iops: 1500 });
  },

  'an io1 volume without IOPS is refused': async (seed) => {
    const call = seed.ec2.send(new CreateVolumeCommand({ AvailabilityZone: seed.zone, Size: 100, VolumeType: 'io1' }));
    await refused(call, 'MissingParameter', 'InvalidParameterDependency');
  },

  'a modification says what was and what is to be': async (seed) => {
    const VolumeId = await create(seed);
    const { VolumeModification } = await seed.ec2.send(
      new ModifyVolumeCommand({ VolumeId, VolumeType: 'gp3', Iops: 4000, Throughput: 250 }),
    );
    expect(VolumeModification).toMatchObject({
      VolumeId,
      OriginalSize: 100,
      OriginalVolumeType: 'gp2',
      TargetSize: 100,
      TargetVolumeType: 'gp3',
      TargetIops: 4000,
      TargetThroughput: 250,
    });
  },

  'a modification is not done at once': async (seed) => {
    const VolumeId = await create(seed);
    await seed.ec2.send(new ModifyVolumeCommand({ VolumeId, VolumeType: 'gp3' }));
    expect(['modifying', 'optimizing']).toContain((await modification(seed, VolumeId))?.ModificationState);
  },

  'a completed modification shows in the volume': async (seed) => {
    const VolumeId = await create(seed);
    await seed.ec2.send(new ModifyVolumeCommand({ VolumeId, VolumeType: 'gp3', Size: 200 }));
    expect(await completed(seed, VolumeId)).toMatchObject({ Progress: 100 });
    expect(await describe(seed, VolumeId)).toMatchObject({ VolumeType: 'gp3', Size: 200 });
  },

  'a volume is not modified twice at a time': async (seed) => {
    const VolumeId = await create(seed);
    await seed.ec2.send(new ModifyVolumeCommand({ VolumeId, VolumeType: 'gp3' }));
    const again = seed.ec2.send(new ModifyVolumeCommand({ VolumeId, Size: 200 }));
    await refused(again, 'IncorrectModificationState');
  },

  'a volume does not shrink': async (seed) => {
    const VolumeId = await create(seed);
    await refused(seed.ec2.send(new ModifyVolumeCommand({ VolumeId, Size: 50 })), 'InvalidParameterValue');
  },

  'an unknown volume cannot be modified': async ({ ec2 }) => {
    await refused(ec2.send(new ModifyVolumeCommand({ VolumeId: NO_VOLUME, Size: 50 })), 'InvalidVolume.NotFound');
  },

  'a snapshot of a volume comes to be completed, and says of what': async (seed) => {
    const VolumeId = await create(seed);
    const SnapshotIds = [await snapshotOf(seed, VolumeId)];
    const { Snapshots } = await seed.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds }));
    expect(Snapshots).toMatchObject([{ VolumeId, VolumeSize: 100, Progress: '100%', OwnerId: seed.target.account }]);
  },

  'a snapshot is not done at once': async (seed) => {
    const VolumeId = await create(seed);
    const { State } = await seed.ec2.send(new CreateSnapshotCommand({ VolumeId }));
    expect(State).toBe('pending');
    const Filters = [{ Name: 'volume-id', Values: [VolumeId] }];
    const { Snapshots = [] } = await seed.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters }));
    expect(Snapshots[0]?.State).toBe('pending');
  },

  'a snapshot gives a volume of its size': async (seed) => {
    const SnapshotId = await snapshotOf(seed, await create(seed));
    const id = await create(seed, { SnapshotId, Size: undefined });
    expect(await describe(seed, id)).toMatchObject({ Size: 100, SnapshotId });
  },

  'a volume is attached, and then not deleted': async (seed) => {
    const id = await create(seed);
    await attach(seed, id);
    expect(await describe(seed, id)).toMatchObject({
      State: 'in-use',
      Attachments: [{ InstanceId: seed.instance, Device: '/dev/sdf' }],
    });
    await refused(remove(seed, id), 'VolumeInUse');
    await detach(seed, id);
  },

  'a detached volume is available and says nothing of its past': async (seed) => {
    const id = await create(seed);
    await attach(seed, id);
    await detach(seed, id);
    const detached = await until(
      seed.target,
      () => describe(seed, id),
      (one) => one?.State === 'available',
    );
    expect(detached?.Attachments ?? []).toEqual([]);
  },

  'a deleted volume is not found any more': async (seed) => {
    const id = await create(seed);
    await remove(seed, id);
    await seed.target.pass(60);
    await refused(describe(seed, id), 'InvalidVolume.NotFound');
    await refused(remove(seed, NO_VOLUME), 'InvalidVolume.NotFound');
  },

  'a deleted snapshot is not found any more': async (seed) => {
    const SnapshotId = await snapshotOf(seed, await create(seed));
    await seed.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
    const ask = (id: string) => seed.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }));
    await refused(ask(SnapshotId), 'InvalidSnapshot.NotFound');
    await refused(seed.ec2.send(new DeleteSnapshotCommand({ SnapshotId: NO_SNAPSHOT })), 'InvalidSnapshot.NotFound');
  },
});
