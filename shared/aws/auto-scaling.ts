import {
  type AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';

/** The Auto Scaling group of every instance that is a member of one, by instance id. */
export async function readGroupMembers(client: AutoScalingClient): Promise<Map<string, string>> {
  const members = new Map<string, string>();
  for await (const page of paginateDescribeAutoScalingGroups({ client, pageSize: 100 }, {})) {
    for (const { AutoScalingGroupName, Instances } of page.AutoScalingGroups ?? []) {
      for (const { InstanceId } of Instances ?? []) members.set(InstanceId ?? '', AutoScalingGroupName ?? '');
    }
  }
  return members;
}

/** The Auto Scaling group of one instance, if it is a member of one. */
export async function readGroupOf(client: AutoScalingClient, instanceId: string): Promise<string | undefined> {
  const { AutoScalingInstances } = await client.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
  );
  return AutoScalingInstances?.find((member) => member.InstanceId === instanceId)?.AutoScalingGroupName;
}
