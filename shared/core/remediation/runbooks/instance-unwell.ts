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
 *   > Asked first, whatever the mode: a move in the first minutes, while AWS tries to recover it by itself.
 */
export function instanceUnwell(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource } = facts;
  if (resource.type !== 'instance') return notFor('instances', facts);
  const { evidence, charts } = shownOf(facts);
  return {
    ...(actsItself(facts.alarm, resource) ??
      judge({ resource, alarm: describeAlarm(facts, settings), now: facts.now })),
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

/** So long a recovery is waited for. AWS names no time; its alarms recover after two failed minutes. */
const RECOVERY_MS = 10 * 60_000;

/** Since nobody knows when, or only for minutes: AWS is at it, or about to be. */
const mayBeRecovered = ({ recoversItself, systemImpairedSince: since }: AlarmedInstance, now: Date): boolean =>
  recoversItself === true && (!since || now.getTime() - since.getTime() < RECOVERY_MS);

const recoveryLines = ({ systemStatus, recoversItself }: AlarmedInstance): string[] =>
  recoversItself && systemStatus.known && systemStatus.value === 'impaired'
    ? ['automatic recovery: on, AWS tries to bring it to another host by itself, where its type is supported']
    : [];

function judge({ resource, alarm, now }: Case & { readonly now: Date }): Verdict {
  const { facts, systemStatus, instanceStatus, attachedEbsStatus } = resource;
  const untouched = whyUntouched(resource);
  if (untouched) return held(untouched, { resource, alarm });
  if (!systemStatus.known)
    return held({ because: `its system status is unknown: ${systemStatus.why}`, unknown: true }, { resource, alarm });
  if (attachedEbsStatus.known && attachedEbsStatus.value === 'impaired') {
    const because = 'its attached EBS status check fails: a volume of it cannot be reached, on which a boot may hang';
    return { ...leftTo(volumesStep(resource), `${because} (${alarm})`) };
  }
  const expect = { state: 'running', launchedAt: facts.launchedAt.toISOString() } as const;
  if (systemStatus.value === 'impaired') {
    const loss = whatAStopLoses(resource);
    const waits = mayBeRecovered(resource, now);
    if (loss) return held({ ...loss, because: `its system status check fails; ${loss.because}` }, { resource, alarm });
    return {
      act: {
        action: {
          kind: 'move-instance',
          instance: facts.identity,
          expect: { ...expect, instanceType: facts.instanceType },
        },
        undo: { reversibility: 'full' },
        onlyApproved: waits,
      },
      because: `its system status check fails: the trouble is of its host, and a stop and a start bring it to another one; nothing is lost by it${waits ? '; AWS may be recovering it by itself: say yes if the check still fails in some minutes' : ''} (${alarm})`,
      next: stopAndStart(resource),
    };
  }
  if (!instanceStatus.known)
    return held(
      { because: `its instance status is unknown: ${instanceStatus.why}`, unknown: true },
      { resource, alarm },
    );
  if (!attachedEbsStatus.known)
    return held(
      { because: `its attached EBS status is unknown: ${attachedEbsStatus.why}`, unknown: true },
      { resource, alarm },
    );
  const begins = [systemStatus.value, instanceStatus.value, attachedEbsStatus.value].includes('initializing');
  if (begins) return { ...held({ because: 'its status checks have only begun' }, { resource, alarm }), passes: 'soon' };
  if (instanceStatus.value === 'ok') return held({ because: 'all its status checks pass by now' }, { resource, alarm });
  return {
    act: {
      action: { kind: 'reboot-instance', instance: facts.identity, expect },
      undo: { reversibility: 'full' },
      onlyApproved: false,
    },
    because: `its instance status check fails while its host is well: the trouble is of its own system, which a reboot may end (${alarm})`,
    next: `aws ec2 reboot-instances --region ${facts.scope.region} --instance-ids ${facts.identity.id}`,
  };
}

const volumesStep = ({ facts: { scope, identity } }: AlarmedInstance): string =>
  `see its volumes: aws ec2 describe-volume-status --region ${scope.region} --filters Name=status-info.status,Values=impaired, and AWS Health; then stop and start ${identity.id}, or replace the volume`;

interface Case {
  readonly resource: AlarmedInstance;
  readonly alarm: string;
}

const held = ({ because, unknown }: Hold, { resource, alarm }: Case): Verdict => ({
  ...leftTo(
    `see its status checks and what it wrote last: aws ec2 get-console-output --latest --region ${resource.facts.scope.region} --instance-id ${resource.facts.identity.id}`,
    `${because} (${alarm})`,
  ),
  ...(unknown ? { unknown } : {}),
});

function stopAndStart({ facts: { scope, identity } }: AlarmedInstance): string {
  const which = `--region ${scope.region} --instance-ids ${identity.id}`;
  return `aws ec2 stop-instances ${which} && aws ec2 wait instance-stopped ${which} && aws ec2 start-instances ${which}`;
}

const describeStatus = (status: Evidence<string>): string => (status.known ? status.value : `unknown, ${status.why}`);
