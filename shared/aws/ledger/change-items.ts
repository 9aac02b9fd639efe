import * as z from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import { CHANGE_STATES, type Change, type ChangeState, isLookedAfter, stands } from '../../core/change.ts';
import type { Arn } from '../../core/identity.ts';
import { isScheduled } from '../../core/plan.ts';
import type { ChangeKind } from '../../ports.ts';
import { ChangeRecordedError, LedgerCorruptError } from './errors.ts';
import { actionNumber, expiresAfter, keyText, readItem } from './items.ts';
import type { Expression, Item, Key } from './table.ts';

/**
 * `RESOURCE#arn / CHANGE#planId#0001`: how one action of a plan ended, or that it is being watched. In the index it is under CHANGES, by when it
 * stopped to matter, or by STANDING: that sorts behind every time, so that one range holds what has ended since some
 * time and what still stands. What stands is kept for as long as it does; what a schedule wants ends at a time that is known.
 * What schedules do every evening and morning is under a name of its own: it is a hundred times as much.
 */
export const STATUS_OF = { unscheduled: 'CHANGES', scheduled: 'SCHEDULED-CHANGES' } as const satisfies Record<
  ChangeKind,
  string
>;

export interface ChangePlace {
  readonly resource: Arn;
  readonly planId: string;
  readonly number: number;
}

export const changeKey = ({ resource, planId, number }: ChangePlace): Key => ({
  pk: `RESOURCE#${resource}`,
  sk: `CHANGE#${planId}#${actionNumber(number)}`,
});

export const changesOfResource = (resource: Arn): Expression => ({
  text: 'pk = :pk AND begins_with(sk, :change)',
  values: { pk: `RESOURCE#${resource}`, change: 'CHANGE#' },
});

/** Takes `<plan>/<number>` apart; nothing when the text is no such id. */
export function planAndNumber(changeId: string): Omit<ChangePlace, 'resource'> | undefined {
  const [, planId, number] = /^([^/]+)\/([1-9]\d{0,5})$/.exec(changeId) ?? [];
  return planId ? { planId, number: Number(number) } : undefined;
}

export function changeItem(change: Change): Item {
  const place = planAndNumber(change.id);
  if (!place) throw new TypeError(`not the id of a change: ${change.id}`);
  const { finishedAt } = change;
  const mattered = matteredUntil(change);
  const key = changeKey({ ...place, resource: change.proposal.resource.arn });
  const status = isLookedAfter(change)
    ? { gsi1sk: `STANDING#${finishedAt}` }
    : { gsi1sk: mattered, expires: expiresAfter(new Date(mattered)) };
  const gsi1pk = STATUS_OF[isScheduled(change.proposal) ? 'scheduled' : 'unscheduled'];
  return { ...key, change: canonicalJson(change), gsi1pk, ...status };
}

/**
 * An ISO time from which on nobody asks for it. What a schedule has started matters for as long as that wants it so: it may
 * have ended a stop before its time.
 */
function matteredUntil(change: Change): string {
  const { finishedAt, endedAt = '', standsUntil = '', proposal } = change;
  const scheduled = stands(change) ? [standsUntil, proposal.schedule?.until ?? ''] : [];
  return [finishedAt, endedAt, ...scheduled].reduce((last, one) => (one > last ? one : last));
}

const itemSchema = z.object({ change: z.string() });

const changeSchema = z.looseObject({
  id: z.string(),
  planId: z.string(),
  account: z.string(),
  proposal: z.looseObject({ rule: z.string(), resource: z.looseObject({ arn: z.string() }) }),
  outcome: z.enum(CHANGE_STATES),
  because: z.string(),
  appliedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime(),
  standsUntil: z.iso.datetime().optional(),
  pauses: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime() })).optional(),
  endedAt: z.iso.datetime().optional(),
});

/** @throws {LedgerCorruptError} */
export function changeOf(item: Item): Change {
  const parsed = changeSchema.safeParse(parseJson(readItem(itemSchema, item).change));
  if (parsed.success) return parsed.data as unknown as Change;
  throw new LedgerCorruptError(keyText(item), 'the change is not what this version of Lamplighter writes');
}

/** What a state may become: what is watched ends, and what is stuck is freed by somebody or something. */
const BECOMES: Partial<Record<ChangeState, readonly ChangeState[]>> = {
  watching: ['kept', 'undone', 'failed', 'stuck'],
  stuck: ['undone'],
};

/**
 * What is recorded when `next` comes after `standing`. How a change began never changes; how it ended is added once.
 * Whatever says nothing new changes nothing: it is the same again, perhaps by another clock, or it comes late.
 * @throws {ChangeRecordedError} when the two cannot be the story of one change
 */
export function afterwards(standing: Change, next: Change): Change {
  const becomes = (one: Change, other: Change) => BECOMES[one.outcome]?.includes(other.outcome) ?? false;
  const isNew = becomes(standing, next);
  const ends = standing.endedAt === undefined && next.endedAt !== undefined;
  if (!isNew && next.outcome !== standing.outcome && !becomes(next, standing)) {
    throw new ChangeRecordedError(standing, next);
  }
  const { endedAt, endedBecause } = standing.endedAt === undefined ? next : standing;
  const [before = [], after = []] = [standing.pauses, next.pauses];
  const pauses = after.length > before.length ? after : before; // they only grow
  return {
    ...standing,
    ...(isNew && { outcome: next.outcome, because: next.because, finishedAt: next.finishedAt }),
    ...(isNew && next.escalated && { escalated: true }),
    ...(isNew && next.made !== undefined && { made: next.made }),
    ...((isNew || ends) && next.warning !== undefined && { warning: next.warning }),
    ...(pauses.length > 0 && { pauses }),
    ...(endedAt !== undefined && { endedAt }),
    ...(endedBecause !== undefined && { endedBecause }),
  };
}

/** Whether people who ask for the changes since then want to see it. */
export const mattersSince = (change: Change, since: string): boolean =>
  isLookedAfter(change) || change.finishedAt >= since || matteredUntil(change) > since;

export const newestFirst = (a: Change, b: Change): number =>
  a.finishedAt === b.finishedAt ? (a.id < b.id ? -1 : 1) : a.finishedAt < b.finishedAt ? 1 : -1;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says that it is not what was written
  }
}
