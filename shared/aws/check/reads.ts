import { GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeOrderableDBInstanceOptionsCommand,
} from '@aws-sdk/client-rds';
import { DAY_MS } from '../../core/time.ts';
import type { Answer, Answers } from '../../ports-check.ts';
import { answerTo } from './answer.ts';
import type { RoleClients } from './role.ts';

/** The smallest pages that the services give. */
export const SMALLEST = { ec2: 5, rds: 20, autoScaling: 1, cloudwatch: 1 } as const;

/** Tries each, all at once. */
export async function tryAll(calls: Readonly<Record<string, () => Promise<unknown>>>): Promise<Answers> {
  const tried = Object.entries(calls).map(async ([action, call]) => [action, await answerTo(call)] as const);
  return Object.fromEntries(await Promise.all(tried));
}

/** What is read of databases and instances, by those who propose a change and by those who recheck one. */
export async function tryReads(clients: RoleClients, now: Date): Promise<Answers> {
  const { ec2, rds, cloudwatch } = clients;
  const [instances, types, metrics, others] = await Promise.all([
    tryInstances(ec2),
    tryTypes(ec2),
    tryMetrics(clients, now),
    tryAll({
      'ec2:DescribeVolumes': () => ec2.send(new DescribeVolumesCommand({ MaxResults: SMALLEST.ec2 })),
      'ec2:DescribeInstanceTypeOfferings': () =>
        ec2.send(new DescribeInstanceTypeOfferingsCommand({ MaxResults: SMALLEST.ec2 })),
      'rds:DescribeOrderableDBInstanceOptions': () =>
        rds.send(new DescribeOrderableDBInstanceOptionsCommand({ Engine: 'mysql', MaxRecords: SMALLEST.rds })),
      'cloudwatch:ListMetrics': () => cloudwatch.send(new ListMetricsCommand({ Namespace: 'CWAgent' })),
      'rds:DescribeDBInstances': () => rds.send(new DescribeDBInstancesCommand({ MaxRecords: SMALLEST.rds })),
      'rds:DescribeDBClusters': () => rds.send(new DescribeDBClustersCommand({ MaxRecords: SMALLEST.rds })),
    }),
  ]);
  return { ...instances, 'ec2:DescribeInstanceTypes': types, ...others, 'cloudwatch:GetMetricData': metrics };
}

/** One type by its name. A region that does not offer it says so to those only who may ask. */
async function tryTypes(ec2: EC2Client): Promise<Answer> {
  const answer = await answerTo(() => ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t3.micro'] })));
  return answer.state === 'failed' && answer.code === 'InvalidInstanceType' ? { state: 'ok' } : answer;
}

/** The stop protection is asked of one instance: of any that the first page shows. */
async function tryInstances(ec2: EC2Client): Promise<Answers> {
  let id: string | undefined;
  const instances = await answerTo(async () => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ MaxResults: SMALLEST.ec2 }));
    const all = Reservations.flatMap(({ Instances = [] }) => Instances);
    id = all.find(({ State }) => State?.Name !== 'terminated')?.InstanceId;
  });
  return { 'ec2:DescribeInstances': instances, 'ec2:DescribeInstanceAttribute': await tryAttribute(ec2, id) };
}

async function tryAttribute(ec2: EC2Client, id: string | undefined): Promise<Answer> {
  if (!id) return { state: 'untried', why: 'AWS answers it for an instance only, and none was seen' };
  const question = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiStop' });
  const answer = await answerTo(() => ec2.send(question));
  // It may have been terminated between the two calls, which says nothing of our rights.
  return answer.state === 'failed' && answer.code.startsWith('InvalidInstanceID')
    ? { state: 'untried', why: 'the instance was gone' }
    : answer;
}

/** One metric of a day. CloudWatch may also refuse inside an answer that is none of an error. */
async function tryMetrics({ cloudwatch }: RoleClients, now: Date): Promise<Answer> {
  let status: string | undefined;
  const Metric = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Dimensions: [] };
  const question = new GetMetricDataCommand({
    MetricDataQueries: [{ Id: 'm0', MetricStat: { Metric, Period: DAY_MS / 1000, Stat: 'Maximum' } }],
    StartTime: new Date(now.getTime() - DAY_MS),
    EndTime: now,
  });
  const answer = await answerTo(async () => {
    const { MetricDataResults = [] } = await cloudwatch.send(question);
    status = MetricDataResults[0]?.StatusCode;
  });
  return status === 'Forbidden' ? { state: 'denied', code: status } : answer;
}
