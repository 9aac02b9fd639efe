import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  type DBCluster,
  type DBInstance,
  DBInstanceNotFoundFault,
  DBSnapshotAlreadyExistsFault,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandInput,
  DescribeDBSnapshotsCommand,
  DescribeEventsCommand,
  type Filter,
  ListTagsForResourceCommand,
  type RDSClient,
  RemoveTagsFromResourceCommand,
  StartDBClusterCommand,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly rds: RDSClient;
  /** Twenty-two of postgres. */
  readonly databases: readonly string[];
  /** The two members of the Aurora cluster `cart`. */
  readonly members: readonly string[];
}

async function create(rds: RDSClient, id: string, more: Partial<CreateDBInstanceCommandInput> = {}): Promise<void> {
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: id,
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MasterUsername: 'keeper',
      MasterUserPassword: 'not-a-secret',
      ...more,
    }),
  );
}

async function createAvailable({ target, rds }: Seed, id: string, more: Partial<CreateDBInstanceCommandInput> = {}) {
  await create(rds, id, more);
  return reaches(target, rds, id, 'available');
}

async function createReplica(seed: Seed, SourceDBInstanceIdentifier: string, DBInstanceIdentifier: string) {
  const { target, rds } = seed;
  await createAvailable(seed, SourceDBInstanceIdentifier);
  await rds.send(new CreateDBInstanceReadReplicaCommand({ SourceDBInstanceIdentifier, DBInstanceIdentifier }));
  await reaches(target, rds, DBInstanceIdentifier, 'available');
  await reaches(target, rds, SourceDBInstanceIdentifier, 'available');
}

async function createCluster(target: Target, rds: RDSClient, cluster: string, members: readonly string[]) {
  const login = { MasterUsername: 'keeper', MasterUserPassword: 'not-a-secret' };
  await rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: cluster, Engine: 'aurora-postgresql', ...login }));
  for (const member of members) {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: member,
        DBClusterIdentifier: cluster,
        DBInstanceClass: 'db.r6g.large',
        Engine: 'aurora-postgresql',
      }),
    );
  }
  for (const member of members) await reaches(target, rds, member, 'available');
  await clusterReaches(target, rds, cluster, 'available');
}

async function seed(target: Target): Promise<Seed> {
  const { rds } = target.clients();
  const databases = oneTo(22).map((n) => `orders-${n}`);
  for (const id of databases) await create(rds, id, { Tags: [{ Key: 'owner', Value: 'shop' }] });
  await create(rds, 'wiki', { Engine: 'mysql' });
  for (const id of [...databases, 'wiki']) await reaches(target, rds, id, 'available');
  const members = ['cart-1', 'cart-2'];
  await createCluster(target, rds, 'cart', members);
  return { target, rds, databases, members };
}

async function databasesWhere(rds: RDSClient, query: DescribeDBInstancesCommandInput): Promise<DBInstance[]> {
  return (await rds.send(new DescribeDBInstancesCommand(query))).DBInstances ?? [];
}

const idsWhere = async (rds: RDSClient, ...Filters: Filter[]) =>
  (await databasesWhere(rds, { Filters })).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);

async function describe(rds: RDSClient, DBInstanceIdentifier: string): Promise<DBInstance> {
  return (await databasesWhere(rds, { DBInstanceIdentifier }))[0] ?? expect.fail('described nothing');
}

async function describeCluster(rds: RDSClient, DBClusterIdentifier: string): Promise<DBCluster> {
  const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }));
  return DBClusters[0] ?? expect.fail('described nothing');
}

const reaches = (target: Target, rds: RDSClient, id: string, status: string) =>
  until(
    target,
    () => describe(rds, id),
    ({ DBInstanceStatus }) => DBInstanceStatus === status,
  );

const clusterReaches = (target: Target, rds: RDSClient, id: string, status: string) =>
  until(
    target,
    () => describeCluster(rds, id),
    ({ Status }) => Status === status,
  );

