import {
  type DBClusterSnapshot,
  type DBSnapshot,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { Scope } from '../../core/identity.ts';
import type { Snapshot } from '../../core/retention/facts.ts';
import { nameOf } from '../errors.ts';
import { tagsOf } from '../tags.ts';
import { type ManagedKeys, managerOf } from './keys.ts';

/**
 * Shows every snapshot that the account owns in the scope: automated and manual ones, which RDS lists unless told otherwise,
 * and those of AWS Backup. A page is shown before the next is read, and none of it is kept.
 */
export async function showSnapshots(client: RDSClient, from: Origin, see: (snapshot: Snapshot) => void): Promise<void> {
  const instances = async (query: Query) => {
    for await (const page of paginateDescribeDBSnapshots({ client, pageSize: 100 }, query))
      for (const one of page.DBSnapshots ?? []) see(instanceSnapshot(one, from));
  };
  const clusters = async (query: Query) => {
    for await (const page of paginateDescribeDBClusterSnapshots({ client, pageSize: 100 }, query))
      for (const one of page.DBClusterSnapshots ?? []) see(clusterSnapshot(one, from));
  };
  await Promise.all([instances({}), instances(AWS_BACKUP), clusters({}), clusters(AWS_BACKUP).catch(unlessNoSuchType)]);
}

interface Query {
  readonly SnapshotType?: string;
}

const AWS_BACKUP = { SnapshotType: 'awsbackup' } as const;

/** The API reference does not name this type for clusters, although AWS Backup makes such snapshots. */
function unlessNoSuchType(error: unknown): void {
  if (nameOf(error) !== 'InvalidParameterValue') throw error;
}

interface Origin {
  readonly scope: Scope;
  readonly managed: ManagedKeys;
}

export function instanceSnapshot(one: DBSnapshot, { scope, managed }: Origin): Snapshot {
  const takenAt = one.OriginalSnapshotCreateTime ?? one.SnapshotCreateTime;
  return {
    arn: required(one.DBSnapshotArn, 'DBSnapshotArn'),
    name: required(one.DBSnapshotIdentifier, 'DBSnapshotIdentifier'),
    scope,
    form: 'instance',
    type: one.SnapshotType ?? 'unknown',
    status: one.Status ?? 'unknown',
    ...(one.DbiResourceId ? { of: one.DbiResourceId } : {}),
    databaseName: one.DBInstanceIdentifier ?? 'unknown',
    engine: one.Engine ?? 'unknown',
    ...(takenAt ? { takenAt } : {}),
    ...(one.AllocatedStorage ? { sizeGiB: one.AllocatedStorage } : {}),
    tags: tagsOf(one.TagList),
    ...(one.SourceDBSnapshotIdentifier ? { source: one.SourceDBSnapshotIdentifier } : {}),
    ...(one.Encrypted && one.KmsKeyId ? keyOf(one.KmsKeyId, { scope, managed }) : {}),
    ...(one.OptionGroupName && !one.OptionGroupName.startsWith('default:') ? { optionGroup: one.OptionGroupName } : {}),
  };
}

export function clusterSnapshot(one: DBClusterSnapshot, { scope, managed }: Origin): Snapshot {
  return {
    arn: required(one.DBClusterSnapshotArn, 'DBClusterSnapshotArn'),
    name: required(one.DBClusterSnapshotIdentifier, 'DBClusterSnapshotIdentifier'),
    scope,
    form: 'cluster',
    type: one.SnapshotType ?? 'unknown',
    status: one.Status ?? 'unknown',
    ...(one.DbClusterResourceId ? { of: one.DbClusterResourceId } : {}),
    databaseName: one.DBClusterIdentifier ?? 'unknown',
    engine: one.Engine ?? 'unknown',
    ...(one.SnapshotCreateTime ? { takenAt: one.SnapshotCreateTime } : {}),
    ...sizeOf(one.AllocatedStorage),
    tags: tagsOf(one.TagList),
    ...(one.SourceDBClusterSnapshotArn ? { source: one.SourceDBClusterSnapshotArn } : {}),
    ...(one.StorageEncrypted && one.KmsKeyId ? keyOf(one.KmsKeyId, { scope, managed }) : {}),
  };
}

/** Of Aurora, whose storage grows by itself, RDS always says 1. */
const sizeOf = (allocatedGiB = 0): Pick<Snapshot, 'sizeGiB'> => (allocatedGiB > 1 ? { sizeGiB: allocatedGiB } : {});

const keyOf = (arn: string, { scope, managed }: Origin): Pick<Snapshot, 'key'> => ({
  key: { arn, manager: managerOf(arn, scope, managed) },
});

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new Error(`RDS described a snapshot without ${field}`);
  return value;
}
