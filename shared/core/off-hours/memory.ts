import type { Memory } from '../calendar/course.ts';
import type { State } from '../calendar/state.ts';
import { canonicalJson } from '../canonical.ts';
import type { Identity } from '../identity.ts';
import type { Capacity } from './action.ts';
import type { ScheduledResource } from './resource.ts';

/** What off-hours does to a resource. */
export type Act = 'stop' | 'start';

/**
 * What is remembered of one resource from one tick to the next. It belongs to the identity: what carries its name by now is
 * new. Times are ISO times, so that it is kept as it is.
 */
export interface Remembered {
  readonly identity: Identity;
  readonly type: ScheduledResource['type'];
  readonly name: string;
  /** As {@link Memory} has them. */
  readonly state: State;
  readonly at: string;
  readonly stoppedByUs: boolean;
  /** The sizes that it had before the first stop; a second stop does not change them. */
  readonly capacity?: Capacity;
  /** The alarms that were muted with the stop, and have to be heard again. */
  readonly muted?: readonly string[];
  /** A plan is at it. */
  readonly pending?: Pending;
  /** What is wanted of it, and has not come about. */
  readonly trouble?: Trouble;
  /** Since when it was not found any more. */
  readonly gone?: Gone;
}

/** One action of a plan, of which the end is not known yet. */
export interface Pending {
  readonly act: Act;
  readonly planId: string;
  /** Of the action, from 1. */
  readonly number: number;
  readonly mode: 'approve' | 'auto';
  /** From 1: one begins when the one before it has ended. */
  readonly step: number;
  /** The tick of the plan. */
  readonly since: string;
  /** When its schedule wants something else; absent: never. */
  readonly until?: string;
}

/** Why something that its schedule wants is not so. */
export interface Trouble {
  readonly act: Act;
  /** The tick at which it was first wanted. */
  readonly since: string;
  readonly because: string;
  /** So often it was tried. */
  readonly tries: number;
  /** It is left alone until then. */
  readonly notBefore?: string;
  /** A person has said no to it, until `notBefore` or, without that, for as long as the same is wanted. */
  readonly vetoed?: true;
}

export interface Gone {
  readonly since: string;
  /** It is there, and only its tag is not. */
  readonly untagged?: true;
}

/** Of one identity, and of no other that has its name. */
export const memoryKey = ({ arn, id }: Identity): string => `${arn} ${id}`;

/** What is remembered, by {@link memoryKey}. */
export const byIdentity = (memories: readonly Remembered[]): Map<string, Remembered> =>
  new Map(memories.map((one) => [memoryKey(one.identity), one]));

export const memoryOf = ({ state, at, stoppedByUs }: Remembered): Memory => ({ state, at: new Date(at), stoppedByUs });

/** The same with another memory. */
export const withMemory = (one: Remembered, { state, at, stoppedByUs }: Memory): Remembered => ({
  ...one,
  state,
  at: at.toISOString(),
  stoppedByUs,
});

/** What is remembered of a resource that was not known before. */
export const firstMemory = ({ identity, type, name }: ScheduledResource, memory: Memory): Remembered =>
  withMemory({ identity, type, name, state: memory.state, at: '', stoppedByUs: false }, memory);

/** What is wanted of it and has not come about, if it is this. */
export const troubleOver = ({ trouble }: Remembered, act: Act): Trouble | undefined =>
  trouble?.act === act ? trouble : undefined;

/**
 * Whether two say the same. When each was last looked at is no news: what matters of it is which turns of the schedule came
 * after, and a turn is news.
 */
export function saysTheSame(some: readonly Remembered[], others: readonly Remembered[]): boolean {
  const said = (memories: readonly Remembered[]) => memories.map(({ at: _at, ...one }) => canonicalJson(one)).sort();
  const [a, b] = [said(some), said(others)];
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
