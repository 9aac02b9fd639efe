import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { DescribeClustersCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { AccountRole, Answer, Answers } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { TASKS } from '../capacities.ts';
import { PATIENT } from '../patient.ts';
import { using } from '../using.ts';
import { answerTo } from './answer.ts';
import { SMALLEST, tryAll } from './reads.ts';

/** Whether an account lets us in, and whether what may be under schedules, and its alarms, may be read in a region. */
export const scheduledCheck = (credentialsOf: CredentialsOf): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async ({ account, region }) => {
    // Somebody waits for the answer.
    const config = { region, credentials: await credentialsOf(account), ...PATIENT, maxAttempts: 3 };
    const clients = {
      applicationAutoScaling: new ApplicationAutoScalingClient(config),
      autoScaling: new AutoScalingClient(config),
      cloudwatch: new CloudWatchClient(config),
      ec2: new EC2Client(config),
      ecs: new ECSClient(config),
      rds: new RDSClient(config),
      redshift: new RedshiftClient(config),
      tagging: new ResourceGroupsTaggingAPIClient(config),
    };
    return using(clients, tryScheduled);
  },
});

interface ScheduledClients {
  readonly applicationAutoScaling: ApplicationAutoScalingClient;
  readonly autoScaling: AutoScalingClient;
  readonly cloudwatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly ecs: ECSClient;
  readonly rds: RDSClient;
  readonly redshift: RedshiftClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
}

async function tryScheduled(clients: ScheduledClients): Promise<Answers> {
  const { applicationAutoScaling, autoScaling, cloudwatch, ec2, ecs, rds, redshift, tagging } = clients;
  const page = { MaxRecords: SMALLEST.rds };
  const groups = new DescribeAutoScalingGroupsCommand({ MaxRecords: SMALLEST.autoScaling });
  const alarms = new DescribeAlarmsCommand({ MaxRecords: SMALLEST.cloudwatch });
  const [answers, services] = await Promise.all([
    tryAll({
      'application-autoscaling:DescribeScalableTargets': () =>
        applicationAutoScaling.send(new DescribeScalableTargetsCommand({ ...TASKS, MaxResults: 1 })),
      'autoscaling:DescribeAutoScalingGroups': () => autoScaling.send(groups),
      'cloudwatch:DescribeAlarms': () => cloudwatch.send(alarms),
      'ec2:DescribeInstances': () => ec2.send(new DescribeInstancesCommand({ MaxResults: SMALLEST.ec2 })),
      'rds:DescribeDBClusters': () => rds.send(new DescribeDBClustersCommand(page)),
      'rds:DescribeDBInstances': () => rds.send(new DescribeDBInstancesCommand(page)),
      'rds:DescribeEvents': () => rds.send(new DescribeEventsCommand(page)),
      'redshift:DescribeClusters': () => redshift.send(new DescribeClustersCommand(page)),
      'tag:GetResources': () => tagging.send(new GetResourcesCommand({ ResourcesPerPage: 1 })),
    }),
    tryServices(ecs),
  ]);
  return { ...answers, 'ecs:DescribeServices': services };
}

/** Of a service that is not there, in a cluster that may not be there: ECS says so to those only who may ask. */
async function tryServices(client: ECSClient): Promise<Answer> {
  const answer = await answerTo(() => client.send(new DescribeServicesCommand({ services: ['lamplighter-check'] })));
  return answer.state === 'failed' && answer.code === 'ClusterNotFoundException' ? { state: 'ok' } : answer;
}
