import * as AutoScaling from '@aws-sdk/client-auto-scaling';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { describeScalingActivities } from './activities.ts';
import { attachInstances, createAutoScalingGroup, describeAutoScalingGroups } from './groups.ts';
import { describeAutoScalingInstances } from './instances.ts';
import { updateAutoScalingGroup } from './update-group.ts';

export function autoScaling(): Service {
  return ownService('autoscaling', modelOf(AutoScaling, new AutoScaling.AutoScalingClient({ region: 'us-east-1' })), {
    AttachInstances: attachInstances,
    CreateAutoScalingGroup: createAutoScalingGroup,
    DescribeAutoScalingGroups: describeAutoScalingGroups,
    DescribeAutoScalingInstances: describeAutoScalingInstances,
    DescribeScalingActivities: describeScalingActivities,
    UpdateAutoScalingGroup: updateAutoScalingGroup,
  });
}
