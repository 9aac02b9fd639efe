import { DAY, HOUR, MINUTE, SECOND } from './clock.ts';

/** How long things take, in milliseconds of the sandbox clock. Typical values, not promises of AWS. */
export interface Durations {
  /** EC2: pending -> running. */
  readonly instanceStart: number;
  /** EC2: stopping -> stopped. */
  readonly instanceStop: number;
  /** EC2: how long DescribeInstances goes on showing the state from before a start or a stop. */
  readonly instanceLag: number;
  /** EC2: shutting-down -> terminated. */
  readonly instanceTerminate: number;
  /** EC2: how long a terminated instance is still listed. */
  readonly terminatedShown: number;
  /** EC2: a new volume's creating -> available. */
  readonly volumeCreate: number;
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
  /** RDS: a snapshot's creating -> available. */
  readonly snapshotCreate: number;
  /** CloudTrail: from a call until LookupEvents shows it. */
  readonly eventDelivery: number;
}

export const TYPICAL_DURATIONS: Durations = {
  instanceStart: 20 * SECOND,
  instanceStop: 40 * SECOND,
  instanceLag: 0,
  instanceTerminate: 30 * SECOND,
  terminatedShown: HOUR,
  volumeCreate: 5 * SECOND,
  databaseCreate: 8 * MINUTE,
  databaseDelete: 5 * MINUTE,
  snapshotCopy: 6 * MINUTE,
  snapshotCopyAcrossRegions: 40 * MINUTE,
  databaseStop: 5 * MINUTE,
  databaseStart: 6 * MINUTE,
  databaseStoppedAtMost: 7 * DAY,
  snapshotCreate: 4 * MINUTE,
  eventDelivery: 5 * MINUTE,
};
