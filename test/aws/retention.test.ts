import { CreateTableCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../sandbox/faults.ts';
import type { ServiceName } from '../../sandbox/names.ts';
import { addGlobalCluster, joinGlobalCluster } from '../../sandbox/services/rds/global-clusters.ts';
import { AccessDeniedError } from '../../shared/aws/errors.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices } from '../../shared/aws/pricing.ts';
import { readBackupPrices } from '../../shared/aws/retention/prices.ts';
import { awsRetention } from '../../shared/aws/retention/reader.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { Scope } from '../../shared/core/identity.ts';
import type { BackedUpDatabase, Snapshot } from '../../shared/core/retention/facts.ts';
import type { StoreService } from '../../shared/core/retention/protections.ts';
import type { SnapshotReading } from '../../shared/ports-retention.ts';
import { openWire } from '../right-size/wire.ts';
import { openSandbox } from './support.ts';

/** Nobody waits in real time for the ten attempts of a scan. */
const HASTY = { ...PATIENT, maxAttempts: 2 };

const BORN = new Date('2026-03-01T09:00:00Z');
const TAKEN = new Date('2026-11-01T03:00:00Z');

async function open() {
  const opened = await openSandbox();
  const reader = awsRetention(opened.credentialsOf, HASTY);
  const { sandbox, home, scope } = opened;
  const fail = (service: ServiceName, operation: string, fault: Fault) =>
    sandbox.faults.add({ service, operation, fault });
  const databases = async () => valueIn(await reader.databases(scope));
  const snapshots = async (keys: SnapshotReading['keys'] = 'whose') => {
    const seen: Snapshot[] = [];
    const quotas = valueIn(await reader.snapshots(scope, { see: (one) => void seen.push(one), keys }));
    return { snapshots: seen, quotas };
  };
  const read = { databases: reader.databases, snapshots: (of: Scope) => reader.snapshots(of, UNSEEN) } as const;
  return { ...opened, reader, read, fail, databases, snapshots, rds: home.rds };
}

const UNSEEN: SnapshotReading = { see: () => {}, keys: 'whose' };

function valueIn<T>(evidence: Evidence<T>): T {
  if (!evidence.known) throw new Error(evidence.why);
  return evidence.value;
}

const named = <T extends { readonly name: string }>(all: readonly T[], name: string): T | undefined =>
  all.find((one) => one.name === name);

describe('databases', () => {
  it('are described by what matters to their snapshots', async () => {
    const { rds, databases, scope } = await open();
    rds.addInstance({
      DBInstanceIdentifier: 'orders',
      DbiResourceId: 'db-ORDERS',
      Engine: 'postgres',
      InstanceCreateTime: BORN,
      BackupRetentionPeriod: 14,
      LatestRestorableTime: TAKEN,
      TagList: [{ Key: 'tier', Value: 'gold' }],
    });
    expect(await databases()).toEqual<BackedUpDatabase[]>([
      {
        form: 'instance',
        identity: { arn: `arn:aws:rds:${scope.region}:${scope.account}:db:orders`, id: 'db-ORDERS' },
        name: 'orders',
        scope,
        tags: { tier: 'gold' },
        engine: 'postgres',
        status: 'available',
        createdAt: BORN,
        retentionDays: 14,
        restorableUntil: TAKEN,
      },
    ]);
  });

  it('that are clusters come with their members, which name them', async () => {
    const { rds, databases } = await open();
    rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'docdb', BackupRetentionPeriod: 3 });
    rds.addInstance({ DBInstanceIdentifier: 'carts-1', DBClusterIdentifier: 'carts', Engine: 'docdb' });
    const all = await databases();
    expect(named(all, 'carts')).toMatchObject({ form: 'cluster', engine: 'docdb', retentionDays: 3 });
    expect(named(all, 'carts-1')).toMatchObject({ form: 'instance', memberOf: 'carts' });
  });

  it.each<[string, object, Partial<BackedUpDatabase>]>([
    ['no automated backups', { BackupRetentionPeriod: 0 }, { retentionDays: 0 }],
    ['a source', { ReadReplicaSourceDBInstanceIdentifier: 'main' }, { replicaOf: 'main' }],
    ['a cluster as its source', { ReadReplicaSourceDBClusterIdentifier: 'arn:main' }, { replicaOf: 'arn:main' }],
    [
      'a restart to come',
      { DBInstanceStatus: 'stopped', AutomaticRestartTime: new Date('2026-11-09T10:00:00Z') },
      { status: 'stopped', stoppedSince: new Date('2026-11-02T10:00:00Z') },
    ],
  ])('with %s say so', async (_, spec, facts) => {
    const { rds, databases } = await open();
    rds.addInstance({ DBInstanceIdentifier: 'orders', ...spec });
    expect(await databases()).toMatchObject([facts]);
  });

  it('of a global cluster know whether they write', async () => {
    const { sandbox, scope, home, reader } = await open();
    const away = sandbox.estate.hub.region('eu-west-1');
    const primary = home.rds.addCluster({ DBClusterIdentifier: 'world', Engine: 'aurora-mysql' });
    const secondary = away.rds.addCluster({ DBClusterIdentifier: 'world-eu', Engine: 'aurora-mysql' });
    joinGlobalCluster(addGlobalCluster(sandbox.estate.hub, 'planet', primary), secondary);
    expect(valueIn(await reader.databases(scope))).toMatchObject([{ global: { id: 'planet', role: 'primary' } }]);
    expect(valueIn(await reader.databases({ ...scope, region: 'eu-west-1' }))).toMatchObject([
      { global: { id: 'planet', role: 'secondary' } },
    ]);
  });

  it('are read from every page', async () => {
    const { rds, databases, sandbox } = await open();
    for (let n = 0; n < 101; n += 1) rds.addInstance({ DBInstanceIdentifier: `shard-${n}` });
    expect(await databases()).toHaveLength(101);
    expect(sandbox.calls.byOperation('DescribeDBInstances')).toHaveLength(2);
    expect(sandbox.calls.byOperation('DescribeGlobalClusters')).toHaveLength(0);
  });
});

