import { type Action, growsStorage, isRestart, isSnapshotAction } from './action.ts';
import type { Saving } from './money.ts';
import { inverseOfScheduled, muting, unmuting } from './off-hours/action.ts';
import { isRemedy, isScheduled, type Proposal } from './plan.ts';

/** How every action of a plan ends. `stuck` is an undo that failed: somebody has to look. */
export const OUTCOMES = ['kept', 'undone', 'skipped', 'failed', 'vetoed', 'expired', 'stuck'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where a change is: how it ended or, before that, that it is applied and looked after until it settles and is healthy. */
export const CHANGE_STATES = ['watching', ...OUTCOMES] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** The outcomes that need a person and make the execution fail. */
export const needsAPerson = (outcome: ChangeState): boolean => outcome === 'failed' || outcome === 'stuck';

/** The same of a change. */
export const callsAPerson = ({ outcome, escalated }: Pick<Change, 'outcome' | 'escalated'>): boolean =>
  needsAPerson(outcome) || escalated === true;

/** One action of one plan: what the ledger keeps of it under its resource. */
export interface Change {
  /** `<plan>/<number>`; the number is the action's place in the plan, from 1. */
  readonly id: string;
  readonly planId: string;
  readonly account: string;
  readonly proposal: Proposal;
  readonly outcome: ChangeState;
  readonly because: string;
  /** What a person should know although nothing has failed. */
  readonly warning?: string;
  /** People are called, although it has not failed: the alarm that it was to end is still on. */
  readonly escalated?: true;
  /** ARNs of the people (or `grace` or `policy`, for mode auto) who let it happen. */
  readonly approvedBy?: string;
  /** The snapshot that was taken before, if any. */
  readonly snapshot?: string;
  /** What came of it, when it is a snapshot. */
  readonly made?: Made;
  /** ISO times. A change without `appliedAt` never touched the resource. */
  readonly appliedAt?: string;
  /** When it ended; of one that is watched, when that began. */
  readonly finishedAt: string;
  /**
   * It stands no longer than this, whether or not somebody is left to write down that it ended: the end of its `stopFor`, or
   * the next turn of its schedule.
   */
  readonly standsUntil?: string;
  /** Times in between in which it did not stand, oldest first. */
  readonly pauses?: readonly Pause[];
  /** When it stopped standing: undone, reversed by hand, or its `stopFor` over. */
  readonly endedAt?: string;
  readonly endedBecause?: string;
  readonly saving?: Saving;
}

/** A snapshot that is available. */
export interface Made {
  /** Of the database, not of what the snapshot adds to others. */
  readonly sizeGiB?: number;
  /** When the data were taken: an ISO time. */
  readonly takenAt?: string;
}

/** From AWS's restart of a stopped database until it was stopped again, in ISO times. */
export interface Pause {
  readonly from: string;
  readonly to: string;
}

/** A change that was applied and still stands. What is done of a snapshot is over, and so is what is up again. */
export const stands = ({ outcome, endedAt, proposal }: Pick<Change, 'outcome' | 'endedAt' | 'proposal'>): boolean =>
  outcome === 'watching'
    ? endedAt === undefined
    : outcome === 'kept' && endedAt === undefined && !isSnapshotAction(proposal.action) && !isRestart(proposal.action);

/**
 * Whether somebody looks after it and will write down that it has ended. What a schedule wants ends with its next turn; what an
 * alarm wanted stays.
 */
export const isLookedAfter = (change: Pick<Change, 'outcome' | 'endedAt' | 'proposal'>): boolean =>
  stands(change) && (change.outcome === 'watching' || !(isScheduled(change.proposal) || isRemedy(change.proposal)));

/** The action that takes a change back; nothing when there is none. */
export function inverseOf(action: Action): Action | undefined {
  switch (action.kind) {
    case 'stop-database':
      return {
        kind: 'start-database',
        database: action.database,
        expect: { status: 'stopped', form: action.expect.form },
        ...unmuting(action),
      };
    case 'stop-instance':
      return {
        kind: 'start-instance',
        instance: action.instance,
        expect: { state: 'stopped', instanceType: action.expect.instanceType },
        ...unmuting(action),
      };
    case 'start-database':
      return {
        kind: 'stop-database',
        database: action.database,
        expect: { status: 'available', form: action.expect.form },
        ...muting(action),
      };
    case 'start-instance':
      return {
        kind: 'stop-instance',
        instance: action.instance,
        expect: { state: 'running', instanceType: action.expect.instanceType },
        ...muting(action),
      };
    case 'resize-instance':
      return turned({ ...action, from: action.to, to: action.from });
    case 'resize-database':
      return turned({ ...action, from: action.to, to: action.from });
    case 'change-volume-type':
      return turned({ ...action, from: action.to, to: action.from });
    case 'change-database-storage':
      return growsStorage(action) ? undefined : turned({ ...action, from: action.to, to: action.from });
    case 'set-unlimited-credits': {
      const { direction, ...change } = action;
      const back = { ...change, from: action.to, to: action.from };
      return direction ? back : { ...back, direction: 'takes' };
    }
    case 'stop-auto-scaling-group':
    case 'start-auto-scaling-group':
    case 'stop-service':
    case 'start-service':
    case 'pause-warehouse':
    case 'resume-warehouse':
      return inverseOfScheduled(action);
    case 'snapshot-and-delete-volume':
    case 'reboot-instance':
    case 'move-instance':
    case 'create-snapshot':
    case 'copy-snapshot':
    case 'delete-snapshot':
      return undefined;
    default:
      return action satisfies never;
  }
}

/** What takes turns into what gives, and the other way round. */
function turned<T extends { readonly direction?: 'gives' }>({ direction, ...action }: T) {
  return direction ? action : { ...action, direction: 'gives' as const };
}
