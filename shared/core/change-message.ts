import { describeAction } from './action.ts';
import { hashOf } from './canonical.ts';
import { type Change, type ChangeState, callsAPerson, inverseOf } from './change.ts';
import { consoleLink } from './identity.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from './message.ts';
import { describeSaving } from './money.ts';
import { isRemediation, type Plan } from './plan.ts';
import { alarmFact, alarmLines } from './remediation/ended.ts';
import { localTime } from './time.ts';

/** What is shown in words; the facts get what the message has room for, and the ledger has them all. */
const LIMITS = { inText: 25, inChat: 10 } as const;

/** How the actions of one plan ended, as one message: what needs somebody first, then the dearest. */
export function changesMessage(plan: Plan, ended: readonly Change[], timezone: string): Message {
  const changes = [...ended].sort((a, b) => urgencyOf(a) - urgencyOf(b) || worthOf(b) - worthOf(a));
  const worst = changes.some(callsAPerson);
  const text = textOf(plan, changes, timezone);
  const alarm = changes.length === 1 ? changes[0]?.proposal.alarm : undefined;
  const attributes: MessageAttributes = {
    kind: 'changes',
    severity: worst ? 'critical' : changes.some(deservesALook) ? 'warning' : 'info',
    account: plan.account,
    region: distinct(changes.map(({ proposal }) => proposal.resource.region)),
    rule: distinct(changes.map(({ proposal }) => proposal.rule)),
    owner: distinct(changes.flatMap(({ proposal }) => proposal.resource.owner ?? [])),
  };
  const said = ended.map(({ id, outcome, endedAt }) => ({ id, outcome, endedAt }));
  return {
    id: hashOf({ plan: plan.id, said }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${plan.account}: ${headline(changes)}${worst ? ', a person is needed' : ''}`),
    text,
    facts: factsOf(plan, changes, roomForFacts({ text, attributes })),
    chat: chatOf(changes),
    attributes,
    ...(alarm ? { thread: `alarm ${alarm.arn}` } : {}),
  };
}

/** The smaller, the sooner somebody has to read it. */
function urgencyOf(change: Change): number {
  if (callsAPerson(change)) return change.outcome === 'stuck' ? 0 : 1;
  return deservesALook(change) ? 2 : change.outcome === 'kept' ? 3 : 4;
}

const worthOf = ({ saving }: Change): number => saving?.monthly.amount ?? 0;

function textOf(plan: Plan, changes: readonly Change[], timezone: string): string {
  const rest = changes.slice(LIMITS.inText);
  return [
    `carry-out has worked on the plan ${plan.id}.`,
    ...changes.slice(0, LIMITS.inText).map((change) => changeText(change, timezone)),
    ...(rest.length > 0 ? [`And ${rest.length} more, ${summary(rest)}: npm run answer -- show ${plan.id}`] : []),
    ...(isRemediation(plan) ? [] : [`To see what was saved: npm run answer -- savings`]),
  ].join('\n\n');
}

function chatOf(changes: readonly Change[]): string {
  const rest = changes.length - LIMITS.inChat;
  return [
    summary(changes),
    ...changes
      .slice(0, LIMITS.inChat)
      .map(
        ({ proposal, outcome, because }) => `• *${proposal.resource.name}* ${outcome}: ${because}${alarmIn(proposal)}`,
      ),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ].join('\n');
}

const alarmIn = ({ alarm }: Change['proposal']): string =>
  alarm ? ` (alarm ${alarm.name}: ${consoleLink(alarm.arn) ?? alarm.arn})` : '';

/** Of one alarm what became of it: `orders: resolved after 7 minutes`. */
function headline(changes: readonly Change[]): string {
  const [{ proposal, outcome, because }, ...others] = changes as [Change, ...Change[]];
  if (others.length > 0 || !proposal.alarm) return summary(changes);
  return `${proposal.resource.name}: ${outcome === 'kept' ? because.split(';', 1)[0] : outcome}`;
}

/** The changes as data, as many as fit into so many bytes. */
function factsOf(plan: Plan, changes: readonly Change[], bytes: number) {
  const head = {
    version: 1,
    kind: 'changes',
    plan: plan.id,
    account: plan.account,
    counts: Object.fromEntries(countsOf(changes)),
  };
  const shown = fitting(changes.map(factOf), bytes - bytesOf(head));
  return { ...head, changes: shown, omitted: changes.length - shown.length };
}

const deservesALook = ({ outcome, warning }: Change): boolean => outcome === 'undone' || warning !== undefined;

/** `2 kept, 1 undone` */
const summary = (changes: readonly Change[]): string =>
  [...countsOf(changes)].map(([outcome, count]) => `${count} ${outcome}`).join(', ');

function countsOf(changes: readonly Change[]): Map<ChangeState, number> {
  const counts = new Map<ChangeState, number>();
  for (const { outcome } of changes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

function changeText(change: Change, timezone: string): string {
  const { proposal, outcome, because, warning, approvedBy, appliedAt, snapshot, endedAt, endedBecause } = change;
  const { resource, action } = proposal;
  const when = appliedAt ? ` at ${localTime(new Date(appliedAt), timezone)}` : '';
  const link = consoleLink(resource.arn);
  return [
    `${resource.name} (${resource.what}) in ${resource.region}: ${outcome}`,
    `   ${describeAction(action)}${when}: ${because}`,
    ...(warning ? [`   warning: ${warning}`] : []),
    ...(approvedBy ? [`   approved by ${approvedBy}`] : []),
    ...(snapshot ? [`   snapshot: ${snapshot}`] : []),
    ...(endedAt ? [`   ended at ${localTime(new Date(endedAt), timezone)}: ${endedBecause}`] : []),
    ...(outcome === 'kept' && !endedAt && change.saving
      ? [`   saves ${describeSaving(change.saving)} while it stands`]
      : []),
    ...(outcome === 'kept' && !endedAt && inverseOf(action)
      ? [`   to take it back: npm run answer -- undo ${change.id}`]
      : []),
    ...alarmLines(change, timezone).map((line) => `   ${line}`),
    ...(callsAPerson(change)
      ? [`   ${proposal.alarm ? '' : 'what to do: look at it in the console; '}${NEXT[outcome] ?? NOTHING}`]
      : []),
    ...(link ? [`   ${link}`] : []),
  ].join('\n');
}

const NOTHING = 'nothing more is tried';
const NEXT: Partial<Record<ChangeState, string>> = {
  stuck: 'taking it back is tried again every six hours for a week',
  watching: 'it is gone on with by itself',
};

const factOf = ({ proposal, ...change }: Change) => ({
  ...change,
  action: proposal.action.kind,
  rule: proposal.rule,
  resource: proposal.resource,
  ...alarmFact({ proposal, ...change }),
});

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort().slice(0, 40);
