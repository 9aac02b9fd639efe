import { paginateDescribeClusters, type RedshiftClient } from '@aws-sdk/client-redshift';
import type { HttpHandlerOptions } from '@smithy/types';
import { known } from '../../core/evidence.ts';
import { partitionOf, type Scope } from '../../core/identity.ts';
import type { Store } from '../../core/retention/protections.ts';
import { everyItem } from '../pages.ts';

/** The provisioned clusters of a scope with how long their automated snapshots are kept. */
export const listWarehouses = (client: RedshiftClient, scope: Scope, options: HttpHandlerOptions): Promise<Store[]> =>
  everyItem(paginateDescribeClusters({ client, pageSize: 100 }, {}, options), (page) =>
    page.Clusters?.map(({ ClusterIdentifier: name = '', ClusterCreateTime, AutomatedSnapshotRetentionPeriod = 0 }) => ({
      arn: `arn:${partitionOf(scope.region)}:redshift:${scope.region}:${scope.account}:cluster:${name}`,
      name,
      scope,
      service: 'Redshift' as const,
      ...(ClusterCreateTime ? { createdAt: ClusterCreateTime } : {}),
      own: known({ by: 'automated snapshots' as const, days: AutomatedSnapshotRetentionPeriod }),
    })),
  );
