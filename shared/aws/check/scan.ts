import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeImagesCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { DescribeEventsCommand } from '@aws-sdk/client-rds';
import { using } from '../using.ts';
import { SMALLEST, tryAll, tryReads } from './reads.ts';
import type { Tries } from './role.ts';

/** What a scan reads of an account. */
export const tryScan: Tries = async (clients, now, config) => {
  const groups = new DescribeAutoScalingGroupsCommand({ MaxRecords: SMALLEST.autoScaling });
  const { ec2, rds } = clients;
  const [reads, more] = await Promise.all([
    tryReads(clients, now),
    tryAll({
      'autoscaling:DescribeAutoScalingGroups': () =>
        using({ autoScaling: new AutoScalingClient(config) }, ({ autoScaling }) => autoScaling.send(groups)),
      'ec2:DescribeSnapshots': () =>
        ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], MaxResults: SMALLEST.ec2 })),
      'rds:DescribeEvents': () => rds.send(new DescribeEventsCommand({ MaxRecords: SMALLEST.rds })),
      'ec2:DescribeImages': () => ec2.send(new DescribeImagesCommand({ Owners: ['self'], MaxResults: SMALLEST.ec2 })),
    }),
  ]);
  return { ...reads, ...more };
};
