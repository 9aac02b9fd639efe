import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { ScheduledAction } from '../../core/off-hours/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { pauseWarehouse } from './pause-warehouse.ts';
import { resumeWarehouse } from './resume-warehouse.ts';
import { startAutoScalingGroup } from './start-auto-scaling-group.ts';
import { startService } from './start-service.ts';
import { stopAutoScalingGroup } from './stop-auto-scaling-group.ts';
import { stopService } from './stop-service.ts';

/** The clients for what only schedules stop and start; they are loaded when the first of it comes. */
export interface ScheduledClients {
  readonly autoScaling: AutoScalingClient;
  readonly ecs: ECSClient;
  readonly applicationAutoScaling: ApplicationAutoScalingClient;
  readonly redshift: RedshiftClient;
}

export interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentialIdentity;
  readonly maxAttempts: number;
}

export const scheduledClients = (config: ClientConfig): ScheduledClients => ({
  autoScaling: new AutoScalingClient(config),
  ecs: new ECSClient(config),
  applicationAutoScaling: new ApplicationAutoScalingClient(config),
  redshift: new RedshiftClient(config),
});

/** The verbs of their kinds, in the scope of the clients. */
export const scheduledVerbs = ({
  autoScaling,
  redshift,
  ...services
}: ScheduledClients): { readonly [Kind in ScheduledAction['kind']]: ChangeVerbs } => ({
  'stop-auto-scaling-group': stopAutoScalingGroup(autoScaling),
  'start-auto-scaling-group': startAutoScalingGroup(autoScaling),
  'stop-service': stopService(services),
  'start-service': startService(services),
  'pause-warehouse': pauseWarehouse(redshift),
  'resume-warehouse': resumeWarehouse(redshift),
});
