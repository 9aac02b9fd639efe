import { describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../sandbox/faults.ts';
import type { ServiceName } from '../../sandbox/names.ts';
import { AccessDeniedError } from '../../shared/aws/errors.ts';
import { awsScheduled } from '../../shared/aws/off-hours/reader.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices } from '../../shared/aws/pricing.ts';
import type { Identity } from '../../shared/core/identity.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { openSandbox } from './support.ts';

/** Nobody waits in real time for the ten attempts of a scan. */
const HASTY = { ...PATIENT, maxAttempts: 2 };

const NOW = new Date('2026-11-22T20:00:00Z');
const SCHEDULE = { Key: 'lamplighter:schedule', Value: 'office' };
const TAGGED = { Tags: [SCHEDULE] };

async function open() {
  const opened = await openSandbox();
  const { sandbox, home, scope, clients } = opened;
  const prices = cachedPrices(awsPriceList(clients.pricing), new MemoryLedger());
  const reader = awsScheduled(opened.credentialsOf, prices, HASTY);
  const fail = (service: ServiceName, operation: string, fault: Fault = 'accessDenied') =>
    sandbox.faults.add({ service, operation, fault });
  const list = async () => (await reader.scheduled(scope)).resources;
  const one = async (name: string) => (await list()).find((found) => found.name === name);
  const find = (type: ScheduledResource['type'], identity: Identity) => reader.find(scope, type, identity);
  const group = (name: string, count: number, more: object = {}) => {
    const made = home.autoscaling.addGroup({ AutoScalingGroupName: name, MaxSize: 9, DesiredCapacity: count, ...more });
    const members = Array.from({ length: count }, () => home.ec2.addInstance({ InstanceType: 'm5.large' }));
    home.autoscaling.join(made, members);
    return made;
  };
  const service = (serviceName: string, more: object = {}) =>
    home.ecs.addService({ serviceName, desiredCount: 2, tags: [{ key: SCHEDULE.Key, value: 'office' }], ...more });
  return { ...opened, reader, fail, list, one, find, group, service };
}

describe('what is under schedules', () => {
  it('is what has the tag, of every type, with its power and its size', async () => {
    const { home, scope, list, group, service } = await open();
    const arn = (what: string, rest: string) => `arn:aws:${what}:${scope.region}:${scope.account}:${rest}`;
    const web = home.ec2.addInstance({ InstanceType: 'm5.large', Tags: [SCHEDULE, { Key: 'Name', Value: 'web' }] });
    home.ec2.addInstance({});
    const { DbiResourceId } = home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
    home.rds.addInstance({ DBInstanceIdentifier: 'other' });
    const workers = group('workers', 2, { ...TAGGED, MinSize: 1 });
    group('untagged', 1);
    const api = service('api');
    home.applicationAutoScaling.addTarget({ ResourceId: 'service/default/api', MinCapacity: 2, MaxCapacity: 8 });
    service('worker', { cluster: 'batch', desiredCount: 1 });
    home.ecs.addService({ serviceName: 'untagged' });
    const figures = home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
    home.redshift.addCluster({ ClusterIdentifier: 'untagged' });

    const common = { scope, tags: { 'lamplighter:schedule': 'office' }, power: { power: 'running' } };
    const found = await list();
    expect(found).toHaveLength(6);
    expect(found).toMatchObject([
      {
        ...common,
        type: 'instance',
        identity: { arn: arn('ec2', `instance/${web.InstanceId}`), id: web.InstanceId },
        name: 'web',
        tags: { ...common.tags, Name: 'web' },
        what: 'm5.large',
        instanceType: 'm5.large',
      },
      {
        ...common,
        type: 'database',
        form: 'instance',
        identity: { arn: arn('rds', 'db:orders'), id: DbiResourceId },
        name: 'orders',
      },
      {
        ...common,
        type: 'auto-scaling-group',
        identity: { arn: workers.AutoScalingGroupARN, id: workers.AutoScalingGroupARN },
        name: 'workers',
        what: '2 x m5.large',
        capacity: { min: 1, desired: 2, max: 9 },
      },
      { ...common, type: 'service', name: 'worker', what: '1 task on FARGATE', capacity: { desired: 1 } },
      {
        ...common,
        type: 'service',
        identity: { arn: api.serviceArn, id: `${api.serviceArn}@${api.createdAt.toISOString()}` },
        name: 'api',
        what: '2 tasks on FARGATE',
        capacity: { desired: 2, scaling: { min: 2, max: 8 } },
      },
      {
        ...common,
        type: 'warehouse',
        identity: { arn: arn('redshift', 'cluster:figures'), id: figures.ClusterNamespaceArn },
        name: 'figures',
        what: '2 x ra3.xlplus',
      },
    ]);
    expect(found.every(({ leftBecause }) => leftBecause === undefined)).toBe(true);
  });

  it('is nothing where nothing has the tag', async () => {
    const { reader, scope } = await open();
    expect(await reader.scheduled(scope)).toEqual({ resources: [], unreadable: [] });
  });

  it('has a cluster without its members and a group without its instances, whoever else has the tag', async () => {
    const { home, list, group } = await open();
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'docdb', TagList: [SCHEDULE] });
    home.rds.addInstance({
      DBInstanceIdentifier: 'carts-1',
      DBClusterIdentifier: 'carts',
      Engine: 'docdb',
      TagList: [SCHEDULE],
    });
    home.rds.addCluster({ DBClusterIdentifier: 'baskets', Engine: 'aurora-mysql' });
    const lonely = { DBInstanceIdentifier: 'baskets-1', DBClusterIdentifier: 'baskets', Engine: 'aurora-mysql' };
    home.rds.addInstance({ ...lonely, TagList: [SCHEDULE] });
    const workers = group('workers', 1, TAGGED);
    const plain = group('plain', 1);
    for (const { Instances: [member] = [] } of [workers, plain]) {
      home.ec2.instances.get(member?.InstanceId ?? '')?.Tags.push(SCHEDULE);
    }
    expect((await list()).map(({ name, leftBecause }) => [name.replace(/^i-.*/, 'i-'), leftBecause])).toEqual([
      ['i-', 'owned by the Auto Scaling group plain, which would replace it'],
      ['baskets-1', 'a member of the cluster baskets, which is stopped as a whole: the tag belongs on the cluster'],
      ['carts', undefined],
      ['workers', undefined],
    ]);
  });

  it('is listed in at most twenty calls when it is two thousand, whatever else is there', async () => {
    const { sandbox, home, list, group, service } = await open();
    for (let n = 0; n < 1500; n++) home.ec2.addInstance({ Tags: [SCHEDULE] });
    for (let n = 0; n < 500; n++) home.ec2.addInstance({});
    for (let n = 0; n < 300; n++) home.rds.addInstance({ DBInstanceIdentifier: `db-${n}`, TagList: [SCHEDULE] });
    for (let n = 0; n < 150; n++) group(`group-${n}`, 0, TAGGED);
    for (let n = 0; n < 50; n++) service(`service-${n}`);
    sandbox.calls.clear();
    expect(await list()).toHaveLength(2000);
    expect(Object.fromEntries(sandbox.calls.tally())).toEqual({
      'ecs:DescribeServices': 5,
      'rds:DescribeDBInstances': 3,
      'ec2:DescribeInstances': 3,
      'autoscaling:DescribeAutoScalingGroups': 2,
      'rds:DescribeDBClusters': 1,
      'redshift:DescribeClusters': 1,
      'tag:GetResources': 1,
      'application-autoscaling:DescribeScalableTargets': 1,
    });
  });

  it.each<[ServiceName, string, ScheduledResource['type']]>([
    ['ec2', 'DescribeInstances', 'instance'],
    ['rds', 'DescribeDBClusters', 'database'],
    ['autoscaling', 'DescribeAutoScalingGroups', 'auto-scaling-group'],
    ['tag', 'GetResources', 'service'],
    ['ecs', 'DescribeServices', 'service'],
    ['application-autoscaling', 'DescribeScalableTargets', 'service'],
    ['redshift', 'DescribeClusters', 'warehouse'],
  ])(
    'is unknown of the type when %s:%s is denied or throttled, and known of the others',
    async (name, operation, what) => {
      const { home, scope, reader, fail, group, service, sandbox } = await open();
      home.ec2.addInstance({ Tags: [SCHEDULE] });
      home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
      group('workers', 1, TAGGED);
      service('api');
      home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
      for (const [fault, why] of [
        ['accessDenied', /^may not read the .*s: (AccessDenied|AccessDeniedException|UnauthorizedOperation)$/],
        ['throttle', /^could not read the .*s: \w+$/],
      ] as const) {
        const failing = fail(name, operation, fault);
        const { resources, unreadable } = await reader.scheduled(scope);
        expect(unreadable).toEqual([{ ...scope, what, why: expect.stringMatching(why) as string }]);
        expect(resources.map(({ type }) => type)).not.toContain(what);
        expect(resources).toHaveLength(4);
        failing.remove();
      }
      expect(sandbox.calls.count(operation)).toBeGreaterThan(0);
    },
  );

  it('is unknown of every type when the account does not let us in, which is asked once', async () => {
    const { scope } = await open();
    const credentialsOf = vi.fn(async () => {
      throw new AccessDeniedError('may not assume the role', Object.assign(new Error(), { name: 'AccessDenied' }));
    });
    const { resources, unreadable } = await awsScheduled(credentialsOf, async () => new Map()).scheduled(scope);
    expect(resources).toEqual([]);
    expect(unreadable.map(({ what }) => what)).toEqual([
      'instance',
      'database',
      'auto-scaling-group',
      'service',
      'warehouse',
    ]);
    expect(new Set(unreadable.map(({ why }) => why))).toEqual(new Set(['may not assume the role: AccessDenied']));
    expect(credentialsOf).toHaveBeenCalledTimes(1);
  });
});

