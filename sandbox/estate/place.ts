import type { Clock } from '../clock.ts';
import type { Durations } from '../durations.ts';
import type { Random } from '../random.ts';

/** What every account of one sandbox shares. */
export interface World {
  readonly clock: Clock;
  readonly durations: Durations;
  readonly random: Random;
  readonly hubAccount: string;
}

/** One account in one region. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly world: World;
}
