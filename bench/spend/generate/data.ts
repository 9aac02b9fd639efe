import type { SpendData } from '../data.ts';
import { makeStreams } from './incidents.ts';
import { makeRootCauses } from './root-cause.ts';
import { makeSeries } from './series.ts';

const SERIES = { count: 40, days: 456, seed: 2026 };

/** A data set of our own: the same one every time. */
export function makeSpendData(): SpendData {
  const series = makeSeries(SERIES);
  return { series, streams: makeStreams(series, SERIES.seed), ...makeRootCauses(series, SERIES.seed) };
}
