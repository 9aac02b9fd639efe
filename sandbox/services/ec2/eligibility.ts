import { ebsOptimized, enaAndNvme, machineOf } from '../../catalogue/machine.ts';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import { enaRequired } from './change-type.ts';

/** The error for an instance that cannot be stopped now, if it cannot. Stopping a stopped one is no error. */
export function whyNotStop(
  instance: StoredInstance,
  { hibernate }: { readonly hibernate: boolean },
): AwsError | undefined {
  const id = instance.InstanceId;
  if (!['running', 'stopping', 'stopped'].includes(instance.State.Name ?? '')) {
    return new AwsError(
      'IncorrectInstanceState',
      `The instance '${id}' is not in a state from which it can be stopped.`,
    );
  }
  if (instance.RootDeviceType === 'instance-store') {
    return new AwsError(
      'UnsupportedOperation',
      `The instance '${id}' does not have an 'ebs' root device type and cannot be stopped.`,
    );
  }
  if (instance.InstanceLifecycle === 'spot') {
    return new AwsError(
      'UnsupportedOperation',
      `You can't stop the Spot Instance '${id}' because it is associated with a one-time Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
    );
  }
  if (instance.Operator?.Managed) {
    return new AwsError(
      'OperationNotPermitted',
      `The instance '${id}' is managed by ${instance.Operator.Principal ?? 'a service provider'} and may not be stopped.`,
    );
  }
  if (instance.DisableApiStop) {
    return new AwsError(
      'OperationNotPermitted',
      `The instance '${id}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.`,
    );
  }
  if (hibernate && !instance.HibernationOptions?.Configured) {
    return new AwsError(
      'UnsupportedHibernationConfiguration',
      `The instance '${id}' is not configured for hibernation.`,
    );
  }
  return undefined;
}

/** The error for an instance that cannot be started now, if it cannot. Starting a running one is no error. */
export function whyNotStart(ec2: Ec2State, instance: StoredInstance): AwsError | undefined {
  const state = instance.State.Name ?? '';
  if (!['pending', 'running', 'stopped'].includes(state)) {
    return new AwsError(
      'IncorrectInstanceState',
      `The instance '${instance.InstanceId}' is not in a state from which it can be started.`,
    );
  }
  if (state !== 'stopped') return undefined;
  return (
    whyNotSupported(instance) ?? whyNotToBeHad(ec2, instance.InstanceType, instance.Placement?.AvailabilityZone ?? '')
  );
}

/** The error for what an instance asks for and its type has not. */
function whyNotSupported(instance: StoredInstance): AwsError | undefined {
  const machine = machineOf(instance.InstanceType)!;
  if (enaAndNvme(machine) === 'required' && !instance.EnaSupport) return enaRequired(instance, machine.type);
  if (instance.EbsOptimized && ebsOptimized(machine) === 'unsupported') {
    return new AwsError(
      'Unsupported',
      'The requested configuration is currently not supported. Please check the documentation for supported configurations.',
    );
  }
  return undefined;
}

/** The error for a type that its zone does not offer, or has no room for. */
export function whyNotToBeHad(ec2: Ec2State, type: string, zone: string): AwsError | undefined {
  const zones = ec2.zonesOffering(type);
  if (!zones.includes(zone)) {
    const choose = zones.length > 0 ? ` or choosing ${zones.join(', ')}` : '';
    return new AwsError(
      'Unsupported',
      `Your requested instance type (${type}) is not supported in your requested Availability Zone (${zone}). Please retry your request by not specifying an Availability Zone${choose}.`,
    );
  }
  return whyNoCapacity(ec2, type, zone);
}

function whyNoCapacity(ec2: Ec2State, type: string, zone: string): AwsError | undefined {
  if (ec2.hasCapacity(type, zone)) return undefined;
  return new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.`,
    500,
  );
}
