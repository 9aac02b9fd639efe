import type { Arn, Scope } from '../identity.ts';
import type { Mode } from '../policy.ts';
import type { SnapshotAction } from './action.ts';

/** An action with all that a person needs to say yes or no to it. */
export interface PlannedSnapshot {
  readonly action: SnapshotAction;
  readonly databaseName: string;
  readonly mode: Mode;
  readonly because: string;
}

/** What is not done, and why. */
export interface LeftOut {
  readonly databaseName: string;
  readonly scope: Scope;
  readonly because: string;
  /** True when something about it could not be known. */
  readonly unknown?: true;
}

/** One of Lamplighter's own snapshots that stays, and why. */
export interface Kept {
  readonly snapshot: Arn;
  readonly databaseName: string;
  readonly because: string;
}

/** What one part of a plan adds to it. */
export interface PlanPart {
  readonly act: readonly PlannedSnapshot[];
  readonly leave: readonly LeftOut[];
}
