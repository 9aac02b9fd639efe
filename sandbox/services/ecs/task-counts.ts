import type { EcsState, StoredService } from '../../estate/ecs-state.ts';

/** Moves a service towards its desired count. What it was on the way to before is called off. */
export function moveToDesired(ecs: EcsState, service: StoredService): void {
  const { clock, durations } = ecs.place.world;
  const later = (span: number, what: () => void) => void ecs.moves.set(service.serviceArn, clock.after(span, what));
  ecs.moves.get(service.serviceArn)?.();
  service.pendingCount = 0;
  const missing = service.desiredCount - service.runningCount;
  const refusal = missing > 0 ? whyNoTasks(ecs, service) : undefined;
  if (refusal !== undefined) {
    ecs.say(service, refusal);
    later(durations.taskRetry, () => moveToDesired(ecs, service));
  } else if (missing > 0) {
    service.pendingCount = missing;
    ecs.say(service, `has started ${missing} tasks.`);
    later(durations.taskStart, () => arrive(ecs, service));
  } else if (missing < 0) {
    ecs.say(service, `has stopped ${-missing} running tasks.`);
    later(durations.taskStop, () => arrive(ecs, service));
  }
}

function arrive(ecs: EcsState, service: StoredService): void {
  service.runningCount = service.desiredCount;
  service.pendingCount = 0;
  ecs.say(service, 'has reached a steady state.');
}

const NO_CAPACITY =
  'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.';

const whyNoTasks = ({ noCapacity, failingTasks }: EcsState, { serviceName }: StoredService): string | undefined =>
  noCapacity.has(serviceName) ? NO_CAPACITY : failingTasks.get(serviceName);
