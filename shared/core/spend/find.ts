import { type AnomalyKind, RESTATED_DAYS, type Sighting } from './anomaly.ts';
import { addDays, daysBetween } from './day.ts';
import { judge } from './judge.ts';
import { PAUSE_DAYS } from './run-of-days.ts';
import type { CostSeries, Day, Judgement, Lesson, SeriesKey } from './series.ts';

/** A series with the model's verdict on each of its known days. */
export interface Seen extends SeriesKey {
  readonly judgements: readonly Judgement[];
}

/** What is worth telling, as of a day. */
export interface Gates {
  /** The last day that is judged. */
  readonly asOf: Day;
  /** Every day before it is settled. */
  readonly settledUntil: Day;
  /** In the bill's currency, over all days of an episode. */
  readonly minImpact: number;
  /** Of what was expected. */
  readonly minShare: number;
  /** What a series is called that was never there before. */
  readonly fresh: 'new-service' | 'new-region';
}

/** A series is new when nothing was spent on so many known days before, and for so long after. */
const NEVER_BEFORE_DAYS = 30;
const NEW_DAYS = 2 * RESTATED_DAYS;

/** What it lately costs is the mean of so many unusual days. */
const LATELY_DAYS = 3;

/** Judges every day of a series once; whatever day is asked about then sees the days up to it. */
export function see({ service, account, firstDay, amounts }: CostSeries, lessons: readonly Lesson[]): Seen {
  return { service, account, judgements: judge({ firstDay, amounts }, lessons) };
}

/** The unusual runs of days that reach into the last four weeks before a day, as they show on that day. */
export function sightingsIn({ judgements, ...key }: Seen, gates: Gates): Sighting[] {
  const known = judgements.filter(({ day }) => day <= gates.asOf);
  const since = addDays(gates.asOf, -NEW_DAYS);
  const days = daysOf(known, { since, gates });
  return episodesOf(days)
    .map((episode) => ({ ...key, ...sightingOf(episode, { known, gates }) }))
    .filter(({ lastDay }) => lastDay > since);
}

/** It has spend, and the model has never had an opinion on it: too little history. What is new is told as such. */
export function isTooYoung({ judgements }: Seen, asOf: Day): boolean {
  const known = judgements.filter(({ day }) => day <= asOf);
  const hasSpend = known.some(({ actual, leftOut }) => actual !== 0 && !leftOut);
  const isJudged = known.some(({ score }) => score !== undefined);
  return hasSpend && !isJudged && birthOf(known, addDays(asOf, -NEW_DAYS)) === undefined;
}

/** Where the spend of a new series begins among its known days; nothing when it is not new. */
function birthOf(known: readonly Judgement[], since: Day): number | undefined {
  const born = known.findIndex(({ actual }) => actual > 0);
  return born >= NEVER_BEFORE_DAYS && known[born]!.day > since ? born : undefined;
}

/** A day that is unusual, and why. */
interface UnusualDay extends Judgement {
  readonly kind: AnomalyKind;
  readonly score: number;
}

function daysOf(known: readonly Judgement[], { since, gates }: { since: Day; gates: Gates }): UnusualDay[] {
  const born = birthOf(known, since);
  if (born !== undefined) {
    const spent = known.slice(born).filter(({ actual, leftOut }) => actual > 0 && !leftOut);
    return spent.map(({ day, actual }) => ({ day, kind: gates.fresh, actual, expected: 0, score: 1 }));
  }
  return known.flatMap(({ score, ...one }): UnusualDay[] => {
    if (score === undefined || Math.abs(score) < 1) return [];
    // A day that is not complete yet always looks like a drop.
    if (score < 0 && one.day >= gates.settledUntil) return [];
    return [{ ...one, score, kind: score > 0 ? 'rise' : 'drop' }];
  });
}

/** After a day on which the model takes another level for how it is, whatever is unusual is so against that one. */
function episodesOf(days: readonly UnusualDay[]): UnusualDay[][] {
  const episodes: UnusualDay[][] = [];
  for (const one of days) {
    const last = episodes.at(-1)?.at(-1);
    const goesOn = last && !last.turn && last.kind === one.kind && daysBetween(last.day, one.day) <= PAUSE_DAYS;
    if (goesOn) episodes.at(-1)!.push(one);
    else episodes.push([one]);
  }
  return episodes;
}

interface Showing {
  readonly known: readonly Judgement[];
  readonly gates: Gates;
}

function sightingOf(episode: readonly UnusualDay[], { known, gates }: Showing): Omit<Sighting, keyof SeriesKey> {
  const { day: firstDay, kind } = episode[0]!;
  const { day: lastDay, turn } = episode.at(-1)!;
  const [actual, expected] = [sum(episode, 'actual'), sum(episode, 'expected')];
  const lately = episode.slice(-LATELY_DAYS);
  const quiet = known.filter(({ day }) => day > lastDay && day < gates.settledUntil);
  return {
    kind,
    firstDay,
    lastDay,
    days: episode.length,
    actual,
    expected,
    perDay: (sum(lately, 'actual') - sum(lately, 'expected')) / lately.length,
    score: episode.reduce((most, { score }) => (Math.abs(score) > Math.abs(most) ? score : most), 0),
    provisional: firstDay >= gates.settledUntil,
    over: turn === 'returned' || quiet.length >= PAUSE_DAYS,
    accepted: turn === 'accepted',
    // To be back at the level from before is nothing to tell.
    worthTelling: turn !== 'returned' && isDearEnough({ actual, expected }, gates),
  };
}

function isDearEnough({ actual, expected }: Pick<Sighting, 'actual' | 'expected'>, gates: Gates): boolean {
  const impact = Math.abs(actual - expected);
  return impact >= gates.minImpact && impact >= gates.minShare * expected;
}

const sum = (days: readonly UnusualDay[], of: 'actual' | 'expected'): number =>
  days.reduce((total, one) => total + one[of], 0);
