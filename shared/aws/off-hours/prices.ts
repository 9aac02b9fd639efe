import { EC2Client, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { type Evidence, unknown } from '../../core/evidence.ts';
import type { InstanceFacts } from '../../core/facts.ts';
import type { Arn, Scope } from '../../core/identity.ts';
import type { Money } from '../../core/money.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';
import { type PriceQuery, priceQueries } from '../../core/price-query.ts';
import { sum } from '../../core/storage-price.ts';
import { instanceFacts, livingIn } from '../ec2.ts';
import { chunks, everyItem } from '../pages.ts';
import { readable } from '../retention/unreadable.ts';
import { using } from '../using.ts';
import type { ClientConfig } from './kind.ts';

export type Prices = (queries: readonly PriceQuery[], now: Date) => Promise<Map<PriceQuery, Evidence<Money>>>;

type Costs = Evidence<readonly PriceQuery[]>;

/** The same resources with what an hour of each costs at list price. Equal lines of the price list are asked for once. */
export async function withPrices(
  resources: readonly ScheduledResource[],
  groupCosts: ReadonlyMap<Arn, Costs>,
  priceOf: (queries: readonly PriceQuery[]) => ReturnType<Prices>,
): Promise<ScheduledResource[]> {
  const costs = new Map(
    resources.map(({ identity: { arn }, costs: own }) => [arn, own ?? groupCosts.get(arn) ?? NOT_READ] as const),
  );
  const lines = [...costs.values()].flatMap((one) => (one.known ? one.value : []));
  const distinct = new Map(lines.map((line) => [JSON.stringify(line), line]));
  const prices = await priceOf([...distinct.values()]);
  const priced = (line: PriceQuery): Evidence<Money> =>
    prices.get(distinct.get(JSON.stringify(line)) ?? line) ?? unknown('the price was not answered');
  return resources.map((resource) => {
    const own = costs.get(resource.identity.arn) ?? NOT_READ;
    return { ...resource, hourlyPrice: own.known ? sum(own.value.map(priced)) : own };
  });
}

const NOT_READ: Costs = unknown('what it is made of was not read');

/** EC2's limit on the values of a filter. */
const FILTER_VALUES = 200;

/** Auto Scaling sets it on every member. */
export const GROUP_TAG = 'aws:autoscaling:groupName';

/** What the running members of Auto Scaling groups of one scope cost; unknown for all of them when those may not be read. */
export async function groupCosts(
  config: () => Promise<ClientConfig>,
  scope: Scope,
  groups: readonly ScheduledResource[],
): Promise<Map<Arn, Costs>> {
  const members = await readable('the instances', async () => {
    const found: InstanceFacts[] = [];
    await using({ client: new EC2Client(await config()) }, async ({ client }) => {
      for (const some of chunks(groups, FILTER_VALUES)) {
        const Filters = [
          { Name: `tag:${GROUP_TAG}`, Values: some.map(({ name }) => name) },
          { Name: 'instance-state-name', Values: ['running'] },
        ];
        const pages = paginateDescribeInstances({ client, pageSize: 1000 }, { Filters });
        found.push(
          ...(await everyItem(pages, (page) =>
            livingIn(page, scope).map(({ instance }) => instanceFacts(instance, scope)),
          )),
        );
      }
    });
    return Map.groupBy(found, ({ tags }) => tags[GROUP_TAG] ?? '');
  });
  return new Map(
    groups.map(({ identity, name }) => [
      identity.arn,
      members.known ? costsOf(members.value.get(name) ?? []) : unknown(members.why),
    ]),
  );
}

function costsOf(members: readonly InstanceFacts[]): Costs {
  const [first] = members;
  if (!first) return unknown('none of its instances runs');
  const other = members.find(({ lifecycle }) => lifecycle !== 'on-demand');
  if (other) return unknown(`it has ${other.lifecycle} instances, which have no list price`);
  const lines = members.map(priceQueries);
  return (
    lines.find((one) => !one.known) ?? { known: true, value: lines.flatMap((one) => (one.known ? one.value : [])) }
  );
}
