import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import { PIClient } from '@aws-sdk/client-pi';
import { PricingClient } from '@aws-sdk/client-pricing';
import { RDSClient } from '@aws-sdk/client-rds';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach } from 'vitest';
import type { Region } from '../../sandbox/estate/account.ts';
import type { Credentials } from '../../sandbox/estate/identity.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';

/** Real clients of every service, without retries: a test wants to see the first answer. */
export function clientsOf({ url, env }: Sandbox, { region = env.AWS_REGION ?? '', credentials = hubKey(env) } = {}) {
  const config = { endpoint: url, region, credentials, maxAttempts: 1 };
  return {
    applicationAutoScaling: new ApplicationAutoScalingClient(config),
    autoScaling: new AutoScalingClient(config),
    backup: new BackupClient(config),
    cloudTrail: new CloudTrailClient(config),
    cloudwatch: new CloudWatchClient(config),
    // Cost Explorer has one endpoint for all regions.
    costExplorer: new CostExplorerClient({ ...config, region: 'us-east-1' }),
    dynamodb: new DynamoDBClient(config),
    ec2: new EC2Client(config),
    ecs: new ECSClient(config),
    elastiCache: new ElastiCacheClient(config),
    kms: new KMSClient(config),
    performanceInsights: new PIClient(config),
    // The Pricing API is not in every region.
    pricing: new PricingClient({ ...config, region: 'us-east-1' }),
    rds: new RDSClient(config),
    redshift: new RedshiftClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    tagging: new ResourceGroupsTaggingAPIClient(config),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

const hubKey = (env: Sandbox['env']): Credentials => ({
  accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  sessionToken: env.AWS_SESSION_TOKEN ?? '',
});

/** A sandbox of its own for every test of a file, the hub's home region in it, and clients of the hub. */
export interface Stage {
  sandbox: Sandbox;
  home: Region;
  clients: Clients;
}

export function stageForEachTest(options: SandboxOptions = {}): Stage {
  const stage = {} as Stage;
  beforeEach(async () => {
    stage.sandbox = await startSandbox(options);
    stage.home = stage.sandbox.estate.hub.region(stage.sandbox.env.AWS_REGION ?? '');
    stage.clients = clientsOf(stage.sandbox);
  });
  afterEach(() => stage.sandbox.close());
  return stage;
}
