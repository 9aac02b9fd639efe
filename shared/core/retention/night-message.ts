import { describeAction } from '../action.ts';
import { hashOf } from '../canonical.ts';
import { type Change, needsAPerson } from '../change.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from '../message.ts';
import type { Plan, Proposal } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { localTime } from '../time.ts';
import type { Coverage } from './coverage.ts';
import { describeEnding, describeKept, describeMade, endingsOf, isTrouble } from './endings.ts';
import { keyOf } from './facts.ts';
import { type Night, openUntil, plansOf, waitsFor } from './night.ts';
import { describeProtection, inNeed, moneyOf, newestText, provenText } from './night-words.ts';
import type { QuotaLine } from './quota.ts';

/** What is shown in words; the facts get what the message has room for, and the ledger has it all. */
const LIMITS = { actions: 25, databases: 40, left: 20, others: 15, inChat: 10, attributeValues: 40 } as const;

/** What is told besides the night itself. */
export interface Occasion {
  /** When the run before it was, if it is longer ago than a night. */
  readonly missedSince?: string;
  /** What earlier plans have done, and not done, since the run before. */
  readonly ended?: readonly Change[];
  /** How much had expired and waited at the run before; nothing when there was none. */
  readonly waitedBefore?: number;
  /** The days that a person asked to fill. */
  readonly fill?: { readonly from: string; readonly to: string };
}

