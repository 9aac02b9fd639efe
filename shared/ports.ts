import type { HolidayBook } from './core/calendar/holidays.ts';
import type { Change } from './core/change.ts';
import type { Evidence } from './core/evidence.ts';
import type { DailySeries, EvidenceKind, Facts, InstanceFacts, MetricKind } from './core/facts.ts';
import type { Arn, Identity, Scope } from './core/identity.ts';
import type { Rung } from './core/ladder.ts';
import type { Message } from './core/message.ts';
import type { Money } from './core/money.ts';
import type { Part, Plan } from './core/plan.ts';
import type { Policy } from './core/policy.ts';
import type { PriceQuery } from './core/price-query.ts';
import type { Veto } from './core/rules/exempt.ts';
import type { HourlySeries } from './core/sizing/demand.ts';

/** A half-open range of time: `from` belongs to it, `to` does not. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
  /** The first of the sale days that sizing weighs, where that is before `from`. */
  readonly salesFrom?: Date;
}

/** Reads one account and region. Every method reads every page or throws. */
export interface ScopeReader {
  /**
   * One resource as it is now, by its immutable identity; undefined when it is gone or another one has its name.
   * @throws {AccessDeniedError}
   */
  find(identity: Identity, type: Facts['type']): Promise<Facts | undefined>;
  /**
   * Everything of one type that is there.
   * @throws {AccessDeniedError} when the scope may not be read
   */
  inventory(type: Facts['type']): Promise<Facts[]>;
  /** One kind of evidence for each resource, in as few calls as AWS allows. What may not be read is unknown; a failure throws. */
  read(wants: ReadonlyMap<Facts, EvidenceKind>, range: TimeRange): Promise<Map<Arn, Evidence<unknown>>>;
  /** Several metrics of one resource that say whether it is used, in one call. */
  readMetrics(
    facts: Facts,
    kinds: readonly MetricKind[],
    range: TimeRange,
  ): Promise<Map<MetricKind, Evidence<DailySeries>>>;
}

export interface Estate {
  /** @throws {AccessDeniedError} when the account does not let us in */
  open(scope: Scope): Promise<ScopeReader>;
}

/** AWS's public price list. */
export interface PriceList {
  /**
   * The on-demand price; unknown when there is none, or more than one fits.
   * @throws {AccessDeniedError} when the price list may not be read
   */
  price(query: PriceQuery): Promise<Evidence<Money>>;
  /**
   * The prices of everything that fits a query which names no type, by type.
   * @throws {AccessDeniedError} when the price list may not be read
   */
  table(query: PriceQuery): Promise<ReadonlyMap<string, Evidence<Money>>>;
}

/** Where the memory of instances is measured, which EC2 itself cannot see. Where nobody measures it, it is unknown. */
export interface MemorySource {
  /** The highest share of its memory that each instance used, in percent, day by day. */
  days(instances: readonly InstanceFacts[], range: TimeRange): Promise<Map<Arn, Evidence<DailySeries>>>;
  /** The same, hour by hour. */
  hours(instances: readonly InstanceFacts[], range: TimeRange): Promise<Map<Arn, Evidence<HourlySeries>>>;
}

/** What AWS sells in a region, as it was read within the last seven days. */
export interface CatalogueCache {
  /** The rows of parts of the catalogue, in the order asked; undefined where they were not read, or too long ago. */
  get(parts: readonly CataloguePart[], now: Date): Promise<readonly (readonly unknown[] | undefined)[]>;
  put(part: CataloguePart, rows: readonly unknown[], now: Date): Promise<void>;
}

export interface CataloguePart {
  readonly region: string;
  /** `instance types`, ... */
  readonly of: string;
}

/** A policy, as it is put in force. */
export interface NewPolicy {
  readonly policy: Policy;
  /** The holidays that its calendars ask for, as they are known today; absent: it asks for none. */
  readonly holidays?: HolidayBook;
}

export interface StoredPolicy extends NewPolicy {
  readonly version: number;
  readonly storedAt: Date;
  readonly storedBy: string;
}

/** What identifies a run: a second delivery of the same tick is the same run. */
export interface RunKey {
  readonly function: string;
  readonly account: string;
  /** The tick's time, ISO 8601 in UTC. */
  readonly time: string;
}

