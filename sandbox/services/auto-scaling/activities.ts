import type {
  ActivitiesType,
  Activity,
  AutoScalingGroup,
  DescribeScalingActivitiesType,
} from '@aws-sdk/client-auto-scaling';
import type { AutoScalingState } from '../../estate/auto-scaling-state.ts';
import type { Place } from '../../estate/place.ts';
import { hex } from '../../random.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { checkMaxRecords, invalidToken } from './limits.ts';

/** A page of up to a hundred: what goes on first, then what is over, newest first. */
export const describeScalingActivities: Operation<DescribeScalingActivitiesType, ActivitiesType> = (
  { AutoScalingGroupName: name, MaxRecords = 100, NextToken },
  { region: { autoscaling } },
) => {
  checkMaxRecords(MaxRecords, 100);
  const all =
    name === undefined ? [...autoscaling.activities.values()].flat() : (autoscaling.activities.get(name) ?? []);
  const ordered = [...all.filter((one) => !one.EndTime), ...all.filter((one) => one.EndTime)];
  const places = new Map(ordered.map((one, index) => [one, String(index).padStart(6, '0')]));
  const page = pageOf(ordered, {
    limit: MaxRecords,
    token: NextToken,
    keyOf: (one) => places.get(one) ?? '',
    invalidToken,
  });
  return { Activities: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

/** Something that the group begins to do; it is over when it `end`s. */
export function beginActivity(
  autoscaling: AutoScalingState,
  { account: _, world: { clock, random } }: Place,
  { group, description }: { readonly group: AutoScalingGroup; readonly description: string },
): (how: Pick<Activity, 'StatusCode' | 'StatusMessage'>) => void {
  const name = group.AutoScalingGroupName ?? '';
  const activity: Activity = {
    ActivityId: [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-'),
    AutoScalingGroupName: name,
    AutoScalingGroupARN: group.AutoScalingGroupARN,
    Description: description,
    Cause: `At ${clock.now().toISOString()} a difference between desired and actual capacity was met.`,
    StartTime: clock.now(),
    StatusCode: 'InProgress',
    Progress: 30,
  };
  autoscaling.activities.set(name, [activity, ...(autoscaling.activities.get(name) ?? [])]);
  return (how) => void Object.assign(activity, { EndTime: clock.now(), Progress: 100, ...how });
}
