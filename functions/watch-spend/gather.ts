import type { Policy } from '../../shared/core/policy.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { addDays, dayOf, monthOf } from '../../shared/core/spend/day.ts';
import { lastAnswered, seriesIn } from '../../shared/core/spend/history.ts';
import type { CostSeries, Day } from '../../shared/core/spend/series.ts';
import type { AuditTrail, CostExplorer, OwnChanges, SpendLedger } from '../../shared/ports-spend.ts';
import { NoCostDataError, PaidCallsUsedUpError } from './errors.ts';
import { HISTORY_DAYS, type Range, readBill } from './read-bill.ts';

/** Where facts come from. */
export interface Sources {
  readonly ledger: SpendLedger;
  /** The Cost Explorer of a payer. */
  readonly costs: (payer: string) => Promise<CostExplorer>;
  readonly trail: AuditTrail;
  readonly changes: OwnChanges;
  /** The clock of the machine: turns end, and calls are paid for, in real time and not in the tick's. */
  readonly clock: () => Date;
}

/** What is looked at. */
export interface Looking {
  readonly payer: string;
  readonly policy: Policy;
  readonly now: Date;
  /** The days that are judged, half-open. */
  readonly judged: { readonly from: Day; readonly to: Day };
}

/** Everything that was read for one tick. */
export interface Facts {
  readonly currency: string;
  /** The day after the last that is judged: Cost Explorer has answered it. */
  readonly to: Day;
  /** The day after the last that is known; of a backfill the ledger may know later ones. */
  readonly knownTo: Day;
  /** By service and account. */
  readonly services: readonly CostSeries[];
  /** By region and account. */
  readonly regions: readonly CostSeries[];
  readonly standing: readonly Anomaly[];
  readonly answers: readonly SpendAnswer[];
  /** The day after the last that a daily look may have judged; nothing where there was none. */
  readonly judgedTo?: Day;
  /** Days of the history that are not read yet: the month's paid calls were used up before. */
  readonly unread?: Range;
}

/** An anomaly that began earlier has ended: what lasts for two weeks is accepted. */
const THREAD_DAYS = 90;

/** Without an answer about any of so many days, spend is unknown. */
const BLIND_DAYS = 3;

/** Counts what is paid for, and refuses it beyond what the policy allows in a month. */
export interface Purse {
  /** @throws {PaidCallsUsedUpError} leaving so many of the month's calls for others */
  pay(leaving: number): () => Promise<void>;
  readonly paid: number;
}

export function purseOf({ ledger, clock }: Sources, { payer, policy }: Pick<Looking, 'payer' | 'policy'>): Purse {
  let paid = 0;
  return {
    pay: (leaving) => async () => {
      const month = monthOf(dayOf(clock()));
      const most = policy.spend.paidCallsPerMonth - leaving;
      if (!(await ledger.countPaidCall(payer, month, most))) throw new PaidCallsUsedUpError(month, most);
      paid += 1;
    },
    get paid() {
      return paid;
    },
  };
}

/** History, what Cost Explorer says of the days that may have changed, and what people know of it. */
export async function gather(sources: Sources, looking: Looking, purse: Purse): Promise<Facts> {
  const { ledger } = sources;
  const { payer, judged } = looking;
  const { services, regions, unread } = await readBill({ sources, looking, purse });
  const [standing, answers, lastLook] = await Promise.all([
    ledger.anomalies(payer, { from: addDays(judged.from, -THREAD_DAYS), to: addDays(dayOf(looking.now), 1) }),
    ledger.spendAnswers(),
    ledger.lastLook(payer, looking.now),
  ]);
  const last = lastAnswered(services);
  const newest = services.findLast(({ days }) => days.length > 0);
  if (!newest || !last || last < addDays(judged.to, -BLIND_DAYS)) throw new NoCostDataError(payer, last);
  const from = addDays(judged.from, -HISTORY_DAYS);
  const knownTo = addDays(last, 1);
  return {
    currency: newest.currency,
    to: knownTo < judged.to ? knownTo : judged.to,
    knownTo,
    services: seriesIn(services, { from, to: knownTo }),
    regions: seriesIn(regions, { from, to: knownTo }),
    standing,
    answers,
    ...(lastLook && { judgedTo: dayOf(new Date(lastLook)) }),
    ...(unread && { unread }),
  };
}
