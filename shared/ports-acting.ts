import type { Action, Direction } from './core/action.ts';
import type { PlanAnswer, PlanAnswers } from './core/answer.ts';
import type { HolidayBook } from './core/calendar/holidays.ts';
import type { Change, Made } from './core/change.ts';
import type { Evidence } from './core/evidence.ts';
import type { DatabaseFacts, InstanceFacts } from './core/facts.ts';
import type { Switches } from './core/gates.ts';
import type { Arn, Identity, Scope } from './core/identity.ts';
import type { Lease } from './core/lease.ts';
import type { Plan, Proposal } from './core/plan.ts';
import type { Cause, Policy } from './core/policy.ts';
import type { Alarm } from './core/remediation/alarm.ts';
import type { RunbookFacts } from './core/remediation/runbook.ts';
import type { CopySnapshot } from './core/retention/action.ts';
import type { Veto } from './core/rules/exempt.ts';
import type { InstanceTypeFacts } from './core/sizing/instance-type.ts';
import type { Load } from './core/sizing/load.ts';
import type { ChangeHistory, StoredPolicy, TimeRange } from './ports.ts';

/** What the function that acts asks of the ledger. Every write is conditional and may be repeated. */
export interface ActingLedger extends ChangeHistory {
  plan(id: string): Promise<Plan>;
  /** Makes this execution the plan's only one: true for it, also when asked again, false for every other. */
  claimPlan(planId: string, execution: string, now: Date): Promise<boolean>;
  /**
   * The newest plan of the same function and account that was handed over after this one: it expires this one. What stands
   * for itself (`isSuperseded`) is expired by nothing.
   */
  supersededBy(plan: Plan): Promise<string | undefined>;
  answers(planId: string): Promise<PlanAnswers>;
  currentPolicy(): Promise<StoredPolicy | undefined>;
  /** Everything that decides whether actions of a plan may go on, in as few reads as can be, each strongly consistent. */
  word(question: Question): Promise<Word>;
  /**
   * Keeps the callback that an answer has to wake, one for each mode: from now on the plan waits. Read the answers after
   * it: one that came before did not see it.
   */
  waitOn(planId: string, mode: ActingMode, callbackId: string): Promise<void>;
  /**
   * Takes or prolongs the lease: the lease when it is ours, else who holds it. A holder of lower priority that has not
   * begun to apply loses it. Only `until` protects it: prolong it before every wait and before `beginApply`.
   */
  takeLease(wanted: Omit<Lease, 'fence'>, now: Date): Promise<{ readonly lease: Lease } | { readonly heldBy: string }>;
  /** The last word before a mutation: true while the lease is still ours; until it ends nobody can take it now. */
  beginApply(lease: Lease): Promise<boolean>;
  /** The same before a change is taken back: from then on not even a person's plan takes over. */
  beginUndo(lease: Lease): Promise<boolean>;
  /**
   * Takes the lease from a plan of lower priority that has applied its change and only watches it; nothing when that plan
   * has begun to take it back itself, or does not hold it any more.
   */
  takeOver(from: string, wanted: Omit<Lease, 'fence'>): Promise<Lease | undefined>;
  /** Who has the lease instead, or had it last; nothing while it is ours. */
  overtakenBy(lease: Lease): Promise<Overtaken | undefined>;
  /** Gives back what the plan holds of the resource, also when it was overtaken and has taken the lease anew since. */
  releaseLease(lease: Pick<Lease, 'resource' | 'planId'>): Promise<void>;
  /** Counts the change against the day's cap, once however often asked: false when the day is full. */
  countAgainstCap(count: CapCount): Promise<boolean>;
  /** Gives the place in the day back: nothing was done after all. */
  uncount(count: Omit<CapCount, 'most'>): Promise<void>;
  /**
   * Writes where a change is. What has ended stands: after it only `endedAt` may come, or `undone` after `stuck`. What says
   * nothing new changes nothing.
   * @param before what was written of it last, if that is known: it saves looking
   * @throws {ChangeRecordedError} when another outcome is recorded
   */
  recordChange(change: Change, before?: Change): Promise<void>;
  /** How these actions of a plan ended, those that did, or that they are under way; all of them unless it is said which. */
  changesOfPlan(plan: Plan, numbers?: readonly number[]): Promise<readonly Change[]>;
  /** Whether people are to be told of something now: true once, for whoever asks first, until it is time again. */
  mayTell(telling: Telling): Promise<boolean>;
  /** Nobody waits for an answer to actions of this mode any more, nor is there a callback to wake. */
  closePlan(planId: string, mode: ActingMode): Promise<void>;
  /** Writes down how a sharing is now, in the place of how it was. */
  keepSharing(sharing: Sharing): Promise<void>;
  /** What an account's plans share with others and have not taken back, in no order. */
  sharings(account: string): Promise<readonly Sharing[]>;
}

