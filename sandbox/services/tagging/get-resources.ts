import type {
  GetResourcesInput,
  GetResourcesOutput,
  ResourceTagMapping,
  TagFilter,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { Region } from '../../estate/account.ts';
import { AwsError } from '../../http/errors.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';

/** A page of fifty, unless asked for up to a hundred. What has no tags is never shown. The last page has an empty token. */
export const getResources: Operation<GetResourcesInput, GetResourcesOutput> = (
  { TagFilters = [], ResourceTypeFilters = [], ResourcesPerPage = 50, PaginationToken },
  { region },
) => {
  if (ResourcesPerPage < 1 || ResourcesPerPage > 100) throw invalid('ResourcesPerPage must be between 1 and 100.');
  const found = taggedIn(region).filter(
    (one) =>
      (ResourceTypeFilters.length === 0 || ResourceTypeFilters.some((type) => isOf(one, type))) &&
      TagFilters.every((filter) => passes(one, filter)),
  );
  const page = pageOf(found, {
    limit: ResourcesPerPage,
    token: PaginationToken || undefined,
    keyOf: (one) => one.ResourceARN ?? '',
    invalidToken: () => new AwsError('PaginationTokenExpiredException', 'The pagination token is not valid.'),
  });
  return { ResourceTagMappingList: [...page.items], PaginationToken: page.token ?? '' };
};

interface Tagged {
  readonly arn: string | undefined;
  readonly tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
}

function taggedIn({ place, ec2, rds, ecs, redshift }: Region): ResourceTagMapping[] {
  const arn = (service: string, rest: string) => `arn:aws:${service}:${place.region}:${place.account}:${rest}`;
  const all: Tagged[] = [
    ...[...ec2.instances.values()].map((one) => ({ arn: arn('ec2', `instance/${one.InstanceId}`), tags: one.Tags })),
    ...[...rds.instances.values()].map((one) => ({ arn: one.DBInstanceArn, tags: one.TagList })),
    ...[...rds.clusters.values()].map((one) => ({ arn: one.DBClusterArn, tags: one.TagList })),
    ...[...redshift.clusters.values()].map((one) => ({
      arn: arn('redshift', `cluster:${one.ClusterIdentifier}`),
      tags: one.Tags,
    })),
    ...[...ecs.services.values()].map((one) => ({
      arn: one.serviceArn,
      tags: one.tags.map(({ key, value }) => ({ Key: key, Value: value })),
    })),
  ];
  return all.flatMap(({ arn: ResourceARN, tags = [] }) =>
    tags.length === 0 ? [] : [{ ResourceARN, Tags: tags.map(({ Key, Value }) => ({ Key, Value: Value ?? '' })) }],
  );
}

/** `ecs`, or `ecs:service`. */
function isOf({ ResourceARN = '' }: ResourceTagMapping, type: string): boolean {
  const [, , service, , , rest = ''] = ResourceARN.split(':');
  return type === service || type === `${service}:${rest.split('/')[0]}`;
}

const passes = ({ Tags = [] }: ResourceTagMapping, { Key, Values = [] }: TagFilter): boolean =>
  Tags.some((tag) => tag.Key === Key && (Values.length === 0 || Values.includes(tag.Value ?? '')));

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
