import type { Action, Direction } from './core/action.ts';
import type { PlanAnswer, PlanAnswers } from './core/answer.ts';
import type { Change } from './core/change.ts';
import type { Switches } from './core/gates.ts';
import type { Arn, Identity, Scope } from './core/identity.ts';
import type { Lease } from './core/lease.ts';
import type { Plan } from './core/plan.ts';
import type { RuleId } from './core/policy.ts';
import type { Veto } from './core/rules/exempt.ts';
import type { StoredPolicy } from './ports.ts';

/** What the function that acts asks of the ledger. Every write is conditional and may be repeated. */
export interface ActingLedger {
  plan(id: string): Promise<Plan>;
  /** Makes this execution the plan's only one: true for it, also when asked again, false for every other. */
  claimPlan(planId: string, execution: string, now: Date): Promise<boolean>;
  /**
   * The newest plan of the same function and account that was handed over after this one: it expires this one. A
   * person's undo expires nothing and is expired by nothing.
   */
  supersededBy(plan: Plan): Promise<string | undefined>;
  answers(planId: string): Promise<PlanAnswers>;
  /** The vetoes of an account that have not ended at `now`. */
  vetoes(account: string, now: Date): Promise<readonly Veto[]>;
  currentPolicy(): Promise<StoredPolicy | undefined>;
  /** Keeps the callback that an answer has to wake. Read the answers after it: one that came before did not see it. */
  waitOn(planId: string, callbackId: string): Promise<void>;
  /**
   * Takes or prolongs the lease: the lease when it is ours, else who holds it. A holder of lower priority that has not
   * begun to apply loses it. Only `until` protects it: prolong it before every wait and before `beginApply`.
   */
  takeLease(wanted: Omit<Lease, 'fence'>, now: Date): Promise<{ readonly lease: Lease } | { readonly heldBy: string }>;
  /** The last word before a mutation: true while the lease is still ours; until it ends nobody can overtake it now. */
  beginApply(lease: Lease): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;
  /** Counts the change against the day's cap, once however often asked: false when the day is full. */
  countAgainstCap(count: CapCount): Promise<boolean>;
  /**
   * Writes how a change ended. The first write stands: after it only `endedAt` may come, or `undone` after `stuck`.
   * What says nothing new changes nothing.
   * @throws {ChangeRecordedError} when another outcome is recorded
   */
  recordChange(change: Change): Promise<void>;
  /** Nobody waits for an answer to the plan any more, nor is there a callback to wake. */
  closePlan(planId: string): Promise<void>;
}

export interface CapCount {
  readonly account: string;
  readonly rule: RuleId;
  readonly direction: Direction;
  /** UTC date. */
  readonly day: string;
  readonly changeId: string;
  readonly most: number;
}

/** What the function `answer` and the command line read and write. */
export interface AnswerLedger {
  plan(id: string): Promise<Plan>;
  answers(planId: string): Promise<PlanAnswers>;
  supersededBy(plan: Plan): Promise<string | undefined>;
  /** What wakes the execution of the plan, while one waits for an answer. Ask after the answer is recorded. */
  callbackOf(planId: string): Promise<string | undefined>;
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
  /** How far the protection is. */
  protected?(action: Action, protection: string): Promise<Progress>;
  /**
   * One idempotent mutation; what `expect` says is compared in the same breath as far as AWS allows. A resource that is
   * already there, or on its way, is left as it is.
   * @throws {Refused}
   */
  apply(action: Action): Promise<void>;
  settled(action: Action): Promise<Progress>;
  /** @throws {Refused} */
  undo(action: Action): Promise<void>;
  undone(action: Action): Promise<Progress>;
}

/** AWS refused the mutation, or the resource is not what the action expects: nothing was changed. Known by its name. */
export interface Refused extends Error {
  readonly name: 'RefusedError';
  /** The SDK's name of AWS's error; `NotAsExpected` when AWS was not asked. */
  readonly code: string;
  /** Whether it may be granted later without anybody's doing: capacity, throttling, a state that passes. */
  readonly retryable: boolean;
}

export type Progress =
  | { readonly state: 'pending'; readonly seen: string }
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly because: string };

export interface SwitchReader {
  /** A switch that nobody set clearly counts as on, and `doubts` says which and why. */
  read(): Promise<Switches & { readonly doubts?: readonly string[] }>;
}

/** Alarms that watch a resource and its dependents. */
export interface AlarmReader {
  /** The alarms in ALARM among those of the resource and those named, with since when. */
  inAlarm(
    scope: Scope,
    resource: Identity,
    named: readonly string[],
  ): Promise<readonly { name: string; since: Date }[]>;
}
