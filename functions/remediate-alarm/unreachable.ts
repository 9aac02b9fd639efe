import { hashOf } from '../../shared/core/canonical.ts';
import { consoleLink } from '../../shared/core/identity.ts';
import { asciiOf, type Message } from '../../shared/core/message.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';

/** So many alarms are named; the rest is counted. */
const NAMED = 20;

/**
 * What people are told about alarms while the ledger cannot be reached: nothing is known of what was done before, so nothing is
 * begun. The same alarms have the same message, however often they come.
 */
export function unreachableMessage(alarms: readonly Alarm[], why: string): Message {
  const lines = alarms.slice(0, NAMED).flatMap(({ name, arn, since, reason, scope: { account, region } }) => {
    const link = consoleLink(arn);
    return [
      `- ${name} in ${region} of ${account}, on since ${since.toISOString()}: ${reason.slice(0, 400)}`,
      ...(link ? [`  ${link}`] : []),
    ];
  });
  const rest = alarms.length - NAMED;
  const which = alarms.length === 1 ? `the alarm ${alarms[0]?.name}` : `${alarms.length} alarms`;
  return {
    id: hashOf({
      kind: 'unreachable',
      told: alarms.map(({ arn, since }) => ({ arn, since: since.toISOString() })),
    }).slice(0, 16),
    subject: asciiOf(`[Lamplighter] the ledger cannot be reached: ${which} left to you`),
    text: [
      `remediate-alarm cannot reach its ledger: ${why}. Without it nobody knows what was done about an alarm before, so nothing is begun.`,
      ...(rest > 0 ? [...lines, `and ${rest} more`] : lines),
      'What happens next: they are tried again some times, for as long as they are not too old. What was begun before goes on.',
    ].join('\n'),
    facts: {
      version: 1,
      kind: 'remediation',
      function: 'remediate-alarm',
      unreachable: why,
      alarms: alarms.slice(0, NAMED).map(({ name, arn, since }) => ({ name, arn, since: since.toISOString() })),
      alarmCount: alarms.length,
    },
    chat: `The ledger cannot be reached (${why}): ${which} left to you`,
    attributes: {
      kind: 'remediation',
      severity: 'critical',
      account: distinct(alarms.map(({ scope }) => scope.account)),
      region: distinct(alarms.map(({ scope }) => scope.region)),
      rule: [],
      owner: [],
    },
  };
}

/** SNS takes so many values of one attribute in a filter's reach. */
const VALUES = 40;

const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort().slice(0, VALUES);
