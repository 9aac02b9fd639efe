import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { partitionOf } from '../../shared/core/identity.ts';
import { REGIONS } from '../../shared/core/regions.ts';

interface Partition {
  readonly id: string;
  readonly regions: Readonly<Record<string, unknown>>;
}

/** The partitions that the AWS SDK resolves endpoints with. The package exports only lookups by region, so its file is read. */
async function partitionsOfTheSdk(): Promise<readonly Partition[]> {
  const sdk = dirname(createRequire(import.meta.url).resolve('@aws-sdk/core/package.json'));
  const file = join(sdk, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const { partitionsInfo } = (await import(pathToFileURL(file).href)) as {
    partitionsInfo: { readonly partitions: readonly Partition[] };
  };
  return partitionsInfo.partitions;
}

it('the regions are those of the SDK in the partitions that Lamplighter works in', async () => {
  const ours = (await partitionsOfTheSdk()).filter(({ id }) => ['aws', 'aws-cn', 'aws-us-gov'].includes(id));
  const real = ours.flatMap(({ regions }) => Object.keys(regions).filter((name) => !name.endsWith('-global')));
  expect(ours).toHaveLength(3);
  expect([...REGIONS]).toEqual(real.sort());
});

it('every region is found in the partition that the SDK has it in', async () => {
  for (const { id, regions } of await partitionsOfTheSdk()) {
    const known = REGIONS.filter((region) => region in regions);
    expect(known.map(partitionOf)).toEqual(known.map(() => id));
  }
});
