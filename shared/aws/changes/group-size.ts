import {
  type Activity,
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  type Instance,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { canonicalJson } from '../../core/canonical.ts';
import type { Identity } from '../../core/identity.ts';
import type { GroupCapacity } from '../../core/off-hours/action.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { groupCapacity } from '../capacities.ts';
import { AccessDeniedError, isDenied } from '../errors.ts';
import { groupIdentity } from '../identities.ts';
import { ask, type Verdict } from './ask.ts';
import { notAsExpected, RefusedError } from './refused.ts';

/**
 * Sets an Auto Scaling group to nothing and back. The largest size goes to nothing too, so that no scaling policy brings an
 * instance back meanwhile. Auto Scaling takes names only, and a name may be given to another group; so the ARN, which
 * holds a UUID, is compared just before the call.
 */
export interface Sizing {
  readonly autoScaling: AutoScalingClient;
  readonly group: Identity;
}

/** @param expect absent: whatever size it has by now */
export const emptyGroupNow = (sizing: Sizing, expect?: GroupCapacity): Promise<Asked> =>
  ask({
    look: () => lookAt(sizing),
    judge: (seen) => judgeEmptying(seen, expect),
    mutate: () => resize(sizing, { min: 0, desired: 0, max: 0 }),
  });

export const fillGroupNow = (sizing: Sizing, restore: GroupCapacity): Promise<Asked> =>
  ask({
    look: () => lookAt(sizing),
    judge: judgeFilling,
    mutate: () => resize(sizing, restore),
  });

/** Empty means that nothing of what it keeps in service is left; the instances may have to wait for a lifecycle hook. */
export async function groupEmpty(sizing: Sizing): Promise<Progress> {
  const seen = await lookAt(sizing);
  if (seen instanceof RefusedError) return { state: 'failed', because: seen.message };
  if (seen.DesiredCapacity !== 0) return { state: 'failed', because: isSetTo(seen) };
  const [left, ...more] = kept(seen);
  if (!left) return { state: 'done' };
  const held = whyHeld(seen);
  if (held) return { state: 'failed', because: held };
  return { state: 'pending', seen: `${1 + more.length} instances left, ${left.LifecycleState}` };
}

/**
 * Full means that as much is in service as it wants now, which a scaling policy may have changed since. A launch that fails
 * shows in the newest activity only, and Auto Scaling goes on trying by itself.
 */
export async function groupFull(sizing: Sizing): Promise<Progress> {
  const seen = await lookAt(sizing);
  if (seen instanceof RefusedError) return { state: 'failed', because: seen.message };
  const wanted = seen.DesiredCapacity ?? 0;
  if (wanted === 0) return { state: 'failed', because: isSetTo(seen) };
  const there = weightOf(kept(seen).filter(({ LifecycleState }) => LifecycleState === 'InService'));
  if (there >= wanted) return { state: 'done' };
  const says = `${there} of ${wanted} in service`;
  const { StatusCode = '', StatusMessage = '' } = (await newestActivity(sizing)) ?? {};
  if (!FAILED.has(StatusCode)) return { state: 'pending', seen: says };
  const because = `${says}: ${StatusMessage}`;
  return { state: 'failed', because, ...(NO_CAPACITY.test(StatusMessage) ? { retryable: true } : {}) };
}

/** How a launch ends that comes to nothing. */
const FAILED = new Set(['Failed', 'Cancelled']);

/** The sentence of EC2's InsufficientInstanceCapacity, as it is in the activities of a group. */
const NO_CAPACITY = /sufficient .*capacity|InsufficientInstanceCapacity/i;

const isSetTo = ({ DesiredCapacity = 0 }: AutoScalingGroup): string => `it is set to ${DesiredCapacity} by now`;

function judgeEmptying(seen: AutoScalingGroup, expect: GroupCapacity | undefined): Verdict {
  const capacity = groupCapacity(seen);
  if (capacity.desired === 0) return 'done';
  if (expect && canonicalJson(capacity) !== canonicalJson(expect)) {
    return notAsExpected(`changed since: it is ${inWords(capacity)}, not ${inWords(expect)}`, { untimely: true });
  }
  const held = whyHeld(seen);
  return held ? notAsExpected(held) : 'ask';
}

/** One that has instances has been started by somebody, and keeps the size that they gave it. */
function judgeFilling(seen: AutoScalingGroup): Verdict {
  if (seen.DesiredCapacity !== 0) return 'done';
  return isSuspended(seen, 'Launch') ? notAsExpected('its process Launch is suspended') : 'ask';
}

/** Why its instances would stay. */
function whyHeld(seen: AutoScalingGroup): string | undefined {
  if (isSuspended(seen, 'Terminate')) return 'its process Terminate is suspended';
  const held = kept(seen).filter((one) => one.ProtectedFromScaleIn);
  return held.length > 0 ? `${held.length} of its instances are protected from scale-in` : undefined;
}

const isSuspended = ({ SuspendedProcesses = [] }: AutoScalingGroup, process: string): boolean =>
  SuspendedProcesses.some(({ ProcessName }) => ProcessName === process);

/** Its instances, but for those that wait in its warm pool and those that somebody has put on standby. */
const kept = ({ Instances = [] }: AutoScalingGroup): Instance[] =>
  Instances.filter(({ LifecycleState = '' }) => !/^Warmed|Standby$/.test(LifecycleState));

/** The capacity of a group may be counted in other units than instances. */
const weightOf = (instances: readonly Instance[]): number =>
  instances.reduce((sum, { WeightedCapacity }) => sum + Number(WeightedCapacity ?? 1), 0);

const inWords = ({ min, desired, max }: GroupCapacity): string => `${desired} within ${min} to ${max}`;

const resize = ({ autoScaling, group }: Sizing, { min, desired, max }: GroupCapacity) =>
  autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: nameIn(group),
      MinSize: min,
      DesiredCapacity: desired,
      MaxSize: max,
    }),
  );

/** The name behind `autoScalingGroupName/`, which may have slashes. */
const nameIn = ({ arn }: Identity): string => arn.split(':autoScalingGroupName/')[1] ?? '';

/** The group as it is now, or why there is nothing to be done with it. @throws {AccessDeniedError} */
async function lookAt({ autoScaling, group }: Sizing): Promise<AutoScalingGroup | RefusedError> {
  const AutoScalingGroupNames = [nameIn(group)];
  const reply = await seeing(autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames })));
  const [seen] = reply.AutoScalingGroups ?? [];
  if (!seen) return notAsExpected('it is gone');
  if (groupIdentity(seen).id !== group.id) return notAsExpected('another group carries its name');
  return seen.Status ? notAsExpected('it is being deleted') : seen;
}

/** What goes on comes before what is over. */
async function newestActivity({ autoScaling, group }: Sizing): Promise<Activity | undefined> {
  const ask = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: nameIn(group), MaxRecords: 1 });
  return (await seeing(autoScaling.send(ask))).Activities?.[0];
}

async function seeing<T>(looking: Promise<T>): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError('may not look at the group', error);
    throw error;
  }
}
