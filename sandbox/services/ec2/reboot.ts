import type { RebootInstancesRequest } from '@aws-sdk/client-ec2';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findInstances } from './checks.ts';
import { comesUp } from './impairments.ts';

/**
 * Only queues the reboot: the instance is `running` all the while and keeps its launch time, so that nothing which it shows
 * tells that it was rebooted. What is terminated is passed over.
 */
export const rebootInstances: Operation<RebootInstancesRequest, object> = (input, { region: { ec2 } }) => {
  const { clock, durations } = ec2.place.world;
  const instances = findInstances(ec2, input.InstanceIds ?? []).filter((one) => !isEnding(one));
  const down = instances.find(({ State }) => State.Name !== 'running');
  if (down) {
    const message = `The instance '${down.InstanceId}' is not in a state from which it can be rebooted.`;
    throw new AwsError('IncorrectInstanceState', message);
  }
  for (const instance of instances) clock.after(durations.instanceReboot, () => comesUp(ec2, instance, 'reboot'));
  return {};
};

const isEnding = ({ State }: StoredInstance): boolean => State.Name === 'terminated' || State.Name === 'shutting-down';
