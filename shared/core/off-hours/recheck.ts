import { type Action, type ActionKind, directionOf } from '../action.ts';
import { calendarOf } from '../calendar/calendar.ts';
import { type HolidayBook, HolidaysUnknownError } from '../calendar/holidays.ts';
import { type KeepOn, keepOnTagged, keptOn } from '../calendar/keep-on.ts';
import { scheduleOf } from '../calendar/schedule-tag.ts';
import { type StateAt, stateAt } from '../calendar/state.ts';
import type { Proposal } from '../plan.ts';
import { held, type JudgeContext, vetoedBy } from '../rules/exempt.ts';
import type { ScheduledResource } from './resource.ts';

/** Everything but the resource that decides whether a schedule still wants what it wanted. */
export interface ScheduleContext extends JudgeContext {
  /** Stored with the policy. */
  readonly holidays: HolidayBook;
  /** What people have answered about the resource: keep it on until. */
  readonly answered?: KeepOn | undefined;
}

/**
 * Why a resource is not to be stopped or started any more, if so: by what it is now, by what its schedule wants now, and by
 * what people have said since. Whether it runs is not asked here: whoever acts looks at that in the same breath.
 */
export function whyNotNow(
  proposal: Proposal,
  resource: ScheduledResource,
  context: ScheduleContext,
): string | undefined {
  return (
    resource.leftBecause ??
    whyOther(proposal.action, resource) ??
    whyNotWanted(proposal, resource, context) ??
    whyExempt(proposal.action, resource, context)
  );
}

/** What would be started is not what was stopped. The size of a group or a service is compared in the breath of the mutation. */
function whyOther(action: Action, resource: ScheduledResource): string | undefined {
  const moves = action.kind === 'stop-instance' || action.kind === 'start-instance';
  if (!moves || resource.type !== 'instance' || resource.instanceType === action.expect.instanceType) return undefined;
  return `its type is ${resource.instanceType} by now, not ${action.expect.instanceType}`;
}

/** Its schedule is another, or wants the opposite by now. */
function whyNotWanted(
  { action, schedule }: Proposal,
  { tags }: ScheduledResource,
  context: ScheduleContext,
): string | undefined {
  const now = scheduleOf(tags, context.policy);
  if (!now) return 'it is under no schedule any more';
  if (!now.known) return now.why;
  if (now.value !== schedule?.name) return `it is under the schedule ${now.value} by now`;
  const wanted = wantedNow(now.value, tags, context);
  if (typeof wanted === 'string') return wanted;
  return wanted.state === (isStart(action) ? 'on' : 'off')
    ? undefined
    : `its schedule wants it ${wanted.state} by now: ${wanted.because}`;
}

/** What the schedule wants of the resource, or why nobody can say. */
function wantedNow(
  name: string,
  tags: ScheduledResource['tags'],
  { policy, holidays, answered, now }: ScheduleContext,
): StateAt | string {
  const named = policy.calendars[policy.schedules[name]?.calendar ?? ''];
  if (!named) return `the schedule ${name} has no calendar`;
  const calendar = calendarOf(named, policy, holidays);
  const overrides = [keepOnTagged(tags, calendar.timezone), answered].filter((one) => one !== undefined);
  try {
    return stateAt(keptOn(calendar, overrides), now);
  } catch (error) {
    if (error instanceof HolidaysUnknownError) return error.message;
    throw error;
  }
}

/** A tag that protects keeps it from being stopped, and must not keep it from being started. */
const whyExempt = (action: Action, resource: ScheduledResource, context: ScheduleContext): string | undefined =>
  isStart(action) ? vetoedBy(resource, context) : held(resource, context);

const isStart = (action: Action): boolean => directionOf(action) === 'gives';

/** What the reader looks for; nothing of a kind that no schedule wants. */
export function scheduledTypeOf({ kind }: Action): ScheduledResource['type'] | undefined {
  return TYPES[kind];
}

const TYPES: Partial<Record<ActionKind, ScheduledResource['type']>> = {
  'stop-instance': 'instance',
  'start-instance': 'instance',
  'stop-database': 'database',
  'start-database': 'database',
  'stop-auto-scaling-group': 'auto-scaling-group',
  'start-auto-scaling-group': 'auto-scaling-group',
  'stop-service': 'service',
  'start-service': 'service',
  'pause-warehouse': 'warehouse',
  'resume-warehouse': 'warehouse',
};
