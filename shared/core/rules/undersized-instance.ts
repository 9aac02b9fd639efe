import type { InstanceFacts } from '../facts.ts';
import { findingMode, section } from '../policy-fields.ts';
import { type Judgement, leave } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { judgeGrow } from './grow.ts';
import { whyNotResized } from './resize.ts';

/**
 * undersized-instance
 *   > Say which running EC2 instances are short of CPU, CPU credits or memory, what may come of it, and the cheapest type
 *   > that has enough. Growing costs money: it is for people to decide.
 *   > Exempt: protected; vetoed; started less than 14 days ago; owned by a controller; Spot; Dedicated Hosts; instance
 *   > store; hibernation.
 */
export function judgeUndersizedInstance(instance: InstanceFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(instance, context) ?? whyNotResized(instance, context);
  return exempt ? leave(exempt) : judgeGrow(instance, context);
}

/** What can be set of it. */
export const undersizedInstanceSettings = section({ mode: findingMode().optional() }).prefault({});

/** As it is registered. */
export const undersizedInstance = {
  type: 'instance',
  judge: judgeUndersizedInstance,
  shows: ['peakCpuPercent', 'memoryDays'],
} as const;
