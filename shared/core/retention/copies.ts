import { partitionOf } from '../identity.ts';
import { keyOf, type Snapshot } from './facts.ts';
import { contains, type Period } from './periods.ts';
import { type Held, type Shelf, sameData } from './shelf.ts';
import type { Destination, SnapshotPolicy } from './terms.ts';

/** A snapshot at home whose data a destination should have, and has not. */
export interface CopyNeed {
  readonly source: Held;
  readonly serves: readonly Period[];
}

/** What to do next for a copy. */
export type CopyStep =
  | {
      readonly step: 'copy';
      readonly source: Held;
      readonly kmsKey?: string;
      readonly optionGroup?: string;
      readonly copyOptionGroup?: true;
      readonly shareWith?: string;
    }
  | { readonly step: 'hand-over'; readonly source: Held; readonly kmsKey?: string; readonly because: string }
  | { readonly step: 'leave'; readonly because: string };

/** Engines whose instances share the storage of their cluster. A cluster of any other engine is a Multi-AZ DB cluster. */
const SHARED_STORAGE = /^(aurora|docdb|neptune)/;

/** Why RDS copies no snapshot of a database at all ("Limitations of Multi-AZ DB clusters" in its User Guide). */
export const whyNotCopied = ({ form, engine }: Pick<Snapshot, 'form' | 'engine'>): string | undefined =>
  form === 'cluster' && !SHARED_STORAGE.test(engine) ? 'RDS copies no snapshots of Multi-AZ DB clusters' : undefined;

/**
 * What a destination lacks: for each of its periods the data that serve the period at home, unless it has others of that
 * period. The newest first. A day may be served by the automated backup at home, which is then copied as it is.
 */
export function lackingAt(
  destination: Destination,
  { home, there }: { home: Shelf; there: Shelf },
  periods: readonly Period[],
): CopyNeed[] {
  const needs = periods
    .filter(({ tier }) => destination.tiers.includes(tier))
    .filter((period) => !there.own.some(({ day }) => contains(period, day)))
    .flatMap((period): CopyNeed[] => {
      const inPeriod = ({ day, state, snapshot }: Held) =>
        state === 'good' && contains(period, day) && !whyNotCopied(snapshot);
      const source = home.own.find(inPeriod) ?? (period.tier === 'daily' ? home.automated.find(inPeriod) : undefined);
      return source ? [{ source, serves: [period] }] : [];
    });
  return [...Map.groupBy(needs, ({ source }) => source.snapshot.arn).values()]
    .map((same) => ({ source: (same[0] as CopyNeed).source, serves: same.flatMap(({ serves }) => serves) }))
    .sort((a, b) => b.source.takenAt.getTime() - a.source.takenAt.getTime());
}

/** The next step towards a copy: one where AWS allows it, else a copy at home comes first that the other account may read. */
export function nextStep(
  source: Held,
  home: Shelf,
  { destination, shareKey }: { destination: Destination; shareKey: SnapshotPolicy['shareKey'] },
): CopyStep {
  const { snapshot } = source;
  if (partitionOf(destination.region) !== partitionOf(home.scope.region)) {
    return leave(`${destination.region} is in another AWS partition than ${home.scope.region}`);
  }
  const isAbroad = destination.account !== home.scope.account;
  if (isAbroad && snapshot.engine.startsWith('custom-')) return leave('RDS Custom copies to no other account');
  if (snapshot.key && !destination.kmsKey) return leave(`it is encrypted, and \`${destination.name}\` has no kmsKey`);
  const group = optionGroupFor(source, destination, home);
  if (typeof group === 'string') return leave(group);

  const readable = isAbroad ? readableAbroad(source, home, shareKey) : source;
  if ('step' in readable) return readable;
  // RDS encrypts what is not encrypted while it copies an instance's; for a cluster's a key is an error.
  const takesKey = readable.snapshot.key !== undefined || snapshot.form === 'instance';
  return {
    step: 'copy',
    source: readable,
    ...(takesKey && destination.kmsKey ? { kmsKey: destination.kmsKey } : {}),
    ...group,
    ...(isAbroad ? { shareWith: destination.account } : {}),
  };
}

const leave = (because: string): CopyStep & { step: 'leave' } => ({ step: 'leave', because });

/** The snapshot of this data that the other account can read: itself, or its handover; else how to come by one. */
function readableAbroad(source: Held, home: Shelf, shareKey: string | undefined): Held | CopyStep {
  const why = whyNotShared(source);
  if (!why) return source;
  const handover = home.handovers.find(
    (one) => sameData(one, source) && (one.state === 'coming' || !whyNotShared(one)),
  );
  if (handover) return handover.state === 'good' ? handover : leave('its handover at home is not available yet');
  if (!source.snapshot.key) return { step: 'hand-over', source, because: why };
  if (!shareKey) return leave(`${why}; name a \`snapshots.shareKey\``);
  return { step: 'hand-over', source, kmsKey: shareKey, because: why };
}

/** Why no other account can read it. A key of which nobody knows whose it is counts as AWS's. */
function whyNotShared({ snapshot: { type, key } }: Held): string | undefined {
  if (key && !key.manager.known) return `who manages its key is unknown: ${key.manager.why}`;
  if (key?.manager.known && key.manager.value === 'aws')
    return 'it is under a key that AWS manages, which cannot be shared';
  return type === 'automated' ? 'an automated snapshot cannot be shared' : undefined;
}

/** Engines whose option groups hold options that a snapshot cannot be without, e.g. TDE. */
const NEEDS_OPTIONS = /^(custom-)?(oracle|sqlserver)-/;

/** What a copy says of its option group, or why it cannot be made. Without one it gets the default group of its engine. */
function optionGroupFor(
  { snapshot: { optionGroup, engine } }: Held,
  destination: Destination,
  home: Shelf,
): { optionGroup?: string; copyOptionGroup?: true } | string {
  if (!optionGroup || keyOf(destination) === keyOf(home.scope)) return {};
  const target = destination.optionGroups.find(({ source }) => source === optionGroup)?.target;
  if (target) return { optionGroup: target };
  if (destination.account !== home.scope.account) return { copyOptionGroup: true };
  if (NEEDS_OPTIONS.test(engine))
    return `it needs its option group ${optionGroup}: name one in \`${destination.name}\`'s optionGroups`;
  return {};
}

/**
 * The data at home that a destination still waits for: those that it lacks, and those whose copy is not available yet. They
 * stay at home until it has them.
 */
export const awaitedBy = (needs: readonly CopyNeed[], there: Shelf): readonly Held[] => [
  ...needs.map(({ source }) => source),
  ...there.own.filter(({ state }) => state === 'coming'),
];
