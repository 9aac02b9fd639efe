import type { DayRange, Incident } from './data.ts';
import type { JudgedStream } from './judged.ts';

export type Side = 'up' | 'down';

export interface AnomalyFigures {
  readonly threshold: number;
  readonly incidents: number;
  readonly recall: number;
  readonly precision: number;
  readonly f1: number;
  readonly cleanFalseAlarmsPerSeriesYear: number;
  /** With as many false alarms a year as a clean series has. */
  readonly precisionAt2PerYear: number;
  readonly f1At2PerYear: number;
  readonly meanDelayDays: number;
  /** Of what the incidents cost, what was spent after the day of the alarm. */
  readonly avoidableUsdCaptured: number;
  /** Recall by the type, and by the size, of the incident. */
  readonly byType: Readonly<Record<string, number>>;
  readonly bySize: Readonly<Record<string, number>>;
  /**
   * Of the found incidents: how far the excess that the model sees (actual minus expected, over the incident's days that it
   * finds unusual) is off what was injected on the same days, as a share of that.
   */
  readonly medianImpactError: number;
}

/** The threshold that ships. */
const THRESHOLD = 1;

/** The model may learn for so many days. */
const WARM_UP_DAYS = 63;

/** Alarm days so near to each other are one alarm. */
const PAUSE_DAYS = 3;

const DAYS_A_YEAR = 365.25;

/** A share found of a number of incidents. */
type Share = [found: number, all: number];

interface Tally {
  incidents: number;
  found: number;
  falseAlarms: number;
  cleanFalseAlarms: number;
  cleanDays: number;
  delays: number[];
  captured: number;
  total: number;
  impactErrors: number[];
  readonly byType: Record<string, Share>;
  readonly bySize: Record<string, Share>;
}

/** How well one side of the model does on all streams together. */
export function scoreAnomalies(streams: readonly JudgedStream[], side: Side): AnomalyFigures {
  const tally: Tally = {
    incidents: 0,
    found: 0,
    falseAlarms: 0,
    cleanFalseAlarms: 0,
    cleanDays: 0,
    delays: [],
    captured: 0,
    total: 0,
    impactErrors: [],
    byType: {},
    bySize: {},
  };
  for (const stream of streams) scoreStream(stream, side, tally);
  return figuresOf(tally);
}

function scoreStream(judged: JudgedStream, side: Side, tally: Tally): void {
  const { series, stream, judgements } = judged;
  const sign = side === 'up' ? 1 : -1;
  const alarms = judgements.map(({ score }, day) => day >= WARM_UP_DAYS && (score ?? 0) * sign >= THRESHOLD);
  const isIgnored = daysIn([...series.neutral, ...stream.incidents.map(({ neutral }) => neutral)]);
  const falseAlarms = episodesOf(alarms).filter((days) => !days.some((day) => isIgnored.has(day))).length;
  if (stream.rep === 0) {
    const isNeutral = daysIn(series.neutral);
    tally.cleanFalseAlarms += falseAlarms;
    tally.cleanDays += judgements.filter((_, day) => day >= WARM_UP_DAYS && !isNeutral.has(day)).length;
    return;
  }
  tally.falseAlarms += falseAlarms;
  for (const incident of stream.incidents) {
    if ((incident.type === 'drop') === (side === 'down')) scoreIncident(incident, { judged, alarms }, tally);
  }
}

interface Alarmed {
  readonly judged: JudgedStream;
  readonly alarms: readonly boolean[];
}

function scoreIncident(incident: Incident, { judged, alarms }: Alarmed, tally: Tally): void {
  const { type, size, excess, window } = incident;
  const [first, last] = window;
  const total = Math.abs(sum(excess));
  const at = alarms.findIndex((isAlarm, day) => isAlarm && day >= first && day <= last);
  tally.incidents += 1;
  tally.total += total;
  count(tally.byType, type, at >= 0);
  count(tally.bySize, String(size), at >= 0);
  if (at < 0) return;
  tally.found += 1;
  tally.delays.push(at - first);
  tally.captured += Math.abs(sum(excess.slice(at - first + 1)));
  const error = impactError(incident, { judged, alarms });
  if (error !== undefined) tally.impactErrors.push(error);
}

/** Nothing when no dollar was injected on the days that the model finds unusual. */
function impactError({ start, excess }: Incident, { judged, alarms }: Alarmed): number | undefined {
  let [seen, injected] = [0, 0];
  for (const [index, dollars] of excess.entries()) {
    const judgement = judged.judgements[start + index];
    if (!judgement || !alarms[start + index]) continue;
    seen += judgement.actual - judgement.expected;
    injected += dollars;
  }
  return injected === 0 ? undefined : Math.abs((seen - injected) / injected);
}

function count(shares: Record<string, Share>, name: string, isFound: boolean): void {
  const [found, all] = shares[name] ?? [0, 0];
  shares[name] = [found + (isFound ? 1 : 0), all + 1];
}

function episodesOf(alarms: readonly boolean[]): number[][] {
  const episodes: number[][] = [];
  for (const [day, isAlarm] of alarms.entries()) {
    if (!isAlarm) continue;
    const last = episodes.at(-1);
    if (last && day - last.at(-1)! <= PAUSE_DAYS) last.push(day);
    else episodes.push([day]);
  }
  return episodes;
}

function figuresOf(tally: Tally): AnomalyFigures {
  const { incidents, found, falseAlarms, delays, captured, total, impactErrors } = tally;
  const recall = found / incidents;
  const precision = found / (found + falseAlarms);
  const clean = tally.cleanFalseAlarms / (tally.cleanDays / DAYS_A_YEAR);
  const precisionAt2PerYear = (2 * recall) / (2 * recall + clean);
  return {
    threshold: THRESHOLD,
    incidents,
    recall: rounded(recall, 4),
    precision: rounded(precision, 4),
    f1: rounded(harmonicMean(precision, recall), 4),
    cleanFalseAlarmsPerSeriesYear: rounded(clean, 3),
    precisionAt2PerYear: rounded(precisionAt2PerYear, 4),
    f1At2PerYear: rounded(harmonicMean(precisionAt2PerYear, recall), 4),
    meanDelayDays: rounded(sum(delays) / delays.length, 3),
    avoidableUsdCaptured: rounded(captured / total, 4),
    byType: sharesOf(tally.byType),
    bySize: sharesOf(tally.bySize),
    medianImpactError: rounded(median(impactErrors), 4),
  };
}

const sharesOf = (shares: Record<string, Share>): Record<string, number> =>
  Object.fromEntries(Object.entries(shares).map(([name, [found, all]]) => [name, rounded(found / all, 3)]));

const daysIn = (ranges: readonly DayRange[]): Set<number> =>
  new Set(ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)));

const harmonicMean = (a: number, b: number): number => (2 * a * b) / (a + b);
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
