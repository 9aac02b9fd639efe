import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { Service } from '@aws-sdk/client-ecs';
import type { Arn } from '../core/identity.ts';
import { type GroupCapacity, type ServiceCapacity, SUSPENSIONS, type Suspension } from '../core/off-hours/action.ts';

/** How large a thing is that is stopped by setting it to nothing, as whoever proposes and whoever acts have to agree on it. */

export const groupCapacity = ({ MinSize, DesiredCapacity, MaxSize }: AutoScalingGroup): GroupCapacity => ({
  min: MinSize ?? 0,
  desired: DesiredCapacity ?? 0,
  max: MaxSize ?? 0,
});

/** @param target the scalable target of the service, if it has one */
export function serviceCapacity({ desiredCount = 0 }: Service, target: ScalableTarget | undefined): ServiceCapacity {
  if (!target) return { desired: desiredCount };
  const { MinCapacity = 0, MaxCapacity = 0, SuspendedState = {} } = target;
  const suspended = SUSPENSIONS.filter((one) => SuspendedState[SUSPENDED[one]]);
  const scaling = { min: MinCapacity, max: MaxCapacity, ...(suspended.length > 0 ? { suspended } : {}) };
  return { desired: desiredCount, scaling };
}

/** What Application Auto Scaling calls it. */
export const SUSPENDED = {
  in: 'DynamicScalingInSuspended',
  out: 'DynamicScalingOutSuspended',
  scheduled: 'ScheduledScalingSuspended',
} as const satisfies Record<Suspension, string>;

/** Why the number of a service's tasks is not to be touched, or is none. */
export function whoseTasks({ schedulingStrategy, deploymentController }: Service): string | undefined {
  if (schedulingStrategy === 'DAEMON') return 'it is a daemon: it has one task on every instance';
  if (deploymentController?.type === 'EXTERNAL') return 'another controller deploys it';
  return deploymentController?.type === 'CODE_DEPLOY' ? 'CodeDeploy deploys it' : undefined;
}

/** The id under which Application Auto Scaling knows an ECS service: `service/<cluster>/<name>`. */
export const scalableIdOf = (service: Arn): string => service.split(':').at(-1) ?? '';

/** What Application Auto Scaling moves of an ECS service. */
export const TASKS = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;
