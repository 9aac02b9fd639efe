import type {
  DescribePendingMaintenanceActionsMessage,
  PendingMaintenanceActionsMessage,
  ResourcePendingMaintenanceActions,
} from '@aws-sdk/client-rds';
import type { Operation } from '../service.ts';
import { type Fields, filterBy, nameOf, rdsPage } from './listing.ts';

const kindOf = (arn: string | undefined): string | undefined => arn?.split(':')[5];

const FIELDS: Fields<ResourcePendingMaintenanceActions> = {
  'db-cluster-id': ({ ResourceIdentifier: arn }) => (kindOf(arn) === 'cluster' ? nameOf(arn!) : undefined),
  'db-instance-id': ({ ResourceIdentifier: arn }) => (kindOf(arn) === 'db' ? nameOf(arn!) : undefined),
};

/** Resources that AWS wants to maintain; the others are not listed at all. */
export const describePendingMaintenanceActions: Operation<
  DescribePendingMaintenanceActionsMessage,
  PendingMaintenanceActionsMessage
> = (input, { region: { rds } }) => {
  const found = [...rds.maintenance]
    .map(
      ([ResourceIdentifier, details]): ResourcePendingMaintenanceActions => ({
        ResourceIdentifier,
        PendingMaintenanceActionDetails: details,
      }),
    )
    .filter((one) => input.ResourceIdentifier === undefined || one.ResourceIdentifier === input.ResourceIdentifier)
    .filter(filterBy(input.Filters, FIELDS));
  const page = rdsPage(found, input, (one) => one.ResourceIdentifier ?? '');
  return { PendingMaintenanceActions: [...page.items], ...(page.token === undefined ? {} : { Marker: page.token }) };
};
