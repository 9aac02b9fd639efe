import { type Load, unknownsOf, whyIll } from '../../shared/core/sizing/load.ts';
import type { Machine } from '../../shared/ports-acting.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

/** The machine that an action resizes, under the type that it has after it. */
export function machineOf(item: Pick<Item, 'plan' | 'number'>): Machine | undefined {
  const { action } = proposalOf(item);
  switch (action.kind) {
    case 'resize-instance':
      return { of: 'instance', identity: action.instance, type: action.to };
    case 'resize-database':
      return { of: 'database', identity: action.database, type: action.to };
    default:
      return undefined;
  }
}

/** What one look at the load of a resized machine has found. */
export interface Measured {
  /** Why it is not well, if so. */
  readonly ill?: string;
  /** When its load was seen last. */
  readonly measured?: string;
  /** What was not known of it then. */
  readonly unmeasured: readonly string[];
}

interface Times {
  /** When the change was made. */
  readonly since: string;
  /** When the load was seen last, if it was. */
  readonly measured: string | undefined;
}

const HOUR_MS = 3_600_000;

/** Never throws: what cannot be read is not known, and the next look tries again. */
export async function measure(hands: Hands, item: Item, { since, measured = since }: Times): Promise<Measured> {
  const machine = machineOf(item);
  if (!machine) return { unmeasured: [] };
  const now = hands.clock();
  const from = new Date(Math.max(Date.parse(since), Date.parse(measured) - HOUR_MS));
  try {
    return judged(await hands.load.read(scopeOf(proposalOf(item)), machine, { from, to: now }), now);
  } catch (error) {
    return { unmeasured: [error instanceof Error ? error.name : 'an unknown error'] };
  }
}

function judged(load: Load, now: Date): Measured {
  const ill = whyIll(load);
  const known = { measured: now.toISOString(), unmeasured: unknownsOf(load) };
  return ill ? { ill, ...known } : known;
}