describe('the power of', () => {
  it.each(['pending', 'running', 'stopping', 'stopped'] as const)('an instance that is %s', async (Name) => {
    const { home, list } = await open();
    home.ec2.addInstance({ Tags: [SCHEDULE], State: { Name } });
    const power = Name === 'running' || Name === 'stopped' ? Name : 'changing';
    expect((await list())[0]?.power).toEqual({ power });
  });

  it.each([
    ['available', { power: 'running' }],
    ['stopped', { power: 'stopped' }],
    ['starting', { power: 'changing' }],
    ['storage-optimization', { power: 'changing' }],
    ['backing-up', { power: 'changing' }],
    ['storage-full', { power: 'unknown', why: 'its status is storage-full' }],
    [
      'inaccessible-encryption-credentials-recoverable',
      { power: 'unknown', why: 'its status is inaccessible-encryption-credentials-recoverable' },
    ],
  ])('a database that is %s', async (DBInstanceStatus, power) => {
    const { home, list } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE], DBInstanceStatus });
    expect((await list())[0]?.power).toEqual(power);
  });

  it.each([
    ['available', 'available', { power: 'running' }],
    ['available', 'modifying', { power: 'changing' }],
    ['available', 'failed', { power: 'unknown', why: 'its status is failed' }],
    ['stopped', 'stopped', { power: 'stopped' }],
    ['migration-failed', 'available', { power: 'unknown', why: 'its status is migration-failed' }],
  ])('a cluster that is %s with a member that is %s', async (Status, DBInstanceStatus, power) => {
    const { home, list } = await open();
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql', TagList: [SCHEDULE], Status });
    home.rds.addInstance({
      DBInstanceIdentifier: 'carts-1',
      DBClusterIdentifier: 'carts',
      Engine: 'aurora-mysql',
      DBInstanceStatus,
    });
    expect((await list())[0]?.power).toEqual(power);
  });

  it('a group is what it wants; it is empty only when its last instance is gone, but for the warm ones', async () => {
    const { one, group } = await open();
    const workers = group('workers', 2, TAGGED);
    workers.Instances = [];
    expect((await one('workers'))?.power).toEqual({ power: 'running' });
    const leaving = group('leaving', 1, { ...TAGGED, DesiredCapacity: 0 });
    expect((await one('leaving'))?.power).toEqual({ power: 'changing' });
    leaving.Instances![0]!.LifecycleState = 'Warmed:Stopped';
    expect((await one('leaving'))?.power).toEqual({ power: 'stopped' });
    group('deleted', 1, { ...TAGGED, Status: 'Delete in progress' });
    expect((await one('deleted'))?.power).toEqual({ power: 'changing' });
  });

  it('a service is what it wants; it is stopped when its last task is gone', async () => {
    const { one, service } = await open();
    service('api', { desiredCount: 2, runningCount: 0 });
    service('draining', { desiredCount: 0, runningCount: 1 });
    const empty = service('empty', { desiredCount: 0 });
    service('gone', { status: 'INACTIVE', desiredCount: 0 });
    expect(empty.runningCount).toBe(0);
    expect((await one('api'))?.power).toEqual({ power: 'running' });
    expect((await one('draining'))?.power).toEqual({ power: 'changing' });
    expect((await one('empty'))?.power).toEqual({ power: 'stopped' });
    expect(await one('gone')).toBeUndefined();
  });

  it.each([
    ['available', { power: 'running' }],
    ['paused', { power: 'stopped' }],
    ['resuming', { power: 'changing' }],
    ['available, prep-for-resize', { power: 'changing' }],
    ['hardware-failure', { power: 'unknown', why: 'its status is hardware-failure' }],
  ])('a warehouse that is %s', async (ClusterStatus, power) => {
    const { home, list } = await open();
    home.redshift.addCluster({ ClusterIdentifier: 'figures', ClusterStatus, ...TAGGED });
    expect((await list())[0]?.power).toEqual(power);
  });
});

