import type { Call } from '../../calls.ts';
import type { Actor } from '../../estate/cloud-trail-state.ts';
import type { Estate } from '../../estate/estate.ts';
import type { ServiceName } from '../../names.ts';

/** The services whose calls are kept, all of which are management events. */
const SOURCES: Partial<Record<ServiceName, string>> = {
  'application-autoscaling': 'application-autoscaling.amazonaws.com',
  autoscaling: 'autoscaling.amazonaws.com',
  ec2: 'ec2.amazonaws.com',
  ecs: 'ecs.amazonaws.com',
  rds: 'rds.amazonaws.com',
  redshift: 'redshift.amazonaws.com',
  ssm: 'ssm.amazonaws.com',
};

/** What a member of a call's input names. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  AutoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup',
  ClusterIdentifier: 'AWS::Redshift::Cluster',
  DBClusterIdentifier: 'AWS::RDS::DBCluster',
  DBClusterSnapshotIdentifier: 'AWS::RDS::DBClusterSnapshot',
  DBInstanceIdentifier: 'AWS::RDS::DBInstance',
  DBSnapshotIdentifier: 'AWS::RDS::DBSnapshot',
  InstanceId: 'AWS::EC2::Instance',
  InstanceIds: 'AWS::EC2::Instance',
  TargetDBClusterSnapshotIdentifier: 'AWS::RDS::DBClusterSnapshot',
  TargetDBSnapshotIdentifier: 'AWS::RDS::DBSnapshot',
  VolumeId: 'AWS::EC2::Volume',
};

/** Writes a call that changes something into the event history of its account and region. */
export function recordCall(estate: Estate, call: Call): void {
  const source = SOURCES[call.service];
  const actor = actorOf(call.principal);
  const account = estate.existing(call.account);
  if (!source || !actor || !account?.enabledRegions.has(call.region)) return;
  if (/^(Describe|Get|List)/.test(call.operation) || call.outcome === 'Timeout') return;
  account.region(call.region).cloudTrail.record({
    name: call.operation,
    source,
    actor,
    resources: resourcesIn(call.input),
    ...(call.outcome === 'ok' ? {} : { errorCode: call.outcome }),
  });
}

function actorOf(principal: string): Actor | undefined {
  const [, user] = /:user\/(.+)$/.exec(principal) ?? [];
  if (user) return { type: 'IAMUser', name: user };
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(principal) ?? [];
  return role && session ? { type: 'AssumedRole', role, session } : undefined;
}

/** What was made is named in the answer only, which nobody keeps. */
const resourcesIn = (input: Call['input']) =>
  Object.entries(input).flatMap(([member, value]) => {
    const type = RESOURCE_TYPES[member];
    return type === undefined ? [] : [value].flat().map((name) => ({ type, name: String(name) }));
  });
