import type { BillLine } from '../estate/billing.ts';
import { dayNumber } from '../estate/days.ts';
import { Dice } from '../fleet/dice.ts';
import { PRODUCTION, STAGING } from '../fleet/shop-estate.ts';
import { MARKETS } from '../prices/markets.ts';
import { seedOf } from '../random.ts';
import type { Sandbox } from '../sandbox.ts';
import { recordUsualDays } from './background.ts';
import { chargesTo } from './charges.ts';
import { type Incident, type PlantedIncident, plan, struck } from './plant.ts';
import { SHOP_COSTS, type ShopCost } from './shop-costs.ts';

export interface BillOptions {
  /** Decides the noise and the ids. Default: 1. */
  readonly seed?: number;
  readonly incidents?: readonly Incident[];
  /** What the role `lamplighter-look` of every account asks for. Default: lamplighter. */
  readonly externalId?: string;
}

/** Days of usual events, around today: CloudTrail keeps ninety, and as many may pass again. */
const USUAL_DAYS = 180;

/** What usage is paid at after the discount that was agreed with AWS. */
const NET_SHARE = 0.93;

/**
 * Gives the shop a bill: three accounts under one payer, about $650 a day, the charges that are no usage, and what is to happen
 * to it. The same options give the same bill. It reaches back as far as Cost Explorer keeps, and on as the clock does.
 */
export function seedBill({ estate }: Pick<Sandbox, 'estate'>, options: BillOptions = {}): PlantedIncident[] {
  const { seed = 1, incidents = [], externalId = 'lamplighter' } = options;
  const usual = Object.entries(SHOP_COSTS).flatMap(([account, costs]) =>
    costs.map((one) => lineOf(account, one, seed)),
  );
  const plans = incidents.map((incident) => plan(incident, usual, seed));
  estate.billing.add(
    ...usual.map((line) => struck(line, plans)),
    ...plans.flatMap(({ adds }) => adds),
    ...chargesTo(estate.billing.payer),
  );
  for (const id of [...Object.keys(SHOP_COSTS), estate.billing.payer]) {
    const account = estate.account(id);
    if (!account.roles.has('lamplighter-look')) account.role('lamplighter-look', { externalId });
  }
  const firstUsualDay = dayNumber(estate.clock.now()) - USUAL_DAYS / 2;
  recordUsualDays(
    estate.account(PRODUCTION),
    Array.from({ length: USUAL_DAYS }, (_, index) => firstUsualDay + index),
    new Dice(seed, 'usual days'),
  );
  const truths = plans.map(({ truth }) => truth);
  for (const { account, region, event } of truths) {
    if (event) estate.account(account).region(region).cloudTrail.record(event);
  }
  return truths;
}

function lineOf(account: string, { usage, dollars, shape, team, ...cost }: ShopCost, seed: number): BillLine {
  const region = cost.region ?? 'ap-northeast-2';
  const prefix = MARKETS.find(({ regionCode }) => regionCode === region)?.prefix ?? '';
  return {
    ...cost,
    account,
    region,
    usageType: prefix + usage,
    unblended: shape(dollars, seedOf(`${seed} ${account} ${cost.service} ${usage}`)),
    netShare: NET_SHARE,
    costCategories: { Environment: environmentOf(account) },
    ...(team ? { tags: { team } } : {}),
  };
}

function environmentOf(account: string): string {
  if (account === PRODUCTION) return 'production';
  return account === STAGING ? 'staging' : 'data';
}
