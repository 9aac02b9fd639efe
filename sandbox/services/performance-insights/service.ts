import * as Pi from '@aws-sdk/client-pi';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { describeDimensionKeys } from './describe-dimension-keys.ts';

export function performanceInsights(): Service {
  return ownService('pi', modelOf(Pi, new Pi.PIClient({ region: 'us-east-1' })), {
    DescribeDimensionKeys: describeDimensionKeys,
  });
}