/** One night of one account as one message: what is done and why, what is not, and the truth about each database. */
export function nightMessage(night: Night, policy: Policy, occasion: Occasion): Message {
  const text = textOf(night, policy, occasion);
  const attributes = attributesOf(night, occasion);
  const { account, time } = night;
  const plans = plansOf(night).map(({ id }) => id);
  return {
    id: hashOf({ kind: 'snapshots', account, time, plans }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${account}: ${summaryOf(night, occasion)}`),
    text,
    facts: factsOf(night, occasion, roomForFacts({ text, attributes })),
    chat: chatOf(night, occasion),
    attributes,
  };
}

const failedIn = (ended: readonly Change[]): number => ended.filter(({ outcome }) => needsAPerson(outcome)).length;

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

function summaryOf({ take, prune, coverage, quotas, unreadable }: Night, { fill, ended = [] }: Occasion): string {
  const nothing = coverage.filter(({ newest }) => !newest).length;
  const scarce = quotas.filter(({ alert }) => alert).length;
  const said = [
    ...(nothing > 0 ? [`${count(nothing, 'database')} without any snapshot`] : []),
    ...(scarce > 0 ? ['quota scarce'] : []),
    ...(unreadable.length > 0 ? ['not all could be read'] : []),
    ...(failedIn(ended) > 0 ? [`${failedIn(ended)} failed`] : []),
    ...(take?.act.length ? [`${take.act.length} to ${fill ? 'fill' : 'take'}`] : []),
    ...(prune?.act.length ? [`${prune.act.length} to delete`] : []),
  ];
  return said.length > 0 ? `snapshots: ${said.join(', ')}` : 'the snapshots are as they should be';
}

function textOf(night: Night, policy: Policy, occasion: Occasion): string {
  return [
    openingText(night, policy, occasion),
    ...neediestText(night),
    ...endedText(occasion),
    ...planText(night.take, policy, occasion.fill ? 'To fill' : 'To take and copy'),
    ...planText(night.prune, policy, 'To delete'),
    ...openText(night, policy),
    ...backlogText(night, policy, occasion),
    ...leftText(night),
    ...coverageText(night),
    ...othersText(night),
    ...quotaText(night.quotas),
    ...unreadText(night),
    costText(night),
    endText(night, policy),
  ].join('\n\n');
}

function openingText({ account, time }: Night, { timezone }: Policy, { missedSince, fill }: Occasion): string {
  const at = (iso: string) => localTime(new Date(iso), timezone);
  const head = fill
    ? `snapshot-databases was asked to fill the days from ${fill.from} to before ${fill.to} in the account ${account}, at ${at(time)}.`
    : `snapshot-databases looked at the databases of the account ${account} as of ${at(time)}.`;
  return missedSince
    ? `${head} It had not run since ${at(missedSince)}: what the nights between are lacking is caught up where AWS still has it.`
    : head;
}

/** What has nothing comes first, whatever is planned for it. */
function neediestText({ coverage }: Night): string[] {
  const nothing = coverage.filter(({ newest }) => !newest);
  if (nothing.length === 0) return [];
  const lines = nothing.slice(0, LIMITS.databases).map((one) => `- ${one.name} (${one.engine}) in ${one.scope.region}`);
  const rest = nothing.length - lines.length;
  return [['Without any good snapshot or backup:', ...lines, ...(rest > 0 ? [`And ${rest} more.`] : [])].join('\n')];
}

/** What went well in one line; what did not, a line for each reason. */
function endedText({ ended = [] }: Occasion): string[] {
  if (ended.length === 0) return [];
  const others = endingsOf(ended.filter((one) => one.outcome !== 'kept' || isTrouble(one)));
  const lines = others.slice(0, LIMITS.left).map((one) => `- ${one.outcome}: ${describeEnding(one)}`);
  const rest = others.length - lines.length;
  const head = `Since the run before: ${describeKept(ended) || 'nothing was done'}.`;
  return [[head, ...describeMade(ended), ...lines, ...(rest > 0 ? [`And ${rest} more reasons.`] : [])].join('\n')];
}

function planText(plan: Plan | undefined, policy: Policy, head: string): string[] {
  if (!plan || plan.act.length === 0) return [];
  const lines = plan.act.slice(0, LIMITS.actions).map((one, index) => `${index + 1}. ${actionText(one)}`);
  const rest = plan.act.length - lines.length;
  return [
    [
      `${head} (plan ${plan.id}):`,
      ...lines,
      ...(rest > 0 ? [`And ${rest} more: npm run answer -- show ${plan.id}`] : []),
    ].join('\n'),
    nextText(plan, policy),
  ];
}

function actionText({ action, resource, because }: Proposal): string {
  const after = waitsFor(action);
  const waits = after ? `; it waits until ${after} is deleted, whose place it takes` : '';
  const about = resource.what.replace(/^a snapshot of /, '');
  const as = action.kind === 'delete-snapshot' ? '' : ' as';
  return `${about}: ${describeAction(action)}${as} ${resource.name} in ${resource.region}, because ${because}${waits}`;
}

/** By mode: who has to do what until when, and the exact command that stops it. */
function nextText(plan: Plan, policy: Policy): string {
  const { mode } = plan.act[0] as Proposal; // one mode for all of a plan
  const until = localTime(openUntil(plan, policy), policy.timezone);
  const veto = `To stop it: npm run answer -- veto ${plan.id}`;
  if (mode === 'report') return 'What happens next: nothing. The mode is report.';
  if (mode === 'approve') {
    const isNightly = plan.function === 'snapshot-databases';
    const at = isNightly ? `the plan of the next night takes its place, and until ${until} at the latest` : until;
    return `What happens next: it waits for an approval until ${at}; then it expires.\nTo approve: npm run answer -- approve ${plan.id}\n${veto}`;
  }
  return plan.function === 'prune-snapshots'
    ? `What happens next: it is carried out when the grace of ${policy.snapshots.pruneGrace} is over.\n${veto}`
    : `What happens next: it is carried out now.\n${veto}`;
}

function openText({ open }: Night, { timezone }: Policy): string[] {
  if (open.length === 0) return [];
  const lines = open.map(
    ({ id, actions, until }) =>
      `- ${id}: ${count(actions, 'delete')} to be done, until ${localTime(new Date(until), timezone)} at the latest`,
  );
  return [['Deletes of earlier nights that are still open, and are not planned twice:', ...lines].join('\n')];
}

/** How much more waits than at the run before, which may be less. */
const grownBy = ({ backlog }: Night, { waitedBefore }: Occasion): number =>
  backlog && waitedBefore !== undefined ? backlog.waiting - waitedBefore : 0;

function backlogText(night: Night, { snapshots }: Policy, occasion: Occasion): string[] {
  if (!night.backlog) return [];
  const { waiting, oldest } = night.backlog;
  const more = grownBy(night, occasion);
  const grown = more === 0 ? '' : `, ${Math.abs(more)} ${more > 0 ? 'more' : 'fewer'} than at the run before`;
  const since = oldest ? `; the oldest data are of ${oldest.slice(0, 10)}` : '';
  const growing = more > 0 && snapshots.pruneAtMost !== undefined;
  const advice = growing
    ? ` More expires than \`snapshots.pruneAtMost\` (${snapshots.pruneAtMost}) lets go: raise it, or leave it out.`
    : '';
  return [`Expired, and waiting for a later plan: ${count(waiting, 'snapshot')}${grown}${since}.${advice}`];
}

function leftText({ left }: Night): string[] {
  if (left.length === 0) return [];
  const lines = left
    .toSorted((a, b) => Number(b.unknown ?? false) - Number(a.unknown ?? false))
    .slice(0, LIMITS.left)
    .map(({ databaseName, scope, because }) => `- ${databaseName} in ${scope.region}: ${because}`);
  const rest = left.length - lines.length;
  return [['Left out, and why:', ...lines, ...(rest > 0 ? [`And ${rest} more, in the ledger.`] : [])].join('\n')];
}

/** A line for each database, those in need first. */
function coverageText({ coverage }: Night): string[] {
  if (coverage.length === 0) return [];
  const lines = coverage.toSorted(inNeed).slice(0, LIMITS.databases).map(databaseText);
  const rest = coverage.length - lines.length;
  return [
    ['Each database:', ...lines, ...(rest > 0 ? [`And ${rest} more, which are as they should be.`] : [])].join('\n'),
  ];
}

function databaseText(one: Coverage): string {
  const copies = one.copies.map(({ destination, newest, coming, unknown }) => {
    if (unknown !== undefined) return `${destination}: unknown, ${unknown}`;
    return `${destination}: ${newestText(newest)}${coming > 0 ? `, ${coming} on their way` : ''}`;
  });
  const breach = one.rpoBreach ? `; BEYOND ITS OBJECTIVE: ${one.rpoBreach}` : '';
  const where = `${one.name} (${one.engine}) in ${one.scope.region}`;
  return `- ${where}: ${newestText(one.newest)}; copies: ${copies.join(', ') || 'none wanted'}; ${provenText(one)}${breach}`;
}

/** What Lamplighter does not snapshot, and has nothing, or of which nobody knows. */
function othersText({ coverage, protections, unlisted }: Night): string[] {
  const said = new Set(coverage.filter(({ newest }) => !newest).map(({ database }) => database.arn));
  const lines = [
    ...protections
      .filter(({ state, arn }) => state !== 'protected' && !said.has(arn))
      .map((one) => `- ${describeProtection(one)}`),
    ...unlisted.map(({ service, region, why }) => `- ${service} in ${region}: unknown, ${why}`),
  ];
  if (lines.length === 0) return [];
  const rest = lines.length - LIMITS.others;
  return [
    [
      'Not protected by anybody, as far as can be seen:',
      ...lines.slice(0, LIMITS.others),
      ...(rest > 0 ? [`And ${rest} more, in the ledger.`] : []),
    ].join('\n'),
  ];
}

function quotaText(quotas: readonly QuotaLine[]): string[] {
  const lines = quotas
    .filter(({ alert }) => alert)
    .map((one) => {
      const assumed = one.assumed ? " (AWS's default: the quota is unknown)" : '';
      const leftOut = one.leftOut > 0 ? `; ${one.leftOut} found no room` : '';
      return `- ${one.used} of ${one.allowed} manual ${one.form} snapshots in ${keyOf(one)}${assumed}, ${one.takes} to come, ${one.deletes} to go${leftOut}`;
    });
  return lines.length > 0
    ? [['The quota is nearly used up. It can be raised at Service Quotas:', ...lines].join('\n')]
    : [];
}

function unreadText({ unreadable }: Night): string[] {
  if (unreadable.length === 0) return [];
  const lines = unreadable.map((one) => `- ${keyOf(one)}: ${one.why}`);
  return [
    ['Could not be read. What is there is unknown, and nothing that it concerns is deleted:', ...lines].join('\n'),
  ];
}

function costText({ cost: { held, pruned } }: Night): string {
  if (held.atMost.length === 0 && held.unknown === 0)
    return 'Lamplighter holds no snapshots here yet, which cost nothing.';
  return `Lamplighter's snapshots cost at most ${moneyOf(held)} a month; what has expired at most ${moneyOf(pruned)} of it. Basis: ${held.basis}.`;
}

const endText = ({ account }: Night, { snapshots }: Policy): string =>
  [
    `To see one database: npx serverless invoke -f snapshot-databases -d '{"account":"${account}","database":"NAME","format":"table"}'`,
    `To leave a database alone: the tag ${snapshots.optOutTag}. To keep a snapshot: the tag ${snapshots.holdTag}, with a last day (2026-12-31) or without an end.`,
  ].join('\n');

/** The night as data; of its lists, as much as fits into so many bytes. */
function factsOf(night: Night, occasion: Occasion, bytes: number) {
  const { account, time, open, backlog, quotas, cost, unlisted, unreadable } = night;
  const plans = plansOf(night);
  const { ended = [], ...others } = occasion;
  const head = {
    version: 1,
    kind: 'snapshots',
    function: 'snapshot-databases',
    account,
    time,
    ...others,
    ended: endingsOf(ended)
      .slice(0, LIMITS.left)
      .map(({ outcome, because, changes }) => ({ outcome, because, count: changes.length })),
    plans: plans.map(({ id, hash, function: name, act }) => ({ plan: id, hash, function: name, actions: act.length })),
    open,
    ...(backlog ? { backlog } : {}),
    quotas,
    cost,
    unlisted,
    unreadable,
  };
  let room = bytes - bytesOf(head);
  const fitted = <T>(all: readonly T[]): T[] => {
    const kept = fitting(all, room);
    room -= bytesOf(kept);
    return kept;
  };
  const act = plans.flatMap(({ id, act }) =>
    act.map(({ action, mode, resource, because }, index) => ({
      plan: id,
      number: index + 1,
      mode,
      action: action.kind,
      resource,
      because,
      ...('after' in action ? { after: action.after } : {}),
    })),
  );
  const unprotected = night.protections.filter(({ state }) => state !== 'protected');
  const lists = {
    coverage: fitted(night.coverage.toSorted(inNeed)),
    act: fitted(act),
    unprotected: fitted(unprotected),
    left: fitted(night.left),
  };
  const omitted = {
    coverage: night.coverage.length - lists.coverage.length,
    act: act.length - lists.act.length,
    unprotected: unprotected.length - lists.unprotected.length,
    left: night.left.length - lists.left.length,
  };
  return { ...head, ...lists, omitted };
}

function chatOf(night: Night, occasion: Occasion): string {
  const needy = night.coverage.toSorted(inNeed).filter(({ newest, rpoBreach }) => !newest || rpoBreach);
  return [
    summaryOf(night, occasion),
    ...needy
      .slice(0, LIMITS.inChat)
      .map(({ name, scope, newest, rpoBreach }) => `• *${name}* (${scope.region}): ${rpoBreach ?? newestText(newest)}`),
    ...(needy.length > LIMITS.inChat ? [`and ${needy.length - LIMITS.inChat} more`] : []),
    ...plansOf(night)
      .filter(({ act }) => act.length > 0)
      .map(({ id, act }) => `Plan \`${id}\`: ${count(act.length, 'action')}`),
  ].join('\n');
}

function attributesOf(night: Night, occasion: Occasion): MessageAttributes {
  const { account, coverage, quotas, unreadable, left } = night;
  const proposals = plansOf(night).flatMap(({ act }) => act);
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().slice(0, LIMITS.attributeValues);
  const isWorrying =
    coverage.some(({ newest }) => !newest) ||
    quotas.some(({ alert }) => alert) ||
    unreadable.length > 0 ||
    grownBy(night, occasion) > 0 ||
    (occasion.ended ?? []).some(isTrouble) ||
    left.some(({ unknown }) => unknown);
  return {
    kind: 'snapshots',
    severity: isWorrying ? 'warning' : 'info',
    account,
    region: distinct([...coverage.map(({ scope }) => scope.region), ...unreadable.map(({ region }) => region)]),
    rule: distinct(proposals.map(({ rule }) => rule)),
    owner: [],
  };
}
