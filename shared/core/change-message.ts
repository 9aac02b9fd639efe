import { describeAction } from './action.ts';
import { hashOf } from './canonical.ts';
import type { Change, Outcome } from './change.ts';
import { needsAPerson } from './change.ts';
import { consoleLink } from './identity.ts';
import type { Message } from './message.ts';
import { formatMoney } from './money.ts';
import type { Plan } from './plan.ts';
import { localTime } from './time.ts';

/** How the actions of one plan ended, as one message. */
export function changesMessage(plan: Plan, changes: readonly Change[], timezone: string): Message {
  const worst = changes.some(({ outcome }) => needsAPerson(outcome));
  return {
    id: hashOf({ plan: plan.id, said: changes.map(({ id, outcome, endedAt }) => ({ id, outcome, endedAt })) }).slice(
      0,
      16,
    ),
    subject: `[Lamplighter] ${plan.account}: ${summary(changes)}${worst ? ', a person is needed' : ''}`.slice(0, 99),
    text: [
      `carry-out has worked on the plan ${plan.id}.`,
      ...changes.map((change) => changeText(change, timezone)),
      `To see what was saved: npm run answer -- savings`,
    ].join('\n\n'),
    facts: { version: 1, kind: 'changes', plan: plan.id, account: plan.account, changes: changes.map(factOf) },
    chat: [
      summary(changes),
      ...changes.map(({ proposal, outcome, because }) => `• *${proposal.resource.name}* ${outcome}: ${because}`),
    ].join('\n'),
    attributes: {
      kind: 'changes',
      severity: worst ? 'critical' : changes.some(({ outcome }) => outcome === 'undone') ? 'warning' : 'info',
      account: plan.account,
      region: distinct(changes.map(({ proposal }) => proposal.resource.region)),
      rule: distinct(changes.map(({ proposal }) => proposal.rule)),
      owner: distinct(changes.flatMap(({ proposal }) => proposal.resource.owner ?? [])),
    },
  };
}

/** `2 kept, 1 undone` */
function summary(changes: readonly Change[]): string {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of changes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}

function changeText(change: Change, timezone: string): string {
  const { proposal, outcome, because, approvedBy, appliedAt, snapshot, endedAt, endedBecause } = change;
  const { resource, action } = proposal;
  const when = appliedAt ? ` at ${localTime(new Date(appliedAt), timezone)}` : '';
  const link = consoleLink(resource.arn);
  return [
    `${resource.name} (${resource.what}) in ${resource.region}: ${outcome}`,
    `   ${describeAction(action)}${when}: ${because}`,
    ...(approvedBy ? [`   approved by ${approvedBy}`] : []),
    ...(snapshot ? [`   snapshot: ${snapshot}`] : []),
    ...(endedAt ? [`   ended at ${localTime(new Date(endedAt), timezone)}: ${endedBecause}`] : []),
    ...(outcome === 'kept' && !endedAt && change.saving
      ? [`   saves ${formatMoney(change.saving.monthly)} a month (${change.saving.basis}) while it stands`]
      : []),
    ...(outcome === 'kept' && !endedAt ? [`   to take it back: npm run answer -- undo ${change.id}`] : []),
    ...(needsAPerson(outcome) ? [`   what to do: look at it in the console; ${NEXT[outcome] ?? NOTHING}`] : []),
    ...(link ? [`   ${link}`] : []),
  ].join('\n');
}

const NOTHING = 'nothing more is tried';
const NEXT: Partial<Record<Outcome, string>> = { stuck: 'taking it back is tried again every six hours for a week' };

const factOf = ({ proposal, ...change }: Change) => ({
  ...change,
  action: proposal.action.kind,
  rule: proposal.rule,
  resource: proposal.resource,
});

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort().slice(0, 40);
