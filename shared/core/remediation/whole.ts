import { type Arn, parseArn } from '../identity.ts';
import type { Alarm } from './alarm.ts';

/** What schedules stop besides databases and instances. */
const WHOLES: readonly {
  readonly dimensions: readonly string[];
  readonly endOf: (names: readonly string[]) => string;
}[] = [
  { dimensions: ['AutoScalingGroupName'], endOf: ([group]) => `:autoScalingGroupName/${group}` },
  { dimensions: ['ClusterName', 'ServiceName'], endOf: (names) => `:service/${names.join('/')}` },
  { dimensions: ['ClusterIdentifier'], endOf: ([warehouse]) => `:cluster:${warehouse}` },
];

/** Services have dimensions of the same names: a cache has a `CacheClusterId`, and Kafka a `Cluster Name`. */
const NAMESPACES = ['AWS/AutoScaling', 'AWS/EC2', 'AWS/ECS', 'ECS/ContainerInsights', 'AWS/Redshift', 'CWAgent'];

/**
 * Whether an alarm is about an Auto Scaling group, an ECS service or a Redshift cluster with this ARN: every metric that it watches
 * is. There is no runbook for these, and a schedule may have stopped them.
 */
export function isAboutWhole({ watches, scope }: Pick<Alarm, 'watches' | 'scope'>, arn: Arn): boolean {
  const { account, region } = parseArn(arn) ?? {};
  if (watches.kind === 'composite' || account !== scope.account || region !== scope.region) return false;
  const ends = watches.metrics.map(({ namespace, dimensions }) => {
    const whole = WHOLES.find((one) => one.dimensions.every((name) => dimensions[name] !== undefined));
    if (!whole || !NAMESPACES.includes(namespace)) return undefined;
    return whole.endOf(whole.dimensions.flatMap((name) => dimensions[name] ?? []));
  });
  return ends.length > 0 && ends.every((end) => end !== undefined && arn.endsWith(end));
}

/** Whether it may be about one at all, so that it is worth asking what schedules have stopped. */
export const mayBeAboutWhole = ({ watches }: Pick<Alarm, 'watches'>): boolean =>
  watches.kind !== 'composite' &&
  watches.metrics.some(({ namespace, dimensions }) =>
    WHOLES.some((one) => NAMESPACES.includes(namespace) && one.dimensions.every((name) => name in dimensions)),
  );
