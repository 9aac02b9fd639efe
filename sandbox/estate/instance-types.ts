/** What an instance type's name says about the machine. */

const VCPUS: Readonly<Record<string, number>> = {
  nano: 2,
  micro: 2,
  small: 2,
  medium: 2,
  large: 2,
  xlarge: 4,
};

const SIZE = /^(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/;

/** `m7gd.2xlarge` -> family `m7gd`, size `2xlarge`. Undefined when it is not a type's name. */
export function parseInstanceType(type: string): { family: string; size: string } | undefined {
  const match = /^([a-z]+\d+[a-z0-9-]*|u-\d+tb\d+)\.([a-z0-9-]+)$/.exec(type);
  return match && SIZE.test(match[2]!) ? { family: match[1]!, size: match[2]! } : undefined;
}

/** Graviton families have a `g` right after their generation: m7g, c6gn, t4g, r8gd; and the first one, a1. */
export function architectureOf(type: string): 'arm64' | 'x86_64' {
  return /^(a1|[a-z]+\d+g)/.test(type) ? 'arm64' : 'x86_64';
}

/** Cores and threads per core; Graviton has one thread a core, and t2 is counted so too. */
export function cpuOf(type: string): { CoreCount: number; ThreadsPerCore: number } {
  const size = parseInstanceType(type)?.size ?? 'large';
  const times = /^(\d+)xlarge$/.exec(size);
  let vcpus = times ? Number(times[1]) * 4 : (VCPUS[size] ?? 96);
  if (/^t2\.(nano|micro|small)$/.test(type) || /\d+g\w*\.medium$/.test(type)) vcpus = 1;
  if (/^t4g\.medium$/.test(type)) vcpus = 2;
  const threads = architectureOf(type) === 'arm64' || type.startsWith('t2.') ? 1 : 2;
  return { CoreCount: Math.max(1, vcpus / threads), ThreadsPerCore: threads };
}

/** Families built on Xen; everything later is Nitro and needs ENA. */
export function isNitro(type: string): boolean {
  return !/^(t1|t2|m1|m2|m3|m4|c1|c3|c4|r3|r4|i2|i3|d2|g2|g3|p2|p3|x1|x1e|h1|f1)\./.test(type);
}

/** Families with local disks: a `d` behind the generation (m7gd, c6id, r5dn), or storage-optimised from the start. */
export function hasInstanceStore(type: string): boolean {
  const family = parseInstanceType(type)?.family ?? '';
  return /^[a-z]+\d+[a-z]*d/.test(family) || /^(i\d|im4|is4|d2|d3|h1|x1|x1e|f1|m1|m2|m3|c1|c3|r3|g2)/.test(family);
}
