import type { OnDemand } from './core/commitments.ts';
import type { Evidence } from './core/evidence.ts';
import type { Scope } from './core/identity.ts';
import type { Message } from './core/message.ts';
import type { Anomaly } from './core/spend/anomaly.ts';
import type { SpendAnswer } from './core/spend/answer.ts';
import type { Explanation } from './core/spend/explanation.ts';
import type { MonthOfCosts } from './core/spend/history.ts';
import type { SnapshotsBehind } from './core/spend/own-snapshots.ts';
import type { Day } from './core/spend/series.ts';
import type { StoredPolicy, TimeRange, Turns } from './ports.ts';

/** How a cost is counted, in Cost Explorer's words. */
export type CostMetric = 'UnblendedCost' | 'AmortizedCost' | 'NetUnblendedCost' | 'NetAmortizedCost';

export type CostDimension = 'SERVICE' | 'LINKED_ACCOUNT' | 'USAGE_TYPE' | 'REGION' | 'RECORD_TYPE' | 'DATABASE_ENGINE';

/** At most two in one query: AWS's limit. */
export type CostGrouping =
  | { readonly dimension: CostDimension }
  | { readonly tag: string }
  | { readonly costCategory: string };

export interface CostQuery {
  readonly from: Day;
  /** Exclusive, as Cost Explorer counts it. */
  readonly to: Day;
  readonly metric: CostMetric;
  readonly groupBy: readonly CostGrouping[];
  /** Only these values of a dimension. */
  readonly only?: { readonly [D in CostDimension]?: readonly string[] };
  /** None of these record types: credits, refunds, taxes, support, upfront fees. */
  readonly withoutRecordTypes: readonly string[];
}

export interface CostDay {
  readonly day: Day;
  /** AWS may still restate it. */
  readonly estimated: boolean;
  /** Only groups that have spend; `keys` are in the order of `groupBy`, tags and categories without their `Name$` prefix. */
  readonly groups: readonly { readonly keys: readonly string[]; readonly amount: number }[];
}

export interface CostAnswer {
  /** One for all of it, e.g. `USD`. */
  readonly currency: string;
  /** Every day of the range that Cost Explorer answered, in order. */
  readonly days: readonly CostDay[];
}

/** AWS Cost Explorer, whose every page is paid. */
export interface CostExplorer {
  /**
   * Reads every page or throws. `pay` is called before each page, which costs $0.01, and may throw to prevent it.
   * @throws {AccessDeniedError} a member account that the payer does not let in
   * What AWS refuses throws with AWS's name: a range that it does not keep, or that ends before it begins, is a ValidationException.
   * @throws {MixedCurrenciesError}
   * @throws {UnreadableCostsError} an amount is missing or no number
   */
  daily(query: CostQuery, pay: () => Promise<void>): Promise<CostAnswer>;
  /**
   * The same by resource id, from the payer's resource-level data (opt-in for each service, the last 14 days); unknown where it
   * has none. `only` names the service: without one AWS refuses.
   * @throws {AccessDeniedError}
   */
  daysByResource(query: Omit<CostQuery, 'groupBy'>, pay: () => Promise<void>): Promise<Evidence<CostAnswer>>;
}

/** Somebody's call that created or changed something, from CloudTrail. */
export interface AuditEvent {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly name: string;
  readonly source: string;
  /** The ARN of who called, a role's session included; where there is none the user name, or the service of AWS. */
  readonly actor: string;
  readonly resources: readonly { readonly type: string; readonly name: string }[];
}

export interface AuditQuery {
  readonly scope: Scope;
  readonly from: Date;
  readonly to: Date;
  /** The events to look for, the likeliest first: CloudTrail takes one attribute a call. */
  readonly eventNames: readonly string[];
  /** A resource whose events are looked for as well, before those. */
  readonly resourceName?: string;
  /** Over all of them together. */
  readonly maxPages: number;
}

export interface AuditTrail {
  /**
   * The newest first, without calls that failed. Best effort: unknown, with the reason, where CloudTrail does not answer;
   * `complete: false` when pages were left. It keeps 90 days, and what is older is found to be nothing: do not ask for it.
   */
  lookup(query: AuditQuery): Promise<Evidence<{ readonly events: readonly AuditEvent[]; readonly complete: boolean }>>;
}

export type RunOccasion = 'alarm' | 'backfill' | 'self-test';

