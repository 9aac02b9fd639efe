import { known } from '../../../shared/core/evidence.ts';
import type { Proposal } from '../../../shared/core/plan.ts';
import type { Policy } from '../../../shared/core/policy.ts';
import { parseHours } from '../../../shared/core/quantity.ts';
import {
  type CopySnapshot,
  type DeleteSnapshot,
  type SnapshotAction,
  snapshotArnOf,
} from '../../../shared/core/retention/action.ts';
import {
  type BackedUpDatabase,
  type Form,
  keyOf,
  type Snapshot,
  type SnapshotKey,
} from '../../../shared/core/retention/facts.ts';
import { purposeOf } from '../../../shared/core/retention/marks.ts';
import { planSnapshots, type RetentionPlan } from '../../../shared/core/retention/plan.ts';
import { proposalOf } from '../../../shared/core/retention/proposal.ts';
import { whyNotDeleted } from '../../../shared/core/retention/recheck.ts';
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

/** The deletes of a night, which wait for the end of their grace. */
interface OpenDeletes {
  readonly account: string;
  readonly time: string;
  readonly act: readonly Proposal[];
  readonly policy: Policy;
  readonly until: Date;
}

const HOUR_MS = 3_600_000;

/** Longer than this no snapshot waits for the room that a delete makes. */
const BRIEF_HOURS = 2;

/** AWS as far as snapshots are concerned, a night at a time: backups come and go, actions do what they say. */
export class World {
  readonly databases: readonly BackedUpDatabase[];
  readonly options: WorldOptions;
  snapshots: readonly Snapshot[];
  /** So many manual snapshots of each form were at home at once while a plan was carried out. */
  most: Record<Form, number> = { instance: 0, cluster: 0 };
  /** Copies that failed because what they read from went away. */
  readonly lost: Snapshot[] = [];
  /** The plans of deletes whose grace is not over. */
  open: readonly OpenDeletes[] = [];
  readonly #sources = new Map<string, string>();

  /** @param databases all of one scope */
  constructor(databases: readonly BackedUpDatabase[], options: WorldOptions) {
    this.databases = databases;
    this.options = options;
    this.snapshots = options.others;
  }

  /** AWS's part of the night: what was on its way arrives, the backups are made, the oldest backups go. */
  backUp(at: Date, { backup, status }: Night): void {
    const made = this.databases.filter(({ retentionDays }) => backup && status === 'available' && retentionDays > 0);
    const all = [
      ...this.snapshots.map((one) => this.#arrived(one)),
      ...made.map((database) => this.#encrypted(automated(database, at))),
    ];
    const daysOf = new Map(this.databases.map(({ identity, retentionDays }) => [identity.id, retentionDays]));
    const isExpired = (one: Snapshot) =>
      one.type === 'automated' &&
      at.getTime() - (one.takenAt as Date).getTime() > (daysOf.get(one.of ?? '') ?? 0) * DAY_MS;
    // A stopped database's backups do not expire.
    this.snapshots = status === 'stopped' ? all : all.filter((one) => !isExpired(one));
  }

  /** Somebody deletes one of the own good ones by hand, but none that was there before. */
  lose(nth: number): void {
    const made = this.snapshots.filter((one) => !this.options.others.includes(one));
    const good = made.filter((one) => purposeOf(one) === 'retention' && one.status === 'available');
    const lost = good[nth % Math.max(1, good.length)];
    this.snapshots = this.snapshots.filter((one) => one !== lost);
  }

  /** Deletes whose grace is over are done, if whoever looks at them again agrees. A new policy ends them all. */
  prune(now: Date, policy: Policy): void {
    const standing = this.open.filter((one) => one.policy === policy);
    for (const { act } of standing.filter(({ until }) => until <= now)) this.#deleteAll(act, { policy, now });
    this.open = standing.filter(({ until }) => until > now);
  }

  plan(now: Date, policy: Policy, { status }: Night): RetentionPlan {
    const databases = this.databases.map((one) => ({ ...one, status }));
    const quotas = databases
      .slice(0, 1)
      .flatMap(({ scope }) =>
        (['instance', 'cluster'] as const).map((form) => ({ ...scope, form, allowed: known(this.options.allowed) })),
      );
    const earlier = { vetoed: new Map(), open: this.open };
    return planSnapshots(facts({ databases, snapshots: this.snapshots, quotas }), policy, { now, earlier });
  }

  /** Does what a plan says. Deletes have a grace: what does not wait for them comes before them. */
  carryOut({ act }: RetentionPlan, { now, policy, happens }: { now: Date; policy: Policy; happens: Night }): void {
    const status = { works: 'available', slow: 'creating', fails: 'failed', misses: '' }[happens.run];
    this.most = { instance: 0, cluster: 0 };
    const take = (action: SnapshotAction): void => {
      if (action.kind === 'delete-snapshot' || this.snapshots.some(({ arn }) => arn === action.after)) return;
      const made = { ...this.#begun(action, now), status };
      if (this.snapshots.some(({ arn }) => arn === made.arn)) return; // AWS gives a name once
      this.snapshots = [...this.snapshots, made];
      const here = this.snapshots.filter(({ scope }) => keyOf(scope) === keyOf(this.#home.scope));
      const same = here.filter(({ type, form }) => type === 'manual' && form === action.form);
      this.most[action.form] = Math.max(this.most[action.form], same.length);
    };
    const isWaiting = (action: SnapshotAction) => 'after' in action && action.after !== undefined;
    for (const { action } of act) if (!isWaiting(action)) take(action);
    const deletes = act.filter(({ action }) => action.kind === 'delete-snapshot').map(proposalOf);
    const hours = parseHours(policy.snapshots.pruneGrace);
    if (hours <= BRIEF_HOURS) this.#deleteAll(deletes, { policy, now });
    else if (deletes.length > 0) {
      const until = new Date(now.getTime() + hours * HOUR_MS);
      const { account } = this.#home.scope;
      this.open = [...this.open, { account, time: now.toISOString(), act: deletes, policy, until }];
    }
    for (const { action } of act) if (isWaiting(action)) take(action);
  }

  get #home(): BackedUpDatabase {
    return this.databases[0] as BackedUpDatabase;
  }

  #deleteAll(act: readonly Proposal[], { policy, now }: { policy: Policy; now: Date }): void {
    for (const { action } of act) {
      const doomed = action as DeleteSnapshot;
      if (whyNotDeleted(doomed, { snapshots: this.snapshots, policy, now })) continue;
      this.snapshots = this.snapshots.filter(({ arn }) => arn !== doomed.snapshot);
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
    const arn = snapshotArnOf(action);
    const id = action.kind === 'create-snapshot' ? action.database.id : action.databaseId;
    const { identity, name, engine } = this.databases.find((one) => one.identity.id === id) ?? this.#home;
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
