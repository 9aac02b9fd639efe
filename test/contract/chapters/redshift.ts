import {
  CreateClusterCommand,
  DescribeClustersCommand,
  PauseClusterCommand,
  type RedshiftClient,
  ResumeClusterCommand,
  type Tag,
} from '@aws-sdk/client-redshift';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly redshift: RedshiftClient;
  readonly names: readonly string[];
}

const cluster = (ClusterIdentifier: string, days?: number, Tags: Tag[] = []) =>
  new CreateClusterCommand({
    Tags,
    ClusterIdentifier,
    NodeType: 'ra3.xlplus',
    ClusterType: 'single-node',
    MasterUsername: 'awsuser',
    MasterUserPassword: 'Contract-1',
    ...(days === undefined ? {} : { AutomatedSnapshotRetentionPeriod: days }),
  });

async function seed(target: Target): Promise<Seed> {
  const { redshift } = target.clients();
  const names = oneTo(21).map((n) => `dw-${n}`);
  for (const [index, name] of names.entries()) {
    const tags = name === 'dw-21' ? [{ Key: 'contract', Value: 'signed' }] : [];
    await redshift.send(index === 0 ? cluster(name) : cluster(name, index, tags));
  }
  await until(
    target,
    () => redshift.send(new DescribeClustersCommand({})),
    ({ Clusters = [] }) => Clusters.every(({ ClusterStatus }) => ClusterStatus === 'available'),
  );
  return { target, redshift, names };
}

const statusOf = async (redshift: RedshiftClient, name: string) => (await one(redshift, name))?.[0]?.ClusterStatus;

const one = async (redshift: RedshiftClient, ClusterIdentifier: string) =>
  (await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }))).Clusters;

export const redshift = chapter('redshift', seed, {
  'a cluster says for how many days its automated snapshots are kept': async ({ redshift }) => {
    expect(await one(redshift, 'dw-8')).toMatchObject([
      { ClusterIdentifier: 'dw-8', AutomatedSnapshotRetentionPeriod: 7 },
    ]);
  },

  'nobody asked: one day': async ({ redshift }) => {
    expect((await one(redshift, 'dw-1'))?.[0]?.AutomatedSnapshotRetentionPeriod).toBe(1);
  },

  'a cluster that exists is not made anew': async ({ redshift }) => {
    await refused(redshift.send(cluster('dw-1')), 'ClusterAlreadyExistsFault');
  },

  'an unknown cluster is ClusterNotFoundFault': async ({ redshift }) => {
    await refused(one(redshift, 'nobody'), 'ClusterNotFoundFault');
  },

  'a pause is not done at once': async ({ target, redshift }) => {
    await redshift.send(new PauseClusterCommand({ ClusterIdentifier: 'dw-2' }));
    expect(await statusOf(redshift, 'dw-2')).toBe('pausing');
    await until(
      target,
      () => statusOf(redshift, 'dw-2'),
      (status) => status === 'paused',
    );
  },

  'what is paused is not paused again': async ({ target, redshift }) => {
    await redshift.send(new PauseClusterCommand({ ClusterIdentifier: 'dw-3' }));
    await until(
      target,
      () => statusOf(redshift, 'dw-3'),
      (status) => status === 'paused',
    );
    await refused(redshift.send(new PauseClusterCommand({ ClusterIdentifier: 'dw-3' })), 'InvalidClusterStateFault');
  },

  'a paused cluster is resumed, which is not done at once': async ({ target, redshift }) => {
    await redshift.send(new PauseClusterCommand({ ClusterIdentifier: 'dw-4' }));
    await until(
      target,
      () => statusOf(redshift, 'dw-4'),
      (status) => status === 'paused',
    );
    await redshift.send(new ResumeClusterCommand({ ClusterIdentifier: 'dw-4' }));
    expect(await statusOf(redshift, 'dw-4')).toBe('resuming');
    await until(
      target,
      () => statusOf(redshift, 'dw-4'),
      (status) => status === 'available',
    );
  },

  'what is not paused is not resumed': async ({ redshift }) => {
    await refused(redshift.send(new ResumeClusterCommand({ ClusterIdentifier: 'dw-5' })), 'InvalidClusterStateFault');
  },

  'a cluster has a namespace of its own': async ({ redshift }) => {
    const [first, second] = [await one(redshift, 'dw-6'), await one(redshift, 'dw-7')];
    expect(first?.[0]?.ClusterNamespaceArn).toMatch(/:namespace:.+/);
    expect(first?.[0]?.ClusterNamespaceArn).not.toBe(second?.[0]?.ClusterNamespaceArn);
  },

  'clusters are found by the key of a tag': async ({ redshift }) => {
    const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({ TagKeys: ['contract'] }));
    expect(Clusters.map((found) => found.ClusterIdentifier)).toEqual(['dw-21']);
  },

  'pages of clusters add up to everything exactly once': async ({ redshift, names }) => {
    const pages = await everyPage(
      (Marker) => redshift.send(new DescribeClustersCommand({ MaxRecords: 20, ...(Marker && { Marker }) })),
      ({ Marker }) => Marker,
    );
    expect(pages.length).toBe(2);
    expectSame(
      pages.flatMap(({ Clusters = [] }) => Clusters.map((found) => found.ClusterIdentifier)),
      names,
    );
  },
});
