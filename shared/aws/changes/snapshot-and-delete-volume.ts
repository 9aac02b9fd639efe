import {
  CreateSnapshotCommand,
  DeleteVolumeCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  paginateDescribeSnapshots,
  type Snapshot,
  type Volume,
} from '@aws-sdk/client-ec2';
import type { Identity } from '../../core/identity.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { everyItem } from '../pages.ts';
import { tagsOf } from '../tags.ts';
import { ask } from './ask.ts';
import { only } from './only.ts';
import { notAsExpected, type RefusedError } from './refused.ts';
import { SNAPSHOT_TAGS, tagValue } from './snapshots.ts';
import { describeVolume, found } from './volume-looks.ts';

/**
 * A snapshot that is proven completed, then the deletion. Nothing takes that back: a volume that is made of the snapshot has
 * another id, and people decide where it goes.
 */
export function snapshotAndDeleteVolume(ec2: EC2Client): ChangeVerbs {
  return {
    protect: async (action, changeId, expires) => {
      const { volume } = only('snapshot-and-delete-volume', action);
      return beginSnapshot(ec2, { volume, changeId, expires });
    },
    protection: async (action, changeId) => {
      const { volume } = only('snapshot-and-delete-volume', action);
      return (await snapshotOf(ec2, { volume, changeId }))?.SnapshotId;
    },
    protected: async (action, protection) => {
      const { volume } = only('snapshot-and-delete-volume', action);
      return snapshotProgress(ec2, volume, protection);
    },
    apply: async (action, protection) => {
      const { volume } = only('snapshot-and-delete-volume', action);
      return deleteVolume(ec2, volume, protection);
    },
    settled: async (action) => deleted(ec2, only('snapshot-and-delete-volume', action).volume),
    undo: async () => {
      throw notAsExpected(NO_WAY_BACK);
    },
    undone: async () => ({ state: 'failed', because: NO_WAY_BACK }),
  };
}

const GONE = 'it is gone';
const NO_WAY_BACK = 'a deleted volume comes back only from its snapshot, as another volume';

interface Wanted {
  readonly volume: Identity;
  readonly changeId: string;
}

/**
 * EC2 names snapshots itself and knows no token for them, so one that was begun before is known by its tag. It is looked for
 * before each attempt.
 */
async function beginSnapshot(ec2: EC2Client, wanted: Wanted & { readonly expires: string }): Promise<string> {
  const { volume, changeId, expires } = wanted;
  const Tags = [
    { Key: SNAPSHOT_TAGS.change, Value: tagValue(changeId) },
    { Key: SNAPSHOT_TAGS.expires, Value: expires },
  ];
  await ask({
    look: async () => ({ volume: await describeVolume(ec2, volume), snapshot: await snapshotOf(ec2, wanted) }),
    judge: (seen) => whyNot(seen.volume) ?? (seen.snapshot ? 'done' : 'ask'),
    mutate: () =>
      ec2.send(
        new CreateSnapshotCommand({
          VolumeId: volume.id,
          Description: `before Lamplighter deletes ${volume.id}`,
          TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
        }),
      ),
  });
  const begun = await snapshotOf(ec2, wanted);
  if (begun?.SnapshotId) return begun.SnapshotId;
  throw new Error('EC2 does not show the snapshot yet that it has begun'); // the next try finds it
}

async function snapshotOf(ec2: EC2Client, { volume, changeId }: Wanted): Promise<Snapshot | undefined> {
  const Filters = [{ Name: 'volume-id', Values: [volume.id] }];
  const pages = paginateDescribeSnapshots({ client: ec2 }, { OwnerIds: ['self'], Filters });
  const all = (await found(everyItem(pages, (page) => page.Snapshots))) ?? [];
  return all.find(({ Tags }) => tagsOf(Tags)[SNAPSHOT_TAGS.change] === tagValue(changeId));
}

async function snapshotProgress(ec2: EC2Client, { id }: Identity, snapshotId: string): Promise<Progress> {
  const asked = ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshotId] }));
  const snapshot = (await found(asked, 'InvalidSnapshot.NotFound'))?.Snapshots?.[0];
  if (!snapshot) return { state: 'failed', because: `the snapshot ${snapshotId} is gone` };
  if (snapshot.VolumeId !== id) return { state: 'failed', because: `the snapshot ${snapshotId} is of another volume` };
  if (snapshot.State === 'completed') return { state: 'done' };
  if (snapshot.State !== 'pending')
    return { state: 'failed', because: `the snapshot ${snapshotId} is ${snapshot.State}` };
  return { state: 'pending', seen: `pending, ${snapshot.Progress ?? '0%'}` };
}

/** The proof is looked at in the same breath as the volume. */
const deleteVolume = (ec2: EC2Client, volume: Identity, protection: string | undefined): Promise<Asked> =>
  ask({
    look: async () => ({
      volume: await describeVolume(ec2, volume),
      proof: protection ? await snapshotProgress(ec2, volume, protection) : undefined,
    }),
    judge: (seen) => {
      if (!seen.volume || seen.volume.State === 'deleting') return 'done';
      return whyNot(seen.volume) ?? whyUnproven(seen.proof) ?? 'ask';
    },
    mutate: () => ec2.send(new DeleteVolumeCommand({ VolumeId: volume.id })),
  });

function whyNot(volume: Volume | undefined): RefusedError | undefined {
  if (!volume) return notAsExpected(GONE);
  const { State, Attachments = [] } = volume;
  if (State === 'available') return undefined;
  const [attachment] = Attachments;
  return notAsExpected(attachment ? `it is attached to ${attachment.InstanceId}` : `it is ${State}, not available`);
}

function whyUnproven(proof: Progress | undefined): RefusedError | undefined {
  if (proof?.state === 'done') return undefined;
  if (!proof) return notAsExpected('it has no snapshot');
  return notAsExpected(proof.state === 'failed' ? proof.because : `its snapshot is ${proof.seen}`);
}

async function deleted(ec2: EC2Client, volume: Identity): Promise<Progress> {
  const seen = await describeVolume(ec2, volume);
  if (!seen) return { state: 'done' };
  return seen.State === 'deleting'
    ? { state: 'pending', seen: 'deleting' }
    : { state: 'failed', because: `it is ${seen.State}` };
}
