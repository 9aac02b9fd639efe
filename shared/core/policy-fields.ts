import * as z from 'zod';
import { days, share } from './quantity.ts';
import { REGIONS } from './regions.ts';
import { isCalendarDate } from './time.ts';

/** CloudWatch keeps datapoints of an hour and longer for 455 days; a daily statistic reaches no further back. */
export const METRIC_RETENTION_DAYS = 455;

/** An object whose unknown keys are errors that say what is allowed. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return `unknown key; allowed: ${Object.keys(shape).join(', ')}`;
      return `a section with the keys ${Object.keys(shape).join(', ')}`;
    },
  });

/** One of a few words. */
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  // Made when it is said: the first ListFormat of a process takes 15 ms, which every cold start would pay.
  z.enum(values, { error: () => new Intl.ListFormat('en', { type: 'disjunction' }).format(values) });

/** A number from here on. */
export const number = (atLeast: number, what = 'a number') =>
  z.number({ error: `${what}, at least ${atLeast}` }).min(atLeast, `${what}, at least ${atLeast}`);

export const percent = () => {
  const allowed = 'a percentage above 0 and up to 100';
  return z.number({ error: allowed }).gt(0, allowed).max(100, allowed);
};

/** A whole number between two. */
export const whole = (atLeast: number, atMost: number) => {
  const allowed = `a whole number from ${atLeast} to ${atMost}`;
  return z.int({ error: allowed }).min(atLeast, allowed).max(atMost, allowed);
};

/** How many days a rule looks back by metrics. */
export const window = () =>
  days({
    min: 7,
    max: METRIC_RETENTION_DAYS,
    why: `CloudWatch keeps daily statistics for ${METRIC_RETENTION_DAYS} days`,
  });

/** What a rule may do at once. */
export const cap = () =>
  section({
    count: whole(1, 100).default(10).describe('At most so many actions of this rule in one plan'),
    share: share().default('5%').describe('and at most this share of the resources it judges, but always at least 1'),
    perDay: whole(1, 1000)
      .default(10)
      .describe('At most so many actions of this rule are carried out in an account on a UTC day'),
  })
    .prefault({})
    .describe('What one plan may propose; the rest is shown as deferred, the dearest come first');

/** Whether a rule is in force, and how far it may go. */
export const mode = () =>
  oneOf(['off', 'report', 'approve', 'auto']).describe(
    '`off` does not judge; `report` proposes and changes nothing; `approve` carries out what a person approves; `auto` carries ' +
      'out after `grace` unless somebody vetoes, and only what can be taken back in full',
  );

/** Of what Lamplighter only ever says. */
export const findingMode = () =>
  oneOf(['off', 'report']).describe('`off` does not judge; `report` says what it finds, which is left to people');

/** For how many days something must have been so. */
export const since = (what: string, byDefault: string) =>
  days({
    min: 1,
    max: METRIC_RETENTION_DAYS,
    why: `CloudWatch keeps daily statistics for ${METRIC_RETENTION_DAYS} days`,
  })
    .default(byDefault)
    .describe(what);

/** The bottom of the ladder (ladder.ts). */
export const notice = (byDefault: string) =>
  days({ min: 0, max: 90, why: 'what is announced for longer is forgotten' })
    .default(byDefault)
    .describe('It must have been announced as unused for so long before it is proposed; `0d`: at once');

/** A day, without a time. */
export const calendarDate = () =>
  z.string({ error: 'a date such as 2026-11-20' }).refine(isCalendarDate, 'a date such as 2026-11-20');

/** The name of a tag, as AWS allows it. */
export const tagName = () =>
  z.string({ error: 'a tag name of 1 to 128 characters' }).min(1, 'a tag name of 1 to 128 characters').max(128);

/** A text that says something. */
export const text = (what: string) => z.string({ error: what }).min(1, what).max(256, what);

export const account = () =>
  z.string({ error: 'an account id in quotes, 12 digits' }).regex(/^\d{12}$/, 'an account id in quotes, 12 digits');

export const region = () => z.enum(REGIONS, { error: `an AWS region: ${REGIONS.join(', ')}` });

/** As the time zone database has it. */
export const timeZone = () =>
  z
    .string({ error: 'an IANA time zone such as Asia/Seoul' })
    .refine(isTimeZone, 'an IANA time zone such as Asia/Seoul');

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // a RangeError is how Intl says that it does not know the zone
  }
}
