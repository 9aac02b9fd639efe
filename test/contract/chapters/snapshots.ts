import {
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  type CopyDBSnapshotMessage,
  CreateDBClusterCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  CreateGlobalClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeAccountAttributesCommand,
  DescribeDBClusterSnapshotAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsMessage,
  DescribeGlobalClustersCommand,
  ListTagsForResourceCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  type ModifyDBSnapshotAttributeMessage,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

const AWAY = 'eu-west-1';
const MEMBER = '222222222222';
const TAGS = [{ Key: 'owner', Value: 'shop' }];

interface Seed {
  readonly target: Target;
  /** The hub's, at home. */
  readonly rds: RDSClient;
  /** The hub's, in another region. */
  readonly away: RDSClient;
  /** Another account's, in the hub's home region. */
  readonly member: RDSClient;
}

/** A database `orders` and a cluster `cart`, neither of them encrypted, with a snapshot `one` each. */
async function seed(target: Target): Promise<Seed> {
  const { rds, sts } = target.clients();
  const { rds: away } = target.clients({ region: AWAY });
  target.addRole(MEMBER, 'lamplighter-look', { externalId: 'lamplighter' });
  const RoleArn = `arn:aws:iam::${MEMBER}:role/lamplighter-look`;
  const role = { RoleArn, RoleSessionName: 'lamplighter', ExternalId: 'lamplighter' };
  const { Credentials } = await sts.send(new AssumeRoleCommand(role));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? expect.fail('no access key'),
    secretAccessKey: Credentials?.SecretAccessKey ?? expect.fail('no secret'),
    sessionToken: Credentials?.SessionToken ?? expect.fail('no session token'),
  };
  const all = { target, rds, away, member: target.clients({ credentials }).rds };
  await createDatabase(all, 'orders');
  await snapshot(all, 'one');
  const login = { MasterUsername: 'keeper', MasterUserPassword: 'not-a-secret' };
  const cart = { DBClusterIdentifier: 'cart', Engine: 'aurora-postgresql', StorageEncrypted: false };
  await rds.send(new CreateDBClusterCommand({ ...cart, ...login }));
  await until(
    target,
    async () => (await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'cart' }))).DBClusters?.[0],
    (found) => found?.Status === 'available',
  );
  await clusterSnapshot(all, 'one');
  return all;
}

async function createDatabase({ target, rds }: Pick<Seed, 'target' | 'rds'>, DBInstanceIdentifier: string) {
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t4g.medium',
      Engine: 'postgres',
      AllocatedStorage: 20,
      StorageEncrypted: false,
      MasterUsername: 'keeper',
      MasterUserPassword: 'not-a-secret',
    }),
  );
  await databaseIs({ target, rds }, DBInstanceIdentifier);
}

const databaseIs = ({ target, rds }: Pick<Seed, 'target' | 'rds'>, DBInstanceIdentifier: string) =>
  until(
    target,
    async () => (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0],
    (found) => found?.DBInstanceStatus === 'available',
  );

/** Takes an available, tagged snapshot of `orders`. */
async function snapshot(seed: Pick<Seed, 'target' | 'rds'>, DBSnapshotIdentifier: string, of = 'orders') {
  const { target, rds } = seed;
  await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: of, DBSnapshotIdentifier, Tags: TAGS }));
  await databaseIs(seed, of);
  return available(target, rds, DBSnapshotIdentifier);
}

const available = (target: Target, rds: RDSClient, DBSnapshotIdentifier: string) =>
  until(
    target,
    async () => (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }))).DBSnapshots?.[0],
    (found) => found?.Status === 'available',
  );

async function clusterSnapshot({ target, rds }: Pick<Seed, 'target' | 'rds'>, DBClusterSnapshotIdentifier: string) {
  const cart = { DBClusterIdentifier: 'cart', DBClusterSnapshotIdentifier, Tags: TAGS };
  await rds.send(new CreateDBClusterSnapshotCommand(cart));
  return clusterAvailable(target, rds, DBClusterSnapshotIdentifier);
}

const clusterAvailable = (target: Target, rds: RDSClient, DBClusterSnapshotIdentifier: string) =>
  until(
    target,
    async () =>
      (await rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier }))).DBClusterSnapshots?.[0],
    (found) => found?.Status === 'available',
  );

