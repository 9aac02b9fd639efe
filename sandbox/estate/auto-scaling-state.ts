import type { Activity, AutoScalingGroup, Instance, LifecycleState } from '@aws-sdk/client-auto-scaling';
import { hex } from '../random.ts';
import type { StoredInstance } from './ec2-shapes.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

export type AutoScalingGroupSpec = Seed<AutoScalingGroup> & {
  readonly AutoScalingGroupName: string;
  /** Ids of member instances, listed as healthy and in service. */
  readonly instanceIds?: readonly string[];
  /** What it launches. Default: m7g.large. */
  readonly instanceType?: string;
};

/** Auto Scaling groups of one account and region. They launch and terminate what an update wants, and replace nothing. */
export class AutoScalingState {
  readonly groups = new Map<string, AutoScalingGroup>();
  /** What each group has done, newest first, by the group's name. */
  readonly activities = new Map<string, Activity[]>();
  /** What each group launches, by its name. */
  readonly instanceTypes = new Map<string, string>();
  /** How long instances that are to go wait for a lifecycle hook, in milliseconds, by the group's name. */
  readonly drains = new Map<string, number>();
  /** Why launches fail, as the activity says it, by the group's name. */
  readonly failingLaunches = new Map<string, string>();
  /** What calls off the next try of a group whose launch failed, by its name. */
  readonly retries = new Map<string, () => void>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  addGroup({ instanceIds = [], instanceType = 'm7g.large', ...spec }: AutoScalingGroupSpec): AutoScalingGroup {
    const { account, region, world } = this.#place;
    const name = spec.AutoScalingGroupName;
    const zone = spec.AvailabilityZones?.[0] ?? `${region}a`;
    const id = [8, 4, 4, 4, 12].map((length) => hex(world.random, length)).join('-');
    const group: AutoScalingGroup = {
      AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:${id}:autoScalingGroupName/${name}`,
      MinSize: 0,
      MaxSize: Math.max(instanceIds.length, 1),
      DesiredCapacity: instanceIds.length,
      DefaultCooldown: 300,
      AvailabilityZones: [zone],
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 300,
      CreatedTime: world.clock.now(),
      SuspendedProcesses: [],
      NewInstancesProtectedFromScaleIn: false,
      TerminationPolicies: ['Default'],
      Tags: [],
      Instances: instanceIds.map((instanceId) => inService(instanceId, zone)),
      ...spec,
    };
    this.groups.set(name, group);
    this.instanceTypes.set(name, instanceType);
    return group;
  }

  /** Adds members; as in AWS, the tag `aws:autoscaling:groupName` on an instance names its group. */
  join(group: AutoScalingGroup, instances: readonly StoredInstance[], as: LifecycleState = 'InService'): void {
    const name = group.AutoScalingGroupName ?? '';
    for (const instance of instances) {
      const zone = instance.Placement?.AvailabilityZone ?? `${this.#place.region}a`;
      const { InstanceId, InstanceType } = instance;
      const member = { ...inService(InstanceId, zone), InstanceType, LifecycleState: as };
      group.Instances = [...(group.Instances ?? []), member];
      instance.Tags = [...instance.Tags, { Key: 'aws:autoscaling:groupName', Value: name }];
    }
  }
}

const inService = (instanceId: string, zone: string): Instance => ({
  InstanceId: instanceId,
  AvailabilityZone: zone,
  LifecycleState: 'InService',
  HealthStatus: 'Healthy',
  ProtectedFromScaleIn: false,
});
