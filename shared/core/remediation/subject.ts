import { type Arn, parseArn, type Scope } from '../identity.ts';
import type { Alarm, AlarmMetric } from './alarm.ts';
import type { Subject } from './runbook.ts';

/** The subject of an alarm that is about something there may be a runbook for. */
export type KnownSubject = Exclude<Subject, { readonly type: 'none' }>;

/**
 * What an alarm is about, by its metrics' dimensions. An expression whose metrics are of one resource is about that; one over
 * several is about none, and so is one of which a metric cannot be told. A composite is about what its children are about.
 */
export function subjectOf({ watches, scope }: Pick<Alarm, 'watches' | 'scope'>): Subject {
  if (watches.kind === 'composite')
    return none(
      watches.unreadable === undefined
        ? `it is composed of ${watches.children.join(', ') || 'no alarms'}`
        : `its rule cannot be read: ${watches.unreadable}`,
    );
  const subjects = watches.metrics.map((metric) => subjectOfMetric(metric, scope.account));
  const [first] = subjects;
  if (!first) return none(`its expression names no metric: ${watches.expression ?? 'it has none'}`);
  const distinct = [...new Map(subjects.map((one) => [wordsFor(one), one])).keys()];
  return distinct.length === 1 ? first : none(`its expression is over several: ${distinct.join('; ')}`);
}

/** What a resource is remembered by. The members of a cluster in one role are the cluster. */
export function keyOfSubject(subject: KnownSubject, { account, region }: Scope): string {
  const name = subject.type === 'database' ? `${subject.form} ${subject.name}` : subject.id;
  return `${account} ${region} ${subject.type} ${name}`;
}

/** The ARN of what an alarm is about, which is where the alarm is. */
export function arnOfSubject(
  subject: KnownSubject,
  { arn, scope: { account, region } }: Pick<Alarm, 'arn' | 'scope'>,
): Arn {
  const { partition } = parseArn(arn) ?? {};
  if (subject.type === 'instance') return `arn:${partition}:ec2:${region}:${account}:instance/${subject.id}`;
  const kind = subject.form === 'cluster' ? 'cluster' : 'db';
  return `arn:${partition}:rds:${region}:${account}:${kind}:${subject.name}`;
}

/** `the database orders`, or why there is none. */
export function wordsFor(subject: Subject): string {
  switch (subject.type) {
    case 'database':
      return `the ${subject.form === 'cluster' ? 'cluster' : 'database'} ${subject.name}${inRole(subject.role)}`;
    case 'instance':
      return `the instance ${subject.id}`;
    case 'none':
      return subject.why;
    default:
      return subject satisfies never;
  }
}

const inRole = (role: string | undefined): string => (role ? ` (${role.toLowerCase()})` : '');

const none = (why: string): Subject => ({ type: 'none', why });

/** Other services of AWS have dimensions of the same names: a DocumentDB cluster has a `DBClusterIdentifier`, too. */
const OF_AWS = ['AWS/RDS', 'AWS/EC2'];

function subjectOfMetric({ namespace, name, dimensions, account }: AlarmMetric, own: string): Subject {
  const metric = `${name} of ${namespace}`;
  const listed = Object.entries(dimensions).map(([dimension, value]) => `${dimension} ${value}`);
  const nothing = none(
    `${metric} (${listed.join(', ') || 'no dimensions'}) is about nothing that there is a runbook for`,
  );
  if (account && account !== own)
    return none(`${metric} is measured in the account ${account}, the alarm is in ${own}`);
  if (namespace.startsWith('AWS/') && !OF_AWS.includes(namespace)) return nothing;
  const { DBInstanceIdentifier, DBClusterIdentifier, DbClusterIdentifier, Role, InstanceId } = dimensions;
  if (DBInstanceIdentifier) return { type: 'database', form: 'instance', name: DBInstanceIdentifier };
  const cluster = DBClusterIdentifier ?? DbClusterIdentifier; // RDS writes it both ways
  if (cluster) return { type: 'database', form: 'cluster', name: cluster, ...(Role ? { role: Role } : {}) };
  return InstanceId && isInstanceId(InstanceId) ? { type: 'instance', id: InstanceId } : nothing;
}

/** What the CloudWatch agent measures on somebody's own machines has an id that begins with `mi-`, or none. */
const isInstanceId = (id: string): boolean => /^i-[0-9a-f]{8,17}$/.test(id);
