import { PRODUCTION, STAGING } from '../fleet/shop-estate.ts';
import { atMonthEnd, office, onDay, provisioned, type Shape, stored, traffic } from './shapes.ts';

/** What the shop pays for, day by day, as long as nothing happens. */
export interface ShopCost {
  readonly service: string;
  /** Without the region's prefix. */
  readonly usage: string;
  /** About so many dollars a day; at each charge, where it is not daily. */
  readonly dollars: number;
  readonly shape: Shape;
  readonly team?: string;
  readonly resource?: string;
  /** Where it is not its account's home. */
  readonly region?: string;
  readonly recordType?: string;
  readonly arrives?: 'fee';
}

/** The shop's third account: its reports, and the warehouse behind them. */
export const DATA = '333333333333';

export const EC2 = 'Amazon Elastic Compute Cloud - Compute';
export const EC2_OTHER = 'EC2 - Other';
const RDS = 'Amazon Relational Database Service';
export const CLOUDWATCH = 'AmazonCloudWatch';
export const OPENSEARCH = 'Amazon OpenSearch Service';
const S3 = 'Amazon Simple Storage Service';
const CLOUDFRONT = 'Amazon CloudFront';

const NAT_GATEWAY = 'nat-0c41a98f2d7b6e350';
export const SEARCH_DOMAIN = `arn:aws:es:ap-northeast-2:${PRODUCTION}:domain/catalogue`;
export const CHECKOUT_LOGS = `arn:aws:logs:ap-northeast-2:${PRODUCTION}:log-group:/aws/lambda/checkout`;

const storefront = { team: 'storefront' } as const;
const payments = { team: 'payments' } as const;
const platform = { team: 'platform' } as const;
const data = { team: 'data' } as const;

