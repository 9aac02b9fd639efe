import type { Volume } from '@aws-sdk/client-ec2';
import { performanceOf } from '../catalogue/volume-types.ts';
import { hex } from '../random.ts';
import type { StoredInstance, StoredVolume } from './ec2-shapes.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

/** What to know about a new volume; everything else is as AWS would have it. */
export type VolumeSpec = Seed<Volume> & {
  /** Attach it to this instance of the same account and region. */
  readonly attachTo?: string;
  /** Default: the next free of /dev/sdf to /dev/sdp. */
  readonly device?: string;
  readonly deleteOnTermination?: boolean;
};

export function newVolume(place: Place, spec: VolumeSpec, owner?: StoredInstance): StoredVolume {
  const { attachTo, device, deleteOnTermination = false, ...shown } = spec;
  if (attachTo !== undefined && !owner) throw new Error(`no instance ${attachTo} to attach a volume to`);
  const { random, clock } = place.world;
  const type = shown.VolumeType ?? 'gp3';
  const size = shown.Size ?? 8;
  const volume: StoredVolume = {
    VolumeId: `vol-0${hex(random, 16)}`,
    Size: size,
    VolumeType: type,
    State: 'available',
    AvailabilityZone: owner?.Placement?.AvailabilityZone ?? `${place.region}a`,
    CreateTime: clock.now(),
    Encrypted: false,
    MultiAttachEnabled: false,
    SnapshotId: '',
    Attachments: [],
    ...performanceOf({ VolumeType: type, Size: size, Iops: shown.Iops, Throughput: shown.Throughput }),
    ...shown,
    Tags: shown.Tags ?? [],
  };
  if (owner) attach(volume, owner, { device: device ?? nextDevice(owner), deleteOnTermination, at: clock.now() });
  return volume;
}

interface Attachment {
  readonly device: string;
  readonly deleteOnTermination: boolean;
  readonly at: Date;
}

/** Shows the attachment on both sides. */
export function attach(
  volume: StoredVolume,
  owner: StoredInstance,
  { device, deleteOnTermination, at }: Attachment,
): void {
  volume.State = 'in-use';
  volume.Attachments = [
    {
      VolumeId: volume.VolumeId,
      InstanceId: owner.InstanceId,
      Device: device,
      State: 'attached',
      AttachTime: at,
      DeleteOnTermination: deleteOnTermination,
    },
  ];
  owner.BlockDeviceMappings = [
    ...(owner.BlockDeviceMappings ?? []),
    {
      DeviceName: device,
      Ebs: { VolumeId: volume.VolumeId, Status: 'attached', AttachTime: at, DeleteOnTermination: deleteOnTermination },
    },
  ];
}

function nextDevice(owner: StoredInstance): string {
  const taken = new Set(owner.BlockDeviceMappings?.map((mapping) => mapping.DeviceName));
  const letter = [...'fghijklmnop'].find((one) => !taken.has(`/dev/sd${one}`));
  if (!letter) throw new Error(`${owner.InstanceId} has no free device name`);
  return `/dev/sd${letter}`;
}
