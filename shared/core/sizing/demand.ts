import { type Evidence, unknown } from '../evidence.ts';
import type { DailySeries } from '../facts.ts';
import type { ConnectionDemand } from './connections.ts';
import type { LookingBack } from './look-back.ts';

/**
 * What a machine asked for, in statistics that CloudWatch computes itself. Sizing sees nothing else: what it decides by is
 * what a daily run over a thousand instances can afford. GetMetricData charges for each statistic asked, not for its
 * points, and gives 100,800 points a call:
 *
 *   | statistic                       | period | points in 28 days | in one call |
 *   | p99, p99.5, p99.9, Maximum      | 86400  |                28 | 500 (the limit of queries) |
 *   | Average, Maximum                | 3600   |               672 | 150 |
 *   | (every 5-minute sample)         | 300    |             8,064 | 12: never asked for |
 *
 * A percentile of the whole window is not asked for: CloudWatch documents no period longer than a day. It is not needed
 * either, as days are compared with days, and a percentile over hours follows from the hourly series.
 */
export type DailyStatistic = 'p99' | 'p99.5' | 'p99.9' | 'Maximum';
export type HourlyStatistic = 'Average' | 'Maximum';

/** One statistic an hour: `values[n]` belongs to the hour `n` hours after `firstHour`; `undefined` is no datapoint. */
export interface HourlySeries {
  /** A full hour in UTC. */
  readonly firstHour: Date;
  readonly values: readonly (number | undefined)[];
}

export interface MetricDemand {
  readonly daily: Readonly<Record<DailyStatistic, Evidence<DailySeries>>>;
  readonly hourly: Readonly<Record<HourlyStatistic, Evidence<HourlySeries>>>;
}

/**
 * Everything is said of the machine as it is. What each metric is asked as, and which of its statistics sizing reads:
 *
 *   | demand                    | EC2                                    | RDS                                   | reads |
 *   | cpuPercent                | CPUUtilization                         | CPUUtilization                        | daily p99.9 and p99, hourly Average |
 *   | memoryPercent             | CWAgent mem_used_percent               | FreeableMemory, taken from the whole  | hourly Maximum |
 *   | swapPercent               |                                        | SwapUsage                             | hourly Maximum |
 *   | networkBytesPerSecond     | NetworkIn + NetworkOut                 | NetworkReceive- + TransmitThroughput  | hourly Average, daily Maximum |
 *   | storageBytesPerSecond     | EBSReadBytes + EBSWriteBytes           | ReadThroughput + WriteThroughput      | hourly Average, daily Maximum |
 *   | storageOperationsPerSecond| EBSReadOps + EBSWriteOps               | ReadIOPS + WriteIOPS                  | hourly Average, daily Maximum |
 *   | creditBalance             | CPUCreditBalance                       | CPUCreditBalance                      | hourly Average |
 *   | connections               |                                        | DatabaseConnections                   | daily Maximum |
 *
 * - Memory that is used is the whole less what is free: its Maximum is the Minimum of FreeableMemory.
 * - EC2 counts bytes and operations a period: divide by 300 s, or by 60 s under detailed monitoring.
 * - Basic monitoring averages over 5 minutes: shorter peaks are not in any of these figures.
 */
export interface DemandSummary extends LookingBack {
  readonly cpuPercent: MetricDemand;
  readonly memoryPercent: MetricDemand;
  /** Absent where there is no such metric, as on EC2. */
  readonly swapPercent?: MetricDemand;
  readonly networkBytesPerSecond: MetricDemand;
  readonly storageBytesPerSecond: MetricDemand;
  readonly storageOperationsPerSecond: MetricDemand;
  /** CPU credits; absent where the type is not burstable. */
  readonly creditBalance?: MetricDemand;
  /** Of a database only. */
  readonly connections?: ConnectionDemand;
}

/** A metric of which nothing is known, for one reason. */
export function unknownDemand(why: string): MetricDemand {
  const nothing = unknown(why);
  return {
    daily: { p99: nothing, 'p99.5': nothing, 'p99.9': nothing, Maximum: nothing },
    hourly: { Average: nothing, Maximum: nothing },
  };
}
