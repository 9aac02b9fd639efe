import {
  type Cluster,
  DescribeClustersCommand,
  paginateDescribeClusters,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import type { Power } from '../../core/calendar/course.ts';
import { SCHEDULE_TAG } from '../../core/calendar/schedule-tag.ts';
import { known } from '../../core/evidence.ts';
import { parseArn, type Scope } from '../../core/identity.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';
import { warehousePrice } from '../../core/price-query.ts';
import { nameOf } from '../errors.ts';
import { warehouseIdentity } from '../identities.ts';
import { everyItem } from '../pages.ts';
import { tagsOf } from '../tags.ts';
import { using } from '../using.ts';
import type { Kind } from './kind.ts';

/** Provisioned Redshift clusters, a hundred a call. */
export const warehouses: Kind = {
  list: (config, scope) =>
    using({ client: new RedshiftClient(config) }, ({ client }) =>
      everyItem(paginateDescribeClusters({ client, pageSize: 100 }, { TagKeys: [SCHEDULE_TAG] }), (page) =>
        page.Clusters?.map((cluster) => scheduledWarehouse(cluster, scope)),
      ),
    ),
  find: (config, scope, { arn, id }) =>
    using({ client: new RedshiftClient(config) }, async ({ client }) => {
      const found = await describe(client, parseArn(arn)?.resource.split(':').at(-1) ?? '');
      return found && warehouseIdentity(scope, found).id === id ? scheduledWarehouse(found, scope) : undefined;
    }),
};

async function describe(client: RedshiftClient, ClusterIdentifier: string): Promise<Cluster | undefined> {
  try {
    return (await client.send(new DescribeClustersCommand({ ClusterIdentifier }))).Clusters?.[0];
  } catch (error) {
    if (nameOf(error) === 'ClusterNotFoundFault') return undefined;
    throw error;
  }
}

function scheduledWarehouse(cluster: Cluster, scope: Scope): ScheduledResource {
  const { ClusterIdentifier: name = '', NodeType = 'unknown', NumberOfNodes = 1, Tags } = cluster;
  const power = powerOf(cluster);
  const left = power.power === 'stopped' ? undefined : leftBecause(cluster);
  return {
    type: 'warehouse',
    identity: warehouseIdentity(scope, cluster),
    name,
    scope,
    tags: tagsOf(Tags),
    what: `${NumberOfNodes} x ${NodeType}`,
    power,
    costs: known(Array.from({ length: NumberOfNodes }, () => warehousePrice(NodeType, scope.region))),
    ...(left ? { leftBecause: left } : {}),
  };
}

/** What cannot be paused. Source: Redshift management guide, "Pausing and resuming a cluster". */
function leftBecause({ AutomatedSnapshotRetentionPeriod, HsmStatus }: Cluster): string | undefined {
  if (AutomatedSnapshotRetentionPeriod === 0) return 'AWS cannot pause a cluster without automated snapshots';
  return HsmStatus ? 'AWS cannot pause a cluster with a hardware security module' : undefined;
}

function powerOf({ ClusterStatus = 'unknown' }: Cluster): Power {
  if (ClusterStatus === 'available') return { power: 'running' };
  if (ClusterStatus === 'paused') return { power: 'stopped' };
  return BROKEN.test(ClusterStatus)
    ? { power: 'unknown', why: `its status is ${ClusterStatus}` }
    : { power: 'changing' };
}

/** What does not pass by itself. Source: Redshift management guide, "Cluster status". */
const BROKEN = /^(hardware-failure|storage-full|incompatible-|unknown)/;
