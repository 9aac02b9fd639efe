import type { Evidence } from '../../evidence.ts';
import type { Alarm } from '../alarm.ts';
import type { AlarmedInstance, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { type Hold, whatAStopLoses, whyUntouched } from '../stop-loss.ts';
import { describeAlarm, leftTo, notFor, shownOf } from '../words.ts';

type Verdict = Omit<Remedy, 'evidence' | 'charts'>;

/**
 * instance-unwell
 *   > Stop and start an instance whose system status check fails, which brings it to another host, where nothing is lost by
 *   > it; reboot one whose instance status check fails (EC2 User Guide, "Status checks for Amazon EC2 instances").
 *   > Left: not running; owned by a controller or an Auto Scaling group, which replace it; a check that passes, begins or is
 *   > unknown; an alarm that acts on it by itself; volumes that cannot be reached, where a boot hangs. Not moved: Spot; an instance store; a public address that would be released; a Dedicated Host; stop protection.
 *   > Looked at again: what AWS may recover by itself, ten minutes after its host has begun to fail.
 */
export function instanceUnwell(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource, now } = facts;
  if (resource.type !== 'instance') return notFor('instances', facts);
  const { evidence, charts } = shownOf(facts);
  return {
    ...(actsItself(facts.alarm, resource) ?? judge({ resource, alarm: describeAlarm(facts, settings), now })),
    evidence: [
      `system status check (the host): ${describeStatus(resource.systemStatus)}`,
      `instance status check (its own system): ${describeStatus(resource.instanceStatus)}`,
      `attached EBS status check (its volumes): ${describeStatus(resource.attachedEbsStatus)}`,
      ...recoveryLines(resource),
      ...resource.scheduledEvents.map((event) => `scheduled by AWS: ${event}`),
      ...evidence,
    ],
    charts,
  };
}

/** Two would be at it at once: AWS reboots, recovers, stops or terminates it as soon as the alarm goes off. */
function actsItself({ acts }: Alarm, { facts }: AlarmedInstance): Verdict | undefined {
  if (!acts) return undefined;
  const { scope, identity } = facts;
  return leftTo(
    `if the alarm stays on, that did not help: aws ec2 get-console-output --latest --region ${scope.region} --instance-id ${identity.id}`,
    `AWS acts on it by itself: the alarm's own action is ${acts.join(', ')}`,
  );
}

const recoveryLines = ({ systemStatus, recoversItself }: AlarmedInstance): string[] =>
  recoversItself && is(systemStatus, 'impaired')
    ? ['automatic recovery: on, AWS tries to bring it to another host by itself, where its type is supported']
    : [];

interface Case {
  readonly resource: AlarmedInstance;
  readonly alarm: string;
  readonly now: Date;
}

const judge = (unwell: Case): Verdict =>
  ofOthers(unwell) ?? ofItsVolumes(unwell) ?? ofItsHost(unwell) ?? ofItsOwnSystem(unwell);

function ofOthers(unwell: Case): Verdict | undefined {
  const untouched = whyUntouched(unwell.resource);
  return untouched && held(untouched, unwell);
}

function ofItsVolumes({ resource, alarm }: Case): Verdict | undefined {
  if (!is(resource.attachedEbsStatus, 'impaired')) return undefined;
  const because = 'its attached EBS status check fails: a volume of it cannot be reached, on which a boot may hang';
  return leftTo(volumesStep(resource), `${because} (${alarm})`);
}

function ofItsHost(unwell: Case): Verdict | undefined {
  const { resource } = unwell;
  const unread = whyUnknown('system status', resource.systemStatus);
  if (unread) return held(unread, unwell);
  if (!is(resource.systemStatus, 'impaired')) return undefined;
  const loss = whatAStopLoses(resource);
  if (loss) return held({ ...loss, because: `its system status check fails; ${loss.because}` }, unwell);
  return recovering(unwell) ?? moved(unwell);
}

