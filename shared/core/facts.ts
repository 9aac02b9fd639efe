import type { VolumeSpec } from './action.ts';
import type { Evidence } from './evidence.ts';
import type { Identity, Scope } from './identity.ts';
import type { Money } from './money.ts';
import type { ScheduledResource } from './off-hours/resource.ts';
import type { HourlySeries } from './sizing/demand.ts';
import type { InstanceTypeFacts } from './sizing/instance-type.ts';

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
  /** Provisioned; absent where the type has none. */
  readonly iops?: number;
  readonly throughputMiBs?: number;
}

/** The upper end of each day's CPU, in percent. */
export interface CpuDays {
  readonly p99: DailySeries;
  readonly 'p99.9': DailySeries;
}

/** What was moved a second: on average in each hour, at most on each day. */
export interface Flow {
  readonly hourly: HourlySeries;
  readonly daily: DailySeries;
}

/** What network and volumes had to carry; the operations are a count, the others bytes. */
export interface Traffic {
  readonly network: Flow;
  readonly storageBytes: Flow;
  readonly storageOperations: Flow;
}

/** What is read for sizing, piece by piece: coarse first, finer only where a verdict depends on it. */
interface SizingEvidence {
  readonly cpuDays: CpuDays;
  /** Average CPUUtilization of each hour, in percent. */
  readonly cpuHours: HourlySeries;
  /** Average CPUCreditBalance of each hour; of burstable types only. */
  readonly creditHours: HourlySeries;
  readonly traffic: Traffic;
  /** The types that AWS offers where it is, its own among them, each with its price. */
  readonly offered: readonly InstanceTypeFacts[];
}

/** What is read about a resource beyond its inventory entry, only when a rule lacks it. */
export interface InstanceEvidence extends SizingEvidence {
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
  /** Maximum of the memory in use, in percent of the whole, of each day and hour. */
  readonly memoryDays: DailySeries;
  readonly memoryHours: HourlySeries;
  readonly prices: Prices;
}

/** What a database says of its memory, in bytes: the least that was free, the most that was swapped. */
export interface DatabaseMemory<Series> {
  readonly freeable: Series;
  readonly swap: Series;
}

export interface DatabaseEvidence extends SizingEvidence {
  /** Maximum DatabaseConnections of each day; of a cluster, the sum over its members. */
  readonly peakConnections: DailySeries;
  /** Maximum ReadIOPS plus maximum WriteIOPS of each day; of a cluster, the sum over its members. */
  readonly peakIops: DailySeries;
  /** Maximum CPUUtilization of each day, in percent. */
  readonly peakCpuPercent: DailySeries;
  /** When its class was changed, within the last 14 days: RDS keeps its events no longer. */
  readonly classChanges: readonly Date[];
  readonly memoryDays: DatabaseMemory<DailySeries>;
  readonly memoryHours: DatabaseMemory<HourlySeries>;
  readonly hourlyPrice: Money;
  readonly prices: Prices;
}

/** Monthly prices of storage, by what they are for: `gp3 GiB`, `gp3 IOPS`, `gp3 MiB/s`. */
export type Prices = Readonly<Record<string, Money>>;

export interface VolumeEvidence {
  /** How many datapoints each day has. EBS measures a volume only while it is attached. */
  readonly attachedDays: DailySeries;
  /** Read plus write operations, and bytes, a second: the most of each day. */
  readonly peakOperations: DailySeries;
  readonly peakBytes: DailySeries;
  readonly prices: Prices;
}

/** A snapshot's inventory says it all. */
export type SnapshotEvidence = Readonly<Record<never, never>>;

export type InstanceEvidenceKind = keyof InstanceEvidence;
export type DatabaseEvidenceKind = keyof DatabaseEvidence;
export type EvidenceKind = InstanceEvidenceKind | DatabaseEvidenceKind | keyof VolumeEvidence;

/** The kinds of evidence that say whether anybody uses a resource, by its type: a recheck reads them together. */
export const METRICS_OF = {
  instance: ['peakCpuPercent', 'networkBytes'],
  database: ['peakConnections', 'peakIops'],
  volume: ['attachedDays', 'peakOperations', 'peakBytes'],
  snapshot: [],
} as const satisfies { readonly [Type in Facts['type']]: readonly EvidenceKind[] };

