import { type JudgedAt, onSome, presences } from '../calendar/on-hours.ts';
import type { Evidence } from '../evidence.ts';
import type { DailySeries } from '../facts.ts';
import { DAY_MS, daysBefore, utcMidnight } from '../time.ts';
import { onDay } from './look-back.ts';

/** The demand of each day that says whether anybody uses the machine. */
export interface DailyUse {
  /** Maximum CPUUtilization, in percent. */
  readonly peakCpuPercent: Evidence<DailySeries>;
  /** NetworkIn plus NetworkOut, in bytes. */
  readonly networkBytes: Evidence<DailySeries>;
}

export interface IdleLimits {
  readonly windowDays: number;
  /** An idle day's highest CPU is below. */
  readonly cpuPercent: number;
  /** An idle day's traffic is at most. */
  readonly networkBytes: number;
}

export type Idleness =
  | {
      readonly idle: true;
      readonly because: string;
      /** What keeps it from being beyond doubt: days without data, or the one day that was not as idle as the others. */
      readonly doubt?: string;
    }
  | { readonly idle: false; readonly because: string; readonly unknown?: true };

/** Of the window's days so many may be unknown, which leaves a doubt: CloudWatch, too, has bad days. */
const UNKNOWN_SHARE = 0.1;

/** One day of the window may be a stir: a patch or a scan, up to so many times the limits. A job goes beyond. */
const STIRS = 1;
const STIR_CPU = 4;
const STIR_NETWORK = 20;

/**
 * Whether nobody used a machine in the whole window: on every known day, but for one stir, its CPU stayed below the limit
 * and its network at or below it. The day that is still running counts as far as it is known. Days that its schedule had off
 * from beginning to end need no data, and are no days on which nobody used it.
 */
export function judgeIdleness(use: DailyUse, limits: IdleLimits, { now, onHours }: JudgedAt): Idleness {
  const { peakCpuPercent, networkBytes } = use;
  if (!peakCpuPercent.known) return notKnown(`CPU unknown: ${peakCpuPercent.why}`);
  if (!networkBytes.known) return notKnown(`network unknown: ${networkBytes.why}`);
  const dayAt = (day: Date): Day => ({
    cpu: onDay(peakCpuPercent.value, day),
    network: onDay(networkBytes.value, day),
  });
  const today = utcMidnight(now);
  const first = daysBefore(limits.windowDays, today);
  const wanted = presences(onHours, { first, ms: DAY_MS, count: limits.windowDays });
  const past = wanted.map((_, index) => dayAt(new Date(first.getTime() + index * DAY_MS)));
  const expected = past.filter((_, index) => wanted[index] === 'on');
  if (expected.length === 0) return notKnown(`its schedule was off on all of the ${limits.windowDays} days`);
  const running = now > today ? [dayAt(today)] : []; // at midnight itself no day is running
  const missing = expected.filter(({ cpu, network }) => cpu === undefined || network === undefined);
  if (missing.length > expected.length * UNKNOWN_SHARE) {
    return notKnown(`${lackedBy(missing)} incomplete: no data for ${missing.length} of ${expected.length} days`);
  }
  return judgeDays([...running, ...past], {
    missing: missing.length,
    days: expected.length,
    period: `${limits.windowDays}${onSome(onHours, expected.length)}`,
    limits,
  });
}

interface Day {
  readonly cpu: number | undefined;
  readonly network: number | undefined;
}

interface Judged {
  readonly missing: number;
  /** Of how many days there should be data. */
  readonly days: number;
  /** The window in words. */
  readonly period: string;
  readonly limits: IdleLimits;
}

function judgeDays(all: readonly Day[], { missing, days, period, limits }: Judged): Idleness {
  const busy = all.filter((day) => exceeds(day, limits));
  const stirLimits = {
    ...limits,
    cpuPercent: limits.cpuPercent * STIR_CPU,
    networkBytes: limits.networkBytes * STIR_NETWORK,
  };
  if (busy.length > STIRS || busy.some((day) => exceeds(day, stirLimits))) return inUse(busy, limits);
  const quiet = mostOf(all.filter((day) => !busy.includes(day)));
  const doubts = [
    ...(missing > 0 ? [`there is no data for ${missing} of ${days} days`] : []),
    ...(busy.length > 0 ? [`one day reached ${inWords(mostOf(busy))}`] : []),
  ];
  if (doubts.length === 0) return { idle: true, because: `${quietly(quiet)} on any day of ${period}` };
  return { idle: true, because: `${quietly(quiet)} on any other day of ${period}`, doubt: doubts.join('; ') };
}

const quietly = ({ cpu, network }: Most): string =>
  `CPU at most ${round(cpu)} % and network at most ${megabytes(network)}`;
const inWords = ({ cpu, network }: Most): string => `${round(cpu)} % CPU and ${megabytes(network)}`;

const exceeds = ({ cpu = 0, network = 0 }: Day, limits: IdleLimits): boolean =>
  cpu >= limits.cpuPercent || network > limits.networkBytes;

interface Most {
  readonly cpu: number;
  readonly network: number;
}

const mostOf = (days: readonly Day[]): Most => ({
  cpu: Math.max(0, ...days.map((day) => day.cpu ?? 0)),
  network: Math.max(0, ...days.map((day) => day.network ?? 0)),
});

function inUse(busy: readonly Day[], { windowDays, cpuPercent, networkBytes }: IdleLimits): Idleness {
  const most = mostOf(busy);
  const because =
    most.cpu >= cpuPercent
      ? `in use: CPU up to ${round(most.cpu)} % in ${windowDays} days`
      : `in use: network up to ${megabytes(most.network)} on a day, more than ${networkBytes / 1e6} MB`;
  return { idle: false, because };
}

function lackedBy(missing: readonly Day[]): string {
  const [cpu, network] = [
    missing.some((day) => day.cpu === undefined),
    missing.some((day) => day.network === undefined),
  ];
  if (cpu && network) return 'CPU and network';
  return cpu ? 'CPU' : 'network';
}

const notKnown = (because: string): Idleness => ({ idle: false, because, unknown: true });
const round = (value: number): string => String(Math.round(value * 10) / 10);
const megabytes = (bytes: number): string => `${round(bytes / 1e6)} MB`;
