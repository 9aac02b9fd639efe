import type { DailySeries, VolumeFacts } from '../facts.ts';
import { cap, notice, oneOf, section, since } from '../policy-fields.ts';
import { parseDays } from '../quantity.ts';
import { DAY_MS } from '../time.ts';
import { inUse, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, tooYoung } from './exempt.ts';
import { codeOwnerOf } from './infrastructure-code.ts';
import { storageSaving, tooSmall } from './saving.ts';
import { lastDaysOf } from './sizing.ts';

/**
 * unattached-volume
 *   > Snapshot and then delete an EBS volume that was attached to nothing on any day of the whole window. EBS measures a
 *   > volume only while a running instance has it: a single datapoint is a sign of life, and none is no proof. So it is
 *   > announced for the whole window first: each tick must have seen it attached to nothing, to a stopped instance neither.
 *   > Exempt: protected; vetoed; created within the window; attached; being changed; metrics unknown; a saving below the
 *   > policy's minimum. What belongs to CloudFormation or Terraform is suggested and never carried out.
 */
export function judgeUnattachedVolume(volume: VolumeFacts, context: JudgeContext): Judgement {
  const windowDays = parseDays(context.policy.rules['unattached-volume'].window);
  const exempt =
    exemptFromAll(volume, context) ?? whyNotLoose(volume) ?? tooYoung(volume.createdAt, windowDays, context.now);
  if (exempt) return volume.attachedTo.length > 0 ? inUse(exempt) : leave(exempt);

  const { attachedDays, prices } = volume.evidence;
  if (!attachedDays) return lacks('attachedDays');
  if (!attachedDays.known) return leaveUnknown(`its attachments are unknown: ${attachedDays.why}`);
  const lately = lastAttached(attachedDays.value, windowDays, context.now);
  if (lately !== undefined)
    return inUse(`attached ${lately === 0 ? 'today' : `${lately} days ago`}, within the window of ${windowDays} days`);

  if (!prices) return lacks('prices');
  const saving = storageSaving([volume.spec], prices, ['its snapshot']);
  const small = tooSmall(saving, context.policy, 'attached to nothing, but deleting it');
  if (small) return leave(small);
  const because = `attached to nothing, and to no running instance for ${windowDays} days or more`;
  const owner = codeOwnerOf(volume.tags);
  if (owner) {
    const note = `owned by ${owner.name}, which would make it anew`;
    return { verdict: 'find', kind: 'suggestion', because, note, step: `remove the volume ${owner.where}`, saving };
  }
  return {
    verdict: 'act',
    action: { kind: 'snapshot-and-delete-volume', volume: volume.identity },
    because,
    saving,
    undo: {
      reversibility: 'none',
      loses: 'the volume itself: a new one, with another id, can be made of its snapshot',
    },
  };
}

function whyNotLoose({ state, attachedTo }: VolumeFacts): string | undefined {
  if (attachedTo.length > 0) return `attached to ${attachedTo.join(', ')}`;
  return state === 'available' ? undefined : `its state is ${state}, not available`;
}

/** How many days ago it was last attached; the running day is none ago. */
function lastAttached(series: DailySeries, windowDays: number, now: Date): number | undefined {
  const days = lastDaysOf(series, windowDays + 1, new Date(now.getTime() + DAY_MS)).reverse();
  const daysAgo = days.findIndex((datapoints = 0) => datapoints > 0);
  return daysAgo < 0 ? undefined : daysAgo;
}

/** What can be set of it. */
export const unattachedVolumeSettings = section({
  mode: oneOf(['off', 'report', 'approve'])
    .optional()
    .describe('As elsewhere; never `auto`: a volume is deleted only when a person approves'),
  window: since('It must have been attached to nothing for so long', '32d'),
  notice: notice('32d').describe(
    'It must have been seen attached to nothing for so long before it is proposed, and for no less than `window`: ' +
      'EBS does not measure a volume on a stopped instance',
  ),
  cap: cap(),
}).prefault({});

/** As it is registered. */
export const unattachedVolume = {
  type: 'volume',
  judge: judgeUnattachedVolume,
  shows: ['attachedDays'],
} as const;
