/** Just before something takes effect, or just after, when nobody is told of it any more. */
export type Moment = 'before' | 'after';

/** Counts what invocations do (checkpoints, outside calls) and says at which one the invocation dies. */
export interface KillPoints {
  /** How many have happened. */
  readonly count: number;
  /** Dies at the `nth` one, counted from 1 over the whole life of the counter. */
  killAt(nth: number, moment: Moment): void;
}

export interface CountingKillPoints extends KillPoints {
  /** One more is about to happen: how it ends, if it ends badly. */
  next(): Moment | undefined;
}

export function createKillPoints(): CountingKillPoints {
  const planned = new Map<number, Moment>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    killAt: (nth, moment) => {
      if (nth <= count) throw new RangeError(`number ${nth} has already happened, ${count} have`);
      planned.set(nth, moment);
    },
    next: () => planned.get(++count),
  };
}
