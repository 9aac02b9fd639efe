import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { money } from '../../../shared/core/money.ts';
import type { Machine, SizingPolicy } from '../../../shared/core/sizing/compatible.ts';
import { type DemandSummary, unknownDemand } from '../../../shared/core/sizing/demand.ts';
import type { InstanceTypeFacts } from '../../../shared/core/sizing/instance-type.ts';
import { sizeOf } from '../../../shared/core/sizing/size.ts';
import { daysBefore } from '../../../shared/core/time.ts';
import {
  always,
  burstable,
  but,
  demand,
  ending,
  HOURS,
  hours,
  large,
  machine,
  OFFERED,
  policy,
  question,
  UNTIL,
  x2large,
  x4large,
  xlarge,
} from './specimen.ts';

const size = (spoiled: Partial<DemandSummary> = {}, offered: readonly InstanceTypeFacts[] = OFFERED) =>
  sizeOf({ ...question, demand: { ...demand, ...spoiled } }, offered);
const sizeMachine = (spoiled: Partial<Machine>, offered: readonly InstanceTypeFacts[] = OFFERED) =>
  sizeOf({ ...question, machine: { ...machine, ...spoiled } }, offered);
const sizeUnder = (spoiled: Partial<SizingPolicy>, offered: readonly InstanceTypeFacts[] = OFFERED) =>
  sizeOf({ ...question, policy: { ...policy, ...spoiled } }, offered);

const CPU = 'its 8 worst of 28 days reach 10 % CPU (p99.9)';

describe('the perfect specimen', () => {
  it('shrinks to the cheapest type that is enough, and says why', () => {
    expect(size()).toEqual({
      verdict: 'shrink',
      to: large,
      unproven: [],
      because: `${CPU}; its memory is 10 % full in busy hours (p95) and 10 % at its peaks (p99)`,
      whyNotSmaller: 'no cheaper type is offered and permitted',
    });
  });

  it('says what the next smaller type lacks', () => {
    const medium = { ...large, name: 'm5.medium', vcpus: 1, hourlyPrice: known(money('USD', 0.05)) };
    expect(size({}, [...OFFERED, medium])).toMatchObject({
      to: large,
      whyNotSmaller: 'm5.medium is too small: needs 1.24 vCPUs, has 1',
    });
  });

  it.each([
    ['CPU', { cpuPercent: always(20) }, xlarge],
    ['CPU, just enough for the smaller', { cpuPercent: always(16.1) }, large],
    ['memory', { memoryPercent: always(12.6) }, xlarge],
    ['memory, just enough for the smaller', { memoryPercent: always(12.5) }, large],
  ])('shrinks less when it needs more %s', (_, spoiled, to) => {
    expect(size(spoiled)).toMatchObject({ verdict: 'shrink', to: { name: to.name } });
  });

  it.each([
    ['CPU', { cpuPercent: always(40) }, 'm5.xlarge is too small: needs 4.96 vCPUs, has 4'],
    ['memory', { memoryPercent: always(30) }, 'm5.xlarge is too small: needs 19.2 GiB of memory, has 16'],
  ])('is kept when it needs its %s', (_, spoiled, why) => {
    expect(size(spoiled)).toEqual({ verdict: 'keep', because: expect.stringContaining(why) });
  });

  it('is kept where nothing else is offered', () => {
    expect(size({}, [x2large])).toEqual({
      verdict: 'keep',
      because: `${CPU}; no cheaper type is offered and permitted`,
    });
  });
});

describe('network and volumes', () => {
  const slow = { ...large, networkBytes: { baseline: 50e6, burst: 500e6 } };
  const slowDisk = {
    ...large,
    storageBytes: { baseline: 40e6, burst: 590e6 },
    storageOperations: { baseline: 1800, burst: 9000 },
  };

  it.each<[string, Partial<DemandSummary>, InstanceTypeFacts, string]>([
    ['always', { networkBytesPerSecond: always(40.1e6) }, slow, 'needs 50.13 MB/s of network, has 50'],
    [
      'for a while',
      { networkBytesPerSecond: but(always(1e6), { daily: always(401e6).daily }) },
      slow,
      'needs 501.25 MB/s of network, has 500',
    ],
    ['of volumes', { storageBytesPerSecond: always(33e6) }, slowDisk, 'needs 41.25 MB/s of EBS throughput, has 40'],
    [
      'of operations',
      { storageOperationsPerSecond: always(1500) },
      slowDisk,
      'needs 1875 IOPS of EBS operations, has 1800',
    ],
  ])('keep it from a type that moves less: %s', (_, spoiled, candidate, lacks) => {
    expect(size(spoiled, [candidate, xlarge])).toMatchObject({
      to: { name: 'm5.xlarge' },
      whyNotSmaller: `m5.large is too small: ${lacks}`,
    });
  });

  it('do not when they fit into 80 % of it', () => {
    expect(size({ networkBytesPerSecond: always(40e6) }, [slow])).toMatchObject({ to: slow, unproven: [] });
  });

  it('do not matter where the type moves as much as now', () => {
    expect(size({ networkBytesPerSecond: always(9e9) })).toMatchObject({ to: large, unproven: [] });
  });
});

