import {
  type OrderableDBInstanceOption,
  paginateDescribeOrderableDBInstanceOptions,
  type RDSClient,
} from '@aws-sdk/client-rds';
import type { DatabaseFacts } from '../core/facts.ts';
import { everyItem } from './pages.ts';

/** One class as it can be ordered for one version of an engine. */
export interface OrderableClass {
  readonly name: string;
  readonly license?: string;
  readonly storageType?: string;
  readonly multiAz: boolean;
  readonly zones: readonly string[];
}

/** A version of an engine, and the only class that is asked about, if there is one. */
type Engine = Pick<DatabaseFacts, 'engine' | 'engineVersion'> & { readonly onlyClass?: string };

/** Every class that can be ordered for a version of an engine, with every licence and kind of storage. */
export const listClasses = (
  client: RDSClient,
  { engine, engineVersion, onlyClass }: Engine,
): Promise<OrderableClass[]> =>
  everyItem(
    paginateDescribeOrderableDBInstanceOptions(
      { client, pageSize: 1000 },
      { Engine: engine, EngineVersion: engineVersion, DBInstanceClass: onlyClass, Vpc: true },
    ),
    (page) => page.OrderableDBInstanceOptions?.map(orderable),
  );

const orderable = (option: OrderableDBInstanceOption): OrderableClass => ({
  name: option.DBInstanceClass ?? 'unknown',
  ...(option.LicenseModel ? { license: option.LicenseModel } : {}),
  ...(option.StorageType ? { storageType: option.StorageType } : {}),
  multiAz: option.MultiAZCapable ?? false,
  zones: (option.AvailabilityZones ?? []).flatMap(({ Name }) => Name ?? []),
});

/** The instance type that a class runs on: its own name but for RDS's short name of x2gd. */
export const instanceTypeOf = (className: string): string => className.replace(/^db\./, '').replace(/^x2g\./, 'x2gd.');

/** Whether a database could have the class as it stands: licence, storage, Multi-AZ and zones unchanged. */
export const suits = (one: OrderableClass, database: DatabaseFacts): boolean =>
  (one.license ?? database.licenseModel) === (database.licenseModel ?? one.license) &&
  (one.storageType ?? database.storage.storageType) === (database.storage.storageType ?? one.storageType) &&
  (one.multiAz || !database.multiAz) &&
  database.zones.every((zone) => one.zones.includes(zone));
