import type { DescribeVolumesRequest, DescribeVolumesResult } from '@aws-sdk/client-ec2';
import type { StoredVolume } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

const FIELDS: Fields<StoredVolume> = {
  'attachment.instance-id': ({ Attachments = [] }) => Attachments.map((one) => one.InstanceId),
  'attachment.device': ({ Attachments = [] }) => Attachments.map((one) => one.Device),
  'attachment.status': ({ Attachments = [] }) => Attachments.map((one) => one.State),
  'attachment.delete-on-termination': ({ Attachments = [] }) =>
    Attachments.map((one) => String(one.DeleteOnTermination)),
  'availability-zone': (one) => [one.AvailabilityZone],
  encrypted: (one) => [String(one.Encrypted)],
  size: (one) => [String(one.Size)],
  status: (one) => [one.State],
  'volume-id': (one) => [one.VolumeId],
  'volume-type': (one) => [one.VolumeType],
};

export const describeVolumes: Operation<DescribeVolumesRequest, DescribeVolumesResult> = (input, { region }) => {
  const { VolumeIds = [], Filters } = input;
  refuseIdsWithMaxResults(VolumeIds, input, 'volumesSet');
  const asked = VolumeIds.length > 0 ? findVolumes(region.ec2, VolumeIds) : [...region.ec2.volumes.values()];
  const found = asked.filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 500, keyOf: (one) => one.VolumeId });
  return { Volumes: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};

export function findVolumes({ volumes }: Ec2State, ids: readonly string[]): StoredVolume[] {
  return ids.map((id) => {
    if (!/^vol-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${id}) for parameter volumes is invalid. Expected: 'vol-...'.`,
      );
    }
    const volume = volumes.get(id);
    if (!volume) throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
    return volume;
  });
}