describe('what is left on', () => {
  it.each<[string, object, string]>([
    [
      'it is a node of EKS',
      { Tags: [SCHEDULE, { Key: 'eks:cluster-name', Value: 'a' }] },
      'owned by EKS (tag eks:cluster-name), which would replace it',
    ],
    [
      'a service of AWS manages it',
      { Operator: { Managed: true, Principal: 'eks-auto-mode' } },
      'owned by the AWS service eks-auto-mode, which would replace it',
    ],
    [
      'it is a spot instance',
      { InstanceLifecycle: 'spot' },
      'AWS does not stop and start spot instances like on-demand ones',
    ],
    ['its root is an instance store', { root: false }, 'its root device is an instance store: AWS cannot stop it'],
  ])('an instance when %s, unless it is stopped', async (_, spec, leftBecause) => {
    const { home, list } = await open();
    const web = home.ec2.addInstance({ Tags: [SCHEDULE], ...spec });
    expect((await list())[0]).toMatchObject({ power: { power: 'running' }, leftBecause });
    web.State = { Name: 'stopped' };
    expect((await list())[0]?.leftBecause).toBeUndefined();
  });

  it.each<[string, object, string]>([
    [
      'it has a replica',
      { ReadReplicaDBInstanceIdentifiers: ['copy'] },
      'AWS cannot stop what replicates: the source of copy',
    ],
    [
      'it is one',
      { ReadReplicaSourceDBInstanceIdentifier: 'main' },
      'AWS cannot stop what replicates: a read replica of main',
    ],
    [
      'it is a SQL Server in two zones',
      { Engine: 'sqlserver-se', MultiAZ: true },
      'AWS cannot stop a Multi-AZ SQL Server database',
    ],
    [
      'it waits for a change',
      { PendingModifiedValues: { MultiAZ: true } },
      'a stop would discard its pending modifications (MultiAZ)',
    ],
  ])('a database when %s, unless it is stopped', async (_, spec, leftBecause) => {
    const { home, list } = await open();
    const orders = home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE], ...spec });
    expect((await list())[0]).toMatchObject({ power: { power: 'running' }, leftBecause });
    orders.DBInstanceStatus = 'stopped';
    expect((await list())[0]?.leftBecause).toBeUndefined();
  });

  it.each<[string, object, string | undefined]>([
    ['Aurora', { Engine: 'aurora-postgresql' }, undefined],
    ['DocumentDB', { Engine: 'docdb' }, undefined],
    ['Neptune', { Engine: 'neptune' }, undefined],
    [
      'Aurora Serverless v1',
      { Engine: 'aurora-mysql', EngineMode: 'serverless' },
      'AWS cannot stop Aurora Serverless v1',
    ],
    [
      'a global DocumentDB',
      { Engine: 'docdb', GlobalClusterIdentifier: 'world' },
      'AWS cannot stop a member of the global database world',
    ],
    ['three zones', { Engine: 'postgres' }, 'AWS cannot stop a Multi-AZ DB cluster'],
  ])('of clusters: %s', async (_, spec, leftBecause) => {
    const { home, list } = await open();
    const { Engine } = home.rds.addCluster({ DBClusterIdentifier: 'carts', TagList: [SCHEDULE], ...spec });
    home.rds.addInstance({ DBInstanceIdentifier: 'carts-1', DBClusterIdentifier: 'carts', Engine });
    const [carts] = await list();
    expect(carts?.leftBecause).toBe(leftBecause);
    expect(carts).toMatchObject({ form: 'cluster', members: ['carts-1'] });
  });

  it.each<[string, object, string]>([
    [
      'EKS sizes it',
      { Tags: [SCHEDULE, { Key: 'eks:nodegroup-name', Value: 'nodes' }] },
      'EKS sizes it (tag eks:nodegroup-name)',
    ],
    ['it may not launch', { SuspendedProcesses: [{ ProcessName: 'Launch' }] }, 'its process Launch is suspended'],
  ])('a group when %s', async (_, spec, leftBecause) => {
    const { group, one } = await open();
    group('workers', 1, { ...TAGGED, ...spec });
    expect((await one('workers'))?.leftBecause).toBe(leftBecause);
  });

  it('a group some of whose instances are protected', async () => {
    const { group, one } = await open();
    group('workers', 2, TAGGED).Instances![0]!.ProtectedFromScaleIn = true;
    expect((await one('workers'))?.leftBecause).toBe('1 of its instances are protected from scale-in');
  });

  it.each<[string, object, string]>([
    ['it is a daemon', { schedulingStrategy: 'DAEMON' }, 'it is a daemon: it has one task on every instance'],
    ['CodeDeploy deploys it', { deploymentController: { type: 'CODE_DEPLOY' } }, 'CodeDeploy deploys it'],
    ['another controller deploys it', { deploymentController: { type: 'EXTERNAL' } }, 'another controller deploys it'],
  ])('a service when %s, unless it is stopped', async (_, spec, leftBecause) => {
    const { service, one } = await open();
    const stored = service('agent', spec);
    expect((await one('agent'))?.leftBecause).toBe(leftBecause);
    Object.assign(stored, { desiredCount: 0, runningCount: 0 });
    expect((await one('agent'))?.leftBecause).toBeUndefined();
  });

  it('a warehouse that could not be paused', async () => {
    const { home, one } = await open();
    home.redshift.addCluster({ ClusterIdentifier: 'figures', AutomatedSnapshotRetentionPeriod: 0, ...TAGGED });
    expect((await one('figures'))?.leftBecause).toBe('AWS cannot pause a cluster without automated snapshots');
  });
});

