import type { Instance, InstanceState, InstanceStateName, Snapshot, Tag, Volume } from '@aws-sdk/client-ec2';

/** An instance as DescribeInstances shows it, plus the few things that only other calls show. */
export interface StoredInstance extends Instance {
  InstanceId: string;
  InstanceType: NonNullable<Instance['InstanceType']>;
  State: InstanceState;
  Tags: Tag[];
  ReservationId: string;
  DisableApiStop: boolean;
  DisableApiTermination: boolean;
  /** Its subnet gives it an address of Amazon's at every start. */
  GetsPublicIp: boolean;
}

/** A volume as DescribeVolumes shows it. */
export interface StoredVolume extends Volume {
  VolumeId: string;
  Tags: Tag[];
}

/** A snapshot of a volume as DescribeSnapshots shows it. */
export interface StoredSnapshot extends Snapshot {
  SnapshotId: string;
  VolumeId: string;
  StartTime: Date;
  Tags: Tag[];
}

const STATE_CODES: Record<InstanceStateName, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export const instanceState = (name: InstanceStateName): InstanceState => ({ Code: STATE_CODES[name], Name: name });
