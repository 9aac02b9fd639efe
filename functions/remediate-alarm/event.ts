import * as z from 'zod';
import { scopesSchema } from '../../shared/core/check-event.ts';
import { REGIONS } from '../../shared/core/regions.ts';
import { type AlarmChange, InvalidAlarmError } from '../../shared/core/remediation/alarm.ts';
import { alarmChangeIn, isAlarmEvent } from '../../shared/core/remediation/alarm-event.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';

const instant = z.iso
  .datetime({ offset: true, error: 'a time in ISO 8601 such as "2026-11-23T12:00:00Z"', abort: true })
  .transform((text) => new Date(text));

const START = 'a day such as "2026-11-01", from 00:00 UTC on, or a time in ISO 8601';

/** A day stands for its first moment, in UTC. */
const start = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: START })
  .transform((text) => new Date(text));

const ACCOUNT = 'an account id in quotes, 12 digits';
const ALARM = 'the name of an alarm';

/** CloudWatch keeps the history of alarms for so many days. */
const HISTORY_DAYS = 30;

/** An alarm's change of state, or what is wrong with what was to tell of one. */
export type Told = { readonly change: AlarmChange } | { readonly problem: string };

/** A message of the queue: what could not be handled is asked for again by its id. */
export interface Delivered {
  readonly id: string;
  readonly told: Told;
}

const batch = z
  .object({
    Records: z.array(
      z.object({ messageId: z.string({ error: 'the id of the message' }), body: z.string({ error: 'the message' }) }),
      { error: 'a list of messages of a queue' },
    ),
  })
  .transform(({ Records }) => ({
    messages: Records.map(({ messageId, body }): Delivered => ({ id: messageId, told: toldIn(body) })),
  }));

/** One message that makes no sense does not spoil the others. */
function toldIn(body: string): Told {
  try {
    return { change: alarmChangeIn(JSON.parse(body)) };
  } catch (error) {
    if (error instanceof InvalidAlarmError) return { problem: error.message };
    if (error instanceof SyntaxError) return { problem: 'event: JSON' };
    throw error;
  }
}

/** An event that somebody sends by hand, or EventBridge without a queue: its first wrong field is named. */
const alarmEvent = z.unknown().transform((event, context): AlarmChange => {
  try {
    return alarmChangeIn(event);
  } catch (error) {
    if (!(error instanceof InvalidAlarmError)) throw error;
    const { field, message } = error;
    const path = field === 'event' ? [] : field.split('.');
    context.issues.push({ code: 'custom', path, message: message.slice(`${field}: `.length), input: event });
    return z.NEVER;
  }
});

const oneEvent = alarmEvent.transform((change) => ({ changes: [change] }));
const someEvents = z
  .array(alarmEvent)
  .min(1, 'at least one event of an alarm')
  .transform((changes) => ({ changes }));

/** The schedule's tick. */
const tick = z.strictObject({ time: instant }, { error: 'not together with `time`' });

const KEYS = ['alarm', 'account', 'region', 'from', 'to', 'mode', 'format', 'check', 'scopes'] as const;

const ASKED = 'an event of an alarm, a list of them, {alarm}, {from, to}, {"mode": "report"} or {"check": true}';

/** What a person asks. */
const question = z
  .strictObject(
    {
      alarm: z
        .string({ error: ALARM })
        .min(1, ALARM)
        .optional()
        .describe('Look into this alarm now, however long it is on; with `from` and `to` replay only this one'),
      account: z
        .string({ error: ACCOUNT })
        .regex(/^\d{12}$/, ACCOUNT)
        .optional()
        .describe('Only this account'),
      region: z
        .enum(REGIONS, { error: `an AWS region: ${REGIONS.join(', ')}` })
        .optional()
        .describe('Only this region'),
      from: start
        .optional()
        .describe('With `to`: what would have been done about the alarms of these days, and how often for nothing'),
      to: start.optional().describe('The end, which does not belong to it'),
      mode: z
        .literal('report', { error: 'report (remediate-alarm itself changes nothing)' })
        .optional()
        .describe('`report`: look at what is on and answer only; record and send nothing'),
      format: z.enum(['json', 'table'], { error: 'json or table' }).optional().describe('`json` (default) or `table`'),
      check: z
        .literal(true, { error: 'true' })
        .optional()
        .describe('Try everything that is needed and say what is missing; alone or with `scopes`'),
      scopes: scopesSchema.optional().describe('With `check`: these accounts and regions, which may be new ones'),
    },
    { error: ({ code }) => (code === 'unrecognized_keys' ? `unknown key; allowed: ${KEYS.join(', ')}` : ASKED) },
  )
  .superRefine(({ check, scopes, ...others }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (check) return Object.keys(others).forEach((key) => void wrong(key, 'not together with `check`'));
    if (scopes) wrong('scopes', 'only with `check`');
    const { alarm, from, to, mode } = others;
    if (!from !== !to) wrong(from ? 'to' : 'from', '`from` and `to` go together');
    if (from && mode) wrong('mode', 'not together with `from` and `to`: they only look back');
    if (alarm === undefined && !from && !to && !mode) wrong('alarm', ASKED);
    if (!from || !to) return;
    if (to <= from) wrong('to', 'after `from`: the range is half-open');
    if (to.getTime() - from.getTime() > HISTORY_DAYS * DAY_MS)
      wrong('to', `at most ${HISTORY_DAYS} days after \`from\``);
  });

export type Question = z.output<typeof question>;

/** What may wake remediate-alarm. */
export type RemediateEvent =
  | (Question & { readonly time?: Date | undefined })
  | ({ readonly time?: undefined } & (
      | { readonly messages: readonly Delivered[] }
      | { readonly changes: readonly AlarmChange[] }
    ));

/** A batch of the queue, one event of EventBridge or a list of them, the schedule's tick, or a person's question. */
export const eventSchema: z.ZodType<RemediateEvent> = z.unknown().transform((raw, context) => {
  const { success, data, error } = schemaFor(raw).safeParse(raw);
  if (success) return data;
  context.issues.push(...(error.issues as z.core.$ZodRawIssue[]));
  return z.NEVER;
});

/** What is wrong is named in the words of what it is meant to be. */
function schemaFor(raw: unknown): z.ZodType<RemediateEvent> {
  if (Array.isArray(raw)) return someEvents;
  if (isAlarmEvent(raw)) return oneEvent;
  if (typeof raw !== 'object' || raw === null) return question;
  if ('time' in raw) return tick;
  return 'Records' in raw ? batch : question;
}

/** Clocks differ by so much. */
const SKEW_MS = 300_000;

/** @throws {InvalidEventError} for a tick that has not come yet: what is remembered would be forgotten too early */
export function refuseTick(time: Date, now: Date): void {
  if (time.getTime() > now.getTime() + SKEW_MS)
    throw new InvalidEventError('remediate-alarm', [`time: not after now, ${now.toISOString()}`]);
}

/** @throws {InvalidEventError} for days of which CloudWatch has nothing any more, or not yet */
export function refuseRange({ from, to }: { readonly from: Date; readonly to: Date }, now: Date): void {
  const first = new Date(now.getTime() - HISTORY_DAYS * DAY_MS - SKEW_MS);
  const problems = [
    ...(from < first
      ? [
          `from: ${first.toISOString()} at the earliest: CloudWatch keeps the history of alarms for ${HISTORY_DAYS} days`,
        ]
      : []),
    ...(to.getTime() > now.getTime() + SKEW_MS ? [`to: not after now, ${now.toISOString()}`] : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('remediate-alarm', problems);
}
