import {
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
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

  it('launches and terminates over time, and tells of it: what goes on first, then the newest', async () => {
    const { sandbox, home, clients } = stage;
    const group = home.autoscaling.addGroup({
      AutoScalingGroupName: 'web',
      MaxSize: 3,
      instanceType: 't3.micro',
      Tags: [{ Key: 'env', Value: 'qa', PropagateAtLaunch: true }],
    });
    const resize = (DesiredCapacity: number) =>
      clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', DesiredCapacity }));
    const activities = async () => {
      const ask = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'web' });
      const { Activities = [] } = await clients.autoScaling.send(ask);
      return Activities.map(({ Description, StatusCode }) => `${Description?.split(':')[0]} ${StatusCode}`);
    };
    await resize(2);
    expect(group.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual(['Pending', 'Pending']);
    sandbox.clock.advance({ minutes: 1 });
    expect(group.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual(['InService', 'InService']);
    const launched = home.ec2.instances.get(group.Instances?.[0]?.InstanceId ?? '');
    expect(launched).toMatchObject({ InstanceType: 't3.micro', State: { Name: 'running' } });
    expect(launched?.Tags).toEqual([
      { Key: 'env', Value: 'qa' },
      { Key: 'aws:autoscaling:groupName', Value: 'web' },
    ]);
    await resize(1);
    const done = 'Launching a new EC2 instance Successful';
    expect(await activities()).toEqual(['Terminating EC2 instance InProgress', done, done]);
    sandbox.clock.advance({ minutes: 1 });
    expect([group.Instances?.length, (await activities())[0]]).toEqual([1, 'Terminating EC2 instance Successful']);
  });

  it('tries again after a launch that failed, unless it is told otherwise', async () => {
    const { sandbox, home, clients } = stage;
    const group = home.autoscaling.addGroup({ AutoScalingGroupName: 'web', MaxSize: 3 });
    home.ec2.noCapacity.add('m7g.large');
    const resize = (DesiredCapacity: number) =>
      clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', DesiredCapacity }));
    await resize(1);
    sandbox.clock.advance({ minutes: 2 });
    expect(home.autoscaling.activities.get('web')?.map(({ StatusCode }) => StatusCode)).toEqual(
      Array(3).fill('Failed'),
    );
    await resize(0);
    home.ec2.noCapacity.clear();
    sandbox.clock.advance({ minutes: 5 });
    expect(group.Instances).toEqual([]);
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
