import { asOf, asWhileOn, firstChangeAfter } from '../../shared/core/as-of.ts';
import { type Break, firstBreak } from '../../shared/core/backtest.ts';
import { onHoursFor } from '../../shared/core/calendar/on-hours.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Evidence, known } from '../../shared/core/evidence.ts';
import type { EvidenceKind, Facts } from '../../shared/core/facts.ts';
import { HOURS_PER_MONTH, type Money, times, totals } from '../../shared/core/money.ts';
import { onHoursOf } from '../../shared/core/on-hours.ts';
import type { Plan, Proposal, Resource } from '../../shared/core/plan.ts';
import { savingsOf } from '../../shared/core/plan-message.ts';
import { type Cause, capIn, type Policy } from '../../shared/core/policy.ts';
import { METRIC_RETENTION_DAYS } from '../../shared/core/policy-fields.ts';
import { type Judged, judgeAll } from '../../shared/core/rules.ts';
import { DAY_MS, daysBefore, utcMidnight } from '../../shared/core/time.ts';
import { type Judgement, leave } from '../../shared/core/verdict.ts';
import { windowOf } from '../../shared/core/window.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { type DecideContext, ladderOf, planOf } from './decide.ts';
import { type OpenedAccount, openAccount, readRound } from './gather.ts';
import type { Account, Look } from './run.ts';
import { typesOf } from './tick.ts';

/** What right-size would have decided on each day of a range, and what would have come of it. */
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
  /** What would have been done with every rule approved, under the policy's caps and notices. */
  readonly done: readonly Done[];
  readonly byRule: readonly RuleTried[];
  readonly unreadable: Plan['unreadable'];
  /** What CloudWatch was asked for. */
  readonly paid: { readonly metrics: number; readonly dollars: number };
}

/** A resource that would have been proposed or held back on at least one day. */
interface ReplayedResource {
  readonly rule: Cause;
  readonly resource: Resource;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly days: number;
  readonly because: string;
  readonly savings: readonly Money[];
}

interface Done {
  readonly rule: Cause;
  readonly resource: Resource;
  readonly action: Proposal['action'];
  readonly day: string;
  /** Up to the end of the range, or to the day on which it broke. */
  readonly saved: Evidence<Money>;
  /** Unknown when days after it are. */
  readonly broken: Evidence<Break | undefined>;
}

interface RuleTried {
  readonly rule: Cause;
  readonly done: number;
  readonly saved: readonly Money[];
  readonly broken: number;
  /** Of which nobody can tell whether they would have broken something. */
  readonly unknown: number;
}

const NOTE =
  "Decided for each day at 00:00 UTC from that day's metrics, on today's inventory as it was before Lamplighter's own changes, " +
  'with today’s tags, vetoes, schedules and list prices, and what its schedule has off as while it is on: AWS keeps no past inventory, what was deleted since is not in it, and class changes ' +
  'of databases are known for 14 days.';

/** So many resources have their series in memory at once: an hourly series of 120 days is 23 kB, and a machine has up to ten. */
const AT_ONCE = 100;

/** CloudWatch's price of a metric that GetMetricData is asked for, in us-east-1; others are near. */
const DOLLARS_PER_METRIC = 0.01 / 1000;

interface Range {
  readonly from: Date;
  readonly to: Date;
}

