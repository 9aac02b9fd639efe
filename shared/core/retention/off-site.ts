import type { Mode } from '../policy.ts';
import { parseHours } from '../quantity.ts';
import type { CopySnapshot } from './action.ts';
import { type CopyNeed, type CopyStep, nextStep, whyNotCopied } from './copies.ts';
import { type Form, keyOf, type RetentionFacts } from './facts.ts';
import type { Home, Lacking } from './homes.ts';
import { MARKS, retentionTags, snapshotNameOf, takenAtOf } from './marks.ts';
import { describePeriods, TIERS } from './periods.ts';
import type { LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import type { Rooms } from './quota.ts';
import { freeName, type Held, isHanging, type Shelf, stateOf } from './shelf.ts';
import type { SnapshotPolicy } from './terms.ts';

/** AWS lets an account have so many copies in progress to a region; of cluster snapshots its guides say five. */
const IN_FLIGHT = { all: 20, cluster: 5 } as const;

/** So many of one database to one destination: RDS queues them, and they would take the places of others. */
const PER_DATABASE = 3;

interface Candidate {
  readonly home: Home;
  readonly away: Lacking;
  readonly need: CopyNeed;
  readonly step: CopyStep;
}

export interface OffSiteTerms {
  readonly rooms: Rooms;
  readonly mode: Mode;
  readonly now: Date;
}

/**
 * The copies to destinations. What does not fit today is planned again tomorrow: databases without any copy first, then
 * the longest tiers, then the newest data.
 */
export function offSite(
  { facts, homes }: { facts: RetentionFacts; homes: readonly Home[] },
  policy: SnapshotPolicy,
  { rooms, mode, now }: OffSiteTerms,
): PlanPart {
  const flights = countFlights(facts, now);
  const withinHours = parseHours(policy.copyWithin);
  const leave: LeftOut[] = homes.flatMap(uncopied);
  const handovers: PlannedSnapshot[] = [];
  const copies: PlannedSnapshot[] = [];
  const begun = new Set<string>();
  for (const { home, away, need, step } of candidatesOf(homes, policy).sort(byNeed)) {
    const { database } = home;
    const what = `${describePeriods(need.serves)} to ${away.destination.name}`;
    const say = (because: string) =>
      leave.push({ databaseName: database.name, scope: database.scope, because: `${what}: ${because}` });
    if (step.step === 'leave') {
      say(step.because);
      continue;
    }
    const how = step.step === 'copy' ? copyOf({ home, away, step }) : handoverOf({ home, step });
    const action: CopySnapshot = { ...how, withinHours };
    if (begun.has(action.name)) continue; // two destinations share a handover
    if (step.step === 'copy' && !flights.hasFree(action)) {
      say(
        `${IN_FLIGHT.all} copies are in progress to ${keyOf(action.scope)}, as many as AWS allows (${IN_FLIGHT.cluster} of clusters)`,
      );
      continue;
    }
    const room = rooms.take(action.scope, action.form);
    if (!room) {
      say(rooms.describe(action.scope, action.form));
      continue;
    }
    begun.add(action.name);
    if (step.step === 'copy') flights.add(action);
    const late = hangingOf(need.source, step.step === 'copy' ? away.there : home.shelf);
    const again = late ? `; ${late.name} should have been there by ${late.tags[MARKS.due]} and hangs` : '';
    const because = `${step.step === 'copy' ? what : `${what} in two steps: ${step.because}`}${again}`;
    const planned = { action: { ...action, ...room }, databaseName: database.name, mode, because };
    (step.step === 'copy' ? copies : handovers).push(planned);
  }
  return { act: [...handovers, ...copies], leave };
}

/** Of some databases there are no copies, whatever the policy wants. */
function uncopied({ database, away }: Home): LeftOut[] {
  const because = whyNotCopied(database);
  const names = away.map(({ destination }) => destination.name).join(', ');
  if (!because || !names) return [];
  return [{ databaseName: database.name, scope: database.scope, because: `no copy to ${names}: ${because}` }];
}

/**
 * For each database and destination the next copies, and the next handovers beside them: those for the longest tier first,
 * or the days, which are new every night, would leave no room for the years. Where nothing can be done, why.
 */
function candidatesOf(homes: readonly Home[], { shareKey }: SnapshotPolicy): Candidate[] {
  return homes.flatMap((home) =>
    home.away.flatMap((away): Candidate[] => {
      const { destination, there } = away;
      const all = away.needs.map((need) => {
        return { home, away, need, step: nextStep(need.source, home.shelf, { destination, shareKey }) };
      });
      const next = (step: 'copy' | 'hand-over', on: readonly Held[]) =>
        all
          .filter((one) => one.step.step === step)
          .sort(byTier)
          .slice(0, Math.max(0, PER_DATABASE - on.filter(({ state }) => state === 'coming').length));
      const able = [...next('copy', there.own), ...next('hand-over', home.shelf.handovers)];
      return able.length > 0 ? able : all.filter(({ step }) => step.step === 'leave').slice(0, 1);
    }),
  );
}

const byTier = (a: Candidate, b: Candidate): number => longest(b) - longest(a) || newer(a, b);
const longest = ({ need }: Candidate): number => Math.max(...need.serves.map(({ tier }) => TIERS.indexOf(tier)));
const newer = (a: Candidate, b: Candidate): number => b.need.source.takenAt.getTime() - a.need.source.takenAt.getTime();

function byNeed(a: Candidate, b: Candidate): number {
  return hasNone(b) - hasNone(a) || byTier(a, b) || (keyFor(a) < keyFor(b) ? -1 : 1);
}

/** The same copy, if it was begun and hangs. */
const hangingOf = ({ takenAt }: Held, { hanging }: Shelf) =>
  hanging.find((one) => takenAtOf(one)?.getTime() === takenAt.getTime());

const hasNone = ({ away }: Candidate): number => (away.there.own.length === 0 ? 1 : 0);
const keyFor = ({ home, away }: Candidate): string => `${home.database.identity.arn} ${away.destination.name}`;

function copyOf({
  home: { database, shelf },
  away: { destination, there },
  step,
}: Pick<Candidate, 'home' | 'away'> & { step: CopyStep & { step: 'copy' } }): Omit<CopySnapshot, 'withinHours'> {
  const { step: _, source, ...how } = step;
  const scope = { account: destination.account, region: destination.region };
  return {
    kind: 'copy-snapshot',
    purpose: 'off-site',
    form: database.form,
    scope,
    name: freeName(there, (tries) => snapshotNameOf(database, source.takenAt, ['off-site', keyOf(scope), tries])),
    databaseId: database.identity.id,
    source: { arn: source.snapshot.arn, scope: shelf.scope, takenAt: source.takenAt.toISOString() },
    tags: retentionTags(database, source.takenAt),
    ...how,
  };
}

function handoverOf({
  home: { database, shelf },
  step,
}: {
  home: Home;
  step: CopyStep & { step: 'hand-over' };
}): Omit<CopySnapshot, 'withinHours'> {
  const { source, kmsKey } = step;
  return {
    kind: 'copy-snapshot',
    purpose: 'handover',
    form: database.form,
    scope: database.scope,
    name: freeName(shelf, (tries) => snapshotNameOf(database, source.takenAt, ['handover', tries])),
    databaseId: database.identity.id,
    source: { arn: source.snapshot.arn, scope: database.scope, takenAt: source.takenAt.toISOString() },
    tags: { ...retentionTags(database, source.takenAt), [MARKS.handover]: 'yes' },
    ...(kmsKey ? { kmsKey } : {}),
  };
}

/** The copies in progress to each scope, whoever began them. One of ours that hangs takes no place: AWS says whether it does. */
function countFlights({ snapshots }: RetentionFacts, now: Date) {
  const flights = new Map<string, { all: number; cluster: number }>();
  const at = (key: string) => flights.get(key) ?? { all: 0, cluster: 0 };
  const add = ({ scope, form }: { scope: CopySnapshot['scope']; form: Form }) => {
    const { all, cluster } = at(keyOf(scope));
    flights.set(keyOf(scope), { all: all + 1, cluster: cluster + (form === 'cluster' ? 1 : 0) });
  };
  for (const one of snapshots) {
    const isCopied = stateOf(one) === 'coming' && (one.status === 'copying' || one.source !== undefined);
    if (isCopied && !isHanging(one, now)) add(one);
  }
  return {
    add,
    hasFree: ({ scope, form }: Pick<CopySnapshot, 'scope' | 'form'>): boolean => {
      const { all, cluster } = at(keyOf(scope));
      return all < IN_FLIGHT.all && (form === 'instance' || cluster < IN_FLIGHT.cluster);
    },
  };
}
