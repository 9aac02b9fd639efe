import { cpuOptions, enaAndNvme, type Machine, machineOf } from '../../catalogue/machine.ts';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';

/**
 * Gives a stopped instance another type. Whether the type is to be had in its zone, and fits what the instance asks for
 * of EBS, shows only at the next start.
 */
export function changeType({ place, types }: Ec2State, instance: StoredInstance, type: string): void {
  const machine = machineOf(type);
  if (!machine) {
    throw new AwsError(
      'InvalidInstanceAttributeValue',
      `Invalid value '${type}' for InstanceType. See the list of instance types.`,
    );
  }
  checkStopped(instance);
  const refusal = whyNotChangeType(instance, machine);
  if (refusal) throw refusal;
  const was = instance.InstanceType;
  instance.InstanceType = type as StoredInstance['InstanceType'];
  instance.CpuOptions = cpuOptions(machine);
  types.record(instance.InstanceId, was, place.world.clock.now().getTime());
}

function whyNotChangeType(instance: StoredInstance, machine: Machine): AwsError | undefined {
  const { InstanceId: id, InstanceType: from, Architecture: architecture, VirtualizationType } = instance;
  const { type, family } = machine;
  if (instance.InstanceLifecycle === 'spot')
    return new AwsError('UnsupportedOperation', `You can't modify the type of the Spot Instance '${id}'.`);
  if (family.architecture !== architecture) {
    return new AwsError(
      'InvalidParameterValue',
      `The architecture '${family.architecture}' of the specified instance type does not match the architecture '${architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`,
    );
  }
  if (enaAndNvme(machine) === 'required' && !instance.EnaSupport) return enaRequired(instance, type);
  const needsParavirtual = VirtualizationType === 'paravirtual' && !family.virtualizationTypes;
  const keepsItsMemory = instance.HibernationOptions?.Configured ?? false;
  const tooManyInterfaces = (instance.NetworkInterfaces?.length ?? 0) > machine.network.interfaces;
  if (needsParavirtual || keepsItsMemory || tooManyInterfaces)
    return new AwsError(
      'InvalidInstanceAttributeValue',
      `Modifying the instance type from ${from} to ${type} is not allowed.`,
    );
  return undefined;
}

/** @throws AwsError IncorrectInstanceState */
export function checkStopped({ InstanceId, State }: StoredInstance): void {
  if (State.Name === 'stopped') return;
  throw new AwsError('IncorrectInstanceState', `The instance '${InstanceId}' is not in the 'stopped' state.`);
}

export const enaRequired = ({ InstanceId }: StoredInstance, type: string): AwsError =>
  new AwsError(
    'InvalidParameterCombination',
    `Enhanced networking with the Elastic Network Adapter (ENA) is required for the '${type}' instance type. Ensure that your instance '${InstanceId}' is enabled for ENA.`,
  );
