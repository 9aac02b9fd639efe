import type {
  CpuDays,
  DailySeries,
  DatabaseFacts,
  DatabaseMemory,
  EvidenceKind,
  Facts,
  Flow,
  Traffic,
} from './facts.ts';
import { type Cause, isRule } from './policy.ts';
import { memoryPercents, presentType } from './rules/sizing.ts';
import { RULES } from './rules.ts';
import type { HourlySeries } from './sizing/demand.ts';
import { chart, type Drawing } from './sparkline.ts';
import { DAY_MS } from './time.ts';

/** Rows of bars, each under what it shows with its scale: `{'CPU p99.9 by day, 0..100 %': '▁▁▂█'}`. */
export type Charts = Readonly<Record<string, string>>;

type Series = DailySeries | HourlySeries;

/** A drawing before it is cut to the time that it is of. */
type Sketch = Omit<Drawing, 'by' | 'values'> & { readonly series: Series; readonly per?: number };

const MB = 1e6;
const MIB = 1024 ** 2;

/** What is drawn of each kind of evidence, if it has any data; the first of them tells most. */
const OF_KIND: Partial<Record<EvidenceKind, (value: never, facts: Facts) => Sketch[]>> = {
  peakConnections: (series: DailySeries) => [{ what: 'connections (maximum)', unit: '', series }],
  peakIops: (series: DailySeries) => [{ what: 'IOPS (maximum)', unit: '', series }],
  peakCpuPercent: (series: DailySeries) => [{ what: 'CPU (maximum)', unit: '%', series }],
  networkBytes: (series: DailySeries) => [{ what: 'network', unit: 'MB', series, per: MB }],
  cpuDays: (days: CpuDays) => [
    { what: 'CPU p99.9', unit: '%', series: days['p99.9'] },
    { what: 'CPU p99', unit: '%', series: days.p99 },
  ],
  cpuHours: (series: HourlySeries) => [{ what: 'CPU (average)', unit: '%', series }],
  memoryDays: memorySketches,
  memoryHours: memorySketches,
  creditHours: (series: HourlySeries) => [{ what: 'CPU credits', unit: '', series }],
  traffic: ({ storageOperations, storageBytes, network }: Traffic) => [
    ...flowSketches(storageOperations, { what: 'volume operations', unit: 'a second' }),
    ...flowSketches(storageBytes, { what: 'volume throughput', unit: 'MiB/s', per: MIB }),
    ...flowSketches(network, { what: 'network', unit: 'MB/s', per: MB }),
  ],
  attachedDays: (series: DailySeries) => [{ what: 'datapoints', unit: '', series }],
  peakOperations: (series: DailySeries) => [{ what: 'IOPS (maximum)', unit: '', series }],
  peakBytes: (series: DailySeries) => [{ what: 'throughput (maximum)', unit: 'MiB/s', series, per: MIB }],
};

const flowSketches = ({ daily, hourly }: Flow, { what, ...scale }: Omit<Sketch, 'series'>): Sketch[] => [
  { ...scale, what: `${what} (maximum)`, series: daily },
  { ...scale, what: `${what} (average)`, series: hourly },
];

/** RDS says how many bytes are free: how much that is, says the class. */
function memorySketches(memory: Series | DatabaseMemory<Series>, facts: Facts): Sketch[] {
  if ('values' in memory) return [{ what: 'memory (maximum)', unit: '%', series: memory }];
  const present = presentType(facts as DatabaseFacts);
  if (!present.known) return [];
  const { usedPercent, swapPercent } = memoryPercents(memory, present.value.memoryMib);
  return [
    { what: 'memory (maximum)', unit: '%', series: usedPercent },
    { what: 'swap, of the memory (maximum)', unit: '%', series: swapPercent },
  ];
}

/** What the rule's verdict rests on, as of `now`: the most telling series of each of its kinds of evidence. */
export const chartsFor = (rule: Cause, facts: Facts, now: Date): Charts =>
  Object.fromEntries((isRule(rule) ? RULES[rule].shows : []).flatMap((kind) => drawn(kind, facts, now).slice(0, 1)));

/** Every series that was read. */
export const chartsOf = (facts: Facts, now: Date): Charts =>
  Object.fromEntries(Object.keys(facts.evidence).flatMap((kind) => drawn(kind as EvidenceKind, facts, now)));

function drawn(kind: EvidenceKind, facts: Facts, now: Date): (readonly [string, string])[] {
  const evidence = facts.evidence as Partial<Record<EvidenceKind, { known: true; value: unknown } | { known: false }>>;
  const read = evidence[kind];
  const sketch = OF_KIND[kind] as ((value: unknown, facts: Facts) => Sketch[]) | undefined;
  if (!read?.known || !sketch) return [];
  return sketch(read.value, facts)
    .filter(({ series }) => series.values.some((value) => value !== undefined))
    .map(({ series, per = 1, what, unit }) => {
      const [by, first] =
        'firstDay' in series ? (['day', series.firstDay] as const) : (['hour', series.firstHour] as const);
      const values = valuesUntil(now, { first, periodMs: by === 'day' ? DAY_MS : DAY_MS / 24, values: series.values });
      return chart({ what, unit, by, values: values.map((value) => value && value / per) });
    });
}

interface Timed {
  readonly first: Date;
  readonly periodMs: number;
  readonly values: Series['values'];
}

/** Up to the period that is running, if that has a value; gaps at the end are gaps, too. */
function valuesUntil(now: Date, { first, periodMs, values }: Timed): (number | undefined)[] {
  const over = Math.floor((now.getTime() - first.getTime()) / periodMs);
  return Array.from({ length: values[over] === undefined ? over : over + 1 }, (_, index) => values[index]);
}
