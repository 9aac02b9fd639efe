/**
 * What a size of a family is: name, vCPUs, MiB of memory, Mbps to EBS (baseline, maximum), operations a second to EBS
 * (baseline, maximum), Gbps of network (baseline, peak), network interfaces, and local disks with the GB of each.
 */
export type Size = readonly [
  name: string,
  vcpus: number,
  memoryMib: number,
  storageMbps: number,
  storageMbpsAtMost: number,
  storageIops: number,
  storageIopsAtMost: number,
  networkGbps: number,
  networkGbpsAtMost: number,
  interfaces: number,
  disks?: number,
  diskGb?: number,
];

/** A family of instance types, with the numbers that DescribeInstanceTypes gives for it. */
export interface Family {
  readonly name: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly manufacturer: 'Intel' | 'AMD' | 'AWS';
  /** Absent where EC2 does not say. */
  readonly ghz?: number;
  readonly currentGeneration: boolean;
  /** Built on Xen rather than Nitro. */
  readonly xen?: true;
  /** Default: a family on Nitro requires both, one on Xen has neither. */
  readonly enaAndNvme?: 'supported';
  /** Default: by default. A type without numbers for EBS cannot be at all. */
  readonly ebsOptimized?: 'supported';
  /** Default: hvm alone. */
  readonly virtualizationTypes?: readonly ['hvm', 'paravirtual'];
  /** Default: one on Graviton, two elsewhere. */
  readonly threadsPerCore?: 1;
  /** NetworkPerformance size by size. Default: its numbers in words. */
  readonly networkWords?: readonly string[];
  readonly sizes: readonly Size[];
}
