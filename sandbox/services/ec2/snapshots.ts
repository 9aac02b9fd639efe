import type {
  CreateSnapshotRequest,
  DeleteSnapshotRequest,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  Snapshot,
} from '@aws-sdk/client-ec2';
import type { StoredSnapshot } from '../../estate/ec2-shapes.ts';
import { newVolumeSnapshot } from '../../estate/ec2-snapshot.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';
import { tagsFor } from './run-instances.ts';
import { findVolumes } from './volumes.ts';

/** So many snapshots of one SSD volume may be under way. */
const AT_ONCE = 5;

const FIELDS: Fields<StoredSnapshot> = {
  description: (one) => [one.Description],
  encrypted: (one) => [String(one.Encrypted)],
  'owner-id': (one) => [one.OwnerId],
  progress: (one) => [one.Progress],
  'snapshot-id': (one) => [one.SnapshotId],
  'start-time': (one) => [one.StartTime.toISOString()],
  status: (one) => [one.State],
  'storage-tier': (one) => [one.StorageTier],
  'volume-id': (one) => [one.VolumeId],
  'volume-size': (one) => [String(one.VolumeSize)],
};

/** pending -> completed, or `error` if that is what the estate wants; on the way the progress grows by tenths. */
export const createSnapshot: Operation<CreateSnapshotRequest, Snapshot> = (input, { region: { ec2 } }) => {
  const volume = findVolumes(ec2, [input.VolumeId ?? ''])[0]!;
  if (volume.State !== 'available' && volume.State !== 'in-use')
    throw new AwsError('IncorrectState', `Volume '${volume.VolumeId}' is in the '${volume.State}' state.`);
  const underWay = [...ec2.snapshots.values()].filter(
    (one) => one.VolumeId === volume.VolumeId && one.State === 'pending',
  );
  if (underWay.length >= AT_ONCE) {
    throw new AwsError(
      'ConcurrentSnapshotLimitExceeded',
      `Maximum allowed in-progress snapshots for a single volume exceeded.`,
    );
  }
  const snapshot = newVolumeSnapshot(ec2.place, {
    VolumeId: volume.VolumeId,
    VolumeSize: volume.Size ?? 1,
    Encrypted: volume.Encrypted ?? false,
    Description: input.Description ?? '',
    Tags: tagsFor(input.TagSpecifications, 'snapshot'),
  });
  ec2.snapshots.set(snapshot.SnapshotId, snapshot);
  take(ec2, snapshot);
  return snapshot;
};

function take({ place, failingSnapshots }: Ec2State, snapshot: StoredSnapshot): void {
  const { clock, durations } = place.world;
  for (const tenth of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    clock.after((durations.volumeSnapshot * tenth) / 10, () => {
      snapshot.Progress = `${tenth * 10}%`;
    });
  }
  clock.after(durations.volumeSnapshot, () => {
    const fails = failingSnapshots.has(snapshot.VolumeId);
    Object.assign(snapshot, fails ? { State: 'error' } : { State: 'completed', Progress: '100%' });
  });
}

/** The account's own snapshots; nobody shares any with it here. */
export const describeSnapshots: Operation<DescribeSnapshotsRequest, DescribeSnapshotsResult> = (
  input,
  { account, region: { ec2 } },
) => {
  const { SnapshotIds = [], OwnerIds = [], Filters } = input;
  refuseIdsWithMaxResults(SnapshotIds, input, 'snapshotSet');
  const asked = SnapshotIds.length > 0 ? findSnapshots(ec2, SnapshotIds) : [...ec2.snapshots.values()];
  const own = OwnerIds.length === 0 || OwnerIds.includes('self') || OwnerIds.includes(account.id);
  const found = own ? asked.filter(filterBy(Filters, FIELDS)) : [];
  const page = ec2Page(found, input, { largest: 1000, keyOf: (one) => one.SnapshotId });
  return { Snapshots: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

export const deleteSnapshot: Operation<DeleteSnapshotRequest, object> = (input, { region: { ec2 } }) => {
  const { SnapshotId } = findSnapshots(ec2, [input.SnapshotId ?? ''])[0]!;
  const image = [...ec2.images.values()].find(({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId === SnapshotId),
  );
  if (image) {
    throw new AwsError('InvalidSnapshot.InUse', `The snapshot ${SnapshotId} is currently in use by ${image.ImageId}`);
  }
  ec2.snapshots.delete(SnapshotId);
  return {};
};

export function findSnapshots({ snapshots }: Ec2State, ids: readonly string[]): StoredSnapshot[] {
  return ids.map((id) => {
    if (!/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${id}) for parameter snapshotId is invalid. Expected: 'snap-...'.`,
      );
    }
    const snapshot = snapshots.get(id);
    if (!snapshot) throw new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`);
    return snapshot;
  });
}
