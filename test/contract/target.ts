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
import { PricingClient } from '@aws-sdk/client-pricing';
import { RDSClient } from '@aws-sdk/client-rds';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Whose eyes to look through: the target's own account in its home region, unless told otherwise. */
export interface Where {
  readonly region?: string;
  readonly credentials?: Credentials;
}

/** Something that claims to be AWS. */
export interface Target {
  readonly account: string;
  readonly region: string;
  /** What the target takes for the present. */
  now(): Date;
  clients(where?: Where): Clients;
  /** Lets the target's account assume a role of another. This and the bill are not seeded by API calls. */
  addRole(account: string, name: string, conditions: { readonly externalId: string }): void;
  /** Lets the target's account cost so many dollars every day, by service: nobody can call for a bill. */
  addSpend(dollarsByService: Readonly<Record<string, number>>): void;
  /** Lets the target get on with what it has begun. It need not take real time. */
  pass(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export type Clients = ReturnType<typeof clientsAt>;

/** The real SDK, pointed at an address. One attempt each: a retry would hide what was answered first. */
export function clientsAt(endpoint: string, region: string, credentials: Credentials) {
  const config = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    applicationAutoScaling: new ApplicationAutoScalingClient(config),
    autoScaling: new AutoScalingClient(config),
    backup: new BackupClient(config),
    cloudTrail: new CloudTrailClient(config),
    cloudWatch: new CloudWatchClient(config),
    costExplorer: new CostExplorerClient(config),
    dynamo: new DynamoDBClient(config),
    ec2: new EC2Client(config),
    ecs: new ECSClient(config),
    elastiCache: new ElastiCacheClient(config),
    kms: new KMSClient(config),
    pricing: new PricingClient(config),
    rds: new RDSClient(config),
    redshift: new RedshiftClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    tagging: new ResourceGroupsTaggingAPIClient(config),
  };
}

/** Remembers every client that it hands out, so that closing the target leaves no socket open. */
export function clientShop(endpoint: string, home: { region: string; credentials: Credentials }) {
  const handedOut: Clients[] = [];
  return {
    clients({ region = home.region, credentials = home.credentials }: Where = {}): Clients {
      const clients = clientsAt(endpoint, region, credentials);
      handedOut.push(clients);
      return clients;
    },
    destroy() {
      for (const client of handedOut.flatMap((clients) => Object.values(clients))) client.destroy();
    },
  };
}
