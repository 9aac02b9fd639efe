import type { Action, VolumeSpec } from './action.ts';
import { type OnHours, presences } from './calendar/on-hours.ts';
import { type Evidence, known, unknown } from './evidence.ts';
import type { DailySeries, DatabaseFacts, Facts, InstanceFacts, VolumeFacts } from './facts.ts';
import type { Policy } from './policy.ts';
import { parseBytes } from './quantity.ts';
import { includedInGp3 } from './rules/database-volume-type.ts';
import { memoryPercents } from './rules/sizing.ts';
import { speedOf } from './sizing/capacity.ts';
import { FULL_PERCENT } from './sizing/cpu-need.ts';
import type { HourlySeries } from './sizing/demand.ts';
import { type Bandwidth, type InstanceTypeFacts, sustainedVcpus } from './sizing/instance-type.ts';
import { onDay } from './sizing/look-back.ts';
import { FULL_MEMORY_PERCENT } from './sizing/memory-need.ts';
import { mean } from './sizing/statistics.ts';
import { DAY_MS } from './time.ts';

/** The day on which a decision would have turned out wrong, and by what. */
export interface Break {
  /** UTC date. */
  readonly day: string;
  readonly because: string;
}

/** A demand of one day that the decision must not have met; undefined where there is no data. */
interface Limit {
  readonly what: string;
  readonly of: (day: Date) => number | undefined;
  /** What it may be at most. */
  readonly most: number;
}

interface After {
  readonly policy: Policy;
  /** The days that followed the decision, half-open. */
  readonly from: Date;
  readonly to: Date;
  /** When its schedule was on, if it is under one: days off need no data. */
  readonly onHours?: OnHours | undefined;
}

/**
 * The first day after a decision on which somebody used what was to be idle, or filled the proposed size so far that the
 * watch would take it back.
 * Undefined when there is none; unknown when there is none, but not every day is known.
 */
export function firstBreak(facts: Facts, action: Action, after: After): Evidence<Break | undefined> {
  const { policy, from, to, onHours } = after;
  const limits = limitsOf(facts, action, policy);
  let unmeasured = 0;
  const days = Math.max(0, Math.round((to.getTime() - from.getTime()) / DAY_MS));
  for (const [index, presence] of presences(onHours, { first: from, ms: DAY_MS, count: days }).entries()) {
    const day = new Date(from.getTime() + index * DAY_MS);
    const values = limits.map((limit) => ({ ...limit, value: limit.of(day) }));
    const over = values.find(({ value, most }) => value !== undefined && value > most);
    if (over)
      return known({
        day: day.toISOString().slice(0, 10),
        because: `${over.what} ${round(over.value ?? 0)}, more than ${round(over.most)}`,
      });
    if (presence === 'on' && values.some(({ value }) => value === undefined)) unmeasured += 1;
  }
  return unmeasured > 0 ? unknown(`no data for ${unmeasured} of ${days} days after it`) : known(undefined);
}

function limitsOf(facts: Facts, action: Action, policy: Policy): Limit[] {
  if (facts.type === 'instance' && action.kind === 'stop-instance') return usedInstance(facts, policy);
  if (facts.type === 'database' && action.kind === 'stop-database') return usedDatabase(facts, policy);
  if (facts.type === 'volume' && action.kind === 'snapshot-and-delete-volume') return attached(facts);
  if (facts.type === 'volume' && action.kind === 'change-volume-type') return beyondVolume(facts, action.to);
  if (facts.type === 'database' && action.kind === 'change-database-storage') return beyondGp3(facts);
  if (
    (facts.type === 'instance' && action.kind === 'resize-instance') ||
    (facts.type === 'database' && action.kind === 'resize-database')
  )
    return beyondType(facts, action);
  return [];
}

const at = (series: Evidence<DailySeries> | undefined) => (day: Date) =>
  series?.known ? onDay(series.value, day) : undefined;

/** An idle day is one below the limit, at which it was used; so is memory full at its limit. */
const BELOW = 1e-9;

function usedInstance({ evidence }: InstanceFacts, { rules }: Policy): Limit[] {
  const { cpuPercent, networkBytesPerDay } = rules['idle-instance'];
  return [
    { what: 'CPU %', of: at(evidence.peakCpuPercent), most: cpuPercent - BELOW },
    { what: 'network bytes', of: at(evidence.networkBytes), most: parseBytes(networkBytesPerDay) },
  ];
}

function usedDatabase({ evidence }: DatabaseFacts, { rules }: Policy): Limit[] {
  const { monitoringConnections, iops } = rules['idle-database'];
  return [
    { what: 'connections', of: at(evidence.peakConnections), most: monitoringConnections },
    { what: 'IOPS', of: at(evidence.peakIops), most: iops },
  ];
}