/** `recorded -> announced -> handed-over`. A plan in which nothing may be carried out ends at `announced`. */
export type RunState = 'recorded' | 'announced' | 'handed-over';

/**
 * How far what was decided has come: a start waits for no message, nor does what an alarm wants. `announced`: people know of it, but
 * carry-out could not be given all of it.
 */
export type RecordState = 'recorded' | 'handed-over' | 'announced' | 'told';

export interface Run extends RunKey {
  readonly planId: string;
  readonly state: RunState;
  /** What a person would hear from the plan; equal digests need no second message. */
  readonly digest: string;
  /** The tick of the last message that said this digest: this run's, or an earlier one's. */
  readonly saidAt?: string;
  /** Whose claim it was when this was read. */
  readonly holder?: string;
}

/** One delivery's right to announce a run: `holder` is the Lambda request id, which a retry of the delivery keeps. */
export interface Claim {
  readonly holder: string;
  readonly now: Date;
  readonly until: Date;
}

/** Who is at work: one delivery of a function at a time for each `of`, such as a payer. */
export interface Turns {
  /** Makes this delivery the only one at work: true for it, also when asked again, until the claim ends. */
  begin(of: string, claim: Claim): Promise<boolean>;
  end(of: string, holder: string): Promise<void>;
}

/** What Lamplighter has done to a resource, as far as the ledger still has it. */
export interface ChangeHistory {
  changesOf(resource: Arn): Promise<readonly Change[]>;
}

/** What schedules do, again and again, or what rules and people wanted. */
export type ChangeKind = 'scheduled' | 'unscheduled';

export interface Ledger {
  /** The policy in force, or undefined when none was ever stored. */
  currentPolicy(): Promise<StoredPolicy | undefined>;
  /** The vetoes of an account that have not ended at `now`. */
  vetoes(account: string, now: Date): Promise<readonly Veto[]>;
  /** The changes that stand, and those that ended or were reversed since then, newest first; of both kinds unless it is said which. */
  changes(since: Date, kind?: ChangeKind): Promise<readonly Change[]>;
  /** The run of this tick, if it was recorded, and the last one before it that was announced. */
  runs(key: RunKey): Promise<{ readonly current?: Run; readonly previous?: Run }>;
  /**
   * Records the plan and the run, once: the run that is returned is the one in the ledger, which may be another
   * delivery's with another plan. With a claim, a new run is claimed in the same breath.
   */
  record(plan: Plan, digest: string, claim?: Claim): Promise<Run>;
  /** @throws {LedgerCorruptError} when parts are missing or the hash is not that of the actions */
  plan(id: string): Promise<Plan>;
  /** Lets one delivery announce: true for the holder until the claim ends, false for everybody else. */
  claim(run: Run, claim: Claim): Promise<boolean>;
  /** Gives the claim back after a failure, so that the next delivery may try at once. */
  release(run: Run, holder: string): Promise<void>;
  /** The message is out, or was not needed because `saidAt` said the same. */
  announced(run: RunKey, saidAt: string): Promise<void>;
  /** The execution that carries the plan out has been started; only a run that was announced is handed over. */
  handedOver(run: RunKey): Promise<void>;
  /** What was announced as unused in an account, as the last tick left it. */
  ladder(account: string): Promise<readonly Rung[]>;
  /** The resources of an account about which an alarm said lately that they do nothing. */
  idleAlarms(account: string): Promise<readonly Arn[]>;
  /** Keeps the ladder as it is after a tick, unless that of a later tick is kept already. */
  keepLadder(account: string, ladder: readonly Rung[], tick: Date): Promise<void>;
}

/** Where the deployer keeps the policy. */
export interface PolicyStore {
  /**
   * Stores a new version and returns it. What is in force already is not stored again: the same policy with the same
   * holidays.
   */
  store(next: NewPolicy, by: string, now: Date): Promise<StoredPolicy>;
}

export interface PriceCache {
  /** The prices that are not older than seven days. */
  get(queries: readonly PriceQuery[], now: Date): Promise<Map<PriceQuery, Evidence<Money>>>;
  put(query: PriceQuery, price: Evidence<Money>, now: Date): Promise<void>;
}

/** Starts the execution that carries a plan out, or a part of it: one for each however often asked. */
export interface Starter {
  start(part: Part): Promise<void>;
}

export interface Announcer {
  /** Returns once SNS has taken the message. */
  send(message: Message): Promise<void>;
}
