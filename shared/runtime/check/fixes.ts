import type { Answer } from '../../ports-check.ts';
import type { Checking } from '../check.ts';

/** What a finding says of a refusal, why it matters, and what mends it. */

/** What a function lacks without the action, as a sentence. */
const MATTERS: Readonly<Record<string, string>> = {
  'application-autoscaling:DescribeScalableTargets':
    'No ECS service is stopped or started by its schedule: its sizes are unknown',
  'autoscaling:DescribeAutoScalingGroups':
    'No instance is judged: it might belong to an Auto Scaling group; no group is stopped or started by its schedule',
  'autoscaling:DescribeAutoScalingInstances': 'No instance is stopped: it might belong to an Auto Scaling group',
  'backup:ListProtectedResources': 'What AWS Backup protects is unknown',
  'ce:GetCostAndUsage': 'No spend is judged',
  'cloudtrail:LookupEvents': 'An anomaly does not say who created or changed what',
  'cloudwatch:DescribeAlarmHistory': 'An alarm that went off and came back between two looks is not seen',
  'cloudwatch:DescribeAlarms': 'No change is taken back when an alarm goes off: nobody sees it',
  'cloudwatch:GetMetricData': 'Nothing is proposed or stopped: how busy anything is stays unknown',
  'cloudwatch:ListMetrics': 'The memory of instances is unknown: no shrink is more than a suggestion',
  'dynamodb:DescribeContinuousBackups': 'Which DynamoDB tables can be restored is unknown',
  'dynamodb:ListTables': 'Which DynamoDB tables can be restored is unknown',
  'ec2:DescribeImages': 'No snapshot is judged: an image might be made of it',
  'ec2:DescribeInstanceAttribute': 'No instance is proposed or stopped: it might be protected against stopping',
  'ec2:DescribeInstanceTypeOfferings': 'No instance is sized: what it could become is unknown',
  'ec2:DescribeInstanceTypes': 'No instance is proposed or stopped: it might have local disks, which a stop erases',
  'ec2:DescribeInstances': 'No instance is judged, stopped or started',
  'ec2:DescribeSnapshots': 'No snapshot of a volume is judged',
  'ec2:DescribeVolumes': 'No volume is judged, and no proposal says which volumes go on being billed',
  'ecs:DescribeServices': 'No ECS service is stopped or started by its schedule',
  'elasticache:DescribeReplicationGroups': 'Which caches have snapshots is unknown',
  'kms:DescribeKey': 'Whether a snapshot can be restored, or its key is disabled, is unknown',
  'kms:ListAliases': 'No encrypted snapshot is copied to another account: whose its key is stays unknown',
  'lambda:InvokeFunction': 'No plan is handed over: what is approved is not carried out',
  'pi:DescribeDimensionKeys': 'What loads a saturated database, its waits and statements, is unknown',
  'pricing:GetProducts': 'What anything would save is unknown',
  'rds:DescribeAccountAttributes': 'The quota of snapshots is taken to be what every account has: 100',
  'rds:DescribeDBClusterSnapshots':
    'No Aurora cluster is stopped or snapshotted: nobody can tell which snapshots are there',
  'rds:DescribeDBClusters': 'No database is judged, stopped or started',
  'rds:DescribeDBInstances': 'No database is judged, stopped or started',
  'rds:DescribeDBSnapshots': 'No database is stopped or snapshotted: nobody can tell which snapshots are there',
  'rds:DescribeEvents': 'No database is sized, and one that AWS restarts after seven days is not stopped again',
  'rds:DescribeGlobalClusters': 'No database is snapshotted: one might only follow a cluster elsewhere',
  'rds:DescribeOrderableDBInstanceOptions': 'No database is sized: what it could become is unknown',
  'redshift:DescribeClusters':
    'Which warehouses have snapshots is unknown, and none is paused or resumed by its schedule',
  'ssm:GetParameters': 'Nothing is changed: without the switches every gate stays closed',
  'tag:GetResources': 'No ECS service is stopped or started by its schedule: nobody can tell which have the tag',
};

export const mattersOf = (what: string): string => MATTERS[what] ?? 'What needs it fails';

export const TRY_AGAIN = 'Try again; if it lasts, look at the AWS Health Dashboard and at the network';

export const hubFix = ({ needs, asked }: Checking): string =>
  'Deploy the hub, with LAMPLIGHTER_EXTERNAL_ID set: ' +
  `npm run build && npx serverless deploy --stage ${needs.stage} --region ${asked.own.region}`;

/** The hub has its roles from its own stack; every other account from infra/member.yml. */
export function memberFix(account: string, checking: Checking): string {
  const { needs, asked } = checking;
  if (account === asked.own.account) return hubFix(checking);
  return (
    `With credentials of ${account}: aws cloudformation deploy --stack-name lamplighter-member ` +
    '--template-file infra/member.yml --capabilities CAPABILITY_NAMED_IAM --parameter-overrides ' +
    `HubAccountId=${asked.own.account} Stage=${needs.stage} ExternalId=$LAMPLIGHTER_EXTERNAL_ID`
  );
}

export function organizationFix(what: string, { account, region }: { account: string; region?: string }): string {
  const where = region ? `${account} in ${region}` : account;
  return `Have whoever keeps the policies of the organization allow ${what} in ${where}, or take it out of \`scopes\` in the policy`;
}

export type Refusal = Extract<Answer, { readonly state: 'denied' | 'closed' }>;

export const isFromAbove = (answer: Refusal): boolean =>
  answer.state === 'denied' && (answer.by === 'organization' || answer.by === 'boundary');

const REFUSERS = {
  organization: 'by a policy of the organization (SCP or RCP)',
  boundary: 'by a permissions boundary',
  caller: 'by its own policies',
  resource: 'by the policy of what is called',
} as const;

/** `denied (AccessDenied) by a permissions boundary` */
export function refusal(answer: Refusal): string {
  const by = answer.state === 'denied' && answer.by ? ` ${REFUSERS[answer.by]}` : '';
  return `denied (${answer.code})${by}`;
}
