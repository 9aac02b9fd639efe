import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstanceCreditSpecificationsCommand, DescribeInstanceStatusCommand } from '@aws-sdk/client-ec2';
import { DescribeEventsCommand } from '@aws-sdk/client-rds';
import { SMALLEST, tryAll, tryReads } from './reads.ts';
import type { Tries } from './role.ts';

/** What is read of alarms, and of what they are about. */
export const tryAlarmed: Tries = async (clients, now) => {
  const { cloudwatch, ec2, rds } = clients;
  const [reads, more] = await Promise.all([
    tryReads(clients, now),
    tryAll({
      'cloudwatch:DescribeAlarms': () =>
        cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: SMALLEST.cloudwatch })),
      'cloudwatch:DescribeAlarmHistory': () =>
        cloudwatch.send(new DescribeAlarmHistoryCommand({ MaxRecords: SMALLEST.cloudwatch })),
      'ec2:DescribeInstanceStatus': () => ec2.send(new DescribeInstanceStatusCommand({ MaxResults: SMALLEST.ec2 })),
      'ec2:DescribeInstanceCreditSpecifications': () =>
        ec2.send(new DescribeInstanceCreditSpecificationsCommand({ MaxResults: SMALLEST.ec2 })),
      'rds:DescribeEvents': () => rds.send(new DescribeEventsCommand({ MaxRecords: SMALLEST.rds })),
    }),
  ]);
  return { ...reads, ...more };
};
