import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { money } from '../../../shared/core/money.ts';
import { stepUp } from '../../../shared/core/remediation/step-up.ts';
import type { InstanceTypeFacts } from '../../../shared/core/sizing/instance-type.ts';

const type = (name: string, memoryGiB: number, spoiled: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts => ({
  name,
  architectures: ['arm64'],
  virtualizationTypes: ['hvm'],
  currentGeneration: true,
  vcpus: memoryGiB / 4,
  memoryMib: memoryGiB * 1024,
  burstable: false,
  ena: 'required',
  nvme: 'required',
  localDiskGb: 0,
  networkInterfaces: 3,
  hourlyPrice: known(money('USD', memoryGiB / 100)),
  ...spoiled,
});

const LARGE = type('db.m6g.large', 8);
const XLARGE = type('db.m6g.xlarge', 16);
const OFFERED = [type('db.m6g.2xlarge', 32), LARGE, type('db.r6g.large', 16), type('db.m6gd.xlarge', 16), XLARGE];

describe('one step up', () => {
  it('is the next larger one of the same family, at the difference of the list prices', () => {
    expect(stepUp('db.m6g.large', OFFERED)).toEqual(
      known({ from: 'db.m6g.large', to: 'db.m6g.xlarge', monthlyMore: known(money('USD', 58.4)) }),
    );
  });

  it('may have the same vCPUs, as of burstable types, but no fewer', () => {
    const sizes = [type('t3.medium', 4, { vcpus: 2 }), type('t3.large', 8, { vcpus: 2 })];
    expect(stepUp('t3.medium', sizes)).toMatchObject({ value: { to: 't3.large' } });
    expect(stepUp('t3.medium', [sizes[0]!, type('t3.large', 8, { vcpus: 1 })])).toEqual(known(undefined));
  });

  it('is none of the largest, and none to bare metal', () => {
    expect(stepUp('db.m6g.2xlarge', OFFERED)).toEqual(known(undefined));
    expect(stepUp('m6g.16xlarge', [type('m6g.16xlarge', 256), type('m6g.metal', 257)])).toEqual(known(undefined));
  });

  it('is unknown of what AWS does not offer there any more', () => {
    expect(stepUp('db.m6g.large', [XLARGE])).toEqual(unknown('AWS does not offer db.m6g.large there any more'));
  });

  it.each([
    ['its own price is', [{ ...LARGE, hourlyPrice: unknown('no list price for it') }, XLARGE]],
    ['the larger one has a price that is', [LARGE, { ...XLARGE, hourlyPrice: unknown('no list price for it') }]],
  ])('costs nobody knows how much more when %s unknown', (_, offered) => {
    expect(stepUp('db.m6g.large', offered)).toMatchObject({
      value: { to: 'db.m6g.xlarge', monthlyMore: unknown('no list price for it') },
    });
  });

  it('never adds currencies', () => {
    const offered = [LARGE, { ...XLARGE, hourlyPrice: known(money('CNY', 1)) }];
    expect(stepUp('db.m6g.large', offered)).toMatchObject({ value: { monthlyMore: { known: false } } });
  });

  it('is always larger, and nothing is between the two, in whatever order they are offered', () => {
    const sizes = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge'].map((size, n) =>
      type(`m6g.${size}`, 8 * 2 ** n),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(sizes, { minLength: 1 }), (offered) => {
        const [own] = offered;
        const step = stepUp(own!.name, offered);
        if (!step.known) throw new Error(step.why);
        const larger = offered.filter(({ memoryMib }) => memoryMib > own!.memoryMib);
        const least = larger.toSorted((a, b) => a.memoryMib - b.memoryMib)[0];
        expect(step.value?.to).toBe(least?.name);
      }),
    );
  });
});
