import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyVolumeCommand,
  type ModifyVolumeCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { VolumeSpec } from '../../sandbox/estate/ec2-volume.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();
const volume = (spec: VolumeSpec = {}) => stage.home.ec2.addVolume({ VolumeType: 'gp2', Size: 100, ...spec });
const modify = (VolumeId: string, to: Omit<ModifyVolumeCommandInput, 'VolumeId'>) =>
  stage.clients.ec2.send(new ModifyVolumeCommand({ VolumeId, ...to }));
const create = (input: Partial<CreateVolumeCommandInput>) =>
  stage.clients.ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'ap-northeast-2a', Size: 100, ...input }));

async function modificationOf(VolumeId: string) {
  const ask = new DescribeVolumesModificationsCommand({ VolumeIds: [VolumeId] });
  return (await stage.clients.ec2.send(ask)).VolumesModifications?.[0];
}

describe('a volume that is modified', () => {
  it('goes from modifying over optimizing to completed, and is what it is to be from optimizing on', async () => {
    const one = volume();
    const { VolumeModification } = await modify(one.VolumeId, { VolumeType: 'gp3', Iops: 4000, Throughput: 250 });
    expect(VolumeModification).toMatchObject({
      ModificationState: 'modifying',
      Progress: 0,
      OriginalVolumeType: 'gp2',
      OriginalIops: 300,
      TargetVolumeType: 'gp3',
      TargetIops: 4000,
      TargetThroughput: 250,
    });
    expect(one.VolumeType).toBe('gp2');
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(await modificationOf(one.VolumeId)).toMatchObject({ ModificationState: 'optimizing' });
    expect(one).toMatchObject({ VolumeType: 'gp3', Iops: 4000, Throughput: 250, Size: 100 });
    stage.sandbox.clock.advance({ hours: 1 });
    expect(await modificationOf(one.VolumeId)).toMatchObject({ ModificationState: 'completed', Progress: 100 });
  });

  it('takes the longer to be optimized the bigger it is', async () => {
    const one = volume({ Size: 1024 });
    await modify(one.VolumeId, { VolumeType: 'gp3' });
    stage.sandbox.clock.advance({ hours: 3 });
    expect(await modificationOf(one.VolumeId)).toMatchObject({ ModificationState: 'optimizing', Progress: 40 });
  });

  it('has the plain performance of gp3 when none is named, and loses it under another type', async () => {
    const one = volume({ Size: 3000 });
    await modify(one.VolumeId, { VolumeType: 'gp3' });
    stage.sandbox.clock.advance({ days: 1 });
    expect(one).toMatchObject({ Iops: 3000, Throughput: 125 });
    await modify(one.VolumeId, { VolumeType: 'gp2' });
    stage.sandbox.clock.advance({ days: 1 });
    expect(one).toMatchObject({ VolumeType: 'gp2', Iops: 9000 });
    expect(one.Throughput).toBeUndefined();
  });

  it('keeps the performance that it has when only its size is named', async () => {
    const one = volume({ VolumeType: 'gp3', Iops: 5000, Throughput: 300 });
    await modify(one.VolumeId, { Size: 200 });
    stage.sandbox.clock.advance({ hours: 1 });
    expect(one).toMatchObject({ Size: 200, Iops: 5000, Throughput: 300 });
  });

  it('is refused while the modification before is under way', async () => {
    const { VolumeId } = volume();
    await modify(VolumeId, { VolumeType: 'gp3' });
    for (const state of ['MODIFYING', 'OPTIMIZING']) {
      await expect(modify(VolumeId, { Size: 200 })).rejects.toMatchObject({
        name: 'IncorrectModificationState',
        message: expect.stringContaining(state),
      });
      stage.sandbox.clock.advance({ minutes: 1 });
    }
  });

  it('is refused a fifth time within a rolling day', async () => {
    const { VolumeId } = volume({ VolumeType: 'gp3', Size: 10 });
    for (const Size of [20, 30, 40, 50]) {
      await modify(VolumeId, { Size });
      stage.sandbox.clock.advance({ hours: 2 });
    }
    await expect(modify(VolumeId, { Size: 60 })).rejects.toMatchObject({ name: 'VolumeModificationRateExceeded' });
    stage.sandbox.clock.advance({ hours: 16 });
    await modify(VolumeId, { Size: 60 });
  });

  it.each([
    ['it shrinks', { Size: 50 }, 'InvalidParameterValue'],
    ['gp2 is to have IOPS', { Iops: 4000 }, 'InvalidParameterCombination'],
    ['gp2 is to have throughput', { Throughput: 250 }, 'InvalidParameterCombination'],
    ['gp3 is to have too few', { VolumeType: 'gp3', Iops: 2999 }, 'InvalidParameterValue'],
    ['gp3 is to have too many', { VolumeType: 'gp3', Iops: 80_001, Size: 1000 }, 'InvalidParameterValue'],
    ['gp3 is to have too many for its size', { VolumeType: 'gp3', Iops: 50_001 }, 'InvalidParameterValue'],
    ['throughput is more than its IOPS carry', { VolumeType: 'gp3', Throughput: 751 }, 'InvalidParameterValue'],
    ['io1 is to have too many for its size', { VolumeType: 'io1', Iops: 5001 }, 'InvalidParameterValue'],
    ['io2 is to have too many', { VolumeType: 'io2', Iops: 256_001, Size: 1000 }, 'InvalidParameterValue'],
    ['st1 is too small', { VolumeType: 'st1' }, 'InvalidParameterValue'],
    ['the type is none', { VolumeType: 'gp4' as 'gp3' }, 'UnknownVolumeType'],
    ['nothing is asked for', {}, 'InvalidParameterValue'],
  ] as const)('is refused when %s', async (_, to, name) => {
    await expect(modify(volume().VolumeId, to)).rejects.toMatchObject({ name });
  });

  it.each([
    ['gp3 with what is free, at any size', { VolumeType: 'gp3', Iops: 3000, Throughput: 750 }, 1],
    ['gp3 with the most', { VolumeType: 'gp3', Iops: 80_000, Throughput: 2000 }, 160],
    ['io2 with a thousand for a GiB', { VolumeType: 'io2', Iops: 100_000 }, 100],
  ] as const)('may become %s', async (_, to, Size) => {
    await modify(volume({ Size, VolumeType: 'gp3' }).VolumeId, to);
  });

  it('may fail, stays as it was, and may be tried again', async () => {
    const one = volume();
    stage.home.ec2.failingModifications.add(one.VolumeId);
    await modify(one.VolumeId, { VolumeType: 'gp3' });
    stage.sandbox.clock.advance({ days: 1 });
    expect(await modificationOf(one.VolumeId)).toMatchObject({ ModificationState: 'failed' });
    expect(one.VolumeType).toBe('gp2');
    stage.home.ec2.failingModifications.clear();
    await modify(one.VolumeId, { VolumeType: 'gp3' });
  });

  it('that never was modified has no modification', async () => {
    await expect(modificationOf(volume().VolumeId)).rejects.toMatchObject({
      name: 'InvalidVolumeModification.NotFound',
    });
    expect((await stage.clients.ec2.send(new DescribeVolumesModificationsCommand({}))).VolumesModifications).toEqual(
      [],
    );
  });
});

