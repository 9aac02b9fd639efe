import type { Announcer, Starter } from '../../shared/ports.ts';
import type { RemediationLedger } from '../../shared/ports-remediation.ts';
import { check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { AccountsFailedError } from '../../shared/runtime/errors.ts';
import { log } from '../../shared/runtime/log.ts';
import { type Arrived, arrive, lookAgain } from './arrive.ts';
import { askingOf } from './asking.ts';
import { type RemediateEvent, refuseRange, refuseTick } from './event.ts';
import { type Sources, sourcesOf } from './gather.ts';
import { answerPast } from './past.ts';
import { answerQuestion } from './question.ts';

/** What remediate-alarm is made of; each is one deployment's, over many deliveries. */
export interface Ports {
  readonly ledger: RemediationLedger;
  readonly clock: () => Date;
  /** Ends by itself after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** Asked for at once and awaited when it is needed: its code is loaded while the ledger answers. */
  readonly looking: () => Promise<Looking>;
}

/** What looks at alarms, tells of them, and hands plans over. */
export interface Looking extends Pick<Sources, 'alarms' | 'reader'> {
  readonly announcer: Announcer;
  readonly starter: Starter;
  /** What `check` tries. */
  readonly needs: Needs;
}

/**
 * Alarms that events tell of, those that are due again, and one that a person names, are looked into, recorded, handed over and
 * told. What is only asked for (`mode: report`) or of the past (`from`, `to`) is answered to the caller and leaves no trace.
 * @returns of a batch of the queue, what is to come again
 */
export const handle = (ports: Ports) => async (event: RemediateEvent, tick: Tick) => {
  if ('messages' in event) return answerBatch(ports, event, tick);
  if ('changes' in event) return orThrow(await arrive(ports, event.changes, tick));
  if (event.time) {
    refuseTick(event.time, ports.clock());
    return orThrow(await lookAgain(ports, tick));
  }
  if (event.check) {
    const { needs } = await ports.looking();
    return check(needs, { own: tick.own, now: tick.time, scopes: event.scopes });
  }
  const { from, to } = event;
  if (from && to) refuseRange({ from, to }, ports.clock());
  const [stored, looking] = await Promise.all([ports.ledger.currentPolicy(), ports.looking()]);
  const asking = askingOf(stored?.policy, tick);
  const inquiry = { question: event, asking, holder: tick.requestId };
  if (from && to) return answerPast(sourcesOf({ ...ports, ...looking }, asking), inquiry, { from, to });
  return answerQuestion({ ...ports, ...looking }, inquiry);
};

/** What could not be handled comes again; the rest is not done twice. */
async function answerBatch(
  ports: Ports,
  { messages }: Extract<RemediateEvent, { readonly messages: unknown }>,
  tick: Tick,
): Promise<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }> {
  const changes = messages.flatMap(({ told }) => ('change' in told ? [told.change] : []));
  const failed = new Set((await arrive(ports, changes, tick)).flatMap((one) => ('error' in one ? [one.account] : [])));
  const again = messages.filter(({ id, told }) => {
    if ('change' in told) return failed.has(told.change.alarm.scope.account);
    log.error('not an alarm', { message: id, problem: told.problem });
    return true; // until it is a dead letter, where somebody sees it
  });
  return { batchItemFailures: again.map(({ id }) => ({ itemIdentifier: id })) };
}

/** @throws {AccountsFailedError} when any account failed */
function orThrow(arrived: readonly Arrived[]): readonly Arrived[] {
  const failures = arrived.flatMap((one) => ('error' in one ? [{ account: one.account, cause: one.error }] : []));
  if (failures.length > 0) throw new AccountsFailedError(failures, arrived.length - failures.length);
  return arrived;
}
