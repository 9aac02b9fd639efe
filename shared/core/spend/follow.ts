import { hashOf } from '../canonical.ts';
import { type Anomaly, type AnomalyState, RESTATED_DAYS, type Sighting, told } from './anomaly.ts';
import type { SpendAnswer } from './answer.ts';
import { addDays, daysBetween } from './day.ts';
import { PAUSE_DAYS } from './run-of-days.ts';
import type { Day } from './series.ts';

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
  const { seen, fresh } = matched(standing, sightings);
  const carried = standing
    .filter(({ state, asOf }) => state === 'open' && asOf <= following.asOf)
    .map((anomaly) => carriedOn(anomaly, seen.get(anomaly), following));
  const opened = fresh
    .filter(({ worthTelling }) => worthTelling)
    .filter(({ over, lastDay }) => !over || lastDay > addDays(following.asOf, -RESTATED_DAYS))
    .map((sighting) => carriedOn(open(sighting, standing, following), sighting, following));
  return [...carried, ...opened];
}

/** Of each open thread the run of days that has most in common with it, and the runs that belong to none. */
function matched(standing: readonly Anomaly[], sightings: readonly Sighting[]) {
  const pairs = sightings
    .flatMap((sighting) =>
      standing
        .filter((one) => isNear(one, sighting))
        .map((thread) => ({ thread, sighting, common: inCommon(thread, sighting) })),
    )
    .sort((a, b) => b.common - a.common || Number(isOpen(b.thread)) - Number(isOpen(a.thread)));
  const seen = new Map<Anomaly, Sighting>();
  const placed = new Set<Sighting>();
  for (const { thread, sighting } of pairs) {
    if (placed.has(sighting)) continue;
    const isFree = isOpen(thread) && !seen.has(thread);
    if (isFree) seen.set(thread, sighting);
    // Its days were told with the thread.
    if (isFree || !isOpen(thread) || isWithin(thread, sighting)) placed.add(sighting);
  }
  return { seen, fresh: sightings.filter((sighting) => !placed.has(sighting)) };
}

type Days = Pick<Sighting, 'firstDay' | 'lastDay'>;

const isOpen = ({ state }: Anomaly): boolean => state === 'open';

/** A run of days belongs to a thread that it does not end before, and that it begins soon enough behind. */
const isNear = (thread: Anomaly, sighting: Sighting): boolean =>
  isSameSeries(thread, sighting) &&
  thread.firstDay <= sighting.lastDay &&
  daysBetween(thread.lastDay, sighting.firstDay) <= REACH[thread.state];

/** What is behind the end of a thread is another matter, be it the next day; and of what was withdrawn nothing was left. */
const REACH: Readonly<Record<AnomalyState, number>> = {
  open: PAUSE_DAYS,
  resolved: 0,
  accepted: 0,
  expected: 0,
  withdrawn: Number.NEGATIVE_INFINITY,
};

/** How many days both have; 0 and less when they have none. */
const inCommon = (a: Days, b: Days): number =>
  daysBetween(a.firstDay > b.firstDay ? a.firstDay : b.firstDay, a.lastDay < b.lastDay ? a.lastDay : b.lastDay) + 1;

const isWithin = (thread: Days, sighting: Days): boolean =>
  thread.firstDay <= sighting.firstDay && sighting.lastDay <= thread.lastDay;

const isSameSeries = (a: Anomaly, b: Sighting): boolean =>
  a.service === b.service && a.account === b.account && isUp(a) === isUp(b) && isRegion(a) === isRegion(b);

const isUp = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind !== 'drop';
const isRegion = ({ kind }: Pick<Sighting, 'kind'>): boolean => kind === 'new-region';

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
  // It ends as it was answered: what comes behind its last day is another matter.
  if (answers.get(anomaly.id)?.say === 'expected') return { ...anomaly, state: 'expected', asOf };
  if (!sighting) return unseen(anomaly, following);
  const now = updated(anomaly, sighting);
  if (sighting.accepted) return { ...now, state: 'accepted', asOf };
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
function updated(anomaly: Anomaly, sighting: Sighting): Anomaly {
  const { lastDay, days, actual, expected, perDay, score, provisional, returned } = sighting;
  return { ...anomaly, lastDay, days, actual, expected, perDay, score, provisional, ...(returned && { returned }) };
}