describe('snapshots', () => {
  it('of an instance are told by what AWS says', async () => {
    const { rds, snapshots, scope } = await open();
    const database = rds.addInstance({ DBInstanceIdentifier: 'orders', DbiResourceId: 'db-ORDERS', Engine: 'mysql' });
    rds.addSnapshot(database, {
      DBSnapshotIdentifier: 'lamplighter-orders',
      Status: 'available',
      AllocatedStorage: 100,
      SnapshotCreateTime: new Date('2026-11-02T08:00:00Z'),
      OriginalSnapshotCreateTime: TAKEN,
      OptionGroupName: 'default:mysql-8-0',
      SourceDBSnapshotIdentifier: 'arn:aws:rds:eu-west-1:123456789012:snapshot:first',
      TagList: [{ Key: 'lamplighter:database', Value: 'db-ORDERS' }],
      Encrypted: false,
    });
    expect((await snapshots()).snapshots).toEqual<Snapshot[]>([
      {
        arn: `arn:aws:rds:${scope.region}:${scope.account}:snapshot:lamplighter-orders`,
        name: 'lamplighter-orders',
        scope,
        form: 'instance',
        type: 'manual',
        status: 'available',
        of: 'db-ORDERS',
        databaseName: 'orders',
        engine: 'mysql',
        takenAt: TAKEN,
        sizeGiB: 100,
        tags: { 'lamplighter:database': 'db-ORDERS' },
        source: 'arn:aws:rds:eu-west-1:123456789012:snapshot:first',
      },
    ]);
  });

  it('of a cluster have the time of the copy, and no option group', async () => {
    const { rds, snapshots } = await open();
    const cluster = rds.addCluster({
      DBClusterIdentifier: 'carts',
      DbClusterResourceId: 'cluster-CARTS',
      Engine: 'neptune',
    });
    rds.addClusterSnapshot(cluster, {
      DBClusterSnapshotIdentifier: 'nightly',
      SnapshotCreateTime: TAKEN,
      SourceDBClusterSnapshotArn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:first',
    });
    const [found] = (await snapshots()).snapshots;
    expect(found).toMatchObject({
      form: 'cluster',
      name: 'nightly',
      of: 'cluster-CARTS',
      engine: 'neptune',
      takenAt: TAKEN,
      source: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:first',
    });
    expect(found).not.toHaveProperty('optionGroup');
  });

  it.each<[string, number, number | undefined]>([
    ['aurora-mysql', 1, undefined], // what RDS says of Aurora, however large it is
    ['aurora-postgresql', 0, undefined],
    ['aurora-postgresql', 85, 85],
    ['mysql', 100, 100],
  ])('of a cluster of %s with %i GiB allocated have a size, or none that is known', async (Engine, allocated, size) => {
    const { rds, snapshots } = await open();
    const cluster = rds.addCluster({ DBClusterIdentifier: 'carts', Engine, AllocatedStorage: allocated });
    rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'nightly' });
    expect((await snapshots()).snapshots[0]?.sizeGiB).toBe(size);
  });

  it('are of every type that the account owns, and of nobody else', async () => {
    const { rds, snapshots, sandbox, scope } = await open();
    const database = rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const cluster = rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' });
    for (const SnapshotType of ['manual', 'automated', 'awsbackup']) {
      rds.addSnapshot(database, { DBSnapshotIdentifier: `db-${SnapshotType}`, SnapshotType });
      rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: `cluster-${SnapshotType}`, SnapshotType });
    }
    const other = sandbox.estate.account('222233334444').region(scope.region).rds;
    const theirs = other.addSnapshot(other.addInstance({ DBInstanceIdentifier: 'theirs' }), {
      DBSnapshotIdentifier: 'shared',
    });
    theirs.RestorableBy.push(scope.account, 'all');
    expect((await snapshots()).snapshots.map(({ name, type }) => `${name} is ${type}`).sort()).toEqual([
      'cluster-automated is automated',
      'cluster-awsbackup is awsbackup',
      'cluster-manual is manual',
      'db-automated is automated',
      'db-awsbackup is awsbackup',
      'db-manual is manual',
    ]);
  });

  it('are read although AWS refuses to say which backups of clusters are those of AWS Backup', async () => {
    const { rds, snapshots, fail, sandbox } = await open();
    const cluster = rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' });
    rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'nightly' });
    const othersAreIn = Promise.withResolvers<void>();
    const hold = /Action=DescribeDBClusterSnapshots.*awsbackup/;
    const wire = await openWire(sandbox.url, { hold, until: othersAreIn.promise });
    vi.stubEnv('AWS_ENDPOINT_URL', wire.url);
    const reading = snapshots();
    await wire.held;
    await vi.waitUntil(() => sandbox.calls.count('DescribeDBClusterSnapshots') === 1);
    fail('rds', 'DescribeDBClusterSnapshots', { error: { code: 'InvalidParameterValue', message: 'no such type' } });
    othersAreIn.resolve();
    expect((await reading).snapshots).toMatchObject([{ name: 'nightly' }]);
    await wire.close();
  });

  it('name an option group that is not the default one', async () => {
    const { rds, snapshots } = await open();
    const database = rds.addInstance({ DBInstanceIdentifier: 'ledger', Engine: 'oracle-ee' });
    rds.addSnapshot(database, { DBSnapshotIdentifier: 'one', OptionGroupName: 'ledger-tde' });
    expect((await snapshots()).snapshots).toMatchObject([{ optionGroup: 'ledger-tde' }]);
  });

  it('of thousands are read from every page, a call for each hundred', async () => {
    const { rds, snapshots, sandbox } = await open();
    const database = rds.addInstance({ DBInstanceIdentifier: 'orders' });
    for (let n = 0; n < 201; n += 1) rds.addSnapshot(database, { DBSnapshotIdentifier: `night-${n}` });
    expect((await snapshots()).snapshots).toHaveLength(201);
    const made = (operation: string) => sandbox.calls.byOperation(operation).length;
    expect({
      instances: made('DescribeDBSnapshots'),
      clusters: made('DescribeDBClusterSnapshots'),
      keys: made('ListAliases'),
      quotas: made('DescribeAccountAttributes'),
    }).toEqual({ instances: 4, clusters: 2, keys: 1, quotas: 1 });
  });
});

