import { hashOf } from '../canonical.ts';
import type { Tags } from '../facts.ts';
import { parseArn } from '../identity.ts';
import { type BackedUpDatabase, keyOf, type Snapshot } from './facts.ts';

/** What Lamplighter writes on its own snapshots. */
export const MARKS = {
  /** The immutable id of the database. */
  database: 'lamplighter:database',
  /** Where the database is, `123456789012/eu-west-1`: a copy elsewhere does not show it. */
  home: 'lamplighter:home',
  /** When the data was taken, ISO 8601: clusters' snapshots lose that when they are copied. */
  taken: 'lamplighter:taken',
  /** On a copy: when it should have been there at last, ISO 8601. One that is still on its way then hangs. */
  due: 'lamplighter:due',
  /** On a snapshot that only exists to be copied to another account. */
  handover: 'lamplighter:handover',
  /** On a snapshot that was taken before a change: the change, and the last day for which it is kept. */
  change: 'lamplighter:change',
  expires: 'lamplighter:expires',
} as const;

const NAME_PREFIX = 'lamplighter-';

/** What a snapshot of Lamplighter's is for. */
export type Purpose = 'retention' | 'handover' | 'change';

/**
 * What one of Lamplighter's own snapshots is for; nothing when it is somebody else's. A tag alone does not make it ours: a
 * restored database inherits the tags of its snapshot and hands them on to every snapshot that anybody takes of it. The
 * tag must name the database that AWS names, and the name must begin as ours do.
 */
export function purposeOf(snapshot: Snapshot): Purpose | undefined {
  const { type, name, tags } = snapshot;
  if (type !== 'manual' || !name.startsWith(NAME_PREFIX)) return undefined;
  if (namesItsDatabase(snapshot)) return tags[MARKS.handover] === undefined ? 'retention' : 'handover';
  return tags[MARKS.change] === undefined ? undefined : 'change';
}

/**
 * AWS does not promise that a copy in another region or account names the database of its source: there the tag counts alone.
 * What was taken before a change is not copied, and has the tag by inheritance at most.
 */
function namesItsDatabase(snapshot: Snapshot): boolean {
  const { tags, of } = snapshot;
  const database = tags[MARKS.database];
  if (database === undefined) return false;
  return of === undefined || of === database || (isFromElsewhere(snapshot) && tags[MARKS.change] === undefined);
}

/** Whether it was copied from another region or account, as AWS says. */
function isFromElsewhere({ source, scope }: Snapshot): boolean {
  const from = source === undefined ? undefined : parseArn(source);
  return from !== undefined && keyOf(from) !== keyOf(scope);
}

function isForTiers(snapshot: Snapshot): boolean {
  const purpose = purposeOf(snapshot);
  return purpose === 'retention' || purpose === 'handover';
}

/** The immutable id of the database that the snapshot was taken of, if anybody says so. */
export const databaseIdOf = (snapshot: Snapshot): string | undefined =>
  isForTiers(snapshot) ? snapshot.tags[MARKS.database] : snapshot.of;

/** Where its database is, `123456789012/eu-west-1`: where the tag says so, else where it was taken, if that is known. */
export function homeOf(snapshot: Snapshot): string | undefined {
  const tagged = isForTiers(snapshot) ? snapshot.tags[MARKS.home] : undefined;
  return tagged ?? (isFromElsewhere(snapshot) ? undefined : keyOf(snapshot.scope));
}

/** When the data was taken. AWS's own time counts for instances; a cluster's copy only has the tag. */
export function takenAtOf(snapshot: Snapshot): Date | undefined {
  const tagged = purposeOf(snapshot) ? Date.parse(snapshot.tags[MARKS.taken] ?? '') : Number.NaN;
  const fromTag = Number.isNaN(tagged) ? undefined : new Date(tagged);
  return snapshot.form === 'cluster' ? (fromTag ?? snapshot.takenAt) : (snapshot.takenAt ?? fromTag);
}

/** The tags of every snapshot that is to be kept, but for the time of its data. */
export const databaseTags = ({ identity, scope }: Pick<BackedUpDatabase, 'identity' | 'scope'>): Tags => ({
  [MARKS.database]: identity.id,
  [MARKS.home]: keyOf(scope),
});

/** The tags of a copy that is to be kept. */
export const retentionTags = (database: Pick<BackedUpDatabase, 'identity' | 'scope'>, takenAt: Date): Tags => ({
  ...databaseTags(database),
  [MARKS.taken]: takenAt.toISOString(),
});

/** The longest name of a cluster's snapshot; an instance's may have 255 characters. */
const NAME_LENGTH = 63;

/**
 * `lamplighter-orders-2026-11-22-0310-3f9a1c`: the database, when the data was taken in UTC, and a hash over what tells it
 * from others, so that asking twice finds the first one.
 */
export function snapshotNameOf(
  { name, identity }: Pick<BackedUpDatabase, 'name' | 'identity'>,
  takenAt: Date,
  unique: readonly string[],
): string {
  const minute = takenAt.toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  const end = `-${minute}-${hashOf([identity.id, takenAt.toISOString(), ...unique]).slice(0, 6)}`;
  const room = NAME_LENGTH - NAME_PREFIX.length - end.length;
  const database = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, room)
    .replace(/^-|-$/g, '');
  return `${NAME_PREFIX}${database || 'database'}${end}`;
}
