import pLimit, { type LimitFunction } from 'p-limit';
import type { Arn } from '../../shared/core/identity.ts';
import type { StateChange } from '../../shared/core/remediation/alarm.ts';
import { foldAlarms, type IncidentPart } from '../../shared/core/remediation/fold.ts';
import type { GuardContext } from '../../shared/core/remediation/guards.ts';
import {
  alarmMemory,
  type SeenChange,
  timesUnattended,
  UNATTENDED_DAYS,
} from '../../shared/core/remediation/memory.ts';
import { placeOf } from '../../shared/core/remediation/place.ts';
import type { Remedy } from '../../shared/core/remediation/runbook.ts';
import { RUNBOOKS } from '../../shared/core/remediation/runbooks.ts';
import { wordsFor } from '../../shared/core/remediation/subject.ts';
import { modeOfRunbook, runbookSettings } from '../../shared/core/remediation/terms.ts';
import type {
  AlarmReader,
  Looked,
  RemediationLedger,
  RemediationReader,
  Wanted,
} from '../../shared/ports-remediation.ts';
import type { LookedIncident, LookedPart } from './decide.ts';
import { expectedOf } from './expected.ts';
import { gone, leftAlone, unreadable, withComposite, withoutRunbook } from './left.ts';
import { arnOfTurn, endsIn, isDown, keyOfArn, openAt, ownersOf, stopperIn, waitingIn } from './own.ts';
import type { Seen } from './reread.ts';
import { type Sorted, sortThem } from './sort.ts';

