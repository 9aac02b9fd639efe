import { describeAction } from '../../shared/core/action.ts';
import { type Calendar, calendarOf } from '../../shared/core/calendar/calendar.ts';
import { HolidaysUnknownError } from '../../shared/core/calendar/holidays.ts';
import { type Transition, transitions } from '../../shared/core/calendar/state.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import { textTable } from '../../shared/core/table.ts';
import { localTime } from '../../shared/core/time.ts';
import type { OffHoursLedger } from '../../shared/ports-off-hours.ts';
import type { Asking } from './look.ts';

/** What the schedules wanted in a range of time, by the policy of today, and what was done, by the ledger. */
export interface PastReport {
  readonly from: string;
  readonly to: string;
  readonly schedules: readonly PastSchedule[];
  /** Everything that was done or tried, oldest first. */
  readonly changes: readonly PastChange[];
}

interface PastSchedule {
  readonly schedule: string;
  readonly timezone: string;
  /** Unknown where the holidays of these days are. */
  readonly turns: Evidence<readonly PastTurn[]>;
}

interface PastTurn {
  readonly at: string;
  readonly local: string;
  readonly state: 'on' | 'off';
  readonly because: string;
  /** How what was done from then on until the next turn has ended. */
  readonly outcomes: Readonly<Partial<Record<Change['outcome'], number>>>;
}

interface PastChange {
  readonly id: string;
  readonly at: string;
  readonly schedule: string;
  readonly name: string;
  readonly region: string;
  readonly what: string;
  readonly outcome: Change['outcome'];
  readonly because: string;
}

export async function answerPast(
  ledger: Pick<OffHoursLedger, 'changes'>,
  asking: Asking,
  range: { from: Date; to: Date },
) {
  const { policy, event, accounts } = asking;
  const looked = new Set(accounts.map(({ account }) => account));
  const changes = (await ledger.changes(range.from, 'scheduled'))
    .filter(({ account }) => looked.has(account) && account === (event.account ?? account))
    .filter(({ planId }) => planId.startsWith('off-hours-'))
    .filter((change) => isAbout(change, event) && range.from <= timeOf(change) && timeOf(change) < range.to)
    .sort((a, b) => timeOf(a).getTime() - timeOf(b).getTime() || (a.id < b.id ? -1 : 1));
  const report: PastReport = {
    from: range.from.toISOString(),
    to: range.to.toISOString(),
    schedules: Object.entries(policy.schedules).map(([schedule, { calendar }]): PastSchedule => {
      const own = changes.filter(({ proposal }) => proposal.schedule?.name === schedule);
      const { timezone = policy.timezone } = policy.calendars[calendar] ?? {};
      return { schedule, timezone, turns: turnsOf(calendar, { asking, range, own }) };
    }),
    changes: changes.map(lineOf),
  };
  return event.format === 'table' ? pastTable(report, policy.timezone) : report;
}

const timeOf = ({ appliedAt, finishedAt }: Change): Date => new Date(appliedAt ?? finishedAt);

const isAbout = ({ proposal: { resource } }: Change, { resource: wanted, region }: Asking['event']): boolean =>
  resource.region === (region ?? resource.region) && (!wanted || [resource.arn, resource.name].includes(wanted));

interface Past {
  readonly asking: Asking;
  readonly range: { readonly from: Date; readonly to: Date };
  /** What was done for the schedule. */
  readonly own: readonly Change[];
}

function turnsOf(name: string, { asking: { policy, holidays }, range, own }: Past): Evidence<readonly PastTurn[]> {
  const named = policy.calendars[name];
  if (!named) return unknown(`the policy has no calendar ${name}`);
  const calendar = calendarOf(named, policy, holidays);
  try {
    const turns = turnsIn(calendar, range);
    return known(
      turns.map((turn, index) => pastTurn(turn, { next: turns[index + 1], own, timezone: calendar.timezone })),
    );
  } catch (error) {
    if (!(error instanceof HolidaysUnknownError)) throw error;
    return unknown(error.message);
  }
}

/** Those of a half-open range: {@link transitions} leaves out what turns when it begins, and has what turns when it ends. */
function turnsIn(calendar: Calendar, { from, to }: Past['range']): readonly Transition[] {
  const turns = transitions(calendar, { from: new Date(from.getTime() - 1), to });
  return turns.filter(({ at }) => at < to);
}

function pastTurn(
  { at, state, because }: Transition,
  { next, own, timezone }: { next: Transition | undefined; own: readonly Change[]; timezone: string },
): PastTurn {
  const outcomes: Partial<Record<Change['outcome'], number>> = {};
  for (const change of own) {
    const time = timeOf(change);
    if (time < at || (next && time >= next.at)) continue;
    outcomes[change.outcome] = (outcomes[change.outcome] ?? 0) + 1;
  }
  return { at: at.toISOString(), local: localTime(at, timezone), state, because, outcomes };
}

const lineOf = (change: Change): PastChange => ({
  id: change.id,
  at: timeOf(change).toISOString(),
  schedule: change.proposal.schedule?.name ?? '',
  name: change.proposal.resource.name,
  region: change.proposal.resource.region,
  what: describeAction(change.proposal.action),
  outcome: change.outcome,
  because: change.because,
});

function pastTable({ schedules, changes }: PastReport, timezone: string): string {
  const rows = schedules.flatMap(({ schedule, turns }) =>
    turns.known
      ? turns.value.map(({ local, state, because, outcomes }) => [schedule, local, state, because, countsOf(outcomes)])
      : [[schedule, '', 'unknown', turns.why, '']],
  );
  return [
    textTable(['schedule', 'at', 'turned', 'because', 'done'], rows),
    ...(changes.length > 0
      ? [
          textTable(
            ['at', 'resource', 'region', 'schedule', 'what', 'outcome', 'because'],
            changes.map((one) => [
              localTime(new Date(one.at), timezone),
              one.name,
              one.region,
              one.schedule,
              one.what,
              one.outcome,
              one.because,
            ]),
          ),
        ]
      : ['nothing was stopped or started']),
  ].join('\n\n');
}

const countsOf = (outcomes: PastTurn['outcomes']): string =>
  Object.entries(outcomes)
    .map(([outcome, times]) => `${times} ${outcome}`)
    .join(', ') || 'nothing';