/** One decision for each day of `[from, to)`, from one reading of the metrics. It reports; it records and sends nothing. */
export async function replay(range: Range, account: Account, looking: Look): Promise<Replay> {
  checkReach(range, looking);
  const { policy, holidays, rules, ledger, sources } = looking;
  const vetoes = await ledger.vetoes(account.account, looking.now);
  const changes = (await ledger.changes(range.from, 'unscheduled')).filter(
    (change) => change.account === account.account,
  );
  const window = { ...windowOf(policy, rules, range.from), to: looking.now };
  const onHours = onHoursOf({ policy, holidays, window });
  const contexts = daysOf(range).map((now): DecideContext => ({ now, policy, rules, vetoes, onHours }));
  const opened = await openAccount(sources, { ...account, types: typesOf(rules) });
  const past = pastOf(contexts);
  let metrics = 0;
  for (const present of inParts(opened.facts.resources)) {
    const resources = present.map((facts) => asWhileOn(facts, onHoursFor(facts.tags, { policy, onHours })));
    const part = { ...opened, facts: { ...opened.facts, resources } };
    metrics += await judgePart(part, { range, contexts, changes, looking }, past);
  }
  const empty = { ...opened.facts, resources: [] };
  const plans = past.days.map(({ judged, context }) => planOf(empty, judged, context));
  const done = tried(past, { range, account: opened.facts, policy });
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
    done,
    byRule: byRule(done),
    unreadable: opened.facts.unreadable,
    paid: { metrics, dollars: Math.round(metrics * DOLLARS_PER_METRIC * 1e4) / 1e4 },
  };
}

