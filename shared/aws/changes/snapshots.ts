import { hashOf } from '../../core/canonical.ts';
import type { Identity } from '../../core/identity.ts';
import type { Progress } from '../../ports-acting.ts';
import { nameOf } from '../errors.ts';
import { ask } from './ask.ts';
import type { DatabaseForm, SnapshotOrder, SnapshotSeen } from './database-forms.ts';
import { nameIn, whyNot, whyOther } from './database-power.ts';
import { notAsExpected } from './refused.ts';

/** The tags that say of a snapshot which change it protects, and until when (a calendar date). */
export const SNAPSHOT_TAGS = { change: 'lamplighter:change', expires: 'lamplighter:expires' } as const;

const PREFIX = 'lamplighter-';

/**
 * The name of a change's snapshot: `lamplighter-right-size-2026-11-22-2000-123456789012-3f9a1c-7`. RDS takes 255 letters,
 * digits and single hyphens; an id that cannot be said in them literally ends in its hash, so that no two share a name.
 */
export function snapshotName(changeId: string): string {
  const plain = changeId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const literal = /^[a-z0-9]+(-[a-z0-9]+)*\/\d+$/.test(changeId) && plain.length <= 200;
  if (literal) return PREFIX + plain;
  const hash = hashOf(changeId).slice(0, 16);
  return [...`${PREFIX}${plain}`.slice(0, 200).split('-').filter(Boolean), hash].join('-');
}

/** The change's id in the characters and the length that RDS, and so EC2, allows in a tag's value. */
export const tagValue = (changeId: string): string => changeId.replace(/[^\p{L}\p{N}_.:/=+\-@ ]/gu, '-').slice(0, 256);

export interface SnapshotWanted {
  readonly database: Identity;
  readonly changeId: string;
  readonly expires: string;
}

/** Begins the snapshot of a change, or finds the one that was begun before. */
export async function beginSnapshot(form: DatabaseForm, wanted: SnapshotWanted): Promise<string> {
  const name = snapshotName(wanted.changeId);
  const database = nameIn(wanted.database);
  const tags = { [SNAPSHOT_TAGS.change]: tagValue(wanted.changeId), [SNAPSHOT_TAGS.expires]: wanted.expires };
  await ask({
    look: async () => {
      const seen = await form.describe(database);
      // One that was begun before shows in the database's status for as long as it is being made, and in its name later.
      return { database: seen, snapshot: whyNot(seen, 'available') ? await form.describeSnapshot(name) : undefined };
    },
    judge: (seen) => {
      const other = whyOther(seen.database, wanted.database);
      if (other) return other;
      if (!seen.snapshot) return whyNot(seen.database, 'available') ?? 'ask';
      return isOf(seen.snapshot, wanted) ? 'done' : taken(name);
    },
    mutate: () => createOrFind(form, { database, snapshot: name, tags }, wanted),
  });
  return name;
}

/** RDS gives a name once. So whatever carries it is looked at only when RDS says that there is something. */
async function createOrFind(form: DatabaseForm, order: SnapshotOrder, wanted: SnapshotWanted): Promise<void> {
  try {
    await form.createSnapshot(order);
  } catch (error) {
    const standing = EXISTS.has(nameOf(error)) ? await form.describeSnapshot(order.snapshot) : undefined;
    if (!standing) throw error;
    if (!isOf(standing, wanted)) throw taken(order.snapshot);
  }
}

const EXISTS = new Set(['DBSnapshotAlreadyExistsFault', 'DBClusterSnapshotAlreadyExistsFault']);

const taken = (name: string) => notAsExpected(`the snapshot ${name} exists and is not of this change`);

/** The name of the change's snapshot, if there is one. */
export async function snapshotBegun(form: DatabaseForm, wanted: Of): Promise<string | undefined> {
  const name = snapshotName(wanted.changeId);
  const snapshot = await form.describeSnapshot(name);
  return snapshot && isOf(snapshot, wanted) ? name : undefined;
}

type Of = Pick<SnapshotWanted, 'database' | 'changeId'>;

const isOf = (snapshot: SnapshotSeen, { database, changeId }: Of): boolean =>
  snapshot.of === database.id && snapshot.tags[SNAPSHOT_TAGS.change] === tagValue(changeId);

/** The statuses on the way; every other one but `available` is the end of it. */
const ON_THE_WAY = new Set(['pending', 'creating', 'copying', 'modifying']);

export async function snapshotProgress(form: DatabaseForm, database: Identity, name: string): Promise<Progress> {
  const snapshot = await form.describeSnapshot(name);
  if (!snapshot) return { state: 'failed', because: `the snapshot ${name} is gone` };
  if (snapshot.of !== database.id) return { state: 'failed', because: `the snapshot ${name} is of another database` };
  if (snapshot.status === 'available') return { state: 'done' };
  if (!ON_THE_WAY.has(snapshot.status))
    return { state: 'failed', because: `the snapshot ${name} is ${snapshot.status}` };
  return { state: 'pending', seen: `${snapshot.status}, ${snapshot.percent} %` };
}
