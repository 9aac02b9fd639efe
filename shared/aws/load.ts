import {
  CloudWatchClient,
  type Dimension,
  type MetricDataQuery,
  paginateGetMetricData,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { type _InstanceType, DescribeInstanceTypesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import { parseArn, type Scope } from '../core/identity.ts';
import type { Load } from '../core/sizing/load.ts';
import type { TimeRange } from '../ports.ts';
import type { LoadReader, Machine } from '../ports-acting.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { instanceTypeOf } from './database-classes.ts';
import { isDenied, nameOf } from './errors.ts';
import { everyItem } from './pages.ts';
import { PATIENT } from './patient.ts';

/** The load of single machines, as the look role of their account shows it. */
export function awsLoad(credentialsOf: CredentialsOf): LoadReader {
  return {
    read: async ({ account, region }: Scope, machine, range) => {
      const config = { region, credentials: await credentialsOf(account), ...PATIENT };
      const [cloudwatch, ec2] = [new CloudWatchClient(config), new EC2Client(config)];
      try {
        return await loadOf({ cloudwatch, ec2 }, machine, range);
      } catch (error) {
        if (!isDenied(error)) throw error;
        const denied = unknown(nameOf(error));
        return { cpuPercent: denied, memoryPercent: denied };
      } finally {
        cloudwatch.destroy();
        ec2.destroy();
      }
    },
  };
}

interface Clients {
  readonly cloudwatch: CloudWatchClient;
  readonly ec2: EC2Client;
}

/** One statistic of one metric. */
interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly statistic: 'Average' | 'Maximum' | 'Minimum';
}

async function loadOf(clients: Clients, machine: Machine, range: TimeRange): Promise<Load> {
  return machine.of === 'instance' ? instanceLoad(clients, machine, range) : databaseLoad(clients, machine, range);
}

async function instanceLoad({ cloudwatch }: Clients, { identity, type }: Machine, range: TimeRange): Promise<Load> {
  const dimensions = [{ Name: 'InstanceId', Value: identity.id }];
  const own = (name: string, statistic: Metric['statistic'] = 'Average'): Metric => ({
    namespace: 'AWS/EC2',
    name,
    dimensions,
    statistic,
  });
  const agent = await agentMetric(cloudwatch, { id: identity.id, type });
  const asked = [
    own('CPUUtilization'),
    own('CPUCreditBalance'),
    own('StatusCheckFailed', 'Maximum'),
    ...(agent ? [agent] : []),
  ];
  const [cpu, credits, failed, memory] = await samplesOf(cloudwatch, asked, range);
  return {
    cpuPercent: measured(cpu),
    memoryPercent: agent ? measured(memory) : unknown('no CloudWatch agent measures it'),
    failedChecks: measured(failed),
    ...ofBurstable(credits),
  };
}

/** RDS says in bytes what is free and what is swapped; how large the whole is EC2 says, of the type behind the class. */
async function databaseLoad(clients: Clients, { identity, type }: Machine, range: TimeRange): Promise<Load> {
  const Value = parseArn(identity.arn)?.resource.split(':').at(-1) ?? '';
  const own = (name: string, statistic: Metric['statistic'] = 'Average'): Metric => ({
    namespace: 'AWS/RDS',
    name,
    dimensions: [{ Name: 'DBInstanceIdentifier', Value }],
    statistic,
  });
  const asked = [own('CPUUtilization'), own('CPUCreditBalance'), own('FreeableMemory', 'Minimum'), own('SwapUsage')];
  const [cpu, credits, free, swap] = await samplesOf(clients.cloudwatch, asked, range);
  const whole = await memoryBytes(clients.ec2, instanceTypeOf(type));
  const percent = (samples: readonly number[], of: (bytes: number, all: number) => number) =>
    whole.known ? measured(samples.map((bytes) => (100 * of(bytes, whole.value)) / whole.value)) : whole;
  return {
    cpuPercent: measured(cpu),
    memoryPercent: percent(free ?? [], (bytes, all) => all - bytes),
    swapPercent: percent(swap ?? [], (bytes) => bytes),
    ...ofBurstable(credits),
  };
}

const measured = (samples: readonly number[] | undefined): Evidence<readonly number[]> =>
  samples && samples.length > 0 ? known(samples) : unknown('CloudWatch has no samples of it');

const ofBurstable = (credits: readonly number[] | undefined): Pick<Load, 'credits'> =>
  credits && credits.length > 0 ? { credits: known(credits) } : {};

/** What the CloudWatch agent calls the memory in use, in percent: on Linux, and on Windows. */
const AGENT_NAMES = ['mem_used_percent', 'Memory % Committed Bytes In Use'];

/**
 * The agent's metrics carry dimensions that only a listing knows. Where the type is one of them, a resized machine has
 * another metric, which the listing has some minutes after its start.
 */
async function agentMetric(
  client: CloudWatchClient,
  { id, type }: { readonly id: string; readonly type: string },
): Promise<Metric | undefined> {
  const Dimensions = [{ Name: 'InstanceId', Value: id }];
  for (const name of AGENT_NAMES) {
    const pages = paginateListMetrics({ client }, { Namespace: 'CWAgent', MetricName: name, Dimensions });
    const listed = await everyItem(pages, (page) => page.Metrics);
    const typeOf = (dimensions: readonly Dimension[]) =>
      dimensions.find(({ Name }) => Name === 'InstanceType')?.Value ?? type;
    const found = listed.find(({ Dimensions: all = [] }) => typeOf(all) === type);
    if (found) return { namespace: 'CWAgent', name, dimensions: found.Dimensions ?? [], statistic: 'Maximum' };
  }
  return undefined;
}

async function memoryBytes(ec2: EC2Client, type: string): Promise<Evidence<number>> {
  const InstanceTypes = [type as _InstanceType];
  try {
    const reply = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes }));
    const mib = reply.InstanceTypes?.[0]?.MemoryInfo?.SizeInMiB;
    return mib ? known(mib * 1024 * 1024) : unknown(`EC2 does not say how much memory ${type} has`);
  } catch (error) {
    if (nameOf(error) !== 'InvalidInstanceType') throw error;
    return unknown(`EC2 does not know the type ${type}`);
  }
}

const SAMPLE_MS = 300_000;

/** The samples of each metric, oldest first; the one that is not over yet is not asked for. */
async function samplesOf(
  client: CloudWatchClient,
  metrics: readonly Metric[],
  { from, to }: TimeRange,
): Promise<number[][]> {
  const StartTime = new Date(Math.ceil(from.getTime() / SAMPLE_MS) * SAMPLE_MS);
  const EndTime = new Date(Math.floor(to.getTime() / SAMPLE_MS) * SAMPLE_MS);
  if (StartTime >= EndTime) return metrics.map(() => []);
  const MetricDataQueries = metrics.map(toQuery);
  const pages = paginateGetMetricData(
    { client },
    { MetricDataQueries, StartTime, EndTime, ScanBy: 'TimestampAscending' },
  );
  const results = await everyItem(pages, (page) => page.MetricDataResults);
  return metrics.map((_, index) =>
    results.filter(({ Id }) => Id === `m${index}`).flatMap(({ Values }) => Values ?? []),
  );
}

const toQuery = ({ namespace, name, dimensions, statistic }: Metric, index: number): MetricDataQuery => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: { Namespace: namespace, MetricName: name, Dimensions: [...dimensions] },
    Period: SAMPLE_MS / 1000,
    Stat: statistic,
  },
});
