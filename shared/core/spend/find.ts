import { type Anomaly, type AnomalyKind, RESTATED_DAYS, type Sighting } from './anomaly.ts';
import { addDays, daysBetween } from './day.ts';
import { judge } from './judge.ts';
import { PAUSE_DAYS } from './run-of-days.ts';
import type { CostSeries, Day, Judgement, Lesson, SeriesKey } from './series.ts';
import { YoungDays } from './young-days.ts';

/** A series with the model's verdict on each of its known days, and what people have said of it. */
export interface Seen extends SeriesKey {
  readonly judgements: readonly Judgement[];
  readonly lessons: readonly Lesson[];
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
  /** What is expected until a day is told when a day costs so much more than the largest that was answered. */
  readonly growBy: number;
  /** What a series is called that was never there before. */
  readonly fresh: 'new-service' | 'new-region';
}

/** A series is new when nothing was spent on so many known days before, and for so long after. */
const NEVER_BEFORE_DAYS = 30;
const NEW_DAYS = 2 * RESTATED_DAYS;

/** What is new is how it is now after so many days. Of what was there before the model says so. */
const ACCEPTED_DAYS = 14;

/** What it lately costs is the mean of so many unusual days. */
const LATELY_DAYS = 3;

/** Judges every day of a series once; whatever day is asked about then sees the days up to it. */
export function see({ service, account, firstDay, amounts }: CostSeries, lessons: readonly Lesson[]): Seen {
  return { service, account, judgements: judge({ firstDay, amounts }, lessons), lessons };
}

/** An anomaly that has ended, or is expected: what goes on behind its last day is another. */
export type Ended = Pick<Anomaly, 'kind' | 'lastDay'>;

/** The unusual runs of days that reach into the last four weeks before a day, as they show on that day. */
export function sightingsIn(seen: Seen, gates: Gates, ended: readonly Ended[] = []): Sighting[] {
  const { service, account } = seen;
  const known = viewed(seen, gates);
  const since = addDays(gates.asOf, -NEW_DAYS);
  return episodesOf(unusualDays(known, gates), ended)
    .map((episode) => ({ service, account, ...sightingOf(episode, { known, gates }) }))
    .filter(({ lastDay }) => lastDay > since);
}

/** It has spend, and the model has never had an opinion on it: too little history. What is new is told as such. */
export function isTooYoung({ judgements, lessons }: Seen, asOf: Day): boolean {
  const known = judgements.filter(({ day }) => day <= asOf);
  const last = known.findLast(({ actual, leftOut }) => actual !== 0 && !leftOut);
  const isJudged = known.some(({ score }) => score !== undefined);
  return last !== undefined && !isJudged && !newDays(known, lessons).has(last.day);
}

/** Where the spend of a new series begins among its known days; nothing when it is not new. */
function birthOf(known: readonly Judgement[]): number | undefined {
  const born = known.findIndex(({ actual }) => actual > 0);
  return born >= NEVER_BEFORE_DAYS ? born : undefined;
}

/** The days on which a series is told as new: until it is accepted or a person says that it is right; with the day of that turn. */
function newDays(known: readonly Judgement[], lessons: readonly Lesson[]): ReadonlyMap<Day, Pick<Judgement, 'turn'>> {
  const days = new Map<Day, Pick<Judgement, 'turn'>>();
  const born = birthOf(known);
  if (born === undefined) return days;
  const lastBirth = addDays(known[born]!.day, NEW_DAYS);
  const answered = lessons.filter(({ kind, through }) => kind !== 'once' && through !== undefined);
  let run: { readonly first: Day; readonly last: Day } | undefined;
  for (const { day, actual, leftOut, score = 0, turn } of known.slice(born)) {
    if (actual <= 0 || leftOut) continue;
    const goesOn = run !== undefined && daysBetween(run.last, day) <= PAUSE_DAYS;
    const isOver = run !== undefined && !goesOn && day >= lastBirth;
    if (isOver || answered.some(({ from }) => from <= day)) break;
    run = { first: goesOn ? run!.first : day, last: day };
    // Where the model already has another opinion, the two of them agree first.
    const isRise = score >= 1 && turn === undefined;
    const isAccepted = daysBetween(run.first, day) >= ACCEPTED_DAYS - 1 && !isRise;
    days.set(day, isAccepted ? { turn: 'accepted' } : {});
    if (isAccepted) break;
  }
  return days;
}

/** A known day, and who says that it is unusual if it is not the model. */
interface View extends Judgement {
  readonly by?: 'birth' | 'youth' | 'answer';
}

