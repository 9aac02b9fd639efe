import { directionOf } from '../../shared/core/action.ts';
import { closedBecause } from '../../shared/core/gates.ts';
import type { Lease } from '../../shared/core/lease.ts';
import type { Policy } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { localDate } from '../../shared/core/time.ts';
import { type Durable, patiently } from './durable.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf } from './item.ts';
import { exemptNow, recheck, scopeOf } from './recheck.ts';
import { refusalOr } from './refusal.ts';

export interface Leased extends Item {
  readonly lease: Lease;
}

export type Applied =
  | { readonly at: string }
  | { readonly closed: string }
  | { readonly refused: string }
  /** Nobody can say whether it was done: it may have been. */
  | { readonly unclear: string; readonly at: string };

/**
 * Recheck and gate in one step, the mutation in the next: what the gate let through is done at once, and a crash in between
 * repeats the mutation and not the question, whose answer would be the change itself.
 */
export async function recheckAndApply(hands: Hands, durable: Durable, item: Leased): Promise<Applied> {
  const gate = await passOrNot(hands, durable, item);
  return 'closed' in gate ? gate : applyNow(hands, durable, { item, passedAt: gate.at, name: 'apply' });
}

async function passOrNot(hands: Hands, durable: Durable, item: Leased): Promise<{ at: string } | { closed: string }> {
  try {
    return await durable.step('gate', () => pass(hands, item), patiently);
  } catch (error) {
    return { closed: `it could not be checked again: ${reasonOf(error)}` };
  }
}

/** The same without the rule, for what was stopped under this approval before and was restarted by AWS. */
export async function applyAgain(
  hands: Hands,
  durable: Durable,
  { item, round }: { item: Leased; round: number },
): Promise<Applied> {
  const passed = await durable.step(
    `gate again ${round}`,
    async () => {
      const closed = (await closedNow(hands, item)) ?? (await lostLease(hands, item.lease));
      return closed ? { closed } : { at: hands.clock().toISOString() };
    },
    patiently,
  );
  if ('closed' in passed) return passed;
  return applyNow(hands, durable, { item, passedAt: passed.at, name: `apply again ${round}` });
}

async function pass(hands: Hands, item: Leased): Promise<{ at: string } | { closed: string }> {
  const proposal = proposalOf(item);
  const context = await contextFor(hands, item);
  const reader = await hands.estate.open(scopeOf(proposal));
  const again = await recheck(reader, proposal, context);
  if (!again.fine) return { closed: again.because };
  const closed =
    (await closedFor(hands, item, { context })) ??
    (await capReached(hands, item, context.policy)) ??
    (await lostLease(hands, item.lease));
  return closed ? { closed } : { at: hands.clock().toISOString() };
}

/** A mutation follows its gate within this, else the gate is asked again. */
const FRESH_MS = 2 * 60_000;

export const isFresh = ({ clock }: Hands, at: string): boolean => clock().getTime() - Date.parse(at) <= FRESH_MS;

interface Passed {
  readonly item: Leased;
  readonly passedAt: string;
  readonly name: string;
}

async function applyNow(hands: Hands, durable: Durable, { item, passedAt, name }: Passed): Promise<Applied> {
  const { action } = proposalOf(item);
  const verbs = () => hands.verbsFor(scopeOf(proposalOf(item)), action);
  const work = async (): Promise<Applied> => {
    const closed = isFresh(hands, passedAt) ? undefined : await closedNow(hands, item);
    // A try before this one may have done it, and then the change is half done and goes on whatever the gate says.
    if (closed) return (await (await verbs()).settled(action)).state === 'failed' ? { closed } : { at: passedAt };
    return refusalOr(async () => {
      await (await verbs()).apply(action);
      return { at: passedAt };
    });
  };
  try {
    return await durable.step(name, work, patiently);
  } catch (error) {
    return whetherDone(hands, durable, { item, passedAt, name, because: reasonOf(error) });
  }
}

