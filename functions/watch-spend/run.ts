import type { Announcer } from '../../shared/ports.ts';
import type { RunOccasion, SpendRun } from '../../shared/ports-spend.ts';
import { alone } from '../../shared/runtime/alone.ts';
import type { Sources } from './gather.ts';

/** What watch-spend is made of, and the delivery that it works for. */
export interface Delivery extends Sources {
  readonly announcer: Announcer;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
}

export interface Tick {
  readonly payer: string;
  readonly now: Date;
  /** None: the daily look. */
  readonly occasion?: RunOccasion;
}

/** What became of a run. */
export interface Outcome {
  readonly report: unknown;
  /** `nothing`: there was no news. `before`: another delivery of the tick has said it. */
  readonly said: 'sent' | 'nothing' | 'before';
}

/**
 * One tick, from the bill to the message: `look` finds out what there is to keep and to say, the ledger takes both at once,
 * and only then is anything kept or said. A second delivery goes on from where the first one stopped.
 */
export const run = (delivery: Delivery, tick: Tick, look: () => Promise<SpendRun>): Promise<Outcome> =>
  alone({ ...delivery, turns: delivery.ledger, of: tick.payer }, async () => {
    const { ledger } = delivery;
    const { payer, now, occasion } = tick;
    const before = await ledger.run(payer, now.toISOString(), occasion);
    for (const unfinished of await ledger.unfinished(payer, now)) await finish(delivery, unfinished);
    if (before)
      return { report: before.report, said: before.state === 'recorded' && before.message ? 'sent' : 'before' };
    const found: SpendRun = { ...(await look()), ...(occasion ? { occasion } : {}) };
    await ledger.record(found);
    await finish(delivery, found);
    return { report: found.report, said: found.message ? 'sent' : 'nothing' };
  });

/**
 * Keeps and says what a run has recorded. A crash between SNS taking the message and the ledger noting it repeats the
 * message with the same id; nothing else can repeat it, and nothing can lose it.
 */
async function finish({ ledger, announcer }: Delivery, recorded: SpendRun): Promise<void> {
  await ledger.keepAnomalies(recorded.anomalies);
  if (recorded.message) await announcer.send(recorded.message);
  await ledger.announced(recorded);
}
