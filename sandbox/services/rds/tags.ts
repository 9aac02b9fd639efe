import type {
  AddTagsToResourceMessage,
  ListTagsForResourceMessage,
  RemoveTagsFromResourceMessage,
  Tag,
  TagListMessage,
} from '@aws-sdk/client-rds';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import {
  clusterNotFound,
  clusterSnapshotNotFound,
  databaseNotFound,
  invalidValue,
  snapshotNotFound,
} from './errors.ts';

export const listTagsForResource: Operation<ListTagsForResourceMessage, TagListMessage> = (input, { region }) => ({
  TagList: resource(region.rds, input.ResourceName ?? '').TagList,
});

/** Adds or overwrites. */
export const addTagsToResource: Operation<AddTagsToResourceMessage, object> = (
  { ResourceName = '', Tags = [] },
  { region },
) => {
  const tagged = resource(region.rds, ResourceName);
  checkTags(Tags);
  tagged.TagList = [...new Map([...tagged.TagList, ...Tags].map((tag) => [tag.Key, tag])).values()];
  return {};
};

export const removeTagsFromResource: Operation<RemoveTagsFromResourceMessage, object> = (input, { region }) => {
  const tagged = resource(region.rds, input.ResourceName ?? '');
  tagged.TagList = tagged.TagList.filter((tag) => !input.TagKeys?.includes(tag.Key ?? ''));
  return {};
};

/** RDS allows fewer characters than EC2: letters, digits, spaces and `_.:/=+-@`. */
export function checkTags(tags: readonly Tag[]): void {
  for (const { Key = '', Value = '' } of tags) {
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value)) {
      throw invalidValue(
        `Tags contain invalid characters: ${Key}. Only letters, digits, spaces and _.:/=+-@ are allowed.`,
      );
    }
    if (Key.toLowerCase().startsWith('aws:')) throw invalidValue(`Tag keys must not begin with aws: (${Key})`);
  }
}

function resource(rds: RdsState, arn: string): { TagList: Tag[] } {
  const [, kind = '', name = ''] = /^arn:aws:rds:[a-z0-9-]+:\d{12}:([a-z-]+):(.+)$/.exec(arn) ?? [];
  if (!kind) throw invalidValue(`Invalid resource name: ${arn}`);
  switch (kind) {
    case 'db':
      return rds.instances.get(name) ?? raise(databaseNotFound(name));
    case 'cluster':
      return rds.clusters.get(name) ?? raise(clusterNotFound(name));
    case 'snapshot':
      return rds.snapshots.get(name) ?? raise(snapshotNotFound(name));
    case 'cluster-snapshot':
      return rds.clusterSnapshots.get(name) ?? raise(clusterSnapshotNotFound(name));
    default:
      throw new AwsError('NotImplemented', `the sandbox has no RDS resources of kind ${kind}`);
  }
}

function raise(error: AwsError): never {
  throw error;
}
