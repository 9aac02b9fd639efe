import type { Scope } from '../identity.ts';

export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** A CloudWatch alarm, as an event tells of it or as CloudWatch shows it when it is read again. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly scope: Scope;
  readonly state: AlarmState;
  /** Since when it is in this state. */
  readonly since: Date;
  /** CloudWatch's words. */
  readonly reason: string;
  /** What brought the state: its metrics, their absence, or somebody with SetAlarmState. */
  readonly by: 'data' | 'missing data' | 'a person';
  /** Why its actions would not be carried out now: a mute rule, its suppressor, or they are disabled. */
  readonly muted?: string;
  /** What it does by itself to an EC2 instance when it goes off: `ec2:reboot`, `ec2:recover`, ... Events do not tell. */
  readonly acts?: readonly string[];
  readonly watches: Watches;
}

/** What an alarm looks at. */
export type Watches =
  | {
      readonly kind: 'metric';
      /** Those of an expression are all that it is made of. */
      readonly metrics: readonly AlarmMetric[];
      /** Of metric math. */
      readonly expression?: string;
      /** CloudWatch's name of it, such as `GreaterThanOrEqualToThreshold`. Absent with anomaly detection's bands. */
      readonly comparison?: string;
      readonly threshold?: number;
      /** Of one datapoint. */
      readonly periodSeconds?: number;
      /** How many datapoints are looked at. */
      readonly evaluationPeriods?: number;
    }
  | {
      readonly kind: 'composite';
      readonly rule: string;
      /** The names of the alarms in its rule. They are in its account and region. */
      readonly children: readonly string[];
      /** Why its rule cannot be read: CloudWatch may know forms that are not known here. Its children are unknown then. */
      readonly unreadable?: string;
    };

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** CloudWatch's name of the statistic, such as `Average` or `p99`. */
  readonly statistic?: string;
  /** Whose metric it is, where CloudWatch says so: a monitoring account's alarm may watch another account. */
  readonly account?: string;
}

/** One change of an alarm's state. */
export interface StateChange {
  readonly at: Date;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly by: Alarm['by'];
}

/** What an alarm became: the alarm as it is now, and what it was before where CloudWatch says so. */
export interface AlarmChange {
  readonly alarm: Alarm;
  readonly from?: AlarmState;
}

/** What CloudWatch tells of an alarm is not as it should be. Names the field, never its value. */
export class InvalidAlarmError extends Error {
  override readonly name = 'InvalidAlarmError';
  /** `detail.state.value` */
  readonly field: string;
  constructor(field: string, allowed: string) {
    super(`${field}: ${allowed}`);
    this.field = field;
  }
}
