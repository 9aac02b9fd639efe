import {
  GetResourcesCommand,
  type GetResourcesCommandInput,
  type ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, refused } from '../expecting.ts';
import type { Target } from '../target.ts';
import { makeServices } from './ecs.ts';

interface Seed {
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly arns: readonly string[];
}

async function seed(target: Target): Promise<Seed> {
  const { ecs, tagging } = target.clients();
  return { tagging, arns: await makeServices(ecs, { cluster: 'shop', services: ['web', 'worker', 'batch'] }) };
}

const find = (tagging: ResourceGroupsTaggingAPIClient, query: GetResourcesCommandInput) =>
  tagging.send(new GetResourcesCommand({ ResourceTypeFilters: ['ecs:service'], ...query }));

const arnsOf = ({ ResourceTagMappingList = [] }: Awaited<ReturnType<typeof find>>) =>
  ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN);

export const tagging = chapter('tagging', seed, {
  'services are found by the key of a tag': async ({ tagging, arns }) => {
    expectSame(arnsOf(await find(tagging, { TagFilters: [{ Key: 'team' }] })), arns);
  },

  'and by its value, with all their tags': async ({ tagging, arns }) => {
    const { ResourceTagMappingList } = await find(tagging, { TagFilters: [{ Key: 'team', Values: ['web'] }] });
    expect(ResourceTagMappingList).toMatchObject([{ ResourceARN: arns[0], Tags: [{ Key: 'team', Value: 'web' }] }]);
  },

  'what has no such tag is not there': async ({ tagging }) => {
    expect(arnsOf(await find(tagging, { TagFilters: [{ Key: 'nobody' }] }))).toEqual([]);
  },

  'pages add up to everything exactly once, and the token of the last is empty': async ({ tagging, arns }) => {
    const pages = await everyPage(
      (PaginationToken) => find(tagging, { ResourcesPerPage: 2, ...(PaginationToken && { PaginationToken }) }),
      ({ PaginationToken }) => PaginationToken,
    );
    expect(pages.length).toBe(2);
    expect(pages.at(-1)?.PaginationToken).toBe('');
    expectSame(pages.flatMap(arnsOf), arns);
  },

  'a page of more than a hundred is refused': async ({ tagging }) => {
    await refused(find(tagging, { ResourcesPerPage: 101 }), 'InvalidParameterException');
  },
});
