import { judge } from '../../shared/core/spend/judge.ts';
import type { Judgement } from '../../shared/core/spend/series.ts';
import type { BaseSeries, SpendData, Stream } from './data.ts';

/** A stream with what the model makes of each of its days. */
export interface JudgedStream {
  readonly series: BaseSeries;
  readonly stream: Stream;
  readonly judgements: readonly Judgement[];
}

/** Every stream through the model as it ships. */
export function judgeStreams({ series, streams }: Pick<SpendData, 'series' | 'streams'>): JudgedStream[] {
  const byId = new Map(series.map((one) => [one.id, one]));
  return streams.map((stream) => {
    const base = byId.get(stream.series);
    if (!base) throw new Error(`no series ${stream.series}`);
    return { series: base, stream, judgements: judge({ firstDay: base.start, amounts: amountsOf(base, stream) }) };
  });
}

/** The series with the excess of the stream's incidents; nothing costs less than nothing. */
function amountsOf({ values }: BaseSeries, { incidents }: Stream): number[] {
  const amounts = [...values];
  for (const { start, excess } of incidents) {
    for (const [index, dollars] of excess.entries()) amounts[start + index]! += dollars;
  }
  return amounts.map((amount) => Math.max(0, amount));
}
