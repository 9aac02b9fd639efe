import { giveAmazonAddress, releaseAmazonAddress } from '../../estate/ec2-address.ts';
import { instanceState, type StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { comesUp } from './impairments.ts';

/** running -> stopping -> stopped. A public address that is Amazon's is given back; an Elastic IP stays. */
export function beginStop(ec2: Ec2State, instance: StoredInstance): void {
  const { clock, durations } = ec2.place.world;
  lag(ec2, instance);
  instance.State = instanceState('stopping');
  instance.StateTransitionReason = `User initiated (${stamp(clock.now())})`;
  instance.StateReason = {
    Code: 'Client.UserInitiatedShutdown',
    Message: 'Client.UserInitiatedShutdown: User initiated shutdown',
  };
  clock.after(durations.instanceStop, () => {
    if (instance.State.Name !== 'stopping') return;
    instance.State = instanceState('stopped');
    releaseAmazonAddress(instance);
  });
}

/** stopped -> pending -> running; a start that is set to fail ends in `stopped` again, without any API error. */
export function beginStart(ec2: Ec2State, instance: StoredInstance): void {
  const { clock, durations } = ec2.place.world;
  const failure = ec2.failingStarts.get(instance.InstanceId);
  lag(ec2, instance);
  instance.State = instanceState('pending');
  instance.LaunchTime = clock.now();
  instance.StateTransitionReason = '';
  delete instance.StateReason;
  clock.after(durations.instanceStart, () => {
    if (instance.State.Name !== 'pending') return;
    if (failure !== undefined) return failStart(instance, failure, clock.now());
    instance.State = instanceState('running');
    comesUp(ec2, instance, 'start');
    if (instance.GetsPublicIp && !instance.PublicIpAddress) giveAmazonAddress(ec2.place, instance);
  });
}

/** Any living state -> shutting-down -> terminated, and an hour later it is no longer listed. */
export function beginTermination(ec2: Ec2State, instance: StoredInstance): void {
  const { clock, durations } = ec2.place.world;
  instance.State = instanceState('shutting-down');
  instance.StateTransitionReason = `User initiated (${stamp(clock.now())})`;
  clock.after(durations.instanceTerminate, () => {
    instance.State = instanceState('terminated');
    releaseVolumes(ec2, instance);
    clock.after(durations.terminatedShown, () => ec2.instances.delete(instance.InstanceId));
  });
}

/** What readers see lags behind. */
function lag({ lagging, place }: Ec2State, { InstanceId, State }: StoredInstance): void {
  const { clock, durations } = place.world;
  if (durations.instanceLag === 0) return;
  lagging.set(InstanceId, State);
  clock.after(durations.instanceLag, () => lagging.delete(InstanceId));
}

function releaseVolumes({ volumes }: Ec2State, instance: StoredInstance): void {
  for (const volume of volumes.values()) {
    const attachment = volume.Attachments?.find((one) => one.InstanceId === instance.InstanceId);
    if (!attachment) continue;
    if (attachment.DeleteOnTermination) volumes.delete(volume.VolumeId);
    volume.Attachments = [];
    volume.State = 'available';
  }
  instance.BlockDeviceMappings = [];
}

function failStart(instance: StoredInstance, code: string, at: Date): void {
  instance.State = instanceState('stopped');
  instance.StateTransitionReason = `Server.InternalError (${stamp(at)})`;
  instance.StateReason = { Code: code, Message: `${code}: the instance could not be started` };
}

/** `2026-11-22 20:00:05 GMT`, the only trace of when an instance was stopped. */
const stamp = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} GMT`;
