import type { ScalableTarget } from '@aws-sdk/client-application-auto-scaling';
import { hex } from '../random.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

export type ScalableTargetSpec = Seed<ScalableTarget> & { readonly ResourceId: string };

/** Application Auto Scaling of one account and region: what may be scaled, and between which bounds. No policies. */
export class ApplicationAutoScalingState {
  readonly targets = new Map<string, ScalableTarget>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Adds the target of an ECS service, `service/<cluster>/<name>`, unless the dimension says otherwise. */
  addTarget(spec: ScalableTargetSpec): ScalableTarget {
    const { account, region, world } = this.#place;
    const target: ScalableTarget = {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      MinCapacity: 1,
      MaxCapacity: 10,
      RoleARN: `arn:aws:iam::${account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
      CreationTime: world.clock.now(),
      SuspendedState: {
        DynamicScalingInSuspended: false,
        DynamicScalingOutSuspended: false,
        ScheduledScalingSuspended: false,
      },
      ScalableTargetARN: `arn:aws:application-autoscaling:${region}:${account}:scalable-target/${hex(world.random, 32)}`,
      ...spec,
    };
    this.targets.set(targetKey(target), target);
    return target;
  }
}

/** A resource may have several dimensions. */
export const targetKey = ({
  ResourceId,
  ScalableDimension,
}: {
  readonly ResourceId?: string | undefined;
  readonly ScalableDimension?: string | undefined;
}): string => `${ResourceId} ${ScalableDimension}`;
