import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { getOrMake } from '../maps.ts';
import { seedOf } from '../random.ts';
import { type AlarmEvent, type AnyAlarm, type Brought, eventOf, historyOf, stateBy } from './alarm-change.ts';
import type { Place } from './place.ts';

/** What a metric is known by. */
export interface MetricName {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** One point of one statistic: epoch milliseconds of the period's beginning, and the value. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/**
 * Answers one statistic of one metric, so that a big fleet needs no stored points.
 * Periods begin at `start`, `start + period`, ... and before `end`; a period without a point had no data.
 * @param periodSeconds length of a period
 * @param start epoch milliseconds, already rounded as CloudWatch rounds it
 * @param end epoch milliseconds, exclusive
 * @param stat `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99.5`
 */
export type Series = (periodSeconds: number, start: number, end: number, stat: string) => Iterable<Point>;

/** What was measured in one moment: a single value, or a set of them. */
export interface Sample {
  readonly at: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
  /** The single values with how often each occurred; a statistic set has none, and then no percentiles. */
  readonly values?: readonly { readonly value: number; readonly count: number }[];
}

export interface StoredMetric {
  readonly name: MetricName;
  /** In the order in which they came. */
  readonly samples: Sample[];
  series?: Series;
}

/** CloudWatch of one account and region. */
export class CloudWatchState {
  readonly metrics = new Map<string, StoredMetric>();
  readonly alarms = new Map<string, MetricAlarm>();
  readonly compositeAlarms = new Map<string, CompositeAlarm>();
  /** Every change of an alarm's state, the oldest first. */
  readonly alarmHistory: AlarmHistoryItem[] = [];
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  /** Lets `series` answer for a metric. It wins over stored points. */
  series(name: MetricName, series: Series): void {
    this.metric(name).series = series;
  }

  /** Stores single values, as PutMetricData would. */
  put(name: MetricName, points: Iterable<{ readonly at: Date | number; readonly value: number }>): void {
    const { samples } = this.metric(name);
    for (const { at, value } of points) samples.push(oneValue(typeof at === 'number' ? at : at.getTime(), value));
  }

  /** The alarm of this name, of either type. */
  alarm(name: string): AnyAlarm | undefined {
    return this.alarms.get(name) ?? this.compositeAlarms.get(name);
  }

  /**
   * Brings an alarm into a state, as its data would or somebody does by SetAlarmState.
   * @returns what EventBridge brings of it; nothing where it was in that state before
   */
  turn(name: string, to: StateValue, brought: Brought): AlarmEvent | undefined {
    const alarm = this.alarm(name);
    if (!alarm) throw new Error(`no alarm ${name}`);
    const { clock } = this.place.world;
    const { StateValue, StateReason, StateReasonData } = alarm;
    const change = { from: { StateValue, StateReason, StateReasonData }, at: clock.now() };
    Object.assign(alarm, { ...stateBy(alarm, to, brought, change.at), StateUpdatedTimestamp: change.at });
    if (StateValue === to) return undefined;
    alarm.StateTransitionedTimestamp = change.at;
    this.alarmHistory.push(historyOf(alarm, change));
    return eventOf(alarm, change, { place: this.place, id: idOf(alarm, this.alarmHistory.length) });
  }

  /** The metric, created empty if it is new. */
  metric(name: MetricName): StoredMetric {
    const key = metricKey(name.namespace, name.metric, Object.entries(name.dimensions ?? {}));
    return getOrMake(this.metrics, key, () => ({ name, samples: [] }));
  }
}

/** A UUID that differs for each change of any alarm. */
const idOf = ({ AlarmArn = '' }: AnyAlarm, nth: number): string =>
  `${seedOf(AlarmArn).toString(16).padStart(8, '0')}-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`;

export const oneValue = (at: number, value: number, count = 1): Sample => ({
  at,
  sum: value * count,
  minimum: value,
  maximum: value,
  count,
  values: [{ value, count }],
});

/** Dimensions have no order, so the key sorts them. */
export function metricKey(
  namespace: string,
  metric: string,
  dimensions: readonly (readonly [string, string])[],
): string {
  const sorted = dimensions.map(([name, value]) => `${name}=${value}`).sort();
  return [namespace, metric, ...sorted].join('\n');
}
