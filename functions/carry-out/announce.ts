import type { Change } from '../../shared/core/change.ts';
import { changesMessage } from '../../shared/core/change-message.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';

interface News {
  /** Of the step. */
  readonly name: string;
  readonly plan: Plan;
  readonly changes: readonly Change[];
  readonly timezone: string;
}

/**
 * Tells people how changes ended. What SNS does not take for hours is returned and not thrown: there may still be something
 * to watch, and the execution fails at its end.
 */
export async function announce(
  hands: Hands,
  durable: Durable,
  { name, plan, changes, timezone }: News,
): Promise<string[]> {
  if (changes.length === 0) return [];
  try {
    await durable.step(name, () => hands.send(changesMessage(plan, changes, timezone)), patiently);
    return [];
  } catch (error) {
    return [`${changes.map(({ id }) => id).join(', ')} not announced: ${reasonOf(error)}`];
  }
}
