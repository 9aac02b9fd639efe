/** The services of the sandbox, by the names that IAM gives them. */
export type ServiceName =
  | 'autoscaling'
  | 'backup'
  | 'ce'
  | 'cloudtrail'
  | 'cloudwatch'
  | 'dynamodb'
  | 'ec2'
  | 'elasticache'
  | 'kms'
  | 'pricing'
  | 'rds'
  | 'redshift'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'sts';
