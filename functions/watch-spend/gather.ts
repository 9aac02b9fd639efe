import type { Policy } from '../../shared/core/policy.ts';
import { type Anomaly, RESTATED_DAYS } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { addDays, dayOf, monthOf, monthsIn } from '../../shared/core/spend/day.ts';
import {
  firstToAsk,
  lastAnswered,
  type MonthOfCosts,
  missingRanges,
  seriesIn,
  withAnswer,
} from '../../shared/core/spend/history.ts';
import type { CostSeries, Day } from '../../shared/core/spend/series.ts';
import type {
  AuditTrail,
  CostExplorer,
  CostMetric,
  CostView,
  KeptCosts,
  OwnChanges,
  SpendLedger,
} from '../../shared/ports-spend.ts';
import { NoCostDataError, PaidCallsUsedUpError } from './errors.ts';

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
  /** The day after the last that Cost Explorer has answered. */
  readonly to: Day;
  /** By service and account. */
  readonly services: readonly CostSeries[];
  /** By region and account. */
  readonly regions: readonly CostSeries[];
  readonly standing: readonly Anomaly[];
  readonly answers: readonly SpendAnswer[];
}

/** The model learns from so many days before the first that it judges. */
const HISTORY_DAYS = 400;

/** An anomaly that began earlier has ended: what lasts for two weeks is accepted. */
const THREAD_DAYS = 90;

/** Without an answer about any of so many days, spend is unknown. */
const BLIND_DAYS = 3;

export const METRICS = {
  unblended: 'UnblendedCost',
  amortized: 'AmortizedCost',
  'net-unblended': 'NetUnblendedCost',
  'net-amortized': 'NetAmortizedCost',
} as const satisfies Record<Policy['spend']['metric'], CostMetric>;

const VIEWS: Readonly<Record<CostView, 'SERVICE' | 'REGION'>> = { services: 'SERVICE', regions: 'REGION' };

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

/** The first day that Cost Explorer keeps: thirteen months before the current one. */
export function firstKept(now: Date): Day {
  return dayOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 13, 1)));
}

/** History, what Cost Explorer says of the days that may have changed, and what people know of it. */
export async function gather(sources: Sources, looking: Looking, purse: Purse): Promise<Facts> {
  const { ledger } = sources;
  const { payer, judged } = looking;
  const services = await historyOf('services', { sources, looking, purse });
  const regions = await historyOf('regions', { sources, looking, purse });
  const [standing, answers] = await Promise.all([
    ledger.anomalies(payer, { from: addDays(judged.from, -THREAD_DAYS), to: addDays(judged.to, 1) }),
    ledger.spendAnswers(),
  ]);
  const last = lastAnswered(services);
  const [newest] = services;
  if (!newest || !last || last < addDays(judged.to, -BLIND_DAYS)) throw new NoCostDataError(payer, last);
  const from = addDays(judged.from, -HISTORY_DAYS);
  const to = addDays(last, 1) < judged.to ? addDays(last, 1) : judged.to;
  return {
    currency: newest.currency,
    to,
    services: seriesIn(services, { from, to }),
    regions: seriesIn(regions, { from, to }),
    standing,
    answers,
  };
}

interface Reading {
  readonly sources: Sources;
  readonly looking: Looking;
  readonly purse: Purse;
}

/** One grouping from the ledger, with what Cost Explorer has to add. What was answered is kept, and not paid for again. */
async function historyOf(view: CostView, { sources, looking, purse }: Reading): Promise<readonly MonthOfCosts[]> {
  const { ledger } = sources;
  const { payer, policy, now, judged } = looking;
  const kept: KeptCosts = { payer, metric: METRICS[policy.spend.metric], without: policy.spend.without, view };
  const first = addDays(judged.from, -HISTORY_DAYS);
  const from = first < firstKept(now) ? firstKept(now) : first;
  let history = await ledger.costs(kept, monthsIn(first, addDays(dayOf(now), 1)));
  for (const range of rangesToAsk(history, { from, judged })) {
    const costs = await sources.costs(payer);
    const answer = await costs.daily(
      {
        ...range,
        metric: kept.metric,
        groupBy: [{ dimension: VIEWS[view] }, { dimension: 'LINKED_ACCOUNT' }],
        withoutRecordTypes: kept.without,
      },
      purse.pay(0),
    );
    // A day without a single group is one that Cost Explorer has not got to, not one on which nobody paid anything.
    const days = answer.days.filter(({ groups }) => groups.length > 0);
    history = withAnswer(history, { currency: answer.currency, days });
    const changed = new Set(days.map(({ day }) => monthOf(day)));
    await ledger.keepCosts(
      kept,
      history.filter(({ month }) => changed.has(month)),
    );
  }
  return history;
}

/** What may have been restated, and for a backfill what is missing before it. */
function rangesToAsk(history: readonly MonthOfCosts[], { from, judged }: { from: Day; judged: Looking['judged'] }) {
  const recent = firstToAsk(history, { from, to: judged.to, restatedDays: RESTATED_DAYS });
  const isBackfill = addDays(judged.from, 1) < judged.to;
  const older = isBackfill ? missingRanges(history, { from, to: recent }) : [];
  return recent < judged.to ? [...older, { from: recent, to: judged.to }] : older;
}
