import type { Scope } from '../../core/identity.ts';
import type { AlarmMetric } from '../../core/remediation/alarm.ts';
import type { RunbookId } from '../../core/remediation/runbook.ts';
import { subjectOf } from '../../core/remediation/subject.ts';
import type { FoundDatabase, FoundResource, Wanted } from '../../ports-remediation.ts';

/** What a metric says, in which unit, and which of its statistics shows trouble. */
export interface Measure {
  readonly what: string;
  readonly unit: string;
  /** What a value is divided by to be in that unit. */
  readonly per: number;
  readonly statistic: string;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

const measure = (what: string, unit: string, { per = 1, statistic = 'Average' } = {}): Measure => ({
  what,
  unit,
  per,
  statistic,
});

/** RDS gives bytes and operations a second and latencies in seconds; EC2 counts bytes in each datapoint. */
const MEASURES: Readonly<Record<string, Measure>> = {
  'AWS/RDS AuroraReplicaLag': measure('replica lag', 'ms', { statistic: 'Maximum' }),
  'AWS/RDS AuroraReplicaLagMaximum': measure('highest replica lag', 'ms', { statistic: 'Maximum' }),
  'AWS/RDS BinLogDiskUsage': measure('binary logs', 'GiB', { per: GIB, statistic: 'Maximum' }),
  'AWS/RDS BurstBalance': measure('burst balance', '%', { statistic: 'Minimum' }),
  'AWS/RDS CPUCreditBalance': measure('CPU credits', '', { statistic: 'Minimum' }),
  'AWS/RDS CPUUtilization': measure('CPU', '%'),
  'AWS/RDS DBLoad': measure('load', 'average active sessions'),
  'AWS/RDS DatabaseConnections': measure('connections', '', { statistic: 'Maximum' }),
  'AWS/RDS DiskQueueDepth': measure('waiting I/O', ''),
  'AWS/RDS FreeLocalStorage': measure('free local storage', 'GiB', { per: GIB, statistic: 'Minimum' }),
  'AWS/RDS FreeStorageSpace': measure('free storage', 'GiB', { per: GIB, statistic: 'Minimum' }),
  'AWS/RDS FreeableMemory': measure('free memory', 'GiB', { per: GIB, statistic: 'Minimum' }),
  'AWS/RDS OldestReplicationSlotLag': measure('oldest replication slot', 'GiB behind', {
    per: GIB,
    statistic: 'Maximum',
  }),
  'AWS/RDS ReadIOPS': measure('reads', 'a second'),
  'AWS/RDS ReadLatency': measure('read latency', 'ms', { per: 0.001 }),
  'AWS/RDS ReplicaLag': measure('replica lag', 'seconds', { statistic: 'Maximum' }),
  'AWS/RDS ReplicationSlotDiskUsage': measure('replication slots', 'GiB', { per: GIB, statistic: 'Maximum' }),
  'AWS/RDS SwapUsage': measure('swap', 'MiB', { per: MIB, statistic: 'Maximum' }),
  'AWS/RDS TransactionLogsDiskUsage': measure('transaction logs', 'GiB', { per: GIB, statistic: 'Maximum' }),
  'AWS/RDS WriteIOPS': measure('writes', 'a second'),
  'AWS/RDS WriteLatency': measure('write latency', 'ms', { per: 0.001 }),
  'AWS/RDS WriteThroughput': measure('written', 'MiB a second', { per: MIB }),
  'AWS/EC2 CPUCreditBalance': measure('CPU credits', '', { statistic: 'Minimum' }),
  'AWS/EC2 CPUSurplusCreditBalance': measure('surplus CPU credits', '', { statistic: 'Maximum' }),
  'AWS/EC2 CPUUtilization': measure('CPU', '%'),
  'AWS/EC2 NetworkIn': measure('received', 'MiB a datapoint', { per: MIB }),
  'AWS/EC2 NetworkOut': measure('sent', 'MiB a datapoint', { per: MIB }),
  'AWS/EC2 StatusCheckFailed': measure('failed status checks', '', { statistic: 'Maximum' }),
  'AWS/EC2 StatusCheckFailed_AttachedEBS': measure('failed volume checks', '', { statistic: 'Maximum' }),
  'AWS/EC2 StatusCheckFailed_Instance': measure('failed instance checks', '', { statistic: 'Maximum' }),
  'AWS/EC2 StatusCheckFailed_System': measure('failed system checks', '', { statistic: 'Maximum' }),
  'CWAgent disk_used_percent': measure('disk used', '%', { statistic: 'Maximum' }),
  'CWAgent mem_used_percent': measure('memory used', '%', { statistic: 'Maximum' }),
};

/** A metric that is not in the table is shown under its own name; how often something was measured is another unit. */
export function measureOf({ namespace, name, statistic }: AlarmMetric): Measure {
  if (statistic === 'SampleCount') return measure(`measurements of ${name}`, '', { statistic });
  const known = MEASURES[`${namespace} ${name}`] ?? measure(name, '');
  return statistic === undefined ? known : { ...known, statistic };
}

/** The metrics of a runbook's evidence: those of the alarm, and behind them those that tell more. */
export function metricsFor(wanted: Wanted): AlarmMetric[] {
  const { watches } = wanted.alarm;
  const own = watches.kind === 'metric' ? watches.metrics : [];
  const all = [...own, ...topMetrics(wanted)];
  const keys = all.map(keyOf);
  return all.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

const keyOf = ({ namespace, name, dimensions }: AlarmMetric): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .map(([dimension, value]) => `${dimension}=${value}`)
      .sort(),
  ].join('\n');

function topMetrics({ alarm, runbook, found }: Wanted): AlarmMetric[] {
  const subject = subjectOf(alarm);
  const role = subject.type === 'database' ? subject.role : undefined;
  const names = found.type === 'database' ? TOP_OF_DATABASES[runbook]?.(found) : TOP_OF_INSTANCES[runbook];
  const namespace = found.type === 'database' ? 'AWS/RDS' : 'AWS/EC2';
  return (names ?? []).map((name) => ({ namespace, name, dimensions: dimensionsOf(found, role) }));
}

/** Under which CloudWatch keeps the metrics of the resource; of a cluster as a whole, or of its members in one role. */
function dimensionsOf(found: FoundResource, role: string | undefined): AlarmMetric['dimensions'] {
  if (found.type === 'instance') return { InstanceId: found.facts.identity.id };
  const { form, name } = found.facts;
  if (form === 'instance') return { DBInstanceIdentifier: name };
  return { DBClusterIdentifier: name, ...(role ? { Role: role } : {}) };
}

type Names = readonly string[];

const TOP_OF_INSTANCES: Readonly<Partial<Record<RunbookId, Names>>> = {
  'instance-unwell': ['StatusCheckFailed_System', 'StatusCheckFailed_Instance', 'CPUUtilization', 'NetworkIn'],
  'credits-exhausted': ['CPUCreditBalance', 'CPUSurplusCreditBalance', 'CPUUtilization'],
  'idle-alarm': ['CPUUtilization', 'NetworkIn', 'NetworkOut'],
  'host-evidence': ['CPUUtilization'],
};

const isBurstable = ({ facts }: FoundDatabase): boolean => facts.classes.some((name) => name.startsWith('db.t'));
const isPostgres = ({ facts }: FoundDatabase): boolean => facts.engine.endsWith('postgres');
const isMysql = ({ facts }: FoundDatabase): boolean => facts.engine === 'mysql' || facts.engine === 'mariadb';

/** A metric that the database does not have would be one that nobody measured. */
const TOP_OF_DATABASES: Readonly<Partial<Record<RunbookId, (found: FoundDatabase) => Names>>> = {
  'database-storage-low': (found) => [
    'FreeStorageSpace',
    'WriteThroughput',
    ...(isPostgres(found) ? ['TransactionLogsDiskUsage', 'ReplicationSlotDiskUsage'] : []),
    ...(isMysql(found) ? ['BinLogDiskUsage'] : []),
    'DatabaseConnections',
  ],
  'database-saturated': (found) => [
    'CPUUtilization',
    'DatabaseConnections',
    'FreeableMemory',
    'SwapUsage',
    ...(found.counted ? ['DBLoad'] : []),
    'ReadIOPS',
    'WriteIOPS',
    'ReadLatency',
    'WriteLatency',
    'DiskQueueDepth',
    ...(found.facts.storage.storageType === 'gp2' ? ['BurstBalance'] : []),
    ...(isBurstable(found) ? ['CPUCreditBalance'] : []),
  ],
  'replica-lag': (found) => [
    'CPUUtilization',
    'ReadIOPS',
    'WriteIOPS',
    'DiskQueueDepth',
    ...(isPostgres(found) ? ['OldestReplicationSlotLag'] : []),
  ],
  'credits-exhausted': () => ['CPUCreditBalance', 'CPUUtilization'],
  'idle-alarm': () => ['DatabaseConnections', 'CPUUtilization', 'ReadIOPS', 'WriteIOPS'],
};

/** Where a metric is measured elsewhere, it cannot be read here. */
export const isForeign = ({ account }: AlarmMetric, scope: Scope): boolean =>
  account !== undefined && account !== scope.account;
