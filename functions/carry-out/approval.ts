import { deadlineOf, isDecided } from '../../shared/core/answer.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { ActingMode, Word } from '../../shared/ports-acting.ts';
import { type Durable, patiently } from './durable.ts';
import { policyIn } from './gate.ts';
import type { Hands } from './hands.ts';
import { type Permission, permissionFor, type Waited } from './permission.ts';
import { type Terms, termsOf } from './terms.ts';

/** The modes in which something is carried out. */
export const ACTING_MODES = ['approve', 'auto'] as const satisfies readonly ActingMode[];

interface Waiting {
  /** Under which the callback is kept: the plan's, or of its part. */
  readonly name: string;
  readonly plan: Plan;
  readonly mode: ActingMode;
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
  const { mode } = waiting;
  let seen = await durable.step(`look ${mode} 0`, () => look(hands, waiting), patiently);
  const waited = !('permissions' in seen);
  for (let round = 1; !('permissions' in seen); round++) {
    const { at, deadline } = seen;
    await sleep(hands, durable, { ...waiting, round, at, deadline });
    seen = await durable.step(`look ${mode} ${round}`, () => look(hands, waiting, deadline), patiently);
  }
  return { ...seen, waited };
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
  { name, plan, mode, round, at, deadline }: Waiting & Open & { round: number },
): Promise<void> {
  const timeout = { seconds: Math.min(secondsBetween(at, deadline) + LATE_SECONDS, LOOK_EVERY_SECONDS) };
  const submit = async (callbackId: string) => {
    await hands.ledger.waitOn(name, mode, callbackId);
    // An answer that came in between found no callback to wake.
    const { answers } = inTime(plan, await wordOn(hands, { plan, mode }), deadline);
    if (isDecided(plan, answers, mode)) await hands.wake(callbackId);
  };
  try {
    await durable.waitForCallback(`answer ${mode} ${round}`, submit, { timeout });
  } catch (error) {
    if (error instanceof Error && error.name === 'CallbackTimeoutError') return;
    await durable.wait(`rest ${mode} ${round}`, { seconds: Math.min(timeout.seconds, REST_SECONDS) });
  }
}

const wordOn = (hands: Hands, { plan, mode }: Pick<Waiting, 'plan' | 'mode'>): Promise<Word> =>
  hands.ledger.word({ plan, numbers: numbersIn(plan, mode), resources: [], now: hands.clock() });

async function look(hands: Hands, waiting: Waiting, until?: string): Promise<Omit<Decided, 'waited'> | Open> {
  const { plan, mode } = waiting;
  const at = hands.clock().toISOString(); // before the ledger is read: what it does not say by then, nobody said in time
  const everything = await wordOn(hands, waiting);
  const deadline = until ?? firstDeadline(waiting, everything);
  const word = inTime(plan, everything, deadline);
  const over = secondsBetween(deadline, at) >= LATE_SECONDS;
  const waited = await ended(hands, waiting, { word, over });
  if (!waited) return { at, deadline };
  const permissions = numbersIn(plan, mode).map((number) => ({
    number,
    permission: permissionFor(number, { plan, answers: word.answers, waited }),
  }));
  return { permissions, terms: termsOf(policyIn(word)) };
}

/** A plan that comes late still gives people the whole time: it begins with the claim. */
function firstDeadline({ plan, mode, claimedAt }: Waiting, word: Word): string {
  const deadline = deadlineOf({ ...plan, time: claimedAt }, mode, policyIn(word));
  return deadline?.toISOString() ?? claimedAt;
}

/** An approval that came too late is none, and so is one of other words under the same id, should there ever be any. */
function inTime({ hash }: Plan, word: Word, deadline: string): Word {
  const { approval, vetoes } = word.answers;
  const counts = approval?.hash === hash && approval.at < deadline;
  return { ...word, answers: { ...(counts ? { approval } : {}), vetoes } };
}

async function ended(
  hands: Hands,
  { plan, mode }: Waiting,
  { word, over }: { word: Word; over: boolean },
): Promise<Waited | undefined> {
  if (isDecided(plan, word.answers, mode)) return { ended: 'answered' };
  const newer = await hands.ledger.supersededBy(plan);
  if (newer) return { ended: 'superseded', by: newer };
  return over ? { ended: 'time' } : undefined;
}

/** The numbers, from 1, of the actions that are carried out in this mode. */
export const numbersIn = (plan: Plan, mode: ActingMode): number[] =>
  plan.act.flatMap((proposal, index) => (proposal.mode === mode ? [index + 1] : []));
