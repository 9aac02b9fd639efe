import type { Change } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { mayBeCarriedOut } from '../../shared/core/retention/night.ts';
import { daysBefore } from '../../shared/core/time.ts';
import type { RunKey } from '../../shared/ports.ts';
import type { SnapshotLedger, SnapshotRun } from '../../shared/ports-snapshots.ts';

/** How plans of earlier runs came out. */
export interface Followed {
  /** What has ended since the run before. */
  readonly ended: readonly Change[];
  /** The ids of the plans of which something has not ended yet. */
  readonly following: readonly string[];
}

/** A plan waits for a grace of thirty days at most, and then for a copy: what has not ended by then, nobody carries out any more. */
const FOLLOWED_DAYS = 40;

/** Looks after the plans of earlier runs until all that is in them has ended: what went well is told by the night after it. */
export async function follow(
  ledger: Pick<SnapshotLedger, 'plan' | 'changesOfPlan' | 'runsBetween'>,
  { account, time }: RunKey,
  before: SnapshotRun | undefined,
): Promise<Followed> {
  if (!before) return { ended: [], following: [] };
  const range = { from: new Date(before.time), to: new Date(time) };
  const filled = await ledger.runsBetween({ function: 'fill-snapshots', account }, range);
  const older = [...before.following, ...filled.map(({ planId }) => planId)];
  const plans: Plan[] = [...(await Promise.all([...new Set(older)].map((id) => ledger.plan(id)))), ...before.plans];
  const ended: Change[] = [];
  const following: string[] = [];
  for (const plan of plans) {
    const changes = await ledger.changesOfPlan(plan);
    const over = changes.filter(({ outcome, finishedAt }) => outcome !== 'watching' && finishedAt < time);
    ended.push(...over.filter(({ finishedAt }) => before.time <= finishedAt));
    const isOver = over.length >= plan.act.filter(mayBeCarriedOut).length;
    if (!isOver && plan.time > daysBefore(FOLLOWED_DAYS, range.to).toISOString()) following.push(plan.id);
  }
  return { ended, following };
}
