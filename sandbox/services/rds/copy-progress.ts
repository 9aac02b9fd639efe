import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller } from '../service.ts';
import type { Original } from './copy-rules.ts';
import { CLUSTER_FORM, INSTANCE_FORM, type Snapshot, type SnapshotForm } from './snapshot-forms.ts';
import { isToFail, progress, snapshotLasts } from './snapshot-progress.ts';

/** Copies from other regions that one account has in progress in this one. @throws AwsError SnapshotQuotaExceeded */
export function checkCopiesInProgress({ region: { name, rds } }: Caller, from: string): void {
  if (from === name) return;
  const copies = [...INSTANCE_FORM.held(rds).values(), ...CLUSTER_FORM.held(rds).values()]
    .filter((one) => isInProgress(one))
    .filter(({ Copied }) => Copied?.from.split(':')[3] !== name);
  if (copies.length < rds.copyQuota) return;
  throw new AwsError('SnapshotQuotaExceeded', `Cannot copy more than ${rds.copyQuota} snapshots across regions`);
}

/**
 * Copies `original` to `copy`: now, or once the earlier copies of the same database are done. It fails when the
 * original is deleted before.
 * @param names those that a test may have set something for
 */
export function beginCopy<S extends Snapshot>(
  form: SnapshotForm<S>,
  caller: Caller,
  { copy, original, names }: { readonly copy: S; readonly original: Original<S>; readonly names: readonly string[] },
): void {
  const { region, estate } = caller;
  const { rds } = region;
  const { clock, durations } = rds.place.world;
  const now = clock.now().getTime();
  const typical = original.region === region.name ? durations.snapshotCopy : durations.snapshotCopyAcrossRegions;
  const lasts = snapshotLasts(rds, names, typical);
  const waits = Math.max(now, ...earlierOf(form, rds, copy)) - now;
  copy.Copied = { from: form.arnOf(original.snapshot), doneAt: now + waits + lasts };
  form.held(rds).set(form.nameOf(copy), copy);
  const originals = form.held(estate.account(original.account).region(original.region).rds);
  const isThere = () => originals.get(form.nameOf(original.snapshot)) === original.snapshot;
  progress(rds, copy, { waits, lasts, fails: () => isToFail(rds, names) || !isThere() });
}

/** When the copies of the same database that are in progress will be done. */
const earlierOf = <S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, copy: S): number[] =>
  [...form.held(rds).values()]
    .filter((one) => isInProgress(one) && form.resourceOf(one) === form.resourceOf(copy))
    .map(({ Copied }) => Copied?.doneAt ?? 0);

const isInProgress = ({ Copied, Status }: Snapshot): boolean =>
  Copied !== undefined && (Status === 'creating' || Status === 'copying');
