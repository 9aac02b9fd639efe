import { AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
} from '@aws-sdk/client-ec2';
import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from '@aws-sdk/client-rds';
import { using } from '../using.ts';
import { tryAlarmed } from './alarmed.ts';
import { SMALLEST, tryAll } from './reads.ts';
import type { Tries } from './role.ts';

/** What is read, with the look role, of a resource and of alarms, before and after something is changed. */
export const tryRecheck: Tries = async (clients, now, config) => {
  const members = new DescribeAutoScalingInstancesCommand({ MaxRecords: SMALLEST.autoScaling });
  const [reads, more] = await Promise.all([
    tryAlarmed(clients, now, config),
    tryAll({
      'autoscaling:DescribeAutoScalingInstances': () =>
        using({ autoScaling: new AutoScalingClient(config) }, ({ autoScaling }) => autoScaling.send(members)),
    }),
  ]);
  return { ...reads, ...more };
};

/** What is read, with the act role, in the same breath as a change is made. */
export const tryHands: Tries = async ({ ec2, rds }) => {
  const page = { MaxRecords: SMALLEST.rds };
  const few = { MaxResults: SMALLEST.ec2 };
  return tryAll({
    'ec2:DescribeInstanceCreditSpecifications': () => ec2.send(new DescribeInstanceCreditSpecificationsCommand(few)),
    'ec2:DescribeInstances': () => ec2.send(new DescribeInstancesCommand(few)),
    'ec2:DescribeSnapshots': () => ec2.send(new DescribeSnapshotsCommand({ ...few, OwnerIds: ['self'] })),
    'ec2:DescribeVolumes': () => ec2.send(new DescribeVolumesCommand(few)),
    'ec2:DescribeVolumesModifications': () => ec2.send(new DescribeVolumesModificationsCommand(few)),
    'rds:DescribeDBInstances': () => rds.send(new DescribeDBInstancesCommand(page)),
    'rds:DescribeDBClusters': () => rds.send(new DescribeDBClustersCommand(page)),
    'rds:DescribeDBSnapshots': () => rds.send(new DescribeDBSnapshotsCommand(page)),
    'rds:DescribeDBClusterSnapshots': () => rds.send(new DescribeDBClusterSnapshotsCommand(page)),
  });
};
