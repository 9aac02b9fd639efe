/** How a target is known to differ from AWS in one sentence of the contract. */
export interface Deviation {
  readonly because: string;
  /** What the sentence fails with. A failure of another kind is news. */
  readonly shows: RegExp;
}

/** By `<service>: <sentence>`. */
export type Deviations = Readonly<Record<string, Deviation>>;

const accepted = (because: string): Deviation => ({ because, shows: /^was accepted; AWS refuses it/ });
const crashed = (because: string): Deviation => ({ because, shows: /^was refused with Error: .*XML parse error/ });
const instead = (because: string, got: string, wanted: string): Deviation => ({
  because,
  shows: new RegExp(`^expected '?${got}'? to (be|be greater than|be less than or equal to) '?${wanted}'?`),
});

const NO_PRICING: Deviation = { because: 'moto has no price list', shows: /<!doctype "... is not valid JSON/ };
const NO_BILL: Deviation = {
  because: 'moto bills nothing, and answers every question with an empty list',
  shows: /^expected (\[\]|undefined) to (be|deeply equal) /,
};
const NO_QUOTAS: Deviation = { because: 'moto has no DescribeAccountAttributes', shows: /XML parse error/ };
const NO_HISTORY: Deviation = { because: 'moto keeps no event history', shows: /<!doctype "... is not valid JSON/ };
const NO_BACKUPS: Deviation = {
  because: 'moto does not know what AWS Backup has backed up',
  shows: /<!doctype "... is not valid JSON/,
};
const NO_CREDITS: Deviation = {
  because: 'moto has no ModifyInstanceCreditSpecification',
  shows: /XML parse error/,
};
const NO_ALARM_HISTORY: Deviation = {
  because: 'moto has no DescribeAlarmHistory',
  shows: /<!doctype "... is not valid JSON/,
};
const UNCHECKED = 'moto does not look at what is asked';
const AT_ONCE = 'moto does at once what takes AWS minutes';

/** moto 5.2.5. */
export const MOTO: Deviations = {
  'ec2: a page of fewer than five instances is refused': accepted('moto takes any page size'),
  'ec2: a token that was never given is refused': crashed('moto looks the token up and falls over'),
  'ec2: what is no instance id is InvalidInstanceID.Malformed': {
    because: 'moto does not look at the shape of an id',
    shows: /^was refused with InvalidInstanceID\.NotFound/,
  },
  'ec2: a filter that does not exist is refused': crashed('moto raises NotImplementedError for a filter it lacks'),
  'ec2: a tag on an unknown instance is InvalidInstanceID.NotFound': accepted(
    'moto tags whatever has the shape of an id',
  ),
  'ec2: a tag key that begins with aws: is reserved': accepted('moto reserves no keys in CreateTags'),
  'ec2: a stop is not done at once': instead(AT_ONCE, 'stopped', 'stopping'),
  'ec2: a start makes a new launch time': instead('moto keeps the first launch time', '\\d+', '\\d+'),
  'ec2: a start is not done at once': instead(AT_ONCE, 'running', 'pending'),
  'ec2: a second stop answers that it is stopped already': instead('the answer is a constant', 'stopping', 'stopped'),
  'ec2: a second start answers that it runs already': instead('the answer is a constant', 'pending', 'running'),
  'ec2: the type of a running instance cannot be changed': accepted('moto changes attributes in any state'),
  'ec2: a terminated instance can be neither started nor stopped': accepted('moto revives the terminated'),
  'ec2: pages of volumes add up to everything exactly once': instead('moto answers all volumes on one page', '1', '2'),
  'ec2: a stopped instance shows the elastic address that it keeps': instead(
    'moto takes every public address off at a stop',
    'undefined',
    '\\d+\\.\\d+\\.\\d+\\.\\d+',
  ),

  'instance types: names and a page size exclude each other': accepted('moto ignores the page size'),
  'instance types: pages of types add up, each exactly once': instead('moto has one page', '1', '4'),
  'instance types: what is no type is InvalidInstanceAttributeValue': accepted('moto takes any text for a type'),
  'instance types: a type of another architecture is refused': accepted('moto does not compare architectures'),

  'volumes: a gp3 volume has 3,000 IOPS and 125 MiB/s': {
    because: 'moto shows the throughput only when it was asked for',
    shows: /^expected \{ Iops: 3000, VolumeType: 'gp3', .* to match object/,
  },
  'volumes: a gp2 volume has three IOPS for a GiB': {
    because: 'moto shows no IOPS of gp2',
    shows: /^expected \{ VolumeType: 'gp2', .* to match object .*Iops: 1500/,
  },
  'volumes: a modification says what was and what is to be': {
    because: 'moto says nothing of what stays as it is',
    shows: /^expected \{ .* \} to match object/,
  },
  'volumes: a modification is not done at once': {
    because: AT_ONCE,
    shows: /^expected \[ 'modifying', 'optimizing' \] to include 'completed'/,
  },
  'volumes: a volume is not modified twice at a time': accepted(AT_ONCE),
  'volumes: a volume does not shrink': accepted('moto takes any size'),
  'volumes: a snapshot is not done at once': instead(AT_ONCE, 'completed', 'pending'),

  'rds: a page of databases is twenty to a hundred': accepted('moto takes any page size'),
  'rds: a filter by the immutable resource id finds the one database': {
    because: 'moto ignores the filter dbi-resource-id',
    shows: /^expected \[ 'orders-1', .* to deeply equal \[ 'orders-3' \]/,
  },
  'rds: a new database is creating before it is available': instead(AT_ONCE, 'available', 'creating'),
  'rds: a new database cannot be stopped yet': accepted(AT_ONCE),
  'rds: a stop answers stopping': instead(AT_ONCE, 'stopped', 'stopping'),
  'rds: a stop is not done at once': instead(AT_ONCE, 'stopped', 'stopping'),
  'rds: a start answers starting': instead(AT_ONCE, 'available', 'starting'),
  'rds: a start is not done at once': instead(AT_ONCE, 'available', 'starting'),
  'rds: a replica cannot be stopped': {
    because: 'moto refuses it too, but by the error of a cluster',
    shows: /^was refused with InvalidDBClusterStateFault/,
  },
  'rds: the source of a replica cannot be stopped': accepted('moto looks at the replica only'),
  'rds: SQL Server in several zones cannot be stopped': {
    because: 'moto refuses it too, but by the error of a cluster',
    shows: /^was refused with InvalidDBClusterStateFault/,
  },
  'rds: the member of an Aurora cluster cannot be stopped alone': accepted('moto does not look whether it is a member'),
  'rds: the members stop and start with their cluster': instead('moto stops the cluster alone', 'available', 'stopped'),
  'rds: pages of clusters add up to everything exactly once': instead('moto has one page', '1', '2'),
  'rds: a snapshot is creating before it is available': instead(AT_ONCE, 'available', 'creating'),
  'rds: an available snapshot is a hundred per cent done': instead('moto leaves it out', 'undefined', '100'),
  'rds: a stopping database takes no snapshot': accepted('moto snapshots in any state'),

  'rds-snapshots: a copy is not done at once': instead(AT_ONCE, 'available', 'creating'),
  'rds-snapshots: a copy of what is still being taken is InvalidDBSnapshotStateFault': accepted(AT_ONCE),
  'rds-snapshots: a copy goes to another region, and names where it came from': {
    because: 'moto keeps no trace of the source',
    shows: /^expected \{ DBSnapshotIdentifier: 'away', .* to match object \{ …\(4\) \}/,
  },
  'rds-snapshots: a copy is paid for by the quota of manual snapshots': NO_QUOTAS,
  'rds-snapshots: the quotas of manual snapshots are a hundred for instances and for clusters': NO_QUOTAS,
  'rds-snapshots: a snapshot that is being taken cannot be deleted': accepted(AT_ONCE),
  'rds-snapshots: the snapshots of a deleted database stay, and are found by its name': {
    because: 'moto ignores the filter dbi-resource-id',
    shows: /^expected \[ Array\(\d+\) \] to deeply equal \[ 'left-behind' \]/,
  },
  'rds-snapshots: a database is not deleted without a word about a final snapshot': accepted(
    'moto deletes without a final snapshot',
  ),
  'rds-snapshots: pages of snapshots add up to everything exactly once': instead('moto has one page', '1', '2'),
  'rds-snapshots: shared snapshots come along when they are to be included': {
    because: 'moto lists them only when it is asked for that type',
    shows: /^expected \[\] to include 'arn:aws:rds:/,
  },
  'rds-snapshots: a shared snapshot can be copied by the other account': {
    because: 'moto looks in the account of the copy',
    shows: /^DBSnapshot take-it not found\./,
  },
  'rds-snapshots: a copy of the snapshot of a cluster names its source': {
    because: 'moto keeps no trace of the source',
    shows: /^expected undefined to be 'arn:aws:rds:/,
  },
  'rds-snapshots: a global database names its primary cluster': {
    because: 'moto looks for the primary cluster in us-east-1 only',
    shows: /^DBCluster arn:aws:rds:.* not found\./,
  },

  'remedies: what is stopped is not rebooted': accepted('moto reboots in any state'),
  'remedies: the status checks of what was just started are initializing': instead(AT_ONCE, 'ok', 'initializing'),
  'remedies: the CPU credits of a burstable instance are unlimited, or standard': NO_CREDITS,
  'remedies: what is not burstable is listed as unsuccessful, and is no error': NO_CREDITS,
  'remedies: what are no CPU credits is refused': crashed('moto has no ModifyInstanceCreditSpecification'),
  'remedies: storage grows while the database is in use, and is then optimized': instead(
    AT_ONCE,
    'available',
    'storage-optimization',
  ),
  'remedies: storage grows by a tenth at least': instead('moto takes any size', '101', '110'),
  'remedies: small gp3 storage that grows beyond 400 GiB has four times its performance': {
    because: 'moto does not look at storage',
    shows: /^expected \[ undefined, undefined \] to deeply equal/,
  },
  'remedies: every change of the state of an alarm is in its history, newest first; the same state again is no change':
    NO_ALARM_HISTORY,
  'remedies: the history says what the state was set to, and why': NO_ALARM_HISTORY,
  'database classes: a class is not changed at once': instead(AT_ONCE, 'db.m6g.xlarge', 'db.m6g.large'),
  'database classes: a change that is not immediate is pending': {
    because: 'moto does not wait for the maintenance window',
    shows: /^expected \{ .* \} to match object \{ DBInstanceStatus: 'available'/,
  },
  'database classes: a stopped database cannot be modified': accepted('moto modifies in any state'),
  'database classes: what is no class is refused': accepted('moto takes any text for a class'),
  'database classes: storage does not shrink': accepted('moto takes any size'),
  'database classes: storage becomes gp3, is optimized, and meanwhile not changed again': instead(
    AT_ONCE,
    'available',
    'storage-optimization',
  ),
  'database classes: small gp3 storage has no IOPS to ask for': accepted('moto does not look at storage'),
  'database classes: the class of an Aurora instance is not changed through its cluster':
    accepted('moto ignores the class'),
  'database classes: what can be ordered of postgres includes gp3 with its limits': {
    because: 'moto knows what can be ordered of Aurora PostgreSQL and Neptune only',
    shows: /^expected undefined to match object/,
  },
  'database classes: no maintenance is pending and nothing reserved in a new account': {
    because: 'moto has neither',
    shows: /XML parse error/,
  },

  'cloudwatch: a high percentile of few values is their highest': {
    because: 'moto falls over a percentile',
    shows: /<!doctype "... is not valid JSON/,
  },
  'cloudwatch: a page holds no more datapoints than asked, and the pages add up': instead(
    'moto ignores MaxDatapoints',
    '10',
    '4',
  ),
  'cloudwatch: two queries of one id are a ValidationException': accepted('moto does not compare the ids'),
  'cloudwatch: an id that begins with a capital is a ValidationException': accepted('moto does not look at the ids'),
  'cloudwatch: more than five hundred queries are a ValidationException': accepted('moto does not count the queries'),
  'cloudwatch: a period of no whole minutes is refused': accepted('moto computes any period'),

  'auto-scaling: a group keeps within its sizes': accepted('moto takes any sizes'),
  'auto-scaling: the smallest size is not above the largest': accepted('moto takes any sizes'),
  'auto-scaling: pages of members add up to everything exactly once': instead('moto has one page', '1', '2'),
  'auto-scaling: a page of more than a hundred groups is a ValidationError': crashed('moto raises ValueError'),
  'auto-scaling: a page of more than fifty members is a ValidationError': accepted('moto ignores the page size'),

  'ecs: a service is found by its name, and its ARN names its cluster': {
    because: 'moto does not say when a service was made',
    shows: /^expected \[ \{ …\(18\) \} \] to match object \[ \{ serviceName: 'web', …\(6\) \} \]/,
  },
  'ecs: eleven services are too many for one question': accepted('moto does not count the services'),
  'ecs: the tasks of a new service run after a while': {
    because: 'moto runs no tasks where no instance is registered',
    shows: /^never came to an end; at last: .*"runningCount":0/,
  },
  'ecs: a daemon has no number of tasks': accepted('moto does not look how a service is scheduled'),

  'application-auto-scaling: a target is found by what it scales': {
    because: 'moto shows what is suspended only when it was asked for',
    shows: /^expected \[ \{ ServiceNamespace: 'ecs', …\(6\) \} \] to match object/,
  },
  'application-auto-scaling: the smallest is not above the largest': accepted('moto does not compare the bounds'),
  'application-auto-scaling: a new target needs both bounds': accepted('moto needs none'),

  'tagging: pages add up to everything exactly once, and the token of the last is empty': instead(
    'moto leaves the token out',
    'undefined',
    '',
  ),

  'sts: a role that does not exist is AccessDenied': accepted('moto lets anybody assume any role'),
  'sts: a wrong external id is AccessDenied': accepted('moto lets anybody assume any role'),
  'sts: a session name of one character is a ValidationError': accepted('moto looks for too long a name only'),
  'sts: a session name with a space or a colon is a ValidationError': accepted('moto looks for too long a name only'),
  'sts: a session of less than fifteen minutes is a ValidationError': accepted('moto takes any duration'),

  'dynamodb: an update returns just what it changed': {
    because: 'moto returns the whole item when the update made it',
    shows: /^expected \{ Object \(pk, sk, \.\.\.\) \} to deeply equal/,
  },
  'dynamodb: a batch of twenty-six items is a ValidationException': accepted('moto takes a batch of any size'),

  'messages: an empty message is InvalidParameterException': accepted('moto publishes it'),

  'pricing: all filters have to hold, and leave the one product with its hourly price': NO_PRICING,
  'pricing: what is not for sale is nothing, and no error': NO_PRICING,
  'pricing: pages of products add up to everything exactly once': NO_PRICING,
  'pricing: a page of more than a hundred products is InvalidParameterException': NO_PRICING,

  'cost-explorer: a range has an entry for every day, and its end is not one of them': NO_BILL,
  'cost-explorer: an amount is a decimal text with its currency': NO_BILL,
  'cost-explorer: with groups the total is empty, and the groups have to be summed up': NO_BILL,
  'cost-explorer: untagged is a value of every tag': NO_BILL,
  'cost-explorer: a filter leaves what it names, or all but that': NO_BILL,
  'cost-explorer: a start that is the end is a ValidationException': accepted(UNCHECKED),
  'cost-explorer: an end past the beginning of next month is a ValidationException': accepted(UNCHECKED),
  'cost-explorer: a start of fifteen months ago is a ValidationException': accepted(UNCHECKED),
  'cost-explorer: three groupings are a ValidationException': accepted(UNCHECKED),
  'cost-explorer: a conjunction of one expression is a ValidationException': accepted(UNCHECKED),
  'cost-explorer: a page token that was never given is refused': accepted(UNCHECKED),
  'cost-explorer: resource-level data are for those only who opted in': {
    because: 'moto has no resource-level data',
    shows: /<!doctype "... is not valid JSON/,
  },

  'cloud-trail: a call that changes something is in the event history': NO_HISTORY,
  'cloud-trail: events come newest first': NO_HISTORY,
  'cloud-trail: an event is found by the resource that it names': NO_HISTORY,
  'cloud-trail: the text of an event says who called, from where and in which account': NO_HISTORY,
  'cloud-trail: a call that was refused carries its error': NO_HISTORY,
  'cloud-trail: pages of events add up to everything exactly once': NO_HISTORY,
  'cloud-trail: another region knows nothing of it': NO_HISTORY,
  'cloud-trail: two attributes are InvalidLookupAttributesException': NO_HISTORY,
  'cloud-trail: a page of more than fifty events is InvalidMaxResultsException': NO_HISTORY,
  'cloud-trail: a start after the end is InvalidTimeRangeException': NO_HISTORY,
  'cloud-trail: a token that was never given is InvalidNextTokenException': NO_HISTORY,

  'elasticache: a page of fewer than twenty groups is refused': accepted('moto takes any page size'),
  'redshift: a pause is not done at once': instead(AT_ONCE, 'paused', 'pausing'),
  'redshift: what is paused is not paused again': accepted('moto pauses in any state'),
  'redshift: a paused cluster is resumed, which is not done at once': instead(AT_ONCE, 'available', 'resuming'),
  'redshift: what is not paused is not resumed': accepted('moto resumes in any state'),
  'redshift: a cluster has a namespace of its own': {
    because: 'moto has no namespaces',
    shows: /^\.toMatch\(\) expects to receive a string, but got undefined/,
  },
  'redshift: pages of clusters add up to everything exactly once': instead('moto has one page', '1', '2'),
  'aws-backup: where nothing was backed up nothing is protected': NO_BACKUPS,
  'aws-backup: a page of more than a thousand resources is refused': NO_BACKUPS,
  'kms: an alias of AWS stands for the key that RDS uses when none is named': {
    because: 'moto names one key for all regions, which is not the one behind the alias',
    shows: /^expected 'default_kms_key_id' to match/,
  },
  'kms: a page of more than a hundred aliases is refused': accepted('moto takes any page size'),
};

/** None: the sandbox is ours, and what it answers wrongly is to be mended. */
export const SANDBOX: Deviations = {};
