import type { Drawing } from '../sparkline.ts';
import { localTime } from '../time.ts';
import type { EvidenceMetric, MinuteSeries, Remedy, RunbookFacts, RunbookSettings } from './runbook.ts';

/** The evidence that every runbook shows: each metric as a line, and those that were measured as a chart. */
export const shownOf = ({ metrics }: Pick<RunbookFacts, 'metrics'>): Pick<Remedy, 'evidence' | 'charts'> => ({
  evidence: metrics.map(describeMetric),
  charts: metrics.flatMap(drawingOf),
});

/** `CPU: 97.3 % now, 41 to 98.8 % in 3 hours`, or why it is not known. */
function describeMetric({ what, unit, series }: EvidenceMetric): string {
  if (!series.known) return `${what}: unknown, ${series.why}`;
  const values = measuredIn(series.value);
  const now = values.at(-1);
  if (now === undefined) return `${what}: nothing was measured in ${spanOf(series.value)}`;
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${what}: ${inUnit(now, unit)} now, ${inShort(least)} to ${inUnit(most, unit)} in ${spanOf(series.value)}`;
}

/** The values that were measured, oldest first. Not a number is no measurement. */
export const measuredIn = ({ values }: MinuteSeries): number[] =>
  values.filter((value): value is number => Number.isFinite(value));

/** `3 hours`, `45 minutes` */
export function spanOf({ values, stepSeconds }: MinuteSeries): string {
  const minutes = Math.round((values.length * stepSeconds) / 60);
  return minutes >= 120 ? count(Math.round(minutes / 60), 'hour') : count(minutes, 'minute');
}

function drawingOf({ what, unit, series }: EvidenceMetric): Drawing[] {
  if (!series.known || measuredIn(series.value).length === 0) return [];
  const { values, stepSeconds } = series.value;
  const hours = stepSeconds / 3600;
  if (Number.isInteger(hours)) return [{ what, unit, by: 'hour', each: hours, values }];
  return [{ what, unit, by: 'minute', each: Math.max(1, Math.round(stepSeconds / 60)), values }];
}

/** Left alone, with what a person does instead. */
export const leftTo = (next: string, because: string): Omit<Remedy, 'evidence' | 'charts'> => ({ because, next });

/** Left alone because something is not known. */
export const leftUnknown = (next: string, because: string): Omit<Remedy, 'evidence' | 'charts'> => ({
  because,
  next,
  unknown: true,
});

/** A runbook that the policy chose for something that it is not for. */
export function notFor(what: string, { alarm, resource }: RunbookFacts): Remedy {
  const kind = resource.type === 'database' ? 'a database' : 'an instance';
  return {
    because: `the runbook is for ${what}, and the alarm is about ${kind}`,
    evidence: [],
    charts: [],
    next: `give the alarm ${alarm.name} another runbook in the policy, under remediation.runbooks`,
  };
}

/** What crossed the alarm's threshold and since when, as far as the alarm says it. */
export function describeAlarm({ alarm }: Pick<RunbookFacts, 'alarm'>, { timezone }: RunbookSettings): string {
  const since = `since ${localTime(alarm.since, timezone)}`;
  if (alarm.watches.kind === 'composite') return `its rule is true ${since}`;
  const { metrics, comparison = '', threshold = Number.NaN, expression } = alarm.watches;
  const [{ name = '' } = {}] = metrics;
  const what = expression !== undefined || metrics.length !== 1 ? `its expression ${expression ?? ''}`.trimEnd() : name;
  const side = SIDES[comparison];
  if (!side || !Number.isFinite(threshold)) return `${what} in ALARM ${since}`;
  const limit = BYTES.includes(what) ? inUnit(threshold / GIB, 'GiB') : grouped(threshold);
  return `${what} ${side} ${limit} ${since}`;
}

/** What RDS measures in bytes. */
const BYTES = ['FreeStorageSpace', 'FreeLocalStorage', 'FreeableMemory', 'SwapUsage'];
const GIB = 1024 ** 3;

const SIDES: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'above',
  GreaterThanOrEqualToThreshold: 'at or above',
  LessThanThreshold: 'below',
  LessThanOrEqualToThreshold: 'at or below',
};

const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** `97.3`, `1,234.6`, `0.0412` */
export const inShort = (value: number): string =>
  new Intl.NumberFormat('en-US', {
    maximumSignificantDigits: 3,
    maximumFractionDigits: 1,
    roundingPriority: 'morePrecision',
  }).format(value);

export const inUnit = (value: number, unit: string): string => `${inShort(value)} ${unit}`.trimEnd();

export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
