import type { InstanceFacts } from '../facts.ts';

/** Tags that a controller puts on the instances it replaces when they stop. `*` stands for any ending. */
const CONTROLLER_TAGS: readonly (readonly [tag: string, controller: string])[] = [
  ['karpenter.sh/nodepool', 'Karpenter'],
  ['karpenter.sh/provisioner-name', 'Karpenter'],
  ['eks:cluster-name', 'EKS'],
  ['aws:eks:cluster-name', 'EKS'],
  ['eks:nodegroup-name', 'EKS'],
  ['kubernetes.io/cluster/*', 'Kubernetes'],
  ['k8s.io/cluster-autoscaler/*', 'Kubernetes'],
  ['aws:ecs:clusterName', 'ECS'],
  ['AmazonECSManaged', 'ECS'],
  ['AWSBatchServiceTag', 'AWS Batch'],
  ['elasticbeanstalk:environment-name', 'Elastic Beanstalk'],
  ['elasticbeanstalk:environment-id', 'Elastic Beanstalk'],
  ['aws:elasticmapreduce:job-flow-id', 'EMR'],
  ['aws:ec2:fleet-id', 'EC2 Fleet'],
  ['aws:ec2spot:fleet-request-id', 'Spot Fleet'],
];

/**
 * The controller that would replace or restart the instance if it were stopped. It is read from the Auto Scaling groups,
 * from EC2's own `Operator` and from tags: a node can belong to Karpenter without any Auto Scaling group.
 */
export function controllerOf(instance: InstanceFacts): string | undefined {
  if (instance.managedBy) return `the AWS service ${instance.managedBy}`;
  for (const [pattern, controller] of CONTROLLER_TAGS) {
    const tag = Object.keys(instance.tags).find((name) => matches(pattern, name));
    if (tag) return `${controller} (tag ${tag})`;
  }
  const group = instance.autoScalingGroup ?? instance.tags['aws:autoscaling:groupName'];
  return group === undefined ? undefined : `the Auto Scaling group ${group}`;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
