import { hashOf } from '../canonical.ts';
import type { Severity } from '../message.ts';
import type { SpendAnswer } from './answer.ts';
import { addDays } from './day.ts';
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
  /** Over its unusual days together, in the bill's currency. */
  readonly actual: number;
  readonly expected: number;
  /** What it lately costs a day beyond what is expected; negative for a drop. */
  readonly perDay: number;
  /** The largest score of its days; 1 is the threshold. */
  readonly score: number;
  /** It rests on days alone that AWS may still complete. */
  readonly provisional: boolean;
  /** Behind it there are enough settled days on which nothing was unusual. */
  readonly over: boolean;
  /** It has lasted for so long that the model has taken it for how it is now. */
  readonly accepted?: boolean;
}

/**
 * `open -> resolved` it is over, or `-> accepted` it has lasted for two weeks and is how it is now, or `-> expected` a person
 * says that it is right, or `-> withdrawn` AWS has completed or restated the days and nothing unusual is left.
 */
export type AnomalyState = 'open' | 'resolved' | 'accepted' | 'expected' | 'withdrawn';

/** One thread: what the ledger keeps of it from its first day to its end. */
export interface Anomaly extends Omit<Sighting, 'over' | 'accepted'> {
  /** `2026-11-18-3f9a1c`: its first day, and a hash that tells the series apart. */
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

/** Days that end an episode, as the model counts them: a shorter pause is part of it. */
const PAUSE_DAYS = 3;

/** For so long AWS restates what it has answered. */
export const RESTATED_DAYS = 14;

/** What lasts for so many days is how it is now: the model takes it for the new level then, and sees no more of it. */
const ACCEPTED_DAYS = 14;

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

export interface Following {
  readonly payer: string;
  readonly currency: string;
  /** The last day that is judged. */
  readonly asOf: Day;
  /** The day before which everything is settled. */
  readonly settledUntil: Day;
  /** The newest answer to each anomaly, by its id. */
  readonly answers: ReadonlyMap<string, SpendAnswer>;
}

/**
 * The anomalies that are new or another as of a day, of those that stand and of what the model sees. An anomaly that was
 * judged as of a later day stays as it is: a backfill does not take back what is known since.
 */
export function follow(
  standing: readonly Anomaly[],
  sightings: readonly Sighting[],
  following: Following,
): readonly Anomaly[] {
  const seen = new Map<Anomaly, Sighting>();
  const fresh: Sighting[] = [];
  for (const sighting of sightings) {
    const thread = threadOf(sighting, standing);
    if (!thread) fresh.push(sighting);
    else if (!seen.has(thread)) seen.set(thread, sighting);
  }
  const carried = standing
    .filter(({ state, asOf }) => state === 'open' && asOf <= following.asOf)
    .map((anomaly) => carriedOn(anomaly, seen.get(anomaly), following));
  const opened = fresh
    .filter(({ over, lastDay }) => !over || lastDay > addDays(following.asOf, -RESTATED_DAYS))
    .map((sighting) => carriedOn(open(sighting, following), sighting, following));
  return [...carried, ...opened];
}

/** The thread that a run of days belongs to; an open one before one that has ended. */
function threadOf(sighting: Sighting, standing: readonly Anomaly[]): Anomaly | undefined {
  const touching = standing.filter(
    (one) =>
      one.service === sighting.service &&
      one.account === sighting.account &&
      isUp(one) === isUp(sighting) &&
      isRegion(one) === isRegion(sighting) &&
      sighting.firstDay <= addDays(lastOf(one), PAUSE_DAYS) &&
      one.firstDay <= addDays(sighting.lastDay, PAUSE_DAYS),
  );
  return touching.find(({ state }) => state === 'open') ?? touching.at(-1);
}

/** What was taken for the new level covers what the model still sees of it afterwards. */
const lastOf = ({ state, lastDay, asOf }: Anomaly): Day =>
  state === 'accepted' || state === 'expected' ? (asOf > lastDay ? asOf : lastDay) : lastDay;

const isUp = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind !== 'drop';
const isRegion = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind === 'new-region';

function open({ over: _, accepted: __, ...sighting }: Sighting, { payer, currency, asOf }: Following): Anomaly {
  const { service, account, firstDay } = sighting;
  const hash = hashOf([payer, service, account, isUp(sighting), isRegion(sighting)]).slice(0, 6);
  return { id: `${firstDay}-${hash}`, payer, currency, ...sighting, state: 'open', asOf };
}

function carriedOn(anomaly: Anomaly, sighting: Sighting | undefined, following: Following): Anomaly {
  const { asOf, settledUntil, answers } = following;
  const answer = answers.get(anomaly.id);
  if (answer?.say === 'expected') return { ...updated(anomaly, sighting), state: 'expected', asOf };
  if (!sighting) {
    // Without a settled look at its last day nothing is known that could end it.
    return anomaly.lastDay < settledUntil ? { ...anomaly, state: 'withdrawn', asOf } : { ...anomaly, asOf };
  }
  const now = updated(anomaly, sighting);
  if (sighting.accepted) return { ...now, state: 'accepted', asOf };
  if (addDays(now.firstDay, ACCEPTED_DAYS - 1) <= now.lastDay) return { ...now, state: 'accepted', asOf };
  return { ...now, state: sighting.over ? 'resolved' : 'open', asOf };
}

/** The thread keeps its first day and what it is, whatever AWS restates. */
function updated(anomaly: Anomaly, sighting: Sighting | undefined): Anomaly {
  if (!sighting) return anomaly;
  const { lastDay, actual, expected, perDay, score, provisional } = sighting;
  return { ...anomaly, lastDay, actual, expected, perDay, score, provisional };
}

/** Why people are told of an anomaly. */
export type News = 'opened' | 'grown' | 'explained' | 'reminded' | Exclude<AnomalyState, 'open' | 'expected'>;

/** What is new of it since people were last told; nothing when there is nothing to say. */
export function newsOf(anomaly: Anomaly, answer: SpendAnswer | undefined, growBy: number): News | undefined {
  const { said, state, perDay, asOf, provisional } = anomaly;
  if (state === 'expected') return undefined; // whoever said so knows
  if (state !== 'open') {
    if (said && said.state !== 'open') return undefined;
    return state === 'withdrawn' && !said ? undefined : state;
  }
  const snoozed = answer?.say === 'snooze' ? answer.until : undefined;
  if (snoozed !== undefined && asOf <= snoozed) return undefined;
  if (!said) return 'opened';
  if (snoozed !== undefined && said.on <= snoozed) return 'reminded';
  // What rests on incomplete days alone grows by being completed.
  if (!provisional && Math.abs(perDay) >= (1 + growBy) * Math.abs(said.perDay)) return 'grown';
  return !said.explained && isExplained(anomaly) ? 'explained' : undefined;
}

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
