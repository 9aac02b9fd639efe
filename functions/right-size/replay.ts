import type { Money } from '../../shared/core/money.ts';
import type { Plan, Resource } from '../../shared/core/plan.ts';
import { savingsOf } from '../../shared/core/plan-message.ts';
import { METRIC_RETENTION_DAYS, type RuleId } from '../../shared/core/policy.ts';
import { DAY_MS, daysBefore } from '../../shared/core/time.ts';
import { windowOf } from '../../shared/core/window.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { type DecideContext, decide, wanted } from './decide.ts';
import { gather } from './gather.ts';
import type { Account, Look } from './run.ts';
import { typesOf } from './tick.ts';

/** What right-size would have decided on each day of a range. */
export interface Replay {
  readonly account: string;
  readonly note: string;
  readonly ticks: readonly {
    readonly time: string;
    readonly act: number;
    readonly deferred: number;
    readonly leave: number;
    readonly savings: readonly Money[];
  }[];
  readonly resources: readonly ReplayedResource[];
  readonly unreadable: Plan['unreadable'];
}

/** A resource that would have been proposed or held back on at least one day. */
interface ReplayedResource {
  readonly rule: RuleId;
  readonly resource: Resource;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly days: number;
  readonly because: string;
  readonly savings: readonly Money[];
}

const NOTE =
  "Decided for each day at 00:00 UTC from that day's metrics, on today's inventory, tags, vetoes and prices: AWS keeps no past inventory.";

/** One decision for each day of `[from, to)`, from one reading of the metrics. It reports; it records and sends nothing. */
export async function replay(range: { from: Date; to: Date }, account: Account, looking: Look): Promise<Replay> {
  const { policy, rules } = looking;
  checkReach(range, looking);
  const vetoes = await looking.ledger.vetoes(account.account, looking.now);
  const contexts = daysOf(range).map((now): DecideContext => ({ now, policy, rules, vetoes }));
  const facts = await gather(looking.sources, {
    ...account,
    types: typesOf(rules),
    range: { from: windowOf(policy, rules, range.from).from, to: range.to },
    wanted: (known) => new Map(contexts.flatMap((context) => [...wanted(known, context)])),
  });
  const plans = contexts.map((context) => decide(facts, context));
  return {
    account: account.account,
    note: NOTE,
    ticks: plans.map((plan) => ({
      time: plan.time,
      act: plan.act.length,
      deferred: plan.deferred.length,
      leave: plan.leave.length,
      savings: savingsOf(plan.act),
    })),
    resources: byResource(plans),
    unreadable: facts.unreadable,
  };
}

/** @throws {InvalidEventError} when the range is not over yet, or reaches behind what CloudWatch keeps */
function checkReach({ from, to }: { from: Date; to: Date }, { policy, rules, now }: Look): void {
  const first = windowOf(policy, rules, from).from;
  const problems = [
    ...(to > now ? ['to: not after today: a day is judged once it has begun'] : []),
    ...(first < daysBefore(METRIC_RETENTION_DAYS, now)
      ? [
          `from: too early: with the rules' windows it needs metrics from before the ${METRIC_RETENTION_DAYS} days that CloudWatch keeps`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('right-size', problems);
}

function daysOf({ from, to }: { from: Date; to: Date }): Date[] {
  const length = Math.round((to.getTime() - from.getTime()) / DAY_MS);
  return Array.from({ length }, (_, day) => new Date(from.getTime() + day * DAY_MS));
}

function byResource(plans: readonly Plan[]): ReplayedResource[] {
  const found = new Map<string, ReplayedResource>();
  for (const plan of plans) {
    const day = plan.time.slice(0, 10);
    for (const proposal of [...plan.act, ...plan.deferred]) {
      const { rule, resource, because } = proposal;
      const key = `${rule} ${resource.arn}`;
      const before = found.get(key);
      const firstDay = before?.firstDay ?? day;
      const days = (before?.days ?? 0) + 1;
      found.set(key, { rule, resource, firstDay, lastDay: day, days, because, savings: savingsOf([proposal]) });
    }
  }
  return [...found.values()].sort((a, b) => b.days - a.days || (a.resource.arn < b.resource.arn ? -1 : 1));
}
