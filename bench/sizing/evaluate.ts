import type { DemandSummary } from '../../shared/core/sizing/demand.ts';
import type { DailyUse } from '../../shared/core/sizing/idle.ts';
import { isOverloaded } from '../../shared/core/sizing/overload.ts';
import { percentile } from '../../shared/core/sizing/statistics.ts';
import type { Factor } from './policies.ts';
import { dailyUseOf, summaryOf } from './reduce.ts';
import { before, HOURS_A_DAY, SAMPLES_A_DAY, type Trace, type TraceSet } from './traces.ts';

/** A decision and what came after. */
export interface Window {
  readonly trace: Trace;
  /** What was known at the decision. */
  readonly demand: DemandSummary;
  readonly use: DailyUse;
  /** The known CPU samples that the decision is judged by. */
  readonly cpu: Float32Array;
  /** The known hourly memory peaks that the decision is judged by. */
  readonly mem: readonly number[] | undefined;
  /** How it was used afterwards. */
  readonly useAfter: DailyUse;
}

export interface Outcome {
  readonly windows: number;
  /** In percent of the windows. */
  readonly downsized: number;
  /** In percent of the capacity-hours of all machines. */
  readonly capacityHoursSaved: number;
  /** In percent, each machine counting alike. */
  readonly meanSaved: number;
  /** 5-minute samples that needed more than 90 % of the new size and not of the old one, in percent of all. */
  readonly fleetViolation: number;
  /** Downsized windows in which more than 1 % (0.1 %) of the samples violate, in percent. */
  readonly breach1pct: number;
  readonly breach0_1pct: number;
  /** Downsized windows in which an hour of samples in a row violates, in percent. */
  readonly sustained1h: number;
  /** Downsized windows whose p99 of memory is above 95 % of the new memory, in percent; null where it is not known. */
  readonly memoryBreach: number | null;
}

export interface ClosedLoop {
  /** In percent, like those of {@link Outcome}. */
  readonly capacityHoursSaved: number;
  /** Of what would have been saved had nothing been taken back, from 0 to 1. */
  readonly shareOfOpenLoop: number;
  readonly breach1pct: number;
  /** Downsized windows that were taken back, in percent. */
  readonly reverted: number;
}

type Policy = (demand: DemandSummary) => Factor;

const FORTNIGHT = 14;
const FULL = 90;
const FULL_MEMORY = 95;
const COVERAGE = 0.85;

/** The decisions of which both the fortnight before and what comes after are known well enough. */
export function windowsOf({ traces, decisionDays, judgedDays }: TraceSet): Window[] {
  return traces.flatMap((trace) =>
    decisionDays.flatMap((day) => {
      const recent = days(trace.cpu, day - FORTNIGHT, day);
      const after = judgedDays ? days(trace.cpu, day, day + judgedDays) : trace.cpu.subarray(day * SAMPLES_A_DAY);
      const active = recent.some((percent) => percent > 0);
      return active && isCovered(recent) && isCovered(after) ? [windowAt(trace, day)] : [];
    }),
  );
}

function windowAt(trace: Trace, day: number): Window {
  const hours = ({ length }: Float32Array) => Math.min(length, (day + FORTNIGHT) * HOURS_A_DAY);
  const past = before(day, trace);
  const mem = trace.mem?.subarray(day * HOURS_A_DAY, hours(trace.mem));
  const future = {
    cpu: days(trace.cpu, day, day + FORTNIGHT),
    mem: mem ?? null,
    net: trace.net?.subarray(day * HOURS_A_DAY, hours(trace.net)) ?? null,
  };
  return {
    trace,
    demand: summaryOf(past),
    use: dailyUseOf(past),
    cpu: future.cpu.filter(Number.isFinite),
    mem: mem && Array.from(mem).filter(Number.isFinite),
    useAfter: dailyUseOf(future),
  };
}

