import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { canonicalJson } from '../../core/canonical.ts';
import {
  isLeftSuspended,
  isSuspended,
  type ServiceCapacity,
  SUSPENSIONS,
  type Suspension,
} from '../../core/off-hours/action.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { SUSPENDED, scalableIdOf, TASKS, whoseTasks } from '../capacities.ts';
import { ask, type Verdict } from './ask.ts';
import { isRefusal, notAsExpected, RefusedError } from './refused.ts';
import { lookAtService, namesIn, type ServiceSeen, type Tasking } from './service-looks.ts';

/**
 * Sets an ECS service to no tasks and back. What scales it is suspended first, and resumed before it comes back: so no scaling
 * policy and no scheduled scaling moves it meanwhile, and its bounds stay where they are, wherever this is broken off. What
 * is due follows from what is seen alone. ECS takes names only; so the time of its making is compared just before the call.
 */

/** @param expect absent: whatever size it has by now */
export const emptyServiceNow = (tasking: Tasking, expect?: ServiceCapacity): Promise<Asked> =>
  ask({
    look: () => lookAtService(tasking),
    judge: (seen) => judgeEmptying(seen, expect),
    mutate: (seen) => empty(tasking, expect ?? seen.capacity),
  });

export const fillServiceNow = (tasking: Tasking, restore: ServiceCapacity): Promise<Asked> =>
  ask({
    look: () => lookAtService(tasking),
    judge: (seen) => judgeFilling(seen, restore),
    mutate: (seen) => fill(tasking, seen, restore),
  });

/** Empty means that no task of it is left; a load balancer may take minutes to let go of them. */
export async function serviceEmpty(tasking: Tasking): Promise<Progress> {
  const seen = await lookAtService(tasking);
  if (seen instanceof RefusedError) return { state: 'failed', because: seen.message };
  if (seen.capacity.desired !== 0) return { state: 'failed', because: isSetTo(seen) };
  const left = (seen.service.runningCount ?? 0) + (seen.service.pendingCount ?? 0);
  return left === 0 ? { state: 'done' } : { state: 'pending', seen: `${left} tasks left` };
}

/**
 * Full means that as many tasks run as it wants now, which a scaling policy may have changed since. What keeps tasks from
 * starting shows in its newest event only, and ECS goes on trying by itself.
 */
export async function serviceFull(tasking: Tasking): Promise<Progress> {
  const seen = await lookAtService(tasking);
  if (seen instanceof RefusedError) return { state: 'failed', because: seen.message };
  const { desired } = seen.capacity;
  if (desired === 0) return { state: 'failed', because: isSetTo(seen) };
  const { runningCount = 0, events = [] } = seen.service;
  if (runningCount >= desired) return { state: 'done' };
  const says = `${runningCount} of ${desired} tasks run`;
  const event = (events[0]?.message ?? '').replace(/^\(service [^)]*\) /, '');
  if (NO_CAPACITY.test(event)) return { state: 'failed', because: `${says}: ${event}`, retryable: true };
  if (FAILING.test(event)) return { state: 'failed', because: `${says}: ${event}` };
  return { state: 'pending', seen: WAITING.test(event) ? `${says}: ${event}` : says };
}

/** What ECS says in its events, https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const NO_CAPACITY = /capacity is unavailable/i;
const FAILING = /unable to consistently start tasks|failed to launch/i;
/** For an instance that comes up only now. */
const WAITING = /unable to place a task/i;

const isSetTo = ({ capacity }: ServiceSeen): string => `it is set to ${capacity.desired} by now`;

function judgeEmptying({ service, capacity }: ServiceSeen, expect: ServiceCapacity | undefined): Verdict {
  if (capacity.desired === 0) return 'done';
  const owner = whoseTasks(service);
  if (owner) return notAsExpected(owner);
  if (!expect || isAs(capacity, expect)) return 'ask';
  return notAsExpected(`changed since: it is ${inWords(capacity)}, not ${inWords(expect)}`, { untimely: true });
}

/** Its scaling may have been suspended by a try before this one. */
function isAs({ scaling, desired }: ServiceCapacity, expect: ServiceCapacity): boolean {
  const before = scaling && isSuspended(scaling) ? { ...scaling, suspended: expect.scaling?.suspended } : scaling;
  return canonicalJson({ desired, scaling: before }) === canonicalJson(expect);
}

/** One that has tasks has been started by somebody, and keeps their number; what scales it is resumed all the same. */
function judgeFilling({ service, capacity }: ServiceSeen, restore: ServiceCapacity): Verdict {
  if (capacity.desired !== 0) return isLeftSuspended(capacity, restore) ? 'ask' : 'done';
  const owner = whoseTasks(service);
  return owner ? notAsExpected(owner) : 'ask';
}

const inWords = ({ desired, scaling }: ServiceCapacity): string =>
  scaling ? `${desired} within ${scaling.min} to ${scaling.max}` : `${desired}`;

/** A refusal leaves it as it was; after an outage nobody knows, and it is repeated. */
async function empty(tasking: Tasking, { scaling }: ServiceCapacity): Promise<void> {
  if (scaling) await suspend(tasking, SUSPENSIONS);
  try {
    await setTasks(tasking, 0);
  } catch (error) {
    if (scaling && isRefusal(error)) await suspend(tasking, scaling.suspended ?? []);
    throw error;
  }
}

async function fill(tasking: Tasking, { capacity }: ServiceSeen, restore: ServiceCapacity): Promise<void> {
  if (isLeftSuspended(capacity, restore)) await suspend(tasking, restore.scaling?.suspended ?? []);
  if (capacity.desired === 0) await setTasks(tasking, restore.desired);
}

const setTasks = ({ ecs, service }: Tasking, desiredCount: number) =>
  ecs.send(new UpdateServiceCommand({ ...namesIn(service), desiredCount }));

/** Suspends these and resumes the others. What is not named here stays as it is: bounds, role, policies. */
const suspend = ({ applicationAutoScaling, service }: Tasking, which: readonly Suspension[]) =>
  applicationAutoScaling.send(
    new RegisterScalableTargetCommand({
      ...TASKS,
      ResourceId: scalableIdOf(service.arn),
      SuspendedState: Object.fromEntries(SUSPENSIONS.map((one) => [SUSPENDED[one], which.includes(one)])),
    }),
  );
