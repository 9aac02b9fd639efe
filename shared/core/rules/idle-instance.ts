import { undoOfRestart } from '../action.ts';
import { onHoursFor } from '../calendar/on-hours.ts';
import { known } from '../evidence.ts';
import type { InstanceFacts, Volume } from '../facts.ts';
import { cap, mode, notice, percent, section, window } from '../policy-fields.ts';
import { bytes, parseBytes, parseDays } from '../quantity.ts';
import { judgeIdleness } from '../sizing/idle.ts';
import { daysBefore, utcMidnight } from '../time.ts';
import { type ActVerdict, inUse, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, tooYoung } from './exempt.ts';
import { savingOf, tooSmall, whileOn } from './saving.ts';
import { unstoppableInstance } from './unstoppable-instance.ts';

/**
 * idle-instance
 *   > Stop a running EC2 instance whose highest CPU utilization stayed below 5 % and whose network carried at most 5 MB,
 *   > on every day of the whole window; under a schedule, on every day on which that was on. If one day in ten has no data, or
 *   > one was a stir such as a patch or a scan, the stop is only suggested: what is not known never justifies an action.
 *   > Exempt: protected; vetoed; younger than the window; more of the history missing; schedule unknown; owned by a controller
 *   > that would replace it; Spot; instance store; stop-protected; a saving below the policy's minimum.
 */
export function judgeIdleInstance(instance: InstanceFacts, context: JudgeContext): Judgement {
  const rule = context.policy.rules['idle-instance'];
  const windowDays = parseDays(rule.window);
  const exempt = exemptFromAll(instance, context) ?? unstoppableInstance(instance);
  if (exempt) return leave(exempt);
  const onHours = onHoursFor(instance.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  // What a schedule starts again and again is as old as its metrics.
  const young = onHours.value ? undefined : tooYoung(instance.launchedAt, windowDays, context.now);
  if (young) return leave(young);

  const { peakCpuPercent, networkBytes, instanceStore, hourlyPrice, volumes, stopProtection } = instance.evidence;
  if (!peakCpuPercent) return lacks('peakCpuPercent');
  const limits = { windowDays, cpuPercent: rule.cpuPercent, networkBytes: parseBytes(rule.networkBytesPerDay) };
  const nothingMoved = known({ firstDay: daysBefore(windowDays, utcMidnight(context.now)), values: zeros(windowDays) });
  const use = { peakCpuPercent, networkBytes: networkBytes ?? nothingMoved };
  const idleness = judgeIdleness(use, limits, { now: context.now, onHours: onHours.value });
  if (!idleness.idle) return idleness.unknown ? leaveUnknown(idleness.because) : inUse(idleness.because);
  if (!networkBytes) return lacks('networkBytes');

  if (!instanceStore) return lacks('instanceStore');
  if (!instanceStore.known) return leaveUnknown(`local disks unknown: ${instanceStore.why}`);
  if (instanceStore.value) return leave('a stop would lose the data on its local disks (instance store)');

  if (!hourlyPrice) return lacks('hourlyPrice');
  const saving = whileOn(savingOf(hourlyPrice, stillBilled(instance)), onHours.value);
  const small = tooSmall(saving, context.policy);
  if (small) return leave(small);

  const { because, doubt } = idleness;
  if (doubt) return { verdict: 'find', kind: 'suggestion', because, note: doubt, step: stepOf(instance), saving };

  const act: ActVerdict = {
    verdict: 'act',
    action: {
      kind: 'stop-instance',
      instance: instance.identity,
      expect: { state: 'running', instanceType: instance.instanceType },
    },
    because,
    saving,
    undo: undoOfRestart(instance.addresses),
  };
  if (!volumes) return lacks('volumes', act);
  if (!stopProtection) return lacks('stopProtection', act);
  if (!stopProtection.known) return leaveUnknown(`stop protection unknown: ${stopProtection.why}`);
  return stopProtection.value ? leave('stop protection is on') : act;
}

function stillBilled({ addresses, evidence }: InstanceFacts): string[] {
  const disks = evidence.volumes?.known ? describeVolumes(evidence.volumes.value) : 'its volumes';
  const elastic = addresses.elastic > 0 ? `${addresses.elastic} Elastic IP` : '';
  return [disks, elastic].filter((part) => part !== '');
}

/** `100 GiB of gp3 and 500 GiB of st1 volumes` */
function describeVolumes(volumes: readonly Volume[]): string {
  const byType = new Map<string, number>();
  for (const { volumeType, sizeGiB } of volumes) byType.set(volumeType, (byType.get(volumeType) ?? 0) + sizeGiB);
  const parts = [...byType].map(([type, size]) => `${size} GiB of ${type}`);
  return parts.length > 0 ? `${parts.join(' and ')} volumes` : '';
}

const stepOf = ({ identity, scope }: InstanceFacts): string =>
  `aws ec2 stop-instances --region ${scope.region} --instance-ids ${identity.id}`;

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/** What can be set of it. */
export const idleInstanceSettings = section({
  mode: mode().optional(),
  window: window().default('28d').describe('It must have been idle on every day for so long'),
  cpuPercent: percent().default(5).describe("Each day's highest CPU utilization must be below"),
  networkBytesPerDay: bytes().default('5MB').describe("Each day's bytes in and out must be at most"),
  notice: notice('3d'),
  cap: cap(),
}).prefault({});

/** As it is registered. */
export const idleInstance = {
  type: 'instance',
  judge: judgeIdleInstance,
  shows: ['peakCpuPercent', 'networkBytes'],
} as const;
