import type { DescribeRegionsRequest, DescribeRegionsResult, Region } from '@aws-sdk/client-ec2';
import { ENABLED_BY_DEFAULT, OPT_IN } from '../../estate/regions.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** The regions that the account may use; with AllRegions also those that it has not opted in to. */
export const describeRegions: Operation<DescribeRegionsRequest, DescribeRegionsResult> = (input, { account }) => {
  const known = [...ENABLED_BY_DEFAULT, ...OPT_IN];
  const unknown = input.RegionNames?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid region names: ${unknown}`);
  const shown = known
    .filter((name) => input.RegionNames?.includes(name) ?? true)
    .map(
      (name): Region => ({
        RegionName: name,
        Endpoint: `ec2.${name}.amazonaws.com`,
        OptInStatus: optIn(name, account.enabledRegions),
      }),
    );
  return { Regions: input.AllRegions ? shown : shown.filter((one) => one.OptInStatus !== 'not-opted-in') };
};

function optIn(name: string, enabled: ReadonlySet<string>): string {
  if (ENABLED_BY_DEFAULT.includes(name)) return 'opt-in-not-required';
  return enabled.has(name) ? 'opted-in' : 'not-opted-in';
}
