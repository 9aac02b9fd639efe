import { DAY } from '../clock.ts';
import type { Region } from '../estate/account.ts';
import type { Dice } from './dice.ts';
import type { Label, Truth } from './truth.ts';
import type { Measured, Usage } from './usage.ts';

/** Where one unit of a fleet is to be built, and as what. */
export interface Site {
  readonly region: Region;
  readonly dice: Dice;
  /** Tells units apart in names: unique in the fleet. */
  readonly number: number;
  readonly label: Label;
}

const TOO_YOUNG_DAYS = 20;

/** When a resource came into being: a month to two years ago at least, unless it is to be too young. */
export function bornAt({ region, dice, label }: Site): Date {
  const now = region.place.world.clock.now().getTime();
  const days = label === 'exempt:too-young' ? dice.between(2, TOO_YOUNG_DAYS) : dice.between(60, 700);
  return new Date(now - days * DAY - dice.between(0, DAY / 1000) * 1000);
}

/** What its metrics look like. What is exempt does nothing: the exemption alone saves it. */
export function measuredAs({ region, dice, label }: Site, born: Date, busy: Usage): Measured {
  const { clock } = region.place.world;
  const now = clock.now();
  const usages: Partial<Record<Label, Usage>> = {
    busy,
    spiky: 'spiky',
    batch: 'batch',
    'exempt:held-connection': 'held-connection',
  };
  const today = Math.floor(now.getTime() / DAY);
  const gap = today - dice.between(4, 24);
  return {
    usage: usages[label] ?? 'idle',
    seed: dice.between(1, 1_000_000),
    lifetime: { from: born.getTime(), until: () => clock.now().getTime() },
    // Its last run is three days to three weeks ago: within anybody's window, in nobody's last night.
    batchDay: new Date(now.getTime() - dice.between(3, 21) * DAY).getUTCDate(),
    gapDays: new Set(label === 'exempt:metric-gap' ? [gap, gap + 1, gap + 2] : []),
  };
}

export const truthIn = ({ place }: Region, what: Omit<Truth, 'account' | 'region'>): Truth => ({
  ...what,
  account: place.account,
  region: place.region,
});

/** `owner` and `env` for all, protection for what is to be protected; an idle one may have outlived its protection. */
export function tagsOf({ dice, label, region }: Site): Record<string, string> {
  const now = region.place.world.clock.now().getTime();
  const day = (offset: number) => new Date(now + offset * DAY).toISOString().slice(0, 10);
  const outlived = label === 'idle' && dice.chance(0.1);
  return {
    owner: dice.pick(['shop', 'payments', 'search', 'data', 'platform', 'mobile']),
    env: dice.pick(['production', 'staging', 'qa', 'dev']),
    ...(label === 'exempt:protected'
      ? { 'lamplighter:protect': dice.pick(['audit', day(40), 'load test of the sale']) }
      : {}),
    ...(outlived ? { 'lamplighter:protect': day(-10) } : {}),
  };
}

export const asTagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
