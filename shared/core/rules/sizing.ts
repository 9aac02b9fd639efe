import type { JudgedAt } from '../calendar/on-hours.ts';
import { type Evidence, known, unknown } from '../evidence.ts';
import type {
  DailySeries,
  DatabaseFacts,
  DatabaseMemory,
  EvidenceKind,
  Flow,
  InstanceFacts,
  Traffic,
} from '../facts.ts';
import { HOURS_PER_MONTH, type Saving, times } from '../money.ts';
import { saleDaysOf } from '../sales.ts';
import type { SizingPolicy } from '../sizing/compatible.ts';
import { connectionLimit } from '../sizing/connections.ts';
import { type DemandSummary, type HourlySeries, type MetricDemand, unknownDemand } from '../sizing/demand.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { LOOK_BACK_DAYS } from '../sizing/look-back.ts';
import { DAY_MS, daysBefore, utcMidnight } from '../time.ts';
import type { JudgeContext } from './exempt.ts';
import { differenceOf } from './saving.ts';

/** What sizing is about: an instance, or a database of one instance. */
export type Machine = InstanceFacts | DatabaseFacts;

/** The pieces of a demand, in the order in which they are read: what spares the most reading comes first. */
export type Piece = Extract<
  EvidenceKind,
  'cpuDays' | 'cpuHours' | 'memoryHours' | 'creditHours' | 'peakConnections' | 'traffic'
>;

/** The type that the machine runs on now, out of those that are offered. */
export function presentType(machine: Machine): Evidence<InstanceTypeFacts> {
  const name = typeNameOf(machine);
  const { offered } = machine.evidence;
  if (!offered?.known) return unknown(`what AWS offers is unknown: ${offered?.why ?? 'not read'}`);
  const present = offered.value.find((type) => type.name === name);
  return present ? known(present) : unknown(`AWS does not describe the type ${name} where it is`);
}

export const typeNameOf = (machine: Machine): string =>
  machine.type === 'instance' ? machine.instanceType : (machine.classes[0] ?? 'unknown');

export function sizingPolicy(machine: Machine, { policy, now }: JudgeContext): SizingPolicy {
  const { instanceTypes, databaseClasses, architecture, burstable } = policy.sizing;
  const types = machine.type === 'instance' ? instanceTypes : databaseClasses;
  return { types, architecture, burstable, saleDays: saleDaysOf(policy, now) };
}

/** What stands in for a piece that nobody has read yet. */
export type Unread = (piece: Piece, nothing: Nothing) => Evidence<unknown>;

/** A machine that asked for nothing, and has credits to spare. */
interface Nothing {
  readonly hours: HourlySeries;
  readonly manyHours: HourlySeries;
  readonly days: DailySeries;
}

/** The least that the machine can have asked for: more reading only adds to it, and more demand never makes it smaller. */
export const atLeast: Unread = (piece, { hours, manyHours, days }) => {
  const flow: Flow = { hourly: hours, daily: days };
  const nothing: Readonly<Record<Piece, unknown>> = {
    cpuDays: { p99: days, 'p99.9': days },
    cpuHours: hours,
    memoryHours: hours,
    creditHours: manyHours,
    peakConnections: days,
    traffic: { network: flow, storageBytes: flow, storageOperations: flow } satisfies Traffic,
  };
  return known(nothing[piece]);
};

/** Nothing is assumed of what was not read. */
export const asUnknown: Unread = () => unknown('not read');

/** What was read of the machine, put together for sizing. */
export function demandOf(
  machine: Machine,
  present: InstanceTypeFacts,
  { now, onHours, unread }: JudgedAt & { readonly unread: Unread },
): DemandSummary {
  const until = utcMidnight(now);
  const nothing = nothingUntil(until);
  const read = <T>(piece: Piece, evidence: Evidence<T> | undefined): Evidence<T> =>
    evidence ?? (unread(piece, nothing) as Evidence<T>);
  const { cpuDays, cpuHours, creditHours, traffic } = machine.evidence;
  const days = read('cpuDays', cpuDays);
  const flows = read('traffic', traffic);
  return {
    until,
    onHours,
    cpuPercent: {
      daily: {
        ...unknownDemand('not read').daily,
        p99: of(days, (value) => value.p99),
        'p99.9': of(days, (value) => value['p99.9']),
      },
      hourly: { ...unknownDemand('not read').hourly, Average: read('cpuHours', cpuHours) },
    },
    ...memoryOf(machine, present, (evidence) => read('memoryHours', evidence)),
    networkBytesPerSecond: flowOf(flows, 'network'),
    storageBytesPerSecond: flowOf(flows, 'storageBytes'),
    storageOperationsPerSecond: flowOf(flows, 'storageOperations'),
    ...(present.burstable ? { creditBalance: averaged(read('creditHours', creditHours)) } : {}),
    ...connectionsOf(machine, (evidence) => read('peakConnections', evidence)),
  };
}

