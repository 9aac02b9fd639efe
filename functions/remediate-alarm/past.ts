import type { Arn } from '../../shared/core/identity.ts';
import { placeOf } from '../../shared/core/remediation/place.ts';
import {
  type Replayed,
  type ReplayedAlarm,
  type ReplaySummary,
  replay,
  summaryOf,
} from '../../shared/core/remediation/replay.ts';
import type { RunbookId } from '../../shared/core/remediation/runbook.ts';
import { whyLeftAnyway } from '../../shared/core/remediation/standing.ts';
import { mayAct } from '../../shared/core/remediation/terms.ts';
import { textTable } from '../../shared/core/table.ts';
import { DAY_MS, localTime } from '../../shared/core/time.ts';
import type { AlarmHistory } from '../../shared/ports-remediation.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import type { Sources } from './gather.ts';
import { ownersOf } from './own.ts';
import { type Inquiry, placesOf } from './question.ts';
import { unlessDenied } from './reread.ts';
import { type Sorted, sortThem } from './sort.ts';

/**
 * So long a runbook takes, from the alarm until what it does should have made it OK: an event and a plan take half a minute,
 * AWS the rest, and the alarm looks at some datapoints of a minute or five. What only looks takes no time.
 */
const SECONDS: Readonly<Record<RunbookId, number>> = {
  'database-storage-low': 900,
  'database-saturated': 1800,
  'replica-lag': 0,
  // A move: ten minutes for AWS's own recovery, the next look, a stop and a start. A reboot is through sooner.
  'instance-unwell': 1800,
  'credits-exhausted': 900,
  'idle-alarm': 0,
  'host-evidence': 0,
};

/** What happened before counts for what flaps. */
const BEFORE_MS = DAY_MS;

interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** What would have come of the alarms of some days, one account. */
interface PastReport extends ReplaySummary {
  readonly account: string;
  readonly from: string;
  readonly to: string;
  readonly times: readonly ReturnType<typeof timeLine>[];
  readonly unreadable: readonly string[];
}

export async function answerPast(sources: Sources, inquiry: Inquiry, range: Range) {
  const { question, asking } = inquiry;
  const byAccount = Map.groupBy(placesOf(inquiry), ({ account }) => account);
  const accounts = [...byAccount].map(([account, scopes]) => ({ account, scopes }));
  const found = new Set<Arn>();
  const reports = await eachAccount(accounts, async ({ account, scopes }): Promise<PastReport> => {
    const places = await Promise.all(
      scopes.map(async (scope) => {
        const reach = { from: new Date(range.from.getTime() - BEFORE_MS), to: range.to };
        const read = await unlessDenied(() => sources.alarms.histories(scope, reach, question.alarm));
        return { scope, read };
      }),
    );
    const histories = places.flatMap(({ read }) => (read.known ? read.value : []));
    for (const { alarm } of histories) found.add(alarm.arn);
    const replayed = replay(await chosen(sources, histories, inquiry), { ...asking, ...range, seconds: SECONDS });
    return {
      account,
      from: range.from.toISOString(),
      to: range.to.toISOString(),
      ...summaryOf(replayed),
      times: replayed.map(timeLine),
      unreadable: places.flatMap(({ scope, read }) => (read.known ? [] : [`${scope.region}: unknown, ${read.why}`])),
    };
  });
  if (question.alarm !== undefined && found.size === 0) refuseName(reports);
  return question.format === 'table' ? pastTable(reports, asking.policy.timezone) : reports;
}

/** @throws {InvalidEventError} none has this name */
function refuseName(reports: readonly PastReport[]): never {
  const unread = reports
    .flatMap(({ account, unreadable }) => unreadable.map((text) => `; ${account} ${text}`))
    .join('');
  throw new InvalidEventError('remediate-alarm', [
    `alarm: no alarm that could be read has this name, and what is deleted is not replayed${unread}`,
  ]);
}

/** Each with the runbook that it has by now, and what was done about it in truth. */
async function chosen(
  sources: Sources,
  histories: readonly AlarmHistory[],
  { asking }: Inquiry,
): Promise<readonly ReplayedAlarm[]> {
  const alarms = histories.map(({ alarm }) => alarm);
  const sorted = await sortThem(sources.reader, alarms, asking);
  const byArn = new Map<Arn, Sorted>(sorted.map((one) => [one.alarm.arn, one]));
  return Promise.all(
    histories.map(async (history) => {
      const one = byArn.get(history.alarm.arn);
      if (!one) return { ...history, chosen: { because: 'it was not read' } };
      const answered = await sources.limit(() => answersTo(sources, one));
      return { ...history, chosen: chosenFor(one), ...leftAnyway(one), answered };
    }),
  );
}

const chosenFor = ({ alarm, subject, choice, parent }: Sorted): ReplayedAlarm['chosen'] =>
  choice.runbook && subject.type !== 'none'
    ? { runbook: choice.runbook, ...placeOf(subject, alarm.scope, parent) }
    : { because: choice.because };

/** By what it is now: what it was is not kept. */
function leftAnyway({ alarm, choice, found }: Sorted): Pick<ReplayedAlarm, 'leftAnyway'> {
  if (!choice.runbook || !found.known || !found.value) return {};
  const because = whyLeftAnyway(choice.runbook, alarm, found.value);
  return because ? { leftAnyway: because } : {};
}

/** When it went off and Lamplighter changed something for it. */
async function answersTo(
  { ledger }: Pick<Sources, 'ledger'>,
  { alarm, choice, found }: Sorted,
): Promise<NonNullable<ReplayedAlarm['answered']>> {
  if (!choice.runbook || !mayAct(choice.runbook) || !found.known || !found.value) return [];
  const changes = (await Promise.all(ownersOf(found.value.facts).map((arn) => ledger.changesOf(arn)))).flat();
  return changes.flatMap(({ planId, appliedAt, proposal }) =>
    appliedAt && proposal.alarm?.arn === alarm.arn ? [{ since: new Date(proposal.alarm.since), plan: planId }] : [],
  );
}

const timeLine = ({ alarm: { name, scope, since }, because, ...replayed }: Replayed) => ({
  at: since.toISOString(),
  alarm: name,
  region: scope.region,
  ...replayed,
  because,
});

function pastTable(reports: readonly PastReport[], timezone: string): string {
  return reports.map((report) => pastText(report, timezone)).join('\n\n');
}

function pastText({ account, from, to, times, acted, looked, left, unreadable }: PastReport, timezone: string): string {
  const { needed, wrong, unknown } = acted;
  const rows = times.map((one) => [
    localTime(new Date(one.at), timezone),
    one.alarm,
    one.region,
    'runbook' in one ? one.runbook : '',
    one.would === 'act' ? `act: ${one.outcome}` : one.would,
    one.because,
  ]);
  const held = Object.entries(left).map(([guard, times]) => `${times} ${guard}`);
  return [
    `account ${account}, from ${from} to ${to}`,
    ...(rows.length > 0 ? [textTable(['at', 'alarm', 'region', 'runbook', 'would', 'because'], rows)] : []),
    `would have acted ${needed + wrong + unknown} times: ${needed} needed, ${wrong} wrong (it was OK again by itself before), ${unknown} unknown; ` +
      `looked ${looked} times; left ${held.join(', ') || 'none'}`,
    ...unreadable,
  ].join('\n');
}