/** What a policy would have done: the same figures as other evaluations of such traces print. */
export function evaluate(windows: readonly Window[], policy: Policy): Outcome {
  const judged = windows.map((window) => ({ window, factor: policy(window.demand) }));
  const shares = judged.map(({ window, factor }) => violationsOf(window.cpu, factor).length / window.cpu.length);
  const downsized = judged.filter(({ factor }) => factor < 1);
  const breaches = (limit: number) =>
    judged.filter(({ factor }, index) => factor < 1 && (shares[index] ?? 0) > limit).length;
  const withMemory = downsized.filter(({ window }) => window.mem);
  return {
    windows: windows.length,
    downsized: percent(downsized.length / windows.length),
    capacityHoursSaved: percent(savedBy(judged, ({ factor }) => 1 - factor)),
    meanSaved: percent(sum(judged, ({ factor }) => 1 - factor) / windows.length),
    fleetViolation: Number(((100 * sum(shares, (share) => share)) / windows.length).toFixed(3)),
    breach1pct: percent(breaches(0.01) / downsized.length),
    breach0_1pct: percent(breaches(0.001) / downsized.length),
    sustained1h: percent(downsized.filter(isSustained).length / downsized.length),
    memoryBreach: withMemory.length > 0 ? percent(withMemory.filter(breaksMemory).length / withMemory.length) : null,
  };
}

/** The same, when a machine that proves too small gets its old size back half an hour later. */
export function evaluateClosedLoop(windows: readonly Window[], policy: Policy): ClosedLoop {
  const judged = windows.map((window) => {
    const factor = policy(window.demand);
    return { window, factor, small: factor < 1 ? smallFor(window.cpu, factor) : 0 };
  });
  const downsized = judged.filter(({ factor }) => factor < 1);
  const open = savedBy(judged, ({ factor }) => 1 - factor);
  const closed = savedBy(judged, ({ factor, small, window }) => ((1 - factor) * small) / window.cpu.length);
  const breaches = downsized.filter(
    ({ window, factor, small }) =>
      violationsOf(window.cpu.subarray(0, small), factor).length / window.cpu.length > 0.01,
  );
  return {
    capacityHoursSaved: percent(closed),
    shareOfOpenLoop: Number((closed / open).toFixed(4)),
    breach1pct: percent(breaches.length / downsized.length),
    reverted: percent(downsized.filter(({ window, small }) => small < window.cpu.length).length / downsized.length),
  };
}

const UNDO_SAMPLES = 30 / 5;

/** For how many samples a machine stays small: to the end, or until half an hour after it proved too small. */
function smallFor(cpu: Float32Array, factor: Factor): number {
  const ofNew = Array.from(cpu, (percent) => percent / factor);
  const last = ofNew.findIndex((_, index) => isOverloaded(ofNew.slice(Math.max(0, index - 11), index + 1)));
  return last < 0 ? cpu.length : Math.min(cpu.length, last + 1 + UNDO_SAMPLES);
}

interface Judged {
  readonly window: Window;
  readonly factor: Factor;
}

const isViolation = (percent: number, factor: Factor): boolean => percent / factor > FULL && percent <= FULL;

const violationsOf = (cpu: Float32Array, factor: Factor): Float32Array =>
  cpu.filter((percent) => isViolation(percent, factor));

function isSustained({ window, factor }: Judged): boolean {
  let run = 0;
  return window.cpu.some((percent) => {
    run = isViolation(percent, factor) ? run + 1 : 0;
    return run >= 12;
  });
}

const breaksMemory = ({ window: { mem = [] }, factor }: Judged): boolean =>
  mem.length > 0 && percentile(99, mem) > FULL_MEMORY * factor;

function savedBy<T extends Judged>(judged: readonly T[], share: (one: T) => number): number {
  const capacity = sum(judged, ({ window }) => window.trace.capacity);
  return sum(judged, (one) => share(one) * one.window.trace.capacity) / capacity;
}

const days = (samples: Float32Array, from: number, to: number): Float32Array =>
  samples.subarray(from * SAMPLES_A_DAY, to * SAMPLES_A_DAY);

const isCovered = (samples: Float32Array): boolean =>
  samples.filter(Number.isFinite).length / samples.length >= COVERAGE;

function sum<T>(all: readonly T[], value: (one: T) => number): number {
  return all.reduce((total, one) => total + value(one), 0);
}

const percent = (share: number): number => Number((100 * share).toFixed(2));
