import type { ModifyDBClusterMessage, ModifyDBClusterResult } from '@aws-sdk/client-rds';
import { databaseClassOf } from '../../catalogue/database-classes.ts';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredCluster } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { invalidClusterState, invalidCombination, invalidValue } from './errors.ts';
import { nextWindow } from './maintenance-window.ts';

/**
 * Changes the class of a Multi-AZ DB cluster's instances, or the capacity range of Aurora Serverless v2. The class
 * of an Aurora instance is changed by ModifyDBInstance.
 */
export const modifyDBCluster: Operation<ModifyDBClusterMessage, ModifyDBClusterResult> = (
  input,
  { region: { rds } },
) => {
  const cluster = findCluster(rds, input.DBClusterIdentifier);
  if (cluster.Status !== 'available')
    throw invalidClusterState(`DbCluster ${cluster.DBClusterIdentifier} is not in available state.`);
  const { DBClusterInstanceClass, ServerlessV2ScalingConfiguration } = input;
  if (DBClusterInstanceClass !== undefined) checkClass(cluster, DBClusterInstanceClass);
  if (ServerlessV2ScalingConfiguration) cluster.ServerlessV2ScalingConfiguration = ServerlessV2ScalingConfiguration;
  if (DBClusterInstanceClass !== undefined) {
    const { clock, durations } = rds.place.world;
    const opens = nextWindow(cluster.PreferredMaintenanceWindow ?? 'sun:19:00-sun:19:30', clock.now());
    const wait = input.ApplyImmediately ? durations.databaseModifyBegin : opens.getTime() - clock.now().getTime();
    clock.after(wait, () => changeClass(rds, cluster, DBClusterInstanceClass));
  }
  return { DBCluster: cluster };
};

function checkClass({ Engine }: StoredCluster, name: string): void {
  if (isClusterEngine(Engine))
    throw invalidCombination(`DbClusterInstanceClass isn't supported for DB engine ${Engine}.`);
  if (!databaseClassOf(name)) throw invalidValue(`Invalid DB Instance class: ${name}`);
}

/** The readers first, the writer last: the cluster and its members are `modifying` meanwhile. */
function changeClass(rds: RdsState, cluster: StoredCluster, name: string): void {
  const { clock, durations } = rds.place.world;
  if (cluster.Status !== 'available') return;
  const members = rds.membersOf(cluster);
  cluster.Status = 'modifying';
  for (const member of members) member.DBInstanceStatus = 'modifying';
  clock.after(durations.databaseModify, () => {
    cluster.DBClusterInstanceClass = name;
    cluster.Status = 'available';
    for (const member of members) Object.assign(member, { DBInstanceClass: name, DBInstanceStatus: 'available' });
  });
}
