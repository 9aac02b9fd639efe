import { DAY } from '../../clock.ts';
import { daily, type Load, level, onDays, times, workdays } from '../load.ts';
import type { SizingLabel } from './truth.ts';

/** What is demanded of a machine over time. */
export interface Demand {
  readonly vcpus: Load;
  readonly memoryMib: Load;
  /** The most of it, sale days and growth up to today included. */
  readonly need: { readonly vcpus: number; readonly memoryMib: number };
}

/** The machine that was bought for it. */
interface Bought {
  readonly vcpus: number;
  readonly memoryMib: number;
}

export interface When {
  readonly seed: number;
  /** Days since 1970 (UTC). */
  readonly today: number;
  readonly saleDays: ReadonlySet<number>;
}

/** Of what was bought: the share of the CPUs that is used at noon, and of the memory. */
const SHARES: Partial<Record<SizingLabel, { readonly cpu: number; readonly memory: number }>> = {
  oversized: { cpu: 0.08, memory: 0.18 },
  'memory-unknown': { cpu: 0.08, memory: 0.18 },
  'right-sized': { cpu: 0.36, memory: 0.6 },
  undersized: { cpu: 1.05, memory: 0.7 },
  'memory-bound': { cpu: 0.07, memory: 0.84 },
  'memory-short': { cpu: 0.2, memory: 1.05 },
  'sale-day': { cpu: 0.07, memory: 0.2 },
  growing: { cpu: 0.1, memory: 0.3 },
};

/** A peak of `workdays` is at most so many times its noon. */
const PEAK = 1.1 * 1.8;
const GROWTH_A_DAY = 0.012;

export function demandOf(label: SizingLabel, bought: Bought, when: When): Demand {
  const { seed, today, saleDays } = when;
  const { cpu, memory } = SHARES[label] ?? { cpu: 0.36, memory: 0.6 };
  const [noon, used] = [bought.vcpus * cpu, bought.memoryMib * memory];
  const memoryMib = level(seed + 5, used);
  const need = { vcpus: noon * PEAK, memoryMib: used * 1.05 };
  switch (label) {
    case 'steady': {
      const vcpus = bought.vcpus * 0.3;
      return {
        vcpus: level(seed, vcpus),
        memoryMib: level(seed + 5, bought.memoryMib * 0.2),
        need: { vcpus: vcpus * 1.05, memoryMib: bought.memoryMib * 0.21 },
      };
    }
    case 'bursty': {
      const busy = bought.vcpus * 0.8;
      const vcpus = daily(seed, { quiet: bought.vcpus * 0.03, busy, hourUtc: 18 });
      return { vcpus, memoryMib, need: { ...need, vcpus: busy * 1.05 } };
    }
    case 'sale-day': {
      const [rush, full] = [level(seed + 1, bought.vcpus * 0.78), level(seed + 2, bought.memoryMib * 0.7)];
      return {
        vcpus: onDays(saleDays, rush, workdays(seed, noon)),
        memoryMib: onDays(saleDays, full, memoryMib),
        need: { vcpus: bought.vcpus * 0.82, memoryMib: bought.memoryMib * 0.74 },
      };
    }
    case 'growing': {
      // From a hundred days ago on, more every day.
      const grown = (hour: number) => 1 + GROWTH_A_DAY * Math.max(0, 100 - (today - hour / 24));
      const most = grown(today * 24);
      return {
        vcpus: times(workdays(seed, noon), grown),
        memoryMib: times(memoryMib, grown),
        need: { vcpus: noon * PEAK * most, memoryMib: used * 1.05 * most },
      };
    }
    default:
      return { vcpus: workdays(seed, noon), memoryMib, need };
  }
}

/** The sale days of the past year: one long ago, and one last week a year ago. */
export const saleDaysBefore = (today: number): readonly Date[] =>
  [today - 110, today - 109, today - 358].map((day) => new Date(day * DAY));
