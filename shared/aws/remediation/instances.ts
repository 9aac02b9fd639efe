import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstanceStatusCommand,
  type EbsStatusSummary,
  type EC2Client,
  type InstanceStatus,
  type InstanceStatusSummary,
} from '@aws-sdk/client-ec2';
import { type Evidence, known, unknown } from '../../core/evidence.ts';
import type { InstanceFacts } from '../../core/facts.ts';
import type { Arn } from '../../core/identity.ts';
import type { AlarmedInstance, AlarmedResource } from '../../core/remediation/runbook.ts';
import { whatAStopLoses } from '../../core/remediation/stop-loss.ts';
import type { FoundInstance, Wanted } from '../../ports-remediation.ts';
import { readInstanceStore, readStopProtection } from '../ec2.ts';
import { chunks } from '../pages.ts';
import { readable } from '../retention/unreadable.ts';
import type { Deciding, Looking } from './look.ts';
import { type Larger, stepsUp, withPrice } from './steps-up.ts';

export interface WantedInstance extends Wanted {
  readonly found: FoundInstance;
}

const NOT_ASKED = unknown('its runbook does not ask for it');

/** Each instance with what its runbook decides by: what a stop would lose only where one may follow. */
export async function alarmedInstances(
  looking: Deciding,
  wanted: readonly WantedInstance[],
): Promise<ReadonlyMap<Wanted, AlarmedInstance>> {
  const { ec2 } = looking.clients;
  const [statuses, credits] = await Promise.all([
    statusesOf(ec2, factsFor(wanted, 'instance-unwell')),
    creditsOf(ec2, factsFor(wanted, 'credits-exhausted').filter(isBurstable)),
  ]);
  const looked = wanted.map(({ runbook, found: { facts, recoversItself } }): AlarmedInstance => {
    const status = runbook === 'instance-unwell' ? (statuses.get(facts.identity.id) ?? NO_CHECKS) : undefined;
    const mode = credits.get(facts.identity.id);
    return {
      type: 'instance',
      facts,
      systemStatus: checkOf(status, 'SystemStatus'),
      ...impairedSince(status),
      ...(recoversItself ? { recoversItself } : {}),
      instanceStatus: checkOf(status, 'InstanceStatus'),
      attachedEbsStatus: volumesOf(status),
      scheduledEvents: status?.known ? scheduledIn(status.value) : [],
      instanceStore: NOT_ASKED,
      stopProtection: NOT_ASKED,
      ...(mode ? { credits: mode } : {}),
      typeUp: NOT_ASKED,
    };
  });
  const [losses, steps] = await Promise.all([
    lossesOf(ec2, looked.filter(mayStop)),
    stepsUp(
      looking.market.types,
      looked.filter(mayStepUp).map(({ facts }) => facts),
      looking,
    ),
  ]);
  return new Map(
    looked.map((one, index) => {
      const { arn } = one.facts.identity;
      return [wanted[index] as Wanted, { ...one, ...losses.get(arn), ...withStep(one.facts, steps.get(arn)) }];
    }),
  );
}

/** What ties it to its type is in the facts about that. */
function withStep(facts: InstanceFacts, larger: Larger | undefined): Partial<AlarmedInstance> {
  if (!larger) return {};
  const { offered, step: typeUp } = larger;
  return { facts: { ...facts, evidence: { ...facts.evidence, offered } }, typeUp };
}

/** Each instance with what only people ask for: what a larger type costs. */
export async function shownInstances(
  looking: Looking,
  resources: readonly AlarmedResource[],
): Promise<ReadonlyMap<AlarmedResource, AlarmedInstance>> {
  const instances = resources.filter((one) => one.type === 'instance' && one.typeUp.known) as AlarmedInstance[];
  const facts = instances.map((one) => one.facts);
  const steps = await stepsUp(looking.market.offers, facts, looking);
  return new Map(
    instances.map((one) => [one, { ...one, typeUp: withPrice(one.typeUp, steps.get(one.facts.identity.arn)) }]),
  );
}

const factsFor = (wanted: readonly WantedInstance[], id: Wanted['runbook']): InstanceFacts[] =>
  wanted.flatMap(({ runbook, found }) => (runbook === id ? [found.facts] : []));

/** T2 and later, none of which has local disks; T1 has no credits that could be unlimited. */
const isBurstable = ({ instanceType }: InstanceFacts): boolean => /^t[2-9]/.test(instanceType);

/** It is moved to another host, or becomes another type, unless what is known already keeps it from being stopped. */
function mayStop(one: AlarmedInstance): boolean {
  const isWanted = (one.systemStatus.known && one.systemStatus.value === 'impaired') || mayStepUp(one);
  return isWanted && !whatAStopLoses({ ...one, instanceStore: known(false), stopProtection: known(false) });
}

const mayStepUp = ({ credits }: AlarmedInstance): boolean => credits?.known === true && credits.value === 'unlimited';

