/**
 * The sandbox's own time. It stands still until somebody advances it, and then everything that was due
 * on the way happens in order: a snapshot completes, a stopped database starts itself after seven days.
 */

/** How far to move: milliseconds, or a sum of units. */
export type Span =
  | number
  | { readonly days?: number; readonly hours?: number; readonly minutes?: number; readonly seconds?: number };

export interface Clock {
  /** The sandbox's present. */
  now(): Date;
  /** Moves on by `span` and runs every transition that falls due, each at its own moment. */
  advance(span: Span): void;
  /** Moves on to `date`; a date in the past is an error, time does not run backwards. */
  advanceTo(date: Date): void;
  /** Runs `what` once the clock has moved on by `span`. Returns a function that calls it off. */
  after(span: Span, what: () => void): () => void;
  /** When the next transition is due, if any is. */
  nextDue(): Date | undefined;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A span in milliseconds. */
export function millis(span: Span): number {
  if (typeof span === 'number') return span;
  return (
    (span.days ?? 0) * DAY + (span.hours ?? 0) * HOUR + (span.minutes ?? 0) * MINUTE + (span.seconds ?? 0) * SECOND
  );
}

export function createClock(start: Date): Clock {
  let present = start.getTime();
  let order = 0;
  const due = new Set<Due>();

  const next = (): Due | undefined => {
    let first: Due | undefined;
    for (const one of due)
      if (!first || one.at < first.at || (one.at === first.at && one.order < first.order)) first = one;
    return first;
  };

  const advanceTo = (date: Date): void => {
    const target = date.getTime();
    if (!(target >= present)) throw new RangeError(`the sandbox clock cannot go back to ${date.toISOString()}`);
    // A transition may schedule the next one, so the earliest is looked up afresh every time.
    for (let one = next(); one && one.at <= target; one = next()) {
      due.delete(one);
      present = one.at;
      one.what();
    }
    present = target;
  };

  return {
    now: () => new Date(present),
    advance: (span) => advanceTo(new Date(present + millis(span))),
    advanceTo,
    after: (span, what) => {
      const one: Due = { at: present + millis(span), order: order++, what };
      due.add(one);
      return () => void due.delete(one);
    },
    nextDue: () => {
      const first = next();
      return first && new Date(first.at);
    },
  };
}
