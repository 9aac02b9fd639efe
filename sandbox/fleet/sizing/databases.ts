import { databaseClassOf } from '../../catalogue/database-classes.ts';
import { isBurstable } from '../../catalogue/machine.ts';
import { DAY } from '../../clock.ts';
import type { StoredDatabase } from '../../estate/rds-shapes.ts';
import { type Load, steady, times, whole } from '../load.ts';
import { asTagList } from '../site.ts';
import { type Demand, demandOf } from './demand.ts';
import { type Meter, meteredSeries } from './metered.ts';
import {
  byteBalance,
  cpuPercent,
  creditBalance,
  databasePlace,
  freeableBytes,
  ioBalance,
  meterOf,
  surplusCharged,
  swapBytes,
} from './meters.ts';
import type { Plot } from './plot.ts';
import { Surge } from './surge.ts';
import type { SizingTruth } from './truth.ts';

const CLASSES = ['db.m5.2xlarge', 'db.m6g.2xlarge', 'db.m7g.2xlarge', 'db.r6g.2xlarge', 'db.r6i.2xlarge'] as const;
const SMALL = ['db.m6g.large', 'db.r6g.large', 'db.m5.large'] as const;
const GIB = 1024 ** 3;

/** Builds one database with its metrics. */
export function buildDatabase(plot: Plot<'database'>): SizingTruth {
  const { region, dice, number, label, now } = plot;
  const small = label === 'undersized' || label === 'memory-short';
  const DBInstanceClass = dice.pick(small ? SMALL : CLASSES);
  const StorageType = dice.pick(['gp3', 'gp3', 'gp2']);
  const database = region.rds.addInstance({
    DBInstanceIdentifier: `${label}-${number}`,
    DbiResourceId: `db-${dice.base32(26)}`,
    InstanceCreateTime: new Date(now - dice.between(420, 700) * DAY),
    DBInstanceClass,
    Engine: dice.pick(['postgres', 'mysql', 'mariadb']),
    MultiAZ: dice.chance(0.4),
    StorageType,
    AllocatedStorage: dice.pick([100, 200, 500]),
    TagList: asTagList({ owner: 'shop' }),
  });
  const surge = new Surge(region.place.world.clock);
  const demand = demandOf(label, databaseClassOf(DBInstanceClass)!.machine, plot);
  measure(plot, database, { demand, surge });
  return {
    arn: database.DBInstanceArn,
    kind: 'database',
    id: database.DBInstanceIdentifier,
    label,
    boughtAs: DBInstanceClass,
    need: demand.need,
    surge,
  };
}

interface Measured {
  readonly demand: Demand;
  readonly surge: Surge;
}

function measure({ region, now }: Plot<'database'>, database: StoredDatabase, { demand, surge }: Measured): void {
  const { DBInstanceIdentifier, AllocatedStorage = 0 } = database;
  const { clock } = region.place.world;
  const life = { from: now - 410 * DAY, until: () => clock.now().getTime() };
  const place = databasePlace(region.rds, database);
  const put = (metric: string, load: Load, meter: Meter) =>
    region.cloudwatch.series(
      { namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier } },
      meteredSeries(load, meter, life),
    );
  const plain = meterOf(place, surge, (value) => value);
  const inProportion = (factor: number) => times(demand.vcpus, () => factor);
  put('CPUUtilization', demand.vcpus, meterOf(place, surge, cpuPercent));
  put('FreeableMemory', demand.memoryMib, meterOf(place, surge, freeableBytes));
  put('SwapUsage', demand.memoryMib, meterOf(place, surge, swapBytes));
  put('DatabaseConnections', whole(inProportion(12)), meterOf(place, surge, Math.ceil));
  put('ReadIOPS', inProportion(180), plain);
  put('WriteIOPS', inProportion(90), plain);
  // Bytes a second.
  put('ReadThroughput', inProportion(4e6), plain);
  put('WriteThroughput', inProportion(2e6), plain);
  put('NetworkReceiveThroughput', inProportion(1e6), plain);
  put('NetworkTransmitThroughput', inProportion(3e6), plain);
  put('DiskQueueDepth', inProportion(0.2), plain);
  put('FreeStorageSpace', steady(0.4 * AllocatedStorage * GIB), { ...plain, read: (bytes) => bytes });
  put('EBSIOBalance%', inProportion(270), meterOf(place, surge, ioBalance));
  put('EBSByteBalance%', inProportion(6e6), meterOf(place, surge, byteBalance));
  if (isBurstable(databaseClassOf(database.DBInstanceClass)!.machine)) {
    put('CPUCreditBalance', demand.vcpus, meterOf(place, surge, creditBalance));
    put('CPUSurplusCreditsCharged', demand.vcpus, meterOf(place, surge, surplusCharged));
  }
}