/** A snapshot that another account may read for as long as one copy is made of it. It is written down before it may. */
export interface Sharing {
  /** The id of the change that makes the copy. */
  readonly change: string;
  /** The account of its plan. */
  readonly account: string;
  readonly action: CopySnapshot;
  /** ISO time until which whoever shares takes it back himself; after that anybody may. */
  readonly until: string;
  /** `reads`: the copy may need it. `ends`: it does not any more. `over`: it is taken back, as far as nobody else needs it. */
  readonly state: 'reads' | 'ends' | 'over';
}

/** Something that may have been told before. */
export interface Telling {
  readonly account: string;
  /** The same for whatever is the same to people. */
  readonly about: string;
  /** Whoever tells it may ask again. */
  readonly by: string;
  readonly now: Date;
  /** Told before then, it is told again. */
  readonly toldSince: Date;
  /** Not so since then, it is news. */
  readonly seenSince: Date;
}

/** The modes in which something is carried out. */
export type ActingMode = 'approve' | 'auto';

/** What is asked of the ledger about actions that may be about to happen. */
export interface Question {
  readonly plan: Plan;
  /** Of the actions. */
  readonly numbers: readonly number[];
  /** Resources whose standing vetoes count: of a cluster also its members. */
  readonly resources: readonly Arn[];
  /** The cap that they would count against. */
  readonly cap?: CapOfDay;
  readonly now: Date;
}

/** What the ledger says to it. */
export interface Word {
  /** Absent when none was ever stored. */
  readonly policy?: Policy;
  /** The holidays that were stored with the policy. */
  readonly holidays?: HolidayBook;
  /** The answers about these actions. */
  readonly answers: PlanAnswers;
  /** The vetoes of the resources that have not ended. */
  readonly vetoes: readonly Veto[];
  /** The changes that were counted against the cap so far. */
  readonly counted: ReadonlySet<string>;
}

export interface CapOfDay {
  readonly account: string;
  readonly rule: Cause;
  readonly direction: Direction;
  /** UTC date. */
  readonly day: string;
}

export interface CapCount extends CapOfDay {
  readonly changeId: string;
  readonly most: number;
}

export interface Overtaken {
  /** The plan. */
  readonly by: string;
  /** Whether it has the lease still. */
  readonly still: boolean;
}

/** What the function `answer` and the command line read and write. */
export interface AnswerLedger {
  plan(id: string): Promise<Plan>;
  answers(planId: string): Promise<PlanAnswers>;
  supersededBy(plan: Plan): Promise<string | undefined>;
  /** What wakes the execution of the plan, while it waits for answers. Ask after the answer is recorded. */
  callbacksOf(planId: string): Promise<readonly string[]>;
  /**
   * A veto may follow an approval. A veto of several actions records what is new of it; it is refused when nothing is.
   * The same answer again, to the millisecond, is the same answer.
   * @throws {AlreadyAnsweredError} naming who said what, and when
   */
  recordAnswer(plan: Plan, answer: PlanAnswer): Promise<void>;
  recordVeto(account: string, veto: { resource: Arn; until: Date; by: string; why: string }): Promise<void>;
  /** By its id, `<plan>/<number>`. */
  change(id: string): Promise<Change | undefined>;
  /** Changes that were finished or still stood at or after `since`, newest first. */
  changes(since: Date): Promise<readonly Change[]>;
  /**
   * The same, in no order and some resources at a time, so that nobody has to hold them all: a lot has all changes of each of its
   * resources.
   */
  changesByResource(since: Date): AsyncIterable<readonly Change[]>;
  /** Plans that wait for an answer, newest first. */
  openPlans(): Promise<readonly Plan[]>;
}