/** @throws {InvalidEventError} when the range is not over yet, or reaches behind what CloudWatch keeps */
function checkReach({ from, to }: Range, { policy, rules, now }: Look): void {
  const kept = daysBefore(METRIC_RETENTION_DAYS, now);
  const reach = (from.getTime() - windowOf(policy, rules, from).from.getTime()) / DAY_MS;
  const earliest = new Date(utcMidnight(kept).getTime() + (reach + 1) * DAY_MS).toISOString().slice(0, 10);
  const problems = [
    ...(to > now ? ['to: not after today: a day is judged once it has begun'] : []),
    ...(daysBefore(reach, from) < kept
      ? [
          `from: too early: with the rules' windows it needs metrics from before the ${METRIC_RETENTION_DAYS} days that CloudWatch keeps; ${earliest} is the first day`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('right-size', problems);
}

function daysOf({ from, to }: Range): Date[] {
  const length = Math.round((to.getTime() - from.getTime()) / DAY_MS);
  return Array.from({ length }, (_, day) => new Date(from.getTime() + day * DAY_MS));
}

const inParts = (resources: readonly Facts[]): Facts[][] =>
  Array.from({ length: Math.ceil(resources.length / AT_ONCE) }, (_, part) =>
    resources.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );

/** What is kept of every resource, once its series are let go of. */
interface Past {
  readonly days: readonly { readonly context: DecideContext; readonly judged: Judged[] }[];
  /** What would have come of each verdict to act. */
  readonly breaks: Map<string, Evidence<Break | undefined>>;
}

const pastOf = (contexts: readonly DecideContext[]): Past => ({
  days: contexts.map((context) => ({ context, judged: [] })),
  breaks: new Map(),
});

interface Judging {
  readonly range: Range;
  readonly contexts: readonly DecideContext[];
  readonly changes: readonly Change[];
  readonly looking: Look;
}

/** Reads what the rules lack on any day, and puts the verdicts of all days into the past. Returns how many metrics it asked for. */
async function judgePart(part: OpenedAccount, judging: Judging, past: Past): Promise<number> {
  const { range, looking } = judging;
  const reading = { ...windowOf(looking.policy, looking.rules, range.from), to: range.to };
  let metrics = 0;
  let pending = part.facts;
  while (pending.resources.length > 0) {
    const wants = new Map<Facts, EvidenceKind>();
    for (const facts of pending.resources) {
      const lacking = judgeDays(facts, judging, past);
      if (lacking) wants.set(facts, lacking);
    }
    for (const [facts, kind] of wants) metrics += looking.sources.metricsIn(facts, kind);
    pending = { ...pending, resources: [...wants.keys()] };
    pending = await readRound(looking.sources, { ...part, facts: pending }, { wants, range: reading });
  }
  return metrics;
}

/** The verdicts of a resource on every day, unless a rule lacks something on one of them: that is returned then. */
function judgeDays(facts: Facts, { range, contexts, changes, looking }: Judging, past: Past): EvidenceKind | undefined {
  const { policy } = looking;
  const all: Judged[][] = [];
  const bare = new Map<Facts, Facts>();
  for (const context of contexts) {
    const then = asOf(facts, changes, { at: context.now, policy });
    const judged = judgeAll([then], context.rules, context);
    for (const { judgement } of judged) if (judgement.verdict === 'lacks') return judgement.evidence;
    all.push(judged);
  }
  for (const [index, judged] of all.entries()) {
    const day = past.days[index];
    for (const { facts: then, rule, judgement } of judged) {
      const kept = bare.get(then) ?? withoutEvidence(then);
      bare.set(then, kept); // one for all days and rules
      day?.judged.push({ facts: kept, rule, judgement: slim(judgement) });
      if (judgement.verdict !== 'act' || !day) continue;
      const from = day.context.now;
      const changed = firstChangeAfter(changes, facts.identity, from)?.appliedAt;
      const to = changed && new Date(changed) < range.to ? utcMidnight(new Date(changed)) : range.to;
      const hours = onHoursFor(facts.tags, day.context);
      const after = { policy, from, to, onHours: hours.known ? hours.value : undefined };
      past.breaks.set(keyOf(rule, then.identity.arn, from), firstBreak(then, judgement.action, after));
    }
  }
  return undefined;
}

const withoutEvidence = (facts: Facts): Facts => ({ ...facts, evidence: {} }) as Facts;

const LEFT = leave('left');

/** Of what is left only the number is told. */
const slim = (judgement: Judgement): Judgement =>
  judgement.verdict === 'leave' ? (judgement.used ? { ...LEFT, used: true } : LEFT) : judgement;

const keyOf = (rule: Cause, arn: string, day: Date): string => `${rule} ${arn} ${day.toISOString()}`;

/** Every rule that can act as if its plans were approved on the day; what its window and notice say still holds. */
function approved(policy: Policy): Policy {
  const rules = Object.entries(policy.rules).map(([rule, own]) => [
    rule,
    'cap' in own ? { ...own, mode: 'approve' } : own,
  ]);
  return { ...policy, rules: Object.fromEntries(rules) as Policy['rules'] };
}

/** Day by day under the caps and notices: what is done once is not proposed again. */
function tried(
  { days, breaks }: Past,
  { range, account, policy }: { range: Range; account: OpenedAccount['facts']; policy: Policy },
): Done[] {
  const inForce = approved(policy);
  const done = new Map<string, Done>();
  let ladder: DecideContext['ladder'] = [];
  for (const { context, judged } of days) {
    const left = judged.filter(({ facts }) => !done.has(facts.identity.arn));
    const now = { ...context, policy: inForce, ladder };
    const plan = planOf({ ...account, resources: [] }, left, now);
    ladder = ladderOf(left, plan, now);
    for (const proposal of carriedOut(plan.act, inForce)) {
      const { rule, resource, action, saving } = proposal;
      const broken = breaks.get(keyOf(rule, resource.arn, context.now)) ?? known(undefined);
      const until = broken.known && broken.value ? new Date(broken.value.day) : range.to;
      const months = (until.getTime() - context.now.getTime()) / 3_600_000 / HOURS_PER_MONTH;
      const saved = saving.known ? known(times(months, saving.value.monthly)) : saving;
      done.set(resource.arn, { rule, resource, action, day: plan.time.slice(0, 10), saved, broken });
    }
  }
  return [...done.values()];
}

/** What is not under notice, as many as a day may have. */
function carriedOut(act: readonly Proposal[], policy: Policy): Proposal[] {
  const free = act.filter(({ notice }) => !notice);
  return [...Map.groupBy(free, ({ rule }) => rule)].flatMap(([rule, proposals]) =>
    proposals.slice(0, capIn(policy, rule)?.perDay ?? 0),
  );
}

function byRule(done: readonly Done[]): RuleTried[] {
  return [...Map.groupBy(done, ({ rule }) => rule)].map(([rule, ofRule]) => ({
    rule,
    done: ofRule.length,
    saved: totals(ofRule.flatMap(({ saved }) => (saved.known ? [saved.value] : []))),
    broken: ofRule.filter(({ broken }) => broken.known && broken.value).length,
    unknown: ofRule.filter(({ broken }) => !broken.known).length,
  }));
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