/** Where facts come from. `limit` bounds how many resources the ledger is asked about at once. */
export interface Sources {
  readonly alarms: AlarmReader;
  readonly reader: RemediationReader;
  readonly ledger: Pick<RemediationLedger, 'changesOf' | 'stoppedBySchedule' | 'vetoes'>;
  readonly limit: LimitFunction;
  /** Ends by itself after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

export const sourcesOf = (
  { alarms, reader, ledger, wait }: Omit<Sources, 'limit'>,
  { policy }: Pick<GuardContext, 'policy'>,
): Sources => ({ alarms, reader, ledger, wait, limit: pLimit(policy.concurrency) });

/**
 * What goes on, cause by cause. What the alarms are about is read, then they are sorted and folded; and then, once for each
 * resource, what its runbook wants to know is read, and judged.
 */
export async function gather(
  sources: Sources,
  seen: readonly Seen[],
  context: GuardContext,
): Promise<LookedIncident[]> {
  const on = seen.filter(({ held, unread }) => !held && unread === undefined).map(({ alarm }) => alarm);
  const sorted = await sortThem(sources.reader, on, context);
  const expected = await expectedOf(sources, sorted);
  const isExpected = ({ alarm }: Sorted) => expected.some((one) => one.alarm === alarm);
  const incidents = foldAlarms(sorted.filter((one) => !one.choice.quiet && !isExpected(one)));
  const byArn = new Map(sorted.map((one) => [one.alarm.arn, one]));
  const parts = incidents.flatMap((incident) => incident.parts);
  const began = parts.map((part) => begin(part, byArn, context));
  const looked = await lookAt(sources, began, context);
  const lookedOf = new Map(parts.map((part, index) => [part, looked[index] as LookedPart]));
  return [
    ...incidents.map((one) =>
      withComposite({ ...one, parts: one.parts.flatMap((part) => lookedOf.get(part) ?? []) }, seen),
    ),
    ...[...seen, ...expected].flatMap(leftAlone),
  ];
}

/** A part with what is known of its resource already. With a remedy it needs no more. */
function begin(part: IncidentPart, sorted: ReadonlyMap<Arn, Sorted>, { policy }: GuardContext): LookedPart {
  const { runbook, subject, alarms } = part;
  const these = alarms.flatMap(({ arn }) => sorted.get(arn) ?? []).filter((one) => one.runbook === runbook);
  // One that is on for lack of data says nothing beside one that measured something; one that acts by itself is not to be missed.
  const measured = these.filter((one) => one.alarm.by === 'data');
  const { alarm, choice, found } = (measured.find((one) => one.alarm.acts) ?? measured[0] ?? these[0]) as Sorted;
  const about: LookedPart = { ...part, alarm };
  if (!runbook) return { ...about, remedy: { ...withoutRunbook(about), because: choice.because } };
  if (modeOfRunbook(policy, runbook) === 'off') return about;
  if (!found.known) return { ...about, remedy: unreadable(wordsFor(subject), found.why) };
  return found.value ? { ...about, found: found.value } : { ...about, remedy: gone(about) };
}

/** What Lamplighter did to the resources first: what it has stopped needs no look. Then, place by place, what the runbooks ask. */
async function lookAt(sources: Sources, parts: readonly LookedPart[], context: GuardContext): Promise<LookedPart[]> {
  const owned = await Promise.all(parts.map((part) => sources.limit(() => withOwn(sources, part, context))));
  const wanted = owned.flatMap((part) => wantedFor(part));
  const places = Map.groupBy(wanted, ({ alarm: { scope } }) => `${scope.account} ${scope.region}`);
  const judged = new Map<Arn, Pick<LookedPart, 'remedy' | 'looked'>>();
  await Promise.all(
    [...places.values()].map(async (some) => {
      const [{ alarm }] = some as [Wanted];
      const looked = await sources.reader.look(alarm.scope, some, context.now);
      for (const [index, one] of some.entries()) judged.set(one.alarm.arn, judgedBy(one, looked[index], context));
    }),
  );
  return owned.map((part) => ({ ...part, ...judged.get(part.alarm.arn) }));
}

/** A remedy, and what it was found by, to which evidence is added once it is recorded. */
function judgedBy(
  wanted: Wanted,
  looked: Looked | undefined,
  context: GuardContext,
): Pick<LookedPart, 'remedy' | 'looked'> {
  if (!looked) return { remedy: unreadable('what it is about', 'it was asked for and not answered') };
  const found = { ...wanted, ...looked };
  return { remedy: judge(found, context), looked: found };
}

/** With what Lamplighter did to its resource, as far as anybody has to know. */
async function withOwn(
  { ledger }: Pick<Sources, 'ledger'>,
  part: LookedPart,
  { memory }: GuardContext,
): Promise<LookedPart> {
  const { found, subject, alarm } = part;
  if (!found || subject.type === 'none') return part;
  const { facts } = found;
  const open = openAt(memory, placeOf(subject, alarm.scope, found.parent));
  if (!isDown(facts) && open.length === 0) return part;
  const changesOf = async (arns: readonly Arn[]) =>
    (await Promise.all(arns.map((arn) => ledger.changesOf(arn)))).flat();
  const owners = ownersOf(facts);
  const others = new Set(open.map((turn) => arnOfTurn(turn))).difference(new Set(owners));
  const [own, beside] = await Promise.all([changesOf(owners), changesOf([...others])]);
  const stoppedBy = isDown(facts) ? stopperIn(own) : undefined;
  const changes = [...own, ...beside];
  const turns = { over: endsIn(open, changes), waiting: waitingIn(open, changes) };
  return { ...part, ...turns, ...(stoppedBy ? { stoppedBy } : {}) };
}

const wantedFor = ({ alarm, runbook, found, stoppedBy }: LookedPart): Wanted[] =>
  runbook && found && !stoppedBy ? [{ alarm, runbook, found }] : [];

/** What the runbook of an alarm says of what was found. */
export function judge(
  { alarm, runbook, resource, metrics }: Wanted & Looked,
  { memory, policy, now }: Pick<GuardContext, 'memory' | 'policy' | 'now'>,
): Remedy {
  const history = changesIn(alarmMemory(memory, alarm.arn).changes);
  const grown = {
    resource: keyOfArn(resource.facts.identity.arn),
    runbook: 'database-storage-low',
    days: UNATTENDED_DAYS,
  } as const;
  const unattendedGrowths = timesUnattended(memory, grown, now);
  return RUNBOOKS[runbook]({ alarm, history, now, resource, metrics, unattendedGrowths }, runbookSettings(policy));
}

const changesIn = (seen: readonly SeenChange[]): StateChange[] =>
  seen.flatMap(({ at, to, byPerson }, index) => {
    const from = seen[index - 1]?.to;
    return from ? [{ at: new Date(at), from, to, by: byPerson ? 'a person' : 'data' }] : [];
  });
