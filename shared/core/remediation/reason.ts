import type { Alarm, AlarmState } from './alarm.ts';

/** A state with its reason, as CloudWatch has them in events, alarms and histories. */
export interface StateReason {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON, as text or already parsed. CloudWatch gives it with what it measured; few who set a state by hand do. */
  readonly data?: unknown;
}

/**
 * What brought a state.
 *   > Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater than the threshold (50.0) ...
 *   > Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].
 * Of SetAlarmState the reason is what somebody wrote, and there are no data unless somebody made them up: who copies the words
 * has none, who makes up data has other words. What is not known to be CloudWatch's is taken for a person's.
 */
export function broughtBy({ value, reason, data }: StateReason): Alarm['by'] {
  if (NO_DATA.some((words) => words.test(reason))) return 'missing data';
  if (WITHOUT_DETAILS.test(reason)) return 'data';
  const details = detailsOf(data);
  if (MEASURED.test(reason) && Array.isArray(details.recentDatapoints)) {
    return details.recentDatapoints.some((one) => typeof one === 'number') ? 'data' : 'missing data';
  }
  if (OF_CHILDREN.test(reason) && Array.isArray(details.triggeringAlarms)) return 'data';
  return value === 'INSUFFICIENT_DATA' && MEASURED.test(reason) ? 'missing data' : 'a person';
}

/** `Threshold Crossed` or, of a band, `Thresholds Crossed`. */
const MEASURED = /^Thresholds? Crossed: /;

const NO_DATA = [
  /^Thresholds? Crossed: no datapoints were received /,
  /^Insufficient Data: /,
  /^Unchecked: Initial alarm creation/,
  /^No time series were returned by the query\./,
];

/** Of a Metrics Insights query: `6 out of 6 time series evaluated to ALARM`. */
const WITHOUT_DETAILS = /^\d+(\+| out of \d+)? time series evaluated to /;

/** Of a composite: which child changed, or that its rule is new. */
const OF_CHILDREN =
  /^arn:[\w-]+:cloudwatch:.+ (transitioned to|was (created|updated) and its (new )?alarm rule evaluates to) /;

interface Details {
  readonly recentDatapoints?: unknown;
  readonly triggeringAlarms?: unknown;
  readonly threshold?: unknown;
}

/** The threshold that the state was judged by, where the data have it. */
export function thresholdIn(data: unknown): number | undefined {
  const { threshold } = detailsOf(data);
  return typeof threshold === 'number' ? threshold : undefined;
}

/** Nothing when it is no JSON object, as somebody may have given it who set the state by hand. */
function detailsOf(data: unknown): Details {
  if (typeof data !== 'string') return typeof data === 'object' && data !== null ? data : {};
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