/** EBS measures a volume only while it is attached: a day without data is a day without use. */
const attached = ({ evidence: { attachedDays } }: VolumeFacts): Limit[] => [
  {
    what: 'datapoints of an attached volume:',
    of: (day) => (attachedDays?.known ? (onDay(attachedDays.value, day) ?? 0) : undefined),
    most: 0,
  },
];

const MIB = 1024 ** 2;

/** Of gp2 nothing is read: gp3 gives what gp2 gave. */
function beyondVolume({ evidence: { peakOperations, peakBytes } }: VolumeFacts, to: VolumeSpec): Limit[] {
  return [
    ...(peakOperations && to.iops ? [{ what: 'IOPS', of: at(peakOperations), most: to.iops }] : []),
    ...(peakBytes && to.throughputMiBs
      ? [{ what: 'bytes a second', of: at(peakBytes), most: to.throughputMiBs * MIB }]
      : []),
  ];
}

function beyondGp3(database: DatabaseFacts): Limit[] {
  const { iops, throughputMiBs } = includedInGp3(database);
  const { traffic } = database.evidence;
  if (!traffic?.known) return [];
  const { storageOperations, storageBytes } = traffic.value;
  return [
    { what: 'IOPS', of: at(known(storageOperations.daily)), most: iops },
    { what: 'bytes a second', of: at(known(storageBytes.daily)), most: throughputMiBs * MIB },
  ];
}

function beyondType(
  machine: InstanceFacts | DatabaseFacts,
  { from, to }: { readonly from: string; readonly to: string },
): Limit[] {
  const { offered, cpuDays, cpuHours } = machine.evidence;
  const named = (name: string) => (offered?.known ? offered.value.find((type) => type.name === name) : undefined);
  const [present, next] = [named(from), named(to)];
  if (!present || !next) return [];
  const speed = speedOf(next, present);
  const vcpus = (percent: number | undefined) => percent && (percent / 100) * present.vcpus;
  const peak = at(cpuDays?.known ? known(cpuDays.value['p99.9']) : undefined);
  return [
    { what: 'vCPUs (p99.9)', of: (day) => vcpus(peak(day)), most: (FULL_PERCENT / 100) * next.vcpus * speed },
    ...(next.burstable
      ? [
          {
            what: 'vCPUs over a day',
            of: (day: Date) => vcpus(averageOn(day, cpuHours)),
            most: sustainedVcpus(next) * speed,
          },
        ]
      : []),
    ...beyondMemory(machine, { present, next }),
    ...beyondTraffic(machine, next),
  ];
}

interface Types {
  readonly present: InstanceTypeFacts;
  readonly next: InstanceTypeFacts;
}

function beyondMemory(machine: InstanceFacts | DatabaseFacts, { present, next }: Types): Limit[] {
  const used = memoryUsed(machine, present);
  if (!used) return [];
  const mib = (day: Date) => {
    const percents = hoursOn(day, used);
    return percents.length > 0 ? (Math.max(...percents) / 100) * present.memoryMib : undefined;
  };
  return [{ what: 'MiB of memory', of: mib, most: (FULL_MEMORY_PERCENT / 100) * next.memoryMib - BELOW }];
}

function memoryUsed(
  machine: InstanceFacts | DatabaseFacts,
  { memoryMib }: InstanceTypeFacts,
): HourlySeries | undefined {
  if (machine.type === 'instance') {
    const { memoryHours } = machine.evidence;
    return memoryHours?.known ? memoryHours.value : undefined;
  }
  const { memoryHours } = machine.evidence;
  return memoryHours?.known ? memoryPercents(memoryHours.value, memoryMib).usedPercent : undefined;
}

function beyondTraffic({ evidence: { traffic } }: InstanceFacts | DatabaseFacts, next: InstanceTypeFacts): Limit[] {
  if (!traffic?.known) return [];
  const { network, storageBytes, storageOperations } = traffic.value;
  const limit = (what: string, series: DailySeries, has: Bandwidth | undefined): Limit[] =>
    has ? [{ what, of: at(known(series)), most: has.burst }] : [];
  return [
    ...limit('network bytes a second', network.daily, next.networkBytes),
    ...limit('volume bytes a second', storageBytes.daily, next.storageBytes),
    ...limit('volume operations a second', storageOperations.daily, next.storageOperations),
  ];
}

function averageOn(day: Date, hours: Evidence<HourlySeries> | undefined): number | undefined {
  const values = hours?.known ? hoursOn(day, hours.value) : [];
  return values.length > 0 ? mean(values) : undefined;
}

function hoursOn(day: Date, { firstHour, values }: HourlySeries): number[] {
  const first = Math.round((day.getTime() - firstHour.getTime()) / (DAY_MS / 24));
  return values.slice(Math.max(0, first), Math.max(0, first + 24)).filter((value) => value !== undefined);
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
