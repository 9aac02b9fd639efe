import * as ECS from '@aws-sdk/client-ecs';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { createCluster, listClusters } from './clusters.ts';
import { createService, describeServices, listServices } from './services.ts';
import { registerTaskDefinition } from './task-definitions.ts';
import { updateService } from './update-service.ts';

export function ecs(): Service {
  return ownService('ecs', modelOf(ECS, new ECS.ECSClient({ region: 'us-east-1' })), {
    CreateCluster: createCluster,
    CreateService: createService,
    DescribeServices: describeServices,
    ListClusters: listClusters,
    ListServices: listServices,
    RegisterTaskDefinition: registerTaskDefinition,
    UpdateService: updateService,
  });
}
