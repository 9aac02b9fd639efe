import { describe, expect, it } from 'vitest';
import type { DeleteSnapshot } from '../../../shared/core/retention/action.ts';
import type { Snapshot } from '../../../shared/core/retention/facts.ts';
import { whyNotDeleted } from '../../../shared/core/retention/recheck.ts';
import { daysAgo, HOME, NOW, nightly, orders, own, planOf, policyWith, VAULT } from './specimen.ts';

/** Eight weeks, and the newest. */
const terms = { tiers: { daily: 0, weekly: 8, monthly: 0, yearly: 0 }, keepAtLeast: 1 };
const monday = own(orders, daysAgo(16));
const tuesday = own(orders, daysAgo(15));
const newest = own(orders, daysAgo(1));

const deletesOf = (snapshots: readonly Snapshot[], more: object = {}): DeleteSnapshot[] =>
  planOf({ snapshots }, { ...terms, ...more }).act.flatMap(({ action }) =>
    action.kind === 'delete-snapshot' ? [action] : [],
  );

/** Two days and a half after the plan. */
const later = (doomed: DeleteSnapshot | undefined, snapshots: readonly Snapshot[], more: object = {}) =>
  whyNotDeleted(doomed as DeleteSnapshot, {
    snapshots,
    policy: policyWith({ ...terms, ...more }),
    now: new Date(NOW.getTime() + 60 * 3_600_000),
  });

describe('a delete that was planned days ago', () => {
  const [doomed] = deletesOf([monday, tuesday, newest]);

  it('says what makes it superfluous', () => {
    expect(doomed).toMatchObject({
      snapshot: tuesday.arn,
      expect: { instead: [monday.arn], keepAtLeast: 1, newest: [newest.arn] },
    });
  });

  it('is still due while that is there and good', () => {
    expect(later(doomed, [monday, tuesday, newest])).toBeUndefined();
  });

  it.each<[string, readonly Snapshot[], string]>([
    ['it is gone', [tuesday, newest], 'which served in its place, is gone'],
    ['it has failed', [{ ...monday, status: 'failed' }, tuesday, newest], 'which served in its place, is failed'],
    [
      'it is being changed',
      [{ ...monday, status: 'modifying' }, tuesday, newest],
      'which served in its place, is modifying',
    ],
  ])('is left when the snapshot of its week is not: %s', (_, snapshots, because) => {
    expect(later(doomed, snapshots)).toBe(`${monday.name}, ${because}`);
  });

  it('is left when it is one of the newest by now', () => {
    expect(later(doomed, [monday, tuesday])).toBe('one of the newest 1');
  });

  it.each<[string, Snapshot, string]>([
    [
      'it is held',
      { ...tuesday, tags: { ...tuesday.tags, 'lamplighter:hold': 'court' } },
      'held by its tag lamplighter:hold (court)',
    ],
    ['it is not ours any more', { ...tuesday, tags: {} }, "it is not one of Lamplighter's own"],
  ])('is left when %s', (_, spoiled, because) => {
    expect(later(doomed, [monday, spoiled, newest])).toBe(because);
  });

  it('finds a snapshot and its others by name where AWS gives them no id', () => {
    const nameless = [monday, tuesday, newest].map(({ of: _, ...one }) => one);
    expect(later(deletesOf(nameless)[0], nameless)).toBeUndefined();
  });
});

describe('a handover', () => {
  const vault = { name: 'vault', account: VAULT, region: HOME.region, kmsKey: 'alias/dr', tiers: ['weekly'] };
  const source = own(orders, daysAgo(16));
  const handover = own(orders, daysAgo(16), {
    name: 'lamplighter-handover',
    tags: { 'lamplighter:handover': 'yes' },
  });
  const copy = own(orders, daysAgo(16), { name: 'lamplighter-copy', scope: { ...HOME, account: VAULT } });
  const all = [...nightly(orders), source, handover, copy, newest];
  const [doomed] = deletesOf(all, { copyTo: [vault] });

  it('goes because of its copies, and only while they are good', () => {
    expect(doomed).toMatchObject({ name: handover.name, expect: { instead: [copy.arn] } });
    expect(later(doomed, all, { copyTo: [vault] })).toBeUndefined();
    expect(
      later(
        doomed,
        all.filter((one) => one !== copy),
        { copyTo: [vault] },
      ),
    ).toBe('lamplighter-copy, which served in its place, is gone');
  });
});
