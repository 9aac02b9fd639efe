import { groupIdentity, serviceIdentity, warehouseIdentity } from '../../shared/aws/identities.ts';
import type { Action } from '../../shared/core/action.ts';
import type { Identity } from '../../shared/core/identity.ts';
import type { GroupCapacity, ServiceCapacity } from '../../shared/core/off-hours/action.ts';
import type { Stage, Subject } from './subjects.ts';

/** What the tests' group and service are before they are stopped. */
export const THREE: GroupCapacity = { min: 2, desired: 3, max: 6 };
export const NOTHING: GroupCapacity = { min: 0, desired: 0, max: 0 };
export const TASKS: ServiceCapacity = { desired: 3, scaling: { min: 2, max: 6 } };
export const SERVICE_ID = 'service/shop/web';

/** A group of three instances, or one that stands at nothing. */
export function aGroup({ home }: Stage, { min, desired, max }: GroupCapacity = THREE) {
  const { autoscaling, ec2 } = home;
  const sizes = { MinSize: min, DesiredCapacity: desired, MaxSize: max };
  const make = () => autoscaling.addGroup({ AutoScalingGroupName: 'web', ...sizes });
  const first = make();
  autoscaling.join(
    first,
    Array.from({ length: desired }, () => ec2.addInstance({ InstanceType: 'm7g.large' })),
  );
  const now = () => autoscaling.groups.get('web');
  const subject: Subject = {
    identity: groupIdentity(first),
    state: () => `${now()?.DesiredCapacity ?? 'gone'}`,
    become: (size) => {
      const [min, desired, max] = size.split('-').map(Number);
      Object.assign(first, {
        MinSize: min,
        DesiredCapacity: desired,
        MaxSize: max,
        ...(desired === 0 && { Instances: [] }),
      });
    },
    vanish: () => void autoscaling.groups.delete('web'),
    replace: () => void make(),
  };
  return { ...subject, stored: first };
}

/** A service of three tasks that is scaled between two and six, or one that stands at nothing. */
export function aService({ home, sandbox }: Stage, desired = 3) {
  const { ecs, applicationAutoScaling } = home;
  const make = () => ecs.addService({ serviceName: 'web', cluster: 'shop', desiredCount: desired });
  const first = make();
  const suspended = desired === 0;
  const target = applicationAutoScaling.addTarget({
    ResourceId: SERVICE_ID,
    MinCapacity: 2,
    MaxCapacity: 6,
    SuspendedState: {
      DynamicScalingInSuspended: suspended,
      DynamicScalingOutSuspended: suspended,
      ScheduledScalingSuspended: suspended,
    },
  });
  const subject: Subject = {
    identity: serviceIdentity(first),
    state: () => `${ecs.services.get(first.serviceArn)?.desiredCount ?? 'gone'}`,
    become: (tasks) => {
      Object.assign(first, { desiredCount: Number(tasks), runningCount: Number(tasks) });
      const all = Number(tasks) === 0;
      target.SuspendedState = {
        DynamicScalingInSuspended: all,
        DynamicScalingOutSuspended: all,
        ScheduledScalingSuspended: all,
      };
    },
    vanish: () => void ecs.services.delete(first.serviceArn),
    replace: () => {
      sandbox.clock.advance({ minutes: 1 });
      make();
    },
  };
  return { ...subject, stored: first, target };
}

export function aWarehouse({ home }: Stage, status = 'available') {
  const { redshift } = home;
  const make = () => redshift.addCluster({ ClusterIdentifier: 'dw', ClusterStatus: status });
  const first = make();
  const subject: Subject = {
    identity: warehouseIdentity(home.place, first),
    state: () => redshift.clusters.get('dw')?.ClusterStatus ?? 'gone',
    become: (now) => {
      first.ClusterStatus = now;
    },
    vanish: () => void redshift.clusters.delete('dw'),
    replace: () => void make(),
  };
  return { ...subject, stored: first };
}

export const stopGroup = (group: Identity, expect: GroupCapacity = THREE): Action => ({
  kind: 'stop-auto-scaling-group',
  group,
  expect,
});

export const startGroup = (group: Identity, restore: GroupCapacity = THREE): Action => ({
  kind: 'start-auto-scaling-group',
  group,
  restore,
});

export const stopService = (service: Identity, expect: ServiceCapacity = TASKS): Action => ({
  kind: 'stop-service',
  service,
  expect,
});

export const startService = (service: Identity, restore: ServiceCapacity = TASKS): Action => ({
  kind: 'start-service',
  service,
  restore,
});

export const pauseWarehouse = (warehouse: Identity): Action => ({ kind: 'pause-warehouse', warehouse });
export const resumeWarehouse = (warehouse: Identity): Action => ({ kind: 'resume-warehouse', warehouse });
