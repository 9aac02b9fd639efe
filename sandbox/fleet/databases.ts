import type { DatabaseSpec } from '../estate/rds-instance.ts';
import { asTagList, bornAt, measuredAs, type Site, tagsOf, truthIn } from './site.ts';
import type { Truth } from './truth.ts';
import { type Measured, measureDatabase } from './usage.ts';

const CLASSES = ['db.t4g.medium', 'db.t3.large', 'db.m6g.large', 'db.m6i.large', 'db.r6g.large'] as const;
const ENGINES: readonly [DatabaseSpec, ...DatabaseSpec[]] = [
  { Engine: 'postgres' },
  { Engine: 'postgres', MultiAZ: true },
  { Engine: 'mysql' },
  { Engine: 'mariadb' },
  { Engine: 'sqlserver-se', DBInstanceClass: 'db.m5.xlarge', LicenseModel: 'license-included' },
  { Engine: 'oracle-se2', DBInstanceClass: 'db.m5.large', LicenseModel: 'license-included' },
];

/** Builds one database: an instance, with its replica if it is to have one, or a cluster with its members. */
export function buildDatabase(site: Site): readonly Truth[] {
  switch (site.label) {
    case 'exempt:replication':
      return buildReplication(site);
    case 'exempt:global-database':
    case 'exempt:multi-az-cluster':
    case 'exempt:other-service':
      return buildCluster(site);
    case 'exempt:sql-server-multi-az':
    case 'exempt:not-available':
    case 'exempt:pending-modifications':
    case 'exempt:held-connection':
      return [buildInstance(site, nameOf(site))];
    default:
      return site.dice.chance(0.3) ? buildCluster(site) : [buildInstance(site, nameOf(site))];
  }
}

const nameOf = ({ dice, number }: Site): string =>
  `${dice.pick(['orders', 'catalog', 'billing', 'reports', 'users', 'search'])}-${number}`;

function buildInstance(site: Site, name: string, more: DatabaseSpec = {}): Truth {
  const { region, dice, label } = site;
  const born = bornAt(site);
  const database = region.rds.addInstance({
    DBInstanceIdentifier: name,
    DbiResourceId: `db-${dice.base32(26)}`,
    InstanceCreateTime: born,
    DBInstanceClass: dice.pick(CLASSES),
    AllocatedStorage: dice.pick([20, 100, 500]),
    ...dice.pick(ENGINES),
    ...exemption(site),
    ...more,
    TagList: asTagList(tagsOf(site)),
  });
  measureDatabase(region, name, measured(site, born));
  return truthIn(region, { arn: database.DBInstanceArn, kind: 'database', name, label });
}

/** Every sixth busy database has no connections at all, and reads and writes from within. */
const measured = (site: Site, born: Date): Measured =>
  measuredAs(site, born, site.dice.chance(1 / 6) ? 'no-connections' : 'busy');

function exemption({ label, dice }: Site): DatabaseSpec {
  switch (label) {
    case 'exempt:not-available':
      return { DBInstanceStatus: dice.pick(['stopped', 'modifying', 'storage-optimization', 'backing-up']) };
    case 'exempt:pending-modifications':
      return { PendingModifiedValues: { DBInstanceClass: 'db.r6g.xlarge' } };
    case 'exempt:sql-server-multi-az':
      return {
        Engine: 'sqlserver-se',
        DBInstanceClass: 'db.m5.xlarge',
        MultiAZ: true,
        LicenseModel: 'license-included',
      };
    default:
      return {};
  }
}

function buildReplication(site: Site): Truth[] {
  const name = nameOf(site);
  const replica = `${name}-replica`;
  return [
    buildInstance(site, name, { Engine: 'postgres', ReadReplicaDBInstanceIdentifiers: [replica] }),
    buildInstance(site, replica, { Engine: 'postgres', ReadReplicaSourceDBInstanceIdentifier: name }),
  ];
}

/** What kind of cluster the label asks for; the idle ones and those in use are Aurora. */
function clusterKind({ label, dice }: Site) {
  if (label === 'exempt:other-service') return { Engine: dice.pick(['neptune', 'docdb']), member: 'db.r6g.large' };
  if (label === 'exempt:multi-az-cluster') return { Engine: 'postgres', member: 'db.m6gd.large', MultiAZ: true };
  const serverless = label !== 'exempt:global-database' && dice.chance(0.25);
  return {
    Engine: dice.pick(['aurora-postgresql', 'aurora-mysql']),
    member: serverless ? 'db.serverless' : dice.pick(['db.r6g.large', 'db.r6g.xlarge', 'db.t4g.medium']),
    ...(serverless ? { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 } } : {}),
    ...(label === 'exempt:global-database' ? { GlobalClusterIdentifier: 'shop-everywhere' } : {}),
  };
}

/** Members do what their cluster does, and share one kind of usage; they are labelled by what they are. */
function buildCluster(site: Site): Truth[] {
  const { region, dice, label } = site;
  const { member, ...kind } = clusterKind(site);
  const name = `${nameOf(site)}-cluster`;
  const born = bornAt(site);
  const TagList = asTagList(tagsOf(site));
  const cluster = region.rds.addCluster({
    DBClusterIdentifier: name,
    DbClusterResourceId: `cluster-${dice.base32(26)}`,
    ClusterCreateTime: born,
    ...kind,
    TagList,
  });
  const members = label === 'exempt:multi-az-cluster' ? 3 : dice.between(1, 3);
  const load = measured(site, born);
  const truths = [truthIn(region, { arn: cluster.DBClusterArn, kind: 'cluster', name, label })];
  for (let nth = 1; nth <= members; nth += 1) {
    const database = region.rds.addInstance({
      DBInstanceIdentifier: `${name}-${nth}`,
      DBClusterIdentifier: name,
      DbiResourceId: `db-${dice.base32(26)}`,
      InstanceCreateTime: born,
      DBInstanceClass: member,
      Engine: kind.Engine,
      TagList,
    });
    measureDatabase(region, database.DBInstanceIdentifier, { ...load, seed: load.seed + nth });
    const [arn, memberName] = [database.DBInstanceArn, database.DBInstanceIdentifier];
    truths.push(truthIn(region, { arn, kind: 'database', name: memberName, label: 'exempt:cluster-member' }));
  }
  return truths;
}
