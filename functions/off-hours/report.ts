import { describeAction } from '../../shared/core/action.ts';
import type { Preview } from '../../shared/core/calendar/preview.ts';
import type { Decision } from '../../shared/core/off-hours/decide.ts';
import type { LeftAlone } from '../../shared/core/off-hours/judge.ts';
import { memoryKey, type Remembered } from '../../shared/core/off-hours/memory.ts';
import type { OffHoursRecord } from '../../shared/core/off-hours/record.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { textTable } from '../../shared/core/table.ts';
import { localTime } from '../../shared/core/time.ts';

/** What the caller of a run is told of one account; everything that is recorded is in the ledger. */
export type AccountReport = ReturnType<typeof accountReport>;

export function accountReport(decision: Decision, record: OffHoursRecord) {
  const { account, now, deferred, left, problems, unreadable } = decision;
  return {
    account,
    time: now.toISOString(),
    ...(record.plan ? { plan: record.plan.id } : {}),
    act: record.plan?.act.map(actLine) ?? [],
    deferred: deferred.map(({ resource, act, schedule, deferredBecause }) => ({
      ...placeOf(resource),
      schedule: schedule.name,
      act,
      because: deferredBecause,
    })),
    left: left.map(leftLine),
    problems: problems.map(({ text }) => text),
    unreadable,
  };
}

const actLine = (
  { mode, action, resource: { arn, name, region }, because, schedule, saving, step }: Proposal,
  index: number,
) => ({
  number: index + 1,
  arn,
  name,
  region,
  ...(schedule ? { schedule: schedule.name, until: schedule.until } : {}),
  mode,
  action: action.kind,
  what: describeAction(action),
  step,
  because,
  saving,
});

const leftLine = ({ resource, schedule, wanted, because, unknown }: LeftAlone) => ({
  ...placeOf(resource),
  ...(schedule ? { schedule } : {}),
  ...(wanted ? { wanted: wanted.state } : {}),
  power: resource.power.power,
  because,
  ...(unknown ? { unknown } : {}),
});

const placeOf = ({ identity, name, scope }: ScheduledResource) => ({
  arn: identity.arn,
  name,
  region: scope.region,
});

/** What is known of one resource. */
export type ResourceReport = ReturnType<typeof resourceReport>;

export function resourceReport(resource: ScheduledResource, decision: Decision, record: OffHoursRecord) {
  const { identity, what, tags, power } = resource;
  const { act, deferred, left } = accountReport(decision, record);
  const isIt = ({ arn }: { readonly arn: string }) => arn === identity.arn;
  const remembered = decision.memories.find((one) => memoryKey(one.identity) === memoryKey(identity));
  return {
    ...placeOf(resource),
    account: decision.account,
    id: identity.id,
    what,
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith('lamplighter:'))),
    power,
    ...(remembered ? { remembered: withoutPlace(remembered) } : {}),
    act: act.filter(isIt),
    deferred: deferred.filter(isIt),
    left: left.filter(isIt),
  };
}

function withoutPlace({ identity: _identity, type: _type, name: _name, ...remembered }: Remembered) {
  return remembered;
}

/** The same for a terminal: a line a resource, what is done first. */
export const accountsTable = (reports: readonly AccountReport[], timezone: string): string =>
  reports.map((one) => accountText(one, timezone)).join('\n\n');

const HEAD = ['resource', 'region', 'schedule', 'verdict', 'because'] as const;

function accountText(report: AccountReport, timezone: string): string {
  const { account, time, plan, act, deferred, left, problems } = report;
  const rows = [
    ...act.map((one) => [one.name, one.region, one.schedule ?? '', `${one.what} (${one.mode})`, one.because]),
    ...deferred.map((one) => [one.name, one.region, one.schedule, 'later', one.because]),
    ...left.map((one) => [one.name, one.region, one.schedule ?? '', 'left', one.because]),
  ];
  return [
    `account ${account} as of ${localTime(new Date(time), timezone)}${plan ? `, plan ${plan}` : ''}`,
    ...(rows.length > 0 ? [textTable(HEAD, rows)] : ['nothing is under a schedule']),
    ...problems.map((text) => `to be mended: ${text}`),
  ].join('\n');
}

export function resourceTable(reports: readonly ResourceReport[]): string {
  const rows = reports.flatMap(({ name, region, act, deferred, left }) => [
    ...act.map((one) => [name, region, one.schedule ?? '', `${one.what} (${one.mode})`, one.because]),
    ...deferred.map((one) => [name, region, one.schedule, 'later', one.because]),
    ...left.map((one) => [name, region, one.schedule ?? '', 'left', one.because]),
  ]);
  return textTable(HEAD, rows);
}

/** What a schedule or a calendar will do. */
export interface PreviewReport extends Preview {
  readonly of: string;
}

export function previewTable({ of, timezone, now, turns, closed }: PreviewReport): string {
  return [
    `${of}, times in ${timezone}: ${now.state} now (${now.because})`,
    ...(turns.length > 0
      ? [
          textTable(
            ['at', 'turns', 'because'],
            turns.map(({ local, state, because }) => [local, state, because]),
          ),
        ]
      : ['it does not turn in these days']),
    ...(closed.length > 0
      ? [
          textTable(
            ['closed on', 'because'],
            closed.map(({ day, because }) => [day, because]),
          ),
        ]
      : []),
  ].join('\n\n');
}