/** So long a recovery is waited for. AWS names no time; its alarms recover after two failed minutes. */
const RECOVERY_MS = 10 * 60_000;

/** Since nobody knows when, or only for minutes: AWS is at it, or about to be. */
function recovering({ resource, alarm, now }: Case): Verdict | undefined {
  const { recoversItself, systemImpairedSince: since } = resource;
  const passes = since ? new Date(since.getTime() + RECOVERY_MS) : 'soon';
  if (!recoversItself || (passes !== 'soon' && passes <= now)) return undefined;
  const because = 'its system status check fails, and AWS may be bringing it to another host by itself';
  return { ...leftTo(`if it still fails by then: ${stopAndStart(resource)}`, `${because} (${alarm})`), passes };
}

const moved = ({ resource, alarm }: Case): Verdict => ({
  act: {
    action: {
      kind: 'move-instance',
      instance: resource.facts.identity,
      expect: { ...asItRuns(resource), instanceType: resource.facts.instanceType },
    },
    undo: { reversibility: 'full' },
    onlyApproved: false,
  },
  because: `its system status check fails: the trouble is of its host, and a stop and a start bring it to another one; nothing is lost by it (${alarm})`,
  next: stopAndStart(resource),
});

function ofItsOwnSystem(unwell: Case): Verdict {
  const { systemStatus, instanceStatus, attachedEbsStatus } = unwell.resource;
  const unread = whyUnknown('instance status', instanceStatus) ?? whyUnknown('attached EBS status', attachedEbsStatus);
  if (unread) return held(unread, unwell);
  if ([systemStatus, instanceStatus, attachedEbsStatus].some((status) => is(status, 'initializing')))
    return { ...held({ because: 'its status checks have only begun' }, unwell), passes: 'soon' };
  if (is(instanceStatus, 'ok')) return held({ because: 'all its status checks pass by now' }, unwell);
  return rebooted(unwell);
}

const rebooted = ({ resource, alarm }: Case): Verdict => ({
  act: {
    action: { kind: 'reboot-instance', instance: resource.facts.identity, expect: asItRuns(resource) },
    undo: { reversibility: 'full' },
    onlyApproved: false,
  },
  because: `its instance status check fails while its host is well: the trouble is of its own system, which a reboot may end (${alarm})`,
  next: `aws ec2 reboot-instances ${idsOf(resource)}`,
});

const asItRuns = ({ facts: { launchedAt } }: AlarmedInstance) =>
  ({ state: 'running', launchedAt: launchedAt.toISOString() }) as const;

const is = (status: Evidence<string>, value: string): boolean => status.known && status.value === value;

const whyUnknown = (what: string, status: Evidence<string>): Hold | undefined =>
  status.known ? undefined : { because: `its ${what} is unknown: ${status.why}`, unknown: true };

const volumesStep = ({ facts: { scope, identity } }: AlarmedInstance): string =>
  `see its volumes: aws ec2 describe-volume-status --region ${scope.region} --filters Name=status-info.status,Values=impaired, and AWS Health; then stop and start ${identity.id}, or replace the volume`;

const held = ({ because, unknown, passes }: Hold, { resource, alarm }: Case): Verdict => ({
  ...leftTo(
    `see its status checks and what it wrote last: aws ec2 get-console-output --latest --region ${resource.facts.scope.region} --instance-id ${resource.facts.identity.id}`,
    `${because} (${alarm})`,
  ),
  ...(unknown ? { unknown } : {}),
  ...(passes ? { passes } : {}),
});

function stopAndStart(resource: AlarmedInstance): string {
  const which = idsOf(resource);
  return `aws ec2 stop-instances ${which} && aws ec2 wait instance-stopped ${which} && aws ec2 start-instances ${which}`;
}

const idsOf = ({ facts: { scope, identity } }: AlarmedInstance): string =>
  `--region ${scope.region} --instance-ids ${identity.id}`;

const describeStatus = (status: Evidence<string>): string => (status.known ? status.value : `unknown, ${status.why}`);
