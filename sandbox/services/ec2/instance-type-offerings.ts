import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  InstanceTypeOffering,
  Tag,
} from '@aws-sdk/client-ec2';
import { MACHINES } from '../../catalogue/machine.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

const FIELDS: Fields<InstanceTypeOffering & { readonly Tags?: readonly Tag[] }> = {
  'instance-type': (one) => [one.InstanceType],
  location: (one) => [one.Location],
};

/** Which types are to be had where: in the region, or in each of its zones. */
export const describeInstanceTypeOfferings: Operation<
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult
> = (input, { region: { ec2 } }) => {
  const { LocationType = 'region', Filters } = input;
  const found = offerings(ec2, LocationType).filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 1000, keyOf: (one) => `${one.InstanceType} ${one.Location}` });
  return { InstanceTypeOfferings: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

function offerings(ec2: Ec2State, LocationType: string): InstanceTypeOffering[] {
  if (LocationType !== 'region' && LocationType !== 'availability-zone') {
    throw new AwsError('NotImplemented', `the sandbox lists offerings by region and zone, not by ${LocationType}`);
  }
  return MACHINES.flatMap(({ type }): InstanceTypeOffering[] => {
    const InstanceType = type as NonNullable<InstanceTypeOffering['InstanceType']>;
    const zones = ec2.zonesOffering(type);
    if (LocationType === 'availability-zone')
      return zones.map((Location) => ({ InstanceType, LocationType, Location }));
    return zones.length > 0 ? [{ InstanceType, LocationType, Location: ec2.place.region }] : [];
  });
}
