/** The services of the sandbox, by the names that IAM gives them. */
export type ServiceName =
  | 'autoscaling'
  | 'ce'
  | 'cloudtrail'
  | 'cloudwatch'
  | 'dynamodb'
  | 'ec2'
  | 'pricing'
  | 'rds'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'sts';
