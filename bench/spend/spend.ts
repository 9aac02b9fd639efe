import { readSpendData, type SpendData } from './data.ts';
import { makeSpendData } from './generate/data.ts';
import { judgeStreams } from './judged.ts';
import { type RankFigures, type RootCauseFigures, scoreRootCauses } from './root-cause.ts';
import { type AnomalyFigures, scoreAnomalies } from './scoring.ts';

export interface SpendFigures {
  readonly up: AnomalyFigures;
  readonly down: AnomalyFigures;
  /** The rises of series that carry a charge on every first of the month. */
  readonly feeSeries: AnomalyFigures;
  readonly rootCause: RootCauseFigures;
}

/** How well the model finds incidents and their causes: in the data of a directory, or in data of our own. */
export async function measureSpend(directory: string | undefined): Promise<SpendFigures> {
  return scoreSpend(directory === undefined ? makeSpendData() : await readSpendData(directory));
}

export function scoreSpend(data: SpendData): SpendFigures {
  const judged = judgeStreams(data);
  return {
    up: scoreAnomalies(judged, 'up'),
    down: scoreAnomalies(judged, 'down'),
    feeSeries: scoreAnomalies(
      judged.filter(({ series }) => series.month_start_fee > 0),
      'up',
    ),
    rootCause: scoreRootCauses(data),
  };
}

export function printSpend({ up, down, feeSeries, rootCause }: SpendFigures): void {
  for (const [name, figures] of Object.entries({ up, down, 'with a monthly fee, up': feeSeries })) {
    console.log(`${name}: ${figures.incidents} incidents, recall ${percent(figures.recall)}`);
    console.log(
      `  ${figures.cleanFalseAlarmsPerSeriesYear} false alarms a series and year, precision ${percent(figures.precision)}, ` +
        `F1 ${figures.f1}`,
    );
    console.log(
      `  after ${figures.meanDelayDays} days, ${percent(figures.avoidableUsdCaptured)} of the dollars, ` +
        `impact off by ${percent(figures.medianImpactError)}`,
    );
  }
  const kinds = { ...rootCause.sku, portfolios: rootCause.org };
  for (const [kind, { top1, top3, medianError }] of Object.entries<RankFigures>(kinds)) {
    console.log(
      `cause, ${kind}: first ${percent(top1)}, in three ${percent(top3)}, dollars off by ${percent(medianError)}`,
    );
  }
}

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;