/**
 * One kind of action, carried out. Every verb may be repeated after a crash or a lost reply, and then acts once. An error
 * other than `Refused` (an outage, the network) leaves open what happened: repeat the verb.
 */
export interface ChangeVerbs {
  /**
   * Begins the protection, e.g. a snapshot, and names it; nothing when the kind needs none. The name follows from
   * `changeId` alone. `expires` is the calendar date from which on the protection may go.
   * @throws {Refused}
   */
  protect?(action: Action, changeId: string, expires: string): Promise<string>;
  /** The protection that was begun before, if it was. */
  protection?(action: Action, changeId: string): Promise<string | undefined>;
  /** How far the protection is. */
  protected?(action: Action, protection: string): Promise<Progress>;
  /**
   * The weekly window to which people have agreed for such a change, in UTC: `sun:19:00-sun:19:30`. Absent: at any time.
   * @throws {Refused}
   */
  window?(action: Action): Promise<string>;
  /**
   * Why it is not to be done any more by what AWS shows at the gate, if so: for a kind that no rule judges. What can be seen
   * just before the mutation, `apply` looks at.
   */
  recheck?(action: Action, gate: Gate): Promise<string | undefined>;
  /**
   * One idempotent mutation; what `expect` says is compared in the same breath as far as AWS allows. A resource that is
   * already there, or on its way, is left as it is, and `there` says so. What deletes looks at its protection, too. What must
   * be asked for once only (`isAskedOnce`) is not to be repeated; an error of it means that nothing was sent.
   * @param at when the gate let it through, an ISO time: what is made then may have to know
   * @throws {Refused}
   */
  apply(action: Action, protection?: string, at?: string): Promise<Asked>;
  settled(action: Action): Promise<Progress>;
  /** @throws {Refused} */
  undo(action: Action): Promise<Asked>;
  undone(action: Action): Promise<Progress>;
  /**
   * Where a kind takes more than one mutation: makes what is due after `apply` or `undo`, and says how far it is. What is
   * due shows in the resource, so that it goes on wherever it was broken off.
   */
  advance?(action: Action, going: Going): Promise<Progress>;
  /**
   * Where a kind may hang: ends what was begun, as far as AWS lets it and it is ours, and says what has become of it. What is
   * there after all is done.
   */
  callOff?(action: Action): Promise<Progress>;
  /** Where it mutes alarms: has them heard again, for nothing was stopped after all. It may be repeated. */
  hearAgain?(action: Action): Promise<void>;
  /** Where a kind lets another account read something: takes that back, however the change has ended. */
  shareNoLonger?(action: Action): Promise<void>;
}

/** The policy and the time at which a gate is asked. */
export interface Gate {
  readonly policy: Policy;
  readonly now: Date;
}

export interface Going {
  readonly towards: 'settled' | 'undone';
  /** What was seen the time before. */
  readonly seen: string;
}

/**
 * `asked`: AWS was asked for the mutation, now or in a try before. `there`: the resource was as wanted without our asking.
 * `unheard`: AWS was asked, and nobody knows whether it has heard.
 */
export type Asked = 'asked' | 'there' | 'unheard';

