import type { Action } from '../../shared/core/action.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { CopySnapshot } from '../../shared/core/retention/action.ts';
import type { Sharing } from '../../shared/ports-acting.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';
import { changeId, type Item, proposalOf } from './item.ts';
import { whyHalted } from './progress.ts';

type Shared = CopySnapshot & { readonly shareWith: string };

const isShared = (action: Action): action is Shared =>
  action.kind === 'copy-snapshot' && action.shareWith !== undefined;

/** Longer than an execution tries to begin a copy, to call it off and to take the sharing back, beside waiting for it. */
const MARGIN_HOURS = 24;

/** Writes down that another account is about to read the source of a copy. Whoever dies behind it is known to have shared. */
export async function beginSharing({ ledger }: Hands, item: Item, at: string): Promise<void> {
  const { action } = proposalOf(item);
  if (!isShared(action)) return;
  const until = new Date(Date.parse(at) + (action.withinHours + MARGIN_HOURS) * 3_600_000).toISOString();
  await ledger.keepSharing({ change: changeId(item), account: item.plan.account, action, until, state: 'reads' });
}

/** Takes back what was shared for a copy, however that has ended. @returns why it is still shared, if so */
export async function endSharing(hands: Hands, durable: Durable, item: Item): Promise<string | undefined> {
  const { action } = proposalOf(item);
  if (!isShared(action)) return undefined;
  const work = async () => {
    const own = (await hands.ledger.sharings(item.plan.account)).find(({ change }) => change === changeId(item));
    return own && takeBack(hands, own); // no gate let it through: it was never shared
  };
  try {
    return await durable.step('share no longer', work, patiently);
  } catch (error) {
    return stillShared(action, reasonOf(error));
  }
}

const stillShared = ({ source, shareWith }: CopySnapshot, why: string): string =>
  `${source.arn} is still shared with ${shareWith}: ${why}; a later plan takes that back`;

/**
 * Says first that this copy needs it no longer, and then looks who else does: of two that end at once each sees the other, and
 * of two that read neither takes it from the other.
 */
async function takeBack(hands: Hands, own: Sharing): Promise<string | undefined> {
  const { ledger, verbsFor } = hands;
  const halted = await whyHalted(hands, own.action);
  if (halted) return stillShared(own.action, halted);
  await ledger.keepSharing({ ...own, state: 'ends' });
  const all = await ledger.sharings(own.account);
  if (!all.some((other) => other.state === 'reads' && isSame(other, own))) {
    const { shareNoLonger } = await verbsFor(own.action.scope, own.action);
    await shareNoLonger?.(own.action);
  }
  await ledger.keepSharing({ ...own, state: 'over' });
  return undefined;
}

const isSame = ({ action: a }: Sharing, { action: b }: Sharing): boolean =>
  a.source.arn === b.source.arn && a.shareWith === b.shareWith;

/**
 * Takes back what executions have left shared that have not come to their end in time: they are dead. What is still on its way
 * for them is called off. @returns what could not be taken back
 */
export async function endSharingsLeft(hands: Hands, durable: Durable, { account }: Plan): Promise<string[]> {
  const work = async () => {
    const now = hands.clock().toISOString();
    const left = (await hands.ledger.sharings(account)).filter(({ until }) => until < now);
    const troubles: string[] = [];
    for (const one of left) troubles.push(...(await endLeft(hands, one)));
    return troubles;
  };
  try {
    return await durable.step('sharings left', work, patiently);
  } catch (error) {
    return [`what is still shared could not be read: ${reasonOf(error)}`];
  }
}

async function endLeft(hands: Hands, left: Sharing): Promise<string[]> {
  const { action, change } = left;
  try {
    if (await whyHalted(hands, action)) return []; // the next plan
    const { callOff } = await hands.verbsFor(action.scope, action);
    const ended = await callOff?.(action);
    hands.log('sharing', { change, source: action.source.arn, with: action.shareWith, copy: ended });
    const trouble = await takeBack(hands, left);
    return trouble ? [trouble] : [];
  } catch (error) {
    return [stillShared(action, reasonOf(error))];
  }
}
