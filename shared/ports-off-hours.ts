import type { Power } from './core/calendar/course.ts';
import type { KeepOn, KeepOnAnswer } from './core/calendar/keep-on.ts';
import type { Change } from './core/change.ts';
import type { Evidence } from './core/evidence.ts';
import type { UnreadableScope } from './core/facts.ts';
import type { Arn, Identity, Scope } from './core/identity.ts';
import type { OffHoursRecord } from './core/off-hours/record.ts';
import type { ScheduledResource } from './core/off-hours/resource.ts';
import type { Ledger, RecordState, Turns } from './ports.ts';

/** Reads what is under schedules, in one scope, page by page. */
export interface ScheduledReader {
  /** Everything that has the schedule tag. What could not be listed is said: it is unknown, not absent. */
  scheduled(scope: Scope): Promise<{
    readonly resources: readonly ScheduledResource[];
    readonly unreadable: readonly UnreadableScope[];
  }>;
  /**
   * One of them as it is now, with or without the tag; nothing when it is gone, or another carries its name.
   * @throws {AccessDeniedError}
   */
  find(scope: Scope, type: ScheduledResource['type'], identity: Identity): Promise<ScheduledResource | undefined>;
  /**
   * The power of a database that runs, with who started it since then as far as RDS's events tell: one question for each. To
   * be asked of what stood stopped by us.
   */
  startedSince(database: Pick<ScheduledResource, 'scope' | 'identity'>, since: Date): Promise<Power>;
  /** The same with what an hour costs at list price, for what is about to be stopped. */
  priced(resources: readonly ScheduledResource[], now: Date): Promise<readonly ScheduledResource[]>;
  /** The names of the alarms of each resource whose actions are enabled; of a resource without any, nothing. */
  alarmsOf(
    scope: Scope,
    resources: readonly ScheduledResource[],
  ): Promise<Evidence<ReadonlyMap<Arn, readonly string[]>>>;
}

/** What people have answered: keep it on until. */
export interface Overrides {
  /** The overrides of an account that have not lapsed, by resource. */
  overrides(account: string, now: Date): Promise<ReadonlyMap<Arn, KeepOn>>;
}

/** The same for whoever answers. */
export interface KeepOnAnswers {
  /** What was answered about an account and has not lapsed, as it was said. */
  keepOnAnswers(account: string, now: Date): Promise<readonly KeepOnAnswer[]>;
  /** A new answer about a resource takes the place of the one before. */
  recordKeepOn(account: string, answer: KeepOnAnswer): Promise<void>;
}

/** The record of an account that counts. */
export interface KeptRecord extends OffHoursRecord {
  readonly state: RecordState;
  /** What tells it from every other. */
  readonly edition: string;
}

/** Where the ledger has what became of an action. */
export interface ChangePlace {
  readonly resource: Arn;
  readonly planId: string;
  /** Of the action, from 1. */
  readonly number: number;
}

/** What off-hours asks of the ledger. Every write is conditional or may be repeated. */
export interface OffHoursLedger
  extends Turns,
    Overrides,
    Pick<Ledger, 'currentPolicy' | 'vetoes' | 'changes' | 'record' | 'announced' | 'handedOver'> {
  /** What the last tick that had something to keep has kept. @throws {LedgerCorruptError} when parts of it are missing */
  kept(account: string): Promise<KeptRecord | undefined>;
  /** Keeps a record in the place of the one before; nothing when another one has taken that place meanwhile. */
  keep(next: OffHoursRecord, before: KeptRecord | undefined): Promise<KeptRecord | undefined>;
  /** It has come so far, unless another one is in its place by now. */
  advance(kept: KeptRecord, state: RecordState): Promise<void>;
  /** What has become of actions, as far as anything is written down, by the id of the change. */
  outcomes(places: readonly ChangePlace[]): Promise<ReadonlyMap<string, Change>>;
}
