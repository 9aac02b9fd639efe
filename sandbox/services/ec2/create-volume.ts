import type { CreateVolumeRequest, Volume } from '@aws-sdk/client-ec2';
import { isVolumeType, performanceOf, type VolumeShape } from '../../catalogue/volume-types.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { checkVolume } from './check-volume.ts';
import { tagsFor } from './run-instances.ts';
import { findSnapshots } from './snapshots.ts';

/** A volume that becomes available after a moment. The same client token gives the same volume. */
export const createVolume: Operation<CreateVolumeRequest, Volume> = (input, { region: { ec2 } }) => {
  const [known] = (input.ClientToken !== undefined && ec2.tokens.get(input.ClientToken)) || [];
  if (known !== undefined) return ec2.volumes.get(known)!;
  const { AvailabilityZone, SnapshotId } = input;
  if (!AvailabilityZone) throw missing('AvailabilityZone');
  const shape = shapeOf(ec2, input);
  checkVolume(shape);
  const { Size, VolumeType } = shape;
  const volume = ec2.addVolume({
    AvailabilityZone,
    VolumeType,
    Size,
    ...performanceOf(shape),
    Tags: tagsFor(input.TagSpecifications, 'volume'),
    State: 'creating',
    ...(SnapshotId === undefined ? {} : { SnapshotId }),
    ...(input.Encrypted === undefined ? {} : { Encrypted: input.Encrypted }),
  });
  ec2.place.world.clock.after(ec2.place.world.durations.volumeCreate, () => {
    if (volume.State === 'creating') volume.State = 'available';
  });
  if (input.ClientToken !== undefined) ec2.tokens.set(input.ClientToken, [volume.VolumeId]);
  return volume;
};

function shapeOf(ec2: Ec2State, { VolumeType = 'gp2', Iops, Throughput, ...input }: CreateVolumeRequest): VolumeShape {
  if (!isVolumeType(VolumeType)) {
    throw new AwsError('UnknownVolumeType', `Unsupported volume type '${VolumeType}' for volume creation.`);
  }
  if ((VolumeType === 'io1' || VolumeType === 'io2') && Iops === undefined) throw missing('Iops');
  const least = input.SnapshotId === undefined ? undefined : snapshotSize(ec2, input.SnapshotId);
  const Size = input.Size ?? least;
  if (Size === undefined) throw missing('Size/SnapshotId');
  if (least !== undefined && Size < least) {
    throw new AwsError('InvalidParameterValue', `Volume of ${Size}GiB is smaller than snapshot ${input.SnapshotId}.`);
  }
  return { VolumeType, Size, Iops, Throughput };
}

function snapshotSize(ec2: Ec2State, id: string): number {
  const [snapshot] = findSnapshots(ec2, [id]);
  if (snapshot!.State !== 'completed') {
    throw new AwsError('IncorrectState', `Snapshot is in invalid state - ${snapshot!.State}`);
  }
  return snapshot!.VolumeSize ?? 1;
}

const missing = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);