/** AWS refused the mutation, or the resource is not what the action expects: nothing was changed. Known by its name. */
export interface Refused extends Error {
  readonly name: 'RefusedError';
  /** The SDK's name of AWS's error; `NotAsExpected` when AWS was not asked. */
  readonly code: string;
  /** Whether it may be granted later without anybody's doing: capacity, throttling, a state that passes. */
  readonly retryable: boolean;
  /** Nothing is wrong, and nobody has to look: it is only not the time for it, even if it was waited for (`retryable`). */
  readonly untimely: boolean;
}

export type Progress =
  | { readonly state: 'pending'; readonly seen: string }
  | { readonly state: 'done'; readonly made?: Made }
  /**
   * `retryable`: it may be granted later without anybody's doing, as a refusal may. `refused`: AWS has just said no, which
   * is not seen too early.
   */
  | { readonly state: 'failed'; readonly because: string; readonly retryable?: true; readonly refused?: true };

export interface SwitchReader {
  /** A switch that nobody set clearly counts as on, and `doubts` says which and why. */
  read(): Promise<Switches & { readonly doubts?: readonly string[] }>;
}

/** The alarms that watch a change, by name. */
export interface WatchedAlarms {
  /** Those of the resource itself. */
  readonly own: readonly string[];
  /** Those that the policy names for its dependents. */
  readonly named: readonly string[];
}

export interface AlarmReader {
  /**
   * The names of the alarms of a resource. It reads all alarms of the scope: ask once.
   * @param unlike without the alarm of this name, and those that watch nothing but what that watches
   */
  alarmsOf(scope: Scope, resource: Identity, unlike?: string): Promise<readonly string[]>;
  /** One look at the alarms. */
  look(scope: Scope, alarms: WatchedAlarms, times: LookTimes): Promise<AlarmsSeen>;
}

/** Reads what a remedy hangs on. */
export interface RemedyReader {
  /** The alarms of these names as they are, metric alarms and composites; without those that do not exist. @throws {AccessDeniedError} */
  alarms(scope: Scope, names: readonly string[]): Promise<readonly Alarm[]>;
  /**
   * What the runbook of a proposal judges by, read afresh; undefined when the alarm is about something else by now, or that is
   * gone. Of larger types and classes it is only asked whether the proposed one is there.
   * @throws when it may not be read
   */
  facts(alarm: Alarm, proposal: Pick<Proposal, 'rule' | 'action'>, now: Date): Promise<RunbookFacts | undefined>;
}

/** A machine whose load is read. */
export interface Machine {
  readonly of: 'instance' | 'database';
  readonly identity: Identity;
  /** The instance type, or the database class, that it has now. */
  readonly type: string;
}

/** What a type can do; its price is beside the point. */
export type UnpricedType = Omit<InstanceTypeFacts, 'hourlyPrice'>;

export interface ChoiceReader {
  /** Those of the types that AWS offers now where the machine is, and its own. Unknown when that may not be read. */
  read(
    scope: Scope,
    machine: InstanceFacts | DatabaseFacts,
    types: readonly string[],
  ): Promise<Evidence<readonly UnpricedType[]>>;
}

export interface LoadReader {
  /**
   * The load in whole samples of five minutes that began in the range. What may not be read is unknown.
   * @throws when CloudWatch is out of reach
   */
  read(scope: Scope, machine: Machine, range: TimeRange): Promise<Load>;
}

export interface LookTimes {
  /** When the change was made: what was in ALARM before is not of its making. */
  readonly changed: Date;
  /** When somebody last looked; at first, when the change was made. */
  readonly looked: Date;
  /**
   * Where it is given, only what measured something counts, and was never on between then and the change: not what somebody set
   * by hand, nor what comes and goes anyway.
   */
  readonly calmSince?: Date;
}

export interface AlarmsSeen {
  /** The first that went off after the change, and whether it came back between two looks. */
  readonly off?: { readonly name: string; readonly cameBack: boolean };
  /** Those named that do not exist: nobody watches what they should. */
  readonly missing: readonly string[];
}

/** How a stopped database came up again. */
export interface Start {
  /** AWS itself does it seven days after a stop. */
  readonly by: 'AWS' | 'somebody';
  readonly at: Date;
}
