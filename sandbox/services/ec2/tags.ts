import type { CreateTagsRequest, DeleteTagsRequest, Tag } from '@aws-sdk/client-ec2';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findInstances } from './checks.ts';
import { findSnapshots } from './snapshots.ts';

/** Adds or overwrites tags; one unknown resource and none is tagged. */
export const createTags: Operation<CreateTagsRequest, object> = ({ Resources = [], Tags = [] }, { region }) => {
  const reserved = Tags.find((tag) => tag.Key?.toLowerCase().startsWith('aws:'));
  if (reserved) {
    throw new AwsError('InvalidParameterValue', `Tag keys starting with 'aws:' are reserved for internal use`);
  }
  const tagged = Resources.map((id) => resource(region.ec2, id));
  for (const one of tagged) one.Tags = merged(one.Tags, Tags);
  return {};
};

/** Takes tags off: by key, or only where the value matches too when one is given; all of them without any. */
export const deleteTags: Operation<DeleteTagsRequest, object> = ({ Resources = [], Tags }, { region }) => {
  const tagged = Resources.map((id) => resource(region.ec2, id));
  const goes = (tag: Tag) =>
    Tags?.some((one) => one.Key === tag.Key && (one.Value === undefined || one.Value === tag.Value)) ?? true;
  for (const one of tagged) one.Tags = one.Tags.filter((tag) => !goes(tag));
  return {};
};

function resource(ec2: Ec2State, id: string): { Tags: Tag[] } {
  if (id.startsWith('i-')) return findInstances(ec2, [id])[0]!;
  if (id.startsWith('snap-')) return findSnapshots(ec2, [id])[0]!;
  if (!id.startsWith('vol-')) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const volume = ec2.volumes.get(id);
  if (!volume) throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
  return volume;
}

function merged(before: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map([...before, ...added].map((tag) => [tag.Key, tag]));
  if (byKey.size > 50) throw new AwsError('TagLimitExceeded', 'The maximum number of Tags for a resource is 50.');
  return [...byKey.values()];
}
