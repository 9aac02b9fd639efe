import { formatMoney, type Money } from '../../shared/core/money.ts';
import { countsOf, type Plan, type Proposal } from '../../shared/core/plan.ts';
import { savingsOf } from '../../shared/core/plan-message.ts';
import { textTable } from '../../shared/core/table.ts';
import type { Explanation } from './explain.ts';
import type { Replay } from './replay.ts';
import type { Outcome } from './run.ts';

/** What the caller of a full run gets; the plan itself is in the ledger. */
export function outcomeReport({ plan, said }: Outcome) {
  const { act, deferred, leave: _, ...head } = plan;
  return { ...head, ...said, counts: countsOf(plan), savings: savingsOf(act), act, deferred };
}

/** Every verdict of some plans, one line each. */
export function planTable(plans: readonly Plan[]): string {
  const rows = plans.flatMap((plan) => [
    ...plan.act.map((one) => [...columns(plan, one), 'act', savingOf(one), one.because]),
    ...plan.deferred.map((one) => [
      ...columns(plan, one),
      'deferred',
      savingOf(one),
      `${one.because}; ${one.deferredBecause}`,
    ]),
    ...plan.leave.map((one) => [...columns(plan, one), 'leave', '', one.because]),
  ]);
  const table = textTable(['account', 'region', 'resource', 'rule', 'verdict', 'saves', 'because'], rows);
  const unread = plans.flatMap((plan) =>
    plan.unreadable.map((one) => `${one.account} ${one.what}s in ${one.region}: unknown, ${one.why}`),
  );
  return [table, ...unread].join('\n');
}

const columns = (plan: Plan, { resource, rule }: Pick<Proposal, 'resource' | 'rule'>): string[] => [
  plan.account,
  resource.region,
  resource.name,
  rule,
];

const savingOf = ({ saving }: Proposal): string => (saving.known ? formatMoney(saving.value.monthly) : 'unknown');

export function explanationTable(explanations: readonly Explanation[]): string {
  return explanations.map(explanationText).join('\n\n');
}

function explanationText({ resource, evidence, verdicts }: Explanation): string {
  const rules = verdicts.map(({ rule, mode, verdict, because, saving }) => [
    rule,
    mode,
    verdict,
    saving ?? '',
    because,
  ]);
  const read = Object.entries(evidence).map(([kind, one]) => [
    kind,
    one.known ? inWords(one.value) : `unknown: ${one.why}`,
  ]);
  return [
    `${resource.name}  ${resource.arn}`,
    textTable(['rule', 'mode', 'verdict', 'saves', 'because'], rules),
    textTable(['evidence', 'value'], read),
  ].join('\n\n');
}

/** Evidence of any kind in one line: days as a list with `-` for those without data. */
function inWords(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  if ('firstDay' in value && 'values' in value)
    return daily(value.firstDay as Date, value.values as (number | undefined)[]);
  if ('currency' in value) return formatMoney(value as Money);
  return JSON.stringify(value);
}

function daily(firstDay: Date, values: readonly (number | undefined)[]): string {
  const days = Array.from(values, (value) => (value === undefined ? '-' : String(Math.round(value * 10) / 10)));
  return `from ${firstDay.toISOString().slice(0, 10)}: ${days.join(' ')}`;
}

export function replayTable(replays: readonly Replay[]): string {
  return replays.map(replayText).join('\n\n');
}

function replayText({ account, note, ticks, resources }: Replay): string {
  const days = ticks.map(({ time, act, deferred, leave, savings }) => [
    time.slice(0, 10),
    String(act),
    String(deferred),
    String(leave),
    savings.map(formatMoney).join(' + '),
  ]);
  const found = resources.map((one) => [
    one.resource.name,
    one.resource.region,
    one.rule,
    String(one.days),
    one.firstDay,
    one.lastDay,
    one.savings.map(formatMoney).join(' + ') || 'unknown',
  ]);
  return [
    `account ${account}. ${note}`,
    textTable(['day', 'act', 'deferred', 'leave', 'saves a month'], days),
    textTable(['resource', 'region', 'rule', 'days', 'first', 'last', 'saves a month'], found),
  ].join('\n\n');
}
