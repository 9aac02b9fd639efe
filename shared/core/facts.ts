import type { Evidence } from './evidence.ts';
import type { Identity, Scope } from './identity.ts';
import type { Money } from './money.ts';

export type Tags = Readonly<Record<string, string>>;

/**
 * One statistic per UTC day. `values[n]` belongs to the day `n` days after `firstDay`; `undefined` means that CloudWatch
 * has no datapoint for that day, which is never zero. The last value may be of a day that is not over.
 */
export interface DailySeries {
  /** UTC midnight of the first day. */
  readonly firstDay: Date;
  readonly values: readonly (number | undefined)[];
}

export interface Volume {
  readonly id: string;
  readonly sizeGiB: number;
  readonly volumeType: string;
}

/** What is read about a resource beyond its inventory entry, only when a rule lacks it. */
export interface InstanceEvidence {
  /** Maximum CPUUtilization of each day, in percent. */
  readonly peakCpuPercent: DailySeries;
  /** NetworkIn plus NetworkOut of each day, in bytes. */
  readonly networkBytes: DailySeries;
  /** Whether stopping the instance would lose data on local disks. */
  readonly instanceStore: boolean;
  readonly volumes: readonly Volume[];
  /** Whether the API refuses to stop it (`disableApiStop`). */
  readonly stopProtection: boolean;
  readonly hourlyPrice: Money;
}

export interface DatabaseEvidence {
  /** Maximum DatabaseConnections of each day; of a cluster, the sum over its members. */
  readonly peakConnections: DailySeries;
  /** Maximum ReadIOPS plus maximum WriteIOPS of each day; of a cluster, the sum over its members. */
  readonly peakIops: DailySeries;
  readonly hourlyPrice: Money;
}

export type InstanceEvidenceKind = keyof InstanceEvidence;
export type DatabaseEvidenceKind = keyof DatabaseEvidence;
export type EvidenceKind = InstanceEvidenceKind | DatabaseEvidenceKind;

/** The kinds of evidence that CloudWatch has, by the type of the resource. */
export const METRICS_OF = {
  instance: ['peakCpuPercent', 'networkBytes'],
  database: ['peakConnections', 'peakIops'],
} as const satisfies { readonly [Type in Facts['type']]: readonly EvidenceKind[] };

export type MetricKind = (typeof METRICS_OF)[Facts['type']][number];

export const isMetric = (kind: EvidenceKind): kind is MetricKind =>
  Object.values(METRICS_OF).some((kinds: readonly EvidenceKind[]) => kinds.includes(kind));

/** Evidence by kind. A kind that is absent was not read (yet): nobody lacked it. */
type Read<T> = { readonly [K in keyof T]?: Evidence<T[K]> };

interface ResourceFacts {
  readonly identity: Identity;
  readonly name: string;
  readonly scope: Scope;
  readonly tags: Tags;
}

export interface InstanceFacts extends ResourceFacts {
  readonly type: 'instance';
  readonly instanceType: string;
  readonly state: string;
  /** When it was last launched or started; AWS keeps no other creation time. */
  readonly launchedAt: Date;
  /** `on-demand`, or what EC2 calls the other ways to buy: `spot`, `scheduled`, `capacity-block`. */
  readonly lifecycle: string;
  readonly tenancy: 'default' | 'dedicated' | 'host';
  /** The price list's key for operating system and preinstalled software, e.g. `RunInstances:0002`. */
  readonly usageOperation: string;
  readonly rootDevice: 'ebs' | 'instance-store';
  readonly autoScalingGroup?: string;
  /** The AWS service that manages the instance (`Operator`), e.g. `eks-auto-mode`. */
  readonly managedBy?: string;
  readonly addresses: { readonly elastic: number; readonly released: number };
  readonly evidence: Read<InstanceEvidence>;
}

export interface DatabaseMember {
  readonly identity: Identity;
  readonly name: string;
  readonly tags: Tags;
  readonly status: string;
  readonly pendingModifications: readonly string[];
}

export interface DatabaseFacts extends ResourceFacts {
  readonly type: 'database';
  readonly form: 'instance' | 'cluster';
  readonly engine: string;
  readonly engineVersion: string;
  readonly engineMode?: string;
  readonly status: string;
  /** Absent while AWS is still creating it. */
  readonly createdAt?: Date;
  /** The cluster that an instance is a member of. */
  readonly memberOf?: string;
  /** The instances of a cluster: what holds one of them back holds back the cluster. */
  readonly members: readonly DatabaseMember[];
  /** What the compute is made of: one class for an instance, one per member for a cluster. */
  readonly classes: readonly string[];
  /** The names under which CloudWatch keeps the metrics (`DBInstanceIdentifier`): itself, or the members. */
  readonly metricNames: readonly string[];
  readonly multiAz: boolean;
  readonly licenseModel?: string;
  /** Sources and targets of replication, other than the members of its own cluster. */
  readonly replication: readonly string[];
  readonly globalCluster?: string;
  /** Names of the modifications that wait, e.g. for the maintenance window. */
  readonly pendingModifications: readonly string[];
  readonly storage: { readonly sizeGiB?: number; readonly storageType?: string; readonly ioOptimized: boolean };
  readonly evidence: Read<DatabaseEvidence>;
}

export type Facts = InstanceFacts | DatabaseFacts;

/** A part of the estate that could not be read: what is in it is unknown, not absent. */
export interface UnreadableScope extends Scope {
  readonly what: Facts['type'];
  readonly why: string;
}

/** Everything that was read of one account for one tick. */
export interface AccountFacts {
  readonly account: string;
  readonly regions: readonly string[];
  readonly resources: readonly Facts[];
  readonly unreadable: readonly UnreadableScope[];
}
