import type { InstanceSpec } from '../estate/ec2-instance.ts';
import { instanceState } from '../estate/ec2-shapes.ts';
import type { VolumeSpec } from '../estate/ec2-volume.ts';
import type { DatabaseClusterSpec } from '../estate/rds-cluster.ts';
import type { DatabaseSpec } from '../estate/rds-instance.ts';
import type { Label } from './truth.ts';
import type { Usage } from './usage.ts';

interface Entry {
  readonly name: string;
  readonly owner: string;
  readonly ageDays: number;
  readonly usage: Usage;
  readonly label: Label;
  readonly story: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Days ago from which three days of metrics are missing. */
  readonly gapDaysAgo?: number;
}

export interface ShopInstance extends Entry {
  readonly instance: InstanceSpec;
  readonly volume?: VolumeSpec;
  readonly group?: string;
}

export interface ShopDatabase extends Entry {
  readonly database: DatabaseSpec;
}

export interface ShopCluster extends Entry {
  readonly cluster: DatabaseClusterSpec;
  readonly members: readonly { readonly name: string; readonly class: string }[];
}

export interface ShopPlace {
  readonly account: string;
  readonly region: string;
  readonly env: string;
  readonly instances: readonly ShopInstance[];
  readonly databases: readonly ShopDatabase[];
  readonly clusters: readonly ShopCluster[];
}

export const PRODUCTION = '111111111111';
export const STAGING = '222222222222';

const windows = { PlatformDetails: 'Windows' } as const;

