import type {
  CreateServiceRequest,
  CreateServiceResponse,
  Deployment,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
  Service,
} from '@aws-sdk/client-ecs';
import type { EcsState, StoredService } from '../../estate/ecs-state.ts';
import type { Seed } from '../../estate/seed.ts';
import { pageOf } from '../paging.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { invalid, lastOf } from './errors.ts';
import { moveToDesired } from './task-counts.ts';

/** Up to ten services of one cluster. What is not there is named among the failures; tags come for the asking. */
export const describeServices: Operation<DescribeServicesRequest, DescribeServicesResponse> = (
  { cluster, services = [], include = [] },
  { region: { ecs } },
) => {
  const { clusterName = '', clusterArn = '' } = findCluster(ecs, cluster);
  if (services.length === 0) throw invalid('Services cannot be empty.');
  if (services.length > 10) throw invalid('Services cannot be more than 10');
  const asked = services.map((named) => [named, serviceIn(ecs, clusterArn, named)] as const);
  const withTags = include.includes('TAGS');
  return {
    services: asked.flatMap(([, found]) => (found ? [shown(found, withTags ? { tags: found.tags } : {})] : [])),
    failures: asked.flatMap(([named, found]) =>
      found
        ? []
        : [{ arn: clusterArn.replace(/:cluster\/.*/, `:service/${clusterName}/${lastOf(named)}`), reason: 'MISSING' }],
    ),
  };
};

/** A page of ten, unless asked for up to a hundred. */
export const listServices: Operation<ListServicesRequest, ListServicesResponse> = (
  { cluster, maxResults = 10, nextToken },
  { region: { ecs } },
) => {
  if (maxResults < 1 || maxResults > 100) throw invalid('Max results must be between 1 and 100.');
  const { clusterArn } = findCluster(ecs, cluster);
  const page = pageOf(
    [...ecs.services.values()].filter((one) => one.clusterArn === clusterArn),
    {
      limit: maxResults,
      token: nextToken,
      keyOf: (one) => one.serviceArn,
      invalidToken: () => invalid('Invalid token'),
    },
  );
  return {
    serviceArns: page.items.map((one) => one.serviceArn),
    ...(page.token === undefined ? {} : { nextToken: page.token }),
  };
};

/** The tasks start; the task definition need not exist. */
export const createService: Operation<CreateServiceRequest, CreateServiceResponse> = (input, { region: { ecs } }) => {
  const { cluster, serviceName, desiredCount = 1, tags = [], schedulingStrategy, deploymentController } = input;
  const { clusterName = '', clusterArn = '' } = findCluster(ecs, cluster);
  if (!serviceName) throw invalid('Service name cannot be blank.');
  if (serviceIn(ecs, clusterArn, serviceName)) throw invalid('Creation of service was not idempotent.');
  const service = ecs.addService({
    serviceName,
    cluster: clusterName,
    desiredCount,
    runningCount: 0,
    tags,
    ...(schedulingStrategy ? { schedulingStrategy } : {}),
    ...(deploymentController ? { deploymentController } : {}),
  } satisfies Seed<Service> & { serviceName: string; cluster: string });
  moveToDesired(ecs, service);
  return { service: shown(service, { tags }) };
};

export function serviceIn(ecs: EcsState, clusterArn: string, named: string): StoredService | undefined {
  return [...ecs.services.values()].find((one) => one.clusterArn === clusterArn && one.serviceName === lastOf(named));
}

/** With its primary deployment, unless it was seeded with others. */
export function shown({ tags: _, ...service }: StoredService, more: Pick<Service, 'tags'>): Service {
  const { desiredCount, runningCount, pendingCount, taskDefinition, createdAt } = service;
  const counts = { desiredCount, runningCount, pendingCount, failedTasks: 0 };
  const primary: Deployment = {
    id: 'ecs-svc/1',
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    createdAt,
    updatedAt: createdAt,
    ...(taskDefinition ? { taskDefinition } : {}),
    ...counts,
  };
  return { deployments: [primary], ...service, ...more };
}
