import { type Evidence, known } from '../../../shared/core/evidence.ts';
import type { DailySeries } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import type { Machine, SizingPolicy } from '../../../shared/core/sizing/compatible.ts';
import type { DemandSummary, HourlySeries, MetricDemand } from '../../../shared/core/sizing/demand.ts';
import type { InstanceTypeFacts } from '../../../shared/core/sizing/instance-type.ts';
import type { SizingQuestion } from '../../../shared/core/sizing/size.ts';
import { DAY_MS, daysBefore } from '../../../shared/core/time.ts';

export const UNTIL = new Date('2026-11-22T00:00:00Z');
export const DAYS = 28;
export const HOURS = DAYS * 24;

/** One value for each day up to `UNTIL`, oldest first. */
export const days = (values: readonly (number | undefined)[]): Evidence<DailySeries> =>
  known({ firstDay: daysBefore(values.length, UNTIL), values });

/** One value for each hour up to `UNTIL`, oldest first. */
export const hours = (values: readonly (number | undefined)[]): Evidence<HourlySeries> =>
  known({ firstHour: new Date(UNTIL.getTime() - (values.length * DAY_MS) / 24), values });

export const flat = (length: number, value: number): number[] => new Array<number>(length).fill(value);

/** `flat`, with other values at the end: the most recent ones. */
export const ending = (length: number, value: number, last: readonly (number | undefined)[]) => [
  ...flat(length - last.length, value),
  ...last,
];

/** A metric that is always the same. */
export const always = (value: number): MetricDemand => ({
  daily: {
    p99: days(flat(DAYS, value)),
    'p99.5': days(flat(DAYS, value)),
    'p99.9': days(flat(DAYS, value)),
    Maximum: days(flat(DAYS, value)),
  },
  hourly: { Average: hours(flat(HOURS, value)), Maximum: hours(flat(HOURS, value)) },
});

/** A metric with other values in some of its statistics. */
export const but = (
  metric: MetricDemand,
  { daily, hourly }: { daily?: Partial<MetricDemand['daily']>; hourly?: Partial<MetricDemand['hourly']> },
): MetricDemand => ({ daily: { ...metric.daily, ...daily }, hourly: { ...metric.hourly, ...hourly } });

/** 10 % CPU and 10 % memory at all times, and next to no traffic. */
export const demand: DemandSummary = {
  until: UNTIL,
  cpuPercent: always(10),
  memoryPercent: always(10),
  networkBytesPerSecond: always(1e6),
  storageBytesPerSecond: always(1e6),
  storageOperationsPerSecond: always(100),
};

const general = {
  architectures: ['x86_64'],
  virtualizationTypes: ['hvm'],
  currentGeneration: true,
  clockGhz: 3.1,
  burstable: false,
  ena: 'required',
  nvme: 'required',
  localDiskGb: 0,
  networkInterfaces: 3,
  networkBytes: { baseline: 90e6, burst: 1.25e9 },
  storageBytes: { baseline: 80e6, burst: 590e6 },
  storageOperations: { baseline: 3600, burst: 18_750 },
} as const satisfies Partial<InstanceTypeFacts>;

const typeOf = (name: string, vcpus: number, hourly: number): InstanceTypeFacts => ({
  ...general,
  name,
  vcpus,
  memoryMib: vcpus * 4096,
  hourlyPrice: known(money('USD', hourly)),
});

export const large = typeOf('m5.large', 2, 0.1);
export const xlarge = typeOf('m5.xlarge', 4, 0.2);
export const x2large = typeOf('m5.2xlarge', 8, 0.4);
export const x4large = typeOf('m5.4xlarge', 16, 0.8);
export const burstable: InstanceTypeFacts = { ...typeOf('t3.large', 2, 0.08), burstable: true, memoryMib: 8192 };

export const OFFERED = [x4large, large, x2large, xlarge];

export const machine: Machine = {
  type: x2large,
  virtualizationType: 'hvm',
  enaSupport: true,
  nvmeSupport: true,
  networkInterfaces: 1,
};

export const policy: SizingPolicy = { types: ['*'], architecture: 'same', burstable: 'allowed', saleDays: [] };

/** Eight vCPUs of which fewer than one is used: two are enough. */
export const question: SizingQuestion = { machine, demand, policy };
