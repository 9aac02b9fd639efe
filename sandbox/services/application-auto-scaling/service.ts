import * as ApplicationAutoScaling from '@aws-sdk/client-application-auto-scaling';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { describeScalableTargets, registerScalableTarget } from './scalable-targets.ts';

export function applicationAutoScaling(): Service {
  const client = new ApplicationAutoScaling.ApplicationAutoScalingClient({ region: 'us-east-1' });
  return ownService('application-autoscaling', modelOf(ApplicationAutoScaling, client), {
    DescribeScalableTargets: describeScalableTargets,
    RegisterScalableTarget: registerScalableTarget,
  });
}
