import type {
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult,
  Tag,
  VolumeModification,
} from '@aws-sdk/client-ec2';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';
import { findVolumes } from './volumes.ts';

const FIELDS: Fields<VolumeModification & { readonly Tags?: readonly Tag[] }> = {
  'modification-state': (one) => [one.ModificationState],
  'original-volume-type': (one) => [one.OriginalVolumeType],
  'target-volume-type': (one) => [one.TargetVolumeType],
  'volume-id': (one) => [one.VolumeId],
};

/** The latest modification of each volume that was ever modified. */
export const describeVolumesModifications: Operation<
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult
> = (input, { region: { ec2 } }) => {
  const { VolumeIds = [], Filters } = input;
  refuseIdsWithMaxResults(VolumeIds, input, 'volumesSet');
  const all = [...ec2.modifications.values()].map((of) => of.at(-1)!);
  const found = (VolumeIds.length > 0 ? latestOf(ec2, VolumeIds) : all).filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 500, keyOf: (one) => one.VolumeId ?? '' });
  return { VolumesModifications: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

function latestOf(ec2: Ec2State, ids: readonly string[]): VolumeModification[] {
  return findVolumes(ec2, ids).map(({ VolumeId }) => {
    const latest = ec2.modifications.get(VolumeId)?.at(-1);
    if (latest) return latest;
    throw new AwsError('InvalidVolumeModification.NotFound', `Modification for volume '${VolumeId}' does not exist.`);
  });
}
