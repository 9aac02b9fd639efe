import * as CloudWatch from '@aws-sdk/client-cloudwatch';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { describeAlarmHistory } from './alarm-history.ts';
import {
  describeAlarms,
  disableAlarmActions,
  enableAlarmActions,
  putCompositeAlarm,
  putMetricAlarm,
  setAlarmState,
} from './alarms.ts';
import { getMetricData } from './get-metric-data.ts';
import { listMetrics } from './list-metrics.ts';
import { putMetricData } from './put-metric-data.ts';

export function cloudwatch(): Service {
  return ownService('cloudwatch', modelOf(CloudWatch, new CloudWatch.CloudWatchClient({ region: 'us-east-1' })), {
    DescribeAlarmHistory: describeAlarmHistory,
    DescribeAlarms: describeAlarms,
    DisableAlarmActions: disableAlarmActions,
    EnableAlarmActions: enableAlarmActions,
    GetMetricData: getMetricData,
    ListMetrics: listMetrics,
    PutCompositeAlarm: putCompositeAlarm,
    PutMetricAlarm: putMetricAlarm,
    PutMetricData: putMetricData,
    SetAlarmState: setAlarmState,
  });
}
