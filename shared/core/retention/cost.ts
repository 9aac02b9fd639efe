import { type Money, times, totals } from '../money.ts';
import type { BackupPrice, Snapshot } from './facts.ts';

/** What snapshots cost a month at most. */
export interface SnapshotCost {
  readonly atMost: readonly Money[];
  /** How many have no known size or price: they are not in it. */
  readonly unknown: number;
  readonly basis: typeof BASIS;
}

const BASIS =
  'list price of backup storage times the full size of the database: an upper bound, for snapshots share what has not changed, ' +
  'and backup storage up to the size of the databases is free';

/** The monthly cost of snapshots; AWS says nowhere what one of them adds, so it is an upper bound. */
export function costOf(snapshots: readonly Snapshot[], prices: readonly BackupPrice[]): SnapshotCost {
  const costs = snapshots.flatMap((snapshot) => monthly(snapshot, prices) ?? []);
  return { atMost: totals(costs), unknown: snapshots.length - costs.length, basis: BASIS };
}

function monthly({ scope, engine, sizeGiB }: Snapshot, prices: readonly BackupPrice[]): Money | undefined {
  const price = prices.find((one) => one.region === scope.region && one.engine === engine)?.perGiBMonth;
  return price?.known && sizeGiB !== undefined ? times(sizeGiB, price.value) : undefined;
}