type Losses = Pick<AlarmedInstance, 'instanceStore' | 'stopProtection'>;

async function lossesOf(ec2: EC2Client, resources: readonly AlarmedInstance[]): Promise<Map<Arn, Losses>> {
  if (resources.length === 0) return new Map();
  const all = resources.map(({ facts }) => facts);
  const others = all.filter((facts) => !isBurstable(facts));
  const stores = await readable('the types of instances', () => readInstanceStore(ec2, others));
  return new Map(
    await Promise.all(
      all.map(async (facts): Promise<[Arn, Losses]> => {
        const { arn } = facts.identity;
        const protection = await readable('the stop protection', () => readStopProtection(ec2, [facts]));
        const store = stores.known ? (stores.value.get(arn) ?? NOT_ANSWERED) : stores;
        return [
          arn,
          {
            instanceStore: isBurstable(facts) ? known(false) : store,
            stopProtection: protection.known ? (protection.value.get(arn) ?? NOT_ANSWERED) : protection,
          },
        ];
      }),
    ),
  );
}

const NOT_ANSWERED = unknown('AWS did not say');

/** DescribeInstanceStatus takes so many ids a call. */
const IDS_PER_CALL = 100;

/** By the id; of what does not run, or is gone, there is nothing. */
async function statusesOf(
  ec2: EC2Client,
  instances: readonly InstanceFacts[],
): Promise<ReadonlyMap<string, Evidence<InstanceStatus>>> {
  const statuses = new Map<string, Evidence<InstanceStatus>>();
  for (const InstanceIds of chunks([...new Set(instances.map(({ identity }) => identity.id))], IDS_PER_CALL)) {
    const found = await readable('the status checks', async () => {
      const answer = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds }));
      return new Map((answer.InstanceStatuses ?? []).map((one) => [one.InstanceId, one]));
    });
    for (const id of InstanceIds) {
      const status = found.known ? found.value.get(id) : undefined;
      if (!found.known) statuses.set(id, found);
      else if (status) statuses.set(id, known(status));
    }
  }
  return statuses;
}

const NO_CHECKS = unknown('EC2 has no status checks of it');

const STATUSES = ['ok', 'impaired', 'initializing'] as const;

function checkOf(
  status: Evidence<InstanceStatus> | undefined,
  check: 'SystemStatus' | 'InstanceStatus' | 'AttachedEbsStatus',
): AlarmedInstance['systemStatus'] {
  if (!status) return NOT_ASKED;
  if (!status.known) return status;
  const { Status: said }: InstanceStatusSummary | EbsStatusSummary = status.value[check] ?? {};
  const one = STATUSES.find((each) => each === said);
  return one ? known(one) : unknown(said ? `EC2 says ${said}` : 'EC2 does not say');
}

function impairedSince(status: Evidence<InstanceStatus> | undefined): Pick<AlarmedInstance, 'systemImpairedSince'> {
  const details = (status?.known && status.value.SystemStatus?.Details) || [];
  const [since] = details.flatMap(({ ImpairedSince }) => ImpairedSince ?? []);
  return since ? { systemImpairedSince: since } : {};
}

/** Of what is not on Nitro EC2 says that it is not applicable, or nothing. */
function volumesOf(status: Evidence<InstanceStatus> | undefined): AlarmedInstance['attachedEbsStatus'] {
  const { Status: said = 'not-applicable' } = (status?.known && status.value.AttachedEbsStatus) || {};
  return status?.known && said === 'not-applicable' ? known(said) : checkOf(status, 'AttachedEbsStatus');
}

/** What is over is shown for a week more. */
const scheduledIn = ({ Events = [] }: InstanceStatus): string[] =>
  Events.filter(({ Description = '' }) => !/^\[(Completed|Canceled)\]/.test(Description)).map(
    ({ Code = 'an event', NotBefore }) => `${Code}${NotBefore ? `, not before ${NotBefore.toISOString()}` : ''}`,
  );

async function creditsOf(
  ec2: EC2Client,
  instances: readonly InstanceFacts[],
): Promise<ReadonlyMap<string, NonNullable<AlarmedInstance['credits']>>> {
  const InstanceIds = [...new Set(instances.map(({ identity }) => identity.id))];
  if (InstanceIds.length === 0) return new Map();
  const modes = await readable('the CPU credits', async () => {
    const answer = await ec2.send(new DescribeInstanceCreditSpecificationsCommand({ InstanceIds }));
    return new Map((answer.InstanceCreditSpecifications ?? []).map((one) => [one.InstanceId, one.CpuCredits]));
  });
  return new Map(InstanceIds.map((id) => [id, modes.known ? modeOf(modes.value.get(id)) : modes]));
}

const modeOf = (said: string | undefined): NonNullable<AlarmedInstance['credits']> =>
  said === 'standard' || said === 'unlimited' ? known(said) : unknown(said ? `EC2 says ${said}` : 'EC2 does not say');
