import type { Action } from '../action.ts';
import { type Change, callsAPerson } from '../change.ts';
import { consoleLink, parseArn } from '../identity.ts';
import { localTime } from '../time.ts';

/** So much of what was looked at is shown again. */
const MOST = { lines: 10, characters: 300 } as const;

/** Whether it leaves an alarm to people: it was tried in vain, or not at all, and the alarm is on as far as anybody knows. */
const leavesAnAlarm = (change: Change): boolean =>
  change.proposal.alarm !== undefined &&
  change.outcome !== 'kept' &&
  (callsAPerson(change) || change.warning !== undefined);

/** What the people who go on have to know: which alarm it is, since when and why, what was looked at, and what they can do. */
export function alarmLines(change: Change, timezone: string): string[] {
  const { alarm, grounds } = change.proposal;
  if (!alarm || !leavesAnAlarm(change)) return [];
  const { reason, evidence = [] } = grounds ?? {};
  const rest = evidence.length - MOST.lines;
  const link = consoleLink(alarm.arn);
  return [
    `alarm: ${alarm.name}, which went off at ${localTime(new Date(alarm.since), timezone)}${reason ? `: ${short(reason)}` : ''}`,
    ...(link ? [link] : []),
    ...(evidence.length > 0 ? ['what was looked at before:'] : []),
    ...evidence.slice(0, MOST.lines).map((line) => `- ${short(line)}`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    `what to do: ${change.appliedAt ? afterIt(change.proposal.action) : byHand(change)}`,
  ];
}

const short = (line: string): string =>
  line.length > MOST.characters ? `${line.slice(0, MOST.characters - 1)}\u2026` : line;

/** What was not done, a person may still do. */
const byHand = ({ proposal: { grounds } }: Change): string =>
  grounds ? `by hand, if it is still wanted: ${grounds.next}` : 'look at the alarm, and at what it is about';

/** Where a person looks when it was done and has not helped. */
function afterIt(action: Action): string {
  switch (action.kind) {
    case 'reboot-instance':
    case 'move-instance': {
      const region = parseArn(action.instance.arn)?.region ?? '';
      return `see what it wrote last: aws ec2 get-console-output --latest --region ${region} --instance-id ${action.instance.id}; if it does not come up, replace it, or restore it from a backup`;
    }
    case 'set-unlimited-credits':
    case 'resize-instance':
      return 'see what takes its CPU: top on the instance';
    case 'resize-database':
      return 'see what loads it: Performance Insights, or the log of slow statements';
    case 'change-database-storage':
      return 'see what fills it: logs, temporary tables, replication slots; its storage may be changed again six hours after the last time';
    default:
      return 'look at the alarm, and at what it is about';
  }
}

/** The alarm as data, with a link for people. */
export function alarmFact({ proposal: { alarm, grounds } }: Change) {
  if (!alarm) return {};
  const { name, arn, since } = alarm;
  return {
    alarm: { name, arn, since, console: consoleLink(arn), ...(grounds ? { reason: short(grounds.reason) } : {}) },
  };
}
