import type {
  InstanceStateChange,
  InstanceStateName,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { instanceState, type StoredInstance } from '../../estate/ec2-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findInstances } from './checks.ts';
import { whyNotStart, whyNotStop } from './eligibility.ts';
import { beginStart, beginStop, beginTermination } from './transitions.ts';

/** Every instance is checked before any is touched: one bad id and the whole batch fails. */
export const stopInstances: Operation<StopInstancesRequest, StopInstancesResult> = (input, { region }) => {
  const instances = findInstances(region.ec2, input.InstanceIds ?? []);
  for (const instance of instances) refuse(whyNotStop(instance, { hibernate: input.Hibernate ?? false }));
  const changes = instances.map((one) => changing(one, ['running'], () => beginStop(region.ec2, one)));
  return { StoppingInstances: changes };
};

export const startInstances: Operation<StartInstancesRequest, StartInstancesResult> = (input, { region }) => {
  const instances = findInstances(region.ec2, input.InstanceIds ?? []);
  for (const instance of instances) refuse(whyNotStart(region.ec2, instance));
  const changes = instances.map((one) => changing(one, ['stopped'], () => beginStart(region.ec2, one)));
  return { StartingInstances: changes };
};

export const terminateInstances: Operation<TerminateInstancesRequest, TerminateInstancesResult> = (
  input,
  { region },
) => {
  const instances = findInstances(region.ec2, input.InstanceIds ?? []);
  const kept = instances.find((one) => one.DisableApiTermination);
  if (kept) {
    throw new AwsError(
      'OperationNotPermitted',
      `The instance '${kept.InstanceId}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    );
  }
  const alive: InstanceStateName[] = ['pending', 'running', 'stopping', 'stopped'];
  const changes = instances.map((one) => changing(one, alive, () => beginTermination(region.ec2, one)));
  return { TerminatingInstances: changes };
};

function refuse(error: AwsError | undefined): void {
  if (error) throw error;
}

/** Begins the change if the instance is in a state to change from; anything else is a success without effect. */
function changing(
  instance: StoredInstance,
  from: readonly InstanceStateName[],
  begin: () => void,
): InstanceStateChange {
  const before = instance.State.Name!;
  if (from.includes(before)) begin();
  return { InstanceId: instance.InstanceId, PreviousState: instanceState(before), CurrentState: instance.State };
}
