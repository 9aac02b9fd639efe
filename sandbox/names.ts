/** The services of the sandbox, by the names that IAM gives them. */
export type ServiceName =
  | 'autoscaling'
  | 'cloudwatch'
  | 'dynamodb'
  | 'ec2'
  | 'pricing'
  | 'rds'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'sts';