describe('the key of a snapshot', () => {
  const encrypted = async (KmsKeyId?: string) => {
    const opened = await open();
    const database = opened.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    opened.rds.addSnapshot(database, {
      DBSnapshotIdentifier: 'one',
      Encrypted: true,
      KmsKeyId: KmsKeyId ?? (await import('../../sandbox/estate/kms-state.ts')).defaultRdsKey(opened.scope),
    });
    return { ...opened, keyOf: async () => (await opened.snapshots()).snapshots[0]?.key };
  };

  it('is managed by AWS when an alias of AWS stands for it', async () => {
    const { keyOf } = await encrypted();
    expect((await keyOf())?.manager).toEqual({ known: true, value: 'aws' });
  });

  it('is managed by people when none does, whatever else it is called', async () => {
    const { keyOf, home, scope } = await encrypted('arn:aws:kms:ap-northeast-2:123456789012:key/11-22');
    home.kms.aliases.set('alias/backups', '11-22');
    expect(await keyOf()).toEqual({
      arn: `arn:aws:kms:${scope.region}:${scope.account}:key/11-22`,
      manager: { known: true, value: 'customer' },
    });
  });

  it('is managed by people when it is another account’s, even where nobody may list', async () => {
    const { keyOf, fail } = await encrypted('arn:aws:kms:ap-northeast-2:222233334444:key/11-22');
    fail('kms', 'ListAliases', 'accessDenied');
    expect((await keyOf())?.manager).toEqual({ known: true, value: 'customer' });
  });

  it('is unknown where nobody may list the aliases, and the snapshot is there all the same', async () => {
    const { keyOf, fail } = await encrypted();
    fail('kms', 'ListAliases', 'accessDenied');
    expect((await keyOf())?.manager).toEqual({
      known: false,
      why: 'may not read the aliases of KMS: AccessDeniedException',
    });
  });

  it('is nobody’s business where nothing goes to another account: KMS is not asked', async () => {
    const { snapshots, sandbox } = await encrypted();
    const [found] = (await snapshots('unasked')).snapshots;
    expect(found?.key?.manager).toEqual({ known: false, why: 'nobody had to know who manages it' });
    expect(sandbox.calls.count('ListAliases')).toBe(0);
  });

  it('is looked for on every page of aliases', async () => {
    const { keyOf, home, sandbox } = await encrypted();
    for (let n = 0; n < 100; n += 1) home.kms.aliases.set(`alias/app-${n}`, `key-${n}`);
    expect((await keyOf())?.manager).toEqual({ known: true, value: 'aws' });
    expect(sandbox.calls.byOperation('ListAliases')).toHaveLength(2);
  });
});

