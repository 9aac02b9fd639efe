import type { Region } from '../../sandbox/estate/account.ts';
import { defaultRdsKey } from '../../sandbox/estate/kms-state.ts';
import type { StoredClusterSnapshot, StoredSnapshot } from '../../sandbox/estate/rds-shapes.ts';
import type { Identity, Scope } from '../../shared/core/identity.ts';
import type { CopySnapshot, CreateSnapshot, DeleteSnapshot } from '../../shared/core/retention/action.ts';
import { FORMS, type Form, type Stage, type Subject } from './subjects.ts';

/** A database of either form, and snapshots of it, with the actions about them. */

export const TAKEN = '2026-11-20T03:00:00.000Z';
export const NAME = { taken: 'lamplighter-new', source: 'lamplighter-old', copy: 'lamplighter-copy' } as const;
export const OPERATION = {
  instance: {
    create: 'CreateDBSnapshot',
    copy: 'CopyDBSnapshot',
    delete: 'DeleteDBSnapshot',
    share: 'ModifyDBSnapshotAttribute',
  },
  cluster: {
    create: 'CreateDBClusterSnapshot',
    copy: 'CopyDBClusterSnapshot',
    delete: 'DeleteDBClusterSnapshot',
    share: 'ModifyDBClusterSnapshotAttribute',
  },
} as const;

export const scopeOf = ({ place }: Region['rds']): Scope => ({ account: place.account, region: place.region });

export const databaseOf = (here: Stage, form: Form): Subject => FORMS[form](here);

const marks = (database: Identity, more: Readonly<Record<string, string>> = {}) => ({
  'lamplighter:database': database.id,
  'lamplighter:taken': TAKEN,
  ...more,
});

interface Spec extends Readonly<Record<string, unknown>> {
  readonly name?: string;
  readonly takenAt?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A snapshot of the database at home. One of Lamplighter's own of two days ago, unless `more` says otherwise. */
export function held(
  { home: { rds } }: Stage,
  form: Form,
  { name = NAME.source, takenAt = TAKEN, tags = {}, ...more }: Spec = {},
): StoredSnapshot | StoredClusterSnapshot {
  const TagList = Object.entries({ 'lamplighter:taken': takenAt, ...tags }).map(([Key, Value]) => ({ Key, Value }));
  const at = new Date(takenAt);
  if (form === 'cluster') {
    const cluster = rds.clusters.get('shop')!;
    const own = [{ Key: 'lamplighter:database', Value: cluster.DbClusterResourceId ?? '' }, ...TagList];
    const spec = { DBClusterSnapshotIdentifier: name, SnapshotCreateTime: at, TagList: own, ...more };
    return rds.addClusterSnapshot(cluster, spec);
  }
  const database = rds.instances.get('orders')!;
  const own = [{ Key: 'lamplighter:database', Value: database.DbiResourceId ?? '' }, ...TagList];
  return rds.addSnapshot(database, {
    DBSnapshotIdentifier: name,
    SnapshotCreateTime: at,
    OriginalSnapshotCreateTime: at,
    TagList: own,
    ...more,
  });
}

export const snapshotIn = ({ rds }: Region, form: Form, name: string) =>
  form === 'cluster' ? rds.clusterSnapshots.get(name) : rds.snapshots.get(name);

export const forget = ({ rds }: Region, form: Form, name: string): boolean =>
  form === 'cluster' ? rds.clusterSnapshots.delete(name) : rds.snapshots.delete(name);

const KIND = { instance: 'snapshot', cluster: 'cluster-snapshot' } as const;

const arnOf = ({ account, region }: Scope, form: Form, name: string): string =>
  `arn:aws:rds:${region}:${account}:${KIND[form]}:${name}`;

export const creation = ({ home }: Stage, form: Form, database: Identity): CreateSnapshot => ({
  kind: 'create-snapshot',
  form,
  scope: scopeOf(home.rds),
  name: NAME.taken,
  database,
  tags: { 'lamplighter:database': database.id },
  expect: { statuses: ['available'] },
});

export const copying = (
  { home }: Stage,
  form: Form,
  { database, ...more }: Partial<CopySnapshot> & { readonly database: Identity },
): CopySnapshot => ({
  kind: 'copy-snapshot',
  purpose: 'off-site',
  form,
  scope: scopeOf(home.rds),
  name: NAME.copy,
  databaseId: database.id,
  source: { arn: arnOf(scopeOf(home.rds), form, NAME.source), scope: scopeOf(home.rds), takenAt: TAKEN },
  tags: marks(database),
  withinHours: 24,
  ...more,
});

export const deletion = ({ home }: Stage, form: Form, database: Identity): DeleteSnapshot => ({
  kind: 'delete-snapshot',
  form,
  scope: scopeOf(home.rds),
  name: NAME.source,
  snapshot: arnOf(scopeOf(home.rds), form, NAME.source),
  expect: {
    databaseId: database.id,
    takenAt: TAKEN,
    status: 'available',
    tags: marks(database),
    instead: [],
    keepAtLeast: 1,
    newest: [],
  },
});

/** Under a key that its account manages itself, which may be shared. */
export const encrypted = ({ home }: Stage, form: Form) =>
  form === 'cluster'
    ? { StorageEncrypted: true, KmsKeyId: ownKey(scopeOf(home.rds)) }
    : { Encrypted: true, KmsKeyId: ownKey(scopeOf(home.rds)) };

export const ownKey = ({ account, region }: Scope): string => `arn:aws:kms:${region}:${account}:key/shared`;
export const awsKey = ({ home }: Stage): string => defaultRdsKey(scopeOf(home.rds));
