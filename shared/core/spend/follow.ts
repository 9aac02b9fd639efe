import { hashOf } from '../canonical.ts';
import { type Anomaly, type AnomalyState, RESTATED_DAYS, type Sighting, told } from './anomaly.ts';
import type { SpendAnswer } from './answer.ts';
import { addDays, daysBetween } from './day.ts';
import { PAUSE_DAYS } from './run-of-days.ts';
import type { Day } from './series.ts';

/** What is new is how it is now after so many days. Of what was there before the model says so. */
const ACCEPTED_DAYS = 14;

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
    .filter(({ worthTelling }) => worthTelling)
    .filter(({ over, lastDay }) => !over || lastDay > addDays(following.asOf, -RESTATED_DAYS))
    .map((sighting) => carriedOn(open(sighting, standing, following), sighting, following));
  return [...carried, ...opened];
}

/** The thread that a run of days belongs to: one that has days of it before one beside it, an open one before one that has ended. */
function threadOf(sighting: Sighting, standing: readonly Anomaly[]): Anomaly | undefined {
  const apart = (one: Anomaly) => Math.max(0, daysApart(one, sighting));
  const [nearest] = standing
    .filter((one) => isSameSeries(one, sighting) && apart(one) <= REACH[one.state])
    .sort((a, b) => apart(a) - apart(b) || Number(b.state === 'open') - Number(a.state === 'open'));
  return nearest;
}

/**
 * How near a run of days has to be. What is above a level that was accepted or is expected is another matter, be it the next day;
 * and of what was withdrawn nothing was left.
 */
const REACH: Readonly<Record<AnomalyState, number>> = {
  open: PAUSE_DAYS,
  resolved: PAUSE_DAYS,
  accepted: 0,
  expected: 0,
  withdrawn: Number.NEGATIVE_INFINITY,
};

/** How many days the one begins after the end of the other; 0 and less when they have a day in common. */
const daysApart = (a: Pick<Sighting, 'firstDay' | 'lastDay'>, b: Pick<Sighting, 'firstDay' | 'lastDay'>): number =>
  Math.max(daysBetween(a.lastDay, b.firstDay), daysBetween(b.lastDay, a.firstDay));

const isSameSeries = (a: Anomaly, b: Sighting): boolean =>
  a.service === b.service && a.account === b.account && isUp(a) === isUp(b) && isRegion(a) === isRegion(b);

const isUp = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind !== 'drop';
const isRegion = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind === 'new-region';
const isNew = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind === 'new-service' || kind === 'new-region';

function open(sighting: Sighting, standing: readonly Anomaly[], { payer, currency, asOf }: Following): Anomaly {
  const { over: _, accepted: __, worthTelling: ___, ...seen } = sighting;
  const taken = new Set(standing.map(({ id }) => id));
  return { id: freeId(sighting, payer, taken), payer, currency, ...seen, state: 'open', asOf };
}

/** What was withdrawn keeps its id, and what is found on its days later has another one. */
function freeId(sighting: Sighting, payer: string, taken: ReadonlySet<string>): string {
  const { service, account, firstDay } = sighting;
  const series = [payer, service, account, isUp(sighting), isRegion(sighting)];
  for (let before = 0; ; before++) {
    const id = `${firstDay}-${hashOf(before === 0 ? series : [...series, before]).slice(0, 6)}`;
    if (!taken.has(id)) return id;
  }
}

function carriedOn(anomaly: Anomaly, sighting: Sighting | undefined, following: Following): Anomaly {
  const { asOf, answers } = following;
  const answer = answers.get(anomaly.id);
  if (answer?.say === 'expected') return { ...updated(anomaly, sighting), state: 'expected', asOf };
  if (!sighting) return unseen(anomaly, following);
  const now = updated(anomaly, sighting);
  const isOldNow = isNew(now) && addDays(now.firstDay, ACCEPTED_DAYS - 1) <= now.lastDay;
  if (sighting.accepted || isOldNow) return { ...now, state: 'accepted', asOf };
  return { ...now, state: sighting.over ? 'resolved' : 'open', asOf };
}

/** Its days are not unusual any more, or they are too long ago for anybody to know. */
function unseen(anomaly: Anomaly, { asOf, settledUntil }: Following): Anomaly {
  const { lastDay } = anomaly;
  // AWS has not restated days of then. How it went on is not known, so that nobody is told of an end.
  if (lastDay <= addDays(asOf, -RESTATED_DAYS)) return told({ ...anomaly, state: 'resolved', asOf });
  // Without a settled look at its last day nothing is known that could end it.
  return lastDay < settledUntil ? { ...anomaly, state: 'withdrawn', asOf } : { ...anomaly, asOf };
}

/** The thread keeps its first day and what it is, whatever AWS restates. */
function updated(anomaly: Anomaly, sighting: Sighting | undefined): Anomaly {
  if (!sighting) return anomaly;
  const { lastDay, days, actual, expected, perDay, score, provisional } = sighting;
  return { ...anomaly, lastDay, days, actual, expected, perDay, score, provisional };
}
