import type {
  DBClusterSnapshotMessage,
  DBSnapshotMessage,
  DescribeDBClusterSnapshotsMessage,
  DescribeDBSnapshotsMessage,
} from '@aws-sdk/client-rds';
import type { StoredClusterSnapshot, StoredSnapshot } from '../../estate/rds-shapes.ts';
import type { Caller, Operation } from '../service.ts';
import { invalidValue } from './errors.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';
import {
  CLUSTER_FORM,
  INSTANCE_FORM,
  isPublic,
  isSharedWith,
  type Snapshot,
  type SnapshotForm,
  snapshotName,
} from './snapshot-forms.ts';

const INSTANCE_FIELDS: Fields<StoredSnapshot> = {
  'db-instance-id': ({ DBInstanceIdentifier: id, DBSnapshotArn: arn }) => [id, sourceArn(arn, `db:${id}`)],
  'db-snapshot-id': (one) => one.DBSnapshotIdentifier,
  'dbi-resource-id': (one) => one.DbiResourceId,
  'snapshot-type': (one) => one.SnapshotType,
  engine: (one) => one.Engine,
};

const CLUSTER_FIELDS: Fields<StoredClusterSnapshot> = {
  'db-cluster-id': ({ DBClusterIdentifier: id, DBClusterSnapshotArn: arn }) => [id, sourceArn(arn, `cluster:${id}`)],
  'db-cluster-snapshot-id': (one) => one.DBClusterSnapshotIdentifier,
  'snapshot-type': (one) => one.SnapshotType,
  engine: (one) => one.Engine,
};

/** Snapshots of deleted databases are listed like all others. */
export const describeDBSnapshots: Operation<DescribeDBSnapshotsMessage, DBSnapshotMessage> = (input, caller) => {
  const { DBSnapshotIdentifier: id, DBInstanceIdentifier: of, DbiResourceId, Filters } = input;
  const found = asked(INSTANCE_FORM, caller, { ...input, id })
    .filter((one) => of === undefined || one.DBInstanceIdentifier === nameOf(of))
    .filter((one) => DbiResourceId === undefined || one.DbiResourceId === DbiResourceId)
    .filter(filterBy(Filters, INSTANCE_FIELDS));
  const page = rdsPage(found, input, (one) => one.DBSnapshotIdentifier);
  return { DBSnapshots: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

export const describeDBClusterSnapshots: Operation<DescribeDBClusterSnapshotsMessage, DBClusterSnapshotMessage> = (
  input,
  caller,
) => {
  const { DBClusterSnapshotIdentifier: id, DBClusterIdentifier: of, DbClusterResourceId, Filters } = input;
  const found = asked(CLUSTER_FORM, caller, { ...input, id })
    .filter((one) => of === undefined || one.DBClusterIdentifier === nameOf(of))
    .filter((one) => DbClusterResourceId === undefined || one.DbClusterResourceId === DbClusterResourceId)
    .filter(filterBy(Filters, CLUSTER_FIELDS));
  const page = rdsPage(found, input, (one) => one.DBClusterSnapshotIdentifier);
  return { DBClusterSnapshots: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

interface Query
  extends Pick<DescribeDBSnapshotsMessage, 'SnapshotType' | 'IncludeShared' | 'IncludePublic' | 'Filters'> {
  readonly id: string | undefined;
}

const TYPES: ReadonlySet<string | undefined> = new Set([
  undefined,
  'automated',
  'manual',
  'shared',
  'public',
  'awsbackup',
]);

/** The snapshots that a query is about before its filters: one by its name, or all of a type. */
function asked<S extends Snapshot>(form: SnapshotForm<S>, caller: Caller, { id, ...query }: Query): S[] {
  if (!TYPES.has(query.SnapshotType)) throw invalidValue(`Invalid snapshot type: ${query.SnapshotType}`);
  const theirs = fromOthers(form, caller, query);
  const own = [...form.held(caller.region.rds).values()];
  if (id === undefined) return [...own.filter((one) => isOfType(one, query)), ...theirs];
  const byName = (one: S): boolean => (id.startsWith('arn:') ? form.arnOf(one) === id : isNamed(form, one, id));
  const one = own.find(byName) ?? theirs.find(byName);
  if (!one) throw form.notFound(id);
  return [one];
}

const isNamed = <S extends Snapshot>(form: SnapshotForm<S>, one: S, id: string): boolean =>
  form.nameOf(one) === snapshotName(id);

/** Without a type automated and manual ones are shown, unless a filter says which. */
function isOfType(one: Snapshot, { SnapshotType, Filters = [] }: Omit<Query, 'id'>): boolean {
  if (SnapshotType === 'public') return isPublic(one);
  if (SnapshotType !== undefined) return one.SnapshotType === SnapshotType;
  if (Filters.some(({ Name }) => Name === 'snapshot-type')) return true;
  return one.SnapshotType === 'automated' || one.SnapshotType === 'manual';
}

/** What other accounts have shared in this region with the caller, or with everybody. */
function fromOthers<S extends Snapshot>(
  form: SnapshotForm<S>,
  { estate, account, region }: Caller,
  query: Omit<Query, 'id'>,
) {
  const { SnapshotType, IncludeShared, IncludePublic } = query;
  const shared = SnapshotType === 'shared' || (SnapshotType === undefined && IncludeShared);
  const everybodys = SnapshotType === 'public' || (SnapshotType === undefined && IncludePublic);
  if (!shared && !everybodys) return [];
  const theirs = estate
    .accounts()
    .filter((other) => other.id !== account.id)
    .flatMap((other) => other.regions().filter(({ name }) => name === region.name))
    .flatMap(({ rds }) => [...form.held(rds).values()]);
  return [
    ...theirs.filter((one) => shared && isSharedWith(one, account.id)).map((one) => form.fromOutside(one, 'shared')),
    ...theirs.filter((one) => everybodys && isPublic(one)).map((one) => form.fromOutside(one, 'public')),
  ];
}

/** `arn:aws:rds:REGION:ACCOUNT:` of a snapshot with another resource behind it. */
const sourceArn = (snapshotArn: string, resource: string): string =>
  [...snapshotArn.split(':').slice(0, 5), resource].join(':');
