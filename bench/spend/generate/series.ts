import { createRandom, type Random } from '../../../sandbox/random.ts';
import { addDays, startOf } from '../../../shared/core/spend/day.ts';
import type { BaseSeries, DayRange } from '../data.ts';

export interface Making {
  readonly count: number;
  readonly days: number;
  readonly seed: number;
}

const FIRST_DAY = '2025-03-03';

/** Half as much again, and it is a natural event. */
const EVENT_SIZE = 1.5;
const EVENT_EVERY_DAYS = 150;

/** The share of series with a charge on every first of the month, of so many times the median. */
const FEE_SHARE = 0.3;
const FEE = { least: 0.3, most: 3 };

/** How usage becomes a bill: by use, on a fixed base, in whole machines, or as data that stay. */
const PROFILES: Readonly<Record<string, (usage: readonly number[]) => number[]>> = {
  usage: (usage) => [...usage],
  provisioned: (usage) => usage.map((one) => 0.7 + 0.3 * one),
  stepfleet: (usage) => usage.map((one) => Math.ceil(8 * one) / 8),
  storage: (usage) => {
    let stored = 60;
    return usage.map((one) => {
      stored += 0.2 * one;
      return stored / 100;
    });
  },
};

/** Series as services have them: with weekdays, a trend, noise that lasts, a fee, and now and then a natural event. */
export function makeSeries({ count, days, seed }: Making): BaseSeries[] {
  const random = createRandom(seed);
  const names = Object.keys(PROFILES);
  return Array.from({ length: count }, (_, index) => {
    const profile = names[index % names.length]!;
    const start = addDays(FIRST_DAY, Math.floor(random() * 28));
    const { usage, neutral } = makeUsage(days, random);
    const scale = 20 * 100 ** random();
    const amounts = PROFILES[profile]!(usage).map((one) => one * scale);
    const fee = random() < FEE_SHARE ? round((FEE.least + (FEE.most - FEE.least) * random()) * middleOf(amounts)) : 0;
    const isFirst = (day: number) => startOf(addDays(start, day)).getUTCDate() === 1;
    const values = amounts.map((one, day) => round(one + (fee > 0 && isFirst(day) ? fee : 0)));
    return { id: `made/${profile}-${index}`, source: 'made', profile, start, month_start_fee: fee, neutral, values };
  });
}

function makeUsage(days: number, random: Random): { usage: number[]; neutral: DayRange[] } {
  const weekend = 0.5 + 0.6 * random();
  const noise = 0.02 + 0.08 * random();
  const growth = 0.0015 * (random() - 0.3);
  const neutral: DayRange[] = [];
  let [lasting, eventUntil] = [0, -1];
  const usage = Array.from({ length: days }, (_, day) => {
    lasting = 0.6 * lasting + noise * normal(random);
    if (day > eventUntil && random() < 1 / EVENT_EVERY_DAYS) {
      eventUntil = day + 1;
      neutral.push([day, Math.min(days - 1, eventUntil + 1)]);
    }
    const event = day <= eventUntil ? EVENT_SIZE : 1;
    return (day % 7 >= 5 ? weekend : 1) * Math.exp(growth * day + lasting) * event;
  });
  return { usage, neutral };
}

/** Normal noise, of twelve even ones. */
function normal(random: Random): number {
  let sum = -6;
  for (let one = 0; one < 12; one++) sum += random();
  return sum;
}

export const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** To the hundredth of a cent. */
export const round = (dollars: number): number => Math.round(dollars * 1e4) / 1e4;
