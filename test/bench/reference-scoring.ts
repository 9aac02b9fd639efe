import type { BaseSeries, Stream } from '../../bench/spend/data.ts';

/**
 * The scoring of spend anomalies as it is defined, written down once more and without a line of the benchmark's own: one
 * loop over the streams, one over the days. `scoresOf` gives a score for each day of a stream; NaN is no opinion.
 */
export function referenceScoring(
  data: { readonly series: readonly BaseSeries[]; readonly streams: readonly Stream[] },
  scoresOf: (amounts: number[], start: string) => number[],
  side: 'up' | 'down',
) {
  const threshold = 1;
  const warmUp = 63;
  const gap = 3;
  const sign = side === 'down' ? -1 : 1;
  let found = 0;
  let all = 0;
  let falseAlarms = 0;
  let cleanFalseAlarms = 0;
  let cleanYears = 0;
  let captured = 0;
  let total = 0;
  const delays: number[] = [];
  const byType: Record<string, [number, number]> = {};
  const bySize: Record<string, [number, number]> = {};

  for (const stream of data.streams) {
    const series = data.series.find((one) => one.id === stream.series);
    if (!series) throw new Error(stream.series);
    const amounts = series.values.slice();
    for (const incident of stream.incidents) {
      for (let k = 0; k < incident.excess.length; k++) amounts[incident.start + k]! += incident.excess[k]!;
    }
    for (let k = 0; k < amounts.length; k++) amounts[k] = Math.max(0, amounts[k]!);
    const days = amounts.length;
    const scores = scoresOf(amounts, series.start);
    const alarm = scores.map((score, k) => k >= warmUp && Number.isFinite(score) && score * sign >= threshold);

    const neutral = new Array<boolean>(days).fill(false);
    for (const [first, last] of series.neutral) for (let k = first; k <= last; k++) neutral[k] = true;
    const ignored = neutral.slice();
    for (const { neutral: around } of stream.incidents) {
      for (let k = around[0]; k <= Math.min(days - 1, around[1]); k++) ignored[k] = true;
    }

    const episodes: [number, number][] = [];
    for (let k = 0; k < days; k++) {
      if (!alarm[k]) continue;
      const current = episodes.at(-1);
      if (current === undefined || k - current[1] > gap) episodes.push([k, k]);
      else current[1] = k;
    }
    let wrong = 0;
    for (const [first, last] of episodes) {
      let isExcused = false;
      for (let k = first; k <= last; k++) if (alarm[k] && ignored[k]) isExcused = true;
      if (!isExcused) wrong++;
    }
    if (stream.rep === 0) {
      cleanFalseAlarms += wrong;
      let evaluated = 0;
      for (let k = warmUp; k < days; k++) if (!neutral[k]) evaluated++;
      cleanYears += evaluated / 365.25;
      continue;
    }
    falseAlarms += wrong;

    for (const incident of stream.incidents) {
      if ((incident.type === 'drop') !== (side === 'down')) continue;
      const [first, last] = incident.window;
      let at = -1;
      for (let k = first; k <= Math.min(last, days - 1) && at < 0; k++) if (alarm[k]) at = k;
      byType[incident.type] ??= [0, 0];
      bySize[incident.size] ??= [0, 0];
      const ofType = byType[incident.type]!;
      const ofSize = bySize[incident.size]!;
      all++;
      ofType[1]++;
      ofSize[1]++;
      total += Math.abs(incident.excess.reduce((sum, dollars) => sum + dollars, 0));
      if (at < 0) continue;
      found++;
      ofType[0]++;
      ofSize[0]++;
      delays.push(at - first);
      captured += Math.abs(incident.excess.slice(at - first + 1).reduce((sum, dollars) => sum + dollars, 0));
    }
  }

  const recall = found / all;
  const precision = found / (found + falseAlarms);
  const perYear = cleanFalseAlarms / cleanYears;
  const precisionAt2 = (2 * recall) / (2 * recall + perYear);
  const shares = (of: Record<string, [number, number]>) =>
    Object.fromEntries(Object.entries(of).map(([name, [hits, count]]) => [name, Number((hits / count).toFixed(3))]));
  return {
    threshold,
    incidents: all,
    recall: Number(recall.toFixed(4)),
    precision: Number(precision.toFixed(4)),
    f1: Number(((2 * precision * recall) / (precision + recall)).toFixed(4)),
    cleanFalseAlarmsPerSeriesYear: Number(perYear.toFixed(3)),
    precisionAt2PerYear: Number(precisionAt2.toFixed(4)),
    f1At2PerYear: Number(((2 * precisionAt2 * recall) / (precisionAt2 + recall)).toFixed(4)),
    meanDelayDays: Number((delays.reduce((sum, delay) => sum + delay, 0) / delays.length).toFixed(3)),
    avoidableUsdCaptured: Number((captured / total).toFixed(4)),
    byType: shares(byType),
    bySize: shares(bySize),
  };
}
