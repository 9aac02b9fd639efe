import type { Image, InstanceState, InstanceStatusEvent, VolumeModification } from '@aws-sdk/client-ec2';
import { zonesWith } from '../catalogue/offerings.ts';
import { associate, newAddress, type StoredAddress } from './ec2-address.ts';
import { type InstanceSpec, newInstance } from './ec2-instance.ts';
import type { StoredInstance, StoredSnapshot, StoredVolume } from './ec2-shapes.ts';
import { newVolumeSnapshot, type VolumeSnapshotSpec } from './ec2-snapshot.ts';
import { newVolume, type VolumeSpec } from './ec2-volume.ts';
import { History } from './history.ts';
import type { Place } from './place.ts';

/** The status checks: of the host, of what runs on it, and of its volumes. */
export type Check = 'system' | 'instance' | 'attached-ebs';

/** What a status check has found. */
export interface Impairment {
  readonly check: Check;
  readonly since: Date;
  /** What mends it: a stop and start, also a reboot, or neither. */
  readonly until: 'start' | 'reboot' | 'never';
}

/** EC2 of one account and region. */
export class Ec2State {
  readonly instances = new Map<string, StoredInstance>();
  readonly volumes = new Map<string, StoredVolume>();
  readonly snapshots = new Map<string, StoredSnapshot>();
  /** The account's own images by id; a snapshot that one is made of cannot be deleted. */
  readonly images = new Map<string, Image>();
  /** Every modification of a volume by the volume's id, oldest first. */
  readonly modifications = new Map<string, VolumeModification[]>();
  /** The instance types that instances had, by their ids. */
  readonly types = new History();
  /** Burstable instances whose credit option is not the default of their type. */
  readonly cpuCredits = new Map<string, 'standard' | 'unlimited'>();
  /** Elastic IPs by allocation id. */
  readonly addresses = new Map<string, StoredAddress>();
  /** Instance types that StartInstances and RunInstances cannot get: `m7g.large`, or `m7g.large@eu-west-1a`. */
  readonly noCapacity = new Set<string>();
  /** Types that are not offered, beside those of catalogue/offerings.ts: `m7g.large`, or `m7g.large@eu-west-1a`. */
  readonly notOffered = new Set<string>();
  /** Volumes whose next snapshots end as `error`. */
  readonly failingSnapshots = new Set<string>();
  /** Volumes whose next modifications end as `failed`. */
  readonly failingModifications = new Set<string>();
  /** Instances whose start succeeds and then fails: id -> StateReason code, e.g. `Client.InvalidKMSKey.InvalidState`. */
  readonly failingStarts = new Map<string, string>();
  /** What the status checks say of instances that are not well, by their ids. */
  readonly impairments = new Map<string, readonly Impairment[]>();
  /** What AWS has scheduled for instances, by their ids. */
  readonly scheduledEvents = new Map<string, InstanceStatusEvent[]>();
  /** Instances that are still shown in a state that they are no longer in, by id. */
  readonly lagging = new Map<string, InstanceState>();
  /** RunInstances and CreateVolume by client token: the same token gives the same resources. */
  readonly tokens = new Map<string, readonly string[]>();
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  /** Adds a running On-Demand Linux instance with a root volume; `spec` overrides any of it, in AWS's terms. */
  addInstance(spec: InstanceSpec = {}): StoredInstance {
    const { instance, root } = newInstance(this.place, spec);
    this.instances.set(instance.InstanceId, instance);
    if (root) this.volumes.set(root.VolumeId, root);
    if (spec.publicIp === 'elastic') associate(this.place, this.addAddress(), instance);
    return instance;
  }

  /** Adds an available gp3 volume, attached if `attachTo` names an instance. */
  addVolume(spec: VolumeSpec = {}): StoredVolume {
    const owner = spec.attachTo === undefined ? undefined : this.instances.get(spec.attachTo);
    const volume = newVolume(this.place, spec, owner);
    this.volumes.set(volume.VolumeId, volume);
    return volume;
  }

  /** Adds a completed snapshot of a volume, which need not exist any more. */
  addSnapshot(spec: VolumeSnapshotSpec = {}): StoredSnapshot {
    const snapshot = newVolumeSnapshot(this.place, { State: 'completed', Progress: '100%', ...spec });
    this.snapshots.set(snapshot.SnapshotId, snapshot);
    return snapshot;
  }

  /** Adds an image made of these snapshots. */
  addImage(ImageId: string, snapshotIds: readonly string[]): Image {
    const BlockDeviceMappings = snapshotIds.map((SnapshotId, nth) => ({
      DeviceName: nth === 0 ? '/dev/xvda' : `/dev/sd${String.fromCharCode(101 + nth)}`,
      Ebs: { SnapshotId },
    }));
    const image: Image = { ImageId, State: 'available', OwnerId: this.place.account, BlockDeviceMappings, Tags: [] };
    this.images.set(ImageId, image);
    return image;
  }

  /** Allocates an Elastic IP that is not in use yet. */
  addAddress(): StoredAddress {
    const address = newAddress(this.place);
    this.addresses.set(address.AllocationId, address);
    return address;
  }

  /** The zones of the region in which this type is to be had. */
  zonesOffering(type: string): string[] {
    if (this.notOffered.has(type)) return [];
    return zonesWith(type, this.place.region).filter((zone) => !this.notOffered.has(`${type}@${zone}`));
  }

  /** Whether EC2 has room for one more of this type in this zone. */
  hasCapacity(type: string, zone: string): boolean {
    return !this.noCapacity.has(type) && !this.noCapacity.has(`${type}@${zone}`);
  }
}
