import type { InstanceState } from '@aws-sdk/client-ec2';
import { associate, newAddress, type StoredAddress } from './ec2-address.ts';
import { type InstanceSpec, newInstance } from './ec2-instance.ts';
import type { StoredInstance, StoredVolume } from './ec2-shapes.ts';
import { newVolume, type VolumeSpec } from './ec2-volume.ts';
import type { Place } from './place.ts';

/** EC2 of one account and region. */
export class Ec2State {
  readonly instances = new Map<string, StoredInstance>();
  readonly volumes = new Map<string, StoredVolume>();
  /** Elastic IPs by allocation id. */
  readonly addresses = new Map<string, StoredAddress>();
  /** Instance types that StartInstances and RunInstances cannot get: `m7g.large`, or `m7g.large@eu-west-1a`. */
  readonly noCapacity = new Set<string>();
  /** Instances whose start succeeds and then fails: id -> StateReason code, e.g. `Client.InvalidKMSKey.InvalidState`. */
  readonly failingStarts = new Map<string, string>();
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

  /** Allocates an Elastic IP that is not in use yet. */
  addAddress(): StoredAddress {
    const address = newAddress(this.place);
    this.addresses.set(address.AllocationId, address);
    return address;
  }

  /** Whether EC2 has room for one more of this type in this zone. */
  hasCapacity(type: string, zone: string): boolean {
    return !this.noCapacity.has(type) && !this.noCapacity.has(`${type}@${zone}`);
  }
}