describe('one of them', () => {
  it('is found as it is now, also when its tag is gone', async () => {
    const { home, list, find, group, service } = await open();
    const web = home.ec2.addInstance({ Tags: [SCHEDULE] });
    const orders = home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
    const workers = group('workers', 1, TAGGED);
    const api = service('api');
    const figures = home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
    const before = await list();
    for (const found of before) expect(await find(found.type, found.identity)).toEqual(found);
    Object.assign(web, { Tags: [] });
    Object.assign(orders, { TagList: [] });
    Object.assign(workers, { Tags: [] });
    Object.assign(api, { tags: [] });
    Object.assign(figures, { Tags: [] });
    for (const found of before) {
      expect(await find(found.type, found.identity)).toMatchObject({ identity: found.identity, tags: {} });
    }
    expect(await list()).toEqual([]);
  });

  it('is nothing when it is gone, and when another has its name', async () => {
    const { home, list, find, group, service, sandbox } = await open();
    const fill = () => {
      home.ec2.addInstance({ Tags: [SCHEDULE] });
      home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
      home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql', TagList: [SCHEDULE] });
      group('workers', 0, TAGGED);
      service('api');
      home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
    };
    fill();
    const before = await list();
    expect(before).toHaveLength(6);
    for (const state of [home.ec2.instances, home.rds.instances, home.rds.clusters, home.autoscaling.groups])
      state.clear();
    home.ecs.services.clear();
    home.redshift.clusters.clear();
    for (const { type, identity } of before) expect(await find(type, identity)).toBeUndefined();
    sandbox.clock.advance({ hours: 1 });
    fill();
    for (const { type, identity } of before) expect(await find(type, identity)).toBeUndefined();
    home.ecs.clusters.clear();
    home.ecs.services.clear();
    for (const { type, identity } of before) expect(await find(type, identity)).toBeUndefined();
  });

  it('may be denied', async () => {
    const { home, list, find, fail } = await open();
    home.ec2.addInstance({ Tags: [SCHEDULE] });
    const [web] = await list();
    fail('ec2', 'DescribeInstances');
    await expect(find('instance', web!.identity)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: expect.stringMatching(/^may not look at the instance in /) as string,
    });
  });
});

