import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type {
  CpuDays,
  DailySeries,
  DatabaseFacts,
  DatabaseMemory,
  EvidenceKind,
  Facts,
  Flow,
  InstanceFacts,
  Traffic,
  VolumeFacts,
} from '../core/facts.ts';
import type { HourlySeries } from '../core/sizing/demand.ts';
import type { TimeRange } from '../ports.ts';
import { type MetricQuery, readSeries, type Series, sumOf } from './cloudwatch.ts';

/** One series that CloudWatch is asked for: the sum of some metrics, in a unit of ours. */
interface Wanted {
  readonly queries: readonly MetricQuery[];
  /** What a value is divided by. */
  readonly per: number;
}

/** A kind of evidence: the series that it takes, and what they make together. */
interface Metered {
  readonly wanted: readonly Wanted[];
  readonly assemble: (series: readonly Series[]) => unknown;
}

type Asking<T> = (facts: T, range: TimeRange) => Metered;

type Statistic = Pick<MetricQuery, 'statistic' | 'period' | 'from'>;

const DAILY_MAXIMUM: Statistic = { statistic: 'Maximum', period: 'day' };
const HOURLY_AVERAGE: Statistic = { statistic: 'Average', period: 'hour' };

const ofInstance = ({ identity }: InstanceFacts, names: readonly string[], how: Statistic): MetricQuery[] =>
  names.map((name) => ({
    namespace: 'AWS/EC2',
    name,
    dimensions: [{ Name: 'InstanceId', Value: identity.id }],
    ...how,
  }));

const ofDatabase = ({ metricNames }: DatabaseFacts, names: readonly string[], how: Statistic): MetricQuery[] =>
  metricNames.flatMap((Value) =>
    names.map((name) => ({
      namespace: 'AWS/RDS',
      name,
      dimensions: [{ Name: 'DBInstanceIdentifier', Value }],
      ...how,
    })),
  );

const ofVolume = ({ identity }: VolumeFacts, names: readonly string[], how: Statistic): MetricQuery[] =>
  names.map((name) => ({ namespace: 'AWS/EBS', name, dimensions: [{ Name: 'VolumeId', Value: identity.id }], ...how }));

const days = ({ from, values }: Series): DailySeries => ({ firstDay: from, values });
const hours = ({ from, values }: Series): HourlySeries => ({ firstHour: from, values });

const oneOf = (queries: readonly MetricQuery[], assemble: (series: Series) => unknown, per = 1): Metered => ({
  wanted: [{ queries, per }],
  assemble: ([series]) => series && assemble(series),
});

const pairOf = (
  [first, second]: readonly [readonly MetricQuery[], readonly MetricQuery[]],
  assemble: (first: Series, second: Series) => unknown,
): Metered => ({
  wanted: [
    { queries: first, per: 1 },
    { queries: second, per: 1 },
  ],
  assemble: ([one, other]) => one && other && assemble(one, other),
});

/** The metrics of a flow, and the seconds that a datapoint covers where it counts instead of giving a rate. */
interface FlowMetrics {
  readonly names: readonly string[];
  readonly seconds: number;
}

/** Network, bytes and operations of volumes: hourly average and daily maximum of each. */
function trafficOf(
  flows: Readonly<Record<keyof Traffic, FlowMetrics>>,
  queriesOf: (names: readonly string[], how: Statistic) => MetricQuery[],
): Metered {
  const kinds = ['network', 'storageBytes', 'storageOperations'] as const;
  const wanted = kinds.flatMap((kind) => {
    const { names, seconds } = flows[kind];
    return [HOURLY_AVERAGE, DAILY_MAXIMUM].map((how) => ({ queries: queriesOf(names, how), per: seconds }));
  });
  const assemble = (series: readonly Series[]) =>
    Object.fromEntries(
      kinds.map((kind, index) => {
        const [hourly, daily] = series.slice(2 * index);
        return [kind, hourly && daily && ({ hourly: hours(hourly), daily: days(daily) } satisfies Flow)];
      }),
    );
  return { wanted, assemble };
}

const cpuDays = (p99: Series, p999: Series): CpuDays => ({ p99: days(p99), 'p99.9': days(p999) });

/** The days reach back to the first sale, whose demand counts however long ago it was. */
const percentile = (statistic: 'p99' | 'p99.9', { salesFrom }: TimeRange): Statistic => ({
  statistic,
  period: 'day',
  ...(salesFrom ? { from: salesFrom } : {}),
});

/**
 * What is asked of CloudWatch for each kind of evidence, as sizing/demand.ts says. EC2 counts bytes and operations a
 * datapoint, RDS gives rates. EBS counts, too, by the minute: a volume whose instance reports by five minutes seems
 * five times as busy, which is never too little.
 */
const OF_INSTANCE = {
  peakCpuPercent: (facts) => oneOf(ofInstance(facts, ['CPUUtilization'], DAILY_MAXIMUM), days),
  networkBytes: (facts) =>
    oneOf(ofInstance(facts, ['NetworkIn', 'NetworkOut'], { statistic: 'Sum', period: 'day' }), days),
  cpuDays: (facts, range) =>
    pairOf(
      [
        ofInstance(facts, ['CPUUtilization'], percentile('p99', range)),
        ofInstance(facts, ['CPUUtilization'], percentile('p99.9', range)),
      ],
      cpuDays,
    ),
  cpuHours: (facts) => oneOf(ofInstance(facts, ['CPUUtilization'], HOURLY_AVERAGE), hours),
  creditHours: (facts) => oneOf(ofInstance(facts, ['CPUCreditBalance'], HOURLY_AVERAGE), hours),
  traffic: (facts) => {
    const seconds = facts.hardware.metricSeconds;
    return trafficOf(
      {
        network: { names: ['NetworkIn', 'NetworkOut'], seconds },
        storageBytes: { names: ['EBSReadBytes', 'EBSWriteBytes'], seconds },
        storageOperations: { names: ['EBSReadOps', 'EBSWriteOps'], seconds },
      },
      (names, how) => ofInstance(facts, names, how),
    );
  },
} as const satisfies Partial<Record<EvidenceKind, Asking<InstanceFacts>>>;

