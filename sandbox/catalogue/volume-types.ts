import type { VolumeType } from '@aws-sdk/client-ec2';

/** What a volume is to be. */
export interface VolumeShape {
  readonly VolumeType: VolumeType;
  readonly Size: number;
  readonly Iops?: number | undefined;
  readonly Throughput?: number | undefined;
}

export interface Limits {
  readonly least: number;
  readonly most: number;
}

interface VolumeRules {
  readonly gib: Limits;
  /** Absent where IOPS cannot be asked for. */
  readonly iops?: Limits & { readonly perGib: number };
  /** MiB/s; absent where throughput cannot be asked for. */
  readonly throughput?: Limits & { readonly perIops: number };
}

/** EBS User Guide, "Amazon EBS volume types", and API reference of ModifyVolume; gp3 as of its larger limits of 2025. */
export const VOLUME_TYPES: Readonly<Record<VolumeType, VolumeRules>> = {
  gp2: { gib: { least: 1, most: 16_384 } },
  gp3: {
    gib: { least: 1, most: 65_536 },
    iops: { least: 3000, most: 80_000, perGib: 500 },
    throughput: { least: 125, most: 2000, perIops: 0.25 },
  },
  io1: { gib: { least: 4, most: 16_384 }, iops: { least: 100, most: 64_000, perGib: 50 } },
  io2: { gib: { least: 4, most: 65_536 }, iops: { least: 100, most: 256_000, perGib: 1000 } },
  st1: { gib: { least: 125, most: 16_384 } },
  sc1: { gib: { least: 125, most: 16_384 } },
  standard: { gib: { least: 1, most: 1024 } },
};

export const isVolumeType = (name: string): name is VolumeType => Object.hasOwn(VOLUME_TYPES, name);
export const takesIops = (type: VolumeType): boolean => VOLUME_TYPES[type].iops !== undefined;
export const takesThroughput = (type: VolumeType): boolean => VOLUME_TYPES[type].throughput !== undefined;

/** What AWS shows of a volume of this shape: gp2 has IOPS by its size, a gp3 volume its free ones unless it has more. */
export function performanceOf({ VolumeType, Size, Iops, Throughput }: VolumeShape): {
  Iops?: number;
  Throughput?: number;
} {
  if (VolumeType === 'gp2') return { Iops: Math.min(16_000, Math.max(100, 3 * Size)) };
  if (VolumeType === 'gp3') return { Iops: Iops ?? 3000, Throughput: Throughput ?? 125 };
  return takesIops(VolumeType) ? { Iops: Iops ?? 3000 } : {};
}
