import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AwsCredentialIdentity } from '@smithy/types';
import type { Scope } from '../core/identity.ts';

/**
 * Ten attempts with the SDK's exponential, jittered back-off (at most 20 s each): a scan may wait for the throttling that
 * it shares with production to pass, and fails loudly when it does not.
 */
export const PATIENT = {
  maxAttempts: 10,
  // A connection that says nothing would otherwise hang until Lambda ends the function.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
} as const;

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
