import { BURSTABLE } from './burstable.ts';
import { COMPUTE_OPTIMIZED } from './compute-optimized.ts';
import type { Family, Size } from './family.ts';
import { GENERAL_PURPOSE } from './general-purpose.ts';
import { MEMORY_OPTIMIZED } from './memory-optimized.ts';
import { PREVIOUS_GENERATION } from './previous-generation.ts';
import { STORAGE_OPTIMIZED } from './storage-optimized.ts';

/** What a machine does without end, and what it does at its best. */
export interface Range {
  readonly baseline: number;
  readonly maximum: number;
}

/** One instance type of the catalogue. */
export interface Machine {
  /** `m7g.large` */
  readonly type: string;
  readonly family: Family;
  readonly size: string;
  readonly vcpus: number;
  readonly threadsPerCore: number;
  readonly memoryMib: number;
  /** To EBS. Absent from types that are not EBS-optimized. */
  readonly storage?: { readonly mbps: Range; readonly iops: Range };
  readonly network: { readonly gbps: Range; readonly words: string; readonly interfaces: number };
  readonly disks: { readonly count: number; readonly gb: number };
}

const FAMILIES: readonly Family[] = [
  ...BURSTABLE,
  ...GENERAL_PURPOSE,
  ...COMPUTE_OPTIMIZED,
  ...MEMORY_OPTIMIZED,
  ...STORAGE_OPTIMIZED,
  ...PREVIOUS_GENERATION,
];

function machine(family: Family, row: Size, nth: number): Machine {
  const [size, vcpus, memoryMib, mbps, mbpsAtMost, iops, iopsAtMost, gbps, gbpsAtMost, interfaces, disks = 0, gb = 0] =
    row;
  const threads = family.threadsPerCore ?? (family.architecture === 'arm64' ? 1 : 2);
  return {
    type: `${family.name}.${size}`,
    family,
    size,
    vcpus,
    threadsPerCore: Math.min(threads, vcpus),
    memoryMib,
    ...(mbps > 0 && {
      storage: { mbps: { baseline: mbps, maximum: mbpsAtMost }, iops: { baseline: iops, maximum: iopsAtMost } },
    }),
    network: {
      gbps: { baseline: gbps, maximum: gbpsAtMost },
      words: family.networkWords?.[nth] ?? `${gbps < gbpsAtMost ? 'Up to ' : ''}${gbpsAtMost} Gigabit`,
      interfaces,
    },
    disks: { count: disks, gb },
  };
}

/** Every instance type that the sandbox knows, family by family. */
export const MACHINES: readonly Machine[] = FAMILIES.flatMap((family) =>
  family.sizes.map((row, nth) => machine(family, row, nth)),
);

const byType = new Map(MACHINES.map((one) => [one.type, one]));

/** Undefined for what is no type, or none that the sandbox knows. */
export const machineOf = (type: string): Machine | undefined => byType.get(type);

/** T types earn CPU credits. */
export const isBurstable = ({ family }: Machine): boolean => family.name.startsWith('t');

/** EBS-optimized from the start, on demand, or never. */
export const ebsOptimized = ({ storage, family }: Machine): 'default' | 'supported' | 'unsupported' =>
  storage ? (family.ebsOptimized ?? 'default') : 'unsupported';

/** Whether it has, can do without, or lacks ENA; NVMe volumes go the same way. */
export const enaAndNvme = ({ family }: Machine): 'required' | 'supported' | 'unsupported' =>
  family.enaAndNvme ?? (family.xen ? 'unsupported' : 'required');

/** As DescribeInstances shows it. */
export const cpuOptions = ({ vcpus, threadsPerCore }: Machine) => ({
  CoreCount: vcpus / threadsPerCore,
  ThreadsPerCore: threadsPerCore,
});
