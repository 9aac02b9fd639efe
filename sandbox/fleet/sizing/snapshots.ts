import { DAY } from '../../clock.ts';
import { asTagList } from '../site.ts';
import type { Plot } from './plot.ts';
import type { SizingTruth } from './truth.ts';

/** Builds one snapshot of a volume, and the volume or the image that still needs it. */
export function buildSnapshot({ region, dice, label, number, now }: Plot<'snapshot'>): SizingTruth {
  const [first] = region.ec2.volumes.keys();
  const gone = `vol-0${dice.hex(16)}`;
  const snapshot = region.ec2.addSnapshot({
    SnapshotId: `snap-0${dice.hex(16)}`,
    VolumeId: label === 'of-volume' ? (first ?? gone) : gone,
    VolumeSize: dice.pick([30, 100, 500]),
    StartTime: new Date(now - dice.between(60, 400) * DAY),
    Tags: asTagList({ Name: `${label}-${number}` }),
  });
  if (label === 'of-image') region.ec2.addImage(`ami-0${dice.hex(16)}`, [snapshot.SnapshotId]);
  const { region: where } = region.place;
  return {
    // The ARN of a snapshot names no account.
    arn: `arn:aws:ec2:${where}::snapshot/${snapshot.SnapshotId}`,
    kind: 'snapshot',
    id: snapshot.SnapshotId,
    label,
    boughtAs: 'snapshot',
  };
}
