import { isWorthKeeping, type OffHoursRecord } from '../../shared/core/off-hours/record.ts';
import { digestOf, type Plan, type Proposal, partsOf } from '../../shared/core/plan.ts';
import type { Announcer, Starter } from '../../shared/ports.ts';
import type { KeptRecord, OffHoursLedger } from '../../shared/ports-off-hours.ts';
import { alone } from '../../shared/runtime/alone.ts';

/** What runs are made of, and the delivery that they work for. */
export interface Delivery {
  readonly ledger: OffHoursLedger;
  readonly announcer: Announcer;
  readonly starter: Starter;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
  /** The clock of the machine: a turn ends in real time, not in the tick's. */
  readonly clock: () => Date;
}

export interface Tick {
  readonly account: string;
  readonly now: Date;
}

/** What a look has found, and what there is to keep of it. */
export interface Found<Report> {
  readonly report: Report;
  readonly record: OffHoursRecord;
}

/** What became of the run of one account. */
export interface Outcome<Report> {
  /** Absent when nobody has looked. */
  readonly report?: Report;
  /**
   * `kept`: there was something to do, to say or to remember. `nothing`: everything was as it was. `before`: another delivery of
   * the tick has done it. `late`: a later tick has looked.
   */
  readonly said: 'kept' | 'nothing' | 'before' | 'late';
}

/** This function runs no longer: its `timeout` in serverless.yml. */
const LONGEST_SECONDS = 240;

/**
 * One tick of one account, from the resources to the hand-over. Most ticks find everything as it was, and write nothing. Else the
 * ledger takes what is decided and what is remembered of it in one write, in the place of what the tick before has left,
 * and only then does any of it count. Whatever dies behind that, the next delivery or the next tick brings to its end.
 */
export async function run<Report>(
  delivery: Delivery,
  { account, now }: Tick,
  look: (before: OffHoursRecord | undefined) => Promise<Found<Report>>,
): Promise<Outcome<Report>> {
  const { ledger } = delivery;
  const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
    alone({ ...delivery, turns: ledger, of: account, longestSeconds: LONGEST_SECONDS }, work);
  const before = await ledger.kept(account);
  if (before && before.time > now.toISOString()) return { said: 'late' };
  const owed = before && before.state !== 'told' ? before : undefined;
  const untold = owed && (await inTurn(() => finish(delivery, owed)));
  const { report, record } = await look(before);
  if (!isWorthKeeping(record, before)) {
    if (untold) throw untold.error;
    return { report, said: before?.time === record.time ? 'before' : 'nothing' };
  }
  return inTurn(async () => {
    const messages = [...(untold?.messages ?? []), ...record.messages];
    const kept = await ledger.keep({ ...record, messages }, before);
    if (!kept) return { report, said: 'before' };
    const failed = await finish(delivery, kept);
    if (failed) throw failed.error;
    return { report, said: 'kept' };
  });
}

/** What could not be said, and why. */
interface Untold extends Pick<OffHoursRecord, 'messages'> {
  readonly error: unknown;
}

/**
 * Brings what is kept to its end from wherever it stands. First what is to be done: a morning does not wait for a message. A
 * crash between SNS taking a message and the ledger noting it repeats the message with the same id; nothing else can
 * repeat it, and nothing can lose it. Starting twice starts once.
 */
async function finish(delivery: Delivery, kept: KeptRecord): Promise<Untold | undefined> {
  const { ledger, announcer } = delivery;
  const { plan, state, messages } = kept;
  if (plan && state === 'recorded') await handOver(delivery, plan);
  if (messages.length > 0 && state === 'recorded') await ledger.advance(kept, 'handed-over');
  try {
    for (const message of messages) await announcer.send(message);
  } catch (error) {
    return { messages, error };
  }
  await ledger.advance(kept, 'told');
  return undefined;
}

/** Nobody is asked first whether it was announced: everybody knows the schedule. */
async function handOver({ ledger, starter }: Delivery, plan: Plan): Promise<void> {
  const recorded = await ledger.record(plan, digestOf(plan));
  await ledger.announced(recorded, plan.time);
  if (!plan.act.some(mayBeCarriedOut)) return;
  for (const part of partsOf(plan)) await starter.start(part);
  await ledger.handedOver(recorded);
}

const mayBeCarriedOut = ({ mode }: Proposal): boolean => mode === 'approve' || mode === 'auto';