describe('who started a database', () => {
  const DAY = { hours: 24 };

  it('is AWS after seven days, and somebody otherwise', async () => {
    const { home, list, reader, sandbox, clients } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
    const [orders] = await list();
    const { StopDBInstanceCommand, StartDBInstanceCommand } = await import('@aws-sdk/client-rds');
    const stopped = sandbox.clock.now();
    await clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    for (let day = 0; day < 8; day++) sandbox.clock.advance(DAY);
    expect((await list())[0]?.power).toEqual({ power: 'running' });
    expect(await reader.startedSince(orders!, stopped)).toEqual({ power: 'running', startedBy: 'AWS' });

    const again = sandbox.clock.now();
    await clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    sandbox.clock.advance(DAY);
    await clients.rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    sandbox.clock.advance(DAY);
    expect(await reader.startedSince(orders!, again)).toEqual({ power: 'running' });
  });

  it('is somebody when no event says so, and unknown when the events may not be read', async () => {
    const { home, list, reader, fail } = await open();
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
    const [orders] = await list();
    expect(await reader.startedSince(orders!, NOW)).toEqual({ power: 'running' });
    fail('rds', 'DescribeEvents');
    expect(await reader.startedSince(orders!, NOW)).toEqual({
      power: 'unknown',
      why: 'may not read the events of databases: AccessDenied',
    });
  });
});