export type MetricKind = (typeof METRICS_OF)[Facts['type']][number];

/** Whether it says if a resource of this type is used. */
export const isMetric = (kind: EvidenceKind, type: Facts['type']): kind is MetricKind =>
  (METRICS_OF[type] as readonly EvidenceKind[]).includes(kind);

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
  /** When it was stopped; absent while it runs, and when EC2 does not know any more. */
  readonly stoppedAt?: Date;
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
  /** What decides which other types it may run on. */
  readonly hardware: Hardware;
  readonly evidence: Read<InstanceEvidence>;
}

export interface Hardware {
  /** The availability zone. */
  readonly zone: string;
  /** Of its image: `x86_64`, `arm64`, `i386`, ... The types of one architecture may boot images of several. */
  readonly architecture: string;
  readonly virtualizationType: string;
  readonly enaSupport: boolean;
  readonly networkInterfaces: number;
  /** Whether it may be hibernated, which ties it to its type. */
  readonly hibernation: boolean;
  /** A datapoint of its metrics covers so many seconds: 60 under detailed monitoring, else 300. */
  readonly metricSeconds: number;
  /** Its cores times the threads of each (`CpuOptions`); absent where EC2 does not say, as of bare metal. */
  readonly vcpus?: number;
  readonly placementGroup?: string;
  /** The capacity reservation, or the group of them, that it runs in or asks for. */
  readonly capacityReservation?: string;
  /** The product code of what AWS Marketplace sold it with. */
  readonly marketplaceProduct?: string;
  /** Absent where they are not so. */
  readonly enclave?: true;
  readonly elasticFabricAdapter?: true;
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
  /** The availability zones that it runs in; none for a cluster. */
  readonly zones: readonly string[];
  readonly multiAz: boolean;
  readonly licenseModel?: string;
  /** What was set of its CPU (`ProcessorFeatures`); absent where it is as the class has it. */
  readonly processorFeatures?: readonly string[];
  /** Sources and targets of replication, other than the members of its own cluster. */
  readonly replication: readonly string[];
  readonly globalCluster?: string;
  /** Names of the modifications that wait, e.g. for the maintenance window. */
  readonly pendingModifications: readonly string[];
  readonly storage: DatabaseStorage;
  readonly evidence: Read<DatabaseEvidence>;
}

export interface DatabaseStorage {
  readonly sizeGiB?: number;
  readonly storageType?: string;
  readonly iops?: number;
  readonly throughputMiBs?: number;
  readonly ioOptimized: boolean;
}

export interface VolumeFacts extends ResourceFacts {
  readonly type: 'volume';
  readonly spec: VolumeSpec;
  /** `available` is attached to nothing. */
  readonly state: string;
  readonly createdAt: Date;
  /** The instances that it is attached to. */
  readonly attachedTo: readonly string[];
  readonly multiAttach: boolean;
  readonly evidence: Read<VolumeEvidence>;
}

export interface SnapshotFacts extends ResourceFacts {
  readonly type: 'snapshot';
  readonly sizeGiB: number;
  readonly state: string;
  readonly startedAt: Date;
  readonly volumeId: string;
  /** Whether the volume that it was taken of is still there. */
  readonly volumeExists: boolean;
  /** The account's own images that are made of it. */
  readonly images: readonly string[];
  readonly evidence: Read<SnapshotEvidence>;
}

export type Facts = InstanceFacts | DatabaseFacts | VolumeFacts | SnapshotFacts;

/** The state of the resource, in the words of its service. */
export const stateOf = (facts: Facts): string => (facts.type === 'database' ? facts.status : facts.state);

/** A part of the estate that could not be read: what is in it is unknown, not absent. */
export interface UnreadableScope extends Scope {
  readonly what: Facts['type'] | ScheduledResource['type'];
  readonly why: string;
}

/** Everything that was read of one account for one tick. */
export interface AccountFacts {
  readonly account: string;
  readonly regions: readonly string[];
  readonly resources: readonly Facts[];
  readonly unreadable: readonly UnreadableScope[];
}
