import {
  AttachInstancesCommand,
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand, type EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  /** Attaches three instances to the group `web` when first asked for them. */
  readonly members: () => Promise<readonly string[]>;
  readonly groups: readonly string[];
}

async function seed(target: Target): Promise<Seed> {
  const { autoScaling, ec2 } = target.clients();
  const launched = await launchThree(target, ec2);
  const groups = ['web', ...oneTo(4).map((n) => `empty-${n}`)];
  for (const AutoScalingGroupName of groups) {
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        // What the group would launch: more of the same.
        InstanceId: launched[0],
        MinSize: 0,
        MaxSize: 4,
        DesiredCapacity: 0,
        AvailabilityZones: [`${target.region}a`],
      }),
    );
  }
  const attach = async () => {
    await autoScaling.send(new AttachInstancesCommand({ AutoScalingGroupName: 'web', InstanceIds: launched }));
    return until(
      target,
      () => membersOf(autoScaling, 'web'),
      (found) => found.length === launched.length,
    );
  };
  let attached: Promise<readonly string[]> | undefined;
  const members = () => {
    attached ??= attach();
    return attached;
  };
  return { target, autoScaling, ec2, members, groups };
}

async function launchThree(target: Target, ec2: EC2Client): Promise<string[]> {
  const Placement = { AvailabilityZone: `${target.region}a` };
  const three = { ImageId: 'ami-0abcdef1234567890', InstanceType: 't3.micro' as const, MinCount: 3, MaxCount: 3 };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand({ ...three, Placement }));
  const InstanceIds = Instances.map(({ InstanceId }) => InstanceId!);
  await until(
    target,
    () => ec2.send(new DescribeInstancesCommand({ InstanceIds })),
    ({ Reservations = [] }) =>
      Reservations.every(({ Instances = [] }) => Instances.every(({ State }) => State?.Name === 'running')),
  );
  return InstanceIds;
}

async function membersOf(autoScaling: AutoScalingClient, name: string): Promise<string[]> {
  const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
  const { AutoScalingGroups = [] } = await autoScaling.send(ask);
  return AutoScalingGroups.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId!));
}

