import {
  CreateReplicationGroupCommand,
  DescribeReplicationGroupsCommand,
  type ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly elastiCache: ElastiCacheClient;
  readonly names: readonly string[];
}

const group = (ReplicationGroupId: string, SnapshotRetentionLimit: number) =>
  new CreateReplicationGroupCommand({
    ReplicationGroupId,
    ReplicationGroupDescription: 'sessions',
    Engine: 'redis',
    CacheNodeType: 'cache.t4g.micro',
    NumCacheClusters: 1,
    SnapshotRetentionLimit,
  });

async function seed(target: Target): Promise<Seed> {
  const { elastiCache } = target.clients();
  const names = oneTo(21).map((n) => `cache-${n}`);
  for (const [index, name] of names.entries()) await elastiCache.send(group(name, index));
  await until(
    target,
    () => elastiCache.send(new DescribeReplicationGroupsCommand({})),
    ({ ReplicationGroups = [] }) => ReplicationGroups.every(({ Status }) => Status === 'available'),
  );
  return { elastiCache, names };
}

const one = async (elastiCache: ElastiCacheClient, ReplicationGroupId: string) =>
  (await elastiCache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId }))).ReplicationGroups;

export const elastiCache = chapter('elasticache', seed, {
  'a replication group says for how many days its snapshots are kept': async ({ elastiCache }) => {
    expect(await one(elastiCache, 'cache-8')).toMatchObject([
      { ReplicationGroupId: 'cache-8', SnapshotRetentionLimit: 7 },
    ]);
  },

  'without any days it has no automated snapshots': async ({ elastiCache }) => {
    expect((await one(elastiCache, 'cache-1'))?.[0]?.SnapshotRetentionLimit).toBe(0);
  },

  'its ARN is that of a replicationgroup': async ({ elastiCache }) => {
    expect((await one(elastiCache, 'cache-1'))?.[0]?.ARN).toMatch(
      /^arn:aws:elasticache:[a-z0-9-]+:\d{12}:replicationgroup:cache-1$/,
    );
  },

  'a group that exists is not made anew': async ({ elastiCache }) => {
    await refused(elastiCache.send(group('cache-1', 0)), 'ReplicationGroupAlreadyExistsFault');
  },

  'an unknown group is ReplicationGroupNotFoundFault': async ({ elastiCache }) => {
    await refused(one(elastiCache, 'nobody'), 'ReplicationGroupNotFoundFault');
  },

  'pages of groups add up to everything exactly once': async ({ elastiCache, names }) => {
    const pages = await everyPage(
      (Marker) => elastiCache.send(new DescribeReplicationGroupsCommand({ MaxRecords: 20, ...(Marker && { Marker }) })),
      ({ Marker }) => Marker,
    );
    expect(pages.length).toBe(2);
    expectSame(
      pages.flatMap(({ ReplicationGroups = [] }) => ReplicationGroups.map((found) => found.ReplicationGroupId)),
      names,
    );
  },

  'a page of fewer than twenty groups is refused': async ({ elastiCache }) => {
    await refused(
      elastiCache.send(new DescribeReplicationGroupsCommand({ MaxRecords: 19 })),
      'InvalidParameterValueException',
    );
  },
});
