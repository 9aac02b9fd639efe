import { directionOf } from '../../shared/core/action.ts';
import { wantsAnswer } from '../../shared/core/answer.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import { type Durable, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { changeId, proposalOf } from './item.ts';

/**
 * The steps of a schedule, one after the other. Other executions carry out what comes before, so the ledger is asked how far
 * that is. Each schedule waits for its own steps only, and stops for stops.
 */
const lineOf = ({ schedule, action }: Proposal): string => `${schedule?.name ?? ''} ${directionOf(action)}`;

/** Those who wait for the same have the same one; nothing for an action that waits for no other. */
export function stepOf(plan: Plan, number: number): string | undefined {
  const proposal = proposalOf({ plan, number });
  return numbersBefore(plan, number).length > 0 ? `${lineOf(proposal)} ${proposal.step}` : undefined;
}

/** The numbers of the actions of earlier steps, as far as anybody carries them out. */
export function numbersBefore(plan: Plan, number: number): number[] {
  const own = proposalOf({ plan, number });
  const { step = 0 } = own;
  const isBefore = (one: Proposal) => wantsAnswer(one) && lineOf(one) === lineOf(own) && (one.step ?? 0) < step;
  return plan.act.flatMap((one, index) => (isBefore(one) ? [index + 1] : []));
}

/** Half an hour: what takes longer has a reason, and the others are no better off for waiting. */
const PACE = { firstSeconds: 15, mostSeconds: 60, times: 33 } as const;

interface Left {
  readonly left: readonly number[];
}

/**
 * Waits until these actions of a plan have ended, however they did.
 * @returns what to say of those that come after them, when some have not
 */
export async function awaitEnds(
  hands: Hands,
  durable: Durable,
  { plan, numbers }: { readonly plan: Plan; readonly numbers: readonly number[] },
): Promise<string | undefined> {
  if (numbers.length === 0) return undefined;
  // While the ledger is out of reach nobody knows: it is asked again.
  const look = async ({ left }: Left): Promise<Left> => {
    const changes = await hands.ledger.changesOfPlan(plan, left).catch(() => []);
    const ended = new Set(changes.flatMap(({ id, outcome }) => (outcome === 'watching' ? [] : [id])));
    return { left: left.filter((number) => !ended.has(changeId({ plan, number }))) };
  };
  const { left } = await durable.waitForCondition<Left>('steps before', look, {
    initialState: { left: numbers },
    waitStrategy: polling((state) => state.left.length > 0, PACE),
  });
  const [first, ...others] = left.map((number) => proposalOf({ plan, number }).resource.name);
  if (first === undefined) return undefined;
  const late = others.length > 0 ? `${first} and ${others.length} more` : first;
  return `it came before its turn: after half an hour ${late} of the steps before it had not ended`;
}
