import {
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

describe('Auto Scaling', () => {
  it('lists groups by page and by tag', async () => {
    for (let count = 0; count < 12; count += 1) {
      const Tags = [{ Key: 'env', Value: count === 3 ? 'qa' : 'prod' }];
      stage.home.autoscaling.addGroup({ AutoScalingGroupName: `web-${count}`, Tags });
    }
    const ask = (input: DescribeAutoScalingGroupsCommandInput) =>
      stage.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand(input));
    const first = await ask({ MaxRecords: 10 });
    const second = await ask({ MaxRecords: 10, NextToken: first.NextToken });
    expect([first.AutoScalingGroups?.length, second.AutoScalingGroups?.length, second.NextToken]).toEqual([
      10,
      2,
      undefined,
    ]);
    expect((await ask({ Filters: [{ Name: 'tag:env', Values: ['qa'] }] })).AutoScalingGroups).toMatchObject([
      { AutoScalingGroupName: 'web-3' },
    ]);
    await expect(ask({ MaxRecords: 101 })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('says which group an instance belongs to', async () => {
    const [member, loner] = [stage.home.ec2.addInstance(), stage.home.ec2.addInstance()];
    stage.home.autoscaling.addGroup({ AutoScalingGroupName: 'web', instanceIds: [member.InstanceId] });
    const InstanceIds = [member.InstanceId, loner.InstanceId];
    const ask = (ids: string[]) =>
      stage.clients.autoScaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: ids }));
    expect((await ask(InstanceIds)).AutoScalingInstances).toMatchObject([
      {
        InstanceId: member.InstanceId,
        AutoScalingGroupName: 'web',
        LifecycleState: 'InService',
        HealthStatus: 'HEALTHY',
      },
    ]);
    await expect(ask(Array.from({ length: 51 }, () => loner.InstanceId))).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});
