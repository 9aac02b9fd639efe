import type { Evidence } from './core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from './core/facts.ts';
import type { Arn, Scope } from './core/identity.ts';
import type { Message } from './core/message.ts';
import type { Plan, Resource } from './core/plan.ts';
import type { Alarm, StateChange } from './core/remediation/alarm.ts';
import type { Parent } from './core/remediation/fold.ts';
import type { RemediationMemory } from './core/remediation/memory.ts';
import type { AlarmedResource, EvidenceMetric, Happening, RunbookId } from './core/remediation/runbook.ts';
import type { KnownSubject } from './core/remediation/subject.ts';
import type { CountedDatabase, TopLoad } from './core/remediation/top-load.ts';
import type { Veto } from './core/rules/exempt.ts';
import type { ChangeHistory, Ledger, RecordState, StoredPolicy, TimeRange } from './ports.ts';

/** Reads alarms anew: an event may be late, come twice, or after the one that follows it. */
export interface AlarmReader {
  /**
   * The alarms of these names as they are now, metric alarms and composites, a hundred a call. What is not there any more is
   * not among them.
   * @throws {AccessDeniedError}
   */
  alarms(scope: Scope, names: readonly string[]): Promise<readonly Alarm[]>;
  /** Every alarm that is on now. @throws {AccessDeniedError} */
  alarmsOn(scope: Scope): Promise<readonly Alarm[]>;
  /**
   * The alarms that changed in the range, or the one of this name, with their changes, the oldest first. CloudWatch keeps them for
   * 30 days, and those of deleted alarms, too, of which nobody knows any more what they were about: they are not among them.
   * @throws {AccessDeniedError}
   */
  histories(scope: Scope, range: TimeRange, alarm?: string): Promise<readonly AlarmHistory[]>;
}

export interface AlarmHistory {
  readonly alarm: Alarm;
  readonly changes: readonly StateChange[];
}

/** Reads what alarms are about. What may not be read, or was not answered, is unknown. */
export interface RemediationReader {
  /** The resources as they are now, by the keys of their subjects: nothing is there, or nobody knows. */
  resources(
    scope: Scope,
    subjects: readonly KnownSubject[],
  ): Promise<ReadonlyMap<string, Evidence<FoundResource | undefined>>>;
  /**
   * What the runbooks of one scope decide by, in the order asked, and no more: all metrics in one question, a larger class or type
   * only for a runbook that may propose one.
   */
  look(scope: Scope, wanted: readonly Wanted[], now: Date): Promise<readonly Looked[]>;
  /** The same with what only people ask for: the other metrics, how far replicas are behind, and what it would cost. */
  evidence(scope: Scope, looked: readonly (Wanted & Looked)[], now: Date): Promise<readonly Looked[]>;
  /** What CloudTrail shows of a resource, and of deployments beside it. It comes some minutes after the fact. */
  happenings(scope: Scope, resource: Pick<Resource, 'arn'>, range: TimeRange): Promise<Evidence<readonly Happening[]>>;
  /** What loads a database, as Performance Insights counts it. */
  topLoad(scope: Scope, counted: CountedDatabase, range: TimeRange): Promise<TopLoad>;
}

/** The resource of an alarm, as one description tells of it. */
export type FoundResource = FoundDatabase | FoundInstance;

export interface FoundDatabase {
  readonly type: 'database';
  readonly facts: DatabaseFacts;
  readonly parent?: Parent;
  /** The databases that are behind others, of which it says so: its read replicas, the readers of a cluster, or itself. */
  readonly replicas: readonly ReplicaName[];
  /** GiB up to which RDS itself lets the storage grow (storage autoscaling); absent when that is off. */
  readonly growsItselfTo?: number;
  /** Absent where Performance Insights is off. Of a cluster its writer, or another member where it is on. */
  readonly counted?: CountedDatabase;
}

export interface ReplicaName {
  readonly name: string;
  /** Where it is measured, if in another region. */
  readonly region?: string;
}

export interface FoundInstance {
  readonly type: 'instance';
  readonly facts: InstanceFacts;
  readonly parent?: Parent;
  /** AWS tries to bring it to another host by itself (simplified automatic recovery). */
  readonly recoversItself?: true;
}

/** What a runbook is to judge. */
export interface Wanted {
  readonly alarm: Alarm;
  readonly runbook: RunbookId;
  readonly found: FoundResource;
}

/** What it judges by. */
export interface Looked {
  readonly resource: AlarmedResource;
  /** Empty where nobody has asked yet. */
  readonly metrics: readonly EvidenceMetric[];
}

/** Everything of some alarms of one account that the ledger keeps at once, and that then counts. */
export interface RemediationRecord {
  readonly account: string;
  /** When it was decided, ISO 8601 in UTC. */
  readonly time: string;
  readonly memory: RemediationMemory;
  readonly plans: readonly Plan[];
  readonly messages: readonly Message[];
  /** What right-size is to judge first. */
  readonly idle: readonly Arn[];
  /** Whose delivery it is: nobody else takes it up before `until` (ISO 8601). */
  readonly holder: string;
  readonly until: string;
}

/** The record of an account that counts. */
export interface KeptRemediation extends RemediationRecord {
  readonly state: RecordState;
  /** Its plans are recorded with it. */
  readonly planned?: true | undefined;
  /** What tells it from every other. */
  readonly edition: string;
}

/** What remediate-alarm asks of the ledger. Every write is conditional or may be repeated. */
export interface RemediationLedger
  extends ChangeHistory,
    Pick<Ledger, 'currentPolicy' | 'vetoes' | 'record' | 'announced' | 'handedOver'> {
  /**
   * The policy in force, what was kept of these accounts, and the vetoes of these resources, in one read.
   * @throws {LedgerCorruptError} when parts are missing
   */
  opened(accounts: readonly string[], resources: readonly Arn[]): Promise<OpenedLedger>;
  kept(account: string): Promise<KeptRemediation | undefined>;
  /** What schedules have stopped in an account, or are about to, as off-hours remembers it. */
  stoppedBySchedule(account: string): Promise<readonly Arn[]>;
  /**
   * Keeps a record in the place of the one before, and records its plans in the same write if they fit into it; nothing when another
   * one has taken that place meanwhile.
   */
  keep(next: RemediationRecord, before: KeptRemediation | undefined): Promise<KeptRemediation | undefined>;
  /** It has come so far, unless another one is in its place by now. */
  advance(kept: KeptRemediation, state: KeptRemediation['state']): Promise<void>;
}

export interface OpenedLedger {
  /** Absent when no policy was ever stored. */
  readonly stored?: StoredPolicy;
  /** By account, of those that have one. */
  readonly kept: ReadonlyMap<string, KeptRemediation>;
  readonly vetoes: readonly Veto[];
}