export const autoScaling = chapter('auto-scaling', seed, {
  'a group wants as many instances as were attached to it': async ({ autoScaling, members }) => {
    const attached = await members();
    const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['web'] });
    const { AutoScalingGroups = [] } = await autoScaling.send(ask);
    expect(AutoScalingGroups).toMatchObject([
      { AutoScalingGroupName: 'web', MinSize: 0, MaxSize: 4, DesiredCapacity: 3 },
    ]);
    expectSame(await membersOf(autoScaling, 'web'), attached);
  },

  'the members are EC2 instances that carry the tag of their group': async ({ ec2, members }) => {
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [...(await members())] }));
    const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
    expect(instances.length).toBe(3);
    for (const { Tags = [] } of instances) {
      expect(Tags).toContainEqual({ Key: 'aws:autoscaling:groupName', Value: 'web' });
    }
  },

  'the members are found by a filter on that tag': async ({ ec2, members }) => {
    const attached = await members();
    const Filters = [{ Name: 'tag:aws:autoscaling:groupName', Values: ['web'] }];
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
    expectSame(
      Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)),
      attached,
    );
  },

  'every instance names its group': async ({ autoScaling, members }) => {
    const attached = await members();
    const { AutoScalingInstances = [] } = await autoScaling.send(new DescribeAutoScalingInstancesCommand({}));
    expectSame(
      AutoScalingInstances.map(({ InstanceId }) => InstanceId),
      attached,
    );
    expect(new Set(AutoScalingInstances.map(({ AutoScalingGroupName }) => AutoScalingGroupName))).toEqual(
      new Set(['web']),
    );
  },

  'one instance names its group when it alone is asked for': async ({ autoScaling, members }) => {
    const [InstanceId = ''] = await members();
    const ask = new DescribeAutoScalingInstancesCommand({ InstanceIds: [InstanceId] });
    const { AutoScalingInstances } = await autoScaling.send(ask);
    expect(AutoScalingInstances).toMatchObject([{ InstanceId, AutoScalingGroupName: 'web' }]);
  },

  'an instance of no group is nothing, and no error': async ({ autoScaling }) => {
    const ask = new DescribeAutoScalingInstancesCommand({ InstanceIds: ['i-0aaaaaaaaaaaaaaaa'] });
    expect((await autoScaling.send(ask)).AutoScalingInstances).toEqual([]);
  },

  'an unknown group is nothing, and no error': async ({ autoScaling }) => {
    const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['nobody'] });
    expect((await autoScaling.send(ask)).AutoScalingGroups).toEqual([]);
  },

  'pages of groups add up to everything exactly once': async ({ autoScaling, groups }) => {
    const pages = await everyPage(
      (NextToken) =>
        autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 2, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    expect(pages.length).toBe(3);
    expectSame(
      pages.flatMap(({ AutoScalingGroups = [] }) => AutoScalingGroups.map((found) => found.AutoScalingGroupName)),
      groups,
    );
  },

  'pages of members add up to everything exactly once': async ({ autoScaling, members }) => {
    const attached = await members();
    const pages = await everyPage(
      (NextToken) =>
        autoScaling.send(new DescribeAutoScalingInstancesCommand({ MaxRecords: 2, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    expect(pages.length).toBe(2);
    expectSame(
      pages.flatMap(({ AutoScalingInstances = [] }) => AutoScalingInstances.map(({ InstanceId }) => InstanceId)),
      attached,
    );
  },

  'a group keeps within its sizes': async ({ autoScaling }) => {
    const sizes = { AutoScalingGroupName: 'empty-1', MinSize: 0, MaxSize: 2, DesiredCapacity: 3 };
    await refused(autoScaling.send(new UpdateAutoScalingGroupCommand(sizes)), 'ValidationError');
  },

  'the smallest size is not above the largest': async ({ autoScaling }) => {
    const sizes = { AutoScalingGroupName: 'empty-1', MinSize: 3, MaxSize: 2 };
    await refused(autoScaling.send(new UpdateAutoScalingGroupCommand(sizes)), 'ValidationError');
  },

  'the desired capacity moves along with the sizes': async ({ autoScaling }) => {
    const sizes = { AutoScalingGroupName: 'empty-2', MinSize: 0, MaxSize: 0 };
    await autoScaling.send(new UpdateAutoScalingGroupCommand(sizes));
    const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['empty-2'] });
    const { AutoScalingGroups } = await autoScaling.send(ask);
    expect(AutoScalingGroups).toMatchObject([{ MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }]);
  },

  'an unknown group is not updated': async ({ autoScaling }) => {
    const sizes = { AutoScalingGroupName: 'nobody', MinSize: 0 };
    await refused(autoScaling.send(new UpdateAutoScalingGroupCommand(sizes)), 'ValidationError');
  },

  'a group that has done nothing has no activities': async ({ autoScaling }) => {
    const ask = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'empty-3' });
    expect((await autoScaling.send(ask)).Activities).toEqual([]);
  },

  'a group launches what it is to have, and terminates what it is not to have any more': async ({
    target,
    autoScaling,
  }) => {
    const size = (desired: number) =>
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'empty-4',
        MinSize: desired,
        MaxSize: desired,
        DesiredCapacity: desired,
      });
    const inService = async (count: number) => {
      const ask = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['empty-4'] });
      await until(
        target,
        async () => (await autoScaling.send(ask)).AutoScalingGroups?.[0]?.Instances ?? [],
        (all) => all.length === count && all.every(({ LifecycleState }) => LifecycleState === 'InService'),
      );
    };
    await autoScaling.send(size(2));
    await inService(2);
    await autoScaling.send(size(0));
    await inService(0);
  },

  'a page of more than a hundred groups is a ValidationError': async ({ autoScaling }) => {
    const ask = new DescribeAutoScalingGroupsCommand({ MaxRecords: 101 });
    await refused(autoScaling.send(ask), 'ValidationError');
  },

  'a page of more than fifty members is a ValidationError': async ({ autoScaling }) => {
    const ask = new DescribeAutoScalingInstancesCommand({ MaxRecords: 51 });
    await refused(autoScaling.send(ask), 'ValidationError');
  },
});
