/** An Amazon Resource Name, as AWS returned it. */
export type Arn = string;

/** One account and one region. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/**
 * A resource is its ARN plus its immutable id (`DbiResourceId`, `DbClusterResourceId`, instance id), because a deleted
 * database's name, and so its ARN, can be given to a new one.
 */
export interface Identity {
  readonly arn: Arn;
  readonly id: string;
}

export interface ArnParts extends Scope {
  readonly partition: string;
  readonly service: string;
  /** Everything behind the account, e.g. `db:orders` or `instance/i-0abc`. */
  readonly resource: string;
}

/** Takes an ARN apart; `undefined` when the text is not one. */
export function parseArn(text: string): ArnParts | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined) return undefined;
  if (rest.length === 0) return undefined;
  return { partition, service, region, account, resource: rest.join(':') };
}

/** The AWS partition that a region belongs to: its ARNs and its console carry it. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

const CONSOLES = { aws: 'aws.amazon.com', 'aws-cn': 'amazonaws.cn', 'aws-us-gov': 'amazonaws-us-gov.com' } as const;

/** Where a person looks at the resource, or at an alarm, in the AWS console; `undefined` for a kind that has no link here. */
export function consoleLink(arn: Arn): string | undefined {
  const parts = parseArn(arn);
  if (!parts) return undefined;
  const host = `https://${parts.region}.console.${CONSOLES[partitionOf(parts.region)]}`;
  const [kind, name] = parts.resource.split(/[:/]/, 2);
  switch (`${parts.service}:${kind}`) {
    case 'ec2:instance':
      return `${host}/ec2/home?region=${parts.region}#InstanceDetails:instanceId=${name}`;
    case 'ec2:volume':
      return `${host}/ec2/home?region=${parts.region}#VolumeDetails:volumeId=${name}`;
    case 'rds:db':
      return `${host}/rds/home?region=${parts.region}#database:id=${name};is-cluster=false`;
    case 'rds:cluster':
      return `${host}/rds/home?region=${parts.region}#database:id=${name};is-cluster=true`;
    case 'cloudwatch:alarm':
      return `${host}/cloudwatch/home?region=${parts.region}#alarmsV2:alarm/${encodeURIComponent(parts.resource.slice('alarm:'.length))}`;
    case 'autoscaling:autoScalingGroup':
      return `${host}/ec2/home?region=${parts.region}#AutoScalingGroupDetails:id=${groupIn(parts.resource)};view=details`;
    case 'ecs:service':
      return `${host}/ecs/v2/clusters/${name}/services/${parts.resource.split('/')[2]}/health?region=${parts.region}`;
    case 'redshift:cluster':
      return `${host}/redshiftv2/home?region=${parts.region}#cluster-details?cluster=${name}`;
    default:
      return undefined;
  }
}

/** Behind `autoScalingGroup:<UUID>:autoScalingGroupName/`; it may hold nearly any character, `/` too. */
const groupIn = (resource: string): string => encodeURIComponent(resource.slice(resource.indexOf('/') + 1));
