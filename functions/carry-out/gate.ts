import { directionOf, isSnapshotAction, targetOf } from '../../shared/core/action.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { closedBecause, type Switches, withdrawnBecause } from '../../shared/core/gates.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { capIn, isRule, type Policy, policyHash } from '../../shared/core/policy.ts';
import { type JudgeContext, vetoedBy } from '../../shared/core/rules/exempt.ts';
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
  const { word, context } = asked;
  const closed = (await whyNot(hands, item, asked)) ?? capFull(item, context, word);
  return closed ? { closed } : { at: context.now.toISOString(), policy: context.policy };
}

/** Just before the mutation: everything is asked, then the place in the cap is taken, then the lease has the last word. */
export async function mayBeApplied(hands: Hands, item: Leased): Promise<Passed | Closed> {
  const asked = await ask(hands, item);
  if ('closed' in asked) return asked;
  const { context } = asked;
  const closed =
    (await whyOutside(hands, item)) ?? (await whyNot(hands, item, asked)) ?? (await capReached(hands, item, context));
  if (closed) return { closed };
  const at = hands.clock().toISOString();
  const lost = await lostLease(hands, item.lease);
  if (!lost) return { at };
  await giveBack(hands, item, context.now.toISOString());
  return { closed: lost };
}

/** The same for what was stopped under this approval before, and was started by AWS: no rule, and no cap, but people. */
export async function mayBeStoppedAgain(hands: Hands, item: Leased, judge: Judge): Promise<Passed | Closed> {
  const asked = await ask(hands, item, judge);
  if ('closed' in asked) return asked;
  const closed = (await whyNot(hands, item, asked)) ?? (await lostLease(hands, item.lease));
  return closed ? { closed } : { at: hands.clock().toISOString() };
}

/** What a gate knows of the resource, and what the ledger says about the action. */
interface Asked {
  readonly context: JudgeContext;
  readonly word: Word;
  /** Why the resource itself is not to be touched, if so. */
  readonly judge: () => Promise<string | undefined>;
}

/** Why the resource itself is not to be touched, if so. */
export type Judge = (found: Found, proposal: ReturnType<typeof proposalOf>) => Promise<string | undefined>;

/** What a person takes back no rule has to want. */
const judgeOf = ({ plan }: Item): Judge => (plan.function === 'undo' ? whyNotTakenBack : judgeAgain);

async function ask(hands: Hands, item: Item, judge: Judge = judgeOf(item)): Promise<Asked | Closed> {
  const proposal = proposalOf(item);
  const { rule, action } = proposal;
  if (!isRule(rule)) return askOfSnapshot(hands, item);
  const reader = await hands.estate.open(scopeOf(proposal));
  const facts = await reader.find(targetOf(action), RULES[rule].type);
  if (!facts) return { closed: 'it is gone, or another resource carries its name' };
  const { word, context } = await askLedger(hands, item, arnsOf(facts));
  return { word, context, judge: () => judge({ reader, choice: hands.choice, facts, context }, proposal) };
}

/** What the ledger says now about the action and these resources. */
async function askLedger(
  hands: Hands,
  { plan, number }: Item,
  resources: readonly Arn[],
): Promise<Omit<Asked, 'judge'>> {
  const now = hands.clock();
  const cap = capOf({ plan, number }, now.toISOString());
  const word = await hands.ledger.word({ plan, numbers: [number], resources, cap, now });
  return { word, context: { now, policy: policyIn(word), vetoes: word.vetoes } };
}

/** No rule judges snapshots: their kind looks itself, and what ends one stands only under the policy that wanted it. */
async function askOfSnapshot(hands: Hands, item: Item): Promise<Asked> {
  const proposal = proposalOf(item);
  const { action } = proposal;
  const database = action.kind === 'create-snapshot' ? [action.database] : [];
  const about = [targetOf(action), ...database];
  const asked = await askLedger(
    hands,
    item,
    about.map(({ arn }) => arn),
  );
  const { context } = asked;
  const judge = async () => {
    const vetoed = about.map((identity) => vetoedBy({ identity }, context)).find((one) => one !== undefined);
    if (vetoed || directionOf(action) !== 'takes') return vetoed;
    if (policyHash(context.policy) !== item.plan.policyHash)
      return 'the policy has changed since: the next plan decides again';
    const { recheck } = await hands.verbsFor(scopeOf(proposal), action);
    return recheck?.(action, context);
  };
  return { ...asked, judge };
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
async function whyNot(hands: Hands, item: Item, asked: Asked): Promise<string | undefined> {
  return (await asked.judge()) ?? closedFor(item, asked, await hands.switches.read());
}

function closedFor(item: Item, { context, word }: Asked, switches: Switches): string | undefined {
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
function capOf(item: Pick<Item, 'plan' | 'number'>, at: string): CapOfDay {
  const { rule, action } = proposalOf(item);
  return { account: item.plan.account, rule, direction: directionOf(action), day: at.slice(0, 10) };
}

/** Nothing where only the plan says how many: without `pruneAtMost` a day's deletes are as many as were planned on a day. */
function mostOf(item: Item, policy: Policy): number | undefined {
  const { rule, action } = proposalOf(item);
  return isSnapshotAction(action) ? policy.snapshots.pruneAtMost : (capIn(policy, rule)?.perDay ?? 0);
}

const reached = (item: Item, most: number): string =>
  `the day's cap of ${most} ${proposalOf(item).rule} actions is reached`;

/** What gives something back is never too much. */
const isCapped = (item: Item): boolean => directionOf(proposalOf(item).action) === 'takes';

function capFull(item: Item, { policy }: JudgeContext, { counted }: Word): string | undefined {
  const most = mostOf(item, policy);
  if (!isCapped(item) || most === undefined || counted.size < most || counted.has(changeId(item))) return undefined;
  return reached(item, most);
}

async function capReached(hands: Hands, item: Item, { policy, now }: JudgeContext): Promise<string | undefined> {
  const most = mostOf(item, policy);
  if (!isCapped(item) || most === undefined) return undefined;
  const count = { ...capOf(item, now.toISOString()), changeId: changeId(item), most };
  return (await hands.ledger.countAgainstCap(count)) ? undefined : reached(item, most);
}

/** Nothing was done although the gate of `at` had let it through: its place in the day is another's. */
export async function giveBack(hands: Hands, item: Item, at: string): Promise<void> {
  if (isCapped(item)) await hands.ledger.uncount({ ...capOf(item, at), changeId: changeId(item) });
}
