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
import { everyItem } from '../pages.ts';
import { tagsOf } from '../tags.ts';
import { type ManagedKeys, managerOf } from './keys.ts';

/**
 * Every snapshot that the account owns in the scope: automated and manual ones, which RDS lists unless told otherwise, and
 * those of AWS Backup. Each page is cut down to what is kept before the next is read.
 */
export async function listSnapshots(client: RDSClient, scope: Scope, managed: ManagedKeys): Promise<Snapshot[]> {
  const from = { scope, managed };
  const instances = (query: { SnapshotType?: string }) =>
    everyItem(paginateDescribeDBSnapshots({ client, pageSize: 100 }, query), (page) =>
      page.DBSnapshots?.map((one) => instanceSnapshot(one, from)),
    );
  const clusters = (query: { SnapshotType?: string }) =>
    everyItem(paginateDescribeDBClusterSnapshots({ client, pageSize: 100 }, query), (page) =>
      page.DBClusterSnapshots?.map((one) => clusterSnapshot(one, from)),
    );
  const lists = await Promise.all([
    instances({}),
    instances(AWS_BACKUP),
    clusters({}),
    clusters(AWS_BACKUP).catch(noSuchType),
  ]);
  return lists.flat();
}

const AWS_BACKUP = { SnapshotType: 'awsbackup' } as const;

/** The API reference does not name this type for clusters, although AWS Backup makes such snapshots. */
function noSuchType(error: unknown): Snapshot[] {
  if (nameOf(error) === 'InvalidParameterValue') return [];
  throw error;
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
    ...(one.AllocatedStorage ? { sizeGiB: one.AllocatedStorage } : {}),
    tags: tagsOf(one.TagList),
    ...(one.SourceDBClusterSnapshotArn ? { source: one.SourceDBClusterSnapshotArn } : {}),
    ...(one.StorageEncrypted && one.KmsKeyId ? keyOf(one.KmsKeyId, { scope, managed }) : {}),
  };
}

const keyOf = (arn: string, { scope, managed }: Origin): Pick<Snapshot, 'key'> => ({
  key: { arn, manager: managerOf(arn, scope, managed) },
});

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new Error(`RDS described a snapshot without ${field}`);
  return value;
}
