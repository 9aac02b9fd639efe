import { hashOf } from '../../shared/core/canonical.ts';
import type { Message } from '../../shared/core/message.ts';
import { digestOf, type Plan, partsOf } from '../../shared/core/plan.ts';
import { type Policy, policyHash } from '../../shared/core/policy.ts';
import { parseHours } from '../../shared/core/quantity.ts';
import { followBreaches } from '../../shared/core/retention/breach.ts';
import { breachMessage } from '../../shared/core/retention/breach-message.ts';
import type { DayRange } from '../../shared/core/retention/due.ts';
import {
  hasSomethingToSay,
  mayBeCarriedOut,
  type Night,
  oldestOpen,
  openUntil,
  plansOf,
  saidOf,
} from '../../shared/core/retention/night.ts';
import { nightMessage } from '../../shared/core/retention/night-message.ts';
import type { Announcer, RunKey, Starter } from '../../shared/ports.ts';
import type { SnapshotLedger, SnapshotRun } from '../../shared/ports-snapshots.ts';
import { alone } from '../../shared/runtime/alone.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import type { FillNight } from './decide.ts';
import { follow } from './followed.ts';
import { type NightReport, nightReport } from './report.ts';

/** What runs are made of, and the delivery that they work for. */
export interface Delivery {
  readonly ledger: SnapshotLedger;
  readonly announcer: Announcer;
  readonly starter: Starter;
  readonly policy: Policy;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
  /** The clock of the machine: a turn ends in real time, not in the tick's. */
  readonly clock: () => Date;
}

export interface Tick {
  /** The account that the function itself runs in: one run at a time is at work. */
  readonly own: string;
  readonly now: Date;
  /** With those that only keep copies. */
  readonly accounts: readonly string[];
}

/** What became of the run of one account. */
export interface Outcome {
  readonly report: NightReport;
  /** `nothing`: there was no news. `before`: another delivery of the tick, or an earlier plan, has said it. */
  readonly said: 'sent' | 'nothing' | 'before';
}

/** What reads and decides, given the plans of deletes that are open. */
export type Look<N extends Night> = (open: readonly Plan[]) => Promise<readonly N[]>;

/**
 * One tick, from the databases to the hand-over, account by account. The ledger takes everything that a run has decided and
 * has to say at once, and only then does any of it count: a second delivery goes on from where the first one stopped.
 */
export const run = (delivery: Delivery, tick: Tick, look: Look<Night>): Promise<Outcome[]> =>
  inTurn(delivery, tick, async () => {
    const keys = tick.accounts.map((account) => keyOf('snapshot-databases', account, tick));
    const runs = await Promise.all(keys.map((key) => delivery.ledger.snapshotRun(key)));
    const nights = runs.every(Boolean) ? [] : await look(await openPlans('prune-snapshots', delivery, tick));
    return eachAccount(keys, async (key) => {
      const before = runs.find((one) => one?.account === key.account);
      const night = nights.find(({ account }) => account === key.account);
      if (before) return { report: before.report as NightReport, said: await finish(delivery, before) };
      if (!night) throw new Error(`nothing was decided for the account ${key.account}`);
      const recorded = await record(delivery, key, night);
      return { report: nightReport(night), said: await finish(delivery, recorded) };
    });
  });

/** What a person asked to fill: a plan of its own, once. What an earlier one still does is not planned again. */
export const runFill = (
  delivery: Delivery,
  tick: Tick & { readonly fill: DayRange },
  look: Look<FillNight>,
): Promise<Outcome[]> =>
  inTurn(delivery, tick, async () => {
    const open = await openPlans('fill-snapshots', delivery, tick);
    const nights = await look([]);
    return eachAccount(nights, async (night): Promise<Outcome> => {
      const report = nightReport(night);
      const { act } = night.take;
      if (!act.some(mayBeCarriedOut)) return { report, said: 'nothing' };
      const earlier = open.findLast(({ account }) => account === night.account);
      const planned = new Set(earlier?.act.map(({ resource }) => resource.arn));
      if (earlier && act.every(({ resource }) => planned.has(resource.arn))) {
        return { report: { ...report, plans: [earlier.id] }, said: 'before' };
      }
      const key = keyOf('fill-snapshots', night.account, tick);
      const recorded: SnapshotRun = {
        ...key,
        state: 'recorded',
        plans: [night.take],
        messages: [nightMessage(night, delivery.policy, { fill: tick.fill })],
        digest: hashOf(act.map(({ resource }) => resource.arn)),
        saidAt: key.time,
        breaches: [],
        waiting: 0,
        following: [],
        report,
      };
      await delivery.ledger.recordSnapshotRun(recorded);
      return { report, said: await finish(delivery, recorded) };
    });
  });

