import type {
  ClustersMessage,
  CreateClusterMessage,
  CreateClusterResult,
  DescribeClustersMessage,
} from '@aws-sdk/client-redshift';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** A page of 20 to 100 clusters, all of them or those that have one of the tags. */
export const describeClusters: Operation<DescribeClustersMessage, ClustersMessage> = (
  { ClusterIdentifier: id, TagKeys = [], MaxRecords = 100, Marker },
  { region: { redshift } },
) => {
  if (MaxRecords < 20 || MaxRecords > 100) throw invalid('MaxRecords must be between 20 and 100.');
  const clusters = [...redshift.clusters.values()].filter(
    ({ Tags = [] }) => TagKeys.length === 0 || Tags.some(({ Key = '' }) => TagKeys.includes(Key)),
  );
  const asked = id === undefined ? clusters : clusters.filter((one) => one.ClusterIdentifier === id.toLowerCase());
  if (id !== undefined && asked.length === 0) throw new AwsError('ClusterNotFound', `Cluster ${id} not found.`, 404);
  const page = pageOf(asked, {
    limit: MaxRecords,
    token: Marker,
    keyOf: (one) => one.ClusterIdentifier ?? '',
    invalidToken: () => invalid('Invalid Marker'),
  });
  return { Clusters: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};

/** The cluster is there at once. */
export const createCluster: Operation<CreateClusterMessage, CreateClusterResult> = (
  { ClusterIdentifier = '', NodeType = '', MasterUsername = '', AutomatedSnapshotRetentionPeriod = 1, Tags = [] },
  { region: { redshift } },
) => {
  if (redshift.clusters.has(ClusterIdentifier.toLowerCase())) {
    throw new AwsError('ClusterAlreadyExists', `Cluster ${ClusterIdentifier} already exists.`);
  }
  const spec = { ClusterIdentifier, NodeType, MasterUsername, AutomatedSnapshotRetentionPeriod, Tags };
  return { Cluster: redshift.addCluster(spec) };
};

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
