import { type JudgedAt, type OnHoursByName, onSome, type Presence, presences } from '../calendar/on-hours.ts';
import { type Evidence, known, unknown } from '../evidence.ts';
import type { DailySeries, Facts, Tags } from '../facts.ts';
import type { Arn } from '../identity.ts';
import type { Policy } from '../policy.ts';
import { DAY_MS, daysBefore, isCalendarDate, localDate, utcMidnight } from '../time.ts';

/** A person's standing no: until when the resource is to be left alone, and why. */
export interface Veto {
  readonly resource: Arn;
  readonly until: Date;
  readonly by: string;
  readonly why: string;
}

/** What every rule needs beside the facts and its own thresholds. */
export interface JudgeContext {
  readonly now: Date;
  readonly policy: Policy;
  readonly vetoes: readonly Veto[];
  /** When the schedules of the policy were on; absent: nobody has looked, and what is under one is not judged. */
  readonly onHours?: OnHoursByName | undefined;
}

/** What can be protected and vetoed: a resource, or a member of a cluster. */
type Held = Pick<Facts, 'identity' | 'tags'>;

/** The exemptions that hold whatever the rule: protected by tag, vetoed by a person; of a cluster, also through a member. */
export function exemptFromAll(facts: Facts, context: JudgeContext): string | undefined {
  const own = held(facts, context);
  if (own || facts.type !== 'database') return own;
  const member = facts.members.find((one) => held(one, context));
  return member && `its member ${member.name} is ${held(member, context)}`;
}

/** The same of one resource alone. */
export const held = (one: Held, context: JudgeContext): string | undefined =>
  protectedBy(one.tags, context) ?? vetoedBy(one, context);

function protectedBy(tags: Tags, { policy, now }: JudgeContext): string | undefined {
  const tag = standingTag(tags, policy.defaults.protectTag, localDate(now, policy.timezone));
  return tag && `protected by ${tag}`;
}

/**
 * The tag in words while it stands. A date in it is its last day, in the policy's time zone. Anything else in it, a mistyped
 * date too, stands without end: a tool must not read a slip of the pen as permission.
 */
export function standingTag(tags: Tags, name: string, today: string): string | undefined {
  const value = tags[name];
  if (value === undefined) return undefined;
  if (!isCalendarDate(value)) return `its tag ${name}${value ? ` (${value})` : ''}`;
  return today <= value ? `its tag ${name} until ${value}` : undefined;
}

/** A person's standing no to it. */
export function vetoedBy(facts: Pick<Held, 'identity'>, { vetoes, now, policy }: JudgeContext): string | undefined {
  const veto = vetoes.find((one) => one.resource === facts.identity.arn && now < one.until);
  return veto && `vetoed by ${veto.by} until ${localDate(veto.until, policy.timezone)}: ${veto.why}`;
}

/** Why the resource is too young to be judged over `windowDays`, if it is. */
export function tooYoung(since: Date, windowDays: number, now: Date): string | undefined {
  const today = utcMidnight(now);
  if (since <= daysBefore(windowDays, today)) return undefined;
  const age = Math.max(0, Math.floor((today.getTime() - since.getTime()) / DAY_MS)); // in whole days, as the window is
  return `${age} days old, younger than the window of ${windowDays} days`;
}

/** A series over a window of days. */
interface OverWindow extends JudgedAt {
  readonly what: string;
  readonly windowDays: number;
}

/**
 * The values of a whole window, or why they cannot be judged. The day that is still running belongs to it, too, but may
 * have no value yet; every day before it must have one, unless its schedule had it off from beginning to end. At midnight
 * itself no day is running.
 */
export function wholeWindow(
  series: Evidence<DailySeries>,
  { what, windowDays, now, onHours }: OverWindow,
): Evidence<readonly number[]> {
  if (!series.known) return unknown(`${what} unknown: ${series.why}`);
  const { firstDay, values } = series.value;
  const today = utcMidnight(now);
  const indexOfToday = Math.round((today.getTime() - firstDay.getTime()) / DAY_MS);
  const wanted = daysWanted({ windowDays, now, onHours });
  const past = wanted.map((_, day) => values[indexOfToday - windowDays + day]);
  const expected = past.filter((_, day) => wanted[day] === 'on');
  if (expected.length === 0) return unknown(`${what} unknown: its schedule was off on all of the ${windowDays} days`);
  const missing = expected.filter((value) => !isMeasured(value)).length;
  if (missing > 0) return unknown(`${what} incomplete: no data for ${missing} of ${expected.length} days`);
  const present = past.filter(isMeasured);
  const running = now > today ? values[indexOfToday] : undefined;
  return known(isMeasured(running) ? [...present, running] : present);
}

/** The days of a window, behind their number, on which a resource that is under a schedule was to run. */
export const onWhich = (over: Omit<OverWindow, 'what'>): string =>
  onSome(over.onHours, daysWanted(over).filter((presence) => presence === 'on').length);

const daysWanted = ({ windowDays, now, onHours }: Omit<OverWindow, 'what'>): Presence[] =>
  presences(onHours, { first: daysBefore(windowDays, utcMidnight(now)), ms: DAY_MS, count: windowDays });

/** Not a number is no measurement: every comparison with it is false, so it would pass as idle. */
const isMeasured = (value: number | undefined): value is number => Number.isFinite(value);
