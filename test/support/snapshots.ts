import type { StoredSnapshot } from '../../sandbox/estate/rds-shapes.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import type { Mode } from '../../shared/core/policy.ts';
import type { CopySnapshot, SnapshotAction } from '../../shared/core/retention/action.ts';
import { retentionTags } from '../../shared/core/retention/marks.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import { idleDatabase, openScene, type Scene, type SceneOptions } from './carry-out.ts';

/** Databases, their snapshots, and what is planned about them, for the function that acts. */

export const HOME = { account: '111111111111', region: 'ap-northeast-2' } as const;
/** Another account in another region, which keeps copies. */
export const AWAY = { account: '222222222222', region: 'eu-central-1' } as const;

const KEY = { home: keyIn(HOME), away: keyIn(AWAY) } as const;

function keyIn({ account, region }: { readonly account: string; readonly region: string }): string {
  return `arn:aws:kms:${region}:${account}:key/shared`;
}

export const awayKey = KEY.away;

/** What is taken is taken at once, what is deleted is approved, and copies are kept elsewhere. */
const SNAPSHOTS = {
  mode: 'auto',
  prune: 'approve',
  keepAtLeast: 1,
  copyTo: [{ name: 'dr', ...AWAY, kmsKey: KEY.away }],
} as const;

export async function openSnapshotScene(snapshots: object = {}, options: SceneOptions = {}): Promise<Scene> {
  const policy = { ...options.policy, snapshots: { ...SNAPSHOTS, ...snapshots } };
  const scene = await openScene({ ...options, policy });
  for (const role of ['lamplighter-look', 'lamplighter-act']) {
    scene.sandbox.estate.account(AWAY.account).role(role, { externalId: 'lamplighter' });
  }
  return scene;
}

export const awayOf = ({ sandbox }: Scene) => sandbox.estate.account(AWAY.account).region(AWAY.region);

/** A database under a key of its own. */
export const database = (scene: Scene, name: string) =>
  idleDatabase(scene, name, { StorageEncrypted: true, KmsKeyId: KEY.home });

type Database = ReturnType<typeof database>;

const proposal = (action: SnapshotAction, of: Database, mode: Mode): Proposal =>
  proposalOf({ action, databaseName: of.DBInstanceIdentifier, mode, because: 'due for the week of 2026-11-16' });

export function takeOf(of: Database, mode: Mode = 'auto'): Proposal {
  const { DBInstanceArn: arn, DbiResourceId: id = '', DBInstanceIdentifier: name } = of;
  const action: SnapshotAction = {
    kind: 'create-snapshot',
    form: 'instance',
    scope: HOME,
    name: `lamplighter-${name}-new`,
    database: { arn, id },
    tags: { 'lamplighter:database': id },
    expect: { statuses: ['available', 'storage-optimization'] },
  };
  return proposal(action, of, mode);
}

const tagsOf = ({ DBInstanceArn: arn, DbiResourceId: id = '' }: Database, takenAt: Date) =>
  retentionTags({ identity: { arn, id }, scope: HOME }, takenAt);

/** One of Lamplighter's own that is there. */
export function ownSnapshot({ region }: Scene, of: Database, takenAt: string, name?: string): StoredSnapshot {
  const at = new Date(takenAt);
  const tags = Object.entries(tagsOf(of, at));
  return region.rds.addSnapshot(of, {
    DBSnapshotIdentifier: name ?? `lamplighter-${of.DBInstanceIdentifier}-${takenAt.slice(0, 10)}`,
    SnapshotCreateTime: at,
    OriginalSnapshotCreateTime: at,
    TagList: tags.map(([Key, Value]) => ({ Key, Value })),
  });
}

/** Its copy to the other account, unless `more` says otherwise. */
export function copyOf(
  of: Database,
  source: StoredSnapshot,
  more: Partial<CopySnapshot> & { mode?: Mode } = {},
): Proposal {
  const { mode = 'auto', ...rest } = more;
  const takenAt = source.OriginalSnapshotCreateTime ?? new Date(0);
  const action: SnapshotAction = {
    kind: 'copy-snapshot',
    purpose: 'off-site',
    form: 'instance',
    scope: AWAY,
    name: `${source.DBSnapshotIdentifier}-dr`,
    databaseId: of.DbiResourceId ?? '',
    source: { arn: source.DBSnapshotArn, scope: HOME, takenAt: takenAt.toISOString() },
    tags: tagsOf(of, takenAt),
    withinHours: 24,
    kmsKey: KEY.away,
    shareWith: AWAY.account,
    ...rest,
  };
  return proposal(action, of, mode);
}

export function deleteOf(of: Database, doomed: StoredSnapshot, mode: Mode = 'approve'): Proposal {
  const takenAt = doomed.OriginalSnapshotCreateTime ?? new Date(0);
  const action: SnapshotAction = {
    kind: 'delete-snapshot',
    form: 'instance',
    scope: HOME,
    name: doomed.DBSnapshotIdentifier,
    snapshot: doomed.DBSnapshotArn,
    expect: {
      databaseId: of.DbiResourceId ?? '',
      takenAt: takenAt.toISOString(),
      status: doomed.Status,
      tags: tagsOf(of, takenAt),
      instead: [],
      keepAtLeast: 1,
      newest: [],
    },
  };
  return proposal(action, of, mode);
}

const CHANGES = /^(Create|Copy|Delete|Modify)DB(Cluster)?Snapshot/;

/** The mutations of snapshots that took effect, in their order: the operation, where, and what it is about. */
export const snapshotCalls = ({ sandbox }: Scene): string[] =>
  sandbox.calls
    .all()
    .filter(({ operation, outcome }) => outcome === 'ok' && CHANGES.test(operation))
    .map(({ operation, input, region }) => {
      const about = input as Readonly<Record<string, string | undefined>>;
      return `${operation} ${region} ${about.TargetDBSnapshotIdentifier ?? about.DBSnapshotIdentifier}`;
    });

export const snapshotNamed = ({ region }: Scene, name: string): StoredSnapshot | undefined =>
  region.rds.snapshots.get(name);
