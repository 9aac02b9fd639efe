import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeDBClustersCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import type { Scope } from '../../core/identity.ts';
import { DAY_MS } from '../../core/time.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { PATIENT, type ScopeClients } from '../clients.ts';
import { type Answer, answerTo } from './answer.ts';

/** The answer to each operation, by its IAM action. */
export type Answers = Readonly<Record<string, Answer>>;

/** The smallest pages that the services give. */
const SMALLEST = { ec2: 5, rds: 20, autoScaling: 1 } as const;

/** Whether an account lets us in, and whether each operation of a scan is granted in a scope: one call each. */
export const lookCheck = (credentialsOf: CredentialsOf) => ({
  enter: (account: string): Promise<Answer> => answerTo(() => credentialsOf(account)),
  look: async (scope: Scope, now: Date): Promise<Answers> => {
    // Somebody waits for the answer, and an unreachable region is one: not the ten attempts of a scan.
    const config = {
      region: scope.region,
      credentials: await credentialsOf(scope.account),
      ...PATIENT,
      maxAttempts: 3,
    };
    const clients: ScopeClients = {
      ec2: new EC2Client(config),
      rds: new RDSClient(config),
      cloudwatch: new CloudWatchClient(config),
      autoScaling: new AutoScalingClient(config),
    };
    try {
      return await tryEach(clients, now);
    } finally {
      for (const client of Object.values(clients)) client.destroy();
    }
  },
});

async function tryEach(clients: ScopeClients, now: Date): Promise<Answers> {
  const { ec2, rds, autoScaling } = clients;
  const calls: Readonly<Record<string, () => Promise<Answer>>> = {
    'ec2:DescribeVolumes': () => answerTo(() => ec2.send(new DescribeVolumesCommand({ MaxResults: SMALLEST.ec2 }))),
    'ec2:DescribeInstanceTypes': () => tryTypes(clients),
    'autoscaling:DescribeAutoScalingGroups': () =>
      answerTo(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: SMALLEST.autoScaling }))),
    'rds:DescribeDBInstances': () =>
      answerTo(() => rds.send(new DescribeDBInstancesCommand({ MaxRecords: SMALLEST.rds }))),
    'rds:DescribeDBClusters': () =>
      answerTo(() => rds.send(new DescribeDBClustersCommand({ MaxRecords: SMALLEST.rds }))),
    'cloudwatch:GetMetricData': () => tryMetrics(clients, now),
  };
  const [instances, ...others] = await Promise.all([
    tryInstances(clients),
    ...Object.entries(calls).map(async ([action, call]) => [action, await call()] as const),
  ]);
  return { ...instances, ...Object.fromEntries(others) };
}

/** One type by its name. A region that does not offer it says so to those only who may ask. */
async function tryTypes({ ec2 }: ScopeClients): Promise<Answer> {
  const answer = await answerTo(() => ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['t3.micro'] })));
  return answer.state === 'failed' && answer.code === 'InvalidInstanceType' ? { state: 'ok' } : answer;
}

/** The stop protection is asked of one instance: of any that the first page shows. */
async function tryInstances({ ec2 }: ScopeClients): Promise<Answers> {
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
async function tryMetrics({ cloudwatch }: ScopeClients, now: Date): Promise<Answer> {
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
