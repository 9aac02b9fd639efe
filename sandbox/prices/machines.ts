/** Sizes and memory of instance families, for EC2 and RDS alike. */
export interface Machine {
  readonly family: string;
  readonly size: string;
  readonly vcpu: number;
  readonly memoryGiB: number;
  /** How many `large` it is worth; prices within a family go by it. */
  readonly larges: number;
}

const SIZES: Readonly<Record<string, number>> = {
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
};

/** T families also come small, with two vCPUs down to the smallest. */
const BURSTABLE_SIZES: Readonly<Record<string, number>> = {
  nano: 1 / 16,
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
};

/** GiB of memory of a `large`, by the family's first letter. */
const MEMORY_OF_LARGE: Readonly<Record<string, number>> = { c: 4, m: 8, t: 8, r: 16, x: 32 };

export function machinesOf(family: string): Machine[] {
  const sizes = family.startsWith('t') ? BURSTABLE_SIZES : SIZES;
  return Object.entries(sizes).map(([size, larges]) => ({
    family,
    size,
    larges,
    vcpu: Math.max(2, 2 * larges),
    memoryGiB: (MEMORY_OF_LARGE[family.charAt(0)] ?? 8) * larges,
  }));
}
