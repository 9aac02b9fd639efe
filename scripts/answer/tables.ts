import { describeAction } from '../../shared/core/action.ts';
import {
  isDecided,
  isDoneAtOnce,
  lastDeadline,
  type PlanAnswers,
  standingOf,
  wantsAnswer,
} from '../../shared/core/answer.ts';
import { nameOfPerson } from '../../shared/core/approvers.ts';
import { type Change, inverseOf, stands } from '../../shared/core/change.ts';
import { formatMoney, totals } from '../../shared/core/money.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import type { Policy } from '../../shared/core/policy.ts';
import { type Anomaly, impactOf, monthlyOf } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { textTable } from '../../shared/core/table.ts';
import { localTime } from '../../shared/core/time.ts';

/** Under which policy something is shown, and when. */
export interface Showing {
  readonly policy: Policy;
  readonly now: Date;
}

/** A plan with all that was said about it. */
export interface KnownPlan {
  readonly plan: Plan;
  readonly answers: PlanAnswers;
  readonly supersededBy?: string;
}

/** Whether an answer would still count. */
function awaitsAnswer({ plan, answers, supersededBy }: KnownPlan, { policy, now }: Showing): boolean {
  const deadline = lastDeadline(plan, policy);
  return deadline !== undefined && now < deadline && !supersededBy && !isDecided(plan, answers);
}

/** The plans that wait for somebody, newest first. */
export function listText(known: readonly KnownPlan[], showing: Showing): string {
  const waiting = known.filter((one) => awaitsAnswer(one, showing));
  if (waiting.length === 0) return 'No plan waits for an answer.';
  const rows = waiting.map(({ plan }) => [
    plan.id,
    plan.account,
    span(showing.now.getTime() - Date.parse(plan.time)),
    span((lastDeadline(plan, showing.policy)?.getTime() ?? 0) - showing.now.getTime()),
    String(plan.act.filter(wantsAnswer).length),
    moneyOf(plan.act.filter(wantsAnswer)),
  ]);
  return textTable(['plan', 'account', 'age', 'expires in', 'actions', 'saves a month'], rows);
}

/** The open anomalies, the dearest first, with what was said about each. */
export function anomaliesText(
  open: readonly { readonly anomaly: Anomaly; readonly answer?: SpendAnswer | undefined }[],
): string {
  const rows = open.map(({ anomaly, answer }) => {
    const money = (amount: number) => formatMoney({ currency: anomaly.currency, amount });
    return [
      anomaly.id,
      anomaly.account,
      anomaly.service,
      anomaly.provisional ? `${anomaly.kind}, provisional` : anomaly.kind,
      money(impactOf(anomaly)),
      money(monthlyOf(anomaly)),
      answer ? `${answer.say}${answer.until ? ` until ${answer.until}` : ''} by ${nameOfPerson(answer.by)}` : '',
    ];
  });
  return textTable(['anomaly', 'account', 'service', 'kind', 'so far', 'a month', 'answer'], rows);
}

/** Everything about one plan that a person needs to say yes or no, and what became of it. */
export function showText(known: KnownPlan & { readonly changes: readonly Change[] }, showing: Showing): string {
  const { plan, changes } = known;
  const numbered = plan.act.map((proposal, index) => ({ proposal, number: index + 1 }));
  const rows = numbered.map(({ proposal, number }) => [
    String(number),
    proposal.resource.name,
    proposal.resource.region,
    describeAction(proposal.action),
    proposal.mode,
    savingText(proposal),
    proposal.undo.reversibility,
    standingText(number, known, changes),
  ]);
  return [
    headText(known, showing),
    plan.act.length === 0
      ? 'The plan proposes nothing.'
      : textTable(['#', 'resource', 'region', 'action', 'mode', 'saves a month', 'undo', 'standing'], rows),
    ...numbered.map(({ proposal, number }) => actionText(number, { proposal, known, changes, showing })),
    ...nextText(known, showing),
  ].join('\n\n');
}

