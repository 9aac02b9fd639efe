import type { Policy } from '../../shared/core/policy.ts';
import { RESTATED_DAYS } from '../../shared/core/spend/anomaly.ts';
import { addDays, dayOf, daysBetween, daysIn, monthOf, monthsIn } from '../../shared/core/spend/day.ts';
import {
  type AnsweredDay,
  firstToAsk,
  type MonthOfCosts,
  missingRanges,
  withAnswer,
} from '../../shared/core/spend/history.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import type { CostMetric, CostView, KeptCosts } from '../../shared/ports-spend.ts';
import { PaidCallsUsedUpError } from './errors.ts';
import type { Looking, Purse, Sources } from './gather.ts';

/** The model learns from so many days before the first that it judges. */
export const HISTORY_DAYS = 400;

/** A longer range of more than a few pages is asked for by the month: every month that is answered is kept. */
const LONG_DAYS = 31;

/** Of an answer that has more pages these are lost, and the months cost a page each: at most so much is risked to save that. */
const FEW_PAGES = 4;

export const METRICS = {
  unblended: 'UnblendedCost',
  amortized: 'AmortizedCost',
  'net-unblended': 'NetUnblendedCost',
  'net-amortized': 'NetAmortizedCost',
} as const satisfies Record<Policy['spend']['metric'], CostMetric>;

const VIEWS: Readonly<Record<CostView, 'SERVICE' | 'REGION'>> = { services: 'SERVICE', regions: 'REGION' };

export interface Range {
  readonly from: Day;
  readonly to: Day;
}

/** The history in both views. */
type Bill = Readonly<Record<CostView, readonly MonthOfCosts[]>> & {
  /** Days that are not read yet, because the month's paid calls were used up before; from the first to after the last. */
  readonly unread?: Range;
};

interface Reading {
  readonly sources: Sources;
  readonly looking: Looking;
  readonly purse: Purse;
}

/** The first day that Cost Explorer keeps: thirteen months before the current one. */
export function firstKept(now: Date): Day {
  return dayOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 13, 1)));
}

/**
 * The bill from the ledger, and what Cost Explorer has to add: first the days that may have changed, then what is missing
 * before them, the newest first. Whatever is answered is kept at once, and not paid for again.
 *
 * A tick needs the first alone. Of the rest it reads what the month's paid calls allow, and leaves as many as the readings of
 * the days to come will need; the next ones go on. A backfill needs all of it.
 * @throws {PaidCallsUsedUpError}
 */
export async function readBill(reading: Reading): Promise<Bill> {
  const { looking, purse, sources } = reading;
  const views = [await openView('services', reading), await openView('regions', reading)] as const;
  let pages = 0;
  for (const view of views) pages += await readRecent(view, purse);
  const leaving = isBackfill(looking) ? 0 : pages * daysLeftAfter(sources.clock());
  let unread: Range | undefined;
  try {
    for (const view of views) await readMissing(view, purse.pay(leaving));
  } catch (error) {
    if (!(error instanceof PaidCallsUsedUpError) || isBackfill(looking)) throw error;
    unread = boundsOf(views.flatMap((view) => view.missing()));
  }
  const [services, regions] = views.map((view) => view.history());
  return { services: services!, regions: regions!, ...(unread && { unread }) };
}

const isBackfill = ({ judged }: Looking): boolean => addDays(judged.from, 1) < judged.to;

/** Of the month. */
function daysLeftAfter(now: Date): number {
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0));
  return last.getUTCDate() - now.getUTCDate();
}

const boundsOf = (ranges: readonly Range[]): Range | undefined => {
  const [first] = ranges.map(({ from }) => from).sort();
  const last = ranges
    .map(({ to }) => to)
    .sort()
    .at(-1);
  return first && last ? { from: first, to: last } : undefined;
};

/** One grouping of the bill. */
interface View {
  history(): readonly MonthOfCosts[];
  /** The days that may have been restated since they were answered, or are new; empty when there are none. */
  readonly recent: Range;
  /** Nobody has asked about them yet, the newest last. */
  missing(): readonly Range[];
  /** Asks and keeps the answer. */
  read(range: Range, pay: () => Promise<void>): Promise<void>;
  /** Keeps that there is nothing. */
  leave(range: Range): Promise<void>;
  /** It has more than a few pages. */
  isLarge: boolean;
}