function connectionsOf(
  machine: Machine,
  read: (evidence: Evidence<DailySeries> | undefined) => Evidence<DailySeries>,
): Pick<DemandSummary, 'connections'> {
  if (machine.type === 'instance') return {};
  const limit = connectionLimit(machine.engine, machine.engineVersion);
  return { connections: { peak: read(machine.evidence.peakConnections), limit } };
}

const HOURS_A_DAY = 24;

function nothingUntil(until: Date): Nothing {
  const firstDay = daysBefore(LOOK_BACK_DAYS, until);
  const hours = (value: number) => new Array<number>(LOOK_BACK_DAYS * HOURS_A_DAY).fill(value);
  return {
    hours: { firstHour: firstDay, values: hours(0) },
    manyHours: { firstHour: firstDay, values: hours(Number.MAX_SAFE_INTEGER) },
    days: { firstDay, values: new Array<number>(LOOK_BACK_DAYS).fill(0) },
  };
}

const of = <T, U>(evidence: Evidence<T>, part: (value: T) => U): Evidence<U> =>
  evidence.known ? known(part(evidence.value)) : evidence;

const NOT_READ = unknownDemand('not read');

const averaged = (Average: Evidence<HourlySeries>): MetricDemand => ({
  ...NOT_READ,
  hourly: { ...NOT_READ.hourly, Average },
});
const peaking = (Maximum: Evidence<HourlySeries>): MetricDemand => ({
  ...NOT_READ,
  hourly: { ...NOT_READ.hourly, Maximum },
});

function flowOf(traffic: Evidence<Traffic>, kind: keyof Traffic): MetricDemand {
  return {
    daily: { ...NOT_READ.daily, Maximum: of(traffic, (value) => value[kind].daily) },
    hourly: { ...NOT_READ.hourly, Average: of(traffic, (value) => value[kind].hourly) },
  };
}

type Memory = Pick<DemandSummary, 'memoryPercent' | 'swapPercent'>;

function memoryOf(
  machine: Machine,
  { memoryMib }: InstanceTypeFacts,
  read: <T>(evidence: Evidence<T> | undefined) => Evidence<T>,
): Memory {
  if (machine.type === 'instance') return { memoryPercent: peaking(read(machine.evidence.memoryHours)) };
  const { memoryHours } = machine.evidence;
  if (!memoryHours) {
    const nothing = read<HourlySeries>(undefined);
    return { memoryPercent: peaking(nothing), swapPercent: peaking(nothing) };
  }
  const used = of(memoryHours, ({ freeable, swap }) => memoryPercents({ freeable, swap }, memoryMib));
  return {
    memoryPercent: peaking(of(used, ({ usedPercent }) => usedPercent)),
    swapPercent: peaking(of(used, ({ swapPercent }) => swapPercent)),
  };
}

const MIB = 1024 ** 2;

/** What is not free is in use. */
export function memoryPercents<Series extends { readonly values: readonly (number | undefined)[] }>(
  { freeable, swap }: DatabaseMemory<Series>,
  memoryMib: number,
): { readonly usedPercent: Series; readonly swapPercent: Series } {
  const percent = (bytes: number) => (100 * bytes) / (memoryMib * MIB);
  const mapped = (series: Series, to: (value: number) => number): Series => ({
    ...series,
    values: Array.from(series.values, (value) => (value === undefined ? undefined : to(value))),
  });
  return { usedPercent: mapped(freeable, (bytes) => 100 - percent(bytes)), swapPercent: mapped(swap, percent) };
}

/** What a month on one type costs less than on the other. */
export const resizeSaving = (from: InstanceTypeFacts, to: InstanceTypeFacts): Evidence<Saving> =>
  differenceOf(
    of(from.hourlyPrice, (price) => times(HOURS_PER_MONTH, price)),
    of(to.hourlyPrice, (price) => times(HOURS_PER_MONTH, price)),
  );

/** So many days of metrics are the least that a size is judged by. */
export const LEAST_DAYS = 14;

/** So many whole days before `now`, oldest first. */
export function lastDaysOf({ firstDay, values }: DailySeries, count: number, now: Date): (number | undefined)[] {
  const end = Math.round((utcMidnight(now).getTime() - firstDay.getTime()) / DAY_MS);
  return Array.from({ length: count }, (_, day) => values[end - count + day]);
}