/** The days up to the one that is asked about; what the model has no opinion on, by the series' own days and by what people have said. */
function viewed({ judgements, lessons }: Seen, gates: Gates): View[] {
  const known = judgements.filter(({ day }) => day <= gates.asOf);
  const fresh = newDays(known, lessons);
  const young = new YoungDays(lessons);
  return known.map((one): View => {
    const { day, actual } = one;
    const born = fresh.get(day);
    const byYouth = young.next(one, born ? 'new' : 'known');
    if (born) return { day, actual, expected: 0, score: 1, ...born, by: 'birth' };
    const lesson = one.leftOut && answerFor(one, lessons);
    if (lesson) return { ...beyond(one, largestOf(known, lesson), gates), by: 'answer' };
    return byYouth ? { ...byYouth, by: 'youth' } : one;
  });
}

/** The answer for which a day is left out, behind the days that it is about; nothing when the day is planned. */
function answerFor({ day }: Judgement, lessons: readonly Lesson[]): Lesson | undefined {
  const valid = lessons.filter(({ kind, from, until }) => kind === 'once' && from <= day && day < until!);
  return valid.every(({ through }) => through !== undefined && through < day) ? valid[0] : undefined;
}

const largestOf = (known: readonly Judgement[], { from, through }: Lesson): number =>
  Math.max(0, ...known.filter(({ day }) => from <= day && day <= through!).map(({ actual }) => actual));

/** A day on which a person expects as much as the largest that was there when they said so. */
function beyond(one: Judgement, answered: number, { growBy }: Gates): Judgement {
  const expected = Math.max(answered, one.expected);
  return { ...one, expected, score: expected > 0 ? one.actual / expected / (1 + growBy) : undefined };
}

/** A day that is unusual, and why. */
interface UnusualDay extends View {
  readonly kind: AnomalyKind;
  readonly score: number;
}

function unusualDays(known: readonly View[], { fresh, settledUntil }: Gates): UnusualDay[] {
  return known.flatMap(({ score, ...one }): UnusualDay[] => {
    if (score === undefined || Math.abs(score) < 1) return [];
    // A day that is not complete yet always looks like a drop.
    if (score < 0 && one.day >= settledUntil) return [];
    return [{ ...one, score, kind: one.by === 'birth' ? fresh : score > 0 ? 'rise' : 'drop' }];
  });
}

/** After a day on which the model takes another level for how it is, and after an end, whatever is unusual is so by itself. */
function episodesOf(days: readonly UnusualDay[], ended: readonly Ended[]): UnusualDay[][] {
  const episodes: UnusualDay[][] = [];
  for (const one of days) {
    const last = episodes.at(-1)?.at(-1);
    const goesOn =
      last &&
      !last.turn &&
      last.kind === one.kind &&
      daysBetween(last.day, one.day) <= PAUSE_DAYS &&
      !ended.some(({ kind, lastDay }) => isUp(kind) === isUp(one.kind) && last.day <= lastDay && lastDay < one.day);
    if (goesOn) episodes.at(-1)!.push(one);
    else episodes.push([one]);
  }
  return episodes;
}

const isUp = (kind: AnomalyKind): boolean => kind !== 'drop';

interface Showing {
  readonly known: readonly View[];
  readonly gates: Gates;
}

function sightingOf(episode: readonly UnusualDay[], { known, gates }: Showing): Omit<Sighting, keyof SeriesKey> {
  const { day: firstDay, kind, by } = episode[0]!;
  const { day: lastDay, turn } = episode.at(-1)!;
  const [actual, expected] = [sum(episode, 'actual'), sum(episode, 'expected')];
  const lately = episode.slice(-LATELY_DAYS);
  const quiet = known.filter((one) => one.day > lastDay && one.day < gates.settledUntil && isQuiet(one));
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
    ...(by === 'youth' && { littleHistory: true as const }),
    ...(turn === 'returned' && { returned: true as const }),
    over: turn === 'returned' || quiet.length >= PAUSE_DAYS,
    accepted: turn !== undefined,
    // To be down at the level from before is nothing to tell.
    worthTelling: !(turn === 'returned' && kind === 'drop') && isDearEnough({ actual, expected }, gates),
  };
}

/** Where nobody has an opinion on what was spent, it is not known whether it goes on. */
const isQuiet = ({ score, actual, leftOut, by }: View): boolean =>
  actual <= 0 || (score !== undefined && (!leftOut || by === 'answer'));

function isDearEnough({ actual, expected }: Pick<Sighting, 'actual' | 'expected'>, gates: Gates): boolean {
  const impact = Math.abs(actual - expected);
  return impact >= gates.minImpact && impact >= gates.minShare * expected;
}

const sum = (days: readonly UnusualDay[], of: 'actual' | 'expected'): number =>
  days.reduce((total, one) => total + one[of], 0);