describe('a snapshot', () => {
  it('is pending, makes progress, and is completed', async () => {
    const { VolumeId } = volume();
    const taken = await stage.clients.ec2.send(
      new CreateSnapshotCommand({
        VolumeId,
        Description: 'before the end',
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'by', Value: 'test' }] }],
      }),
    );
    expect(taken).toMatchObject({ State: 'pending', Progress: '0%', VolumeSize: 100, Tags: [{ Value: 'test' }] });
    const read = async () =>
      (await stage.clients.ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [taken.SnapshotId!] }))).Snapshots?.[0];
    stage.sandbox.clock.advance({ minutes: 3 });
    expect(await read()).toMatchObject({ State: 'pending', Progress: '60%' });
    stage.sandbox.clock.advance({ minutes: 3 });
    expect(await read()).toMatchObject({ State: 'completed', Progress: '100%', Description: 'before the end' });
  });

  it('may end in an error', async () => {
    const { VolumeId } = volume();
    stage.home.ec2.failingSnapshots.add(VolumeId);
    await stage.clients.ec2.send(new CreateSnapshotCommand({ VolumeId }));
    stage.sandbox.clock.advance({ hours: 1 });
    expect([...stage.home.ec2.snapshots.values()]).toMatchObject([{ State: 'error' }]);
  });

  it('is the sixth of its volume at a time, and refused', async () => {
    const { VolumeId } = volume();
    const take = () => stage.clients.ec2.send(new CreateSnapshotCommand({ VolumeId }));
    for (let nth = 0; nth < 5; nth += 1) await take();
    await expect(take()).rejects.toMatchObject({ name: 'ConcurrentSnapshotLimitExceeded' });
  });

  it('gives a new volume, once it is completed', async () => {
    const { VolumeId } = volume();
    const { SnapshotId } = await stage.clients.ec2.send(new CreateSnapshotCommand({ VolumeId }));
    const AvailabilityZone = 'ap-northeast-2c';
    const restore = () =>
      stage.clients.ec2.send(new CreateVolumeCommand({ AvailabilityZone, SnapshotId, VolumeType: 'gp3' }));
    await expect(restore()).rejects.toMatchObject({ name: 'IncorrectState' });
    stage.sandbox.clock.advance({ hours: 1 });
    expect(await restore()).toMatchObject({ Size: 100, SnapshotId, State: 'creating', Iops: 3000, Throughput: 125 });
    await expect(create({ SnapshotId, Size: 50 })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('of an image cannot be deleted, another can', async () => {
    const [inUse, free] = [stage.home.ec2.addSnapshot(), stage.home.ec2.addSnapshot()];
    stage.home.ec2.addImage('ami-0abcdef1234567890', [inUse.SnapshotId]);
    const remove = (SnapshotId: string) => stage.clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
    await expect(remove(inUse.SnapshotId)).rejects.toMatchObject({ name: 'InvalidSnapshot.InUse' });
    await remove(free.SnapshotId);
    await expect(remove(free.SnapshotId)).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
    const Filters = [{ Name: 'block-device-mapping.snapshot-id', Values: [inUse.SnapshotId] }];
    const { Images } = await stage.clients.ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
    expect(Images).toMatchObject([{ ImageId: 'ami-0abcdef1234567890' }]);
  });
});

describe('a volume', () => {
  it('in use cannot be deleted, a detached one is gone after a moment', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    const { VolumeId } = volume({ attachTo: InstanceId });
    const remove = () => stage.clients.ec2.send(new DeleteVolumeCommand({ VolumeId }));
    await expect(remove()).rejects.toMatchObject({ name: 'VolumeInUse' });
    await stage.clients.ec2.send(new DetachVolumeCommand({ VolumeId }));
    await remove();
    expect(stage.home.ec2.volumes.get(VolumeId)?.State).toBe('deleting');
    stage.sandbox.clock.advance({ minutes: 1 });
    await expect(remove()).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' });
  });

  it('is attached within its zone, to one instance', async () => {
    const here = stage.home.ec2.addInstance();
    const there = stage.home.ec2.addInstance({ Placement: { AvailabilityZone: 'ap-northeast-2b' } });
    const { VolumeId } = volume();
    const attach = (InstanceId: string) =>
      stage.clients.ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
    await modify(VolumeId, { Size: 200 });
    await expect(attach(here.InstanceId)).rejects.toMatchObject({ name: 'OperationNotPermitted' });
    stage.sandbox.clock.advance({ minutes: 1 });
    await expect(attach(there.InstanceId)).rejects.toMatchObject({ name: 'InvalidVolume.ZoneMismatch' });
    await attach(here.InstanceId);
    expect(here.BlockDeviceMappings).toMatchObject([{}, { DeviceName: '/dev/sdf', Ebs: { VolumeId } }]);
    await expect(attach(here.InstanceId)).rejects.toMatchObject({ name: 'VolumeInUse' });
  });

  it('from which a running instance has booted stays attached', async () => {
    const { BlockDeviceMappings } = stage.home.ec2.addInstance();
    const detach = new DetachVolumeCommand({ VolumeId: BlockDeviceMappings?.[0]?.Ebs?.VolumeId });
    await expect(stage.clients.ec2.send(detach)).rejects.toMatchObject({ name: 'OperationNotPermitted' });
  });

  it.each([
    ['io1 without IOPS', { VolumeType: 'io1' }, 'MissingParameter'],
    ['more IOPS than its size carries', { VolumeType: 'io1', Iops: 6000 }, 'InvalidParameterValue'],
    ['a type that does not exist', { VolumeType: 'gp4' as 'gp3' }, 'UnknownVolumeType'],
  ] as const)('is not created with %s', async (_, input, name) => {
    await expect(create(input)).rejects.toMatchObject({ name });
  });
});