const arnOf = ({ account, region }: Target, name: string, kind = 'snapshot') =>
  `arn:aws:rds:${region}:${account}:${kind}:${name}`;

const copy = async (rds: RDSClient, SourceDBSnapshotIdentifier: string, more: Partial<CopyDBSnapshotMessage>) =>
  (
    await rds.send(
      new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier, TargetDBSnapshotIdentifier: 'copy', ...more }),
    )
  ).DBSnapshot;

const share = (
  rds: RDSClient,
  DBSnapshotIdentifier: string,
  more: Partial<ModifyDBSnapshotAttributeMessage> = { ValuesToAdd: [MEMBER] },
) => rds.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName: 'restore', ...more }));

async function restorableBy(rds: RDSClient, DBSnapshotIdentifier: string) {
  const ask = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier });
  const { DBSnapshotAttributes = [] } = (await rds.send(ask)).DBSnapshotAttributesResult ?? {};
  return DBSnapshotAttributes.find(({ AttributeName }) => AttributeName === 'restore')?.AttributeValues;
}

const names = async (rds: RDSClient, query: DescribeDBSnapshotsMessage) =>
  ((await rds.send(new DescribeDBSnapshotsCommand(query))).DBSnapshots ?? []).map((one) => one.DBSnapshotIdentifier);