const seoul: ShopPlace = {
  account: PRODUCTION,
  region: 'ap-northeast-2',
  env: 'production',
  instances: [
    {
      name: 'checkout-api',
      owner: 'payments',
      ageDays: 210,
      usage: 'busy',
      label: 'busy',
      story: 'takes the orders; busy every day',
      instance: { InstanceType: 'c6i.xlarge' },
    },
    {
      name: 'egress-proxy',
      owner: 'platform',
      ageDays: 400,
      usage: 'quiet-cpu',
      label: 'busy',
      story: 'its CPU sleeps, its network does not: everything leaves through it',
      instance: { InstanceType: 't3.medium', publicIp: 'elastic' },
    },
    {
      name: 'month-end-invoices',
      owner: 'finance',
      ageDays: 500,
      usage: 'batch',
      label: 'batch',
      story: 'works one night a month, and that night matters',
      instance: { InstanceType: 'm5.xlarge' },
    },
    {
      name: 'reports-2023',
      owner: 'finance',
      ageDays: 640,
      usage: 'idle',
      label: 'idle',
      story: 'the reports moved to the warehouse, the machine stayed',
      instance: { InstanceType: 'm5.2xlarge', ...windows, publicIp: 'elastic' },
      volume: { Size: 500, VolumeType: 'gp2' },
    },
    {
      name: 'load-test-runner-3',
      owner: 'platform',
      ageDays: 95,
      usage: 'idle',
      label: 'idle',
      story: 'left over from the load test of the summer sale',
      instance: { InstanceType: 'c6i.4xlarge' },
    },
    {
      name: 'sale-standby',
      owner: 'platform',
      ageDays: 130,
      usage: 'idle',
      label: 'exempt:protected',
      story: 'idle on purpose: kept for the sale by its tag',
      tags: { 'lamplighter:protect': 'standby for the sale' },
      instance: { InstanceType: 'm6i.2xlarge' },
    },
    {
      name: 'web-spare',
      owner: 'shop',
      ageDays: 60,
      usage: 'idle',
      label: 'exempt:auto-scaling',
      story: 'its Auto Scaling group would replace it',
      group: 'web',
      instance: { InstanceType: 'm6i.large' },
    },
    {
      name: 'shop-node-general',
      owner: 'platform',
      ageDays: 45,
      usage: 'idle',
      label: 'exempt:controller',
      story: 'a node of the Kubernetes cluster, which would replace it',
      tags: { 'aws:eks:cluster-name': 'shop', 'eks:nodegroup-name': 'general', 'kubernetes.io/cluster/shop': 'owned' },
      instance: { InstanceType: 'm6i.xlarge' },
    },
    {
      name: 'license-server',
      owner: 'it',
      ageDays: 700,
      usage: 'idle',
      label: 'exempt:stop-protected',
      story: 'somebody has turned its stop protection on',
      instance: { InstanceType: 'm5.large', DisableApiStop: true },
    },
    {
      name: 'legacy-ftp',
      owner: 'it',
      ageDays: 690,
      usage: 'idle',
      label: 'exempt:saves-too-little',
      story: 'idle, but not worth a message: less than $5 a month',
      instance: { InstanceType: 't4g.nano' },
    },
    {
      name: 'new-recommender',
      owner: 'data',
      ageDays: 9,
      usage: 'idle',
      label: 'exempt:too-young',
      story: 'set up last week; nobody can say yet',
      instance: { InstanceType: 'r6i.xlarge' },
    },
  ],
  databases: [
    {
      name: 'orders-db',
      owner: 'payments',
      ageDays: 720,
      usage: 'busy',
      label: 'busy',
      story: 'the orders',
      database: { Engine: 'postgres', DBInstanceClass: 'db.r6g.xlarge', MultiAZ: true, AllocatedStorage: 500 },
    },
    {
      name: 'stock-db',
      owner: 'logistics',
      ageDays: 610,
      usage: 'busy',
      label: 'busy',
      story: 'what is in stock; has a replica',
      database: {
        Engine: 'mysql',
        DBInstanceClass: 'db.m6g.large',
        ReadReplicaDBInstanceIdentifiers: ['stock-db-replica'],
      },
    },
    {
      name: 'stock-db-replica',
      owner: 'logistics',
      ageDays: 300,
      usage: 'idle',
      label: 'exempt:replication',
      story: 'nobody reads from it, but AWS cannot stop a replica',
      database: { Engine: 'mysql', DBInstanceClass: 'db.m6g.large', ReadReplicaSourceDBInstanceIdentifier: 'stock-db' },
    },
    {
      name: 'warehouse-db',
      owner: 'logistics',
      ageDays: 650,
      usage: 'idle',
      label: 'exempt:sql-server-multi-az',
      story: 'idle, but AWS cannot stop SQL Server in several zones',
      database: {
        Engine: 'sqlserver-se',
        DBInstanceClass: 'db.m5.xlarge',
        MultiAZ: true,
        AllocatedStorage: 200,
        LicenseModel: 'license-included',
      },
    },
  ],
  clusters: [
    {
      name: 'catalog',
      owner: 'shop',
      ageDays: 480,
      usage: 'busy',
      label: 'busy',
      story: 'what the shop sells; read all day',
      cluster: { Engine: 'aurora-postgresql' },
      members: [
        { name: 'catalog-1', class: 'db.r6g.large' },
        { name: 'catalog-2', class: 'db.r6g.large' },
      ],
    },
    {
      name: 'reviews-old',
      owner: 'shop',
      ageDays: 420,
      usage: 'idle',
      label: 'idle',
      story: 'the reviews were migrated in spring; nobody connected since',
      cluster: { Engine: 'aurora-mysql' },
      members: [
        { name: 'reviews-old-1', class: 'db.r6g.large' },
        { name: 'reviews-old-2', class: 'db.r6g.large' },
      ],
    },
    {
      name: 'product-graph',
      owner: 'data',
      ageDays: 260,
      usage: 'idle',
      label: 'exempt:other-service',
      story: 'Neptune: listed among the databases, but no business of this rule',
      cluster: { Engine: 'neptune' },
      members: [{ name: 'product-graph-1', class: 'db.r6g.large' }],
    },
  ],
};

