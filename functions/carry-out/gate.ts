import { hasOutage } from '../../shared/core/action.ts';
import { closedBecause, gatedDirectionOf, type Switches, withdrawnBecause } from '../../shared/core/gates.ts';
import { isRemedy, type Proposal } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { runbookSettings } from '../../shared/core/remediation/terms.ts';
import { localDate } from '../../shared/core/time.ts';
import { type Asked, ask, type Closed, type Judge } from './ask.ts';
import { capFull, capReached, giveBack } from './cap.ts';
import type { Hands } from './hands.ts';
import { asksNobody, type Item, proposalOf } from './item.ts';
import { type Leased, lostLease } from './lease.ts';
import { whyOutside } from './window.ts';

export type Passed = { readonly at: string };

/** Before a snapshot: nothing is created for what would not be touched anyway. */
export async function mayBeProtected(hands: Hands, item: Item): Promise<(Passed & { policy: Policy }) | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const { word, context } = asked;
  const closed = (await whyNot(hands, item, asked)) ?? capFull(item, context, word);
  return closed ? shut(closed, asked) : { at: context.now.toISOString(), policy: context.policy };
}

/** Just before the mutation: everything is asked, then the place in the cap is taken, then the lease has the last word. */
export async function mayBeApplied(hands: Hands, item: Leased): Promise<Passed | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const { context } = asked;
  const closed =
    (await whyOutside(hands, item)) ?? (await whyNot(hands, item, asked)) ?? (await capReached(hands, item, context));
  if (closed) return shut(closed, asked);
  const at = hands.clock().toISOString();
  const lost = await lostLease(hands, item.lease);
  if (!lost) return { at };
  await giveBack(hands, item, context.now.toISOString());
  return { closed: lost };
}

const shut = (closed: string, { word }: Asked): Closed =>
  word.answers.vetoes.length > 0 ? { closed, vetoed: true } : { closed };

/** The same for what was stopped under this approval before, and was started by AWS: no rule, and no cap, but people. */
export async function mayBeStoppedAgain(hands: Hands, item: Leased, judge: Judge): Promise<Passed | Closed> {
  const asked = await ask(hands, item, judge);
  if ('closed' in asked) return asked;
  const closed = (await whyNot(hands, item, asked)) ?? (await lostLease(hands, item.lease));
  return closed ? { closed } : { at: hands.clock().toISOString() };
}

/** What the rule, people, the freeze and the switches say; the switches last, since they are thrown in a hurry. */
async function whyNot(hands: Hands, item: Item, asked: Asked): Promise<string | undefined> {
  return (await asked.judge()) ?? closedFor(item, asked, await hands.switches.read());
}

/** The policy may let what an alarm wants be down for a while on frozen days, too. */
const freezeFor = (proposal: Proposal, policy: Policy): Policy['freeze'] =>
  isRemedy(proposal) && hasOutage(proposal.action) && runbookSettings(policy).rebootInFreeze ? [] : policy.freeze;

const AFTER = 'after the approval';

function closedFor(item: Item, { context, word }: Asked, switches: Switches): string | undefined {
  const proposal = proposalOf(item);
  const veto = word.answers.vetoes[0];
  const withdrawn = withdrawnBecause(proposal, item.approvedBy, context.policy);
  return (
    withdrawn ??
    closedBecause({
      direction: gatedDirectionOf(proposal),
      finishing: false,
      freeze: freezeFor(proposal, context.policy),
      today: localDate(context.now, context.policy.timezone),
      switches,
      ...(veto ? { vetoedBecause: `vetoed by ${veto.by} ${asksNobody(item) ? 'just before it' : AFTER}` } : {}),
    })
  );
}
