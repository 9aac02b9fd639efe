import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import type { Power } from '../../core/calendar/course.ts';
import { SCHEDULE_TAG } from '../../core/calendar/schedule-tag.ts';
import type { Scope } from '../../core/identity.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';
import { groupCapacity } from '../capacities.ts';
import { groupIdentity } from '../identities.ts';
import { everyItem } from '../pages.ts';
import { tagsOf } from '../tags.ts';
import { using } from '../using.ts';
import type { Kind } from './kind.ts';

/** Auto Scaling groups, a hundred a call. */
export const groups: Kind = {
  list: (config, scope) =>
    using({ client: new AutoScalingClient(config) }, ({ client }) => {
      const Filters = [{ Name: 'tag-key', Values: [SCHEDULE_TAG] }];
      return everyItem(paginateDescribeAutoScalingGroups({ client, pageSize: 100 }, { Filters }), (page) =>
        page.AutoScalingGroups?.map((group) => scheduledGroup(group, scope)),
      );
    }),
  find: (config, scope, { arn, id }) =>
    using({ client: new AutoScalingClient(config) }, async ({ client }) => {
      const AutoScalingGroupNames = [arn.split(':autoScalingGroupName/')[1] ?? ''];
      const { AutoScalingGroups } = await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }));
      const [group] = AutoScalingGroups ?? [];
      return group && groupIdentity(group).id === id ? scheduledGroup(group, scope) : undefined;
    }),
};

function scheduledGroup(group: AutoScalingGroup, scope: Scope): ScheduledResource {
  const capacity = groupCapacity(group);
  const power = powerOf(group);
  const left = power.power === 'stopped' ? undefined : leftBecause(group);
  return {
    type: 'auto-scaling-group',
    identity: groupIdentity(group),
    name: group.AutoScalingGroupName ?? '',
    scope,
    tags: tagsOf(group.Tags),
    what: describe(group),
    capacity,
    power,
    ...shortOf(group),
    ...(left ? { leftBecause: left } : {}),
  };
}

/** Fewer in service than it wants. */
function shortOf({ DesiredCapacity = 0, Instances = [] }: AutoScalingGroup): Pick<ScheduledResource, 'short'> {
  const inService = Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length;
  return inService < DesiredCapacity ? { short: `${inService} of ${DesiredCapacity} in service` } : {};
}

/** By what it wants: how many instances there are just now is its own business, until it wants none. */
function powerOf({ Status, DesiredCapacity = 0, Instances = [] }: AutoScalingGroup): Power {
  if (Status) return { power: 'changing' }; // the only one that there is: it is being deleted
  if (DesiredCapacity > 0) return { power: 'running' };
  return { power: Instances.some(({ LifecycleState }) => isLeaving(LifecycleState)) ? 'changing' : 'stopped' };
}

/** Neither in a warm pool nor on standby, which both may stay in a group that wants nothing. */
const isLeaving = (state = ''): boolean => !/^Warmed|Standby$/.test(state);

/** What would keep its instances, or bring them back. */
function leftBecause({ Tags, SuspendedProcesses = [], Instances = [] }: AutoScalingGroup): string | undefined {
  const tags = tagsOf(Tags);
  const owner = OWNERS.find(([tag]) => tags[tag] !== undefined);
  if (owner) return `${owner[1]} sizes it (tag ${owner[0]})`;
  const suspended = SuspendedProcesses.map(({ ProcessName = '' }) => ProcessName).filter((name) => NEEDED.has(name));
  if (suspended.length > 0) return `its process ${suspended.join(' and ')} is suspended`;
  const held = Instances.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn).length;
  return held > 0 ? `${held} of its instances are protected from scale-in` : undefined;
}

/** Who takes the sizes of their groups for their own, by the tag that they set. */
const OWNERS = [
  ['eks:nodegroup-name', 'EKS'],
  ['AWSBatchServiceTag', 'AWS Batch'],
] as const;

/** Without them a group can be emptied but not filled again, or not emptied. */
const NEEDED: ReadonlySet<string> = new Set(['Launch', 'Terminate']);

/** `3 x m5.large`; of a group without instances, what it is. */
function describe({ Instances = [] }: AutoScalingGroup): string {
  const types = Map.groupBy(Instances, ({ InstanceType = 'instance' }) => InstanceType);
  return [...types].map(([type, { length }]) => `${length} x ${type}`).join(' and ') || 'Auto Scaling group';
}
