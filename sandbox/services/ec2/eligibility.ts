import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';

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
  if (state === 'stopped') return whyNoCapacity(ec2, instance.InstanceType, instance.Placement?.AvailabilityZone ?? '');
  return undefined;
}

export function whyNoCapacity(ec2: Ec2State, type: string, zone: string): AwsError | undefined {
  if (ec2.hasCapacity(type, zone)) return undefined;
  return new AwsError(
    'InsufficientInstanceCapacity',
    `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.`,
    500,
  );
}
