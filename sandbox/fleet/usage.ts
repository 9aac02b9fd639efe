import type { Region } from '../estate/account.ts';
import { type Load, monthly, murmur, spikes, steady, whole, without, workdays } from './load.ts';
import { type Lifetime, seriesOf } from './series.ts';

/** How a machine is used, whatever we call it. */
export type Usage = 'idle' | 'busy' | 'quiet-cpu' | 'no-connections' | 'held-connection' | 'spiky' | 'batch';

export interface Measured {
  readonly usage: Usage;
  readonly seed: number;
  readonly lifetime: Lifetime;
  /** The day of the month on which a batch job runs. */
  readonly batchDay: number;
  /** Days (since 1970, UTC) of which CloudWatch knows nothing. */
  readonly gapDays: ReadonlySet<number>;
}

interface InstanceLoads {
  readonly cpuPercent: Load;
  /** In five minutes. */
  readonly bytesIn: Load;
  readonly bytesOut: Load;
}

interface DatabaseLoads {
  readonly connections: Load;
  readonly readIops: Load;
  readonly writeIops: Load;
}

/** CPUUtilization, NetworkIn, NetworkOut and the status checks of an instance, all of them well. An idle one stays below 3 % and 2 MB a day each way. */
export function measureInstance({ cloudwatch }: Region, InstanceId: string, measured: Measured) {
  const { cpuPercent, bytesIn, bytesOut } = instanceLoads(measured);
  const put = (metric: string, load: Load) =>
    cloudwatch.series({ namespace: 'AWS/EC2', metric, dimensions: { InstanceId } }, seriesIn(measured, load));
  put('CPUUtilization', cpuPercent);
  put('NetworkIn', bytesIn);
  put('NetworkOut', bytesOut);
  put('StatusCheckFailed', steady(0));
}

/** DatabaseConnections, ReadIOPS and WriteIOPS of a database instance. An idle one stays below 3 operations a second. */
export function measureDatabase({ cloudwatch }: Region, DBInstanceIdentifier: string, measured: Measured) {
  const { connections, readIops, writeIops } = databaseLoads(measured);
  const put = (metric: string, load: Load) =>
    cloudwatch.series({ namespace: 'AWS/RDS', metric, dimensions: { DBInstanceIdentifier } }, seriesIn(measured, load));
  put('DatabaseConnections', whole(connections));
  put('ReadIOPS', readIops);
  put('WriteIOPS', writeIops);
}

const seriesIn = ({ lifetime, gapDays }: Measured, load: Load) =>
  seriesOf(gapDays.size > 0 ? without(load, gapDays) : load, lifetime);

function instanceLoads({ usage, seed, batchDay }: Measured): InstanceLoads {
  const idle = { cpuPercent: murmur(seed, 0.8), bytesIn: murmur(seed + 11, 3_000), bytesOut: murmur(seed + 12, 2_000) };
  switch (usage) {
    case 'busy':
      return {
        cpuPercent: workdays(seed, 30 + (seed % 20)),
        bytesIn: workdays(seed + 11, 40e6),
        bytesOut: workdays(seed + 12, 90e6),
      };
    case 'quiet-cpu':
      return { ...idle, bytesIn: workdays(seed + 11, 12e6), bytesOut: workdays(seed + 12, 12e6) };
    case 'spiky':
      return { ...idle, cpuPercent: spikes(seed, { quiet: 0.8, spike: 75 }) };
    case 'batch':
      return {
        cpuPercent: monthly(seed, { quiet: 0.8, busy: 70, dayOfMonth: batchDay }),
        bytesIn: monthly(seed + 11, { quiet: 3_000, busy: 60e6, dayOfMonth: batchDay }),
        bytesOut: monthly(seed + 12, { quiet: 2_000, busy: 5e6, dayOfMonth: batchDay }),
      };
    default:
      return idle;
  }
}

function databaseLoads({ usage, seed, batchDay }: Measured): DatabaseLoads {
  const idle = { connections: steady(0), readIops: murmur(seed + 21, 0.05), writeIops: murmur(seed + 22, 0.4) };
  switch (usage) {
    case 'busy':
      return {
        connections: workdays(seed, 20 + (seed % 60)),
        readIops: workdays(seed + 21, 400),
        writeIops: workdays(seed + 22, 150),
      };
    case 'no-connections':
      return { ...idle, readIops: murmur(seed + 21, 25), writeIops: murmur(seed + 22, 40) };
    case 'held-connection':
      return { ...idle, connections: steady(1) };
    case 'spiky':
      return { ...idle, connections: spikes(seed, { quiet: 0, spike: 8 }) };
    case 'batch':
      return {
        connections: monthly(seed, { quiet: 0, busy: 12, dayOfMonth: batchDay }),
        readIops: monthly(seed + 21, { quiet: 0.05, busy: 900, dayOfMonth: batchDay }),
        writeIops: monthly(seed + 22, { quiet: 0.4, busy: 300, dayOfMonth: batchDay }),
      };
    default:
      return idle;
  }
}
