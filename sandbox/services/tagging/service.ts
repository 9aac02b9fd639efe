import * as Tagging from '@aws-sdk/client-resource-groups-tagging-api';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { getResources } from './get-resources.ts';

export function tagging(): Service {
  const client = new Tagging.ResourceGroupsTaggingAPIClient({ region: 'us-east-1' });
  return ownService('tag', modelOf(Tagging, client), { GetResources: getResources });
}
