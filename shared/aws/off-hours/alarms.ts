import {
  type CloudWatchClient,
  type Dimension,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { type Arn, parseArn } from '../../core/identity.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';
import { everyItem } from '../pages.ts';

/**
 * The names of the alarms of each resource that somebody hears. A listing by dimension does not exist: all are read once, a
 * hundred a call. An alarm that watches something else as well is nobody's: it has to be heard.
 */
export async function alarmNames(
  client: CloudWatchClient,
  resources: readonly ScheduledResource[],
): Promise<Map<Arn, string[]>> {
  const owners = new Map(resources.flatMap((one) => dimensionsOf(one).map((key) => [key, one.identity.arn] as const)));
  const names = new Map<Arn, string[]>();
  const pages = paginateDescribeAlarms({ client, pageSize: 100 }, { AlarmTypes: ['MetricAlarm'] });
  for (const alarm of await everyItem(pages, (page) => page.MetricAlarms)) {
    const owner = isHeard(alarm) ? ownerOf(alarm, owners) : undefined;
    if (owner) names.set(owner, [...(names.get(owner) ?? []), alarm.AlarmName ?? '']);
  }
  return names;
}

/** What only drives a scaling policy is heard by nobody, and scaling needs it. */
function isHeard({
  ActionsEnabled,
  AlarmActions = [],
  OKActions = [],
  InsufficientDataActions = [],
}: MetricAlarm): boolean {
  const actions = [...AlarmActions, ...OKActions, ...InsufficientDataActions];
  return ActionsEnabled === true && actions.some((action) => parseArn(action)?.service !== 'autoscaling');
}

/** The one resource that all metrics of the alarm are of. What a metric math alarm computes itself has no dimensions. */
function ownerOf({ Dimensions, Metrics }: MetricAlarm, owners: ReadonlyMap<string, Arn>): Arn | undefined {
  const metrics = Metrics ? Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) : [{ Dimensions }];
  const found = new Set(
    metrics.map(({ Dimensions: of = [] }) => keysOf(of).flatMap((key) => owners.get(key) ?? [])[0]),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** Each dimension alone, and those of ECS, whose services are unique only within their cluster, together. */
function keysOf(dimensions: readonly Dimension[]): string[] {
  const value = (name: string) => dimensions.find(({ Name }) => Name === name)?.Value ?? '';
  return [
    ...dimensions.map(({ Name = '', Value = '' }) => keyOf(Name, Value)),
    keyOf('ClusterName/ServiceName', `${value('ClusterName')}/${value('ServiceName')}`),
  ];
}

const keyOf = (name: string, value: string): string => `${name} ${value}`;

/** Under which dimensions CloudWatch keeps the metrics of the resource. */
function dimensionsOf(resource: ScheduledResource): string[] {
  const { identity, name } = resource;
  switch (resource.type) {
    case 'instance':
      return [keyOf('InstanceId', identity.id)];
    case 'database':
      if (resource.form === 'instance') return [keyOf('DBInstanceIdentifier', name)];
      return [
        keyOf('DBClusterIdentifier', name),
        ...(resource.members ?? []).map((member) => keyOf('DBInstanceIdentifier', member)),
      ];
    case 'auto-scaling-group':
      return [keyOf('AutoScalingGroupName', name)];
    case 'service':
      return [keyOf('ClusterName/ServiceName', parseArn(identity.arn)?.resource.split('/').slice(1).join('/') ?? '')];
    case 'warehouse':
      return [keyOf('ClusterIdentifier', name)];
    default:
      return resource satisfies never;
  }
}
