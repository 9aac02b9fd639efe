import type { VolumeModification } from '@aws-sdk/client-ec2';
import { performanceOf, type VolumeShape } from '../../catalogue/volume-types.ts';
import type { StoredVolume } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { getOrMake } from '../../maps.ts';

/** modifying -> optimizing, when the volume shows its new shape -> completed; or `failed`, if the estate wants it, and nothing is changed. */
export function beginModification(ec2: Ec2State, volume: StoredVolume, target: VolumeShape): VolumeModification {
  const { clock, durations } = ec2.place.world;
  const shown = performanceOf(target);
  const modification: VolumeModification = {
    VolumeId: volume.VolumeId,
    ModificationState: 'modifying',
    Progress: 0,
    StartTime: clock.now(),
    ...was(volume),
    TargetSize: target.Size,
    TargetVolumeType: target.VolumeType,
    TargetIops: shown.Iops,
    TargetThroughput: shown.Throughput,
    TargetMultiAttachEnabled: false,
  };
  getOrMake(ec2.modifications, volume.VolumeId, () => []).push(modification);
  const moves =
    volume.VolumeType !== target.VolumeType || volume.Iops !== shown.Iops || volume.Throughput !== shown.Throughput;
  const lasts = moves ? durations.volumeOptimizePerGib * target.Size : durations.volumeModify;
  if (ec2.failingModifications.has(volume.VolumeId)) {
    clock.after(durations.volumeModify, () => {
      const StatusMessage = 'The modification failed. Try again.';
      Object.assign(modification, { ModificationState: 'failed', StatusMessage, EndTime: clock.now() });
    });
    return modification;
  }
  clock.after(durations.volumeModify, () => {
    modification.ModificationState = 'optimizing';
    Object.assign(volume, { Iops: undefined, Throughput: undefined }, shown, {
      Size: target.Size,
      VolumeType: target.VolumeType,
    });
  });
  for (const tenth of [1, 2, 3, 4, 5, 6, 7, 8, 9])
    clock.after(durations.volumeModify + (lasts * tenth) / 10, () => {
      modification.Progress = 10 * tenth;
    });
  clock.after(durations.volumeModify + lasts, () => {
    Object.assign(modification, { ModificationState: 'completed', Progress: 100, EndTime: clock.now() });
  });
  return modification;
}

const was = ({ Size, VolumeType, Iops, Throughput }: StoredVolume): Partial<VolumeModification> => ({
  OriginalSize: Size,
  OriginalVolumeType: VolumeType,
  OriginalIops: Iops,
  OriginalThroughput: Throughput,
  OriginalMultiAttachEnabled: false,
});
