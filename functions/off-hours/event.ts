import * as z from 'zod';
import { scopesSchema } from '../../shared/core/check-event.ts';
import {
  account,
  check,
  eventError,
  format,
  instant,
  named,
  region,
  reportOnly,
} from '../../shared/core/event-fields.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';

const EXAMPLE = '2026-11-23T12:00:00Z';
const time = instant(EXAMPLE);
const RESOURCE = 'the name, the ARN or the immutable id of a resource';
const NAME = 'the name of a schedule or of a calendar';

/** As far as anybody wants to see at once; the holidays are known for longer. */
const DAYS = { least: 1, most: 366, usual: 14 } as const;
const A_NUMBER_OF_DAYS = `a number of days from ${DAYS.least} to ${DAYS.most}`;

const KEYS = [
  'time',
  'preview',
  'days',
  'resource',
  'from',
  'to',
  'account',
  'region',
  'mode',
  'format',
  'check',
  'scopes',
] as const;

/** What may wake off-hours: a schedule (`time`), or a person. */
export const eventSchema = z
  .strictObject(
    {
      time: time.optional().describe('The tick: what schedules want is judged as of this time'),
      preview: named(NAME)
        .optional()
        .describe('Every transition of this schedule or calendar, in local time, and the days that are closed'),
      days: z
        .int({ error: A_NUMBER_OF_DAYS })
        .min(DAYS.least, A_NUMBER_OF_DAYS)
        .max(DAYS.most, A_NUMBER_OF_DAYS)
        .optional()
        .describe(`With \`preview\`: for so many days, ${DAYS.usual} unless you say`),
      resource: named(RESOURCE)
        .optional()
        .describe('Only this resource: its schedule, its state, what is remembered, what would be done, and why'),
      from: time.optional().describe('With `to`: what the schedules wanted then, and what was done'),
      to: time.optional().describe('The end, which does not belong to it'),
      account: account().optional().describe('Only this account'),
      region: region().optional().describe('Only this region'),
      mode: reportOnly('off-hours'),
      format: format(),
      check: check(),
      scopes: scopesSchema.optional().describe('With `check`: these accounts and regions, which may be new ones'),
    },
    { error: eventError(KEYS, EXAMPLE) },
  )
  .superRefine(({ check, scopes, ...others }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (check) return Object.keys(others).forEach((key) => void wrong(key, 'not together with `check`'));
    if (scopes) wrong('scopes', 'only with `check`');
    const { preview, days, from, to, time, format: _format, ...narrowing } = others;
    if (days && !preview) wrong('days', 'only with `preview`');
    if (preview) {
      for (const key of Object.keys({ ...narrowing, ...(from && { from }), ...(to && { to }) }))
        wrong(key, 'not together with `preview`');
    }
    if (!from !== !to) wrong(from ? 'to' : 'from', '`from` and `to` go together');
    if (!from || !to) return;
    if (to <= from) wrong('to', 'after `from`: the range is half-open');
    if (to.getTime() - from.getTime() > PAST_DAYS * DAY_MS) wrong('to', `at most ${PAST_DAYS} days after \`from\``);
    if (time) wrong('time', 'not together with `from` and `to`');
    if (others.mode) wrong('mode', 'not together with `from` and `to`: they only look back');
  });

/** Of the past, so much is told at once. */
const PAST_DAYS = 92;

export type OffHoursEvent = z.output<typeof eventSchema>;

export const daysOf = ({ days }: OffHoursEvent): number => days ?? DAYS.usual;

/** Clocks differ by so much. */
const SKEW_MS = 300_000;

/** A delivery that is older than this is left: the ticks after it have looked, or will. */
const LATE_MS = 900_000;

export const isLate = ({ time }: OffHoursEvent, now: Date): boolean =>
  time !== undefined && now.getTime() - time.getTime() > LATE_MS;

/** @throws {InvalidEventError} for a time of which nobody can know what runs then, or ran */
export function refuseTimes(event: OffHoursEvent, now: Date): void {
  const { time, to, preview } = event;
  const isNarrow = [event.resource, event.account, event.region, event.mode].some((one) => one !== undefined);
  const latest = now.getTime() + SKEW_MS;
  const problems = [
    ...(time && !preview && time.getTime() > latest ? [`time: not after now, ${now.toISOString()}`] : []),
    ...(isNarrow && isLate(event, now)
      ? ['time: a quarter of an hour ago at most; `from` and `to` tell of the past']
      : []),
    ...(to && to.getTime() > latest ? [`to: not after now, ${now.toISOString()}; \`preview\` tells what will be`] : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('off-hours', problems);
}
