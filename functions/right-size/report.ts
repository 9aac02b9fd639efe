import { describeAction } from '../../shared/core/action.ts';
import { formatMoney } from '../../shared/core/money.ts';
import { countsOf, type Plan, type Proposal } from '../../shared/core/plan.ts';
import { savingsOf } from '../../shared/core/plan-message.ts';
import { textTable } from '../../shared/core/table.ts';
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
    ...(plan.findings ?? []).map((one) => [
      ...columns(plan, one),
      one.kind,
      one.saving ? savingOf({ saving: one.saving }) : '',
      `${one.because}; ${one.note}; to do: ${one.step}`,
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

const savingOf = ({ saving }: Pick<Proposal, 'saving'>): string =>
  saving.known ? formatMoney(saving.value.monthly) : 'unknown';

export function replayTable(replays: readonly Replay[]): string {
  return replays.map(replayText).join('\n\n');
}

function replayText({ account, note, ticks, resources, done, byRule, paid }: Replay): string {
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
  const tried = byRule.map((one) => [
    one.rule,
    String(one.done),
    one.saved.map(formatMoney).join(' + ') || 'unknown',
    String(one.broken),
    String(one.unknown),
  ]);
  const each = done.map(({ day, resource, action, rule, saved, broken }) => [
    day,
    resource.name,
    describeAction(action),
    rule,
    saved.known ? formatMoney(saved.value) : 'unknown',
    broken.known ? (broken.value ? `${broken.value.day}: ${broken.value.because}` : 'no') : `unknown: ${broken.why}`,
  ]);
  return [
    `account ${account}. ${note}`,
    textTable(['day', 'act', 'deferred', 'leave', 'saves a month'], days),
    textTable(['resource', 'region', 'rule', 'days', 'first', 'last', 'saves a month'], found),
    'With every plan approved on its day, under the caps and notices of the policy:',
    textTable(['rule', 'done', 'saved in the range', 'broken', 'unknown'], tried),
    textTable(['day', 'resource', 'done', 'rule', 'saved', 'broken'], each),
    `CloudWatch was asked for ${paid.metrics} metrics, about $${paid.dollars.toFixed(2)}.`,
  ].join('\n\n');
}
