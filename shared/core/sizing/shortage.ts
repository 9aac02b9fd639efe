import { FULL_PERCENT } from './cpu-need.ts';
import type { DemandSummary } from './demand.ts';
import type { InstanceTypeFacts } from './instance-type.ts';
import { lastHours } from './look-back.ts';
import { memoryNeed } from './memory-need.ts';
import { largest, mean } from './statistics.ts';

/** So many hours at the limit are no accident. */
const HOURS = 4;

/** Below one credit a burstable type is held down to its baseline. */
const NO_CREDITS = 1;

/** What a machine has too little of, how that shows, and what it may lead to. */
export interface Shortage {
  readonly of: 'cpu' | 'cpu-credits' | 'memory';
  readonly because: string;
  readonly risk: string;
}

/** What the machine is short of now. Only what is known can show a shortage. */
export function shortagesOf(type: InstanceTypeFacts, demand: DemandSummary): Shortage[] {
  return [cpuShortage(demand), creditShortage(type, demand), memoryShortage(demand)].filter((one) => one !== undefined);
}

/** The busiest hours are full, and the last week has one of them. */
function cpuShortage(demand: DemandSummary): Shortage | undefined {
  const hours = lastHours(demand.cpuPercent.hourly.Average, demand);
  if (!hours.known || Math.max(...hours.value.lastWeek) < FULL_PERCENT) return undefined;
  const busiest = mean(largest(HOURS, hours.value.values));
  if (busiest < FULL_PERCENT) return undefined;
  return {
    of: 'cpu',
    because: `its ${HOURS} busiest hours take ${Math.round(busiest)} % CPU`,
    risk: 'work waits for CPU: it answers slowly, and what has a time limit may fail',
  };
}

function creditShortage({ burstable }: InstanceTypeFacts, demand: DemandSummary): Shortage | undefined {
  const { creditBalance } = demand;
  if (!burstable || !creditBalance) return undefined;
  const hours = lastHours(creditBalance.hourly.Average, demand);
  if (!hours.known) return undefined;
  const without = hours.value.lastWeek.filter((credits) => credits < NO_CREDITS).length;
  if (without < HOURS) return undefined;
  return {
    of: 'cpu-credits',
    because: `it had no CPU credits in ${without} hours of the last week`,
    risk: 'without credits it is held down to its baseline, or every further credit is billed (unlimited mode)',
  };
}

function memoryShortage(demand: DemandSummary): Shortage | undefined {
  const need = memoryNeed(demand);
  if (!need.known || need.value.short === undefined) return undefined;
  return {
    of: 'memory',
    because: need.value.short,
    risk: 'the operating system may end processes for want of memory, or swap until nothing moves',
  };
}