describe('what an hour costs', () => {
  const USD = (amount: number) => ({ known: true, value: { currency: 'USD', amount } });

  it('is the list price of an instance and of a database, and the sum of the members of a cluster or a group', async () => {
    const { home, scope, list, reader, sandbox, group, service } = await open();
    home.ec2.addInstance({ InstanceType: 'm5.large', Tags: [SCHEDULE, { Key: 'Name', Value: 'web' }] });
    home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.m5.large',
      Engine: 'mysql',
      TagList: [SCHEDULE],
    });
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'docdb', TagList: [SCHEDULE] });
    for (const DBInstanceIdentifier of ['carts-1', 'carts-2']) {
      home.rds.addInstance({
        DBInstanceIdentifier,
        DBClusterIdentifier: 'carts',
        Engine: 'docdb',
        DBInstanceClass: 'db.r5.large',
      });
    }
    group('workers', 3, TAGGED);
    service('api');
    home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
    const sold = (serviceCode: string, instanceType: string, usagetype: string, usdPerUnit: number) =>
      sandbox.estate.prices.add({
        serviceCode,
        productFamily: 'Compute',
        unit: 'Hrs',
        usdPerUnit,
        attributes: { regionCode: scope.region, instanceType, usagetype: `APN2-${usagetype}` },
      });
    sold('AmazonDocDB', 'db.r5.large', 'InstanceUsage:db.r5.large', 0.33);
    sold('AmazonDocDB', 'db.r5.large', 'InstanceUsageIOOptimized:db.r5.large', 0.4);
    sold('AmazonRedshift', 'ra3.xlplus', 'Node:ra3.xlplus', 1.278);
    sold('AmazonRedshift', 'ra3.xlplus', 'CS:ra3.xlplus', 0.5);
    sandbox.calls.clear();
    const priced = await reader.priced(await list(), NOW);
    const price = Object.fromEntries(priced.map(({ name, hourlyPrice }) => [name, hourlyPrice]));
    expect(price).toEqual({
      web: USD(0.1181),
      orders: USD(0.2103),
      carts: USD(0.66),
      workers: USD(0.3543),
      api: { known: false, why: 'the sizes of its tasks are not read' },
      figures: USD(2.556),
    });
    expect(sandbox.calls.count('GetProducts')).toBe(4); // equal lines once
  });

  it('is unknown, with the reason, where nobody can say', async () => {
    const { home, list, reader, group, service, fail } = await open();
    group('empty', 1, TAGGED).Instances!.forEach(({ InstanceId = '' }) => void home.ec2.instances.delete(InstanceId));
    const spot = group('spot', 2, TAGGED);
    home.ec2.instances.get(spot.Instances![0]!.InstanceId!)!.InstanceLifecycle = 'spot';
    service('onInstances', { launchType: 'EC2' });
    home.rds.addInstance({ DBInstanceIdentifier: 'odd', Engine: 'custom-oracle-ee', TagList: [SCHEDULE] });
    const why = async () =>
      Object.fromEntries(
        (await reader.priced(await list(), NOW)).map(({ name, hourlyPrice }) => [
          name,
          hourlyPrice?.known ? 'known' : hourlyPrice?.why,
        ]),
      );
    expect(await why()).toEqual({
      empty: 'none of its instances runs',
      spot: 'it has spot instances, which have no list price',
      onInstances: 'its tasks run on instances, which go on being billed',
      odd: 'no list price for the engine custom-oracle-ee',
    });
    const resources = await list();
    fail('ec2', 'DescribeInstances');
    const empty = (await reader.priced(resources, NOW)).find(({ name }) => name === 'empty');
    expect(empty?.hourlyPrice).toEqual({ known: false, why: 'may not read the instances: UnauthorizedOperation' });
  });

  it('asks nobody about nothing', async () => {
    const { reader, sandbox } = await open();
    sandbox.calls.clear();
    expect(await reader.priced([], NOW)).toEqual([]);
    expect(sandbox.calls.length).toBe(0);
  });
});

