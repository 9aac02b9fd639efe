import { directionOf, targetOf } from '../../shared/core/action.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { closedBecause, type Switches, withdrawnBecause } from '../../shared/core/gates.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { capIn, type Policy } from '../../shared/core/policy.ts';
import { RULES } from '../../shared/core/rules.ts';
import { localDate } from '../../shared/core/time.ts';
import type { CapOfDay, Word } from '../../shared/ports-acting.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf, scopeOf } from './item.ts';
import { type Leased, lostLease } from './lease.ts';
import { type Found, judgeAgain, whyNotTakenBack } from './recheck.ts';
import { whyOutside } from './window.ts';

/** `unknown`: not because of what was found, but because nobody could find out. */
export type Closed = { readonly closed: string; readonly unknown?: true };
export type Passed = { readonly at: string };

/** Before a snapshot: nothing is created for what would not be touched anyway. */
export async function mayBeProtected(hands: Hands, item: Item): Promise<(Passed & { policy: Policy }) | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const { word, found } = asked;
  const closed = (await whyNot(hands, item, { ...asked, judge: judgeOf(item) })) ?? capFull(item, found, word);
  return closed ? { closed } : { at: found.context.now.toISOString(), policy: found.context.policy };
}

/** Just before the mutation: everything is asked, then the place in the cap is taken, then the lease has the last word. */
export async function mayBeApplied(hands: Hands, item: Leased): Promise<Passed | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const { context } = asked.found;
  const closed =
    (await whyOutside(hands, item)) ??
    (await whyNot(hands, item, { ...asked, judge: judgeOf(item) })) ??
    (await capReached(hands, item, context));
  if (closed) return { closed };
  const at = hands.clock().toISOString();
  const lost = await lostLease(hands, item.lease);
  if (!lost) return { at };
  await giveBack(hands, item, context.now.toISOString());
  return { closed: lost };
}

/** The same for what was stopped under this approval before, and was started by AWS: no rule, and no cap, but people. */
export async function mayBeStoppedAgain(hands: Hands, item: Leased, judge: Judge): Promise<Passed | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const closed = (await whyNot(hands, item, { ...asked, judge })) ?? (await lostLease(hands, item.lease));
  return closed ? { closed } : { at: hands.clock().toISOString() };
}

/** What a gate knows of the resource, and what the ledger says about the action. */
interface Asked {
  readonly found: Found;
  readonly word: Word;
}

/** Why the resource itself is not to be touched, if so. */
export type Judge = (found: Found, proposal: ReturnType<typeof proposalOf>) => Promise<string | undefined>;

/** What a person takes back no rule has to want. */
const judgeOf = ({ plan }: Item): Judge => (plan.function === 'undo' ? whyNotTakenBack : judgeAgain);

async function ask(hands: Hands, item: Item): Promise<Asked | Closed> {
  const proposal = proposalOf(item);
  const reader = await hands.estate.open(scopeOf(proposal));
  const facts = await reader.find(targetOf(proposal.action), RULES[proposal.rule].type);
  if (!facts) return { closed: 'it is gone, or another resource carries its name' };
  const now = hands.clock();
  const { plan, number } = item;
  const cap = capOf(item, now.toISOString());
  const word = await hands.ledger.word({ plan, numbers: [number], resources: arnsOf(facts), cap, now });
  return {
    word,
    found: { reader, choice: hands.choice, facts, context: { now, policy: policyIn(word), vetoes: word.vetoes } },
  };
}

const arnsOf = (facts: Facts): Arn[] => [
  facts.identity.arn,
  ...(facts.type === 'database' ? facts.members.map(({ identity }) => identity.arn) : []),
];

/** @throws when there is none: without a policy nothing is carried out */
export function policyIn({ policy }: Word): Policy {
  if (!policy) throw new Error('the ledger has no policy: without one nothing is carried out');
  return policy;
}

/** What the rule, people, the freeze and the switches say; the switches last, since they are thrown in a hurry. */
async function whyNot(
  hands: Hands,
  item: Item,
  { found, word, judge }: Asked & { judge: Judge },
): Promise<string | undefined> {
  const proposal = proposalOf(item);
  return (await judge(found, proposal)) ?? closedFor(item, { found, word }, await hands.switches.read());
}

function closedFor(item: Item, { found: { context }, word }: Asked, switches: Switches): string | undefined {
  const proposal = proposalOf(item);
  const veto = word.answers.vetoes[0];
  const withdrawn = withdrawnBecause(proposal, item.approvedBy, context.policy);
  return (
    withdrawn ??
    closedBecause({
      direction: directionOf(proposal.action),
      finishing: false,
      freeze: context.policy.freeze,
      today: localDate(context.now, context.policy.timezone),
      switches,
      ...(veto ? { vetoedBecause: `vetoed by ${veto.by} after the approval` } : {}),
    })
  );
}

/** The cap of a UTC day. */
function capOf(item: Item, at: string): CapOfDay {
  const { rule, action } = proposalOf(item);
  return { account: item.plan.account, rule, direction: directionOf(action), day: at.slice(0, 10) };
}

const mostOf = (item: Item, policy: Policy): number => capIn(policy, proposalOf(item).rule)?.perDay ?? 0;

const reached = (item: Item, most: number): string =>
  `the day's cap of ${most} ${proposalOf(item).rule} actions is reached`;

/** What gives something back is never too much. */
const isCapped = (item: Item): boolean => directionOf(proposalOf(item).action) === 'takes';

function capFull(item: Item, { context }: Found, { counted }: Word): string | undefined {
  const most = mostOf(item, context.policy);
  if (!isCapped(item) || counted.size < most || counted.has(changeId(item))) return undefined;
  return reached(item, most);
}

async function capReached(hands: Hands, item: Item, { policy, now }: Found['context']): Promise<string | undefined> {
  if (!isCapped(item)) return undefined;
  const most = mostOf(item, policy);
  const count = { ...capOf(item, now.toISOString()), changeId: changeId(item), most };
  return (await hands.ledger.countAgainstCap(count)) ? undefined : reached(item, most);
}

/** Nothing was done although the gate of `at` had let it through: its place in the day is another's. */
export async function giveBack(hands: Hands, item: Item, at: string): Promise<void> {
  if (isCapped(item)) await hands.ledger.uncount({ ...capOf(item, at), changeId: changeId(item) });
}
