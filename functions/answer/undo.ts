import type { AnswerRequest } from '../../shared/core/answer.ts';
import { nameOfPerson } from '../../shared/core/approvers.ts';
import { type Change, inverseOf } from '../../shared/core/change.ts';
import { unknown } from '../../shared/core/evidence.ts';
import { type Plan, type Proposal, sealPlan } from '../../shared/core/plan.ts';
import { DAY_MS, localTime } from '../../shared/core/time.ts';
import type { Asking } from './decide.ts';
import { CannotUndoError } from './errors.ts';

export type UndoRequest = Extract<AnswerRequest, { readonly say: 'undo' }>;

/** For so long a change is taken back on a word. Later too much has grown around it. */
const UNDO_DAYS = 30;

/**
 * The plan that takes a change back. It goes through the same gates as every other.
 * @throws {CannotUndoError} when the ledger already knows that there is nothing to take back
 */
export function undoPlan(change: Change, { note }: UndoRequest, asking: Asking): Plan {
  const because = whyNot(change, asking);
  if (because) throw new CannotUndoError(change, because);
  const { proposal, account } = change;
  const action = inverseOf(proposal.action);
  if (!action) throw new CannotUndoError(change, noWayBack(change));
  const undoing: Proposal = {
    rule: proposal.rule,
    mode: 'approve',
    action,
    resource: proposal.resource,
    because: `${nameOfPerson(asking.by)} takes ${change.id} back${note ? `: ${note}` : ''}`,
    saving: unknown('taking a change back saves nothing'),
    undo: proposal.undo, // the inverse of the inverse is what was done, and loses what it lost
    ...(proposal.schedule ? { schedule: proposal.schedule } : {}), // until its next turn, which is not a person's to change
  };
  const nothing = { deferred: [], leave: [], unreadable: [] };
  return sealPlan({ function: 'undo', account, time: asking.now, act: [undoing], ...nothing }, asking.policy);
}

function noWayBack(change: Change): string {
  switch (change.proposal.action.kind) {
    case 'create-snapshot':
    case 'copy-snapshot':
      return 'a snapshot takes nothing from anybody: who does not want it deletes it';
    case 'delete-snapshot':
      return 'a deleted snapshot is gone for good';
    case 'change-database-storage':
      return 'storage never shrinks: it stays as large as it is';
    case 'reboot-instance':
    case 'move-instance':
      return 'it runs as it did before';
    default:
      return `what was deleted comes back only from its ${snapshotOf(change)}`;
  }
}

const snapshotOf = ({ snapshot }: Change): string => (snapshot ? `snapshot ${snapshot}` : 'snapshot');

/** Why it cannot be taken back, as far as the ledger knows. Whether the resource has moved since is seen just before. */
function whyNot(change: Change, { now, policy }: Asking): string | undefined {
  const { appliedAt, endedAt, endedBecause, outcome, because } = change;
  if (!appliedAt) return `nothing was done (${outcome}: ${because})`;
  if (outcome === 'undone') return `it was taken back already (${because})`;
  if (endedAt) {
    return `it ended at ${localTime(new Date(endedAt), policy.timezone)}${endedBecause ? ` (${endedBecause})` : ''}`;
  }
  const age = now.getTime() - Date.parse(appliedAt);
  if (age <= UNDO_DAYS * DAY_MS) return undefined;
  return `it was done at ${localTime(new Date(appliedAt), policy.timezone)}, more than ${UNDO_DAYS} days ago`;
}
