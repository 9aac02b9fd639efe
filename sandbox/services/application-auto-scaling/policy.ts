import type { Region } from '../../estate/account.ts';
import { targetKey } from '../../estate/application-auto-scaling-state.ts';
import { moveToDesired } from '../ecs/task-counts.ts';

/** What a scaling policy does that wants so many tasks: as far as the bounds of the target and its suspensions let it. */
export function scaleService({ ecs, applicationAutoScaling }: Region, resourceId: string, tasks: number): void {
  const target = applicationAutoScaling.targets.get(
    targetKey({ ResourceId: resourceId, ScalableDimension: 'ecs:service:DesiredCount' }),
  );
  const service = [...ecs.services.values()].find(({ serviceArn }) => serviceArn.endsWith(`:${resourceId}`));
  if (!target || !service) throw new Error(`nothing scales ${resourceId}`);
  const { MinCapacity = 0, MaxCapacity = 0, SuspendedState = {} } = target;
  const wanted = Math.min(Math.max(tasks, MinCapacity), MaxCapacity);
  const isOut = wanted > service.desiredCount;
  if (isOut ? SuspendedState.DynamicScalingOutSuspended : SuspendedState.DynamicScalingInSuspended) return;
  service.desiredCount = wanted;
  moveToDesired(ecs, service);
}
