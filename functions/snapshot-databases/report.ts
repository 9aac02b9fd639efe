import { describeAction } from '../../shared/core/action.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { CalendarEntry } from '../../shared/core/retention/calendar.ts';
import type { Coverage } from '../../shared/core/retention/coverage.ts';
import { type BackedUpDatabase, keyOf, type UnreadableSnapshots } from '../../shared/core/retention/facts.ts';
import { databaseIn, type Night, plansOf } from '../../shared/core/retention/night.ts';
import { describeProtection, moneyOf, newestText, provenText } from '../../shared/core/retention/night-words.ts';
import { textTable } from '../../shared/core/table.ts';

/** What the caller of a run gets; the plans themselves are in the ledger. */
export type NightReport = ReturnType<typeof nightReport>;

export function nightReport(night: Night) {
  const { take: _take, prune: _prune, kept: _kept, ...rest } = night;
  const plans = plansOf(night);
  return { ...rest, plans: plans.map(({ id }) => id), act: plans.flatMap(actionsIn) };
}

const actionsIn = ({ id, act }: Plan) =>
  act.map(({ action, mode, resource, because }, index) => ({
    plan: id,
    number: index + 1,
    mode,
    action: action.kind,
    what: describeAction(action),
    databaseId: databaseIn(action),
    resource,
    because,
    ...('after' in action ? { after: action.after } : {}),
  }));

/** What a run would say of some databases, with every snapshot that is kept and why. */
export function narrowedReport(night: Night, wanted: readonly BackedUpDatabase[]) {
  const { account, time, coverage, left, kept, protections, quotas, unreadable } = night;
  const ids = new Set(wanted.map(({ identity }) => identity.id));
  const arns = new Set(wanted.map(({ identity }) => identity.arn));
  const places = new Set(wanted.map(({ name, scope }) => `${name} ${keyOf(scope)}`));
  const names = new Set(wanted.map(({ name }) => name));
  return {
    account,
    time,
    coverage: coverage.filter(({ database }) => ids.has(database.id)),
    act: plansOf(night)
      .flatMap(actionsIn)
      .filter(({ databaseId }) => databaseId !== undefined && ids.has(databaseId)),
    left: left.filter(({ databaseName, scope }) => places.has(`${databaseName} ${keyOf(scope)}`)),
    kept: kept.filter(({ databaseName }) => names.has(databaseName)),
    protections: protections.filter(({ arn }) => arns.has(arn)),
    quotas,
    unreadable,
  };
}

type AnyReport = Pick<NightReport, 'account' | 'coverage' | 'act' | 'left' | 'quotas' | 'unreadable' | 'protections'> &
  Partial<Pick<NightReport, 'unlisted' | 'cost'>> & { readonly kept?: Night['kept'] };

/** The same for a terminal: a line a database, what is done, what is left out. */
export const nightTable = (reports: readonly AnyReport[]): string => reports.map(reportText).join('\n\n');

function reportText({
  account,
  coverage,
  act,
  left,
  kept = [],
  quotas,
  unreadable,
  protections,
  unlisted = [],
  cost,
}: AnyReport): string {
  const parts = [
    `account ${account}`,
    table(['database', 'region', 'class', 'newest', 'copies', 'proven', 'objective'], coverage.map(coverageRow)),
    table(
      ['plan', 'no.', 'mode', 'action', 'snapshot', 'region', 'because'],
      act.map((one) => [
        one.plan,
        String(one.number),
        one.mode,
        one.what,
        one.resource.name,
        one.resource.region,
        one.because,
      ]),
    ),
    table(
      ['left out', 'region', 'because'],
      left.map((one) => [one.databaseName, one.scope.region, one.because]),
    ),
    table(
      ['kept', 'because'],
      kept.map((one) => [one.snapshot.split(':').at(-1) ?? '', one.because]),
    ),
    table(
      ['quota of', 'form', 'used', 'allowed', 'to come', 'to go', 'no room'],
      quotas.map((one) => [
        one.region,
        one.form,
        String(one.used),
        `${one.allowed}${one.assumed ? ' (assumed)' : ''}`,
        String(one.takes),
        String(one.deletes),
        String(one.leftOut),
      ]),
    ),
    protections.map(describeProtection).join('\n'),
    [
      ...unlisted.map(({ service, region, why }) => `${service} in ${region}: unknown, ${why}`),
      ...unreadable.map(unreadText),
    ].join('\n'),
    cost ? `at most ${moneyOf(cost.held)} a month; ${cost.held.basis}` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length > 0 ? textTable(head, rows) : '';

const coverageRow = (one: Coverage): string[] => [
  one.name,
  one.scope.region,
  one.className,
  newestText(one.newest),
  one.copies
    .map(
      ({ destination, newest, unknown }) => `${destination}: ${unknown ? `unknown, ${unknown}` : newestText(newest)}`,
    )
    .join('; '),
  provenText(one),
  one.rpoBreach ?? 'met',
];

const unreadText = ({ account, region, why }: UnreadableSnapshots): string =>
  `${account} in ${region}: unknown, ${why}`;

/** What should exist of one database over a range of days, and what does. */
export interface DatabaseCalendar {
  readonly account: string;
  readonly region: string;
  readonly database: string;
  readonly id: string;
  readonly entries: readonly CalendarEntry[];
}

/** The calendar of all databases, and what became of what was to be filled. */
export interface CalendarReport {
  readonly from: string;
  readonly to: string;
  readonly calendar: readonly DatabaseCalendar[];
  readonly unreadable: readonly UnreadableSnapshots[];
  readonly filled?: readonly {
    readonly account: string;
    readonly plans: readonly string[];
    readonly actions: number;
    readonly said: string;
  }[];
}

export function calendarTable({ calendar, unreadable, filled = [] }: CalendarReport): string {
  const rows = calendar.flatMap(({ account, region, database, entries }) =>
    entries.map(({ tier, period, state, snapshot, copiedTo }) => [
      account,
      region,
      database,
      tier,
      period,
      state,
      snapshot?.split(':').slice(6).join(':') ?? '',
      copiedTo.join(', '),
    ]),
  );
  return [
    textTable(['account', 'region', 'database', 'tier', 'period', 'state', 'snapshot', 'copied to'], rows),
    ...filled.map(({ account, plans, actions, said }) => `${account}: ${fillText(actions, plans, said)}`),
    ...unreadable.map(unreadText),
  ].join('\n');
}

function fillText(actions: number, plans: readonly string[], said: string): string {
  if (actions === 0) return 'nothing can be filled';
  if (said === 'nothing') return `${actions} could be filled; the mode is report`;
  return `${actions} to fill, plan ${plans.join(', ')}${said === 'before' ? ', which is at work already' : ''}`;
}
