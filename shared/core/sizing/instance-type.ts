import type { Evidence } from '../evidence.ts';
import type { Money } from '../money.ts';

/** What a type can move a second: for as long as it likes, and for half an hour or so. */
export interface Bandwidth {
  readonly baseline: number;
  readonly burst: number;
}

/** How EC2 says whether a type has a kind of device: `required` is the only kind that it has. */
export type Support = 'required' | 'supported' | 'unsupported';

/**
 * What DescribeInstanceTypes says of a type, and its price. A database class (`db.m5.large`) has the facts of the instance
 * type that it runs on (`m5.large`) under its own name and with its own price.
 */
export interface InstanceTypeFacts {
  readonly name: string;
  /** `x86_64`, `arm64`, ... */
  readonly architectures: readonly string[];
  /** `hvm`, `paravirtual` */
  readonly virtualizationTypes: readonly string[];
  readonly currentGeneration: boolean;
  readonly vcpus: number;
  /** Absent where EC2 does not say. */
  readonly clockGhz?: number;
  readonly memoryMib: number;
  readonly burstable: boolean;
  readonly ena: Support;
  readonly nvme: Support;
  readonly localDiskGb: number;
  readonly networkInterfaces: number;
  /** Absent where EC2 does not say; in bytes or operations a second. */
  readonly networkBytes?: Bandwidth;
  readonly storageBytes?: Bandwidth;
  readonly storageOperations?: Bandwidth;
  readonly hourlyPrice: Evidence<Money>;
}

/** `m5ad.2xlarge` taken apart: series `m`, generation 5, attributes `ad`, size `2xlarge`. */
export interface TypeName {
  readonly series: string;
  readonly generation: number;
  readonly attributes: string;
  readonly size: string;
}

const NAME = /^(?:db\.)?([a-z]+)(\d+)([a-z0-9-]*)\.(.+)$/;

/** The T series counts its generations apart: T3 came with M5, T4g with M6g. */
const AGE_OF_T: Readonly<Record<number, number>> = { 1: 1, 2: 4, 3: 5, 4: 6 };

/** Undefined for a name of another form, such as `u-6tb1.metal`. */
export function parseTypeName(name: string): TypeName | undefined {
  const [, series, number, attributes = '', size] = NAME.exec(name) ?? [];
  if (!series || !number || !size) return undefined;
  const generation = series === 't' ? (AGE_OF_T[Number(number)] ?? Number(number)) : Number(number);
  return { series, generation, attributes, size };
}

const SIZES = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge'];

/** Whether the size in the first name is below that in the second: `db.r6g.large` and `db.m5.2xlarge`. */
export const isSmaller = (one: string, other: string): boolean => rankOf(one) < rankOf(other);

function rankOf(name: string): number {
  const { size = '' } = parseTypeName(name) ?? {};
  const [, times] = /^(\d+)xlarge/.exec(size) ?? [];
  return times ? SIZES.length - 2 + Number(times) : SIZES.indexOf(size);
}

/** Of what a burstable type earns in credits it can use so much of each vCPU without end, in percent, by its size. */
const BASELINE: Readonly<Record<string, number>> = {
  nano: 5,
  micro: 10,
  small: 20,
  medium: 20,
  large: 30,
  xlarge: 40,
  '2xlarge': 40,
};
const BASELINE_OF_T2: Readonly<Record<string, number>> = { xlarge: 22.5, '2xlarge': 17 };

/**
 * The vCPUs that a type can use without end. EC2 lists the baselines of burstable types in its guide only ("CPU credits
 * and baseline utilization"); one that is not in the list is taken to have none.
 */
export function sustainedVcpus({ name, burstable, vcpus }: InstanceTypeFacts): number {
  if (!burstable) return vcpus;
  const { size = '' } = parseTypeName(name) ?? {};
  const baseline = (/^(?:db\.)?t2\./.test(name) ? BASELINE_OF_T2[size] : undefined) ?? BASELINE[size] ?? 0;
  return (vcpus * baseline) / 100;
}