export const snapshots = chapter('rds-snapshots', seed, {
  'a copy is a manual snapshot of the same database': async ({ target, rds }) => {
    await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'same' });
    const made = await available(target, rds, 'same');
    const [source] =
      (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'one' }))).DBSnapshots ?? [];
    expect(made).toMatchObject({ SnapshotType: 'manual', DBInstanceIdentifier: 'orders', Engine: 'postgres' });
    expect(made?.DBSnapshotArn).toBe(arnOf(target, 'same'));
    expect(made?.DbiResourceId).toBe(source?.DbiResourceId);
    expect(made?.OriginalSnapshotCreateTime).toEqual(source?.OriginalSnapshotCreateTime);
  },

  'a copy is not done at once': async ({ rds }) => {
    expect((await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'slow' }))?.Status).toBe('creating');
  },

  'a copy has a create time of its own': async ({ target, rds }) => {
    await target.pass(3600);
    const made = await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'later' });
    expect(made?.SnapshotCreateTime?.getTime()).toBeGreaterThan(made?.OriginalSnapshotCreateTime?.getTime() ?? 0);
  },

  'a copy can be made of an ARN of the same region': async ({ target, rds }) => {
    const made = await copy(rds, arnOf(target, 'one'), { TargetDBSnapshotIdentifier: 'by-arn' });
    expect(made?.DBSnapshotIdentifier).toBe('by-arn');
  },

  'a copy within the region names no source': async ({ rds }) => {
    const made = await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'nameless' });
    expect([made?.SourceRegion, made?.SourceDBSnapshotIdentifier]).toEqual([undefined, undefined]);
  },

  'a copy has no tags unless they are asked for': async ({ rds }) => {
    const plain = await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'untagged' });
    expect(plain?.TagList).toEqual([]);
    const tagged = await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'tagged', CopyTags: true });
    expect(tagged?.TagList).toEqual(TAGS);
  },

  'tags of its own keep those of the original away': async ({ rds }) => {
    const Tags = [{ Key: 'tier', Value: 'daily' }];
    const made = await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'own-tags', CopyTags: true, Tags });
    expect(made?.TagList).toEqual(Tags);
  },

  'a copy of nothing is DBSnapshotNotFoundFault': async ({ target, rds }) => {
    await refused(copy(rds, 'nobody', {}), 'DBSnapshotNotFoundFault');
    await refused(copy(rds, arnOf(target, 'nobody'), {}), 'DBSnapshotNotFoundFault');
  },

  'a copy under a name that is taken is DBSnapshotAlreadyExistsFault': async ({ rds }) => {
    await refused(copy(rds, 'one', { TargetDBSnapshotIdentifier: 'one' }), 'DBSnapshotAlreadyExistsFault');
  },

  'a copy under a name with a colon is refused': async ({ rds }) => {
    await refused(copy(rds, 'one', { TargetDBSnapshotIdentifier: 'rds:one' }), 'InvalidParameterValue');
  },

  'a copy of what is still being taken is InvalidDBSnapshotStateFault': async (seed) => {
    const early = { DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'early' };
    await seed.rds.send(new CreateDBSnapshotCommand(early));
    await refused(copy(seed.rds, 'early', { TargetDBSnapshotIdentifier: 'too-early' }), 'InvalidDBSnapshotStateFault');
  },

  'a copy goes to another region, and names where it came from': async ({ target, away }) => {
    const made = await copy(away, arnOf(target, 'one'), { TargetDBSnapshotIdentifier: 'away' });
    expect(made).toMatchObject({
      DBSnapshotArn: `arn:aws:rds:${AWAY}:${target.account}:snapshot:away`,
      DBInstanceIdentifier: 'orders',
      SourceRegion: target.region,
      SourceDBSnapshotIdentifier: arnOf(target, 'one'),
    });
    expect((await available(target, away, 'away'))?.PercentProgress).toBe(100);
  },

  'a key that is not there is KMSKeyNotAccessibleFault': async ({ target, away }) => {
    const KmsKeyId = `arn:aws:kms:${target.region}:${target.account}:key/0a1b2c3d-0000-4000-8000-000000000000`;
    const wanted = { TargetDBSnapshotIdentifier: 'keyless', KmsKeyId };
    await refused(copy(away, arnOf(target, 'one'), wanted), 'KMSKeyNotAccessibleFault');
  },

  'a copy is paid for by the quota of manual snapshots': async ({ rds }) => {
    const read = async () => {
      const { AccountQuotas = [] } = await rds.send(new DescribeAccountAttributesCommand({}));
      return AccountQuotas.find((one) => one.AccountQuotaName === 'ManualSnapshots')?.Used ?? 0;
    };
    const before = await read();
    await copy(rds, 'one', { TargetDBSnapshotIdentifier: 'counted' });
    expect(await read()).toBe(before + 1);
  },

  'the quotas of manual snapshots are a hundred for instances and for clusters': async ({ rds }) => {
    const { AccountQuotas = [] } = await rds.send(new DescribeAccountAttributesCommand({}));
    for (const name of ['ManualSnapshots', 'ManualClusterSnapshots']) {
      expect(AccountQuotas.find((one) => one.AccountQuotaName === name)?.Max).toBe(100);
    }
  },

  'a deleted snapshot is gone': async (seed) => {
    await snapshot(seed, 'short-lived');
    const named = { DBSnapshotIdentifier: 'short-lived' };
    await seed.rds.send(new DeleteDBSnapshotCommand(named));
    await refused(seed.rds.send(new DescribeDBSnapshotsCommand(named)), 'DBSnapshotNotFoundFault');
    await refused(seed.rds.send(new DeleteDBSnapshotCommand(named)), 'DBSnapshotNotFoundFault');
  },

  'a snapshot that is being taken cannot be deleted': async ({ rds }) => {
    const named = { DBSnapshotIdentifier: 'in-the-making' };
    await copy(rds, 'one', { TargetDBSnapshotIdentifier: named.DBSnapshotIdentifier });
    await refused(rds.send(new DeleteDBSnapshotCommand(named)), 'InvalidDBSnapshotStateFault');
  },

  'the snapshots of a deleted database stay, and are found by its name': async (seed) => {
    const { target, rds } = seed;
    await createDatabase(seed, 'gone');
    const { DbiResourceId } = (await snapshot(seed, 'left-behind', 'gone')) ?? {};
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'gone', SkipFinalSnapshot: true }));
    const listed = async () => (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
    await until(target, listed, (all) => all.every((one) => one.DBInstanceIdentifier !== 'gone'));
    expect(await names(rds, { DBInstanceIdentifier: 'gone', SnapshotType: 'manual' })).toEqual(['left-behind']);
    const Filters = [{ Name: 'dbi-resource-id', Values: [DbiResourceId!] }];
    expect(await names(rds, { Filters, SnapshotType: 'manual' })).toEqual(['left-behind']);
  },

  'a database is not deleted without a word about a final snapshot': async (seed) => {
    await createDatabase(seed, 'kept');
    const ask = new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'kept' });
    await refused(seed.rds.send(ask), 'InvalidParameterCombination');
  },

  'snapshots are found by the ARN of their database': async ({ target, rds }) => {
    const Filters = [{ Name: 'db-instance-id', Values: [arnOf(target, 'orders', 'db')] }];
    expect(await names(rds, { Filters })).toContain('one');
  },

  'pages of snapshots add up to everything exactly once': async ({ target }) => {
    const { rds } = target.clients({ region: 'us-west-2' });
    await createDatabase({ target, rds }, 'paged');
    await snapshot({ target, rds }, 'paged-0', 'paged');
    const wanted = oneTo(21).map((n) => `paged-${n}`);
    for (const name of wanted) await copy(rds, 'paged-0', { TargetDBSnapshotIdentifier: name });
    const pages = await everyPage(
      (Marker) =>
        rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'manual', MaxRecords: 20, ...(Marker && { Marker }) })),
      ({ Marker }) => Marker,
    );
    const found = pages.flatMap(({ DBSnapshots = [] }) => DBSnapshots.map((one) => one.DBSnapshotIdentifier));
    expectSame(found, ['paged-0', ...wanted]);
    expect(pages.length).toBe(2);
  },

  'tags of a snapshot can be set and listed by its ARN': async (seed) => {
    await snapshot(seed, 'to-tag');
    const ResourceName = arnOf(seed.target, 'to-tag');
    const Tags = [{ Key: 'lamplighter:expires', Value: '2026-12-22' }];
    await seed.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
    const { TagList } = await seed.rds.send(new ListTagsForResourceCommand({ ResourceName }));
    expect(TagList).toEqual(expect.arrayContaining([...TAGS, ...Tags]));
  },

  'a snapshot is shared with nobody until accounts are added': async (seed) => {
    await snapshot(seed, 'private');
    expect(await restorableBy(seed.rds, 'private')).toEqual([]);
    await share(seed.rds, 'private');
    expect(await restorableBy(seed.rds, 'private')).toEqual([MEMBER]);
    await share(seed.rds, 'private', { ValuesToRemove: [MEMBER] });
    expect(await restorableBy(seed.rds, 'private')).toEqual([]);
  },

  'a shared snapshot is listed to the other account only when it asks': async (seed) => {
    const { rds, member } = seed;
    const { DBSnapshotArn } = (await snapshot(seed, 'for-you')) ?? {};
    await share(rds, 'for-you');
    expect(await names(member, {})).toEqual([]);
    const { DBSnapshots = [] } = await member.send(new DescribeDBSnapshotsCommand({ SnapshotType: 'shared' }));
    expect(DBSnapshots.map((one) => one.DBSnapshotArn)).toEqual([DBSnapshotArn]);
  },

  'shared snapshots come along when they are to be included': async (seed) => {
    const { rds, member } = seed;
    const { DBSnapshotArn } = (await snapshot(seed, 'along')) ?? {};
    await share(rds, 'along');
    const { DBSnapshots = [] } = await member.send(new DescribeDBSnapshotsCommand({ IncludeShared: true }));
    expect(DBSnapshots.map((one) => one.DBSnapshotArn)).toContain(DBSnapshotArn);
  },

  'a shared snapshot can be copied by the other account': async (seed) => {
    const { rds, member, target } = seed;
    await snapshot(seed, 'take-it');
    await share(rds, 'take-it');
    const made = await copy(member, arnOf(target, 'take-it'), { TargetDBSnapshotIdentifier: 'taken-over' });
    expect(made?.DBSnapshotArn).toBe(`arn:aws:rds:${target.region}:${MEMBER}:snapshot:taken-over`);
    expect(made?.SourceDBSnapshotIdentifier).toBe(arnOf(target, 'take-it'));
  },

  'what is not shared is not there for another account': async ({ target, member }) => {
    await refused(copy(member, arnOf(target, 'one'), {}), 'DBSnapshotNotFoundFault');
  },

  'a snapshot is shared with twenty accounts at most': async (seed) => {
    await snapshot(seed, 'popular');
    const ValuesToAdd = oneTo(21).map((n) => String(300_000_000_000 + n));
    await refused(share(seed.rds, 'popular', { ValuesToAdd }), 'SharedSnapshotQuotaExceededFault');
  },

  'an attribute other than restore is refused': async ({ rds }) => {
    await refused(share(rds, 'one', { AttributeName: 'copy', ValuesToAdd: [MEMBER] }), 'InvalidParameterValue');
  },

  'an account cannot be added and removed at once': async ({ rds }) => {
    const both = { ValuesToAdd: [MEMBER], ValuesToRemove: [MEMBER] };
    await refused(share(rds, 'one', both), 'InvalidParameterCombination');
  },

  'a copy of the snapshot of a cluster names its source': async ({ target, rds }) => {
    const { DBClusterSnapshot } = await rds.send(
      new CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: 'one',
        TargetDBClusterSnapshotIdentifier: 'cart-copy',
        CopyTags: true,
      }),
    );
    expect(DBClusterSnapshot).toMatchObject({ DBClusterIdentifier: 'cart', SnapshotType: 'manual', TagList: TAGS });
    expect(DBClusterSnapshot?.SourceDBClusterSnapshotArn).toBe(arnOf(target, 'one', 'cluster-snapshot'));
    expect((await clusterAvailable(target, rds, 'cart-copy'))?.Engine).toBe('aurora-postgresql');
  },

  'a copy of the snapshot of a cluster goes to another region': async ({ target, away }) => {
    const { DBClusterSnapshot } = await away.send(
      new CopyDBClusterSnapshotCommand({
        SourceDBClusterSnapshotIdentifier: arnOf(target, 'one', 'cluster-snapshot'),
        TargetDBClusterSnapshotIdentifier: 'cart-away',
      }),
    );
    expect(DBClusterSnapshot?.DBClusterSnapshotArn).toBe(
      `arn:aws:rds:${AWAY}:${target.account}:cluster-snapshot:cart-away`,
    );
  },

  'a copy of the snapshot of no cluster is DBClusterSnapshotNotFoundFault': async ({ rds }) => {
    const wanted = { SourceDBClusterSnapshotIdentifier: 'nobody', TargetDBClusterSnapshotIdentifier: 'copy' };
    await refused(rds.send(new CopyDBClusterSnapshotCommand(wanted)), 'DBClusterSnapshotNotFoundFault');
  },

  'the snapshot of a cluster can be deleted': async (seed) => {
    await clusterSnapshot(seed, 'cart-short-lived');
    const named = { DBClusterSnapshotIdentifier: 'cart-short-lived' };
    await seed.rds.send(new DeleteDBClusterSnapshotCommand(named));
    await refused(seed.rds.send(new DescribeDBClusterSnapshotsCommand(named)), 'DBClusterSnapshotNotFoundFault');
  },

  'the snapshot of a cluster is shared in the same way': async (seed) => {
    const { rds, member } = seed;
    const { DBClusterSnapshotArn } = (await clusterSnapshot(seed, 'cart-for-you')) ?? {};
    const named = { DBClusterSnapshotIdentifier: 'cart-for-you' };
    const wanted = { ...named, AttributeName: 'restore', ValuesToAdd: [MEMBER] };
    await rds.send(new ModifyDBClusterSnapshotAttributeCommand(wanted));
    const { DBClusterSnapshotAttributesResult: shown } = await rds.send(
      new DescribeDBClusterSnapshotAttributesCommand(named),
    );
    expect(shown?.DBClusterSnapshotAttributes?.[0]?.AttributeValues).toEqual([MEMBER]);
    const ask = new DescribeDBClusterSnapshotsCommand({ SnapshotType: 'shared' });
    const { DBClusterSnapshots = [] } = await member.send(ask);
    expect(DBClusterSnapshots.map((one) => one.DBClusterSnapshotArn)).toEqual([DBClusterSnapshotArn]);
  },

  'a database with a retention period is among the automated backups': async ({ rds }) => {
    const ask = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: 'orders' });
    const { DBInstanceAutomatedBackups = [] } = await rds.send(ask);
    expect(DBInstanceAutomatedBackups.map((one) => one.DBInstanceIdentifier)).toEqual(['orders']);
    expect(['active', 'creating']).toContain(DBInstanceAutomatedBackups[0]?.Status);
  },

  'a global database names its primary cluster': async ({ target, rds }) => {
    const SourceDBClusterIdentifier = arnOf(target, 'cart', 'cluster');
    await rds.send(new CreateGlobalClusterCommand({ GlobalClusterIdentifier: 'world', SourceDBClusterIdentifier }));
    const { GlobalClusters = [] } = await rds.send(new DescribeGlobalClustersCommand({}));
    expect(GlobalClusters).toMatchObject([
      {
        GlobalClusterIdentifier: 'world',
        GlobalClusterArn: `arn:aws:rds::${target.account}:global-cluster:world`,
        GlobalClusterMembers: [{ DBClusterArn: SourceDBClusterIdentifier, IsWriter: true }],
      },
    ]);
  },
});
