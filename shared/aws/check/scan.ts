import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { SMALLEST, tryAll, tryReads } from './reads.ts';
import type { Tries } from './role.ts';

/** What a scan reads of an account. */
export const tryScan: Tries = async (clients, now) => {
  const groups = new DescribeAutoScalingGroupsCommand({ MaxRecords: SMALLEST.autoScaling });
  const [reads, more] = await Promise.all([
    tryReads(clients, now),
    tryAll({ 'autoscaling:DescribeAutoScalingGroups': () => clients.autoScaling.send(groups) }),
  ]);
  return { ...reads, ...more };
};
