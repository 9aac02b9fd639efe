import { unknown } from '../evidence.ts';
import type { SnapshotFacts, Tags } from '../facts.ts';
import { findingMode, section, since } from '../policy-fields.ts';
import { parseDays } from '../quantity.ts';
import { type Judgement, leave } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, tooYoung } from './exempt.ts';

/** Tags of those who delete their snapshots themselves when the time comes. */
const KEEPERS: readonly (readonly [tag: string, keeper: string])[] = [
  ['aws:backup:source-resource', 'AWS Backup'],
  ['aws:dlm:lifecycle-policy-id', 'Data Lifecycle Manager'],
  ['lamplighter:change', 'Lamplighter'],
];

/**
 * orphan-snapshot
 *   > Say which EBS snapshots are older than the window, of a volume that is gone, and no image of the account is made of
 *   > them. They may be the last copy of something: whether they are needed only people know.
 *   > Exempt: protected; vetoed; not completed; younger than the window; its volume exists; part of an image; kept by AWS
 *   > Backup, Data Lifecycle Manager or Lamplighter.
 */
export function judgeOrphanSnapshot(snapshot: SnapshotFacts, context: JudgeContext): Judgement {
  const windowDays = parseDays(context.policy.rules['orphan-snapshot'].window);
  const exempt =
    exemptFromAll(snapshot, context) ?? whyNeeded(snapshot) ?? tooYoung(snapshot.startedAt, windowDays, context.now);
  if (exempt) return leave(exempt);
  const { volumeId, sizeGiB, startedAt, identity, scope } = snapshot;
  return {
    verdict: 'find',
    kind: 'finding',
    because: `taken on ${startedAt.toISOString().slice(0, 10)} of the volume ${volumeId} (${sizeGiB} GiB), which is gone; no image is made of it`,
    note: 'it may be the last copy of what the volume held, and a launch template may still name it',
    step: `aws ec2 delete-snapshot --region ${scope.region} --snapshot-id ${identity.id}`,
    saving: unknown('snapshots share blocks, so none has a size of its own'),
  };
}

function whyNeeded({ state, volumeExists, volumeId, images, tags }: SnapshotFacts): string | undefined {
  if (state !== 'completed') return `its state is ${state}, not completed`;
  if (volumeExists) return `its volume ${volumeId} exists`;
  if (images.length > 0) return `part of the image ${images.join(', ')}`;
  const keeper = keeperOf(tags);
  return keeper && `kept by ${keeper}`;
}

const keeperOf = (tags: Tags): string | undefined => KEEPERS.find(([tag]) => tag in tags)?.[1];

/** What can be set of it. */
export const orphanSnapshotSettings = section({
  mode: findingMode().optional(),
  window: since('It must be so old', '30d'),
}).prefault({});

/** As it is registered. */
export const orphanSnapshot = {
  type: 'snapshot',
  judge: judgeOrphanSnapshot,
  shows: [],
} as const;
