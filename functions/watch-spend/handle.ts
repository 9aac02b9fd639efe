import { type Policy, parsePolicy } from '../../shared/core/policy.ts';
import { addDays, dayOf } from '../../shared/core/spend/day.ts';
import { selfTestMessage } from '../../shared/core/spend/spend-message.ts';
import type { StoredPolicy } from '../../shared/ports.ts';
import { check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { log } from '../../shared/runtime/log.ts';
import { refuseFuture, type SpendEvent } from './event.ts';
import type { Sources } from './gather.ts';
import { judgedAt, look, type Question } from './look.ts';
import { firstKept } from './read-bill.ts';
import { type Report, reportTable } from './report.ts';
import { type Delivery, type Tick as RunTick, run } from './run.ts';

/** What watch-spend is made of; each is one deployment's, over many ticks. */
export interface Ports extends Sources, Pick<Delivery, 'ledger' | 'clock' | 'announcer'> {
  /** What `check` tries. */
  readonly needs: Needs;
}

/** A tick, and the policy that is in force at it, if somebody stored one. */
export interface JudgedTick extends Tick {
  readonly stored: StoredPolicy | undefined;
}

/**
 * A tick, a billing alarm and a range are recorded and told. What is narrowed without a range (`account`, `service`) or only
 * asked for (`mode: report`) is answered to the caller and leaves no trace.
 */
export const handle = (ports: Ports) => async (event: SpendEvent, tick: JudgedTick) => {
  if (event.check) return check(ports.needs, { own: tick.own, now: tick.time, scopes: event.scopes });
  refuseFuture(event, ports.clock());
  const policy = tick.stored?.policy ?? parsePolicy({});
  const payer = policy.spend.payer ?? tick.own.account;
  refuseForeignAlarm(event, [payer, tick.own.account]);
  const delivery: Delivery = { ...ports, holder: tick.requestId };
  if (event.selfTest) return selfTest(delivery, { payer, now: tick.time });

  const question = questionOf(event, { payer, policy, now: tick.time });
  const answered = await answer(delivery, event, question);
  const { anomalies, ...figures } = answered.report;
  const { said, occasion } = answered;
  log.info('spend', { ...figures, occasion, said, anomalies: anomalies.length });
  return event.format === 'table' ? reportTable(answered.report) : { ...answered.report, said };
};

async function answer(delivery: Delivery, event: SpendEvent, question: Question) {
  const isNarrowed = event.account !== undefined || event.service !== undefined;
  const { payer, now } = question;
  if (event.mode || (isNarrowed && !question.occasion.backfill)) {
    const { report } = await look(delivery, question);
    return { report: report as Report, said: 'nothing: only asked for', occasion: 'look' };
  }
  const tick = { payer, now, ...occasionOf(question) };
  const { report, said } = await run(delivery, tick, () => look(delivery, question));
  // An alarm counts the daily ones (infra/alarms.yml).
  return { report: report as Report, said, occasion: tick.occasion ?? 'daily' };
}

function occasionOf({ occasion: { alarm, backfill } }: Question): Pick<RunTick, 'occasion'> {
  if (backfill) return { occasion: 'backfill' };
  return alarm ? { occasion: 'alarm' } : {};
}

/** Recorded like every run, so that a second delivery sends no second message. */
async function selfTest(delivery: Delivery, { payer, now }: Pick<Question, 'payer' | 'now'>) {
  const time = now.toISOString();
  const message = selfTestMessage(payer, time);
  const found = {
    payer,
    time,
    state: 'recorded' as const,
    anomalies: [],
    message,
    report: { payer, time, selfTest: true },
  };
  const { report, said } = await run(delivery, { payer, now, occasion: 'self-test' }, async () => found);
  return { ...(report as object), said };
}

function questionOf(event: SpendEvent, { payer, policy, now }: { payer: string; policy: Policy; now: Date }): Question {
  const { from = event.day, account, service, alarm } = event;
  const to = event.to ?? (event.day && addDays(event.day, 1));
  const head = { payer, policy, now, only: { account, service } };
  if (!from || !to) {
    return { ...head, judged: judgedAt(now, alarm), occasion: alarm ? { alarm } : {} };
  }
  refuseRange({ from, to }, now);
  return { ...head, judged: { from, to }, occasion: { backfill: { from, to } } };
}

/** @throws {InvalidEventError} when the range is not over yet, or reaches behind what Cost Explorer keeps */
function refuseRange({ from, to }: Question['judged'], now: Date): void {
  const problems = [
    ...(to > dayOf(now) ? ['to: not after today: a day is judged once it is over'] : []),
    ...(from < firstKept(now)
      ? [`from: not before ${firstKept(now)}: Cost Explorer keeps thirteen months and the running one`]
      : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('watch-spend', problems);
}

/** @throws {InvalidEventError} for an alarm of an account that is neither the hub's nor the payer's */
function refuseForeignAlarm({ alarm }: SpendEvent, own: readonly string[]): void {
  if (alarm && !own.includes(alarm.account)) {
    throw new InvalidEventError('watch-spend', [`alarm.account: one of ${[...new Set(own)].join(', ')}`]);
  }
}
