import { isUsable, type Snapshot, type SnapshotKey } from './facts.ts';
import type { LeftOut } from './planned.ts';

/** The keys under which nothing can be restored, and those of which nobody knows: a line each, however much is under it. */
export function keyTroubles(snapshots: readonly Snapshot[]): LeftOut[] {
  const byKey = Map.groupBy(snapshots, ({ key }) => key?.arn);
  return [...byKey.values()].flatMap((same) => {
    const [{ key, databaseName, scope }] = same as [Snapshot, ...Snapshot[]];
    const trouble = key && troubleWith(key);
    if (!trouble) return [];
    const others = new Set(same.map((one) => one.databaseName)).size - 1;
    const whose = others > 0 ? `its snapshots and those of ${others} more databases` : 'its snapshots';
    return [{ databaseName, scope, ...trouble, because: `${whose} are under ${key.arn}: ${trouble.because}` }];
  });
}

function troubleWith(key: SnapshotKey): Pick<LeftOut, 'because' | 'unknown'> | undefined {
  const { state } = key;
  if (!state?.known) return state && { because: `whether that can be used is unknown, ${state.why}`, unknown: true };
  return isUsable(key) ? undefined : { because: `that is ${state.value}, and nothing can be restored from them` };
}