const memoryOf =
  <T>(asSeries: (series: Series) => T) =>
  (freeable: Series, swap: Series): DatabaseMemory<T> => ({ freeable: asSeries(freeable), swap: asSeries(swap) });

const OF_DATABASE = {
  peakConnections: (facts) => oneOf(ofDatabase(facts, ['DatabaseConnections'], DAILY_MAXIMUM), days),
  peakIops: (facts) => oneOf(ofDatabase(facts, ['ReadIOPS', 'WriteIOPS'], DAILY_MAXIMUM), days),
  peakCpuPercent: (facts) => oneOf(ofDatabase(facts, ['CPUUtilization'], DAILY_MAXIMUM), days),
  cpuDays: (facts, range) =>
    pairOf(
      [
        ofDatabase(facts, ['CPUUtilization'], percentile('p99', range)),
        ofDatabase(facts, ['CPUUtilization'], percentile('p99.9', range)),
      ],
      cpuDays,
    ),
  cpuHours: (facts) => oneOf(ofDatabase(facts, ['CPUUtilization'], HOURLY_AVERAGE), hours),
  creditHours: (facts) => oneOf(ofDatabase(facts, ['CPUCreditBalance'], HOURLY_AVERAGE), hours),
  memoryDays: (facts) =>
    pairOf(
      [
        ofDatabase(facts, ['FreeableMemory'], { statistic: 'Minimum', period: 'day' }),
        ofDatabase(facts, ['SwapUsage'], DAILY_MAXIMUM),
      ],
      memoryOf(days),
    ),
  memoryHours: (facts) =>
    pairOf(
      [
        ofDatabase(facts, ['FreeableMemory'], { statistic: 'Minimum', period: 'hour' }),
        ofDatabase(facts, ['SwapUsage'], { statistic: 'Maximum', period: 'hour' }),
      ],
      memoryOf(hours),
    ),
  traffic: (facts) =>
    trafficOf(
      {
        network: { names: ['NetworkReceiveThroughput', 'NetworkTransmitThroughput'], seconds: 1 },
        storageBytes: { names: ['ReadThroughput', 'WriteThroughput'], seconds: 1 },
        storageOperations: { names: ['ReadIOPS', 'WriteIOPS'], seconds: 1 },
      },
      (names, how) => ofDatabase(facts, names, how),
    ),
} as const satisfies Partial<Record<EvidenceKind, Asking<DatabaseFacts>>>;

const OF_VOLUME = {
  attachedDays: (facts) =>
    oneOf(ofVolume(facts, ['VolumeWriteOps'], { statistic: 'SampleCount', period: 'day' }), days),
  peakOperations: (facts) => oneOf(ofVolume(facts, ['VolumeReadOps', 'VolumeWriteOps'], DAILY_MAXIMUM), days, 60),
  peakBytes: (facts) => oneOf(ofVolume(facts, ['VolumeReadBytes', 'VolumeWriteBytes'], DAILY_MAXIMUM), days, 60),
} as const satisfies Partial<Record<EvidenceKind, Asking<VolumeFacts>>>;

type AnyAsking = Partial<Record<EvidenceKind, Asking<Facts>>>;

const ASKING = {
  instance: OF_INSTANCE as AnyAsking,
  database: OF_DATABASE as AnyAsking,
  volume: OF_VOLUME as AnyAsking,
  snapshot: {} as AnyAsking,
} as const;

/** Whether CloudWatch itself has evidence of this kind for the resource. */
export const isMetered = ({ type }: Facts, kind: EvidenceKind): boolean => kind in ASKING[type];

/** How many metrics evidence of this kind takes: CloudWatch charges for each that is asked for, the agent's, too. */
export function metricsIn(facts: Facts, kind: EvidenceKind): number {
  const asked = ASKING[facts.type][kind]?.(facts, { from: new Date(0), to: new Date(0) });
  if (asked) return asked.wanted.flatMap(({ queries }) => queries).length;
  return kind === 'memoryDays' || kind === 'memoryHours' ? 1 : 0;
}

/** Each of the kinds of evidence, in the order asked; all of them share the calls. */
export async function readMetered(
  client: CloudWatchClient,
  asked: readonly (readonly [EvidenceKind, Facts])[],
  range: TimeRange,
): Promise<Evidence<unknown>[]> {
  const metered = asked.map(([kind, facts]) => ASKING[facts.type][kind]?.(facts, range));
  const wanted = metered.flatMap((one) => one?.wanted ?? []);
  const queries = wanted.flatMap((one) => one.queries);
  const answers = (await readSeries(client, queries, range)).values();
  const next = () => answers.next().value ?? unknown('CloudWatch did not answer');
  return metered.map((one) =>
    one
      ? assembled(
          one.wanted.map((each) => divided(sumOf(each.queries.map(next)), each.per)),
          one,
        )
      : NOT_MEASURED,
  );
}

const NOT_MEASURED = unknown('CloudWatch does not measure it');

function assembled(series: readonly Evidence<Series>[], { assemble }: Metered): Evidence<unknown> {
  const unread = series.find((one) => !one.known);
  return unread ?? known(assemble(series.flatMap((one) => (one.known ? [one.value] : []))));
}

function divided(series: Evidence<Series>, per: number): Evidence<Series> {
  if (!series.known || per === 1) return series;
  return known({ ...series.value, values: series.value.values.map((value) => value && value / per) });
}
