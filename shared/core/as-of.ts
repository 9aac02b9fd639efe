import type { Action } from './action.ts';
import { targetOf } from './action.ts';
import type { OnHours } from './calendar/on-hours.ts';
import type { Change } from './change.ts';
import type { Evidence } from './evidence.ts';
import { type Facts, type InstanceFacts, stateOf } from './facts.ts';
import type { Identity } from './identity.ts';
import { type Policy, windowDaysOf } from './policy.ts';
import { daysBefore } from './time.ts';

/** The first change that Lamplighter made to a resource after a time, if any. */
export function firstChangeAfter(changes: readonly Change[], { id }: Identity, at: Date): Change | undefined {
  const later = changes.filter(
    ({ appliedAt, proposal }) =>
      appliedAt !== undefined && new Date(appliedAt) > at && targetOf(proposal.action).id === id,
  );
  return later.sort((a, b) => ((a.appliedAt ?? '') < (b.appliedAt ?? '') ? -1 : 1))[0];
}

/**
 * A resource as it was at a time, as far as the ledger knows: as the first of our own changes after that time found it. What
 * others changed, AWS does not tell.
 */
export function asOf<T extends Facts>(
  facts: T,
  changes: readonly Change[],
  { at, policy }: { at: Date; policy: Policy },
): T {
  const change = firstChangeAfter(changes, facts.identity, at);
  if (!change) return facts;
  const before = { ...facts, ...found(change.proposal.action, facts) } as T;
  return before.type === 'instance' ? ({ ...before, ...ageAt(before, change, policy) } as T) : before;
}

/** What its schedule has off just now, as it is while that is on: what was off at some hour of a day ran at another. */
export function asWhileOn<T extends Facts>(facts: T, hours: Evidence<OnHours | undefined>): T {
  if (!hours.known || !hours.value || stateOf(facts) !== 'stopped') return facts;
  const { on, range } = hours.value;
  if (on.at(-1)?.to === range.to) return facts;
  if (facts.type === 'instance') return { ...facts, state: 'running' };
  return facts.type === 'database' ? { ...facts, status: 'available', ...membersAs('available', facts) } : facts;
}

/** The state in which an action finds its resource. */
function found(action: Action, facts: Facts): Partial<Facts> {
  switch (action.kind) {
    case 'stop-instance':
      return { state: 'running', instanceType: action.expect.instanceType };
    case 'start-instance':
      return { state: 'stopped', instanceType: action.expect.instanceType };
    case 'resize-instance':
      return { state: 'running', instanceType: action.from };
    case 'stop-database':
      return { status: 'available', ...membersAs('available', facts) };
    case 'start-database':
      return { status: 'stopped', ...membersAs('stopped', facts) };
    case 'resize-database':
      return { status: 'available', classes: [action.from] };
    case 'change-volume-type':
      return { spec: action.from };
    case 'change-database-storage': {
      if (facts.type !== 'database') return {};
      const { type: storageType, sizeGiB } = action.from;
      return { status: 'available', storage: { storageType, sizeGiB, ioOptimized: facts.storage.ioOptimized } };
    }
    case 'reboot-instance':
    case 'move-instance':
      return { state: 'running', launchedAt: new Date(action.expect.launchedAt) };
    case 'snapshot-and-delete-volume':
    case 'set-unlimited-credits':
    case 'create-snapshot':
    case 'copy-snapshot':
    case 'delete-snapshot':
    case 'stop-auto-scaling-group':
    case 'start-auto-scaling-group':
    case 'stop-service':
    case 'start-service':
    case 'pause-warehouse':
    case 'resume-warehouse':
      return {};
    default:
      return action satisfies never;
  }
}

function membersAs(status: string, facts: Facts) {
  return facts.type === 'database' ? { members: facts.members.map((member) => ({ ...member, status })) } : {};
}

/** EC2 forgets the start before the last one; but it was long enough ago for the rule that proposed the change. */
function ageAt(
  { launchedAt }: InstanceFacts,
  { appliedAt = '', proposal }: Change,
  policy: Policy,
): Pick<InstanceFacts, 'launchedAt'> {
  const oldEnough = daysBefore(windowDaysOf(policy, proposal.rule), new Date(appliedAt));
  return { launchedAt: launchedAt < oldEnough ? launchedAt : oldEnough };
}