/** `recorded -> announced`. A run with nothing to say is announced once what it found is kept. */
export interface SpendRun {
  readonly payer: string;
  /** The tick's time, ISO 8601 in UTC. */
  readonly time: string;
  /** What it was for, besides the daily look: runs of one moment for different ends are different runs. */
  readonly occasion?: RunOccasion;
  readonly state: 'recorded' | 'announced';
  /** The anomalies as they are after this run: what it keeps, once and for all of its deliveries. */
  readonly anomalies: readonly Anomaly[];
  readonly message?: Message;
  /** What its caller was told. */
  readonly report: unknown;
}

/** Two groupings are kept from day to day. */
export type CostView = 'services' | 'regions';

/** What watch-spend asks of the ledger. Every write is conditional or may be repeated. */
export interface SpendLedger extends Turns {
  currentPolicy(): Promise<StoredPolicy | undefined>;
  /** @throws {LedgerCorruptError} when parts of it are missing */
  run(payer: string, time: string, occasion?: RunOccasion): Promise<SpendRun | undefined>;
  /** The time of the last daily look before a moment, as long as runs are kept. */
  lastLook(payer: string, before: Date): Promise<string | undefined>;
  /** The runs of the last days that were recorded and not announced, the oldest first. */
  unfinished(payer: string, now: Date): Promise<readonly SpendRun[]>;
  /** Records the run, once: from then on it counts. */
  record(run: SpendRun): Promise<void>;
  announced(run: SpendRun): Promise<void>;
  /** What was answered for these months, those that are there. */
  costs(kept: KeptCosts, months: readonly string[]): Promise<readonly MonthOfCosts[]>;
  keepCosts(kept: KeptCosts, months: readonly MonthOfCosts[]): Promise<void>;
  /** Counts one paid call of a month, `2026-11`: false, and not counted, when there are `most` already. */
  countPaidCall(payer: string, month: string, most: number): Promise<boolean>;
  /** Why AWS had no resource-level data of a service when it was last asked, as long as that holds. */
  withoutResources(payer: string, service: string, now: Date): Promise<string | undefined>;
  /** @param without which service, why, and until when it need not be asked again */
  keepWithoutResources(
    payer: string,
    without: { readonly service: string; readonly why: string; readonly until: Date },
  ): Promise<void>;
  /** The anomalies whose first day is in the half-open range. */
  anomalies(payer: string, range: { readonly from: Day; readonly to: Day }): Promise<readonly Anomaly[]>;
  keepAnomalies(anomalies: readonly Anomaly[]): Promise<void>;
  /** What was found out about an anomaly, if it was about this state of it. */
  explanation(id: string, about: string): Promise<Explanation | undefined>;
  keepExplanation(id: string, found: FoundOut): Promise<void>;
  spendAnswers(): Promise<readonly SpendAnswer[]>;
}

export interface FoundOut {
  /** The state of the anomaly that it explains. */
  readonly about: string;
  readonly explanation: Explanation;
  readonly now: Date;
}

/** What right-size asks of the ledger about the bill. */
export interface OnDemandLedger extends Pick<SpendLedger, 'countPaidCall'> {
  /** What was read for a day, if it was. */
  onDemand(payer: string, day: Day): Promise<OnDemand | undefined>;
  keepOnDemand(payer: string, day: Day, onDemand: OnDemand): Promise<void>;
}

/** Whose costs, counted how, by which pair of keys. */
export interface KeptCosts {
  readonly payer: string;
  readonly metric: CostMetric;
  /** The record types that were left out, in any order. */
  readonly without: readonly string[];
  readonly view: CostView;
}

/** The changes of Lamplighter itself. */
export interface OwnChanges {
  /**
   * What was changed or taken back in the range, in words, with its time as people in the time zone have it; from the runs and
   * plans of those days.
   */
  between(about: OwnAbout, range: TimeRange, timezone: string): Promise<readonly string[]>;
}

export interface OwnAbout {
  /** Where it was changed, or which is billed for it. */
  readonly account: string;
  /** The accounts whose plans may keep copies in it; its own as well. */
  readonly planners: readonly string[];
  /** Which changes of snapshots count, beside those of machines. */
  readonly snapshots: SnapshotsBehind;
}

/** What `answer` and the command line ask about anomalies. */
export interface AnomalyAnswers {
  anomaly(id: string): Promise<Anomaly | undefined>;
  /** Everything that was said about it, the oldest first. */
  answersAbout(id: string): Promise<readonly SpendAnswer[]>;
  recordSpendAnswer(answer: SpendAnswer): Promise<void>;
  /** For people: begins at the index, which lags. The dearest a month first. */
  openAnomalies(): Promise<readonly Anomaly[]>;
}
