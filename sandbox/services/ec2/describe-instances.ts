import type { DescribeInstancesRequest, DescribeInstancesResult, Reservation } from '@aws-sdk/client-ec2';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Operation } from '../service.ts';
import { ec2Page, findInstances, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

const FIELDS: Fields<StoredInstance> = {
  'instance-id': (one) => [one.InstanceId],
  'instance-type': (one) => [one.InstanceType],
  'instance-state-name': (one) => [one.State.Name],
  'instance-state-code': (one) => [String(one.State.Code)],
  // On-Demand instances have no lifecycle at all, so no filter value finds them.
  'instance-lifecycle': (one) => [one.InstanceLifecycle],
  'availability-zone': (one) => [one.Placement?.AvailabilityZone],
  tenancy: (one) => [one.Placement?.Tenancy],
  architecture: (one) => [one.Architecture],
  platform: (one) => [one.Platform?.toLowerCase()],
  'platform-details': (one) => [one.PlatformDetails],
  'image-id': (one) => [one.ImageId],
  'root-device-type': (one) => [one.RootDeviceType],
  'vpc-id': (one) => [one.VpcId],
  'subnet-id': (one) => [one.SubnetId],
  'private-ip-address': (one) => [one.PrivateIpAddress],
  'ip-address': (one) => [one.PublicIpAddress],
  'reservation-id': (one) => [one.ReservationId],
  'operator.managed': (one) => [String(one.Operator?.Managed ?? false)],
};

export const describeInstances: Operation<DescribeInstancesRequest, DescribeInstancesResult> = (
  input,
  { account, region },
) => {
  const { InstanceIds = [], Filters } = input;
  refuseIdsWithMaxResults(InstanceIds, input, 'instancesSet');
  const asked = InstanceIds.length > 0 ? findInstances(region.ec2, InstanceIds) : [...region.ec2.instances.values()];
  const shown = asked.map((one) => ({ ...one, State: region.ec2.lagging.get(one.InstanceId) ?? one.State }));
  const found = shown.filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 1000, keyOf: (one) => one.ReservationId + one.InstanceId });
  return {
    Reservations: reservations(page.items, account.id),
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};

/** Instances that were launched together share a reservation; `instances` has them next to each other. */
function reservations(instances: readonly StoredInstance[], owner: string): Reservation[] {
  const grouped: Reservation[] = [];
  for (const instance of instances) {
    const last = grouped.at(-1);
    if (last?.ReservationId === instance.ReservationId) last.Instances!.push(instance);
    else grouped.push({ ReservationId: instance.ReservationId, OwnerId: owner, Groups: [], Instances: [instance] });
  }
  return grouped;
}
