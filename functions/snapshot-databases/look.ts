import type { Scope } from '../../shared/core/identity.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import type { DayRange } from '../../shared/core/retention/due.ts';
import type { BackedUpDatabase } from '../../shared/core/retention/facts.ts';
import { calendars } from '../../shared/core/retention/plan.ts';
import { localDate } from '../../shared/core/time.ts';
import type { SnapshotLedger } from '../../shared/ports-snapshots.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { type Deciding, decide, decideFill } from './decide.ts';
import { refuseRange, type SnapshotEvent } from './event.ts';
import { type Facts, gather, type Sources } from './gather.ts';
import { type CalendarReport, calendarTable, narrowedReport, nightReport, nightTable } from './report.ts';
import { type Delivery, runFill } from './run.ts';

/** What is asked, under which policy, and of which places. */
export interface Asking {
  readonly event: SnapshotEvent;
  readonly policy: Policy;
  readonly now: Date;
  /** The account that the function itself runs in. */
  readonly own: string;
  readonly scopes: readonly Scope[];
  /** Those of the scopes, and those that only keep copies. */
  readonly accounts: readonly string[];
}

/** What a decision needs besides the facts. */
export async function decidingOf(
  ledger: Pick<SnapshotLedger, 'vetoes'>,
  { policy, now, accounts }: Asking,
  open: readonly Plan[],
): Promise<Deciding> {
  const vetoes = await Promise.all(accounts.map(async (one) => [one, await ledger.vetoes(one, now)] as const));
  return { policy, now, accounts, open, vetoes: new Map(vetoes) };
}

/**
 * Reads and decides, and leaves no trace. Everything is read, however little is asked for: what is gone, and how much room
 * there is, shows only in all places together.
 */
export async function answerLook(sources: Sources, ledger: SnapshotLedger, asking: Asking) {
  const { event } = asking;
  const facts = await gather(sources, asking);
  const nights = decide(facts, await decidingOf(ledger, asking, []));
  const asked = nights.filter(({ account }) => account === (event.account ?? account));
  const isNarrow = event.region !== undefined || event.database !== undefined;
  const wanted = isNarrow ? databasesIn(facts, event) : undefined;
  const reports = wanted ? asked.map((night) => narrowedReport(night, wanted)) : asked.map(nightReport);
  return event.format === 'table' ? nightTable(reports) : reports;
}

/**
 * The databases that an event is about.
 * @throws {InvalidEventError} when nothing that could be read is called so
 */
function databasesIn(
  { databases, unreadable }: Facts,
  { account, region, database }: SnapshotEvent,
): BackedUpDatabase[] {
  const found = databases.filter(
    ({ scope, identity, name, memberOf }) =>
      !memberOf &&
      scope.account === (account ?? scope.account) &&
      scope.region === (region ?? scope.region) &&
      (database === undefined || [name, identity.arn, identity.id].includes(database)),
  );
  if (found.length > 0 || database === undefined) return found;
  const unread = unreadable.map((one) => `; ${one.account} ${one.region} could not be read: ${one.why}`).join('');
  throw new InvalidEventError('snapshot-databases', [`database: none has this name, ARN or id${unread}`]);
}

/** The calendar of a range of days; with `fill` what can be had of it is planned, announced and handed over. */
export async function answerRange(
  { sources, delivery }: { readonly sources: Sources; readonly delivery: Delivery },
  asking: Asking,
  range: DayRange,
) {
  const { event, policy, now } = asking;
  refuseRange({ ...range, fill: event.fill }, localDate(now, policy.timezone));
  const facts = await gather(sources, asking);
  const wanted = databasesIn(facts, event);
  const of = new Set(wanted.map(({ identity }) => identity.id));
  const outcomes = event.fill
    ? await runFill(delivery, { ...asking, fill: range }, async (open) =>
        decideFill(facts, { range, of }, await decidingOf(delivery.ledger, asking, open)),
      )
    : undefined;
  const all = calendars(facts, policy, { now, range });
  const report: CalendarReport = {
    ...range,
    calendar: wanted.flatMap(({ identity, name, scope }) => {
      const entries = all.get(identity.id);
      return entries ? [{ ...scope, database: name, id: identity.id, entries }] : [];
    }),
    unreadable: facts.unreadable,
    ...(outcomes
      ? {
          filled: outcomes.map(({ report: { account, plans, act }, said }) => ({
            account,
            plans,
            actions: act.length,
            said,
          })),
        }
      : {}),
  };
  return event.format === 'table' ? calendarTable(report) : report;
}
