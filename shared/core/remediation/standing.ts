import type { DatabaseFacts, InstanceFacts } from '../facts.ts';
import { codeOwnerOf } from '../rules/infrastructure-code.ts';
import { controllerOf } from '../rules/owner.ts';
import type { Alarm } from './alarm.ts';
import { whyNotResized } from './class-up.ts';
import type { RunbookId } from './runbook.ts';
import { whyNever } from './storage-stays.ts';

/** What an alarm is about, without anything that is measured. */
export type Standing =
  | { readonly type: 'instance'; readonly facts: InstanceFacts }
  | { readonly type: 'database'; readonly facts: DatabaseFacts; readonly growsItselfTo?: number };

/** Why a runbook leaves what an alarm is about alone, whatever is measured; undefined where that decides. */
export function whyLeftAnyway(
  runbook: RunbookId,
  { acts }: Pick<Alarm, 'acts'>,
  standing: Standing,
): string | undefined {
  if (standing.type === 'database') return ofDatabase(runbook, standing);
  if (runbook === 'instance-unwell' && acts)
    return `AWS acts on it by itself: the alarm's own action is ${acts.join(', ')}`;
  const controller = controllerOf(standing.facts);
  return controller && `owned by ${controller}, which replaces it`;
}

function ofDatabase(
  runbook: RunbookId,
  { facts, growsItselfTo }: Extract<Standing, { type: 'database' }>,
): string | undefined {
  if (runbook !== 'database-storage-low') {
    const owner = codeOwnerOf(facts.tags);
    return whyNotResized(facts) ?? (owner && `owned by ${owner.name}, which would take another class back`);
  }
  // With room it grows by itself, and beyond that RDS refuses it.
  return growsItselfTo === undefined
    ? whyNever({ facts })?.because
    : `RDS grows its storage by itself, up to ${growsItselfTo} GiB`;
}