describe('the state of a key', () => {
  const keyIn = ({ account, region }: Scope, id: string) => `arn:aws:kms:${region}:${account}:key/${id}`;

  it('is what KMS says, and gone is a state, too: a call for each key', async () => {
    const { reader, scope, home, sandbox } = await open();
    const [used, off, gone] = ['used', 'off', 'gone'].map((id) => keyIn(scope, id)) as [string, string, string];
    home.kms.inaccessible.add(off);
    home.kms.deleted.add(gone);
    expect([...(await reader.keyStates(scope, [used, off, gone]))]).toEqual([
      [used, { known: true, value: 'Enabled' }],
      [off, { known: true, value: 'Disabled' }],
      [gone, { known: true, value: 'Deleted' }],
    ]);
    expect(sandbox.calls.count('DescribeKey')).toBe(3);
  });

  it.each([
    ['accessDenied', 'may not read the key: AccessDeniedException'],
    ['throttle', 'could not read the key: ThrottlingException'],
  ] as const)('is unknown on %s', async (fault, why) => {
    const { reader, scope, fail } = await open();
    fail('kms', 'DescribeKey', fault);
    const key = keyIn(scope, 'used');
    expect([...(await reader.keyStates(scope, [key]))]).toEqual([[key, { known: false, why }]]);
  });

  it('is unknown of all keys of an account that does not let us in', async () => {
    const { scope } = await open();
    const closed = awsRetention(async () => {
      throw new AccessDeniedError('may not assume the role', Object.assign(new Error(), { name: 'AccessDenied' }));
    });
    const key = keyIn(scope, 'used');
    const why = 'may not assume the role: AccessDenied';
    expect([...(await closed.keyStates(scope, [key]))]).toEqual([[key, { known: false, why }]]);
  });
});

