import {
  DescribeVolumesCommand,
  type EC2Client,
  paginateDescribeImages,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  type Snapshot,
  type Volume,
} from '@aws-sdk/client-ec2';
import type { SnapshotFacts, VolumeFacts } from '../core/facts.ts';
import { type Identity, partitionOf, type Scope } from '../core/identity.ts';
import { nameOf } from './errors.ts';
import { everyItem } from './pages.ts';
import { tagsOf } from './tags.ts';

/** Every volume of the scope. */
export function listVolumes(client: EC2Client, scope: Scope): Promise<VolumeFacts[]> {
  return everyItem(paginateDescribeVolumes({ client, pageSize: 500 }, {}), (page) =>
    page.Volumes?.map((volume) => volumeFacts(volume, scope)),
  );
}

/** One volume as it is now; undefined when it is gone. */
export async function findVolume(client: EC2Client, scope: Scope, { id }: Identity): Promise<VolumeFacts | undefined> {
  try {
    const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
    const [volume] = Volumes ?? [];
    return volume && volumeFacts(volume, scope);
  } catch (error) {
    if (nameOf(error) === 'InvalidVolume.NotFound') return undefined;
    throw error;
  }
}

function volumeFacts(volume: Volume, scope: Scope): VolumeFacts {
  const id = required(volume.VolumeId, 'VolumeId');
  const tags = tagsOf(volume.Tags);
  return {
    type: 'volume',
    identity: { arn: `arn:${partitionOf(scope.region)}:ec2:${scope.region}:${scope.account}:volume/${id}`, id },
    name: tags.Name || id,
    scope,
    tags,
    spec: specOf(volume),
    state: volume.State ?? 'unknown',
    createdAt: required(volume.CreateTime, 'CreateTime'),
    attachedTo: (volume.Attachments ?? []).flatMap(({ InstanceId }) => InstanceId ?? []),
    multiAttach: volume.MultiAttachEnabled ?? false,
    evidence: {},
  };
}

/** What is provisioned. DescribeVolumes also shows the IOPS that the size of a gp2 volume brings with it. */
export function specOf({ VolumeType = 'standard', Size = 0, Iops, Throughput }: Volume): VolumeFacts['spec'] {
  const provisioned = ['gp3', 'io1', 'io2'].includes(VolumeType);
  return {
    type: VolumeType,
    sizeGiB: Size,
    ...(provisioned && Iops ? { iops: Iops } : {}),
    ...(Throughput ? { throughputMiBs: Throughput } : {}),
  };
}

/** Every snapshot that the account owns. `volumes` are those that exist. */
export async function listSnapshots(
  client: EC2Client,
  scope: Scope,
  volumes: readonly VolumeFacts[],
): Promise<SnapshotFacts[]> {
  const images = await listImages(client);
  const existing = new Set(volumes.map(({ identity }) => identity.id));
  return everyItem(paginateDescribeSnapshots({ client, pageSize: 1000 }, { OwnerIds: ['self'] }), (page) =>
    page.Snapshots?.map((snapshot) => snapshotFacts(snapshot, scope, { images, existing })),
  );
}

/** The account's own images of each snapshot, also the deprecated and disabled: they cannot do without it either. */
async function listImages(client: EC2Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const input = { Owners: ['self'], IncludeDeprecated: true, IncludeDisabled: true };
  const images = await everyItem(paginateDescribeImages({ client, pageSize: 1000 }, input), (page) => page.Images);
  const uses = images.flatMap(({ ImageId = '', BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.flatMap(({ Ebs }) => (Ebs?.SnapshotId ? [{ snapshot: Ebs.SnapshotId, image: ImageId }] : [])),
  );
  const bySnapshot = Map.groupBy(uses, ({ snapshot }) => snapshot);
  return new Map([...bySnapshot].map(([snapshot, all]) => [snapshot, all.map(({ image }) => image)]));
}

function snapshotFacts(
  snapshot: Snapshot,
  scope: Scope,
  { images, existing }: { images: ReadonlyMap<string, readonly string[]>; existing: ReadonlySet<string> },
): SnapshotFacts {
  const id = required(snapshot.SnapshotId, 'SnapshotId');
  const volumeId = snapshot.VolumeId ?? 'unknown';
  const tags = tagsOf(snapshot.Tags);
  return {
    type: 'snapshot',
    // The ARN of a snapshot names no account.
    identity: { arn: `arn:${partitionOf(scope.region)}:ec2:${scope.region}::snapshot/${id}`, id },
    name: tags.Name || id,
    scope,
    tags,
    sizeGiB: snapshot.VolumeSize ?? 0,
    state: snapshot.State ?? 'unknown',
    startedAt: required(snapshot.StartTime, 'StartTime'),
    volumeId,
    volumeExists: existing.has(volumeId),
    images: images.get(id) ?? [],
    evidence: {},
  };
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`EC2 described a volume or a snapshot without ${field}`);
  return value;
}
