/**
 * Which calls make a service cost more or less, as CloudTrail names them, the likeliest first. CloudTrail takes one name a
 * look-up, two look-ups a second, so that a list is as long as the pages that may be read. The names are those of each
 * service's API reference.
 */
const EVENTS: Readonly<Record<string, string>> = {
  'Amazon Elastic Compute Cloud - Compute':
    'RunInstances StartInstances ModifyInstanceAttribute CreateFleet UpdateAutoScalingGroup',
  'EC2 - Other': 'CreateNatGateway CreateVolume CreateSnapshot ModifyVolume AllocateAddress',
  'Amazon Relational Database Service':
    'CreateDBInstance ModifyDBInstance CreateDBCluster RestoreDBInstanceFromDBSnapshot StartDBInstance',
  'Amazon Simple Storage Service':
    'CreateBucket PutBucketLifecycle PutBucketReplication PutBucketVersioning DeleteBucketLifecycle',
  'Amazon DynamoDB': 'CreateTable UpdateTable RestoreTableFromBackup CreateGlobalTable ImportTable',
  'AWS Lambda':
    'CreateFunction20150331 UpdateFunctionConfiguration20150331v2 PutProvisionedConcurrencyConfig CreateEventSourceMapping20150331 UpdateFunctionCode20150331v2',
  AmazonCloudWatch: 'PutMetricAlarm CreateLogGroup PutMetricStream PutDashboard DeleteRetentionPolicy',
  'Amazon ElastiCache':
    'CreateReplicationGroup CreateCacheCluster ModifyReplicationGroup IncreaseReplicaCount CreateServerlessCache',
  'Amazon OpenSearch Service': 'CreateDomain UpdateDomainConfig CreateElasticsearchDomain',
  'Amazon Redshift': 'CreateCluster ModifyCluster ResizeCluster RestoreFromClusterSnapshot ResumeCluster',
  'Amazon SageMaker': 'CreateEndpoint CreateNotebookInstance CreateTrainingJob CreateApp UpdateEndpoint',
  'Amazon Bedrock': 'CreateProvisionedModelThroughput CreateModelCustomizationJob CreateModelInvocationJob',
  'Amazon Elastic Container Service': 'CreateService UpdateService RunTask CreateCluster CreateCapacityProvider',
  'Amazon Elastic Container Service for Kubernetes': 'CreateCluster CreateNodegroup UpdateNodegroupConfig',
  'Amazon Elastic Load Balancing': 'CreateLoadBalancer CreateTargetGroup ModifyLoadBalancerAttributes',
  'Amazon Elastic File System': 'CreateFileSystem UpdateFileSystem CreateReplicationConfiguration',
  'Amazon Elastic MapReduce': 'RunJobFlow AddInstanceFleet AddInstanceGroups ModifyInstanceGroups',
  'Amazon Kinesis': 'CreateStream UpdateShardCount UpdateStreamMode IncreaseStreamRetentionPeriod',
  'Amazon Managed Streaming for Apache Kafka': 'CreateClusterV2 CreateCluster UpdateBrokerCount UpdateBrokerType',
  'Amazon Virtual Private Cloud':
    'CreateVpcEndpoint CreateVpnConnection CreateTransitGatewayVpcAttachment AllocateAddress',
  'Amazon CloudFront': 'CreateDistribution UpdateDistribution CreateInvalidation',
  'AWS Glue': 'StartJobRun CreateJob UpdateJob StartCrawler CreateDevEndpoint',
  'Amazon Athena': 'StartQueryExecution CreateWorkGroup UpdateWorkGroup',
  AWSCloudTrail: 'CreateTrail PutEventSelectors UpdateTrail CreateEventDataStore',
  'AWS Config': 'PutConfigurationRecorder PutConfigRule StartConfigurationRecorder',
  'Amazon GuardDuty': 'CreateDetector UpdateDetector UpdateOrganizationConfiguration',
};

/** What makes anything: for a service that the list does not have, and for a region that is new. */
const ANY = 'CreateStack UpdateStack RunInstances CreateDBInstance CreateFunction20150331';

function namesIn(list: string): string[] {
  return list.split(' ');
}

/** What makes a service cost less all at once. */
export const ENDING_EVENTS: readonly string[] = namesIn(
  'TerminateInstances StopInstances DeleteDBInstance DeleteStack StopDBInstance',
);

/** The names to look for when this service costs more than it should. */
export const auditEventsFor = (service: string): readonly string[] => namesIn(EVENTS[service] ?? ANY);

/** Over all names together. */
export const MOST_AUDIT_PAGES = 5;

/** CloudTrail's event history reaches no further back. */
export const AUDIT_DAYS = 90;
