import type {
  CreateGlobalClusterMessage,
  CreateGlobalClusterResult,
  DescribeGlobalClustersMessage,
  GlobalClustersMessage,
} from '@aws-sdk/client-rds';
import type { Account } from '../../estate/account.ts';
import type { StoredCluster, StoredGlobalCluster } from '../../estate/rds-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import { base32 } from '../../random.ts';
import type { Operation } from '../service.ts';
import { clusterNotFound, invalidValue, missing } from './errors.ts';
import { type Fields, filterBy, rdsPage } from './listing.ts';

const FIELDS: Fields<StoredGlobalCluster> = {
  region: ({ GlobalClusterMembers }) => GlobalClusterMembers.map(({ DBClusterArn }) => DBClusterArn?.split(':')[3]),
};

/** A global database belongs to no region: every one lists all of the account's. */
export const describeGlobalClusters: Operation<DescribeGlobalClustersMessage, GlobalClustersMessage> = (
  input,
  { account },
) => {
  const { GlobalClusterIdentifier: id, Filters } = input;
  const all = [...account.globalClusters.values()];
  const asked = id === undefined ? all : all.filter((one) => one.GlobalClusterIdentifier === id.toLowerCase());
  if (id !== undefined && asked.length === 0) {
    throw new AwsError('GlobalClusterNotFoundFault', `Global cluster ${id} not found.`, 404);
  }
  const page = rdsPage(asked.filter(filterBy(Filters, FIELDS)), input, (one) => one.GlobalClusterIdentifier);
  return { GlobalClusters: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

/** Makes an Aurora cluster the primary of a new global database. Secondaries are seeded: `joinGlobalCluster`. */
export const createGlobalCluster: Operation<CreateGlobalClusterMessage, CreateGlobalClusterResult> = (
  input,
  { account },
) => {
  const id = input.GlobalClusterIdentifier?.toLowerCase();
  if (!id) throw missing('GlobalClusterIdentifier');
  if (account.globalClusters.has(id)) {
    throw new AwsError('GlobalClusterAlreadyExistsFault', `Global cluster ${id} already exists.`);
  }
  const arn = input.SourceDBClusterIdentifier;
  if (!arn) throw missing('SourceDBClusterIdentifier');
  if (!arn.startsWith('arn:')) throw invalidValue(`Malformed db cluster arn ${arn}`);
  const [, , , region = '', owner] = arn.split(':');
  const primary = owner === account.id ? account.region(region).rds.clusters.get(arn.split(':').at(-1)!) : undefined;
  if (!primary) throw clusterNotFound(arn);
  return { GlobalCluster: addGlobalCluster(account, id, primary) };
};

/** Adds a global database with its primary cluster. */
export function addGlobalCluster(account: Account, id: string, primary: StoredCluster): StoredGlobalCluster {
  const { world } = account.region(primary.DBClusterArn.split(':')[3]!).place;
  const made: StoredGlobalCluster = {
    GlobalClusterIdentifier: id,
    GlobalClusterArn: `arn:aws:rds::${account.id}:global-cluster:${id}`,
    GlobalClusterResourceId: `cluster-${base32(world.random, 16).toLowerCase()}`,
    Status: 'available',
    Engine: primary.Engine,
    EngineVersion: primary.EngineVersion,
    StorageEncrypted: primary.StorageEncrypted,
    DeletionProtection: false,
    GlobalClusterMembers: [{ DBClusterArn: primary.DBClusterArn, Readers: [], IsWriter: true }],
    TagList: [],
  };
  primary.GlobalClusterIdentifier = id;
  account.globalClusters.set(id, made);
  return made;
}

/** Adds a cluster of another region as a secondary, which only reads. */
export function joinGlobalCluster(global: StoredGlobalCluster, secondary: StoredCluster): void {
  secondary.GlobalClusterIdentifier = global.GlobalClusterIdentifier;
  const [primary] = global.GlobalClusterMembers;
  primary?.Readers?.push(secondary.DBClusterArn);
  global.GlobalClusterMembers.push({ DBClusterArn: secondary.DBClusterArn, Readers: [], IsWriter: false });
}
