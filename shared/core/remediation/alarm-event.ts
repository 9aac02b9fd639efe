import * as z from 'zod';
import { parseArn } from '../identity.ts';
import { ALARM_STATES, type Alarm, type AlarmChange, InvalidAlarmError, type Watches } from './alarm.ts';
import { compositeOf } from './composite.ts';
import { broughtBy, thresholdIn } from './reason.ts';
import { isBand } from './watches.ts';

const text = z.string({ error: 'a text' }).min(1, 'a text');
const STATE = `one of ${ALARM_STATES.join(', ')}`;

const metricInEvent = z.object({
  expression: text.optional(),
  returnData: z.boolean().optional(),
  period: z.number().optional(),
  accountId: text.optional(),
  metricStat: z
    .object({
      metric: z.object({
        namespace: text,
        name: text,
        dimensions: z.record(z.string(), z.string(), { error: 'dimensions by name' }).default({}),
      }),
      period: z.number({ error: 'seconds' }),
      stat: text,
    })
    .optional(),
});

/** What EventBridge brings as `CloudWatch Alarm State Change`. CloudWatch adds fields now and then: they are let be. */
const alarmEvent = z.object({
  source: z.literal('aws.cloudwatch', { error: 'aws.cloudwatch' }),
  'detail-type': z.literal('CloudWatch Alarm State Change', { error: 'CloudWatch Alarm State Change' }),
  account: z.string({ error: 'an account id of 12 digits' }).regex(/^\d{12}$/, 'an account id of 12 digits'),
  region: text,
  resources: z.tuple([z.string({ error: 'the ARN of the alarm' })], { error: 'the ARN of the alarm' }),
  detail: z.object(
    {
      alarmName: text,
      state: z.object(
        {
          value: z.enum(ALARM_STATES, { error: STATE }),
          reason: z.string().default(''),
          reasonData: z.unknown().optional(),
          timestamp: z.string({ error: 'a time' }).refine((one) => !Number.isNaN(Date.parse(one)), 'a time'),
          actionsSuppressedReason: z.string().optional(),
        },
        { error: 'the state of the alarm' },
      ),
      previousState: z.object({ value: z.enum(ALARM_STATES, { error: STATE }) }).optional(),
      configuration: z.object(
        {
          alarmRule: text.optional(),
          metrics: z.array(metricInEvent, { error: 'a list of metrics' }).optional(),
        },
        { error: 'what the alarm watches' },
      ),
      muteDetail: z.object({ mutedByArn: z.string().default('') }).optional(),
    },
    { error: 'the alarm' },
  ),
});

type AlarmEvent = z.output<typeof alarmEvent>;

/** Whether this is an event of an alarm's state, be it well formed or not. */
export const isAlarmEvent = (event: unknown): boolean =>
  typeof event === 'object' &&
  event !== null &&
  'detail-type' in event &&
  event['detail-type'] === 'CloudWatch Alarm State Change';

/**
 * The alarm that an event tells of. The event does not say how the alarm compares: that is only known when it is read again.
 * @throws {InvalidAlarmError} when it is none, for its first wrong field
 */
export function alarmChangeIn(event: unknown): AlarmChange {
  const result = alarmEvent.safeParse(event);
  if (!result.success) {
    const [first] = result.error.issues;
    throw new InvalidAlarmError(first?.path.join('.') || 'event', first?.message ?? 'an event of an alarm');
  }
  const { previousState } = result.data.detail;
  return { alarm: alarmIn(result.data), ...(previousState ? { from: previousState.value } : {}) };
}

function alarmIn({ account, region, resources: [arn], detail }: AlarmEvent): Alarm {
  const parts = parseArn(arn);
  if (parts?.service !== 'cloudwatch' || parts.resource !== `alarm:${detail.alarmName}`) {
    throw new InvalidAlarmError('resources.0', 'the ARN of the alarm in `detail.alarmName`');
  }
  if (parts.account !== account || parts.region !== region) {
    throw new InvalidAlarmError('resources.0', 'of the account and region that the event is of');
  }
  const { value, reason, reasonData, timestamp } = detail.state;
  const muted = mutedBy(detail);
  return {
    name: detail.alarmName,
    arn,
    scope: { account, region },
    state: value,
    since: new Date(timestamp),
    reason,
    by: broughtBy({ value, reason, data: reasonData }),
    ...(muted ? { muted } : {}),
    watches: watchesIn(detail),
  };
}

function mutedBy({ muteDetail, state }: AlarmEvent['detail']): string | undefined {
  const [, rule = ''] = muteDetail?.mutedByArn.split(':alarm-mute-rule:') ?? [];
  return muteDetail ? `muted by the rule ${rule}`.trimEnd() : state.actionsSuppressedReason;
}

function watchesIn({ configuration: { alarmRule, metrics = [] }, state }: AlarmEvent['detail']): Watches {
  if (alarmRule) return compositeOf(alarmRule);
  const stats = metrics.flatMap(({ metricStat, accountId }) => (metricStat ? [{ ...metricStat, accountId }] : []));
  const expression = metrics.find((one) => one.expression && (one.returnData ?? true))?.expression;
  const threshold = isBand(expression) ? undefined : thresholdIn(state.reasonData);
  const periodSeconds = stats[0]?.period ?? metrics[0]?.period;
  return {
    kind: 'metric',
    metrics: stats.map(({ metric, stat, accountId }) => ({
      ...metric,
      statistic: stat,
      ...(accountId ? { account: accountId } : {}),
    })),
    ...(expression ? { expression } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(periodSeconds === undefined ? {} : { periodSeconds }),
  };
}
