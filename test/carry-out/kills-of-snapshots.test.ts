import { describe, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import type { Scene } from '../support/carry-out.ts';
import { type Cast, deathsAt, isTurn, killAndResume, sampleOf, upTo } from '../support/carry-out-kills.ts';
import {
  awayOf,
  copyOf,
  database,
  deleteOf,
  openSnapshotScene,
  ownSnapshot,
  snapshotCalls,
  takeOf,
} from '../support/snapshots.ts';

/** Short, so that there are few polls. */
async function open(): Promise<Scene> {
  const scene = await openSnapshotScene(
    { mode: 'approve', pruneAtMost: 1000 },
    { durations: { snapshotCreate: 20_000, snapshotCopyAcrossRegions: 20_000 } },
  );
  awayOf(scene).rds.snapshotQuota = 10_000;
  return scene;
}

/** Sharing twice is sharing: that it ends is seen in the state. */
const doneIn = (scene: Scene): string[] =>
  snapshotCalls(scene)
    .filter((call) => !call.startsWith('ModifyDBSnapshotAttribute'))
    .map((call) => call.replace(/ lamplighter-\S+$/, ''));

/** How the snapshot is, and with whom any is shared. */
function state(scene: Scene, { resource }: Proposal): string {
  const snapshot = scene.region.rds.snapshots.get(resource.name) ?? awayOf(scene).rds.snapshots.get(resource.name);
  const shared = [...scene.region.rds.snapshots.values()].filter(({ RestorableBy }) => RestorableBy.length > 0);
  return `${snapshot?.Status ?? 'gone'}, ${shared.length} shared`;
}

const oneTaken: Cast = (scene, name) => [takeOf(database(scene, name), 'approve')];

const oneCopied: Cast = (scene, name) => {
  const of = database(scene, name);
  return [copyOf(of, ownSnapshot(scene, of, '2026-11-21T03:00:00Z'), { mode: 'approve' })];
};

const oneDeleted: Cast = (scene, name) => {
  const of = database(scene, name);
  ownSnapshot(scene, of, '2026-11-21T03:00:00Z');
  return [deleteOf(of, ownSnapshot(scene, of, '2026-10-12T03:00:00Z'))];
};

describe.each([
  ['is taken', oneTaken],
  ['is copied to another account, which reads it meanwhile', oneCopied],
  ['is deleted', oneDeleted],
])('a snapshot that %s', (_, cast) => {
  it('is done once, wherever carry-out is killed', { timeout: 300_000 }, () =>
    killAndResume({
      cast,
      mutations: 1,
      open,
      doneIn,
      state,
      deaths: ({ call, checkpoint }) => [
        ...deathsAt('call', upTo(call)).filter(isTurn),
        ...deathsAt('checkpoint', sampleOf(checkpoint, 6, 7)).filter(isTurn),
      ],
    }),
  );
});
