import { targetOf } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Facts, stateOf } from '../../shared/core/facts.ts';
import { isRule } from '../../shared/core/policy.ts';
import { RULES } from '../../shared/core/rules.ts';
import type { Hands } from './hands.ts';
import { scopeOf } from './item.ts';

/** What one look at a changed resource found, and when; `unknown` when it could not look. */
export interface Look {
  readonly seen:
    | 'as it was left'
    | 'moving'
    | 'restarted by AWS'
    | 'started by somebody'
    | 'changed by somebody'
    | 'gone'
    | 'unknown';
  readonly at: string;
  /** When it was started, as far as AWS tells. */
  readonly startedAt?: string;
}

/** @param stoppedAt when Lamplighter last stopped it, in epoch milliseconds */
export async function lookAt(hands: Hands, { proposal }: Change, stoppedAt: number): Promise<Look> {
  const at = hands.clock().toISOString();
  const { action, rule } = proposal;
  if (!isRule(rule)) return { seen: 'moving', at };
  const reader = await hands.estate.open(scopeOf(proposal));
  const facts = await reader.find(targetOf(action), RULES[rule].type);
  if (!facts) return { seen: action.kind === 'snapshot-and-delete-volume' ? 'as it was left' : 'gone', at };
  switch (action.kind) {
    case 'stop-database':
    case 'stop-instance':
      return { ...(await whetherStopped(hands, { proposal, facts }, stoppedAt)), at };
    case 'resize-instance':
      return { seen: isOf(facts.type === 'instance' && facts.instanceType, action.to), at };
    case 'resize-database':
      return { seen: isOf(facts.type === 'database' && facts.classes[0], action.to), at };
    case 'change-volume-type':
      return { seen: isOf(facts.type === 'volume' && facts.spec.type, action.to.type), at };
    case 'change-database-storage':
      return { seen: isOf(facts.type === 'database' && facts.storage.storageType, action.to.type), at };
    case 'snapshot-and-delete-volume':
    case 'start-database':
    case 'start-instance':
    case 'reboot-instance':
    case 'move-instance':
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
      return { seen: 'moving', at };
    default:
      return action satisfies never;
  }
}

const isOf = (now: string | false | undefined, left: string): Look['seen'] =>
  now === left ? 'as it was left' : 'changed by somebody';

async function whetherStopped(
  hands: Hands,
  { proposal, facts }: Pick<Change, 'proposal'> & { readonly facts: Facts },
  stoppedAt: number,
): Promise<Omit<Look, 'at'>> {
  const state = stateOf(facts);
  if (state === 'stopped') return { seen: 'as it was left' };
  if (state === 'stopping') return { seen: 'moving' };
  if (facts.type === 'instance') {
    if (state === 'terminated' || state === 'shutting-down') return { seen: 'gone' };
    return { seen: 'started by somebody', startedAt: facts.launchedAt.toISOString() };
  }
  const start = await hands.firstStart(scopeOf(proposal), facts.identity.arn, new Date(stoppedAt));
  const startedAt = start && { startedAt: start.at.toISOString() };
  if (start?.by !== 'AWS') return { seen: 'started by somebody', ...startedAt };
  return { seen: state === 'available' ? 'restarted by AWS' : 'moving', ...startedAt };
}
