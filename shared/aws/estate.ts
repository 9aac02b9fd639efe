import { type Evidence, unknown } from '../core/evidence.ts';
import {
  type DailySeries,
  type DatabaseFacts,
  type EvidenceKind,
  type Facts,
  type InstanceFacts,
  isMetric,
  type MetricKind,
} from '../core/facts.ts';
import type { Arn, Identity, Scope } from '../core/identity.ts';
import type { Estate, ScopeReader, TimeRange } from '../ports.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { readGroupMembers, readGroupOf } from './auto-scaling.ts';
import { type ScopeClients, scopeClients } from './clients.ts';
import { type DailyMetric, readDaily, sumOf } from './cloudwatch.ts';
import { findInstance, listInstances, readInstanceStore, readStopProtection, readVolumes } from './ec2.ts';
import { AccessDeniedError, isDenied, nameOf } from './errors.ts';
import { findDatabase, listDatabases } from './rds.ts';

/** The estate as the look role of each account shows it. */
export function awsEstate(credentialsOf: CredentialsOf): Estate {
  return { open: async (scope) => readerOf(scope, scopeClients(scope, await credentialsOf(scope.account))) };
}

function readerOf(scope: Scope, clients: ScopeClients): ScopeReader {
  return {
    find: async (identity, type) => {
      try {
        return type === 'instance'
          ? await instance(scope, clients, identity)
          : await findDatabase(clients.rds, scope, identity);
      } catch (error) {
        if (isDenied(error)) throw new AccessDeniedError(`may not look at the ${type} in ${scope.region}`, error);
        throw error;
      }
    },
    inventory: async (type) => {
      try {
        return type === 'instance' ? await instances(scope, clients) : await listDatabases(clients.rds, scope);
      } catch (error) {
        if (isDenied(error)) throw new AccessDeniedError(`may not list ${type}s in ${scope.region}`, error);
        throw error;
      }
    },
    read: async (wants, range) => {
      const questions = questionsOf(wants).map((question) => answer(clients, question, range));
      return new Map((await Promise.all(questions)).flatMap((answers) => [...answers]));
    },
    readMetrics: async (facts, kinds, range) => {
      const asked = kinds.map((kind) => [kind, facts] as const);
      try {
        const series = await readMetrics(clients, asked, range);
        return new Map(kinds.map((kind, index) => [kind, series[index] ?? unknown('it was not answered')]));
      } catch (error) {
        if (!isDenied(error)) throw error;
        return new Map(kinds.map((kind) => [kind, unknown(nameOf(error))]));
      }
    },
  };
}

async function instances(scope: Scope, { ec2, autoScaling }: ScopeClients): Promise<InstanceFacts[]> {
  return listInstances(ec2, scope, await readGroupMembers(autoScaling));
}

async function instance(
  scope: Scope,
  { ec2, autoScaling }: ScopeClients,
  { id }: Identity,
): Promise<InstanceFacts | undefined> {
  const group = await readGroupOf(autoScaling, id);
  return findInstance(ec2, scope, { id, ...(group === undefined ? {} : { group }) });
}

/** All metrics of a round are one question, whatever they measure: they share the calls. */
interface Question {
  readonly source: 'metrics' | Exclude<EvidenceKind, MetricKind>;
  readonly wants: ReadonlyMap<Facts, EvidenceKind>;
}

function questionsOf(wants: ReadonlyMap<Facts, EvidenceKind>): Question[] {
  const bySource = Map.groupBy(wants, ([, kind]) => (isMetric(kind) ? 'metrics' : kind));
  return [...bySource].map(([source, entries]) => ({ source, wants: new Map(entries) }));
}

type Answers = Map<Arn, Evidence<unknown>>;

async function answer(clients: ScopeClients, question: Question, range: TimeRange): Promise<Answers> {
  try {
    return await ask(clients, question, range);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return new Map([...question.wants.keys()].map(({ identity }) => [identity.arn, unknown(nameOf(error))]));
  }
}

async function ask(clients: ScopeClients, { source, wants }: Question, range: TimeRange): Promise<Answers> {
  const resources = [...wants.keys()];
  switch (source) {
    case 'metrics': {
      const asked = [...wants].flatMap(([facts, kind]) => (isMetric(kind) ? [[kind, facts] as const] : []));
      const series = await readMetrics(clients, asked, range);
      return new Map(
        asked.map(([, { identity }], index) => [identity.arn, series[index] ?? unknown('it was not answered')]),
      );
    }
    case 'volumes':
      return readVolumes(clients.ec2, resources);
    case 'instanceStore':
      return readInstanceStore(clients.ec2, resources.filter(isInstance));
    case 'stopProtection':
      return readStopProtection(clients.ec2, resources);
    case 'hourlyPrice':
      throw new Error('prices are read from the price list, not from a scope');
    default:
      return source satisfies never;
  }
}

const isInstance = (facts: Facts): facts is InstanceFacts => facts.type === 'instance';

/** The metrics whose sum, day by day, is the evidence. */
type MetricsOf = (facts: Facts) => DailyMetric[];

const ofInstance =
  (statistic: DailyMetric['statistic'], ...names: string[]): MetricsOf =>
  (facts) =>
    names.map((name) => ({
      namespace: 'AWS/EC2',
      name,
      dimension: { Name: 'InstanceId', Value: facts.identity.id },
      statistic,
    }));

const ofDatabase =
  (statistic: DailyMetric['statistic'], ...names: string[]): MetricsOf =>
  (facts) =>
    (facts as DatabaseFacts).metricNames.flatMap((member) =>
      names.map((name) => ({
        namespace: 'AWS/RDS',
        name,
        dimension: { Name: 'DBInstanceIdentifier', Value: member },
        statistic,
      })),
    );

const METRICS: { readonly [Kind in MetricKind]: MetricsOf } = {
  peakCpuPercent: ofInstance('Maximum', 'CPUUtilization'),
  networkBytes: ofInstance('Sum', 'NetworkIn', 'NetworkOut'),
  peakConnections: ofDatabase('Maximum', 'DatabaseConnections'),
  peakIops: ofDatabase('Maximum', 'ReadIOPS', 'WriteIOPS'),
};

/** Each of the kinds of evidence, in the order asked; all of them share the calls. */
async function readMetrics(
  { cloudwatch }: ScopeClients,
  asked: readonly (readonly [MetricKind, Facts])[],
  range: TimeRange,
): Promise<Evidence<DailySeries>[]> {
  const metrics = asked.map(([kind, facts]) => METRICS[kind](facts));
  const series = (await readDaily(cloudwatch, metrics.flat(), range)).values();
  return metrics.map((own) => sumOf(own.map(() => series.next().value ?? unknown('CloudWatch did not answer'))));
}