describe('the quotas', () => {
  it('are those of both forms', async () => {
    const { rds, snapshots, scope } = await open();
    rds.snapshotQuota = 250;
    rds.clusterSnapshotQuota = 120;
    expect((await snapshots()).quotas).toEqual([
      { ...scope, form: 'instance', allowed: { known: true, value: 250 } },
      { ...scope, form: 'cluster', allowed: { known: true, value: 120 } },
    ]);
  });

  it('are unknown where they may not be read, and the snapshots are read all the same', async () => {
    const { rds, snapshots, fail } = await open();
    rds.addSnapshot(rds.addInstance({ DBInstanceIdentifier: 'orders' }), { DBSnapshotIdentifier: 'one' });
    fail('rds', 'DescribeAccountAttributes', 'accessDenied');
    const read = await snapshots();
    expect(read.snapshots).toHaveLength(1);
    const denied = { known: false, why: 'may not read the quotas of RDS: AccessDenied' };
    expect(read.quotas).toMatchObject([{ allowed: denied }, { allowed: denied }]);
  });
});

describe('what cannot be read', () => {
  const LISTS = [
    ['databases', 'DescribeDBInstances'],
    ['databases', 'DescribeDBClusters'],
    ['databases', 'DescribeGlobalClusters'],
    ['snapshots', 'DescribeDBSnapshots'],
    ['snapshots', 'DescribeDBClusterSnapshots'],
  ] as const;
  const FAULTS: readonly (readonly [Fault, string])[] = [
    ['accessDenied', 'may not read the %: AccessDenied'],
    ['throttle', 'could not read the %: Throttling'],
    ['serverError', 'could not read the %: InternalFailure'],
    ['replyLost', 'could not read the %: TimeoutError'],
  ];

  it.each(LISTS.flatMap(([what, operation]) => FAULTS.map(([fault, why]) => [operation, fault, what, why] as const)))(
    '(%s, %s) is unknown with the reason, never nothing',
    async (operation, fault, what, why) => {
      const { read, rds, scope, fail } = await open();
      rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' });
      fail('rds', operation, fault);
      expect(await read[what](scope)).toEqual({ known: false, why: why.replace('%', what) });
    },
  );

  it.each([
    ['databases', 'DescribeDBInstances'],
    ['snapshots', 'DescribeDBSnapshots'],
  ] as const)('is all of the %s when their second page never comes', async (what, operation) => {
    const { read, rds, scope, sandbox } = await open();
    const database = rds.addInstance({ DBInstanceIdentifier: 'orders' });
    for (let n = 0; n < 101; n += 1) {
      rds.addInstance({ DBInstanceIdentifier: `shard-${n}` });
      rds.addSnapshot(database, { DBSnapshotIdentifier: `night-${n}` });
    }
    const wire = await openWire(sandbox.url, { never: new RegExp(`Action=${operation}&.*Marker=`) });
    vi.stubEnv('AWS_ENDPOINT_URL', wire.url);
    expect(await read[what](scope)).toEqual({ known: false, why: `could not read the ${what}: TimeoutError` });
    expect(sandbox.calls.count(operation)).toBeGreaterThan(0);
    await wire.close();
  });

  it('is a region that is not enabled', async () => {
    const { read, scope } = await open();
    const closed = await read.snapshots({ ...scope, region: 'ap-east-2' });
    expect(closed).toEqual({
      known: false,
      why: 'may not read the snapshots: InvalidClientTokenId (is the region enabled in this account?)',
    });
  });

  it('is an account that does not let us in', async () => {
    const { scope } = await open();
    const closed = awsRetention(async () => {
      throw new AccessDeniedError('may not assume the role', Object.assign(new Error(), { name: 'AccessDenied' }));
    });
    const why = 'may not assume the role: AccessDenied';
    expect(await closed.databases(scope)).toEqual({ known: false, why });
    expect(await closed.snapshots(scope, UNSEEN)).toEqual({ known: false, why });
    const { stores, awsBackup } = await closed.protections(scope);
    expect([...Object.values(stores), awsBackup]).toEqual(Array.from({ length: 4 }, () => ({ known: false, why })));
  });

  it('does not hide a mistake of ours', async () => {
    const { scope } = await open();
    const broken = awsRetention(async () => {
      throw new TypeError('undefined is not a function');
    });
    await expect(broken.databases(scope)).rejects.toThrow(TypeError);
  });
});