async function openView(name: CostView, { sources, looking }: Reading): Promise<View> {
  const { ledger } = sources;
  const { payer, policy, now, judged } = looking;
  const kept: KeptCosts = { payer, metric: METRICS[policy.spend.metric], without: policy.spend.without, view: name };
  const first = addDays(judged.from, -HISTORY_DAYS);
  const from = first < firstKept(now) ? firstKept(now) : first;
  let history = await ledger.costs(kept, monthsIn(first, addDays(dayOf(now), 1)));
  const keep = async (answer: { currency: string; days: readonly AnsweredDay[] }) => {
    history = withAnswer(history, answer);
    const changed = new Set(answer.days.map(({ day }) => monthOf(day)));
    await ledger.keepCosts(
      kept,
      history.filter(({ month }) => changed.has(month)),
    );
  };
  const recent = { from: firstToAsk(history, { from, to: judged.to, restatedDays: RESTATED_DAYS }), to: judged.to };
  return {
    history: () => history,
    recent,
    missing: () => missingRanges(history, { from, to: recent.to }),
    read: async (range, pay) => {
      const costs = await sources.costs(payer);
      const answer = await costs.daily(
        {
          ...range,
          metric: kept.metric,
          groupBy: [{ dimension: VIEWS[name] }, { dimension: 'LINKED_ACCOUNT' }],
          withoutRecordTypes: kept.without,
        },
        pay,
      );
      await keep(answer);
    },
    leave: async ({ from: begin, to }) =>
      keep({ currency: '', days: daysIn(begin, to).map((day) => ({ day, groups: [] })) }),
    isLarge: false,
  };
}

/**
 * What a tick cannot do without: of a long range that has more than a few pages its last month.
 * @returns how many pages that took, without those that were lost
 */
async function readRecent(view: View, purse: Purse): Promise<number> {
  const { recent } = view;
  if (recent.from >= recent.to) return 0;
  const before = purse.paid;
  if (await isReadAtOnce(view, recent, purse.pay(0))) return purse.paid - before;
  const lost = purse.paid;
  const [newest] = inMonths(recent);
  if (newest) await view.read(newest, purse.pay(0));
  return purse.paid - lost;
}

async function readMissing(view: View, pay: () => Promise<void>): Promise<void> {
  for (const range of view.missing().toReversed()) {
    try {
      if (await isReadAtOnce(view, range, pay)) continue;
      for (const month of inMonths(range)) await view.read(month, pay);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await view.leave(range);
    }
  }
}

/** Of days before the first that it keeps, Cost Explorer may say so by an error. */
const isUnavailable = (error: unknown): boolean => error instanceof Error && error.name === 'DataUnavailableException';

/** Reads a range at once, unless it is a long one of more than a few pages: then nothing of it is kept. */
async function isReadAtOnce(view: View, range: Range, pay: () => Promise<void>): Promise<boolean> {
  const isLong = daysBetween(range.from, range.to) > LONG_DAYS;
  if (isLong && view.isLarge) return false;
  try {
    await view.read(range, isLong ? fewPages(pay) : pay);
    return true;
  } catch (error) {
    if (!(error instanceof MorePagesError)) throw error;
    view.isLarge = true;
    return false;
  }
}

/** Thrown and caught here. Pages are cut between groups, so that of a part of them no day is known to be whole. */
class MorePagesError extends Error {}

function fewPages(pay: () => Promise<void>): () => Promise<void> {
  let pages = 0;
  return async () => {
    pages += 1;
    if (pages > FEW_PAGES) throw new MorePagesError();
    await pay();
  };
}

/** Cut at the first of each month, the newest first. */
function inMonths({ from, to }: Range): Range[] {
  const months = monthsIn(from, to).map((month) => `${month}-01`);
  return months
    .map((first, index) => ({ from: first < from ? from : first, to: months[index + 1] ?? to }))
    .toReversed();
}