const stop = (rds: RDSClient, DBInstanceIdentifier: string) =>
  rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier }));

const start = (rds: RDSClient, DBInstanceIdentifier: string) =>
  rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier }));

const snapshot = (rds: RDSClient, DBInstanceIdentifier: string, DBSnapshotIdentifier: string) =>
  rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));

async function describeSnapshot(rds: RDSClient, DBSnapshotIdentifier: string) {
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }));
  return DBSnapshots[0] ?? expect.fail('described nothing');
}

const snapshotAvailable = ({ target, rds }: Seed, id: string) =>
  until(
    target,
    () => describeSnapshot(rds, id),
    ({ Status }) => Status === 'available',
  );

export const rds = chapter('rds', seed, {
  'pages of databases add up to everything exactly once': async ({ rds, databases, members }) => {
    const pages = await everyPage(
      (Marker) => rds.send(new DescribeDBInstancesCommand({ MaxRecords: 20, ...(Marker && { Marker }) })),
      ({ Marker }) => Marker,
    );
    expect(pages[0]?.DBInstances?.length).toBe(20);
    const ids = pages.flatMap(({ DBInstances = [] }) => DBInstances).map((database) => database.DBInstanceIdentifier);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...databases, ...members, 'wiki']));
  },

  'a page of databases is twenty to a hundred': async ({ rds }) => {
    await refused(databasesWhere(rds, { MaxRecords: 19 }), 'InvalidParameterValue');
    await refused(databasesWhere(rds, { MaxRecords: 101 }), 'InvalidParameterValue');
  },

  'an unknown database is DBInstanceNotFoundFault': async ({ rds }) => {
    const error = await refused(describe(rds, 'nobody'), 'DBInstanceNotFoundFault');
    expect(error).toBeInstanceOf(DBInstanceNotFoundFault);
    await refused(stop(rds, 'nobody'), 'DBInstanceNotFoundFault');
    await refused(snapshot(rds, 'nobody', 'of-nobody'), 'DBInstanceNotFoundFault');
  },

  'an unknown database in a filter is nothing, and no error': async ({ rds }) => {
    expect(await idsWhere(rds, { Name: 'db-instance-id', Values: ['nobody'] })).toEqual([]);
  },

  'a filter by id takes several, an unknown one among them too': async ({ rds }) => {
    const some = { Name: 'db-instance-id', Values: ['orders-3', 'nobody', 'orders-7'] };
    expectSame(await idsWhere(rds, some), ['orders-3', 'orders-7']);
  },

  'a filter by engine finds exactly those': async ({ rds, databases, members }) => {
    expect(await idsWhere(rds, { Name: 'engine', Values: ['mysql'] })).toEqual(['wiki']);
    expectSame(await idsWhere(rds, { Name: 'engine', Values: ['aurora-postgresql'] }), members);
    const postgres = await idsWhere(rds, { Name: 'engine', Values: ['postgres'] });
    expect(postgres).toEqual(expect.arrayContaining([...databases]));
    expect(postgres).not.toContain('wiki');
  },

  'several filters all have to hold': async ({ rds }) => {
    const engine = { Name: 'engine', Values: ['mysql', 'postgres'] };
    const id = { Name: 'db-instance-id', Values: ['wiki', 'cart-1'] };
    expect(await idsWhere(rds, engine, id)).toEqual(['wiki']);
  },

  'a filter by cluster finds its members': async ({ rds, members }) => {
    expectSame(await idsWhere(rds, { Name: 'db-cluster-id', Values: ['cart'] }), members);
  },

  'a filter by the immutable resource id finds the one database': async ({ rds }) => {
    const { DbiResourceId } = await describe(rds, 'orders-3');
    expect(DbiResourceId).toMatch(/^db-[A-Z0-9]+$/);
    expect(await idsWhere(rds, { Name: 'dbi-resource-id', Values: [DbiResourceId!] })).toEqual(['orders-3']);
  },

  'a filter that does not exist is refused': async ({ rds }) => {
    await refused(idsWhere(rds, { Name: 'mood', Values: ['good'] }), 'InvalidParameterValue');
  },

  'a database is found whatever the case of its name': async ({ rds }) => {
    expect((await describe(rds, 'Orders-3')).DBInstanceIdentifier).toBe('orders-3');
  },

  'a database carries its ARN, its engine, its class and its tags': async ({ target, rds }) => {
    expect(await describe(rds, 'orders-3')).toMatchObject({
      DBInstanceArn: `arn:aws:rds:${target.region}:${target.account}:db:orders-3`,
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      AllocatedStorage: 20,
      MultiAZ: false,
      TagList: [{ Key: 'owner', Value: 'shop' }],
    });
  },

  'a database without tags has an empty list': async ({ rds }) => {
    expect((await describe(rds, 'wiki')).TagList).toEqual([]);
  },

  'tags can be set and listed by ARN': async (seed) => {
    const { rds } = seed;
    const { DBInstanceArn: ResourceName } = await createAvailable(seed, 'tagged');
    const Tags = [{ Key: 'lamplighter:protect', Value: '2026-12-31' }];
    await rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
    expect((await rds.send(new ListTagsForResourceCommand({ ResourceName }))).TagList).toEqual(Tags);
    expect((await describe(rds, 'tagged')).TagList).toEqual(Tags);
  },

  'tags can be taken off by ARN': async (seed) => {
    const { rds } = seed;
    const Tags = [{ Key: 'owner', Value: 'shop' }];
    const { DBInstanceArn: ResourceName } = await createAvailable(seed, 'untagged', { Tags });
    await rds.send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['owner'] }));
    expect((await describe(rds, 'untagged')).TagList).toEqual([]);
  },

  'a name that is taken is DBInstanceAlreadyExistsFault': async ({ rds }) => {
    await refused(create(rds, 'wiki'), 'DBInstanceAlreadyExistsFault');
  },

  'a new database is creating before it is available': async ({ target, rds }) => {
    await create(rds, 'brand-new');
    expect((await describe(rds, 'brand-new')).DBInstanceStatus).toBe('creating');
    await reaches(target, rds, 'brand-new', 'available');
  },

  'a new database cannot be stopped yet': async ({ rds }) => {
    await create(rds, 'too-new');
    await refused(stop(rds, 'too-new'), 'InvalidDBInstanceStateFault');
  },

  'a stop answers stopping': async (seed) => {
    await createAvailable(seed, 'stops');
    const { DBInstance } = await stop(seed.rds, 'stops');
    expect(DBInstance?.DBInstanceStatus).toBe('stopping');
  },

  'a stop is not done at once': async (seed) => {
    await createAvailable(seed, 'stops-slowly');
    await stop(seed.rds, 'stops-slowly');
    expect((await describe(seed.rds, 'stops-slowly')).DBInstanceStatus).toBe('stopping');
  },

  'a database stops, refuses a second stop, and starts again': async (seed) => {
    const { target, rds } = seed;
    await createAvailable(seed, 'stops-and-starts');
    await stop(rds, 'stops-and-starts');
    await reaches(target, rds, 'stops-and-starts', 'stopped');
    await refused(stop(rds, 'stops-and-starts'), 'InvalidDBInstanceStateFault');
    await start(rds, 'stops-and-starts');
    await reaches(target, rds, 'stops-and-starts', 'available');
  },

  'a start answers starting': async (seed) => {
    const { target, rds } = seed;
    await createAvailable(seed, 'starts');
    await stop(rds, 'starts');
    await reaches(target, rds, 'starts', 'stopped');
    expect((await start(rds, 'starts')).DBInstance?.DBInstanceStatus).toBe('starting');
  },

  'a start is not done at once': async (seed) => {
    const { target, rds } = seed;
    await createAvailable(seed, 'starts-slowly');
    await stop(rds, 'starts-slowly');
    await reaches(target, rds, 'starts-slowly', 'stopped');
    await start(rds, 'starts-slowly');
    expect((await describe(rds, 'starts-slowly')).DBInstanceStatus).toBe('starting');
  },

  'a database that runs cannot be started': async ({ rds }) => {
    await refused(start(rds, 'wiki'), 'InvalidDBInstanceStateFault');
  },

  'a replica and its source name each other': async (seed) => {
    await createReplica(seed, 'original', 'copy');
    expect((await describe(seed.rds, 'copy')).ReadReplicaSourceDBInstanceIdentifier).toBe('original');
    expect((await describe(seed.rds, 'original')).ReadReplicaDBInstanceIdentifiers).toEqual(['copy']);
  },

  'a replica cannot be stopped': async (seed) => {
    await createReplica(seed, 'kept-original', 'stopped-copy');
    await refused(stop(seed.rds, 'stopped-copy'), 'InvalidDBInstanceStateFault', 'InvalidParameterCombination');
  },

  'the source of a replica cannot be stopped': async (seed) => {
    await createReplica(seed, 'stopped-original', 'kept-copy');
    await refused(stop(seed.rds, 'stopped-original'), 'InvalidDBInstanceStateFault', 'InvalidParameterCombination');
  },

  'SQL Server in several zones cannot be stopped': async (seed) => {
    await createAvailable(seed, 'ledger', { Engine: 'sqlserver-se', MultiAZ: true, LicenseModel: 'license-included' });
    await refused(stop(seed.rds, 'ledger'), 'InvalidDBInstanceStateFault', 'InvalidParameterCombination');
  },

  'the member of an Aurora cluster cannot be stopped alone': async ({ rds }) => {
    await refused(stop(rds, 'cart-1'), 'InvalidDBInstanceStateFault', 'InvalidParameterCombination');
  },

  'a cluster names its members, one of them the writer': async ({ target, rds, members }) => {
    const cluster = await describeCluster(rds, 'cart');
    expect(cluster.DBClusterArn).toBe(`arn:aws:rds:${target.region}:${target.account}:cluster:cart`);
    expect(cluster.DbClusterResourceId).toMatch(/^cluster-[A-Z0-9]+$/);
    const found = cluster.DBClusterMembers ?? [];
    expectSame(
      found.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
      members,
    );
    expect(found.filter(({ IsClusterWriter }) => IsClusterWriter).length).toBe(1);
    expect((await describe(rds, 'cart-1')).DBClusterIdentifier).toBe('cart');
  },

  'an unknown cluster is DBClusterNotFoundFault': async ({ rds }) => {
    await refused(describeCluster(rds, 'nobody'), 'DBClusterNotFoundFault');
  },

  'a filter by engine finds exactly those clusters': async ({ rds }) => {
    const named = async (engine: string) => {
      const Filters = [{ Name: 'engine', Values: [engine] }];
      const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({ Filters }));
      return DBClusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier);
    };
    expect(await named('aurora-postgresql')).toContain('cart');
    expect(await named('aurora-mysql')).toEqual([]);
  },

  'the members stop and start with their cluster': async ({ target, rds }) => {
    await createCluster(target, rds, 'gifts', ['gifts-1']);
    await rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'gifts' }));
    await clusterReaches(target, rds, 'gifts', 'stopped');
    expect((await describe(rds, 'gifts-1')).DBInstanceStatus).toBe('stopped');
    await rds.send(new StartDBClusterCommand({ DBClusterIdentifier: 'gifts' }));
    await clusterReaches(target, rds, 'gifts', 'available');
    expect((await describe(rds, 'gifts-1')).DBInstanceStatus).toBe('available');
  },

  'a cluster stops, refuses a second stop, and starts again': async ({ target, rds }) => {
    await createCluster(target, rds, 'search', ['search-1']);
    await rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'search' }));
    await clusterReaches(target, rds, 'search', 'stopped');
    await refused(rds.send(new StopDBClusterCommand({ DBClusterIdentifier: 'search' })), 'InvalidDBClusterStateFault');
    await rds.send(new StartDBClusterCommand({ DBClusterIdentifier: 'search' }));
    await clusterReaches(target, rds, 'search', 'available');
  },

  'pages of clusters add up to everything exactly once': async ({ target }) => {
    const { rds } = target.clients({ region: 'us-west-2' });
    const names = oneTo(21).map((n) => `paged-${n}`);
    for (const name of names) await createCluster(target, rds, name, []);
    const pages = await everyPage(
      (Marker) => rds.send(new DescribeDBClustersCommand({ MaxRecords: 20, ...(Marker && { Marker }) })),
      ({ Marker }) => Marker,
    );
    expectSame(
      pages.flatMap(({ DBClusters = [] }) => DBClusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier)),
      names,
    );
    expect(pages.length).toBe(2);
  },

  'Neptune and DocumentDB are listed among the databases': async ({ target, rds }) => {
    await rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'friends', Engine: 'neptune' }));
    const member = { DBInstanceIdentifier: 'friends-1', DBClusterIdentifier: 'friends' };
    await rds.send(new CreateDBInstanceCommand({ ...member, DBInstanceClass: 'db.r6g.large', Engine: 'neptune' }));
    await reaches(target, rds, 'friends-1', 'available');
    expect(await idsWhere(rds, { Name: 'engine', Values: ['neptune'] })).toEqual(['friends-1']);
    expect((await databasesWhere(rds, {})).map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)).toContain(
      'friends-1',
    );
  },

  'a snapshot is creating before it is available': async (seed) => {
    const { DBSnapshot } = await snapshot(seed.rds, 'orders-1', 'before-the-sale');
    expect(DBSnapshot?.SnapshotType).toBe('manual');
    expect(DBSnapshot?.Status).toBe('creating');
    await snapshotAvailable(seed, 'before-the-sale');
  },

  'a snapshot carries the resource id of its database': async (seed) => {
    await snapshot(seed.rds, 'orders-8', 'of-eight');
    const { DbiResourceId } = await describe(seed.rds, 'orders-8');
    expect((await snapshotAvailable(seed, 'of-eight')).DbiResourceId).toBe(DbiResourceId);
  },

  'an available snapshot names its database, its size and its time': async (seed) => {
    await snapshot(seed.rds, 'orders-2', 'complete');
    const made = await snapshotAvailable(seed, 'complete');
    const { target } = seed;
    expect(made).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:${target.region}:${target.account}:snapshot:complete`,
      DBInstanceIdentifier: 'orders-2',
      Engine: 'postgres',
      AllocatedStorage: 20,
    });
    expect(made.SnapshotCreateTime).toBeInstanceOf(Date);
    expect(made.OriginalSnapshotCreateTime).toEqual(made.SnapshotCreateTime);
  },

  'an available snapshot is a hundred per cent done': async (seed) => {
    await snapshot(seed.rds, 'orders-9', 'done');
    expect((await snapshotAvailable(seed, 'done')).PercentProgress).toBe(100);
  },

  'a snapshot name that is taken is DBSnapshotAlreadyExistsFault': async (seed) => {
    await snapshot(seed.rds, 'orders-4', 'taken');
    await snapshotAvailable(seed, 'taken');
    const error = await refused(snapshot(seed.rds, 'orders-4', 'taken'), 'DBSnapshotAlreadyExistsFault');
    expect(error).toBeInstanceOf(DBSnapshotAlreadyExistsFault);
    await refused(snapshot(seed.rds, 'orders-5', 'taken'), 'DBSnapshotAlreadyExistsFault');
  },

  'an unknown snapshot is DBSnapshotNotFoundFault': async ({ rds }) => {
    await refused(describeSnapshot(rds, 'nobody'), 'DBSnapshotNotFoundFault');
  },

  'the manual snapshots of one database can be asked for': async (seed) => {
    await snapshot(seed.rds, 'orders-6', 'mine-1');
    await snapshotAvailable(seed, 'mine-1');
    const ask = new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders-6', SnapshotType: 'manual' });
    const { DBSnapshots = [] } = await seed.rds.send(ask);
    expect(DBSnapshots.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier)).toEqual(['mine-1']);
  },

  'the snapshots of an unknown database are none, and no error': async ({ rds }) => {
    const ask = new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'nobody', SnapshotType: 'manual' });
    expect((await rds.send(ask)).DBSnapshots).toEqual([]);
  },

  'a stopping database takes no snapshot': async (seed) => {
    await createAvailable(seed, 'on-its-way-down');
    await stop(seed.rds, 'on-its-way-down');
    await refused(snapshot(seed.rds, 'on-its-way-down', 'too-late'), 'InvalidDBInstanceStateFault');
  },

  'a snapshot of a cluster comes to be available': async ({ target, rds }) => {
    const named = { DBClusterSnapshotIdentifier: 'cart-once' };
    await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'cart', ...named }));
    const made = await until(
      target,
      async () => (await rds.send(new DescribeDBClusterSnapshotsCommand(named))).DBClusterSnapshots?.[0],
      (found) => found?.Status === 'available',
    );
    expect(made).toMatchObject({ DBClusterIdentifier: 'cart', SnapshotType: 'manual', Engine: 'aurora-postgresql' });
  },

  'a snapshot carries the tags that it was made with': async (seed) => {
    const Tags = [{ Key: 'lamplighter:change', Value: 'right-size-2026-11-22-2000-123456789012-3f9a1c/7' }];
    const named = { DBSnapshotIdentifier: 'tagged-snapshot' };
    await seed.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders-8', ...named, Tags }));
    await snapshotAvailable(seed, 'tagged-snapshot');
    const { TagList } = await describeSnapshot(seed.rds, 'tagged-snapshot');
    expect(TagList).toEqual(expect.arrayContaining(Tags));
  },

  'a snapshot of a cluster carries the tags that it was made with': async ({ target, rds }) => {
    const Tags = [{ Key: 'lamplighter:expires', Value: '2026-12-22' }];
    const named = { DBClusterSnapshotIdentifier: 'cart-tagged' };
    await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: 'cart', ...named, Tags }));
    const made = await until(
      target,
      async () => (await rds.send(new DescribeDBClusterSnapshotsCommand(named))).DBClusterSnapshots?.[0],
      (found) => found?.Status === 'available',
    );
    expect(made?.TagList).toEqual(expect.arrayContaining(Tags));
  },

  'an unknown snapshot of a cluster is DBClusterSnapshotNotFoundFault': async ({ rds }) => {
    const named = { DBClusterSnapshotIdentifier: 'nobody' };
    await refused(rds.send(new DescribeDBClusterSnapshotsCommand(named)), 'DBClusterSnapshotNotFoundFault');
  },

  'a new database has an event that says so': async (seed) => {
    await createAvailable(seed, 'eventful');
    const source = { SourceIdentifier: 'eventful', SourceType: 'db-instance' } as const;
    const { Events = [] } = await seed.rds.send(new DescribeEventsCommand(source));
    expect(Events.map(({ Message }) => Message)).toContain('DB instance created');
    for (const event of Events) expect(event).toMatchObject({ ...source, Date: expect.any(Date) as Date });
  },

  'events of a source are asked for with the type of the source': async ({ rds }) => {
    const ask = new DescribeEventsCommand({ SourceIdentifier: 'wiki' });
    await refused(rds.send(ask), 'InvalidParameterCombination');
  },

  'the events of an unknown database are none, and no error': async ({ rds }) => {
    const ask = new DescribeEventsCommand({ SourceIdentifier: 'nobody', SourceType: 'db-instance' });
    expect((await rds.send(ask)).Events).toEqual([]);
  },

  'a region sees its own databases only': async ({ target }) => {
    const { rds: elsewhere } = target.clients({ region: 'eu-west-1' });
    await refused(describe(elsewhere, 'wiki'), 'DBInstanceNotFoundFault');
    expect(await databasesWhere(elsewhere, {})).toEqual([]);
  },
});