describe('the alarms', () => {
  const HEARD = { AlarmActions: ['arn:aws:sns:ap-northeast-2:123456789012:pager'] };
  const SCALING = { AlarmActions: ['arn:aws:autoscaling:ap-northeast-2:123456789012:scalingPolicy:a:b'] };

  async function watched() {
    const opened = await open();
    const { home, clients, list, group, service } = opened;
    const web = home.ec2.addInstance({ Tags: [SCHEDULE, { Key: 'Name', Value: 'web' }] });
    home.rds.addInstance({ DBInstanceIdentifier: 'orders', TagList: [SCHEDULE] });
    home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql', TagList: [SCHEDULE] });
    home.rds.addInstance({ DBInstanceIdentifier: 'carts-1', DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' });
    group('workers', 1, TAGGED);
    service('api');
    home.redshift.addCluster({ ClusterIdentifier: 'figures', ...TAGGED });
    const { PutMetricAlarmCommand } = await import('@aws-sdk/client-cloudwatch');
    const alarm = (AlarmName: string, dimensions: Record<string, string>, more: object = HEARD) =>
      clients.cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'any',
          MetricName: 'any',
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          ...more,
        }),
      );
    const resources = await list();
    const names = async () => {
      const answer = await opened.reader.alarmsOf(opened.scope, resources);
      const found = answer.known ? answer.value : new Map<string, readonly string[]>();
      return Object.fromEntries(
        resources.flatMap(({ name, identity }) => (found.has(identity.arn) ? [[name, found.get(identity.arn)]] : [])),
      );
    };
    return { ...opened, web, alarm, names, resources };
  }

  const stat = (Id: string, Name: string, Value: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'any', MetricName: 'any', Dimensions: [{ Name, Value }] },
      Period: 60,
      Stat: 'Sum',
    },
  });

  it('of each resource are those of its dimensions', async () => {
    const { web, alarm, names } = await watched();
    await alarm('web-cpu', { InstanceId: web.InstanceId });
    await alarm('orders-connections', { DBInstanceIdentifier: 'orders' });
    await alarm('carts-load', { DBClusterIdentifier: 'carts', Role: 'WRITER' });
    await alarm('carts-1-cpu', { DBInstanceIdentifier: 'carts-1' });
    await alarm('workers-small', { AutoScalingGroupName: 'workers' });
    await alarm('api-tasks', { ServiceName: 'api', ClusterName: 'default' });
    await alarm('other-api', { ServiceName: 'api', ClusterName: 'other' });
    await alarm('cluster', { ClusterName: 'default' });
    await alarm('figures-health', { ClusterIdentifier: 'figures' });
    await alarm('somebody', { DBInstanceIdentifier: 'another' });
    await alarm('nothing', {});
    expect(await names()).toEqual({
      web: ['web-cpu'],
      orders: ['orders-connections'],
      carts: ['carts-1-cpu', 'carts-load'],
      workers: ['workers-small'],
      api: ['api-tasks'],
      figures: ['figures-health'],
    });
  });

  it('that watch several resources stay to be heard; those that compute with one are its own', async () => {
    const { alarm, names } = await watched();
    const [orders, carts] = [stat('a', 'DBInstanceIdentifier', 'orders'), stat('b', 'DBInstanceIdentifier', 'carts-1')];
    const sum = { Id: 'c', Expression: 'a + 1', ReturnData: true };
    const math = (...Metrics: object[]) => ({
      ...HEARD,
      MetricName: undefined,
      Namespace: undefined,
      Dimensions: undefined,
      Metrics,
    });
    await alarm('of-orders', {}, math(orders, sum));
    await alarm('of-both', {}, math(orders, carts, sum));
    await alarm('of-anything', {}, math(orders, stat('d', 'QueueName', 'mail'), sum));
    expect(await names()).toEqual({ orders: ['of-orders'] });
  });

  it('that are muted already, do nothing, or drive a scaling policy are not among them', async () => {
    const { alarm, names } = await watched();
    await alarm('muted', { DBInstanceIdentifier: 'orders' }, { ...HEARD, ActionsEnabled: false });
    await alarm('silent', { DBInstanceIdentifier: 'orders' }, {});
    await alarm('TargetTracking-api', { ServiceName: 'api', ClusterName: 'default' }, SCALING);
    await alarm('both', { ServiceName: 'api', ClusterName: 'default' }, { ...SCALING, OKActions: HEARD.AlarmActions });
    expect(await names()).toEqual({ api: ['both'] });
  });

  it('are read once, a hundred a call, and not at all for nothing', async () => {
    const { alarm, names, reader, scope, sandbox } = await watched();
    for (let n = 0; n < 120; n++) await alarm(`alarm-${n}`, { DBInstanceIdentifier: 'orders' });
    sandbox.calls.clear();
    expect((await names()).orders).toHaveLength(120);
    expect(sandbox.calls.count('DescribeAlarms')).toBe(2);
    expect(await reader.alarmsOf(scope, [])).toEqual({ known: true, value: new Map() });
    expect(sandbox.calls.count()).toBe(2);
  });

  it('may be denied', async () => {
    const { fail, reader, scope, resources } = await watched();
    fail('cloudwatch', 'DescribeAlarms');
    expect(await reader.alarmsOf(scope, resources)).toEqual({
      known: false,
      why: expect.stringMatching(/^may not read alarms in /) as string,
    });
  });
});
