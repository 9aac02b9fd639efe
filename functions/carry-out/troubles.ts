import type { Change } from '../../shared/core/change.ts';
import { type Plan, partsOf } from '../../shared/core/plan.ts';
import { endingOf, isTrouble } from '../../shared/core/retention/endings.ts';
import { troubleMessage } from '../../shared/core/retention/trouble-message.ts';
import { daysBefore } from '../../shared/core/time.ts';
import { type Durable, patiently, reasonOf } from './durable.ts';
import type { Hands } from './hands.ts';
import type { Terms } from './terms.ts';

interface News {
  /** The part of the plan that tells it. */
  readonly name: string;
  readonly plan: Plan;
  readonly changes: readonly Change[];
  readonly terms: Terms;
}

/** What was told of changes, and what could not be. */
export interface Told {
  /** Those that went wrong for a reason that people know. */
  readonly known: readonly string[];
  readonly unsaid: readonly string[];
}

/** What was not so for longer than a night is news when it is so again. */
const A_NIGHT_DAYS = 1.5;

/** No night is exactly a day after the other. */
const HALF_A_DAY = 0.5;

/** The parts of a plan begin together, and what AWS refuses it refuses at once: so long until the others have met it. */
const FOR_THE_OTHERS = { seconds: 600 } as const;

/**
 * Tells of a plan of snapshots only what went wrong: each reason once, by whatever part of the plan meets it first and for all
 * of it, and then no sooner than the policy's `remindAfter`. What went well is told by the next night.
 */
export async function tellTroubles(hands: Hands, durable: Durable, news: News): Promise<Told> {
  const { plan, changes, terms } = news;
  const troubles = changes.filter(isTrouble);
  if (troubles.length === 0) return { known: [], unsaid: [] };
  try {
    const fresh = new Set(await durable.step('news', () => freshIn(hands, news, troubles), patiently));
    const known = troubles.filter((change) => !fresh.has(endingOf(change))).map(({ id }) => id);
    if (fresh.size > 0) {
      if (partsOf(plan).length > 1) await durable.wait('for the other parts', FOR_THE_OTHERS);
      const tell = async () => {
        const all = (await hands.ledger.changesOfPlan(plan)).filter(isTrouble);
        await hands.send(
          troubleMessage(
            plan,
            all.filter((one) => fresh.has(endingOf(one))),
            terms.remindAfterDays,
          ),
        );
      };
      await durable.step('announce', tell, patiently);
    }
    return { known, unsaid: [] };
  } catch (error) {
    return { known: [], unsaid: [`${troubles.map(({ id }) => id).join(', ')} not announced: ${reasonOf(error)}`] };
  }
}

/** The reasons of which people have not been told, or not for so long that they should be again. */
async function freshIn({ ledger, clock }: Hands, { name, plan, terms }: News, troubles: readonly Change[]) {
  const now = clock();
  const toldSince = daysBefore(terms.remindAfterDays - HALF_A_DAY, now);
  const since = { toldSince, seenSince: daysBefore(A_NIGHT_DAYS, now) };
  const fresh: string[] = [];
  for (const about of new Set(troubles.map(endingOf))) {
    if (await ledger.mayTell({ account: plan.account, about, by: name, now, ...since })) fresh.push(about);
  }
  return fresh;
}
