import type { AccountAttributesMessage, AccountQuota } from '@aws-sdk/client-rds';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { CLUSTER_FORM, INSTANCE_FORM } from './snapshot-forms.ts';
import { quotaOf } from './snapshot-rules.ts';

/** RDS's own quotas of the account in this region. Of what the sandbox does not have nothing is used. */
export const describeAccountAttributes: Operation<object, AccountAttributesMessage> = (_, { region: { rds } }) => {
  const manual = quotaOf(INSTANCE_FORM, rds);
  const manualOfClusters = quotaOf(CLUSTER_FORM, rds);
  const storage = sum(
    [...rds.instances.values()].map((one) => (one.DBClusterIdentifier ? 0 : (one.AllocatedStorage ?? 0))),
  );
  return {
    AccountQuotas: [
      quota('DBInstances', rds.instances.size, 40),
      quota('ReservedDBInstances', 0, 40),
      quota('AllocatedStorage', storage, 100_000),
      quota('DBSecurityGroups', 0, 25),
      quota('AuthorizationsPerDBSecurityGroup', 0, 20),
      quota('DBParameterGroups', 0, 50),
      quota('ManualSnapshots', manual.used, manual.max),
      quota('EventSubscriptions', 0, 20),
      quota('DBSubnetGroups', 0, 50),
      quota('OptionGroups', 0, 20),
      quota('SubnetsPerDBSubnetGroup', 0, 20),
      quota('ReadReplicasPerMaster', mostReplicas(rds), 15),
      quota('DBClusters', rds.clusters.size, 40),
      quota('DBClusterParameterGroups', 0, 50),
      quota('DBClusterRoles', 0, 5),
      quota('DBInstanceRoles', 0, 5),
      quota('ManualClusterSnapshots', manualOfClusters.used, manualOfClusters.max),
      quota('CustomEndpointsPerDBCluster', 0, 5),
    ],
  };
};

const quota = (AccountQuotaName: string, Used: number, Max: number): AccountQuota => ({ AccountQuotaName, Used, Max });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const mostReplicas = (rds: RdsState): number =>
  Math.max(0, ...[...rds.instances.values()].map((one) => one.ReadReplicaDBInstanceIdentifiers?.length ?? 0));
