import * as CloudTrail from '@aws-sdk/client-cloudtrail';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { lookupEvents } from './lookup-events.ts';

export function cloudTrail(): Service {
  return ownService('cloudtrail', modelOf(CloudTrail, new CloudTrail.CloudTrailClient({ region: 'us-east-1' })), {
    LookupEvents: lookupEvents,
  });
}
