import type { Snapshot } from '@aws-sdk/client-ec2';
import { hex } from '../random.ts';
import type { StoredSnapshot } from './ec2-shapes.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

/** What to know about a new snapshot of a volume; everything else is as AWS would have it. */
export type VolumeSnapshotSpec = Seed<Snapshot>;

/** A snapshot that has just begun. */
export function newVolumeSnapshot({ account, world }: Place, spec: VolumeSnapshotSpec): StoredSnapshot {
  return {
    State: 'pending',
    Progress: '0%',
    OwnerId: account,
    Encrypted: false,
    Description: '',
    StorageTier: 'standard',
    ...spec,
    SnapshotId: spec.SnapshotId ?? `snap-0${hex(world.random, 16)}`,
    // What AWS shows for a snapshot that was copied, whose volume is not known.
    VolumeId: spec.VolumeId ?? 'vol-ffffffff',
    VolumeSize: spec.VolumeSize ?? 8,
    StartTime: spec.StartTime ?? world.clock.now(),
    Tags: spec.Tags ?? [],
  };
}
