import type { Severity } from '../message.ts';
import type { SpendAnswer } from './answer.ts';
import type { Explanation } from './explanation.ts';
import type { Day, SeriesKey } from './series.ts';

/** A series may cost more or less than it should, or be there for the first time. */
export type AnomalyKind = 'rise' | 'drop' | 'new-service' | 'new-region';

/** A run of unusual days of one series, as the model sees it as of some day. Of a new region `service` is the region. */
export interface Sighting extends SeriesKey {
  readonly kind: AnomalyKind;
  readonly firstDay: Day;
  /** The last unusual day so far. */
  readonly lastDay: Day;
  /** How many of its days are unusual: a short pause belongs to it. */
  readonly days: number;
  /** Over its unusual days together, in the bill's currency. */
  readonly actual: number;
  readonly expected: number;
  /** What it lately costs a day beyond what is expected; negative for a drop. */
  readonly perDay: number;
  /** The largest score of its days; 1 is the threshold. */
  readonly score: number;
  /** It rests on days alone that AWS may still complete. */
  readonly provisional: boolean;
  /** It rests on the few days of the series itself: the model knows too little of it. */
  readonly littleHistory?: true;
  /** With its last day the level is back that was there before the last one that was accepted. */
  readonly returned?: true;
  /** Behind it there are enough settled days on which nothing was unusual, or the level from before is back. */
  readonly over: boolean;
  /** The model has taken it for how it is now: it has lasted for so long, or is the level from before. */
  readonly accepted: boolean;
  /** By itself: it is dear enough. What was told before is told to its end. */
  readonly worthTelling: boolean;
}

/**
 * `open -> resolved` it is over, or `-> accepted` it has lasted for two weeks, or is the level from before, and is how it is
 * now, or `-> expected` a person says that it is right, or `-> withdrawn` AWS has completed or restated the days and nothing
 * unusual is left.
 */
export type AnomalyState = 'open' | 'resolved' | 'accepted' | 'expected' | 'withdrawn';

/** One thread: what the ledger keeps of it from its first day to its end. */
export interface Anomaly extends Omit<Sighting, 'over' | 'accepted' | 'worthTelling'> {
  /** `2026-11-18-3f9a1c`: its first day, and a hash that tells the series apart, and what was withdrawn from what came after. */
  readonly id: string;
  readonly payer: string;
  readonly currency: string;
  readonly state: AnomalyState;
  /** The last day that was judged for it. */
  readonly asOf: Day;
  readonly explanation?: Explanation;
  /** What people were last told. */
  readonly said?: Said;
}

export interface Said {
  readonly on: Day;
  readonly state: AnomalyState;
  readonly perDay: number;
  readonly explained: boolean;
}

/** For so long AWS restates what it has answered. */
export const RESTATED_DAYS = 14;

/** The month has 365 / 12 days. */
const DAYS_A_MONTH = 365 / 12;

export const impactOf = ({ actual, expected }: Pick<Anomaly, 'actual' | 'expected'>): number => actual - expected;

/** What it costs a month if it stays as it lately was. */
export const monthlyOf = ({ perDay }: Pick<Anomaly, 'perDay'>): number => perDay * DAYS_A_MONTH;

/** By the dollars a month if it stays, whichever way; what is over is only told. */
export function severityOf(anomaly: Anomaly, { warning, critical }: { warning: number; critical: number }): Severity {
  if (anomaly.state !== 'open' || anomaly.kind === 'drop') return 'info';
  const monthly = Math.abs(monthlyOf(anomaly));
  if (monthly >= critical) return 'critical';
  return monthly >= warning ? 'warning' : 'info';
}

/** Why people are told of an anomaly. */
export type News = 'opened' | 'grown' | 'explained' | 'reminded' | Exclude<AnomalyState, 'open' | 'expected'>;

/** What is new of it since people were last told; nothing when there is nothing to say. */
export function newsOf(anomaly: Anomaly, answer: SpendAnswer | undefined, growBy: number): News | undefined {
  const { said, state, asOf, provisional } = anomaly;
  if (state === 'expected') return undefined; // whoever said so knows
  if (state !== 'open') {
    if (said && said.state !== 'open') return undefined;
    return state === 'withdrawn' && !said ? undefined : state;
  }
  const snoozed = answer?.say === 'snooze' ? answer.until : undefined;
  if (snoozed !== undefined && asOf <= snoozed)
    return said && times(anomaly, said) >= ANOTHER_MATTER ? 'grown' : undefined;
  if (!said) return 'opened';
  if (snoozed !== undefined && said.on <= snoozed) return 'reminded';
  // What rests on incomplete days alone grows by being completed.
  if (!provisional && times(anomaly, said) >= 1 + growBy) return 'grown';
  return !said.explained && isExplained(anomaly) ? 'explained' : undefined;
}

/** What has grown to so many times what was told is not what was snoozed. */
const ANOTHER_MATTER = 5;

const times = ({ perDay }: Anomaly, said: Said): number => Math.abs(perDay) / Math.abs(said.perDay);

export const isExplained = ({ explanation }: Anomaly): boolean => explanation?.causes.known ?? false;

/** The anomaly when people have been told of it as it is. */
export const told = (anomaly: Anomaly): Anomaly => ({
  ...anomaly,
  said: {
    on: anomaly.asOf,
    state: anomaly.state,
    perDay: anomaly.perDay,
    explained: anomaly.said?.explained || isExplained(anomaly),
  },
});
