import { EC2Client, type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import {
  type DBCluster,
  type DBInstance,
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import { type Evidence, known } from '../../core/evidence.ts';
import { parseArn, type Scope } from '../../core/identity.ts';
import { parentOf } from '../../core/remediation/parent.ts';
import { type KnownSubject, keyOfSubject } from '../../core/remediation/subject.ts';
import type { FoundDatabase, FoundInstance, FoundResource, ReplicaName } from '../../ports-remediation.ts';
import { instanceFacts, livingIn } from '../ec2.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import { chunks, everyItem } from '../pages.ts';
import { clusterFacts, instanceFacts as databaseFacts } from '../rds.ts';
import { readable } from '../retention/unreadable.ts';
import { using } from '../using.ts';

/** What finds resources of one kind by their names, or ids, in as few calls as can be. */
type Find = (
  config: ClientConfig,
  scope: Scope,
  names: readonly string[],
) => Promise<ReadonlyMap<string, FoundResource>>;

interface Kind {
  readonly words: string;
  readonly nameOf: (subject: KnownSubject) => string | undefined;
  readonly find: Find;
}

/** The resources of a scope by the keys of their subjects. A kind that may not be read leaves the others. */
export async function findResources(
  config: ClientConfig,
  scope: Scope,
  subjects: readonly KnownSubject[],
): Promise<Map<string, Evidence<FoundResource | undefined>>> {
  const found = await Promise.all(
    KINDS.map(async ({ words, nameOf, find }) => {
      const named = subjects.flatMap((subject) => {
        const name = nameOf(subject);
        return name === undefined ? [] : [{ key: keyOfSubject(subject, scope), name }];
      });
      if (named.length === 0) return [];
      const names = [...new Set(named.map(({ name }) => name))];
      const there = await readable(words, () => find(config, scope, names));
      return named.map(({ key, name }) => [key, there.known ? known(there.value.get(name)) : there] as const);
    }),
  );
  return new Map(found.flat());
}

/** So many values a filter takes: of EC2, and of RDS. */
const FILTER_VALUES = { ec2: 200, rds: 50 } as const;

/** By a filter, which passes over what does not exist: an id that is asked for would fail the call. */
const findInstances: Find = (config, scope, ids) =>
  using({ client: new EC2Client(config) }, async ({ client }) => {
    const found = new Map<string, FoundInstance>();
    for (const Values of chunks(ids, FILTER_VALUES.ec2)) {
      const Filters = [{ Name: 'instance-id', Values }];
      const pages = paginateDescribeInstances({ client, pageSize: 1000 }, { Filters });
      for (const { instance, account } of await everyItem(pages, (page) => livingIn(page, scope))) {
        const facts = instanceFacts(instance, { ...scope, account });
        found.set(facts.identity.id, { type: 'instance', facts, ...belonging(facts), ...recoveryOf(instance) });
      }
    }
    return found;
  });

/** Not on bare metal, nor on a Dedicated Host (EC2 User Guide, "Configure simplified automatic recovery"). */
function recoveryOf({
  MaintenanceOptions,
  Placement,
  InstanceType: type,
}: Instance): Pick<FoundInstance, 'recoversItself'> {
  const isSupported = Placement?.Tenancy !== 'host' && !type?.includes('.metal');
  return isSupported && MaintenanceOptions?.AutoRecovery === 'default' ? { recoversItself: true } : {};
}

const findDatabases: Find = (config, scope, names) =>
  using({ client: new RDSClient(config) }, async ({ client }) => {
    const instances = await filtered(client, 'db-instance-id', names);
    return new Map(
      instances.map((instance) => {
        const found = foundDatabase(instance, scope);
        return [found.facts.name, found];
      }),
    );
  });

const findClusters: Find = (config, scope, names) =>
  using({ client: new RDSClient(config) }, async ({ client }) => {
    const clusters: DBCluster[] = [];
    for (const Values of chunks(names, FILTER_VALUES.rds)) {
      const Filters = [{ Name: 'db-cluster-id', Values }];
      const pages = paginateDescribeDBClusters({ client, pageSize: 100 }, { Filters });
      clusters.push(...(await everyItem(pages, (page) => page.DBClusters)));
    }
    if (clusters.length === 0) return new Map();
    const members = await filtered(client, 'db-cluster-id', names);
    return new Map(
      clusters.map((cluster) => {
        const found = foundCluster(cluster, scope, members);
        return [found.facts.name, found];
      }),
    );
  });

const KINDS: readonly Kind[] = [
  { words: 'the instances', nameOf: (one) => (one.type === 'instance' ? one.id : undefined), find: findInstances },
  { words: 'the databases', nameOf: (one) => databaseNamed(one, 'instance'), find: findDatabases },
  { words: 'the clusters', nameOf: (one) => databaseNamed(one, 'cluster'), find: findClusters },
];

const databaseNamed = (subject: KnownSubject, form: 'instance' | 'cluster'): string | undefined =>
  subject.type === 'database' && subject.form === form ? subject.name : undefined;

async function filtered(client: RDSClient, Name: string, names: readonly string[]): Promise<DBInstance[]> {
  const found: DBInstance[] = [];
  for (const Values of chunks(names, FILTER_VALUES.rds)) {
    const pages = paginateDescribeDBInstances({ client, pageSize: 100 }, { Filters: [{ Name, Values }] });
    found.push(...(await everyItem(pages, (page) => page.DBInstances)));
  }
  return found;
}

function foundDatabase(instance: DBInstance, scope: Scope): FoundDatabase {
  const facts = databaseFacts(instance, scope);
  const { MaxAllocatedStorage: most } = instance;
  return {
    type: 'database',
    facts,
    ...belonging(facts),
    replicas: replicasOf(instance),
    ...(most ? { growsItselfTo: most } : {}),
    ...countedIn([instance]),
  };
}

/** The first whose load is counted. */
function countedIn(instances: readonly DBInstance[]): Pick<FoundDatabase, 'counted'> {
  const counted = instances.find(({ PerformanceInsightsEnabled: isOn }) => isOn);
  const { DBInstanceIdentifier: name, DbiResourceId: resourceId, Engine: engine = '' } = counted ?? {};
  return name && resourceId ? { counted: { name, resourceId, engine } } : {};
}

/** Its read replicas, and itself where it is one. Those in other regions are named by their ARNs. */
function replicasOf(instance: DBInstance): ReplicaName[] {
  const { DBInstanceIdentifier: own = '', ReadReplicaDBInstanceIdentifiers: others = [] } = instance;
  const source = instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier;
  const read = others.map((name): ReplicaName => {
    const { region, resource } = parseArn(name) ?? {};
    return region && resource ? { name: resource.replace(/^db:/, ''), region } : { name };
  });
  return [...(source ? [{ name: own }] : []), ...read];
}

function foundCluster(cluster: DBCluster, scope: Scope, instances: readonly DBInstance[]): FoundDatabase {
  const members = instances.filter(({ DBClusterIdentifier: of }) => of === cluster.DBClusterIdentifier);
  const byName = new Map(members.map((one) => [one.DBInstanceIdentifier ?? '', databaseFacts(one, scope)]));
  const readers = (cluster.DBClusterMembers ?? []).filter(({ IsClusterWriter }) => !IsClusterWriter);
  const isReader = ({ DBInstanceIdentifier: own }: DBInstance) =>
    readers.some(({ DBInstanceIdentifier: name }) => name === own);
  return {
    type: 'database',
    facts: clusterFacts(cluster, scope, byName),
    replicas: readers.flatMap(({ DBInstanceIdentifier: name }) => (name ? [{ name }] : [])),
    ...countedIn([...members.filter((one) => !isReader(one)), ...members.filter(isReader)]),
  };
}

function belonging(facts: Parameters<typeof parentOf>[0]): Pick<FoundInstance, 'parent'> {
  const parent = parentOf(facts);
  return parent ? { parent } : {};
}