const virginia: ShopPlace = {
  account: PRODUCTION,
  region: 'us-east-1',
  env: 'production',
  instances: [
    {
      name: 'us-landing',
      owner: 'marketing',
      ageDays: 150,
      usage: 'spiky',
      label: 'spiky',
      story: 'asleep but for five minutes every few days, when a newsletter goes out',
      instance: { InstanceType: 't3.large', publicIp: 'amazon' },
    },
  ],
  databases: [
    {
      name: 'us-orders-pilot',
      owner: 'payments',
      ageDays: 180,
      usage: 'idle',
      label: 'exempt:pending-modifications',
      story: 'idle, but a change waits for the maintenance window, and a stop would discard it',
      database: {
        Engine: 'mysql',
        DBInstanceClass: 'db.m6g.large',
        PendingModifiedValues: { DBInstanceClass: 'db.t4g.medium' },
      },
    },
  ],
  clusters: [],
};

const staging: ShopPlace = {
  account: STAGING,
  region: 'ap-northeast-2',
  env: 'staging',
  instances: [
    {
      name: 'staging-web',
      owner: 'shop',
      ageDays: 200,
      usage: 'busy',
      label: 'busy',
      story: 'used by the team every working day',
      instance: { InstanceType: 't3.medium' },
    },
    {
      name: 'qa-grid-7',
      owner: 'qa',
      ageDays: 110,
      usage: 'idle',
      label: 'exempt:metric-gap',
      story: 'looks idle, but three days are unknown',
      gapDaysAgo: 12,
      instance: { InstanceType: 'm5.xlarge' },
    },
    {
      name: 'ci-runner-spot',
      owner: 'platform',
      ageDays: 40,
      usage: 'idle',
      label: 'exempt:spot',
      story: 'Spot: not ours to stop and start',
      instance: { InstanceType: 'c6i.2xlarge', InstanceLifecycle: 'spot', SpotInstanceRequestId: 'sir-abcd1234' },
    },
    {
      name: 'perf-lab',
      owner: 'search',
      ageDays: 75,
      usage: 'idle',
      label: 'exempt:instance-store',
      story: 'a stop would lose what lies on its local disks',
      instance: { InstanceType: 'm6id.2xlarge' },
    },
    {
      name: 'old-jenkins',
      owner: 'platform',
      ageDays: 600,
      usage: 'idle',
      label: 'exempt:stopped',
      story: 'was stopped by hand long ago',
      instance: {
        InstanceType: 'm5.large',
        State: instanceState('stopped'),
        StateTransitionReason: 'User initiated (2026-03-02 09:14:51 GMT)',
      },
    },
  ],
  databases: [
    {
      name: 'orders-qa',
      owner: 'qa',
      ageDays: 330,
      usage: 'idle',
      label: 'idle',
      story: 'a copy of the orders that nobody has opened for months',
      database: { Engine: 'postgres', DBInstanceClass: 'db.r6g.xlarge', AllocatedStorage: 500 },
    },
    {
      name: 'payments-qa',
      owner: 'payments',
      ageDays: 280,
      usage: 'held-connection',
      label: 'exempt:held-connection',
      story: 'one connection all day: the monitoring agent, says its owner, but the policy does not know of it',
      database: { Engine: 'postgres', DBInstanceClass: 'db.m6g.large' },
    },
    {
      name: 'catalog-dev',
      owner: 'shop',
      ageDays: 220,
      usage: 'idle',
      label: 'exempt:not-available',
      story: 'is stopped already',
      database: { Engine: 'mysql', DBInstanceClass: 'db.t4g.medium', DBInstanceStatus: 'stopped' },
    },
  ],
  clusters: [],
};

const stagingVirginia: ShopPlace = {
  account: STAGING,
  region: 'us-east-1',
  env: 'staging',
  instances: [
    {
      name: 'investor-demo',
      owner: 'sales',
      ageDays: 160,
      usage: 'idle',
      label: 'idle',
      story: 'shown once in June; it would come back under another public address',
      instance: { InstanceType: 'm5.xlarge', publicIp: 'amazon' },
    },
  ],
  databases: [],
  clusters: [],
};

/** A small online shop: two accounts, two regions, and every common reason to stop something or to leave it alone. */
export const SHOP: readonly ShopPlace[] = [seoul, virginia, staging, stagingVirginia];
