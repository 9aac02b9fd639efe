import { CreateClusterCommand, DescribeClustersCommand, type RedshiftClient } from '@aws-sdk/client-redshift';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly redshift: RedshiftClient;
  readonly names: readonly string[];
}

const cluster = (ClusterIdentifier: string, days?: number) =>
  new CreateClusterCommand({
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
    await redshift.send(index === 0 ? cluster(name) : cluster(name, index));
  }
  await until(
    target,
    () => redshift.send(new DescribeClustersCommand({})),
    ({ Clusters = [] }) => Clusters.every(({ ClusterStatus }) => ClusterStatus === 'available'),
  );
  return { redshift, names };
}

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
