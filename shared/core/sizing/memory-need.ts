import { type Evidence, known, unknown } from '../evidence.ts';
import type { DemandSummary } from './demand.ts';
import { lastHours } from './look-back.ts';
import { percentile } from './statistics.ts';

/** How full memory may become: in the highest hours (p99 of the hourly peaks), and in the busiest hour of most days (p95). */
const PEAK_SHARE = 0.75;
const USUAL_SHARE = 0.5;

/** So much swap, in percent of the memory, says that the memory is short already. */
export const SWAPPING_PERCENT = 5;

/** From here on memory is taken to be full. */
export const FULL_MEMORY_PERCENT = 95;

const NO_SWAP = known({ values: [0] });

export interface MemoryNeed {
  /** In percent of the memory that the machine has. */
  readonly percent: number;
  /** Set when it has too little now: why. */
  readonly short?: string;
  /** What decided, in words. */
  readonly because: string;
}

/**
 * The memory that the machine must keep. Memory does not average out as CPU does, and running out of it is fatal: the
 * peaks may fill three quarters of the new memory, and what is usual in a day's busiest hour half of it. A machine that
 * swaps keeps what it has.
 */
export function memoryNeed(demand: DemandSummary): Evidence<MemoryNeed> {
  const { memoryPercent, swapPercent } = demand;
  const hours = lastHours(memoryPercent.hourly.Maximum, demand);
  if (!hours.known) return unknown(`memory unknown: ${hours.why}`);
  const peak = percentile(99, hours.value.values);
  const usual = percentile(95, hours.value.values);
  const swap = swapPercent ? lastHours(swapPercent.hourly.Maximum, demand) : NO_SWAP;
  if (!swap.known) return unknown(`swap unknown: ${swap.why}`);
  const swapped = percentile(99, swap.value.values);
  const percent = Math.max(peak / PEAK_SHARE, usual / USUAL_SHARE);
  const because = `its memory is ${round(usual)} % full in busy hours (p95) and ${round(peak)} % at its peaks (p99)`;
  if (peak >= FULL_MEMORY_PERCENT)
    return known({ percent, because, short: `its memory is ${round(peak)} % full (p99)` });
  if (swapped < SWAPPING_PERCENT) return known({ percent, because });
  const swaps = `it swaps ${round(swapped)} % of its memory`;
  return known({ percent: Math.max(100, percent), because: swaps, short: swaps });
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
