import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Scope } from '../core/identity.ts';
import { PATIENT } from './patient.ts';

/** The clients that look at one scope, under the credentials of its account. */
export interface ScopeClients {
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
  readonly cloudwatch: CloudWatchClient;
  readonly autoScaling: AutoScalingClient;
}

export function scopeClients({ region }: Scope, credentials: AwsCredentialIdentity): ScopeClients {
  const config = { region, credentials, ...PATIENT };
  return {
    ec2: new EC2Client(config),
    rds: new RDSClient(config),
    cloudwatch: new CloudWatchClient(config),
    autoScaling: new AutoScalingClient(config),
  };
}
