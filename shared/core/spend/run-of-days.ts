/** Pauses of so many days belong to a run. */
export const PAUSE_DAYS = 3;

/** What has been unusual on so many days is how it is now. */
export const ACCEPTED_AFTER = 14;

/** So many days in a row at the level before, and it has returned to it. */
const RETURNED_AFTER = 2;

/** A run of unusual days in one direction. */
export interface Run {
  readonly direction: number;
  /** The level before its first day. */
  readonly levelBefore: number;
  readonly last: number;
  readonly days: number;
  /** Its last days that were at the level before the last one that was accepted. */
  readonly returned: number;
}

export const isOpen = (run: Run | undefined, day: number, direction: number): run is Run =>
  run !== undefined && run.direction === direction && day - run.last <= PAUSE_DAYS;

/** The run with one more unusual day, or a new one. */
export function withDay(run: Run | undefined, day: number, { direction, levelBefore, atLastLevel }: UnusualDay): Run {
  const before = isOpen(run, day, direction) ? run : { levelBefore, days: 0, returned: 0 };
  return {
    direction,
    levelBefore: before.levelBefore,
    last: day,
    days: before.days + 1,
    returned: atLastLevel ? before.returned + 1 : 0,
  };
}

interface UnusualDay {
  readonly direction: number;
  readonly levelBefore: number;
  readonly atLastLevel: boolean;
}

export const hasReturned = ({ returned }: Run): boolean => returned >= RETURNED_AFTER;
export const isAccepted = ({ days }: Run): boolean => days >= ACCEPTED_AFTER;
