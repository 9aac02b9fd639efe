import type { Undo } from '../action.ts';
import type { InstanceFacts, Volume } from '../facts.ts';
import { parseBytes, parseDays } from '../quantity.ts';
import { type ActVerdict, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, tooYoung, wholeWindow } from './exempt.ts';
import { controllerOf } from './owner.ts';
import { savingOf, tooSmall } from './saving.ts';

/**
 * idle-instance
 *   > Stop a running EC2 instance whose highest CPU utilization stayed below 5 % and whose network carried at most 5 MB,
 *   > on every day of the whole window.
 *   > Exempt: protected; vetoed; younger than the window; history incomplete; owned by a controller that would replace
 *   > it; Spot; instance store; stop-protected; a saving below the policy's minimum.
 */
export function judgeIdleInstance(instance: InstanceFacts, context: JudgeContext): Judgement {
  const rule = context.policy.rules['idle-instance'];
  const windowDays = parseDays(rule.window);
  const exempt =
    exemptFromAll(instance, context) ??
    unstoppableInstance(instance) ??
    tooYoung(instance.launchedAt, windowDays, context.now);
  if (exempt) return leave(exempt);

  const { peakCpuPercent, networkBytes, instanceStore, hourlyPrice, volumes, stopProtection } = instance.evidence;
  const over = { windowDays, now: context.now };
  if (!peakCpuPercent) return lacks('peakCpuPercent');
  const cpu = wholeWindow(peakCpuPercent, { what: 'CPU', ...over });
  if (!cpu.known) return leaveUnknown(cpu.why);
  const mostCpu = Math.max(...cpu.value);
  if (mostCpu >= rule.cpuPercent) return leave(`in use: CPU up to ${round(mostCpu)} % in ${windowDays} days`);

  if (!networkBytes) return lacks('networkBytes');
  const network = wholeWindow(networkBytes, { what: 'network', ...over });
  if (!network.known) return leaveUnknown(network.why);
  const mostBytes = Math.max(...network.value);
  if (mostBytes > parseBytes(rule.networkBytesPerDay)) {
    return leave(`in use: network up to ${megabytes(mostBytes)} on a day, more than ${rule.networkBytesPerDay}`);
  }

  if (!instanceStore) return lacks('instanceStore');
  if (!instanceStore.known) return leaveUnknown(`local disks unknown: ${instanceStore.why}`);
  if (instanceStore.value) return leave('a stop would lose the data on its local disks (instance store)');

  if (!hourlyPrice) return lacks('hourlyPrice');
  const saving = savingOf(hourlyPrice, stillBilled(instance));
  const small = tooSmall(saving, context.policy);
  if (small) return leave(small);

  const act: ActVerdict = {
    verdict: 'act',
    action: {
      kind: 'stop-instance',
      instance: instance.identity,
      expect: { state: 'running', instanceType: instance.instanceType },
    },
    because: `CPU at most ${round(mostCpu)} % and network at most ${megabytes(mostBytes)} on any day of ${windowDays}`,
    saving,
    undo: undoOf(instance),
  };
  if (!volumes) return lacks('volumes', act);
  if (!stopProtection) return lacks('stopProtection', act);
  if (!stopProtection.known) return leaveUnknown(`stop protection unknown: ${stopProtection.why}`);
  return stopProtection.value ? leave('stop protection is on') : act;
}

/** Why AWS would refuse to stop the instance, or something would undo the stop. */
function unstoppableInstance(instance: InstanceFacts): string | undefined {
  if (instance.state !== 'running') return `its state is ${instance.state}, not running`;
  const controller = controllerOf(instance);
  if (controller) return `owned by ${controller}, which would replace it`;
  if (instance.lifecycle !== 'on-demand')
    return `AWS does not stop and start ${instance.lifecycle} instances like on-demand ones`;
  if (instance.tenancy === 'host') return 'runs on a Dedicated Host, which is billed whether it runs or not';
  if (instance.rootDevice === 'instance-store') return 'its root device is an instance store: AWS cannot stop it';
  return undefined;
}

/** A started instance comes back as it was, but for a public address that was not an Elastic IP. */
function undoOf({ addresses }: InstanceFacts): Undo {
  if (addresses.released === 0) return { reversibility: 'full' };
  return { reversibility: 'partial', loses: 'its public IPv4 address: a start brings a new one' };
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

const round = (value: number): string => String(Math.round(value * 10) / 10);
const megabytes = (bytes: number): string => `${round(bytes / 1e6)} MB`;
