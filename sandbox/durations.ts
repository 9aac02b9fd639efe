import { DAY, HOUR, MINUTE, SECOND } from './clock.ts';

/** How long things take, in milliseconds of the sandbox clock. Typical values, not promises of AWS. */
export interface Durations {
  /** EC2: pending -> running. */
  readonly instanceStart: number;
  /** EC2: stopping -> stopped. */
  readonly instanceStop: number;
  /** EC2: a reboot, until the instance has come up. */
  readonly instanceReboot: number;
  /** EC2: how long the status checks of a started instance say that they are initializing. */
  readonly statusChecks: number;
  /** EC2: how long DescribeInstances goes on showing the state from before a start or a stop. */
  readonly instanceLag: number;
  /** EC2: shutting-down -> terminated. */
  readonly instanceTerminate: number;
  /** EC2: how long a terminated instance is still listed. */
  readonly terminatedShown: number;
  /** Auto Scaling: until a launch that failed is tried again. */
  readonly groupRetry: number;
  /** ECS: a task's way to RUNNING. */
  readonly taskStart: number;
  /** ECS: a task's way to STOPPED, with the time that its load balancer lets connections drain. */
  readonly taskStop: number;
  /** ECS: until a task that could not be placed is tried again. */
  readonly taskRetry: number;
  /** EC2: a new volume's creating -> available. */
  readonly volumeCreate: number;
  /** EC2: a deleted volume's deleting -> gone. */
  readonly volumeDelete: number;
  /** EC2: a modification's modifying -> optimizing. */
  readonly volumeModify: number;
  /** EC2: a modification's optimizing -> completed, for each GiB whose performance changes; about 6 hours a TiB. */
  readonly volumeOptimizePerGib: number;
  /** EC2: a volume snapshot's pending -> completed. */
  readonly volumeSnapshot: number;
  /** RDS: creating -> available. */
  readonly databaseCreate: number;
  /** RDS: deleting -> gone. */
  readonly databaseDelete: number;
  /** RDS: a snapshot's copy within the region. */
  readonly snapshotCopy: number;
  /** RDS: a snapshot's copy from another region. */
  readonly snapshotCopyAcrossRegions: number;
  /** RDS: stopping -> stopped. */
  readonly databaseStop: number;
  /** RDS: starting -> available. */
  readonly databaseStart: number;
  /** RDS: how long a stopped database stays stopped before AWS starts it. */
  readonly databaseStoppedAtMost: number;
  /** Redshift: pausing -> paused. */
  readonly warehousePause: number;
  /** Redshift: resuming -> available. */
  readonly warehouseResume: number;
  /** RDS: a snapshot's creating -> available. */
  readonly snapshotCreate: number;
  /** RDS: from the answer to a modification until the database says `modifying`. */
  readonly databaseModifyBegin: number;
  /** RDS: modifying -> available after a change of class; in a Multi-AZ deployment the failover comes at its end. */
  readonly databaseModify: number;
  /** RDS: how long a Multi-AZ failover takes, which is all that its clients notice of a change of class. */
  readonly databaseFailover: number;
  /** RDS: modifying -> storage-optimization after a change of storage. */
  readonly databaseStorageModify: number;
  /** RDS: storage-optimization -> available. */
  readonly databaseStorageOptimize: number;
  /** CloudTrail: from a call until LookupEvents shows it. */
  readonly eventDelivery: number;
}

export const TYPICAL_DURATIONS: Durations = {
  instanceStart: 20 * SECOND,
  instanceStop: 40 * SECOND,
  instanceReboot: 90 * SECOND,
  statusChecks: 2 * MINUTE,
  instanceLag: 0,
  instanceTerminate: 30 * SECOND,
  terminatedShown: HOUR,
  groupRetry: MINUTE,
  taskStart: 45 * SECOND,
  taskStop: 90 * SECOND,
  taskRetry: MINUTE,
  volumeCreate: 5 * SECOND,
  volumeDelete: 5 * SECOND,
  volumeModify: 10 * SECOND,
  volumeOptimizePerGib: (6 * HOUR) / 1024,
  volumeSnapshot: 5 * MINUTE,
  databaseCreate: 8 * MINUTE,
  databaseDelete: 5 * MINUTE,
  snapshotCopy: 6 * MINUTE,
  snapshotCopyAcrossRegions: 40 * MINUTE,
  databaseStop: 5 * MINUTE,
  databaseStart: 6 * MINUTE,
  databaseStoppedAtMost: 7 * DAY,
  warehousePause: 6 * MINUTE,
  warehouseResume: 8 * MINUTE,
  snapshotCreate: 4 * MINUTE,
  databaseModifyBegin: MINUTE,
  databaseModify: 8 * MINUTE,
  databaseFailover: 90 * SECOND,
  databaseStorageModify: 3 * MINUTE,
  databaseStorageOptimize: 7 * HOUR,
  eventDelivery: 5 * MINUTE,
};
