import { type Calendar, calendarOf } from '../../shared/core/calendar/calendar.ts';
import { type HolidayBook, HolidaysUnknownError } from '../../shared/core/calendar/holidays.ts';
import { previewOf } from '../../shared/core/calendar/preview.ts';
import { parseArn, type Scope } from '../../shared/core/identity.ts';
import { type Decision, decide } from '../../shared/core/off-hours/decide.ts';
import { type OffHoursRecord, recordOf } from '../../shared/core/off-hours/record.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import type { Policy } from '../../shared/core/policy.ts';
import type { OffHoursLedger } from '../../shared/ports-off-hours.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { daysOf, type OffHoursEvent } from './event.ts';
import { gather, gatherForPlan, type Sources } from './gather.ts';
import {
  accountReport,
  accountsTable,
  type PreviewReport,
  previewTable,
  resourceReport,
  resourceTable,
} from './report.ts';

/** What is asked, under which policy, and of which places. */
export interface Asking {
  readonly event: OffHoursEvent;
  readonly policy: Policy;
  readonly holidays: HolidayBook;
  readonly now: Date;
  /** What is looked at, account by account. */
  readonly accounts: readonly AccountScopes[];
}

export interface AccountScopes {
  readonly account: string;
  readonly scopes: readonly Scope[];
}

/** What a look at one account has found, and what a run would keep of it. */
export interface Looked {
  readonly resources: readonly ScheduledResource[];
  readonly decision: Decision;
  readonly record: OffHoursRecord;
}

/** Reads and decides, from what the last tick has kept. Nothing is written. */
export async function look(
  sources: Sources,
  { policy, holidays, now }: Pick<Asking, 'policy' | 'holidays' | 'now'>,
  { account, scopes, before }: AccountScopes & { readonly before: OffHoursRecord | undefined },
): Promise<Looked> {
  const memories = before?.memories ?? [];
  // Where there is no schedule nothing can be under one, and most accounts begin so.
  const where = Object.keys(policy.schedules).length + memories.length > 0 ? scopes : [];
  const terms = { policy, holidays, now };
  const gathered = await gather(sources, { account, scopes: where, memories, terms });
  const { facts, deciding } = gathered;
  const { decision, alarms } = await gatherForPlan(sources, decide(facts, gathered.memories, deciding));
  return { resources: facts.resources, decision, record: recordOf({ decision, alarms, policy }, before) };
}

/** Looks at what is asked for, answers, and leaves no trace. */
export async function answerLook(sources: Sources, ledger: Pick<OffHoursLedger, 'kept'>, asking: Asking) {
  const { event } = asking;
  const accounts = asking.accounts.filter(({ account }) => account === (event.account ?? account));
  const looked = await eachAccount(accounts, async ({ account, scopes }) => {
    const kept = await ledger.kept(account);
    const memories = kept?.memories.filter(({ identity }) => isIn(event, parseArn(identity.arn))) ?? [];
    const before = kept && { ...kept, memories };
    return look(sources, asking, { account, scopes: scopes.filter((scope) => isIn(event, scope)), before });
  });
  if (event.resource) {
    const reports = resourcesNamed(event.resource, looked);
    return event.format === 'table' ? resourceTable(reports) : reports;
  }
  const reports = looked.map(({ decision, record }) => accountReport(decision, record));
  return event.format === 'table' ? accountsTable(reports, asking.policy.timezone) : reports;
}

const isIn = ({ region }: OffHoursEvent, scope: Pick<Scope, 'region'> | undefined): boolean =>
  region === undefined || scope?.region === region;

/** @throws {InvalidEventError} when nothing that could be read is called so */
function resourcesNamed(wanted: string, looked: readonly Looked[]) {
  const found = looked.flatMap(({ resources, decision, record }) =>
    resources
      .filter(({ identity, name }) => [identity.arn, identity.id, name].includes(wanted))
      .map((resource) => resourceReport(resource, decision, record)),
  );
  if (found.length > 0) return found;
  const unread = looked.flatMap(({ decision: { account, unreadable } }) =>
    unreadable.map(({ region, what, why }) => `; the ${what}s in ${account} ${region} are unknown: ${why}`),
  );
  const none = `resource: nothing under a schedule has this name, ARN or id${unread.join('')}`;
  throw new InvalidEventError('off-hours', [none]);
}

/** What a schedule, or a calendar, will do. */
export function answerPreview(asking: Asking): PreviewReport | string {
  const { event, now } = asking;
  const { preview: name = '', format } = event;
  const calendar = calendarNamed(name, asking);
  try {
    const report = { of: name, ...previewOf(calendar, { from: now, days: daysOf(event) }) };
    return format === 'table' ? previewTable(report) : report;
  } catch (error) {
    if (!(error instanceof HolidaysUnknownError)) throw error;
    throw new InvalidEventError('off-hours', [`days: ${error.message}`]);
  }
}

/** @throws {InvalidEventError} */
function calendarNamed(name: string, { policy, holidays }: Asking): Calendar {
  const { schedules, calendars } = policy;
  const ofSchedule = Object.hasOwn(schedules, name) ? schedules[name]?.calendar : undefined;
  const wanted = ofSchedule ?? name;
  const named = Object.hasOwn(calendars, wanted) ? calendars[wanted] : undefined;
  if (named) return calendarOf(named, policy, holidays);
  const there = [...new Set([...Object.keys(schedules), ...Object.keys(calendars)])].join(', ') || 'none';
  throw new InvalidEventError('off-hours', [`preview: a schedule or calendar of the policy; there are: ${there}`]);
}
