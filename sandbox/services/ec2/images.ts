import type { DescribeImagesRequest, DescribeImagesResult, Image } from '@aws-sdk/client-ec2';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { ec2Page, refuseIdsWithMaxResults } from './checks.ts';
import { type Fields, filterBy } from './filters.ts';

const FIELDS: Fields<Image> = {
  'block-device-mapping.snapshot-id': ({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId),
  'image-id': (one) => [one.ImageId],
  state: (one) => [one.State],
};

/** The account's own images, which alone are known here. */
export const describeImages: Operation<DescribeImagesRequest, DescribeImagesResult> = (
  input,
  { account, region: { ec2 } },
) => {
  const { ImageIds = [], Owners = [], Filters } = input;
  refuseIdsWithMaxResults(ImageIds, input, 'imagesSet');
  const unknown = ImageIds.find((id) => !ec2.images.has(id));
  if (unknown !== undefined) {
    throw new AwsError('InvalidAMIID.NotFound', `The image id '[${unknown}]' does not exist`);
  }
  const own = Owners.length === 0 || Owners.includes('self') || Owners.includes(account.id);
  const found = [...ec2.images.values()]
    .filter(({ ImageId = '' }) => own && (ImageIds.length === 0 || ImageIds.includes(ImageId)))
    .filter(filterBy(Filters, FIELDS));
  const page = ec2Page(found, input, { largest: 1000, keyOf: ({ ImageId = '' }) => ImageId });
  return { Images: [...page.items], ...(page.token === undefined ? {} : { NextToken: page.token }) };
};