describe('without evidence', () => {
  const slow = { ...large, networkBytes: { baseline: 50e6, burst: 500e6 } };
  const { networkBytes: _, ...silent } = large;

  it.each<[string, Partial<DemandSummary>, InstanceTypeFacts, string]>([
    ['of memory', { memoryPercent: unknownDemand('no agent') }, large, 'memory unknown: no agent'],
    ['of swap', { swapPercent: unknownDemand('denied') }, large, 'swap unknown: denied'],
    ['of network', { networkBytesPerSecond: unknownDemand('denied') }, slow, 'network unknown: denied'],
    ["of the new type's network", {}, silent, 'the network of m5.large is unknown'],
  ])('%s a shrink is a suggestion', (_, spoiled, candidate, unproven) => {
    expect(size(spoiled, [candidate])).toMatchObject({ verdict: 'shrink', unproven: [unproven] });
  });

  it.each<[string, Partial<InstanceTypeFacts>]>([
    ['has as much memory and fewer vCPUs', { name: 'r5.xlarge', vcpus: 4 }],
    ['has as many vCPUs and less memory', { name: 'c5.2xlarge', memoryMib: 16_384 }],
    ['is as large and becomes burstable', { name: 't3.2xlarge', burstable: true }],
  ])('of memory it is a suggestion when the type %s', (_, spoiled) => {
    const candidate = { ...x2large, hourlyPrice: known(money('USD', 0.3)), ...spoiled };
    expect(size({ memoryPercent: unknownDemand('no agent'), cpuPercent: always(5) }, [candidate])).toMatchObject({
      to: candidate,
      unproven: ['memory unknown: no agent'],
    });
  });

  it('of memory it is none when the type has nothing less, and is only cheaper', () => {
    const newer = { ...x2large, name: 'm6a.2xlarge', hourlyPrice: known(money('USD', 0.3)) };
    expect(size({ memoryPercent: unknownDemand('no agent') }, [newer])).toMatchObject({ to: newer, unproven: [] });
  });

  it('of CPU nothing is concluded', () => {
    expect(size({ cpuPercent: unknownDemand('AccessDenied') })).toEqual({
      verdict: 'keep',
      because: 'CPU unknown: AccessDenied',
      unknown: true,
    });
  });

  it('of its price nothing is concluded', () => {
    const type = { ...x2large, hourlyPrice: unknown('no list price') };
    expect(sizeMachine({ type })).toEqual({
      verdict: 'keep',
      because: 'no price of m5.2xlarge to compare with',
      unknown: true,
    });
  });

  it.each([
    ['has no price', unknown('no list price')],
    ['costs as much', known(money('USD', 0.4))],
    ['is priced in another currency', known(money('CNY', 0.1))],
  ])('a type is passed over when it %s', (_, hourlyPrice) => {
    expect(size({}, [{ ...large, hourlyPrice }, xlarge])).toMatchObject({ to: { name: 'm5.xlarge' } });
  });

  it('of a sale day a shrink is a suggestion', () => {
    const saleDays = [daysBefore(360, UNTIL), daysBefore(2, UNTIL)];
    expect(sizeUnder({ saleDays })).toMatchObject({ to: large, unproven: ['nothing is known of 1 of 2 sale days'] });
  });
});

