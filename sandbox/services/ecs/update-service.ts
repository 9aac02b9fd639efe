import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findCluster } from './clusters.ts';
import { invalid } from './errors.ts';
import { serviceIn, shown } from './services.ts';
import { moveToDesired } from './task-counts.ts';

/** Changes the number of tasks; the sandbox deploys nothing. */
export const updateService: Operation<UpdateServiceRequest, UpdateServiceResponse> = (
  { cluster, service: named = '', desiredCount },
  { region: { ecs } },
) => {
  const { clusterArn = '' } = findCluster(ecs, cluster);
  const service = serviceIn(ecs, clusterArn, named);
  if (!service) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  if (desiredCount !== undefined) {
    if (service.schedulingStrategy === 'DAEMON') {
      throw invalid('The daemon scheduling strategy does not support a desired count for services.');
    }
    if (desiredCount < 0) throw invalid('Desired count must be greater than or equal to 0.');
    service.desiredCount = desiredCount;
    moveToDesired(ecs, service);
  }
  return { service: shown(service, {}) };
};
