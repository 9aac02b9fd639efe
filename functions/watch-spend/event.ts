import * as z from 'zod';
import { account, check, flag, format, instant, reportOnly } from '../../shared/core/event-fields.ts';
import { isCalendarDate } from '../../shared/core/time.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';

const EXAMPLE = '2026-11-22T07:30:00Z';

const day = z
  .string({ error: 'a UTC day such as "2026-11-22"' })
  .refine(isCalendarDate, { error: 'a UTC day such as "2026-11-22"', abort: true });

const words = (what: string) => z.string({ error: what }).min(1, what).max(256, what);

/** A billing alarm as EventBridge tells of it; other states of it, and other alarms, do not come here. */
const alarmEvent = z
  .object({
    source: z.literal('aws.cloudwatch'),
    'detail-type': z.literal('CloudWatch Alarm State Change'),
    account: z.string().regex(/^\d{12}$/),
    time: z.string(),
    detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string(), reason: z.string().default('') }) }),
  })
  .transform(({ account, time, detail: { alarmName: name, state } }) => ({
    time,
    alarm: { name, account, state: state.value, reason: state.reason },
  }));

const KEYS = ['time', 'from', 'to', 'day', 'account', 'service', 'mode', 'format', 'check', 'selfTest'] as const;

const ownEvent = z
  .strictObject(
    {
      time: instant(EXAMPLE).optional().describe('The tick: the days before it are judged'),
      from: day.optional().describe('With `to`: judge every day of the range as of that day, record and tell once'),
      to: day.optional().describe('The day after the last'),
      day: day.optional().describe('The range of this one day'),
      account: account().optional().describe('Only this account'),
      service: words('a service as Cost Explorer names it').optional().describe('Only this service'),
      mode: reportOnly('watch-spend'),
      format: format(),
      check: check(),
      scopes: z
        .array(z.strictObject({ account: account(), regions: z.array(z.string()).optional() }), {
          error: 'a list of {account, regions?}',
        })
        .optional()
        .describe('With `check`: these accounts'),
      selfTest: flag().optional().describe('Send a message that proves the delivery; alone or with `time`'),
      alarm: z
        .strictObject({
          name: z.string(),
          account: z.string(),
          state: z.literal('ALARM', { error: 'ALARM: nothing else is to be looked into' }),
          reason: z.string(),
        })
        .optional()
        .describe('The billing alarm that went off; EventBridge brings it'),
    },
    {
      error: ({ code }) =>
        code === 'unrecognized_keys'
          ? `unknown key; allowed: ${KEYS.join(', ')}`
          : 'an object such as {"time": "2026-11-22T07:30:00Z"}, {}, or a CloudWatch alarm state change',
    },
  )
  .superRefine((event, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const { check, selfTest, scopes, from, to, time } = event;
    const others = Object.keys(event);
    if (check)
      return others
        .filter((key) => !['check', 'scopes'].includes(key))
        .forEach((key) => void wrong(key, 'not together with `check`'));
    if (scopes) wrong('scopes', 'only with `check`');
    if (selfTest)
      return others
        .filter((key) => !['selfTest', 'time'].includes(key))
        .forEach((key) => void wrong(key, 'not together with `selfTest`'));
    if (event.day && (from || to)) wrong('day', 'not together with `from` and `to`');
    if (!from !== !to) wrong(from ? 'to' : 'from', '`from` and `to` go together');
    if (from && to && to <= from) wrong('to', 'a day after `from`: the range is half-open');
    if (time && (from || event.day)) wrong('time', 'not together with a range');
  });

/** What may wake watch-spend: a schedule (`time`), a billing alarm, or a person. */
export const eventSchema = z.preprocess((raw) => {
  const alarm = alarmEvent.safeParse(raw);
  return alarm.success ? alarm.data : raw;
}, ownEvent);

export type SpendEvent = z.output<typeof eventSchema>;

/** Clocks differ by so much. */
const SKEW_MS = 300_000;

/** @throws {InvalidEventError} for a time that is still to come: its days would be judged before they are over */
export function refuseFuture({ time }: SpendEvent, now: Date): void {
  if (time && time.getTime() > now.getTime() + SKEW_MS) {
    throw new InvalidEventError('watch-spend', [`time: not after now, ${now.toISOString()}`]);
  }
}
