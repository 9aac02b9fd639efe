import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  InstanceStatus,
  InstanceStatusEvent,
  InstanceStatusSummary,
} from '@aws-sdk/client-ec2';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Check, Ec2State } from '../../estate/ec2-state.ts';
import type { Operation } from '../service.ts';
import { ec2Page, findInstances, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

/** It has no tags to filter by. */
type Shown = InstanceStatus & { readonly Tags?: never };

const FIELDS: Fields<Shown> = {
  'attached-ebs-status.status': (one) => [one.AttachedEbsStatus?.Status],
  'availability-zone': (one) => [one.AvailabilityZone],
  'event.code': (one) => one.Events?.map(({ Code }) => Code) ?? [],
  'instance-state-name': (one) => [one.InstanceState?.Name],
  'instance-status.status': (one) => [one.InstanceStatus?.Status],
  'system-status.status': (one) => [one.SystemStatus?.Status],
};

/** Of running instances, unless all are asked for. What does not run has no checks. */
export const describeInstanceStatus: Operation<DescribeInstanceStatusRequest, DescribeInstanceStatusResult> = (
  input,
  { region: { ec2 } },
) => {
  const { InstanceIds = [], Filters, IncludeAllInstances = false } = input;
  refuseIdsWithMaxResults(InstanceIds, input, 'instancesSet');
  const asked = InstanceIds.length > 0 ? findInstances(ec2, InstanceIds) : [...ec2.instances.values()];
  const shown = asked.filter(({ State }) => IncludeAllInstances || State.Name === 'running');
  const found = shown.map((one): Shown => statusOf(ec2, one)).filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 1000, keyOf: ({ InstanceId = '' }) => InstanceId });
  return { InstanceStatuses: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

function statusOf(ec2: Ec2State, instance: StoredInstance): InstanceStatus {
  const { InstanceId, Placement, State } = instance;
  return {
    InstanceId,
    AvailabilityZone: Placement?.AvailabilityZone,
    InstanceState: State,
    Events: eventsOf(ec2, instance),
    SystemStatus: summaryOf(ec2, instance, 'system'),
    InstanceStatus: summaryOf(ec2, instance, 'instance'),
    AttachedEbsStatus: summaryOf(ec2, instance, 'attached-ebs'),
  };
}

const eventsOf = ({ scheduledEvents }: Ec2State, { InstanceId }: StoredInstance): InstanceStatusEvent[] =>
  scheduledEvents.get(InstanceId) ?? [];

/** After a start it takes minutes until the checks say something. */
function summaryOf({ impairments, place }: Ec2State, instance: StoredInstance, check: Check): InstanceStatusSummary {
  const { clock, durations } = place.world;
  const { InstanceId, LaunchTime = new Date(0), State } = instance;
  if (State.Name !== 'running') return { Status: 'not-applicable' };
  const found = impairments.get(InstanceId)?.find((one) => one.check === check);
  const detail = (Status: 'passed' | 'failed' | 'initializing') => ({ Name: 'reachability' as const, Status });
  if (found) return { Status: 'impaired', Details: [{ ...detail('failed'), ImpairedSince: found.since }] };
  const isNew = clock.now().getTime() - LaunchTime.getTime() < durations.statusChecks;
  return isNew
    ? { Status: 'initializing', Details: [detail('initializing')] }
    : { Status: 'ok', Details: [detail('passed')] };
}
