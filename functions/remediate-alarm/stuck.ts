import { hashOf } from '../../shared/core/canonical.ts';
import { asciiOf, type Message } from '../../shared/core/message.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { count } from '../../shared/core/remediation/words.ts';

/** So many plans are named; the rest is counted. */
const NAMED = 20;

/** What people are told of plans that carry-out could not be given. The same plans have the same message. */
export function stuckMessage(account: string, plans: readonly Plan[], why: string): Message {
  const alarms = plans.flatMap(({ act }) => act.flatMap(({ alarm }) => alarm ?? []));
  const which = count(plans.length, 'plan');
  const rest = plans.length - NAMED;
  const lines = plans
    .slice(0, NAMED)
    .map(({ id, act }) => `- ${id}: ${act.map(({ resource }) => resource.name).join(', ')}`);
  return {
    id: hashOf({ kind: 'stuck', plans: plans.map(({ id }) => id) }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] ${account}: carry-out cannot be started, ${which} left to you`),
    text: [
      `remediate-alarm cannot start carry-out: ${why}. Nothing of this is done, whatever was said before:`,
      ...(rest > 0 ? [...lines, `and ${rest} more`] : lines),
      'What happens next: it is tried again with the next alarm of the account, and every quarter of an hour. To try it at once: invoke remediate-alarm with {"alarm": "NAME"}.',
    ].join('\n'),
    facts: {
      version: 1,
      kind: 'remediation',
      function: 'remediate-alarm',
      account,
      stuck: why,
      plans: plans.slice(0, NAMED).map(({ id }) => id),
      planCount: plans.length,
      alarms: alarms.slice(0, NAMED).map(({ name, arn, since }) => ({ name, arn, since })),
    },
    chat: `carry-out cannot be started (${why}): ${which} left to you`,
    attributes: { kind: 'remediation', severity: 'critical', account, region: [], rule: [], owner: [] },
  };
}