function headText({ plan, answers, supersededBy }: KnownPlan, { policy, now }: Showing): string {
  const deadline = lastDeadline(plan, policy);
  const asked = plan.act.some((proposal) => wantsAnswer(proposal) && !isDoneAtOnce(proposal));
  const time = (date: Date) => localTime(date, policy.timezone);
  const left = (end: Date) => (now < end ? `in ${span(end.getTime() - now.getTime())}` : 'over');
  return [
    `plan ${plan.id}`,
    `hash ${plan.hash}`,
    `by ${plan.function} for the account ${plan.account}, as of ${time(new Date(plan.time))}`,
    ...(deadline
      ? [asked ? `to be answered until ${time(deadline)} (${left(deadline)})` : AT_ONCE]
      : ['only reported: nobody is asked']),
    ...(supersededBy ? [`the newer plan ${supersededBy} has taken its place`] : []),
    ...[...(answers.approval ? [answers.approval] : []), ...answers.vetoes].map(({ say, by, at, actions, note }) => {
      const which = actions ? `action ${actions.join(', ')}` : 'all of it';
      return `${say === 'approve' ? 'approved' : 'vetoed'}: ${which}, by ${nameOfPerson(by)} at ${time(new Date(at))}${note ? `: ${note}` : ''}`;
    }),
  ].join('\n');
}

const AT_ONCE = 'carried out at once: it waits for nobody, and a veto counts for what has not begun';

interface Told {
  readonly proposal: Proposal;
  readonly known: KnownPlan;
  readonly changes: readonly Change[];
  readonly showing: Showing;
}

function actionText(number: number, { proposal, known, changes, showing }: Told): string {
  const { resource, action, because, rule, saving, undo } = proposal;
  const change = changeOf(known.plan, number, changes);
  const owner = resource.owner ? `, owner ${resource.owner}` : '';
  return [
    `${number}. ${resource.name} (${resource.what})${owner}`,
    `   ${resource.arn}`,
    `   ${describeAction(action)}, because ${because} [${rule}]`,
    ...(saving.known ? [] : [`   saving unknown: ${saving.why}`]),
    ...(saving.known && saving.value.stillBilled.length > 0
      ? [`   goes on being billed: ${saving.value.stillBilled.join(', ')}`]
      : []),
    `   undo: ${undo.reversibility}${undo.loses ? `, but not ${undo.loses}` : ''}`,
    ...(change ? [`   ${outcomeText(change, showing)}`] : []),
    ...(change && stands(change) && inverseOf(change.proposal.action)
      ? [`   to take it back: npm run answer -- undo ${change.id}`]
      : []),
  ].join('\n');
}

function outcomeText(
  { id, outcome, because, finishedAt, endedAt, endedBecause }: Change,
  { policy: { timezone } }: Showing,
): string {
  const time = (at: string) => localTime(new Date(at), timezone);
  const ended = endedAt ? `; ended at ${time(endedAt)}${endedBecause ? `: ${endedBecause}` : ''}` : '';
  return `change ${id}: ${outcome} at ${time(finishedAt)}, ${because}${ended}`;
}

function nextText(known: KnownPlan, showing: Showing): string[] {
  if (!awaitsAnswer(known, showing)) return [];
  const { id } = known.plan;
  return [`To answer: npm run answer -- approve ${id} [--only 1,3], or: npm run answer -- veto ${id} [--only 1,3]`];
}

function standingText(number: number, { plan, answers }: KnownPlan, changes: readonly Change[]): string {
  const change = changeOf(plan, number, changes);
  if (change) return change.endedAt ? `${change.outcome}, ended` : change.outcome;
  const said = standingOf(number, answers);
  if (said.standing !== 'open') return `${said.standing} by ${nameOfPerson(said.by)}`;
  return wantsAnswer(plan.act[number - 1] ?? { mode: 'report' }) ? 'open' : 'reported';
}

const changeOf = (plan: Plan, number: number, changes: readonly Change[]): Change | undefined =>
  changes.find(({ id }) => id === `${plan.id}/${number}`);

const savingText = ({ saving }: Proposal): string => (saving.known ? formatMoney(saving.value.monthly) : 'unknown');

function moneyOf(proposals: readonly Proposal[]): string {
  const known = totals(proposals.flatMap(({ saving }) => (saving.known ? [saving.value.monthly] : [])));
  return known.map(formatMoney).join(' + ') || 'unknown';
}

/** `5m`, `3h`, `2d 4h`: as long as somebody needs it exactly. */
export function span(milliseconds: number): string {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`;
  return hours > 0 ? `${hours}h` : `${minutes}m`;
}