export const SHOP_COSTS: Readonly<Record<string, readonly ShopCost[]>> = {
  [PRODUCTION]: [
    { service: EC2, usage: 'BoxUsage:c6i.xlarge', dollars: 118, shape: provisioned, ...payments },
    { service: EC2, usage: 'BoxUsage:m7g.large', dollars: 74, shape: traffic, ...storefront },
    { service: EC2, usage: 'SpotUsage:c7g.large', dollars: 11, shape: traffic, ...storefront },
    { service: EC2_OTHER, usage: 'EBS:VolumeUsage.gp3', dollars: 21, shape: stored, ...platform },
    { service: EC2_OTHER, usage: 'EBS:SnapshotUsage', dollars: 6.2, shape: stored, ...platform },
    {
      service: EC2_OTHER,
      usage: 'NatGateway-Hours',
      dollars: 2.83,
      shape: provisioned,
      resource: NAT_GATEWAY,
      ...platform,
    },
    { service: EC2_OTHER, usage: 'NatGateway-Bytes', dollars: 8.6, shape: traffic, resource: NAT_GATEWAY, ...platform },
    { service: RDS, usage: 'Multi-AZUsage:db.r6g.xlarge', dollars: 64, shape: provisioned, ...payments },
    { service: RDS, usage: 'InstanceUsage:db.r6g.large', dollars: 19, shape: provisioned, ...storefront },
    { service: RDS, usage: 'RDS:GP3-Storage', dollars: 13, shape: stored, ...payments },
    { service: S3, usage: 'TimedStorage-ByteHrs', dollars: 17, shape: stored, ...storefront },
    { service: S3, usage: 'Requests-Tier1', dollars: 3.1, shape: traffic, ...storefront },
    {
      service: CLOUDFRONT,
      usage: 'DataTransfer-Out-Bytes',
      dollars: 38,
      shape: traffic,
      region: 'global',
      ...storefront,
    },
    {
      service: CLOUDFRONT,
      usage: 'Requests-Tier2-HTTPS',
      dollars: 9.4,
      shape: traffic,
      region: 'global',
      ...storefront,
    },
    { service: 'AWS Lambda', usage: 'Lambda-GB-Second', dollars: 7.2, shape: traffic, ...payments },
    { service: 'AWS Lambda', usage: 'Request', dollars: 0.9, shape: traffic, ...payments },
    {
      service: 'Amazon Elastic Load Balancing',
      usage: 'LoadBalancerUsage',
      dollars: 3.6,
      shape: provisioned,
      ...platform,
    },
    { service: 'Amazon Elastic Load Balancing', usage: 'LCUUsage', dollars: 6.8, shape: traffic, ...platform },
    { service: CLOUDWATCH, usage: 'CW:MetricMonitorUsage', dollars: 5.4, shape: provisioned, ...platform },
    {
      service: CLOUDWATCH,
      usage: 'DataProcessing-Bytes',
      dollars: 10.5,
      shape: traffic,
      resource: CHECKOUT_LOGS,
      ...payments,
    },
    { service: 'AWS Data Transfer', usage: 'DataTransfer-Out-Bytes', dollars: 14, shape: traffic, ...platform },
    {
      service: OPENSEARCH,
      usage: 'ESInstance:r6g.large',
      dollars: 22,
      shape: provisioned,
      resource: SEARCH_DOMAIN,
      ...storefront,
    },
    {
      service: OPENSEARCH,
      usage: 'ES:GP3-Storage',
      dollars: 2.2,
      shape: stored,
      resource: SEARCH_DOMAIN,
      ...storefront,
    },
    {
      service: 'Amazon ElastiCache',
      usage: 'NodeUsage:cache.r6g.large',
      dollars: 15,
      shape: provisioned,
      ...storefront,
    },
    {
      service: 'Amazon Virtual Private Cloud',
      usage: 'PublicIPv4:InUseAddress',
      dollars: 2.4,
      shape: provisioned,
      ...platform,
    },
    { service: 'Amazon Route 53', usage: 'DNS-Queries', dollars: 1.1, shape: traffic, region: 'global', ...platform },
    { service: 'AWS Key Management Service', usage: 'KMS-Requests', dollars: 0.0421, shape: traffic, ...platform },
    {
      service: 'AWS Lambda',
      usage: 'Lambda-Edge-GB-Second',
      dollars: 1.3,
      shape: traffic,
      region: 'us-east-1',
      ...storefront,
    },
    {
      service: 'Checkout Fraud Screening',
      usage: 'Contract',
      dollars: 640,
      shape: onDay(1),
      region: 'global',
      arrives: 'fee',
    },
  ],
  [STAGING]: [
    { service: EC2, usage: 'BoxUsage:t3.large', dollars: 31, shape: office, ...platform },
    { service: EC2_OTHER, usage: 'EBS:VolumeUsage.gp2', dollars: 7.5, shape: stored, ...platform },
    { service: EC2_OTHER, usage: 'NatGateway-Hours', dollars: 1.42, shape: provisioned, ...platform },
    { service: RDS, usage: 'InstanceUsage:db.t4g.medium', dollars: 8.8, shape: office, ...platform },
    { service: S3, usage: 'TimedStorage-ByteHrs', dollars: 2.6, shape: stored, ...platform },
    { service: CLOUDWATCH, usage: 'DataProcessing-Bytes', dollars: 1.9, shape: office, ...platform },
  ],
  [DATA]: [
    { service: S3, usage: 'TimedStorage-ByteHrs', dollars: 26, shape: stored, ...data },
    { service: 'AWS Glue', usage: 'ETL-DPU-Hour', dollars: 17, shape: provisioned, ...data },
    { service: 'Amazon Athena', usage: 'DataScannedInTB', dollars: 12, shape: office, ...data },
    { service: 'Amazon Elastic MapReduce', usage: 'BoxUsage:r6g.4xlarge', dollars: 96, shape: atMonthEnd, ...data },
    {
      service: 'Amazon QuickSight',
      usage: 'QS-Enterprise-User',
      dollars: 210,
      shape: onDay(1),
      region: 'us-east-1',
      arrives: 'fee',
      ...data,
    },
  ],
};