const inTurn = <T>(delivery: Delivery, { own }: Tick, work: () => Promise<T>): Promise<T> =>
  alone({ ...delivery, turns: delivery.ledger, of: own }, work);

const keyOf = (name: string, account: string, { now }: Tick): RunKey => ({
  function: name,
  account,
  time: now.toISOString(),
});

/** The plans of a function that may still be carried out under the policy in force, the oldest first. */
async function openPlans(name: string, { ledger, policy }: Delivery, { accounts, now }: Tick): Promise<Plan[]> {
  const reach = { from: oldestOpen(now, policy), to: now };
  const runs = await Promise.all(accounts.map((account) => ledger.runsBetween({ function: name, account }, reach)));
  const begun = runs.flat().filter(({ state }) => state === 'handed-over');
  const plans = await Promise.all([...new Set(begun.map(({ planId }) => planId))].map((id) => ledger.plan(id)));
  return plans.filter((plan) => plan.policyHash === policyHash(policy) && now < openUntil(plan, policy));
}

/** Everything that the run has decided, and what it has to say: first of all what is beyond its objective. */
async function record({ ledger, policy }: Delivery, key: RunKey, night: Night): Promise<SnapshotRun> {
  const before = await ledger.snapshotRunBefore(key);
  const { ended, following } = await follow(ledger, key, before);
  const now = new Date(key.time);
  const { standing, told } = followBreaches(before?.breaches ?? [], { ...night, now, timezone: policy.timezone });
  const digest = saidOf(night);
  const isNew = needsSaying(night) || !isSaid(digest, before, { policy, now });
  const isNews = ended.length > 0 || (hasSomethingToSay(night) && isNew);
  const messages: Message[] = [
    ...(told.length > 0 ? [breachMessage(told, night, policy)] : []),
    ...(isNews ? [nightMessage(night, policy, { ...missed(before, now), ...waited(before), ended })] : []),
  ];
  const run: SnapshotRun = {
    ...key,
    state: 'recorded',
    plans: plansOf(night),
    messages,
    digest,
    saidAt: isNews ? key.time : (before?.saidAt ?? key.time),
    breaches: standing,
    waiting: night.backlog?.waiting ?? 0,
    following,
    report: nightReport(night),
  };
  await ledger.recordSnapshotRun(run);
  return run;
}

/** What waits for people or is about to be done has to be said, however often. */
const needsSaying = (night: Night): boolean => plansOf(night).some(({ act }) => act.some(mayBeCarriedOut));

function isSaid(
  digest: string,
  before: SnapshotRun | undefined,
  { policy, now }: { policy: Policy; now: Date },
): boolean {
  if (before?.digest !== digest) return false;
  return now.getTime() - Date.parse(before.saidAt) < parseHours(policy.defaults.remindAfter) * HOUR_MS;
}

const HOUR_MS = 3_600_000;

/** A night is a day apart from the next one; more than this, and one was missed. */
const A_NIGHT_MS = 36 * HOUR_MS;

const missed = (before: SnapshotRun | undefined, now: Date) =>
  before && now.getTime() - Date.parse(before.time) > A_NIGHT_MS ? { missedSince: before.time } : {};

const waited = (before: SnapshotRun | undefined) => (before ? { waitedBefore: before.waiting } : {});

/**
 * Brings a recorded run to its end from wherever it stands. A crash between SNS taking a message and the ledger noting it
 * repeats the message with the same id; nothing else can repeat it, and nothing can lose it. Starting twice starts once.
 */
async function finish({ ledger, announcer, starter }: Delivery, run: SnapshotRun): Promise<Outcome['said']> {
  if (run.state === 'handed-over') return 'before';
  const plans = [];
  for (const plan of run.plans) plans.push({ plan, recorded: await ledger.record(plan, digestOf(plan)) });
  if (run.state === 'recorded') {
    for (const message of run.messages) await announcer.send(message);
    await ledger.advance(run, 'announced');
  }
  for (const { plan, recorded } of plans) {
    await ledger.announced(recorded, run.time);
    if (!plan.act.some(mayBeCarriedOut)) continue;
    for (const part of partsOf(plan)) await starter.start(part);
    await ledger.handedOver(recorded);
  }
  await ledger.advance(run, 'handed-over');
  return run.messages.length > 0 ? 'sent' : 'nothing';
}