describe('a type that could not or may not run it', () => {
  it.each<[string, Partial<InstanceTypeFacts>]>([
    ['has another architecture', { architectures: ['arm64'] }],
    ['does not boot its image', { virtualizationTypes: ['paravirtual'] }],
    ['is of an older generation', { name: 'm4.large' }],
    ['is of a previous generation', { currentGeneration: false }],
    ['is made for something else', { name: 'x5.large' }],
    ['does not guarantee its CPU', { name: 'm7i-flex.large' }],
    ['is bare metal', { name: 'm5.metal' }],
    ['has a name that tells nothing', { name: 'u-6tb1.large' }],
    ['takes fewer network interfaces', { networkInterfaces: 0 }],
  ])('is passed over when it %s', (_, spoiled) => {
    expect(size({}, [{ ...large, ...spoiled }, xlarge])).toMatchObject({ to: { name: 'm5.xlarge' } });
  });

  it.each(['m5.large', 'm6i.large', 'c5.large', 'r7i.large'])('may be %s', (name) => {
    expect(size({}, [{ ...large, name }])).toMatchObject({ to: { name } });
  });

  it.each<[string, Partial<Machine>]>([
    ['the image lacks the ENA driver', { enaSupport: false }],
    ['nothing shows an NVMe driver', { nvmeSupport: false }],
    ['its local disks would be lost', { type: { ...x2large, localDiskGb: 300 } }],
    ['it is an accelerated type', { type: { ...x2large, name: 'g4dn.2xlarge' } }],
  ])('is passed over when %s', (_, spoiled) => {
    expect(sizeMachine(spoiled)).toMatchObject({ verdict: 'keep' });
  });

  it('may be another series of the same kind', () => {
    const type = { ...x2large, name: 'g4dn.2xlarge' };
    expect(sizeMachine({ type }, [{ ...large, name: 'g5.large' }])).toMatchObject({ to: { name: 'g5.large' } });
  });

  it('is passed over when the policy does not permit it', () => {
    expect(sizeUnder({ types: ['m5.x*', 'c*'] })).toMatchObject({ to: xlarge });
    expect(sizeUnder({ types: ['m5xlarge'] })).toMatchObject({ verdict: 'keep' });
    expect(sizeUnder({ types: [] })).toMatchObject({ verdict: 'keep' });
  });

  it('may have another architecture if the policy permits it', () => {
    const graviton = { ...large, name: 'm7g.large', architectures: ['arm64'], clockGhz: 2.6 };
    expect(sizeUnder({ architecture: 'any' }, [graviton])).toMatchObject({ to: graviton, unproven: [] });
  });

  describe('of another architecture than its image', () => {
    const graviton = { ...large, name: 'm7g.large', architectures: ['arm64'], clockGhz: 2.6 };
    const old = { ...x2large, name: 'm5.2xlarge', architectures: ['i386', 'x86_64'] };
    const sizeImage = (imageArchitecture: string, architecture: 'same' | 'any', type = old) =>
      sizeOf({ ...question, machine: { ...machine, type, imageArchitecture }, policy: { ...policy, architecture } }, [
        { ...large, name: 'm6i.large' },
        graviton,
      ]);

    it('is only suggested, even if the policy permits it', () => {
      const sized = sizeOf(
        {
          ...question,
          machine: { ...machine, imageArchitecture: 'x86_64' },
          policy: { ...policy, architecture: 'any' },
        },
        [graviton],
      );
      expect(sized).toMatchObject({ to: graviton, unproven: ['it needs an image for arm64'] });
    });

    it('is passed over under `same`, whatever else its type could boot', () => {
      expect(sizeImage('x86_64', 'same')).toMatchObject({ to: { name: 'm6i.large' }, unproven: [] });
      expect(sizeImage('i386', 'same')).toMatchObject({ verdict: 'keep' });
      expect(sizeImage('i386', 'any')).toMatchObject({ unproven: ['it needs an image for x86_64'] });
    });

    it('is not what a machine that is short of something is told to grow to', () => {
      const larger = {
        ...x4large,
        name: 'm7g.4xlarge',
        architectures: ['arm64'],
        hourlyPrice: known(money('USD', 0.5)),
      };
      const short = {
        machine: { ...machine, imageArchitecture: 'x86_64' },
        demand: { ...demand, memoryPercent: always(97) },
        policy: { ...policy, architecture: 'any' as const },
      };
      expect(sizeOf(short, [larger, x4large])).toMatchObject({ verdict: 'grow', to: known(x4large) });
    });
  });

  it('counts for less when its clock is slower', () => {
    const slow = { ...large, name: 'm5a.large', clockGhz: 1.5 };
    expect(size({}, [slow])).toEqual({
      verdict: 'keep',
      because: `${CPU}; m5a.large is too small: needs 1.24 vCPUs, has 0.97`,
    });
  });
});

