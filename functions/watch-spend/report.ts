import { formatMoney } from '../../shared/core/money.ts';
import { type Anomaly, impactOf, monthlyOf } from '../../shared/core/spend/anomaly.ts';
import { sameDollars } from '../../shared/core/spend/new-region.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { missedText, type Occasion, type Told, unjudgedText } from '../../shared/core/spend/spend-message.ts';
import { textTable } from '../../shared/core/table.ts';
import type { Facts } from './gather.ts';
import type { Range } from './read-bill.ts';

/** What AWS charges for a page of Cost Explorer. */
const USD_A_CALL = 0.01;

/** What the caller of a run gets. */
export interface Report extends Omit<Occasion, 'alarm'> {
  readonly currency: string;
  readonly series: number;
  /** What the run itself cost at Cost Explorer. */
  readonly paidCalls: number;
  readonly paidUsd: number;
  /** What is to be known of it: that days were restated, or that Cost Explorer has not answered the last ones. */
  readonly note?: string;
  readonly anomalies: readonly (Omit<Anomaly, 'said'> & {
    readonly news?: string;
    readonly impact: number;
    readonly monthly: number;
    /** The anomaly in which the dollars of a new region are, by its id. */
    readonly sameDollarsAs?: string;
  })[];
}

interface Found {
  readonly facts: Facts;
  readonly occasion: Occasion;
  /** The day after the last that was asked about. */
  readonly until: Day;
  readonly anomalies: readonly Anomaly[];
  readonly news: readonly Told[];
  readonly paid: number;
}

export function reportOf({ facts, occasion, until, anomalies, news, paid }: Found): Report {
  const newsOf = new Map(news.map((one) => [one.anomaly.id, one.news]));
  const same = sameDollars(anomalies);
  const { alarm: _, ...head } = occasion;
  const notes = [
    ...(occasion.backfill ? [RESTATED] : []),
    ...(facts.to < until ? [`Cost Explorer has nothing yet about the days from ${facts.to}: they are unknown.`] : []),
    ...(occasion.missed ? [missedText(occasion.missed)] : []),
    ...(facts.unread ? [unreadText(facts.unread)] : []),
  ];
  return {
    ...head,
    currency: facts.currency,
    series: facts.services.length,
    paidCalls: paid,
    paidUsd: Math.round(paid * USD_A_CALL * 100) / 100,
    ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    anomalies: [...anomalies]
      .sort((a, b) => Math.abs(monthlyOf(b)) - Math.abs(monthlyOf(a)))
      .map(({ said: _said, ...one }) => {
        const why = newsOf.get(one.id);
        const other = same.get(one.id)?.id;
        return {
          ...one,
          impact: impactOf(one),
          monthly: monthlyOf(one),
          ...(why ? { news: why } : {}),
          ...(other ? { sameDollarsAs: other } : {}),
        };
      }),
  };
}

const RESTATED = 'Each day was judged as of that day, on the amounts as they are now: AWS has restated days since.';

const unreadText = ({ from, to }: Range): string =>
  `The history begins with ${to}: the days from ${from} are not read yet, because this month's paid calls are used up but for ` +
  'the days to come. The next runs go on, or sooner with more `spend.paidCallsPerMonth`.';

export function reportTable(report: Report): string {
  const { asOf, anomalies, paidCalls, paidUsd, series, unjudged, note, currency } = report;
  const money = (amount: number) => formatMoney({ currency, amount });
  const rows = anomalies.map((one) => [
    one.id,
    one.kind,
    one.account,
    one.service,
    one.firstDay,
    one.lastDay,
    `${one.state}${one.provisional ? ', provisional' : ''}`,
    ...(one.sameDollarsAs
      ? ['', '', `the dollars of ${one.sameDollarsAs}`]
      : [money(one.impact), money(one.monthly), causeOf(one)]),
  ]);
  const head = ['anomaly', 'kind', 'account', 'service', 'first', 'last', 'state', 'so far', 'a month', 'cause'];
  return [
    `${series} series up to ${asOf}; ${paidCalls} paid calls, $${paidUsd.toFixed(2)}.${note ? ` ${note}` : ''}`,
    ...(unjudged ? [unjudgedText(unjudged)] : []),
    anomalies.length > 0 ? textTable(head, rows) : `Nothing is unusual${unjudged ? ' in what is judged' : ''}.`,
  ].join('\n\n');
}

function causeOf({ explanation }: Omit<Anomaly, 'said'>): string {
  if (!explanation) return '';
  const { causes } = explanation;
  if (!causes.known) return `unknown: ${causes.why}`;
  return causes.value[0]?.keys.filter(Boolean).join(' in ') ?? 'no single part';
}