/** Asks AWS itself whether a mutation took effect whose every try ended in an error. */
async function whetherDone(
  hands: Hands,
  durable: Durable,
  { item, passedAt: at, name, because }: Passed & { readonly because: string },
): Promise<Applied> {
  const { action } = proposalOf(item);
  const ask = async (): Promise<Applied> => {
    const verbs = await hands.verbsFor(scopeOf(proposalOf(item)), action);
    return (await verbs.settled(action)).state === 'failed' ? { refused: because } : { at };
  };
  try {
    return await durable.step(`${name}: whether it was done`, ask, patiently);
  } catch (error) {
    return { unclear: `nobody can say whether it was done: ${because}, and then ${reasonOf(error)}`, at };
  }
}

/** What the switches, the freeze, the tag and people say at this very moment. */
async function closedNow(hands: Hands, item: Item): Promise<string | undefined> {
  const proposal = proposalOf(item);
  const context = await contextFor(hands, item);
  const takes = directionOf(proposal.action) === 'takes';
  const exempt = takes ? await exemptNow(await hands.estate.open(scopeOf(proposal)), proposal, context) : undefined;
  return closedFor(hands, item, { context, ...(exempt ? { exempt } : {}) });
}

interface Known {
  readonly context: JudgeContext;
  readonly exempt?: string;
}

async function closedFor(hands: Hands, item: Item, { context, exempt }: Known): Promise<string | undefined> {
  const [{ vetoes }, switches] = await Promise.all([hands.ledger.answers(item.plan.id), hands.switches.read()]);
  const veto = vetoes.find(({ actions }) => actions === undefined || actions.includes(item.number));
  return closedBecause({
    ...gateFacts(item, context),
    switches,
    ...(exempt ? { protectedBecause: exempt } : {}),
    ...(veto ? { vetoedBecause: `vetoed by ${veto.by} after the approval` } : {}),
  });
}

const gateFacts = (item: Item, { policy, now }: JudgeContext) => ({
  direction: directionOf(proposalOf(item).action),
  finishing: false,
  freeze: policy.freeze,
  today: localDate(now, policy.timezone),
});

/** Why nothing may be done about it, before even a snapshot is taken: the rule's word, the switches and the freeze. */
export async function notNow(hands: Hands, item: Item, context: JudgeContext): Promise<string | undefined> {
  const proposal = proposalOf(item);
  const found = await recheck(await hands.estate.open(scopeOf(proposal)), proposal, context);
  if (!found.fine) return found.because;
  return closedBecause({ ...gateFacts(item, context), switches: await hands.switches.read() });
}

export async function contextFor(hands: Hands, { plan }: Pick<Item, 'plan'>): Promise<JudgeContext> {
  const now = hands.clock();
  const [policy, vetoes] = await Promise.all([policyOf(hands), hands.ledger.vetoes(plan.account, now)]);
  return { now, policy, vetoes };
}

/** @throws when there is none: without a policy nothing is carried out */
export async function policyOf(hands: Pick<Hands, 'ledger'>): Promise<Policy> {
  const stored = await hands.ledger.currentPolicy();
  if (!stored) throw new Error('the ledger has no policy: without one nothing is carried out');
  return stored.policy;
}

/** What gives something back is never too much. */
async function capReached(hands: Hands, item: Item, policy: Policy): Promise<string | undefined> {
  const { rule, action } = proposalOf(item);
  const direction = directionOf(action);
  if (direction !== 'takes') return undefined;
  const most = policy.rules[rule].cap.perDay;
  const day = hands.clock().toISOString().slice(0, 10);
  const count = { account: item.plan.account, rule, direction, day, changeId: changeId(item), most };
  return (await hands.ledger.countAgainstCap(count))
    ? undefined
    : `the day's cap of ${most} ${rule} actions is reached`;
}

/** The last word: from here on nobody overtakes. */
async function lostLease({ ledger, clock }: Hands, lease: Lease): Promise<string | undefined> {
  if (await ledger.beginApply(lease)) return undefined;
  const now = await ledger.takeLease(lease, clock());
  if ('heldBy' in now) return `${now.heldBy} has overtaken it`;
  await ledger.releaseLease(now.lease); // free again, and no longer as it was when this plan looked at it
  return 'somebody of higher priority has worked on it meanwhile';
}

/** The SDK wraps what a step threw at last. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const inner = error.cause instanceof Error ? error.cause : error;
  return `${inner.name}: ${inner.message}`;
}
