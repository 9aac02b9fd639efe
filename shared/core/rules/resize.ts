import type { Action, Undo } from '../action.ts';
import { undoOfRestart } from '../action.ts';
import { scheduleOf } from '../calendar/schedule-tag.ts';
import { type Evidence, known } from '../evidence.ts';
import type { DatabaseFacts, Hardware, InstanceFacts } from '../facts.ts';
import { parseArn } from '../identity.ts';
import type { Machine as SizedMachine } from '../sizing/compatible.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { daysBefore } from '../time.ts';
import { type JudgeContext, tooYoung } from './exempt.ts';
import { codeOwnerOf, lineIn } from './infrastructure-code.ts';
import { controllerOf } from './owner.ts';
import { LEAST_DAYS, type Machine, typeNameOf } from './sizing.ts';

/** Why the machine is not to be resized, whatever it asks for; undefined when it may be. */
export const whyNotResized = (machine: Machine, context: JudgeContext): string | undefined =>
  machine.type === 'instance' ? whyNotInstance(machine, context) : whyNotDatabase(machine, context);

function whyNotInstance(instance: InstanceFacts, { now, policy }: JudgeContext): string | undefined {
  if (instance.state !== 'running') return `its state is ${instance.state}, not running`;
  const controller = controllerOf(instance);
  if (controller) return `owned by ${controller}, which decides its type`;
  if (instance.lifecycle !== 'on-demand') return `EC2 does not change the type of ${instance.lifecycle} instances`;
  if (instance.tenancy === 'host') return 'runs on a Dedicated Host, which is billed whatever runs on it';
  if (instance.rootDevice === 'instance-store') return 'its root device is an instance store: AWS cannot stop it';
  if (instance.hardware.hibernation) return 'it is enabled for hibernation: EC2 does not change its type';
  return scheduleOf(instance.tags, policy) ? undefined : tooYoung(instance.launchedAt, LEAST_DAYS, now);
}

/**
 * What keeps the resize of an instance under a schedule a suggestion: its age. Its metrics are in percent of its type, and
 * EC2 does not tell whether it had another one before it was started this morning.
 */
export const whyNoAge = (machine: Machine, { now }: JudgeContext): string[] =>
  machine.type === 'instance' && tooYoung(machine.launchedAt, LEAST_DAYS, now)
    ? ['its schedule starts it anew: nobody can tell since when it is of this type']
    : [];

function whyNotDatabase(database: DatabaseFacts, { now }: JudgeContext): string | undefined {
  if (database.form === 'cluster' || database.memberOf)
    return 'the instances of a cluster are not sized: a failover moves the load from one to another';
  if (database.engine.startsWith('custom-')) return 'RDS Custom decides for itself';
  if (database.status !== 'available') return `its status is ${database.status}, not available`;
  if (database.pendingModifications.length > 0)
    return `its pending modifications (${database.pendingModifications.join(', ')}) would be applied together with a resize`;
  if (!database.createdAt) return 'AWS does not say yet when it was created';
  return tooYoung(database.createdAt, LEAST_DAYS, now);
}

/**
 * What ties a machine to the type that it has: a resize would lose or break it, and the way back would not bring it again.
 * People may resize it all the same.
 */
export const whyTied = (machine: Machine, present: InstanceTypeFacts): string | undefined =>
  machine.type === 'instance' ? whyInstanceTied(machine.hardware, present) : whyDatabaseTied(machine);

function whyInstanceTied(hardware: Hardware, { name, vcpus }: InstanceTypeFacts): string | undefined {
  const { placementGroup, capacityReservation, marketplaceProduct, enclave, elasticFabricAdapter } = hardware;
  if (hardware.vcpus !== undefined && hardware.vcpus !== vcpus)
    return `its CPU options give it ${hardware.vcpus} of the ${vcpus} vCPUs of ${name}: another type would reset them`;
  if (placementGroup) return `it is in the placement group ${placementGroup}, which may have no room for another type`;
  if (capacityReservation)
    return `its capacity reservation ${capacityReservation} is for its type, and would be billed unused`;
  if (marketplaceProduct)
    return `AWS Marketplace sold it with the product ${marketplaceProduct}, which may not permit another type`;
  if (enclave) return 'it has Nitro Enclaves, which own a part of its vCPUs and memory';
  if (elasticFabricAdapter) return 'it has an Elastic Fabric Adapter, which few types take';
  return undefined;
}

const whyDatabaseTied = ({ processorFeatures }: DatabaseFacts): string | undefined =>
  processorFeatures && `its processor features (${processorFeatures.join(', ')}) are not those of its class`;

/** When the class was changed so lately that the metrics are in percent of two machines. */
export function classChangedLately(changes: Evidence<readonly Date[]>, now: Date): Evidence<string | undefined> {
  if (!changes.known) return changes;
  const last = changes.value.find((at) => at <= now && at > daysBefore(LEAST_DAYS, now));
  return known(
    last && `its class was changed on ${last.toISOString().slice(0, 10)}: its metrics are in percent of two machines`,
  );
}

/** The machine in the words of sizing. AWS sees to the drivers of a database. */
export function sizedMachine(machine: Machine, type: InstanceTypeFacts): SizedMachine {
  if (machine.type === 'database')
    return { type, virtualizationType: 'hvm', enaSupport: true, nvmeSupport: true, networkInterfaces: 1 };
  const { architecture: imageArchitecture, virtualizationType, enaSupport, networkInterfaces } = machine.hardware;
  const nvmeSupport = type.nvme === 'required';
  return { type, imageArchitecture, virtualizationType, enaSupport, nvmeSupport, networkInterfaces };
}

export function resizeAction(machine: Machine, to: string): Action {
  const from = typeNameOf(machine);
  return machine.type === 'instance'
    ? { kind: 'resize-instance', instance: machine.identity, from, to }
    : { kind: 'resize-database', database: machine.identity, from, to };
}

export const undoOfResize = (machine: Machine): Undo =>
  machine.type === 'instance' ? undoOfRestart(machine.addresses) : { reversibility: 'full' };

/** What a person does to resize it: the line of the code that it is made from, else the commands. */
export function resizeStep(machine: Machine, to: string): string {
  const owner = codeOwnerOf(machine.tags);
  if (owner) return lineIn(owner, NAMES[machine.type], to);
  const region = `--region ${machine.scope.region}`;
  if (machine.type === 'database') {
    const name = parseArn(machine.identity.arn)?.resource.split(':')[1] ?? machine.name;
    return `aws rds modify-db-instance ${region} --db-instance-identifier ${name} --db-instance-class ${to}   (in its next maintenance window)`;
  }
  const { id } = machine.identity;
  return [
    `aws ec2 stop-instances ${region} --instance-ids ${id}`,
    `aws ec2 wait instance-stopped ${region} --instance-ids ${id}`,
    `aws ec2 modify-instance-attribute ${region} --instance-id ${id} --instance-type Value=${to}`,
    `aws ec2 start-instances ${region} --instance-ids ${id}`,
  ].join(' && ');
}

const NAMES = {
  instance: { CloudFormation: 'InstanceType', Terraform: 'instance_type' },
  database: { CloudFormation: 'DBInstanceClass', Terraform: 'instance_class' },
} as const;
