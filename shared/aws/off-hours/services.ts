import {
  ApplicationAutoScalingClient,
  paginateDescribeScalableTargets,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, type Service } from '@aws-sdk/client-ecs';
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { Power } from '../../core/calendar/course.ts';
import { SCHEDULE_TAG } from '../../core/calendar/schedule-tag.ts';
import { unknown } from '../../core/evidence.ts';
import { type Arn, parseArn, type Scope } from '../../core/identity.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';
import { scalableIdOf, serviceCapacity, TASKS, whoseTasks } from '../capacities.ts';
import { nameOf } from '../errors.ts';
import { serviceIdentity } from '../identities.ts';
import { chunks, everyItem } from '../pages.ts';
import { using } from '../using.ts';
import type { ClientConfig, Kind } from './kind.ts';

/**
 * ECS services. Only Resource Groups knows them by tag, a hundred a call, and it lags: what ECS itself says counts. ECS describes
 * ten services of one cluster a call, Application Auto Scaling fifty.
 */
export const services: Kind = {
  list: async (config, scope) => {
    const described = await describedBy(config, await taggedArns(config));
    return described.filter(({ tags }) => tags[SCHEDULE_TAG] !== undefined).map(withScope(scope));
  },
  find: async (config, scope, { arn, id }) => {
    const [found] = await describedBy(config, [arn]);
    return found?.identity.id === id ? withScope(scope)(found) : undefined;
  },
};

type WithoutScope = Omit<Extract<ScheduledResource, { readonly type: 'service' }>, 'scope'>;

const withScope =
  (scope: Scope) =>
  (service: WithoutScope): ScheduledResource => ({ ...service, scope });

const taggedArns = (config: ClientConfig): Promise<Arn[]> =>
  using({ client: new ResourceGroupsTaggingAPIClient(config) }, ({ client }) => {
    const input = { ResourceTypeFilters: ['ecs:service'], TagFilters: [{ Key: SCHEDULE_TAG }], ResourcesPerPage: 100 };
    return everyItem(paginateGetResources({ client }, input), (page) =>
      page.ResourceTagMappingList?.flatMap(({ ResourceARN }) => ResourceARN ?? []),
    );
  });

/** Limits of DescribeServices and DescribeScalableTargets. */
const MOST = { services: 10, targets: 50 } as const;

async function describedBy(config: ClientConfig, arns: readonly Arn[]): Promise<WithoutScope[]> {
  const active = await using({ client: new ECSClient(config) }, async ({ client }) => {
    const found: Service[] = [];
    for (const [cluster, inCluster] of Map.groupBy(arns, clusterOf)) {
      for (const some of chunks(inCluster, MOST.services)) found.push(...(await describe(client, cluster, some)));
    }
    return found.filter(({ status }) => status === 'ACTIVE');
  });
  const targets = await targetsOf(config, active);
  return active.map((service) => scheduledService(service, targets.get(scalableIdOf(service.serviceArn ?? ''))));
}

/** `service/<cluster>/<name>`: one that has the older form of ARN cannot be tagged. */
const clusterOf = (arn: Arn): string => parseArn(arn)?.resource.split('/')[1] ?? '';

async function describe(client: ECSClient, cluster: string, arns: readonly Arn[]): Promise<Service[]> {
  try {
    const command = new DescribeServicesCommand({ cluster, services: [...arns], include: ['TAGS'] });
    const { services: found = [], failures = [] } = await client.send(command);
    const failure = failures.find(({ reason }) => reason !== 'MISSING');
    if (failure) throw new Error(`ECS does not describe ${failure.arn}: ${failure.reason}`);
    return found;
  } catch (error) {
    if (nameOf(error) === 'ClusterNotFoundException') return []; // deleted since, with its services
    throw error;
  }
}

async function targetsOf(config: ClientConfig, found: readonly Service[]): Promise<Map<string, ScalableTarget>> {
  if (found.length === 0) return new Map();
  return using({ client: new ApplicationAutoScalingClient(config) }, async ({ client }) => {
    const targets = new Map<string, ScalableTarget>();
    const ids = found.map(({ serviceArn = '' }) => scalableIdOf(serviceArn));
    for (const ResourceIds of chunks(ids, MOST.targets)) {
      const pages = paginateDescribeScalableTargets({ client, pageSize: MOST.targets }, { ...TASKS, ResourceIds });
      for (const target of await everyItem(pages, (page) => page.ScalableTargets)) {
        targets.set(target.ResourceId ?? '', target);
      }
    }
    return targets;
  });
}

function scheduledService(service: Service, target: ScalableTarget | undefined): WithoutScope {
  const { serviceName: name = '', desiredCount = 0, launchType, capacityProviderStrategy = [], tags = [] } = service;
  const on = launchType ?? capacityProviderStrategy[0]?.capacityProvider ?? 'unknown';
  const power = powerOf(service);
  const left = power.power === 'stopped' ? undefined : whoseTasks(service);
  return {
    type: 'service',
    identity: serviceIdentity(service),
    name,
    tags: Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
    what: `${desiredCount} ${desiredCount === 1 ? 'task' : 'tasks'} on ${on}`,
    capacity: serviceCapacity(service, target),
    power,
    ...shortOf(service),
    costs: unknown(
      on.startsWith('FARGATE')
        ? 'the sizes of its tasks are not read'
        : 'its tasks run on instances, which go on being billed',
    ),
    ...(left ? { leftBecause: left } : {}),
  };
}

/** Fewer tasks than it wants. */
function shortOf({ desiredCount = 0, runningCount = 0 }: Service): Pick<ScheduledResource, 'short'> {
  return runningCount < desiredCount ? { short: `${runningCount} of ${desiredCount} tasks run` } : {};
}

/** By what it wants: how many tasks run just now is its own business, until it wants none. */
function powerOf({ desiredCount = 0, runningCount = 0, pendingCount = 0 }: Service): Power {
  if (desiredCount > 0) return { power: 'running' };
  return { power: runningCount + pendingCount > 0 ? 'changing' : 'stopped' };
}
