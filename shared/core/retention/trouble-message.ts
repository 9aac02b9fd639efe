import { hashOf } from '../canonical.ts';
import { type Change, needsAPerson } from '../change.ts';
import { asciiOf, bytesOf, fitting, type Message, type MessageAttributes, roomForFacts } from '../message.ts';
import type { Plan } from '../plan.ts';
import { databaseNameIn, describeEnding, endingsOf } from './endings.ts';

const LIMITS = { inText: 25, inChat: 10, attributeValues: 40 } as const;

/**
 * What went wrong in a plan of snapshots so far: one line for each reason, however many snapshots have it. What went well is
 * told by the next night.
 */
export function troubleMessage(plan: Plan, troubles: readonly Change[], remindAfterDays: number): Message {
  const endings = endingsOf(troubles);
  const failed = troubles.filter(({ outcome }) => needsAPerson(outcome));
  const databases = new Set(troubles.map(({ proposal }) => databaseNameIn(proposal)));
  const lines = endings.map(describeEnding);
  const rest = lines.length - LIMITS.inText;
  const what = failed.length > 0 ? `${failed.length} failed, a person is needed` : `${troubles.length} to look at`;
  const subject = `snapshots of ${databases.size} ${databases.size === 1 ? 'database' : 'databases'}: ${what}`;
  const text = [
    `carry-out works on the plan ${plan.id}. What did not go well so far, by reason:`,
    [
      ...lines.slice(0, LIMITS.inText).map((line) => `- ${line}`),
      ...(rest > 0 ? [`And ${rest} more reasons: npm run answer -- show ${plan.id}`] : []),
    ].join('\n'),
    `What happens next: the next night plans again what is still due. What fails for the same reason is counted in the message of each night, and told like this again after ${remindAfterDays} days.`,
    `To see each of them: npm run answer -- show ${plan.id}`,
  ].join('\n\n');
  const attributes: MessageAttributes = {
    kind: 'changes',
    severity: failed.length > 0 ? 'critical' : 'warning',
    account: plan.account,
    region: distinct(troubles.map(({ proposal }) => proposal.resource.region)),
    rule: distinct(troubles.map(({ proposal }) => proposal.rule)),
    owner: [],
  };
  return {
    id: hashOf({ plan: plan.id, troubles: troubles.map(({ id, outcome }) => ({ id, outcome })) }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${plan.account}: ${subject}`),
    text,
    facts: factsOf(plan, troubles, roomForFacts({ text, attributes })),
    chat: [subject, ...lines.slice(0, LIMITS.inChat).map((line) => `• ${line}`)].join('\n'),
    attributes,
  };
}

/** The troubles as data, as many as fit into so many bytes. */
function factsOf(plan: Plan, troubles: readonly Change[], bytes: number) {
  const head = { version: 1, kind: 'changes', plan: plan.id, account: plan.account };
  const all = troubles.map(({ id, outcome, because, warning, proposal }) => ({
    id,
    outcome,
    because,
    ...(warning ? { warning } : {}),
    action: proposal.action.kind,
    rule: proposal.rule,
    resource: proposal.resource,
  }));
  const shown = fitting(all, bytes - bytesOf(head));
  return { ...head, changes: shown, omitted: all.length - shown.length };
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort().slice(0, LIMITS.attributeValues);
