import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, type ECSClient, type Service } from '@aws-sdk/client-ecs';
import type { Identity } from '../../core/identity.ts';
import type { ServiceCapacity } from '../../core/off-hours/action.ts';
import { scalableIdOf, serviceCapacity, TASKS } from '../capacities.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';
import { serviceIdentity } from '../identities.ts';
import { notAsExpected, type RefusedError } from './refused.ts';

/** A service, and whom to ask about it. */
export interface Tasking {
  readonly ecs: ECSClient;
  readonly applicationAutoScaling: ApplicationAutoScalingClient;
  readonly service: Identity;
}

/** A service as it is now, and what scales it. */
export interface ServiceSeen {
  readonly service: Service;
  readonly capacity: ServiceCapacity;
}

/** `arn:aws:ecs:<region>:<account>:service/<cluster>/<name>` */
export function namesIn({ arn }: Identity): { cluster: string; service: string } {
  const [, cluster = '', service = ''] = scalableIdOf(arn).split('/');
  return { cluster, service };
}

/** The service as it is now, or why there is nothing to be done with it. @throws {AccessDeniedError} */
export async function lookAtService(tasking: Tasking): Promise<ServiceSeen | RefusedError> {
  const { cluster, service: name } = namesIn(tasking.service);
  const reply = await seeing(tasking.ecs.send(new DescribeServicesCommand({ cluster, services: [name] })));
  const [service] = reply?.services ?? [];
  if (!service || service.status === 'INACTIVE') return notAsExpected('it is gone');
  if (serviceIdentity(service).id !== tasking.service.id) return notAsExpected('another service carries its name');
  if (service.status !== 'ACTIVE') return notAsExpected('it is being deleted');
  const ResourceIds = [scalableIdOf(tasking.service.arn)];
  const targets = await seeing(
    tasking.applicationAutoScaling.send(new DescribeScalableTargetsCommand({ ...TASKS, ResourceIds })),
  );
  return { service, capacity: serviceCapacity(service, targets?.ScalableTargets?.[0]) };
}

async function seeing<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (nameOf(error) === 'ClusterNotFoundException') return undefined;
    if (isDenied(error)) throw new AccessDeniedError('may not look at the service', error);
    throw error;
  }
}
