import type { VolumeSpec } from './action.ts';
import { type Evidence, known, unknown } from './evidence.ts';
import type { DatabaseFacts, Facts, Prices } from './facts.ts';
import { add, type Money, times } from './money.ts';
import type { PriceQuery } from './price-query.ts';

/** What gp3 has without being asked, of EBS as of RDS below its striping. */
export const GP3_FREE = { iops: 3000, throughputMiBs: 125 } as const;

/** Above so many, further operations of io2 are cheaper (EBS pricing). */
const IO2_TIER_IOPS = 32_000;

/** The monthly prices that say what the resource's storage costs, and would cost as gp3, each by its name. */
export function storagePriceQueries(facts: Facts): Evidence<Readonly<Record<string, PriceQuery>>> {
  switch (facts.type) {
    case 'volume':
      return known(volumePrices(facts.scope.region, [facts.spec.type, 'gp3']));
    case 'instance': {
      const { volumes } = facts.evidence;
      if (!volumes?.known) return unknown(`its volumes are unknown: ${volumes?.why ?? 'not read'}`);
      return known(
        volumePrices(
          facts.scope.region,
          volumes.value.map(({ volumeType }) => volumeType),
        ),
      );
    }
    case 'database':
      return known(databasePrices(facts));
    default:
      return unknown('snapshots are billed by what they share with others');
  }
}

function volumePrices(region: string, types: readonly string[]): Record<string, PriceQuery> {
  const ebs = (unit: NonNullable<PriceQuery['unit']>, attributes: PriceQuery['attributes']): PriceQuery => ({
    service: 'AmazonEC2',
    region,
    attributes,
    unit,
  });
  const prices: Record<string, PriceQuery> = {};
  for (const volumeApiName of new Set(types)) {
    prices[`${volumeApiName} GiB`] = ebs('GB-Mo', { productFamily: 'Storage', volumeApiName });
    if (!['gp3', 'io1', 'io2'].includes(volumeApiName)) continue;
    const group = 'EBS IOPS';
    prices[`${volumeApiName} IOPS`] = ebs('IOPS-Mo', { productFamily: 'System Operation', volumeApiName, group });
  }
  if (types.includes('gp3')) {
    const attributes = { productFamily: 'Provisioned Throughput', volumeApiName: 'gp3', group: 'EBS Throughput' };
    prices['gp3 GiB/s'] = ebs('GiBps-mo', attributes);
  }
  return prices;
}

/** RDS lists plain storage once for all engines, twice as dear for Multi-AZ. */
function databasePrices({ scope, multiAz }: DatabaseFacts): Record<string, PriceQuery> {
  const deploymentOption = multiAz ? 'Multi-AZ' : 'Single-AZ';
  const gib = (volumeType: string): PriceQuery => ({
    service: 'AmazonRDS',
    region: scope.region,
    attributes: { productFamily: 'Database Storage', databaseEngine: 'Any', deploymentOption, volumeType },
    unit: 'GB-Mo',
  });
  return { 'gp2 GiB': gib('General Purpose'), 'gp3 GiB': gib('General Purpose-GP3') };
}

/** What a volume costs a month at these prices. */
export function monthlyCost(spec: VolumeSpec, prices: Prices): Evidence<Money> {
  const { type, sizeGiB, iops = 0, throughputMiBs = 0 } = spec;
  if (type === 'io2' && iops > IO2_TIER_IOPS) return unknown(`above ${IO2_TIER_IOPS} IOPS io2 is priced in tiers`);
  const free = type === 'gp3' ? GP3_FREE : { iops: 0, throughputMiBs: 0 };
  const parts = [
    [`${type} GiB`, sizeGiB],
    [`${type} IOPS`, Math.max(0, iops - free.iops)],
    [`${type} GiB/s`, Math.max(0, throughputMiBs - free.throughputMiBs) / 1024],
  ] as const;
  return sum(parts.filter(([, amount]) => amount > 0).map(([name, amount]) => priced(prices, name, amount)));
}

function priced(prices: Prices, name: string, amount: number): Evidence<Money> {
  const price = prices[name];
  return price ? known(times(amount, price)) : unknown(`no list price of ${name}`);
}

/** Unknown as soon as one of them is. */
export function sum(all: readonly Evidence<Money>[]): Evidence<Money> {
  const [first = unknown('there is nothing to price'), ...rest] = all;
  return rest.reduce((total, next) => {
    if (!total.known) return total;
    return next.known ? known(add(total.value, next.value)) : next;
  }, first);
}
