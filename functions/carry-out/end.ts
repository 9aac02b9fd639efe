import type { Change, Outcome } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { announce } from './announce.ts';
import { type Durable, insistently } from './durable.ts';
import type { Hands } from './hands.ts';
import type { Terms } from './terms.ts';

/** A change that is followed after it was booked. */
export interface Following {
  readonly plan: Plan;
  readonly change: Change;
  readonly terms: Terms;
  /** How long it rests between two looks that nothing calls for. */
  readonly restMs: number;
}

/** The change as it ended at last, and what could not be done about it. */
export interface Followed {
  readonly change: Change;
  readonly troubles: readonly string[];
}

/** When and why a change stands no longer; `failed` raises the alarm. */
export type Reason = Pick<Change, 'because' | 'warning'> & { readonly at: number; readonly outcome?: Outcome };

/** Ends the saving in the ledger, and says so. */
export function end(hands: Hands, durable: Durable, following: Following, reason: Reason): Promise<Followed> {
  const { at, because, warning, outcome } = reason;
  const how = { endedAt: new Date(at).toISOString(), endedBecause: because, ...(warning ? { warning } : {}) };
  return say(hands, durable, following, { how, line: { because, ...(outcome === 'failed' ? { outcome } : {}) } });
}

/** What is new of the change, and the line in the log. */
interface Saying {
  readonly how: Partial<Change>;
  readonly line: Readonly<Record<string, unknown>>;
}

/** Writes it down, then says it. */
export async function say(
  hands: Hands,
  durable: Durable,
  { plan, change, terms }: Following,
  { how, line }: Saying,
): Promise<Followed> {
  const ended: Change = { ...change, ...how };
  const work = async () => {
    await hands.ledger.recordChange(ended, change);
    hands.log('change', { change: change.id, ...line });
  };
  await insistently(durable, 'end', work);
  const news = { name: 'announce the end', plan, changes: [ended], timezone: terms.timezone };
  return { change: ended, troubles: await announce(hands, durable, news) };
}
