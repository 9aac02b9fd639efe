import { isDecided, type PlanAnswers, standingOf } from '../../shared/core/answer.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Durable } from './durable.ts';
import { patiently } from './durable.ts';
import { policyOf } from './gate.ts';
import type { Hands } from './hands.ts';
import { type Terms, termsOf } from './watch.ts';

/** The modes in which something is carried out. Those that a person approves come first: they wait less. */
export const ACTING_MODES = ['approve', 'auto'] as const;
export type ActingMode = (typeof ACTING_MODES)[number];

/** Why waiting ended. */
type Waited = { readonly ended: 'answered' | 'time' } | { readonly ended: 'superseded'; readonly by: string };

interface Waiting {
  readonly plan: Plan;
  readonly mode: ActingMode;
  readonly deadline: Date;
  /** When the waiting began. */
  readonly from: Date;
}

/** What came of the waiting: who may go on, and on which terms. */
export interface Decided {
  readonly permissions: readonly { readonly number: number; readonly permission: Permission }[];
  readonly terms: Terms;
  readonly at: string;
}

/**
 * Waits until people have said all there is to say, the time is over, or a newer plan takes its place. It sleeps on a
 * callback and believes the ledger only: a callback that is lost, late or doubled changes nothing.
 */
export async function awaitAnswers(hands: Hands, durable: Durable, waiting: Waiting): Promise<Decided> {
  const { mode, deadline } = waiting;
  let now = waiting.from.getTime();
  for (let round = 1; ; round++) {
    const seconds = Math.ceil((deadline.getTime() - now) / 1000);
    if (seconds > 0) {
      try {
        const timeout = { seconds };
        await durable.waitForCallback(`answer ${mode} ${round}`, (id) => submit(hands, waiting, id), { timeout });
      } catch {
        // Timed out, or the callback could not be kept: the look says what the ledger knows.
      }
    }
    const seen = await durable.step(`look ${mode} ${round}`, () => look(hands, waiting), patiently);
    if ('permissions' in seen) return seen;
    now = Date.parse(seen.at);
  }
}

async function look(hands: Hands, { plan, mode, deadline }: Waiting): Promise<Decided | { at: string }> {
  const now = hands.clock();
  const at = now.toISOString();
  const answers = aboutThis(plan, await hands.ledger.answers(plan.id));
  const waited = await ended(hands, { plan, answers, mode, over: now >= deadline });
  if (!waited) return { at };
  const permissions = numbersIn(plan, mode).map((number) => ({
    number,
    permission: permissionFor(number, { plan, answers, waited }),
  }));
  return { permissions, terms: termsOf(await policyOf(hands)), at };
}

/** Answers to other words under the same id, should there ever be any, are none. */
function aboutThis({ hash }: Plan, { approval, vetoes }: PlanAnswers): PlanAnswers {
  return { ...(approval?.hash === hash ? { approval } : {}), vetoes };
}

interface Heard {
  readonly plan: Plan;
  readonly answers: PlanAnswers;
  readonly mode: ActingMode;
  readonly over: boolean;
}

async function ended(hands: Hands, { plan, answers, mode, over }: Heard): Promise<Waited | undefined> {
  if (isDecided(plan, answers, mode)) return { ended: 'answered' };
  const newer = await hands.ledger.supersededBy(plan);
  if (newer) return { ended: 'superseded', by: newer };
  return over ? { ended: 'time' } : undefined;
}

/** The numbers, from 1, of the actions that are carried out in this mode. */
export const numbersIn = (plan: Plan, mode: ActingMode): number[] =>
  plan.act.flatMap((proposal, index) => (proposal.mode === mode ? [index + 1] : []));

/** Keeps the callback, then looks once more: an answer that came in between found no callback to wake. */
async function submit(hands: Hands, { plan, mode }: Waiting, callbackId: string): Promise<void> {
  await hands.ledger.waitOn(plan.id, callbackId);
  if (isDecided(plan, await hands.ledger.answers(plan.id), mode)) await hands.wake(callbackId);
}

/** Whether one action may go on, after the waiting. */
export type Permission =
  | { readonly granted: true; readonly by: string }
  | { readonly granted: false; readonly outcome: 'vetoed' | 'expired' | 'skipped'; readonly because: string };

function permissionFor(
  number: number,
  { plan, answers, waited }: { plan: Plan; answers: PlanAnswers; waited: Waited },
): Permission {
  const proposal = plan.act[number - 1];
  const standing = standingOf(number, answers);
  if (standing.standing === 'vetoed') {
    return {
      granted: false,
      outcome: 'vetoed',
      because: `vetoed by ${standing.by}${standing.note ? `: ${standing.note}` : ''}`,
    };
  }
  if (standing.standing === 'approved') return { granted: true, by: standing.by };
  if (waited.ended === 'superseded')
    return { granted: false, outcome: 'expired', because: `the newer plan ${waited.by} took its place` };
  if (proposal?.mode !== 'auto') return { granted: false, outcome: 'expired', because: 'nobody approved it in time' };
  if (proposal.undo.reversibility !== 'full') {
    return {
      granted: false,
      outcome: 'skipped',
      because: 'it could not be taken back in full, so it needs an approval',
    };
  }
  return { granted: true, by: 'grace' };
}
