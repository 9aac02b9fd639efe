/** The calls, as CloudTrail names them, the likeliest first. */
interface Calls {
  /** What makes a service cost more. */
  readonly more: string;
  /** What ends, stops or shrinks it. */
  readonly less: string;
}

/**
 * Which calls make a service cost more or less. CloudTrail takes one name a look-up, two look-ups a second, so that a list
 * is no longer than the pages that may be read. The names are those of each service's API reference; Lambda's carry the
 * version of its API (Lambda Developer Guide, "Logging API calls using CloudTrail"), S3's are those of its user guide.
 */
const EVENTS: Readonly<Record<string, Calls>> = {
  'Amazon Elastic Compute Cloud - Compute': {
    more: 'RunInstances StartInstances ModifyInstanceAttribute CreateFleet UpdateAutoScalingGroup',
    less: 'TerminateInstances StopInstances UpdateAutoScalingGroup ModifyInstanceAttribute DeleteFleets',
  },
  'EC2 - Other': {
    more: 'CreateNatGateway CreateVolume CreateSnapshot ModifyVolume AllocateAddress',
    less: 'DeleteNatGateway DeleteVolume DeleteSnapshot ModifyVolume ReleaseAddress',
  },
  'Amazon Relational Database Service': {
    more: 'CreateDBInstance ModifyDBInstance CreateDBCluster RestoreDBInstanceFromDBSnapshot StartDBInstance',
    less: 'DeleteDBInstance StopDBInstance ModifyDBInstance StopDBCluster DeleteDBCluster',
  },
  'Amazon Simple Storage Service': {
    more: 'CreateBucket PutBucketLifecycle PutBucketReplication PutBucketVersioning DeleteBucketLifecycle',
    less: 'DeleteBucket PutBucketLifecycle DeleteBucketReplication PutBucketVersioning',
  },
  'Amazon DynamoDB': {
    more: 'CreateTable UpdateTable RestoreTableFromBackup CreateGlobalTable ImportTable',
    less: 'DeleteTable UpdateTable DeleteBackup UpdateContinuousBackups',
  },
  'AWS Lambda': {
    more: 'CreateFunction20150331 UpdateFunctionConfiguration20150331v2 PutProvisionedConcurrencyConfig CreateEventSourceMapping20150331 UpdateFunctionCode20150331v2',
    less: 'DeleteFunction20150331 UpdateFunctionConfiguration20150331v2 DeleteProvisionedConcurrencyConfig UpdateEventSourceMapping20150331 DeleteEventSourceMapping20150331',
  },
  AmazonCloudWatch: {
    more: 'PutMetricAlarm CreateLogGroup PutMetricStream PutDashboard DeleteRetentionPolicy',
    less: 'DeleteLogGroup DeleteAlarms PutRetentionPolicy DeleteMetricStream StopMetricStreams',
  },
  'Amazon ElastiCache': {
    more: 'CreateReplicationGroup CreateCacheCluster ModifyReplicationGroup IncreaseReplicaCount CreateServerlessCache',
    less: 'DeleteReplicationGroup DeleteCacheCluster ModifyReplicationGroup DecreaseReplicaCount DeleteServerlessCache',
  },
  'Amazon OpenSearch Service': {
    more: 'CreateDomain UpdateDomainConfig CreateElasticsearchDomain',
    less: 'DeleteDomain UpdateDomainConfig DeleteElasticsearchDomain UpdateElasticsearchDomainConfig',
  },
  'Amazon Redshift': {
    more: 'CreateCluster ModifyCluster ResizeCluster RestoreFromClusterSnapshot ResumeCluster',
    less: 'DeleteCluster PauseCluster ResizeCluster ModifyCluster',
  },
  'Amazon SageMaker': {
    more: 'CreateEndpoint CreateNotebookInstance CreateTrainingJob CreateApp UpdateEndpoint',
    less: 'DeleteEndpoint StopNotebookInstance UpdateEndpoint StopTrainingJob DeleteApp',
  },
  'Amazon Bedrock': {
    more: 'CreateProvisionedModelThroughput CreateModelCustomizationJob CreateModelInvocationJob',
    less: 'DeleteProvisionedModelThroughput StopModelInvocationJob StopModelCustomizationJob',
  },
  'Amazon Elastic Container Service': {
    more: 'CreateService UpdateService RunTask CreateCluster CreateCapacityProvider',
    less: 'UpdateService DeleteService StopTask DeleteCluster',
  },
  'Amazon Elastic Container Service for Kubernetes': {
    more: 'CreateCluster CreateNodegroup UpdateNodegroupConfig',
    less: 'DeleteCluster DeleteNodegroup UpdateNodegroupConfig DeleteFargateProfile',
  },
  'Amazon Elastic Load Balancing': {
    more: 'CreateLoadBalancer CreateTargetGroup ModifyLoadBalancerAttributes',
    less: 'DeleteLoadBalancer DeleteTargetGroup ModifyLoadBalancerAttributes',
  },
  'Amazon Elastic File System': {
    more: 'CreateFileSystem UpdateFileSystem CreateReplicationConfiguration',
    less: 'DeleteFileSystem UpdateFileSystem PutLifecycleConfiguration DeleteReplicationConfiguration',
  },
  'Amazon Elastic MapReduce': {
    more: 'RunJobFlow AddInstanceFleet AddInstanceGroups ModifyInstanceGroups',
    less: 'TerminateJobFlows ModifyInstanceGroups ModifyInstanceFleet PutAutoTerminationPolicy',
  },
  'Amazon Kinesis': {
    more: 'CreateStream UpdateShardCount UpdateStreamMode IncreaseStreamRetentionPeriod',
    less: 'DeleteStream UpdateShardCount UpdateStreamMode MergeShards DecreaseStreamRetentionPeriod',
  },
  'Amazon Managed Streaming for Apache Kafka': {
    more: 'CreateClusterV2 CreateCluster UpdateBrokerCount UpdateBrokerType',
    less: 'DeleteCluster UpdateBrokerCount UpdateBrokerType',
  },
  'Amazon Virtual Private Cloud': {
    more: 'CreateVpcEndpoint CreateVpnConnection CreateTransitGatewayVpcAttachment AllocateAddress',
    less: 'DeleteVpcEndpoints DeleteVpnConnection DeleteTransitGatewayVpcAttachment ReleaseAddress',
  },
  'Amazon CloudFront': {
    more: 'CreateDistribution UpdateDistribution CreateInvalidation',
    less: 'UpdateDistribution DeleteDistribution',
  },
  'AWS Glue': {
    more: 'StartJobRun CreateJob UpdateJob StartCrawler CreateDevEndpoint',
    less: 'DeleteJob StopTrigger BatchStopJobRun UpdateJob DeleteDevEndpoint',
  },
  'Amazon Athena': {
    more: 'StartQueryExecution CreateWorkGroup UpdateWorkGroup',
    less: 'UpdateWorkGroup DeleteWorkGroup CancelCapacityReservation',
  },
  AWSCloudTrail: {
    more: 'CreateTrail PutEventSelectors UpdateTrail CreateEventDataStore',
    less: 'DeleteTrail StopLogging PutEventSelectors UpdateTrail DeleteEventDataStore',
  },
  'AWS Config': {
    more: 'PutConfigurationRecorder PutConfigRule StartConfigurationRecorder',
    less: 'StopConfigurationRecorder PutConfigurationRecorder DeleteConfigRule DeleteConfigurationRecorder',
  },
  'Amazon GuardDuty': {
    more: 'CreateDetector UpdateDetector UpdateOrganizationConfiguration',
    less: 'DeleteDetector UpdateDetector UpdateOrganizationConfiguration',
  },
};

/** What makes or ends anything: for a service that the list does not have, and for a region that is new. */
const ANY: Calls = {
  more: 'CreateStack UpdateStack RunInstances CreateDBInstance CreateFunction20150331',
  less: 'DeleteStack UpdateStack TerminateInstances StopInstances DeleteDBInstance',
};

/** The names to look for when this service costs more than it should, or less. */
export const auditEventsFor = (service: string, direction: keyof Calls): readonly string[] =>
  (EVENTS[service] ?? ANY)[direction].split(' ');

/** Over all names together. */
export const MOST_AUDIT_PAGES = 5;

/** CloudTrail's event history reaches no further back. */
export const AUDIT_DAYS = 90;