describe('the protections of a scope', () => {
  const table = (TableName: string) =>
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });

  it('say of each DynamoDB table whether it can be restored to a point in time', async () => {
    const { reader, scope, clients } = await open();
    for (const name of ['carts', 'orders']) await clients.dynamodb.send(table(name));
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await clients.dynamodb.send(
      new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }),
    );
    const tables = valueIn((await reader.protections(scope)).stores.DynamoDB);
    const arn = `arn:aws:dynamodb:${scope.region}:${scope.account}:table`;
    expect(tables).toMatchObject([
      { arn: `${arn}/carts`, name: 'carts', service: 'DynamoDB', own: { value: { days: 0 } } },
      { arn: `${arn}/orders`, own: { value: { by: 'point-in-time recovery', days: 35, newest: expect.any(Date) } } },
    ]);
  });

  it('are unknown of one table when only its recovery cannot be read, and a table that went is none', async () => {
    const { reader, scope, clients, sandbox } = await open();
    await clients.dynamodb.send(table('orders'));
    const handle = sandbox.faults.add({ operation: 'DescribeContinuousBackups', fault: 'accessDenied' });
    expect(valueIn((await reader.protections(scope)).stores.DynamoDB)).toMatchObject([
      { own: { known: false, why: 'may not read the point-in-time recovery: AccessDeniedException' } },
    ]);
    handle.remove();
    const error = { code: 'TableNotFoundException', message: 'Table not found: orders', status: 400 };
    sandbox.faults.add({ operation: 'DescribeContinuousBackups', fault: { error } });
    expect(valueIn((await reader.protections(scope)).stores.DynamoDB)).toEqual([]);
  });

  it('are unknown of what there was no time for', async () => {
    const { reader, scope, clients } = await open();
    await clients.dynamodb.send(table('orders'));
    const { stores, awsBackup } = await reader.protections(scope, AbortSignal.abort());
    expect([...Object.values(stores), awsBackup]).toEqual([
      { known: false, why: 'there was no time to read the tables of DynamoDB' },
      { known: false, why: 'there was no time to read the replication groups of ElastiCache' },
      { known: false, why: 'there was no time to read the clusters of Redshift' },
      { known: false, why: 'there was no time to read what AWS Backup protects' },
    ]);
  });

  it('are unknown of the tables whose turn comes too late: five are asked at a time', async () => {
    const { reader, scope, clients, sandbox } = await open();
    for (const name of ['aaa', 'bbb', 'ccc', 'ddd', 'eee', 'fff']) await clients.dynamodb.send(table(name));
    const time = new AbortController();
    const reading = reader.protections(scope, time.signal);
    await vi.waitUntil(() => sandbox.calls.count('DescribeContinuousBackups') === 5);
    time.abort();
    const tables = valueIn((await reading).stores.DynamoDB);
    expect(tables).toHaveLength(6);
    expect(named(tables, 'fff')?.own).toEqual({
      known: false,
      why: 'there was no time to read the point-in-time recovery',
    });
    expect(sandbox.calls.count('DescribeContinuousBackups')).toBe(5);
  });

  it('say for how long ElastiCache and Redshift keep their automated snapshots, from every page', async () => {
    const { reader, scope, home } = await open();
    for (let n = 0; n < 101; n += 1) {
      home.elasticache.addReplicationGroup({ ReplicationGroupId: `cache-${n}`, SnapshotRetentionLimit: n % 2 });
      home.redshift.addCluster({ ClusterIdentifier: `dw-${n}`, AutomatedSnapshotRetentionPeriod: 7 });
    }
    const { ElastiCache, Redshift } = (await reader.protections(scope)).stores;
    const [caches, warehouses] = [valueIn(ElastiCache), valueIn(Redshift)];
    expect([caches.length, warehouses.length]).toEqual([101, 101]);
    expect(named(caches, 'cache-7')).toEqual({
      arn: `arn:aws:elasticache:${scope.region}:${scope.account}:replicationgroup:cache-7`,
      name: 'cache-7',
      scope,
      service: 'ElastiCache',
      createdAt: expect.any(Date),
      own: { known: true, value: { by: 'automated snapshots', days: 1 } },
    });
    expect(named(warehouses, 'dw-3')).toMatchObject({
      arn: `arn:aws:redshift:${scope.region}:${scope.account}:cluster:dw-3`,
      own: { value: { days: 7 } },
    });
  });

  it('say when AWS Backup last backed each resource up, from every page', async () => {
    const { reader, scope, home, sandbox } = await open();
    for (let n = 0; n < 1001; n += 1) {
      home.backup.backedUp(`arn:aws:rds:${scope.region}:${scope.account}:db:shard-${n}`, TAKEN);
    }
    const backups = valueIn((await reader.protections(scope)).awsBackup);
    expect(backups.size).toBe(1001);
    expect(backups.get(`arn:aws:rds:${scope.region}:${scope.account}:db:shard-1000`)).toEqual(TAKEN);
    expect(sandbox.calls.byOperation('ListProtectedResources')).toHaveLength(2);
  });

  const SERVICES: readonly (readonly [StoreService, ServiceName, string])[] = [
    ['DynamoDB', 'dynamodb', 'ListTables'],
    ['ElastiCache', 'elasticache', 'DescribeReplicationGroups'],
    ['Redshift', 'redshift', 'DescribeClusters'],
  ];
  it.each(
    SERVICES.flatMap((service) => (['accessDenied', 'throttle', 'replyLost'] as const).map((one) => [...service, one])),
  )('are unknown of %s alone when it is not readable (%s %s, %s)', async (store, service, operation, fault) => {
    const { reader, scope, sandbox } = await open();
    sandbox.faults.add({ service: service as ServiceName, operation, fault: fault as Fault });
    const { stores, awsBackup } = await reader.protections(scope);
    const unread = Object.entries(stores).flatMap(([name, { known }]) => (known ? [] : [name]));
    expect([unread, awsBackup.known]).toEqual([[store], true]);
  });

  it.each(['accessDenied', 'throttle', 'replyLost'] as const)('are unknown of AWS Backup on %s', async (fault) => {
    const { reader, scope, fail } = await open();
    fail('backup', 'ListProtectedResources', fault);
    const { stores, awsBackup } = await reader.protections(scope);
    expect([awsBackup.known, Object.values(stores).every(({ known }) => known)]).toEqual([false, true]);
  });
});

