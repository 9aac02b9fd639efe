import { type Action, directionOf } from '../../shared/core/action.ts';
import { closedBecause } from '../../shared/core/gates.ts';
import { isOffHours, isRemediation } from '../../shared/core/plan.ts';
import type { Progress } from '../../shared/ports-acting.ts';
import { type Durable, type PollDecision, type Polling, polling } from './durable.ts';
import type { Hands } from './hands.ts';
import { type Item, proposalOf, scopeOf } from './item.ts';

/** Every minute at first, every quarter of an hour later, for more than a day: there is room for 3,000 operations. */
const POLLING = { firstSeconds: 60, mostSeconds: 900, times: 120 } as const;

/** Sooner at first, for the next step waits for it, and an hour apart at last: a day, of 50 actions an execution. */
const POLLING_SCHEDULED = { firstSeconds: 45, mostSeconds: 3600, times: 34 } as const;

/** The alarm is on: every two minutes, for two hours. */
const POLLING_REMEDY = { firstSeconds: 30, mostSeconds: 120, times: 62 } as const;

/** What may take much longer is asked about so many times in all. */
const LONG = { looks: 100, times: 130 } as const;

/**
 * Waits until AWS says that the change, or the taking back, is done; of a copy only for as long as it may take. What takes
 * several mutations is led on.
 */
export function awaitProgress(hands: Hands, durable: Durable, { item, what, name }: Waiting): Promise<Progress> {
  const { action } = proposalOf(item);
  const ask = async (seen: string): Promise<Progress> => {
    const { advance, ...verbs } = await hands.verbsFor(scopeOf(proposalOf(item)), action);
    if (!advance) return verbs[what](action);
    const halted = await whyHalted(hands, action);
    return halted ? { state: 'pending', seen: halted } : advance(action, { towards: what, seen });
  };
  const { plan } = item;
  return poll(hands, durable, {
    name,
    ask,
    ...(isOffHours(plan) ? { pace: POLLING_SCHEDULED } : isRemediation(plan) ? { pace: POLLING_REMEDY } : {}),
    ...(action.kind === 'copy-snapshot' ? { hours: action.withinHours } : {}),
  });
}

interface Waiting {
  readonly item: Item;
  readonly what: 'settled' | 'undone';
  /** Of the step. */
  readonly name: string;
}

/** A half-done change finishes whatever is paused or frozen; only `halt` stops it. */
export async function whyHalted(hands: Hands, action: Action): Promise<string | undefined> {
  const switches = await hands.switches.read();
  return closedBecause({ direction: directionOf(action), finishing: true, switches, freeze: [], today: '' });
}

/** What is asked about, and the name of the operation. */
interface Poll {
  readonly name: string;
  /** It is told what was seen the time before. */
  readonly ask: (seen: string) => Promise<Progress>;
  readonly pace?: Polling;
  /** After so long it is no longer waited for. */
  readonly hours?: number;
}

interface Polled {
  readonly progress: Progress;
  /** When it was first asked, in ISO time: just after the call to AWS. */
  readonly since?: string;
  /** How long ago that is. */
  readonly forMs?: number;
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
export async function poll(
  hands: Hands,
  durable: Durable,
  { name, ask, hours, pace = POLLING }: Poll,
): Promise<Progress> {
  const look = async ({ progress: before, since = hands.clock().toISOString() }: Polled): Promise<Polled> => {
    const seen = before.state === 'pending' ? before.seen : '';
    const progress = await ask(seen).catch((error: Error): Progress => ({ state: 'pending', seen: error.name }));
    const forMs = hands.clock().getTime() - Date.parse(since);
    const tooEarly = progress.state === 'failed' && !progress.refused && forMs < LAG_MS;
    return { progress: tooEarly ? before : progress, since, forMs };
  };
  const { progress } = await durable.waitForCondition<Polled>(name, look, {
    initialState: { progress: { state: 'pending', seen: 'nothing yet' } },
    waitStrategy: hours === undefined ? polling(isPending, pace) : pollingFor(hours),
  });
  return progress;
}

const isPending = ({ progress: { state } }: Polled): boolean => state === 'pending';

/** However long it may take, it is asked about as often: an execution has room for 3,000 operations. */
function pollingFor(hours: number): (polled: Polled, attempt: number) => PollDecision {
  const mostSeconds = Math.max(POLLING.mostSeconds, Math.round((hours * 3600) / LONG.looks));
  const isInTime = ({ forMs = 0 }: Polled) => forMs < hours * 3_600_000;
  return polling((polled) => isPending(polled) && isInTime(polled), { ...POLLING, mostSeconds, times: LONG.times });
}
