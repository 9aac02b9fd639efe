import * as z from 'zod';
import { scopesSchema } from '../../shared/core/check-event.ts';
import {
  account,
  check,
  eventError,
  flag,
  format,
  instant,
  named,
  region,
  reportOnly,
} from '../../shared/core/event-fields.ts';
import { addDays } from '../../shared/core/spend/day.ts';
import type { Day } from '../../shared/core/spend/series.ts';
import { isCalendarDate } from '../../shared/core/time.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';

const EXAMPLE = '2026-11-22T01:30:00Z';

const DAY = 'a day of the policy\'s time zone such as "2026-11-22"';
const day = z.string({ error: DAY }).refine(isCalendarDate, { error: DAY, abort: true });

const DATABASE = 'the name, the ARN or the immutable id of a database';

const KEYS = [
  'time',
  'from',
  'to',
  'fill',
  'account',
  'region',
  'database',
  'mode',
  'format',
  'check',
  'scopes',
] as const;

/** What may wake snapshot-databases: a schedule (`time`), or a person. */
export const eventSchema = z
  .strictObject(
    {
      time: instant(EXAMPLE).optional().describe('The tick: the snapshots are judged as of this time'),
      from: day.optional().describe('With `to`: the calendar of what should exist of these days, and what does'),
      to: day.optional().describe('The day after the last'),
      fill: flag().optional().describe('With `from` and `to`: plan what is missing and AWS still has a backup of'),
      account: account().optional().describe('Only this account'),
      region: region().optional().describe('Only this region'),
      database: named(DATABASE).optional().describe('Only this database, with every reason'),
      mode: reportOnly('snapshot-databases'),
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
    const { from, to, time, fill, mode } = others;
    if (!from !== !to) wrong(from ? 'to' : 'from', '`from` and `to` go together');
    if (from && to && to <= from) wrong('to', 'a day after `from`: the range is half-open');
    if (from && time) wrong('time', 'not together with `from` and `to`: what exists is only known as it is now');
    if (fill && !from) wrong('fill', 'only with `from` and `to`');
    if (fill && mode) wrong('mode', 'not together with `fill`: without `fill` nothing is planned');
  });

export type SnapshotEvent = z.output<typeof eventSchema>;

/** Clocks differ by so much. */
const SKEW_MS = 300_000;

/** @throws {InvalidEventError} for a time that is still to come: nobody knows what there will be */
export function refuseFuture({ time }: SnapshotEvent, now: Date): void {
  if (time && time.getTime() > now.getTime() + SKEW_MS) {
    throw new InvalidEventError('snapshot-databases', [`time: not after now, ${now.toISOString()}`]);
  }
}

/** AWS keeps automated backups for so many days at most. */
const FILL_DAYS = 35;

/** @throws {InvalidEventError} for days that are not there yet, and for a fill of what AWS cannot have any more */
export function refuseRange({ from, to, fill }: { from: Day; to: Day; fill?: true | undefined }, today: Day): void {
  const first = addDays(today, -FILL_DAYS);
  const problems = [
    ...(to > addDays(today, 1) ? [`to: ${addDays(today, 1)} at most, the day after today`] : []),
    ...(fill && from < first
      ? [`from: ${first} at the earliest: AWS keeps automated backups for ${FILL_DAYS} days`]
      : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('snapshot-databases', problems);
}
