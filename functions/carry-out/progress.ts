import { directionOf } from '../../shared/core/action.ts';
import { closedBecause } from '../../shared/core/gates.ts';
import { isOffHours } from '../../shared/core/plan.ts';
import type { Progress } from '../../shared/ports-acting.ts';
import { type Durable, type Polling, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

/** Every minute at first, every quarter of an hour later, for more than a day: there is room for 3,000 operations. */
const POLLING = { firstSeconds: 60, mostSeconds: 900, times: 120 } as const;

/** Sooner at first, for the next step waits for it, and an hour apart at last: a day, of 50 actions an execution. */
const POLLING_SCHEDULED = { firstSeconds: 45, mostSeconds: 3600, times: 34 } as const;

/** Waits until AWS says that the change, or the taking back, is done. What takes several mutations is led on. */
export function awaitProgress(hands: Hands, durable: Durable, { item, what, name }: Waiting): Promise<Progress> {
  const { action } = proposalOf(item);
  const ask = async (seen: string): Promise<Progress> => {
    const { advance, ...verbs } = await hands.verbsFor(scopeOf(proposalOf(item)), action);
    if (!advance) return verbs[what](action);
    const halted = await whyHalted(hands, item);
    return halted ? { state: 'pending', seen: halted } : advance(action, { towards: what, seen });
  };
  return poll(hands, durable, { name, ask, ...(isOffHours(item.plan) ? { pace: POLLING_SCHEDULED } : {}) });
}

interface Waiting {
  readonly item: Item;
  readonly what: 'settled' | 'undone';
  /** Of the step. */
  readonly name: string;
}

/** A half-done change finishes whatever is paused or frozen; only `halt` stops it. */
export async function whyHalted(hands: Hands, item: Item): Promise<string | undefined> {
  const switches = await hands.switches.read();
  const direction = directionOf(proposalOf(item).action);
  return closedBecause({ direction, finishing: true, switches, freeze: [], today: '' });
}

/** What is asked about, and the name of the operation. */
interface Poll {
  readonly name: string;
  /** It is told what was seen the time before. */
  readonly ask: (seen: string) => Promise<Progress>;
  readonly pace?: Polling;
}

interface Polled {
  readonly progress: Progress;
  /** When it was first asked, in ISO time: just after the call to AWS. */
  readonly since?: string;
}

/**
 * What AWS shows may lag behind what it was just asked for.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const LAG_MS = 2 * 60_000;

/**
 * Asks until it is no longer pending. A question that fails is asked again: it says nothing about the change. Nor does what
 * looks failed just after a call: it may be how it was before.
 */
export async function poll(hands: Hands, durable: Durable, { name, ask, pace = POLLING }: Poll): Promise<Progress> {
  const look = async ({ progress: before, since = hands.clock().toISOString() }: Polled): Promise<Polled> => {
    const seen = before.state === 'pending' ? before.seen : '';
    const progress = await ask(seen).catch((error: Error): Progress => ({ state: 'pending', seen: error.name }));
    const mayLag = hands.clock().getTime() - Date.parse(since) < LAG_MS;
    const tooEarly = progress.state === 'failed' && !progress.refused && mayLag;
    return { progress: tooEarly ? before : progress, since };
  };
  const { progress } = await durable.waitForCondition<Polled>(name, look, {
    initialState: { progress: { state: 'pending', seen: 'nothing yet' } },
    waitStrategy: polling(({ progress: { state } }) => state === 'pending', pace),
  });
  return progress;
}
