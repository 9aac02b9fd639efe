import type { ModifyVolumeRequest, ModifyVolumeResult } from '@aws-sdk/client-ec2';
import { isVolumeType, takesIops, takesThroughput, type VolumeShape } from '../../catalogue/volume-types.ts';
import { DAY } from '../../clock.ts';
import type { StoredVolume } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { checkVolume } from './check-volume.ts';
import { beginModification } from './volume-progress.ts';
import { findVolumes } from './volumes.ts';

/** So many modifications of one volume within a rolling day. */
const A_DAY = 4;

export const modifyVolume: Operation<ModifyVolumeRequest, ModifyVolumeResult> = (input, { region: { ec2 } }) => {
  const [volume] = findVolumes(ec2, [input.VolumeId ?? '']);
  const target = targetOf(volume!, input);
  checkVolume(target);
  const refusal = whyNotModify(ec2, volume!);
  if (refusal) throw refusal;
  return { VolumeModification: beginModification(ec2, volume!, target) };
};

/** What is not named stays as it is, but for performance under another type: that starts at the type's default. */
function targetOf(volume: StoredVolume, { VolumeType, Size, Iops, Throughput }: ModifyVolumeRequest): VolumeShape {
  const from = volume.VolumeType ?? 'gp2';
  const type = VolumeType ?? from;
  if ([VolumeType, Size, Iops, Throughput].every((one) => one === undefined))
    throw new AwsError('InvalidParameterValue', 'Must specify at least one of size, type, iops, throughput.');
  if (!isVolumeType(type)) throw new AwsError('UnknownVolumeType', `Unsupported volume type '${type}'.`);
  const size = volume.Size ?? 1;
  if (Size !== undefined && Size < size)
    throw new AwsError('InvalidParameterValue', 'New size cannot be smaller than existing size');
  const same = type === from;
  return {
    VolumeType: type,
    Size: Size ?? size,
    Iops: Iops ?? (same && takesIops(type) ? volume.Iops : undefined),
    Throughput: Throughput ?? (same && takesThroughput(type) ? volume.Throughput : undefined),
  };
}

function whyNotModify(ec2: Ec2State, { VolumeId, State }: StoredVolume): AwsError | undefined {
  if (State !== 'available' && State !== 'in-use')
    return new AwsError('IncorrectState', `The volume '${VolumeId}' is in the '${State}' state.`);
  const before = ec2.modifications.get(VolumeId) ?? [];
  const state = before.at(-1)?.ModificationState;
  if (state === 'modifying' || state === 'optimizing') {
    return new AwsError(
      'IncorrectModificationState',
      `Volume ${VolumeId} cannot be modified in modification state ${state.toUpperCase()}`,
    );
  }
  const fourthLast = before.at(-A_DAY)?.StartTime;
  const again = (fourthLast?.getTime() ?? Number.NEGATIVE_INFINITY) + DAY;
  if (again <= ec2.place.world.clock.now().getTime()) return undefined;
  return new AwsError(
    'VolumeModificationRateExceeded',
    `You've reached the maximum modification rate per volume limit. Your next modification of ${VolumeId} is possible at ${new Date(again).toISOString()}.`,
  );
}