describe('the price of backup storage', () => {
  const NOW = new Date('2026-11-22T10:00:00Z');
  const noCache = { get: async () => new Map(), put: async () => {} };
  const snapshotOf = (engine: string, region = 'eu-west-1') => ({
    engine,
    scope: { account: '123456789012', region },
  });

  it.each([
    ['postgres', 0.1055],
    ['oracle-se2', 0.1055],
    ['aurora-postgresql', 0.0233],
    ['docdb', 0.0233],
    ['neptune', 0.0233],
  ])('of %s is that of its line, not of RDS Custom’s', async (engine, amount) => {
    const { clients } = await open();
    const prices = cachedPrices(awsPriceList(clients.pricing), noCache);
    expect(await readBackupPrices(prices, [snapshotOf(engine)], NOW)).toEqual([
      { region: 'eu-west-1', engine, perGiBMonth: { known: true, value: { currency: 'USD', amount } } },
    ]);
  });

  it('is found where usage types have no prefix, and asked for once for all engines that share it', async () => {
    const { clients, sandbox } = await open();
    const prices = cachedPrices(awsPriceList(clients.pricing), noCache);
    const engines = ['postgres', 'mysql', 'mariadb', 'postgres'];
    const found = await readBackupPrices(
      prices,
      engines.map((engine) => snapshotOf(engine, 'us-east-1')),
      NOW,
    );
    expect(found).toMatchObject(
      ['postgres', 'mysql', 'mariadb'].map((engine) => ({ engine, perGiBMonth: { value: { amount: 0.095 } } })),
    );
    expect(sandbox.calls.byOperation('GetProducts')).toHaveLength(1);
  });

  it('is unknown for what is not looked up', async () => {
    const { clients, fail } = await open();
    const prices = cachedPrices(awsPriceList(clients.pricing), noCache);
    fail('pricing', 'GetProducts', 'accessDenied');
    expect(await readBackupPrices(prices, [snapshotOf('custom-sqlserver-ee'), snapshotOf('mysql')], NOW)).toMatchObject(
      [
        { perGiBMonth: { known: false, why: 'no list price for backups of the engine custom-sqlserver-ee' } },
        { perGiBMonth: { known: false, why: 'may not read the price list: AccessDeniedException' } },
      ],
    );
  });
});
