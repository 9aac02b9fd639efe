import { isDecided, isDoneAtOnce, lastDeadline } from '../../shared/core/answer.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import type { ActingMode, Word } from '../../shared/ports-acting.ts';
import { policyIn } from './ask.ts';
import { type Durable, patiently } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Permission, permissionFor, type Waited } from './permission.ts';
import { type Terms, termsOf } from './terms.ts';

/** What is carried out after the same wait: one of its modes, or none because it takes nothing from anybody. */
export type Turn = ActingMode | 'at once';
export const TURNS = ['at once', 'approve', 'auto'] as const satisfies readonly Turn[];

function turnOf(proposal: Proposal): Turn | undefined {
  const { mode } = proposal;
  if (mode !== 'approve' && mode !== 'auto') return undefined;
  return isDoneAtOnce(proposal) ? 'at once' : mode;
}

interface Asking {
  readonly plan: Plan;
  readonly turn: Turn;
}

interface Waiting extends Asking {
  /** Under which the callback is kept: the plan's, or of its part. */
  readonly name: string;
  readonly turn: ActingMode;
  /** When the execution claimed the plan. */
  readonly claimedAt: string;
}

/** What came of the waiting: who may go on, and on which terms. */
export interface Decided {
  /** Whether it had to be waited for. */
  readonly waited: boolean;
  readonly permissions: readonly { readonly number: number; readonly permission: Permission }[];
  readonly terms: Terms;
}

/** Nothing yet. */
interface Open {
  readonly at: string;
  /** Fixed by the first look: a policy that changes afterwards takes nobody's time away. */
  readonly deadline: string;
}

/**
 * Waits until people have said all there is to say, the time is over, or a newer plan takes its place. It sleeps on a
 * callback and believes the ledger only: a callback that is lost, late or doubled changes nothing.
 */
export async function awaitAnswers(hands: Hands, durable: Durable, waiting: Waiting): Promise<Decided> {
  const { turn: mode } = waiting;
  let seen = await durable.step(`look ${mode} 0`, () => look(hands, waiting), patiently);
  const waited = !('permissions' in seen);
  for (let round = 1; !('permissions' in seen); round++) {
    const { at, deadline } = seen;
    await sleep(hands, durable, { ...waiting, round, at, deadline });
    seen = await durable.step(`look ${mode} ${round}`, () => look(hands, waiting, deadline), patiently);
  }
  return { ...seen, waited };
}

/** What waits for nobody: a veto that is there by now counts all the same. */
export async function askNobody(hands: Hands, durable: Durable, plan: Plan): Promise<Decided> {
  const work = async () => {
    const word = await wordOn(hands, { plan, turn: 'at once' });
    return decidedBy(word, { plan, turn: 'at once', waited: { ended: 'time' } });
  };
  return { ...(await durable.step('look at once', work, patiently)), waited: false };
}

/** An answer that was accepted just before the deadline may reach the ledger just after it. */
const LATE_SECONDS = 60;

const secondsBetween = (from: string, to: string): number => Math.ceil((Date.parse(to) - Date.parse(from)) / 1000);

/** Nobody wakes a plan when a newer one takes its place, so it looks by itself now and then. */
const LOOK_EVERY_SECONDS = 12 * 3600;

/** What cannot keep a callback rests so long before it tries again. */
const REST_SECONDS = 3600;

async function sleep(
  hands: Hands,
  durable: Durable,
  { name, plan, turn, round, at, deadline }: Waiting & Open & { round: number },
): Promise<void> {
  const timeout = { seconds: Math.min(secondsBetween(at, deadline) + LATE_SECONDS, LOOK_EVERY_SECONDS) };
  const submit = async (callbackId: string) => {
    await hands.ledger.waitOn(name, turn, callbackId);
    // An answer that came in between found no callback to wake.
    const { answers } = inTime(plan, await wordOn(hands, { plan, turn }), deadline);
    if (isDecided(plan, answers, turn)) await hands.wake(callbackId);
  };
  try {
    await durable.waitForCallback(`answer ${turn} ${round}`, submit, { timeout });
  } catch (error) {
    if (error instanceof Error && error.name === 'CallbackTimeoutError') return;
    await durable.wait(`rest ${turn} ${round}`, { seconds: Math.min(timeout.seconds, REST_SECONDS) });
  }
}

const wordOn = (hands: Hands, { plan, turn }: Asking): Promise<Word> =>
  hands.ledger.word({ plan, numbers: numbersIn(plan, turn), resources: [], now: hands.clock() });

async function look(hands: Hands, waiting: Waiting, until?: string): Promise<Omit<Decided, 'waited'> | Open> {
  const { plan, turn } = waiting;
  const at = hands.clock().toISOString(); // before the ledger is read: what it does not say by then, nobody said in time
  const everything = await wordOn(hands, waiting);
  const deadline = until ?? firstDeadline(waiting, everything);
  const word = inTime(plan, everything, deadline);
  const over = secondsBetween(deadline, at) >= LATE_SECONDS;
  const waited = await ended(hands, waiting, { word, over });
  if (!waited) return { at, deadline };
  return decidedBy(word, { plan, turn, waited });
}

function decidedBy(word: Word, { plan, turn, waited }: Asking & { waited: Waited }): Omit<Decided, 'waited'> {
  const permissions = numbersIn(plan, turn).map((number) => ({
    number,
    permission: permissionFor(number, { plan, answers: word.answers, waited }),
  }));
  return { permissions, terms: termsOf(policyIn(word)) };
}

/** A plan that comes late still gives people the whole time: it begins with the claim, unless a schedule says when it ends. */
function firstDeadline({ plan, turn, claimedAt }: Waiting, word: Word): string {
  const act = plan.act.filter((proposal) => turnOf(proposal) === turn);
  return lastDeadline({ ...plan, act, time: claimedAt }, policyIn(word))?.toISOString() ?? claimedAt;
}

/** An approval that came too late is none, and so is one of other words under the same id, should there ever be any. */
function inTime({ hash }: Plan, word: Word, deadline: string): Word {
  const { approval, vetoes } = word.answers;
  const counts = approval?.hash === hash && approval.at < deadline;
  return { ...word, answers: { ...(counts ? { approval } : {}), vetoes } };
}

async function ended(
  hands: Hands,
  { plan, turn }: Waiting,
  { word, over }: { word: Word; over: boolean },
): Promise<Waited | undefined> {
  if (isDecided(plan, word.answers, turn)) return { ended: 'answered' };
  const newer = await hands.ledger.supersededBy(plan);
  if (newer) return { ended: 'superseded', by: newer };
  return over ? { ended: 'time' } : undefined;
}

/** The numbers, from 1, of the actions whose turn it is. */
export const numbersIn = (plan: Plan, turn: Turn): number[] =>
  plan.act.flatMap((proposal, index) => (turnOf(proposal) === turn ? [index + 1] : []));
