import { type Evidence, unknown } from '../core/evidence.ts';
import type { DailySeries, DatabaseFacts, EvidenceKind, Facts, InstanceFacts, VolumeFacts } from '../core/facts.ts';
import type { Arn, Identity, Scope } from '../core/identity.ts';
import type { Estate, MemorySource, ScopeReader, TimeRange } from '../ports.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { readGroupMembers, readGroupOf } from './auto-scaling.ts';
import { type ScopeClients, scopeClients } from './clients.ts';
import { findInstance, listInstances, readInstanceStore, readStopProtection, readVolumes } from './ec2.ts';
import { AccessDeniedError, isDenied, nameOf } from './errors.ts';
import { agentMemory } from './memory-agent.ts';
import { isMetered, readMetered } from './metrics.ts';
import type { Offers } from './offers.ts';
import { findDatabase, listDatabases } from './rds.ts';
import { readClassChanges } from './rds-events.ts';
import { findVolume, listSnapshots, listVolumes } from './volumes.ts';

/** The estate as the look role of each account shows it. Without `offers` nobody knows what a machine may become. */
export function awsEstate(credentialsOf: CredentialsOf, offers?: Offers): Estate {
  return {
    open: async (scope) => {
      const clients = scopeClients(scope, await credentialsOf(scope.account));
      return readerOf({ scope, clients, offers, memory: agentMemory(clients.cloudwatch) });
    },
  };
}

/** One scope, opened. */
interface Opened {
  readonly scope: Scope;
  readonly clients: ScopeClients;
  readonly memory: MemorySource;
  readonly offers: Offers | undefined;
}

function readerOf(opened: Opened): ScopeReader {
  const { scope, clients } = opened;
  const inventory = inventoryOf(opened);
  return {
    find: async (identity, type) => {
      try {
        return await findOne(opened, identity, type);
      } catch (error) {
        if (isDenied(error)) throw new AccessDeniedError(`may not look at the ${type} in ${scope.region}`, error);
        throw error;
      }
    },
    inventory: async (type) => {
      try {
        return await inventory[type]();
      } catch (error) {
        if (isDenied(error)) throw new AccessDeniedError(`may not list ${type}s in ${scope.region}`, error);
        throw error;
      }
    },
    read: async (wants, range) => {
      const questions = questionsOf(wants).map((question) => answer(opened, question, range));
      return new Map((await Promise.all(questions)).flatMap((answers) => [...answers]));
    },
    readMetrics: async (facts, kinds, range) => {
      const asked = kinds.map((kind) => [kind, facts] as const);
      try {
        const series = await readMetered(clients.cloudwatch, asked, range);
        return new Map(kinds.map((kind, index) => [kind, (series[index] ?? NOT_ANSWERED) as Evidence<DailySeries>]));
      } catch (error) {
        if (!isDenied(error)) throw error;
        return new Map(kinds.map((kind) => [kind, unknown(nameOf(error))]));
      }
    },
  };
}

type Inventory = { readonly [Type in Facts['type']]: () => Promise<Facts[]> };

function inventoryOf({ scope, clients: { ec2, rds, autoScaling } }: Opened): Inventory {
  let volumes: Promise<VolumeFacts[]> | undefined;
  const listedVolumes = () => {
    volumes ??= listVolumes(ec2, scope); // the snapshots want them, too
    return volumes;
  };
  return {
    instance: async () => listInstances(ec2, scope, await readGroupMembers(autoScaling)),
    database: () => listDatabases(rds, scope),
    volume: listedVolumes,
    snapshot: async () => listSnapshots(ec2, scope, await listedVolumes()),
  };
}

async function findOne(
  { scope, clients: { ec2, rds, autoScaling } }: Opened,
  identity: Identity,
  type: Facts['type'],
): Promise<Facts | undefined> {
  switch (type) {
    case 'instance': {
      const group = await readGroupOf(autoScaling, identity.id);
      return findInstance(ec2, scope, { id: identity.id, ...(group === undefined ? {} : { group }) });
    }
    case 'database':
      return findDatabase(rds, scope, identity);
    case 'volume':
      return findVolume(ec2, scope, identity);
    case 'snapshot':
      throw new Error('nothing is done to snapshots, so none is looked for');
    default:
      return type satisfies never;
  }
}

/** All metrics of a round are one question, whatever they measure: they share the calls. */
interface Question {
  readonly source: 'metrics' | EvidenceKind;
  readonly wants: ReadonlyMap<Facts, EvidenceKind>;
}

function questionsOf(wants: ReadonlyMap<Facts, EvidenceKind>): Question[] {
  const bySource = Map.groupBy(wants, ([facts, kind]) => (isMetered(facts, kind) ? 'metrics' : kind));
  return [...bySource].map(([source, entries]) => ({ source, wants: new Map(entries) }));
}

type Answers = Map<Arn, Evidence<unknown>>;

const NOT_ANSWERED = unknown('it was not answered');

async function answer(opened: Opened, question: Question, range: TimeRange): Promise<Answers> {
  try {
    return await ask(opened, question, range);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return new Map([...question.wants.keys()].map(({ identity }) => [identity.arn, unknown(nameOf(error))]));
  }
}

async function ask(opened: Opened, { source, wants }: Question, range: TimeRange): Promise<Answers> {
  const { clients, memory, offers } = opened;
  const resources = [...wants.keys()];
  switch (source) {
    case 'metrics': {
      const asked = [...wants].map(([facts, kind]) => [kind, facts] as const);
      const series = await readMetered(clients.cloudwatch, asked, range);
      return new Map(asked.map(([, { identity }], index) => [identity.arn, series[index] ?? NOT_ANSWERED]));
    }
    case 'memoryDays':
      return memory.days(resources.filter(isInstance), range);
    case 'memoryHours':
      return memory.hours(resources.filter(isInstance), range);
    case 'offered':
      return offers ? offers(resources.filter(isMachine), { clients, now: range.to }) : new Map();
    case 'classChanges':
      return readClassChanges(clients.rds, resources);
    case 'volumes':
      return readVolumes(clients.ec2, resources);
    case 'instanceStore':
      return readInstanceStore(clients.ec2, resources.filter(isInstance));
    case 'stopProtection':
      return readStopProtection(clients.ec2, resources);
    default:
      throw new Error(`${source} is not read from a scope`);
  }
}

const isInstance = (facts: Facts): facts is InstanceFacts => facts.type === 'instance';
const isMachine = (facts: Facts): facts is InstanceFacts | DatabaseFacts =>
  facts.type === 'instance' || facts.type === 'database';
