import type {
  DescribeOrderableDBInstanceOptionsMessage,
  OrderableDBInstanceOption,
  OrderableDBInstanceOptionsMessage,
} from '@aws-sdk/client-rds';
import type { DatabaseClass } from '../../catalogue/database-classes.ts';
import { classesOf, soldAs } from '../../catalogue/database-engines.ts';
import { storageTypesOf } from '../../catalogue/database-storage.ts';
import { zonesWith } from '../../catalogue/offerings.ts';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { invalidValue, missing } from './errors.ts';

/** What can be ordered of an engine: every version with every class, license and storage type, on pages of up to 1,000. */
export const describeOrderableDBInstanceOptions: Operation<
  DescribeOrderableDBInstanceOptionsMessage,
  OrderableDBInstanceOptionsMessage
> = (input, { region }) => {
  const { Engine, MaxRecords = 100 } = input;
  if (!Engine) throw missing('Engine');
  if (MaxRecords < 20 || MaxRecords > 1000)
    throw invalidValue(`Invalid value ${MaxRecords} for MaxRecords. Must be between 20 and 1000`);
  const found = optionsOf(Engine, region.name)
    .filter((one) => input.EngineVersion === undefined || one.EngineVersion === input.EngineVersion)
    .filter((one) => input.DBInstanceClass === undefined || one.DBInstanceClass === input.DBInstanceClass)
    .filter((one) => input.LicenseModel === undefined || one.LicenseModel === input.LicenseModel);
  const page = pageOf(found, {
    limit: MaxRecords,
    token: input.Marker,
    keyOf: (one) => [one.EngineVersion, one.DBInstanceClass, one.LicenseModel, one.StorageType].join(' '),
    invalidToken: () => invalidValue('Invalid Marker'),
  });
  return {
    OrderableDBInstanceOptions: [...page.items],
    ...(page.token === undefined ? {} : { Marker: page.token }),
  };
};

function optionsOf(engine: string, region: string): OrderableDBInstanceOption[] {
  const sold = soldAs(engine);
  if (!sold) throw invalidValue(`Invalid DB engine: ${engine}`);
  const classes = classesOf(engine).filter(({ machine }) => zonesWith(machine.type, region).length > 0);
  return sold.versions.flatMap((EngineVersion) =>
    sold.licenses.flatMap((LicenseModel) =>
      classes.flatMap((one) =>
        storageOf(engine).map((storage) => ({
          Engine: engine,
          EngineVersion,
          LicenseModel,
          ...aboutClass(engine, one, region),
          ...storage,
        })),
      ),
    ),
  );
}

function aboutClass(engine: string, { name, machine }: DatabaseClass, region: string): OrderableDBInstanceOption {
  const inCluster = isClusterEngine(engine);
  return {
    DBInstanceClass: name,
    AvailabilityZones: zonesWith(machine.type, region).map((Name) => ({ Name })),
    // The instances of a cluster are spread over zones by themselves.
    MultiAZCapable: !inCluster,
    ReadReplicaCapable: !inCluster,
    Vpc: true,
    SupportsEnhancedMonitoring: true,
    SupportsPerformanceInsights: true,
    SupportsStorageEncryption: true,
    SupportsClusters: inCluster,
    SupportedNetworkTypes: ['IPV4'],
    OutpostCapable: false,
  };
}

function storageOf(engine: string): OrderableDBInstanceOption[] {
  if (isClusterEngine(engine)) {
    return ['aurora', 'aurora-iopt1'].map((StorageType) => ({
      StorageType,
      SupportsIops: false,
      SupportsStorageThroughput: false,
    }));
  }
  return Object.entries(storageTypesOf(engine)).map(([StorageType, { gib, iops, throughput }]) => ({
    StorageType,
    MinStorageSize: gib.least,
    MaxStorageSize: gib.most,
    SupportsStorageAutoscaling: StorageType !== 'standard',
    SupportsIops: iops !== undefined,
    SupportsStorageThroughput: throughput !== undefined,
    ...(iops && {
      MinIopsPerDbInstance: iops.least,
      MaxIopsPerDbInstance: iops.most,
      MinIopsPerGib: iops.perGib.least,
      MaxIopsPerGib: iops.perGib.most,
    }),
    ...(throughput && {
      MinStorageThroughputPerDbInstance: throughput.least,
      MaxStorageThroughputPerDbInstance: throughput.most,
      MaxStorageThroughputPerIops: throughput.perIops,
    }),
  }));
}
