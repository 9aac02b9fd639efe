import * as z from 'zod';
import { calendarDate, oneOf, section, text, timeZone, whole } from '../policy-fields.ts';
import { parseWindow, WINDOW_EXAMPLES } from './windows.ts';

/** A tag may carry it, and RDS takes few characters in tags. */
const NAME = 'a name of letters, digits and hyphens, at most 64';
const named = <Value extends z.ZodType>(value: Value, what: string) =>
  z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, NAME), value, {
    error: ({ code }) => (code === 'invalid_key' ? NAME : what),
  });

/** One, or a list of them. */
const oneOrMore = <Item extends z.ZodType>(item: Item, what: string) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item, { error: what }));

const calendar = () =>
  section({
    timezone: timeZone().optional().describe("IANA time zone of its times. None: the policy's `timezone`"),
    on: oneOrMore(
      z.string({ error: WINDOW_EXAMPLES }).refine((one) => parseWindow(one) !== undefined, WINDOW_EXAMPLES),
      'one window or a list of windows, each days and times',
    )
      .refine((windows) => windows.length > 0, 'at least one window: nothing would ever be on')
      .describe(
        'When it is on: `Mon-Fri 08:00-21:00`, `Fri 22:00-06:00`, `first Mon 09:00-17:00`, `2026-11-25..2026-11-30 00:00-24:00`',
      ),
    holidays: oneOrMore(
      z.string({ error: PLACE }).regex(/^[A-Z]{2}(-[A-Za-z0-9]{1,16}){0,2}$/, PLACE),
      `${PLACE}, or a list of them`,
    )
      .prefault([])
      .describe(
        'Countries or regions on whose public holidays it stays off; a window that names dates opens nevertheless',
      ),
    off: z
      .array(
        section({
          from: calendarDate().describe('The first day'),
          to: calendarDate().optional().describe('The first day that is as usual again. None: it is one day'),
          why: text('the reason, in words').describe('Why'),
        }).refine(({ from, to }) => to === undefined || from < to, {
          path: ['to'],
          error: 'after `from`: the range is half-open',
        }),
        { error: 'a list of {from, to?, why}' },
      )
      .default([])
      .describe('Days of your own on which it stays off, as on a holiday'),
  });

const PLACE = 'a country such as KR or a region such as DE-BE or US-NY';

const schedule = () =>
  section({
    calendar: z.string({ error: 'the name of a calendar' }).describe('The name of its calendar'),
    mode: oneOf(['off', 'report', 'approve', 'auto'])
      .optional()
      .describe(
        '`off` stops nothing; `report` says what would be stopped; `approve` asks a person before each stop; `auto` stops at once, for whoever sets the tag knows the schedule. What was stopped is started in every mode',
      ),
    manual: oneOf(['respect', 'enforce'])
      .default('respect')
      .describe(
        'What somebody started or stopped by hand stays so until the next transition (`respect`), or what should be off is stopped at once (`enforce`)',
      ),
    order: z
      .array(
        z
          .array(z.string({ error: GROUP }).min(1, GROUP), { error: `a group: a list, each ${GROUP}` })
          .min(1, 'at least one kind or name'),
        { error: 'a list of groups' },
      )
      .default([
        ['databases', 'warehouses'],
        ['instances', 'groups', 'services'],
      ])
      .describe(
        'Groups that are started one after the other and stopped the other way round: kinds (`databases`, `warehouses`, `instances`, `groups`, `services`) or names with `*`; what is in none is started last',
      ),
    stopAtMost: whole(1, 5000)
      .default(500)
      .describe('At most so many are stopped in one plan; the rest at the next tick. Starts have no limit'),
    alarms: oneOf(['keep', 'mute'])
      .default('keep')
      .describe(
        'The alarms of what is stopped: as they are (`keep`), or their actions are disabled before the stop and enabled after the start (`mute`)',
      ),
  });

const GROUP = '`databases`, `warehouses`, `instances`, `groups`, `services` or a name; * stands for any characters';

/** Looks at what may not be checked yet. */
export function calendarsExist(policy: unknown, context: z.core.$RefinementCtx): void {
  const { calendars, schedules } = policy as { calendars?: unknown; schedules?: unknown };
  const there = Object.keys(calendars ?? {});
  for (const [name, one] of Object.entries(schedules ?? {})) {
    const calendar = (one as { calendar?: unknown } | null)?.calendar;
    if (typeof calendar !== 'string' || there.includes(calendar)) continue;
    const message =
      there.length > 0 ? `a calendar of the policy: ${there.join(', ')}` : 'a calendar of the policy, which has none';
    context.addIssue({ code: 'custom', path: ['schedules', name, 'calendar'], message });
  }
}

/** The section `calendars` of the policy. */
export const calendars = () =>
  named(calendar(), 'calendars by name, each {timezone?, on, holidays?, off?}').describe(
    'When something is wanted, by name',
  );

/** The section `schedules` of the policy. */
export const schedules = () =>
  named(schedule(), 'schedules by name, each {calendar, mode?, manual?, order?, stopAtMost?, alarms?}').describe(
    'What the tag `lamplighter:schedule` may name: a calendar, and how it is kept',
  );