describe('a burstable type', () => {
  const t3 = [burstable, ...OFFERED];

  it('is taken when its credits cover the busiest day', () => {
    expect(size({ cpuPercent: always(7.5) }, t3)).toMatchObject({ verdict: 'shrink', to: burstable });
    expect(size({ cpuPercent: always(7.6) }, t3)).toMatchObject({
      to: large,
      whyNotSmaller: 't3.large is too small: uses 0.61 vCPUs over its busiest day, the CPU credits give 0.6',
    });
  });

  it('is passed over when the policy says so', () => {
    expect(sizeUnder({ burstable: 'never' }, [burstable])).toMatchObject({ verdict: 'keep' });
  });

  const type = {
    ...burstable,
    name: 't3.2xlarge',
    vcpus: 8,
    memoryMib: 32_768,
    hourlyPrice: known(money('USD', 0.33)),
  };
  const onT3 = (creditBalance: DemandSummary['creditBalance']) => {
    const credits = creditBalance ? { creditBalance } : {};
    return sizeOf({ ...question, machine: { ...machine, type }, demand: { ...demand, ...credits } }, [large]);
  };

  it('shows what it needs as long as it has credits', () => {
    expect(onT3(always(500))).toMatchObject({ verdict: 'shrink', unproven: [] });
  });

  it.each([
    ['could not be read', unknownDemand('AccessDenied'), 'CPU credits unknown: AccessDenied'],
    ['were not read', undefined, 'CPU credits unknown: not read'],
  ])('shows nothing for certain when they %s', (_, credits, unproven) => {
    expect(onT3(credits)).toMatchObject({ verdict: 'shrink', unproven: [unproven] });
  });
});

describe('a machine that is short of something', () => {
  const fourHours = (percent: number, last: readonly number[] = []) =>
    but(always(30), { hourly: { Average: hours(ending(HOURS, 30, [...new Array(4).fill(percent), ...last])) } });

  it('of CPU is to grow to the cheapest type with more, and says what it risks', () => {
    const judged = size({ cpuPercent: fourHours(90) });
    expect(judged).toMatchObject({
      verdict: 'grow',
      to: known(x4large),
      because: 'its 4 busiest hours take 90 % CPU',
      shortages: [{ of: 'cpu', risk: expect.stringContaining('waits for CPU') }],
    });
  });

  it.each([
    ['below 90 %', fourHours(89.9)],
    ['and none in the last week', fourHours(95, new Array(168).fill(30))],
  ])('of CPU is it not with its four busiest hours %s', (_, cpuPercent) => {
    expect(size({ cpuPercent }).verdict).not.toBe('grow');
  });

  it('of memory is to grow whatever its CPU does', () => {
    expect(size({ memoryPercent: always(95), cpuPercent: unknownDemand('AccessDenied') })).toMatchObject({
      verdict: 'grow',
      to: known(x4large),
      shortages: [{ of: 'memory' }],
    });
  });

  it('of memory takes a type of more memory that is cheaper, if that has as many vCPUs', () => {
    const [r5, r5small] = [8, 4].map((vcpus) => ({ ...x2large, name: `r5.${vcpus}`, vcpus, memoryMib: 65_536 }));
    expect(size({ memoryPercent: always(95) }, [r5small!, r5!, x4large])).toMatchObject({ to: known(r5) });
  });

  it('is short of everything at once', () => {
    const judged = size({ memoryPercent: always(95), cpuPercent: always(90) });
    expect(judged).toMatchObject({ because: 'its 4 busiest hours take 90 % CPU; its memory is 95 % full (p99)' });
  });

  it.each([
    ['nothing larger is offered', [large, x2large]],
    ['what is larger is not large enough', [{ ...x2large, name: 'm6i.2xlarge', memoryMib: 33_000, vcpus: 9 }]],
    ['what is larger has no price', [{ ...x4large, hourlyPrice: unknown('no list price') }]],
  ])('is said to be so when %s', (_, offered) => {
    expect(size({ cpuPercent: always(90) }, offered)).toMatchObject({
      verdict: 'grow',
      to: unknown('no type that is offered, permitted and priced has enough'),
    });
  });

  describe('of CPU credits', () => {
    const type = { ...burstable, hourlyPrice: known(money('USD', 0.08)) };
    const t3xlarge = {
      ...burstable,
      name: 't3.xlarge',
      vcpus: 4,
      memoryMib: 16_384,
      hourlyPrice: known(money('USD', 0.16)),
    };
    const spent = (count: number) =>
      but(always(100), { hourly: { Average: hours(ending(HOURS, 100, new Array(count).fill(0.9))) } });
    const judge = (count: number) =>
      sizeOf({ ...question, machine: { ...machine, type }, demand: { ...demand, creditBalance: spent(count) } }, [
        type,
        large,
        t3xlarge,
      ]);

    it('is to grow to what sustains more', () => {
      expect(judge(4)).toMatchObject({
        verdict: 'grow',
        to: known(large),
        because: 'it had no CPU credits in 4 hours of the last week',
      });
    });

    it('is it not after three hours', () => expect(judge(3).verdict).toBe('keep'));
  });
});
