import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import type { Region } from '../../estate/account.ts';
import { instanceState } from '../../estate/ec2-shapes.ts';
import { beginTermination } from '../ec2/transitions.ts';
import { beginActivity } from './activities.ts';

/** Launches or terminates what the desired capacity wants. */
export function moveToDesired(region: Region, group: AutoScalingGroup): void {
  const name = group.AutoScalingGroupName ?? '';
  region.autoscaling.retries.get(name)?.();
  const counted = (group.Instances ?? []).filter(({ LifecycleState = '' }) =>
    /^(Pending|InService)/.test(LifecycleState),
  );
  const missing = (group.DesiredCapacity ?? 0) - counted.length;
  if (missing > 0 && !isSuspended(group, 'Launch')) launch(region, group, missing);
  if (missing < 0 && !isSuspended(group, 'Terminate')) terminate(region, group, counted.slice(missing));
}

/** What a scaling policy does that wants so many instances: as far as the bounds of the group let it. */
export function scaleGroup(region: Region, name: string, instances: number): void {
  const group = region.autoscaling.groups.get(name);
  if (!group) throw new Error(`there is no group ${name}`);
  group.DesiredCapacity = Math.min(Math.max(instances, group.MinSize ?? 0), group.MaxSize ?? 0);
  moveToDesired(region, group);
}

const isSuspended = ({ SuspendedProcesses = [] }: AutoScalingGroup, process: string): boolean =>
  SuspendedProcesses.some(({ ProcessName }) => ProcessName === process);

function launch(region: Region, group: AutoScalingGroup, count: number): void {
  const refusal = whyNoLaunch(region, group);
  if (refusal !== undefined) tryLater(region, group, refusal);
  else for (let nth = 1; nth <= count; nth++) launchOne(region, group);
}

function launchOne(region: Region, group: AutoScalingGroup): void {
  const { autoscaling, ec2, place } = region;
  const { clock, durations } = place.world;
  const instance = ec2.addInstance({
    InstanceType: autoscaling.instanceTypes.get(group.AutoScalingGroupName ?? '') as 'm7g.large',
    State: instanceState('pending'),
    Placement: { AvailabilityZone: zoneOf(region, group), GroupName: '', Tenancy: 'default' },
    Tags: (group.Tags ?? []).filter((tag) => tag.PropagateAtLaunch).map(({ Key, Value }) => ({ Key, Value })),
  });
  autoscaling.join(group, [instance], 'Pending');
  const end = beginActivity(autoscaling, place, {
    group,
    description: `Launching a new EC2 instance: ${instance.InstanceId}`,
  });
  clock.after(durations.instanceStart, () => {
    if (instance.State.Name === 'pending') instance.State = instanceState('running');
    const member = memberOf(group, instance.InstanceId);
    if (member?.LifecycleState === 'Pending') member.LifecycleState = 'InService';
    end({ StatusCode: 'Successful' });
  });
}

function whyNoLaunch({ autoscaling, ec2, place }: Region, group: AutoScalingGroup): string | undefined {
  const name = group.AutoScalingGroupName ?? '';
  const type = autoscaling.instanceTypes.get(name) ?? '';
  const failure = autoscaling.failingLaunches.get(name);
  if (failure !== undefined) return `${failure} Launching EC2 instance failed.`;
  const zone = group.AvailabilityZones?.[0] ?? `${place.region}a`;
  if (ec2.hasCapacity(type, zone)) return undefined;
  return `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity. Launching EC2 instance failed.`;
}

function tryLater(region: Region, group: AutoScalingGroup, why: string): void {
  const { autoscaling, place } = region;
  const { clock, durations } = place.world;
  const end = beginActivity(autoscaling, place, {
    group,
    description: `Launching a new EC2 instance. Status Reason: ${why}`,
  });
  end({ StatusCode: 'Failed', StatusMessage: why });
  const again = () => moveToDesired(region, group);
  autoscaling.retries.set(group.AutoScalingGroupName ?? '', clock.after(durations.groupRetry, again));
}

/** Not what is protected from scale-in. */
function terminate(region: Region, group: AutoScalingGroup, members: readonly Instance[]): void {
  for (const member of members) {
    if (!member.ProtectedFromScaleIn) terminateOne(region, group, member);
  }
  if (!members.some((one) => one.ProtectedFromScaleIn)) return;
  const why = 'Could not scale to desired capacity because all remaining instances are protected from scale-in.';
  beginActivity(region.autoscaling, region.place, { group, description: why })({
    StatusCode: 'Failed',
    StatusMessage: why,
  });
}

/** Terminating:Wait for as long as a lifecycle hook wants, then terminated, then no member any more. */
function terminateOne(region: Region, group: AutoScalingGroup, member: Instance): void {
  const { autoscaling, ec2, place } = region;
  const { clock, durations } = place.world;
  const id = member.InstanceId ?? '';
  const drain = autoscaling.drains.get(group.AutoScalingGroupName ?? '') ?? 0;
  const end = beginActivity(autoscaling, place, { group, description: `Terminating EC2 instance: ${id}` });
  member.LifecycleState = drain > 0 ? 'Terminating:Wait' : 'Terminating';
  clock.after(drain, () => {
    member.LifecycleState = 'Terminating';
    const instance = ec2.instances.get(id);
    if (instance) beginTermination(ec2, instance);
    clock.after(durations.instanceTerminate, () => {
      group.Instances = (group.Instances ?? []).filter((one) => one.InstanceId !== id);
      end({ StatusCode: 'Successful' });
    });
  });
}

const zoneOf = ({ place }: Region, { AvailabilityZones }: AutoScalingGroup): string =>
  AvailabilityZones?.[0] ?? `${place.region}a`;

const memberOf = ({ Instances }: AutoScalingGroup, id: string): Instance | undefined =>
  Instances?.find((one) => one.InstanceId === id);
