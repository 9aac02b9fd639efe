import { known } from '../../../shared/core/evidence.ts';
import type { Policy } from '../../../shared/core/policy.ts';
import type { CopySnapshot, SnapshotAction } from '../../../shared/core/retention/action.ts';
import { type BackedUpDatabase, keyOf, type Snapshot, type SnapshotKey } from '../../../shared/core/retention/facts.ts';
import { planSnapshots, type RetentionPlan } from '../../../shared/core/retention/plan.ts';
import { DAY_MS } from '../../../shared/core/time.ts';
import { automated, facts } from './specimen.ts';

/** What may happen in a night. */
export interface Night {
  /** `misses`: nobody woke the function. `fails`: what it begins ends as failed. `slow`: it is on its way until the next night. */
  readonly run: 'works' | 'misses' | 'fails' | 'slow';
  /** AWS made its own backup. */
  readonly backup: boolean;
  readonly status: 'available' | 'stopped' | 'modifying';
}

interface WorldOptions {
  readonly allowed: number;
  readonly others: readonly Snapshot[];
  /** What the database is encrypted with. */
  readonly key?: SnapshotKey;
}

/** AWS as far as snapshots are concerned, a night at a time: backups come and go, actions do what they say. */
export class World {
  readonly database: BackedUpDatabase;
  readonly options: WorldOptions;
  snapshots: readonly Snapshot[];
  /** Copies that failed because what they read from went away. */
  readonly lost: Snapshot[] = [];
  readonly #sources = new Map<string, string>();

  constructor(database: BackedUpDatabase, options: WorldOptions) {
    this.database = database;
    this.options = options;
    this.snapshots = options.others;
  }

  /** AWS's part of the night: what was on its way arrives, the backup is made, the oldest backups go. */
  backUp(at: Date, { backup, status }: Night): void {
    const { retentionDays } = this.database;
    const made =
      backup && status === 'available' && retentionDays > 0 ? [this.#encrypted(automated(this.database, at))] : [];
    const all = [...this.snapshots.map((one) => this.#arrived(one)), ...made];
    const isExpired = (one: Snapshot) =>
      one.type === 'automated' && at.getTime() - (one.takenAt as Date).getTime() > retentionDays * DAY_MS;
    // A stopped database's backups do not expire.
    this.snapshots = status === 'stopped' ? all : all.filter((one) => !isExpired(one));
  }

  plan(now: Date, policy: Policy, { status }: Night): RetentionPlan {
    const database = { ...this.database, status };
    const quotas = (['instance', 'cluster'] as const).map((form) => ({
      ...database.scope,
      form,
      allowed: known(this.options.allowed),
    }));
    return planSnapshots(facts({ databases: [database], snapshots: this.snapshots, quotas }), policy, { now });
  }

  /** Does what a plan says, one after the other. */
  carryOut({ act }: RetentionPlan, now: Date, { run }: Night): void {
    const status = { works: 'available', slow: 'creating', fails: 'failed', misses: '' }[run];
    for (const { action } of act) {
      this.snapshots =
        action.kind === 'delete-snapshot'
          ? this.snapshots.filter(({ arn }) => arn !== action.snapshot)
          : [...this.snapshots, { ...this.#begun(action, now), status }];
    }
  }

  /** A copy needs its source to the end. */
  #arrived(snapshot: Snapshot): Snapshot {
    if (snapshot.status !== 'creating') return snapshot;
    const source = this.#sources.get(snapshot.arn);
    const isThere =
      source === undefined || source.includes(':rds:') || this.snapshots.some(({ arn }) => arn === source);
    if (!isThere) this.lost.push(snapshot);
    return { ...snapshot, status: isThere ? 'available' : 'failed' };
  }

  #begun(action: Exclude<SnapshotAction, { kind: 'delete-snapshot' }>, now: Date): Snapshot {
    const arn = `arn:aws:rds:${action.scope.region}:${action.scope.account}:snapshot:${action.name}`;
    const { identity, name, engine } = this.database;
    const { scope, form, tags } = action;
    const made = {
      arn,
      name: action.name,
      scope,
      form,
      tags,
      type: 'manual',
      status: '',
      of: identity.id,
      databaseName: name,
      engine,
    };
    if (action.kind === 'create-snapshot') return this.#encrypted({ ...made, takenAt: now });
    const source = this.#source(action);
    this.#sources.set(arn, source.arn);
    const key = action.kmsKey ? { arn: action.kmsKey, manager: known('customer' as const) } : source.key;
    return { ...made, takenAt: source.takenAt as Date, ...(key ? { key } : {}) };
  }

  /** @throws {Error} as RDS does, when there is nothing that can be copied */
  #source(action: CopySnapshot): Snapshot {
    const source = this.snapshots.find(({ arn }) => arn === action.source.arn);
    if (source?.status !== 'available') throw new Error(`${action.source.arn} is ${source?.status ?? 'not there'}`);
    const isAbroad = action.scope.account !== source.scope.account;
    const isManaged = source.key?.manager.known && source.key.manager.value === 'aws';
    if (isAbroad && (source.type === 'automated' || isManaged)) throw new Error(`${source.arn} cannot be shared`);
    if (source.key && !action.kmsKey && keyOf(action.scope) !== keyOf(source.scope)) throw new Error('it needs a key');
    return source;
  }

  #encrypted(snapshot: Snapshot): Snapshot {
    return this.options.key ? { ...snapshot, key: this.options.key } : snapshot;
  }
}
