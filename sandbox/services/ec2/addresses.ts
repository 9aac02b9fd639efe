import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
} from '@aws-sdk/client-ec2';
import { associate, type StoredAddress } from '../../estate/ec2-address.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findInstances } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

const FIELDS: Fields<StoredAddress> = {
  'allocation-id': (one) => [one.AllocationId],
  'association-id': (one) => [one.AssociationId],
  'instance-id': (one) => [one.InstanceId],
  'public-ip': (one) => [one.PublicIp],
  domain: (one) => [one.Domain],
};

/** Elastic IPs; this listing has no pages. */
export const describeAddresses: Operation<DescribeAddressesRequest, DescribeAddressesResult> = (input, { region }) => {
  const all = [...region.ec2.addresses.values()];
  const unknown = input.AllocationIds?.find((id) => !region.ec2.addresses.has(id));
  if (unknown !== undefined) throw notFound(unknown);
  const asked = all.filter((one) => input.AllocationIds?.includes(one.AllocationId) ?? true);
  return { Addresses: asked.filter(filterBy(input.Filters, FIELDS)) };
};

export const allocateAddress: Operation<AllocateAddressRequest, AllocateAddressResult> = (_, { region }) =>
  region.ec2.addAddress();

export const associateAddress: Operation<AssociateAddressRequest, AssociateAddressResult> = (input, { region }) => {
  const { AllocationId = '', InstanceId = '' } = input;
  const address = region.ec2.addresses.get(AllocationId);
  if (!address) throw notFound(AllocationId);
  const [instance] = findInstances(region.ec2, [InstanceId]);
  associate(region.place, address, instance!);
  return { AssociationId: address.AssociationId };
};

const notFound = (id: string): AwsError =>
  new AwsError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
