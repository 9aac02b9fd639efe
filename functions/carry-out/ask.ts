import { directionOf, targetOf } from '../../shared/core/action.ts';
import { NO_HOLIDAYS } from '../../shared/core/calendar/holidays.ts';
import type { Facts } from '../../shared/core/facts.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { scheduledTypeOf, whyNotNow } from '../../shared/core/off-hours/recheck.ts';
import { onHoursOf } from '../../shared/core/on-hours.ts';
import { isRemediation, isRemedy, isScheduled } from '../../shared/core/plan.ts';
import { isRule, type Policy, policyHash } from '../../shared/core/policy.ts';
import { type JudgeContext, vetoedBy } from '../../shared/core/rules/exempt.ts';
import { RULES } from '../../shared/core/rules.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { Word } from '../../shared/ports-acting.ts';
import { capOf } from './cap.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';
import { type Found, judgeAgain, whyNotTakenBack } from './recheck.ts';

/** `unknown`: not because of what was found, but because nobody could find out. `vetoed`: a person has said no to the plan. */
export type Closed = { readonly closed: string; readonly unknown?: true; readonly vetoed?: true };

/** What a gate knows of the resource, and what the ledger says about the action. */
export interface Asked {
  readonly context: JudgeContext;
  readonly word: Word;
  /** Why the resource itself is not to be touched, if so. */
  readonly judge: () => Promise<string | undefined>;
}

/** Why the resource itself is not to be touched, if so. */
export type Judge = (found: Found, proposal: ReturnType<typeof proposalOf>) => Promise<string | undefined>;

/** What a person takes back no rule has to want. */
const judgeOf = ({ plan }: Item): Judge => (plan.function === 'undo' ? whyNotTakenBack : judgeAgain);

/** Looks at the resource, then at the ledger. */
export async function ask(hands: Hands, item: Item, judge: Judge = judgeOf(item)): Promise<Asked | Closed> {
  const proposal = proposalOf(item);
  const { rule, action } = proposal;
  if (isScheduled(proposal)) return askOfSchedule(hands, item);
  if (isRemedy(proposal)) return askOfAlarm(hands, item);
  if (!isRule(rule)) return askOfSnapshot(hands, item);
  const reader = await hands.estate.open(scopeOf(proposal));
  const facts = await reader.find(targetOf(action), RULES[rule].type);
  if (!facts) return GONE;
  const { word, context: asked } = await askLedger(hands, item, arnsOf(facts));
  const { policy, now } = asked;
  const { holidays = NO_HOLIDAYS } = word;
  const context = { ...asked, onHours: onHoursOf({ policy, holidays, window: windowOf(policy, [rule], now) }) };
  return { word, context, judge: () => judge({ reader, choice: hands.choice, facts, context }, proposal) };
}

const GONE: Closed = { closed: 'it is gone, or another resource carries its name' };

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

/** What a schedule wants, the schedule is asked for again; what a person takes back it need not want. */
async function askOfSchedule(hands: Hands, item: Item): Promise<Asked | Closed> {
  const proposal = proposalOf(item);
  const identity = targetOf(proposal.action);
  const type = scheduledTypeOf(proposal.action);
  const resource = type && (await hands.scheduled.find(scopeOf(proposal), type, identity));
  if (!resource) return GONE;
  const asked = await askLedger(hands, item, [identity.arn]);
  const { context, word } = asked;
  const judge = async () => {
    if (item.plan.function === 'undo') return undefined;
    const overrides = await hands.overrides(item.plan.account, context.now);
    const holidays = word.holidays ?? NO_HOLIDAYS;
    return whyNotNow(proposal, resource, { ...context, holidays, answered: overrides.get(identity.arn) });
  };
  return { ...asked, judge };
}

/** What a runbook wants, the runbook is asked for again, and its alarm. What a person takes back is beyond both. */
async function askOfAlarm(hands: Hands, item: Item): Promise<Asked | Closed> {
  const proposal = proposalOf(item);
  const { action } = proposal;
  const reader = await hands.estate.open(scopeOf(proposal));
  const facts = await reader.find(targetOf(action), 'database' in action ? 'database' : 'instance');
  if (!facts) return GONE;
  const { word, context } = await askLedger(hands, item, arnsOf(facts));
  const found = { reader, choice: hands.choice, facts, context };
  const judge = async () => {
    if (!isRemediation(item.plan)) return whyNotTakenBack(found, proposal);
    const { whyNotRemedied } = await import('./recheck-remedy.ts'); // with every runbook
    return whyNotRemedied(hands, item, found);
  };
  return { word, context, judge };
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
