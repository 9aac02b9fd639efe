import { targetOf } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { RULES } from '../../shared/core/rules.ts';
import type { Hands } from './hands.ts';
import { scopeOf } from './item.ts';

/** What one look at a stopped resource found, and when; `unknown` when it could not look. */
export interface Look {
  readonly seen: 'stopped' | 'moving' | 'restarted by AWS' | 'started by somebody' | 'gone' | 'unknown';
  readonly at: string;
  /** When it was started, as far as AWS tells. */
  readonly startedAt?: string;
}

/** @param stoppedAt when Lamplighter last stopped it, in epoch milliseconds */
export async function lookAt(hands: Hands, { proposal }: Change, stoppedAt: number): Promise<Look> {
  const at = hands.clock().toISOString();
  const scope = scopeOf(proposal);
  const reader = await hands.estate.open(scope);
  const facts = await reader.find(targetOf(proposal.action), RULES[proposal.rule].type);
  if (!facts) return { seen: 'gone', at };
  const state = facts.type === 'instance' ? facts.state : facts.status;
  if (state === 'stopped') return { seen: 'stopped', at };
  if (state === 'stopping') return { seen: 'moving', at };
  if (facts.type === 'instance') {
    if (state === 'terminated' || state === 'shutting-down') return { seen: 'gone', at };
    return { seen: 'started by somebody', at, startedAt: facts.launchedAt.toISOString() };
  }
  const start = await hands.firstStart(scope, facts.identity.arn, new Date(stoppedAt));
  const startedAt = start && { startedAt: start.at.toISOString() };
  if (start?.by !== 'AWS') return { seen: 'started by somebody', at, ...startedAt };
  return { seen: state === 'available' ? 'restarted by AWS' : 'moving', at, ...startedAt };
}
