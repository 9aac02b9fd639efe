import type { Evidence } from '../evidence.ts';
import { FULL_MEMORY_PERCENT, SWAPPING_PERCENT } from './memory-need.ts';
import { isOverloaded, isTooOften } from './overload.ts';

/** How hard a machine works, each in samples of five minutes, oldest first. What has no metric is absent. */
export interface Load {
  readonly cpuPercent: Evidence<readonly number[]>;
  /** Memory in use. */
  readonly memoryPercent: Evidence<readonly number[]>;
  /** Swap, in percent of the memory. */
  readonly swapPercent?: Evidence<readonly number[]>;
  /** CPU credits left; only of burstable types. */
  readonly credits?: Evidence<readonly number[]>;
  /** 1 where a status check of EC2 failed: the machine, or what it runs on, is not reachable; only of instances. */
  readonly failedChecks?: Evidence<readonly number[]>;
}

/** Below one credit a burstable type is held down to its baseline, or every further one is billed. */
const NO_CREDITS = 1;

const OFTEN = 'in six of twelve samples of five minutes';

/**
 * Why a machine that was made smaller is not well, if so: by its status checks, CPU, memory, swap or credits, at any time of
 * the samples. What is not known shows nothing.
 */
export function whyIll({ failedChecks, cpuPercent, memoryPercent, swapPercent, credits }: Load): string | undefined {
  if (
    atAnyTime(
      failedChecks,
      tooOften((failed) => failed >= 1),
    )
  )
    return `its status checks failed ${OFTEN}`;
  if (atAnyTime(cpuPercent, isOverloaded)) return `its CPU was above 90 % ${OFTEN}`;
  if (
    atAnyTime(
      memoryPercent,
      tooOften((percent) => percent >= FULL_MEMORY_PERCENT),
    )
  )
    return `its memory was ${FULL_MEMORY_PERCENT} % full ${OFTEN}`;
  if (
    atAnyTime(
      swapPercent,
      tooOften((percent) => percent >= SWAPPING_PERCENT),
    )
  )
    return `it swapped ${SWAPPING_PERCENT} % of its memory ${OFTEN}`;
  if (
    atAnyTime(
      credits,
      tooOften((left) => left < NO_CREDITS),
    )
  )
    return `it had no CPU credits ${OFTEN}`;
  return undefined;
}

/** What nobody knows of the load, with why. */
export const unknownsOf = ({ cpuPercent, memoryPercent, failedChecks }: Load): string[] => [
  ...(cpuPercent.known ? [] : [`CPU: ${cpuPercent.why}`]),
  ...(memoryPercent.known ? [] : [`memory: ${memoryPercent.why}`]),
  ...(!failedChecks || failedChecks.known ? [] : [`status checks: ${failedChecks.why}`]),
];

type Judge = (samples: readonly number[]) => boolean;

const tooOften =
  (isBad: (sample: number) => boolean): Judge =>
  (samples) =>
    isTooOften(samples.map(isBad));

/** Also of samples that have passed since: the next look may come much later. */
function atAnyTime(samples: Evidence<readonly number[]> | undefined, judge: Judge): boolean {
  if (!samples?.known) return false;
  const { value } = samples;
  return value.some((_, index) => judge(value.slice(0, index + 1)));
}
