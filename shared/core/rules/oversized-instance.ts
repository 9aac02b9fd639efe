import type { InstanceFacts } from '../facts.ts';
import { cap, mode, section } from '../policy-fields.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { whyNotResized } from './resize.ts';
import { judgeShrink } from './shrink.ts';

/**
 * oversized-instance
 *   > Resize a running EC2 instance to the cheapest type that AWS offers where it is, that can run it, that the policy
 *   > permits and that meets what it asked for: CPU, memory, network, volumes and CPU credits of 28 days, and the CPU of
 *   > sale days however long ago. What is not proven, such as memory that nobody measures, and what belongs to
 *   > CloudFormation or Terraform, is suggested and never carried out.
 *   > Exempt: protected; vetoed; started less than 14 days ago; owned by a controller; Spot; Dedicated Hosts; instance
 *   > store; hibernation; CPU options of its own; placement groups; capacity reservations; Marketplace products; enclaves;
 *   > Elastic Fabric Adapters; stop-protected; short of something; a saving below the policy's minimum.
 */
export function judgeOversizedInstance(instance: InstanceFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(instance, context) ?? whyNotResized(instance, context);
  if (exempt) return leave(exempt);
  const judged = judgeShrink(instance, context);
  if (judged.verdict !== 'act') return judged;
  const { stopProtection } = instance.evidence;
  if (!stopProtection) return lacks('stopProtection', judged);
  if (!stopProtection.known) return leaveUnknown(`stop protection unknown: ${stopProtection.why}`);
  return stopProtection.value ? leave('stop protection is on') : judged;
}

/** What can be set of it. */
export const oversizedInstanceSettings = section({ mode: mode().optional(), cap: cap() }).prefault({});

/** As it is registered. */
export const oversizedInstance = {
  type: 'instance',
  judge: judgeOversizedInstance,
  shows: ['cpuDays', 'memoryHours'],
} as const;
