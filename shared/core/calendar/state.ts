import type { Span } from '../standing.ts';
import { DAY_MS } from '../time.ts';
import { type Calendar, type Opening, openingsIn } from './calendar.ts';
import { lastKnownDay } from './holidays.ts';
import { endOf } from './keep-on.ts';

export type State = 'on' | 'off';

/** What a calendar wants at an instant, and why. */
export interface StateAt {
  readonly state: State;
  /** `weekly window Mon-Fri 08:00-21:00`, `holiday: Korean New Year`, `override until 2026-11-27 18:00 Asia/Seoul` */
  readonly because: string;
}

/** The instant at which a calendar begins to want something else. */
export interface Transition extends StateAt {
  readonly at: Date;
}

/** From one instant to another. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/** A calendar that says nothing new for so long has said all that it ever will, or as good as. */
export const HORIZON_DAYS = 400;

/** @throws {HolidaysUnknownError} as everything here */
export function stateAt(calendar: Calendar, at: Date): StateAt {
  const time = at.getTime();
  return stateIn(calendar, openingsIn(calendar, { from: time, to: time }), time);
}

/** @param openings at least those that have the time in them */
function stateIn({ keepOn, windows }: Calendar, openings: readonly Opening[], time: number): StateAt {
  const here = openings.filter(({ from, to }) => from <= time && time < to);
  const open = here.find(({ closedBecause }) => closedBecause === undefined);
  if (open) return { state: 'on', because: open.because };
  if (keepOn && time < endOf(keepOn)) return { state: 'on', because: keepOn.because };
  const closed = here.find(({ closedBecause }) => closedBecause !== undefined)?.closedBecause;
  return { state: 'off', because: closed ?? `outside ${windows.map(({ text }) => text).join('; ')}` };
}

/**
 * Every change of state after `from`, up to and including `to`, in its order: what `stateAt` says of `from`, changed by
 * them one after the other, is what it says of `to`.
 */
export function transitions(calendar: Calendar, range: TimeRange): Transition[] {
  const { from, to } = spanOf(range);
  const openings = openingsIn(calendar, { from, to });
  return onSpans(calendar, openings)
    .flatMap((span) => [span.from, span.to])
    .filter((time) => from < time && time <= to)
    .map((time) => ({ at: new Date(time), ...stateIn(calendar, openings, time) }));
}

/**
 * The first change of state after `after`; nothing when there is none within {@link HORIZON_DAYS}, or none before the end of
 * the holidays that are known.
 */
export function nextTransition(calendar: Calendar, after: Date): Transition | undefined {
  const end = Math.min(after.getTime() + HORIZON_DAYS * DAY_MS, knownUntil(calendar));
  for (let from = after.getTime(); from < end; from += LOOK_AHEAD_MS) {
    const to = Math.min(from + LOOK_AHEAD_MS, end);
    const [next] = transitions(calendar, { from: new Date(from), to: new Date(to) });
    if (next) return next;
  }
  return undefined;
}

const LOOK_AHEAD_MS = 8 * DAY_MS;

/** An instant at which the last day whose holidays are known has not begun anywhere, in epoch milliseconds. */
const knownUntil = ({ places, book }: Calendar): number =>
  places.length > 0 ? Date.parse(lastKnownDay(book)) - DAY_MS : Number.POSITIVE_INFINITY;

/** How many hours of the range the calendar wants it off: what it saves is these. */
export function hoursOff(calendar: Calendar, range: TimeRange): number {
  const { from, to } = spanOf(range);
  const msOn = timesOn(calendar, range).reduce((sum, span) => sum + span.to - span.from, 0);
  return Math.max(0, to - from - msOn) / 3_600_000;
}

/** When the calendar wants it on within the range, in order; none of them touch. */
export function timesOn(calendar: Calendar, range: TimeRange): Span[] {
  const { from, to } = spanOf(range);
  return onSpans(calendar, openingsIn(calendar, { from, to }))
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((span) => span.from < span.to);
}

const spanOf = ({ from, to }: TimeRange): Span => ({ from: from.getTime(), to: to.getTime() });

/** When it is on, without overlaps or touching ends. */
function onSpans({ keepOn }: Calendar, openings: readonly Opening[]): Span[] {
  const open = openings.filter(({ closedBecause }) => closedBecause === undefined);
  const kept = keepOn ? [{ from: Number.NEGATIVE_INFINITY, to: endOf(keepOn) }] : [];
  return merged([...kept, ...open]);
}

/** @param spans in the order in which they begin */
function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of spans) {
    const last = result.at(-1);
    if (last && from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}
