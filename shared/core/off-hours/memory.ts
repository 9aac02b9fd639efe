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
  readonly leftOn?: true;
  /** The sizes that it had before the first stop; a second stop does not change them. */
  readonly capacity?: Capacity;
  /** The alarms that were muted with the stop, and have to be heard again. */
  readonly muted?: readonly string[];
  /** A plan is at it. */
  readonly pending?: Pending;
  /** Plans that count as lost, because nobody has heard of them: one of them may be at it all the same. */
  readonly unheard?: readonly Pending[];
  /** What is wanted of it, and has not come about. */
  readonly trouble?: Trouble;
  /** What was held back last, until the same is planned. */
  readonly heldBack?: HeldBack;
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
  /** Of a stop: the alarms that it mutes. */
  readonly mutes?: readonly string[];
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

/** What its schedule wanted and what was not even planned. */
export interface HeldBack {
  readonly act: Act;
  /** `frozen until 2026-12-01: sale` */
  readonly because: string;
  /** Since when for this reason. */
  readonly since: string;
}

export interface Gone {
  readonly since: string;
  /** Somebody has looked whether it is really gone. */
  readonly asked?: true;
  /** It is there, and only its tag is not. */
  readonly untagged?: true;
}

/** Of one identity, and of no other that has its name. */
export const memoryKey = ({ arn, id }: Identity): string => `${arn} ${id}`;

/** What is remembered, by {@link memoryKey}. */
export const byIdentity = (memories: readonly Remembered[]): Map<string, Remembered> =>
  new Map(memories.map((one) => [memoryKey(one.identity), one]));

export const memoryOf = ({ state, at, stoppedByUs, leftOn }: Remembered): Memory => ({
  state,
  at: new Date(at),
  stoppedByUs,
  ...(leftOn ? { leftOn } : {}),
});

/** The same with another memory. */
export function withMemory(one: Remembered, { state, at, stoppedByUs, leftOn }: Memory): Remembered {
  const { leftOn: _leftOn, ...rest } = one;
  return { ...rest, state, at: at.toISOString(), stoppedByUs, ...(leftOn ? { leftOn } : {}) };
}

export function withoutTrouble({ trouble: _trouble, ...one }: Remembered): Remembered {
  return one;
}

/** With why an act is held back, and since when for this reason. */
export function withHeldBack(one: Remembered, { act, because }: Omit<HeldBack, 'since'>, now: Date): Remembered {
  const isSame = one.heldBack?.act === act && one.heldBack.because === because;
  return isSame ? one : { ...one, heldBack: { act, because, since: now.toISOString() } };
}

/** Whether something of it is to be given back: a start, sizes, alarms. */
export const isOwed = ({ stoppedByUs, muted, capacity }: Remembered): boolean =>
  stoppedByUs || muted !== undefined || capacity !== undefined;

/** With alarms that were muted, none twice. */
export function withMuted(one: Remembered, names: readonly string[] = []): Remembered {
  const muted = [...new Set([...(one.muted ?? []), ...names])];
  return muted.length > 0 ? { ...one, muted } : one;
}

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
