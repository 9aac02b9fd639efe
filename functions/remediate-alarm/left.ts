import { noRunbook } from '../../shared/core/remediation/no-runbook.ts';
import type { Remedy } from '../../shared/core/remediation/runbook.ts';
import { subjectOf, wordsFor } from '../../shared/core/remediation/subject.ts';
import type { LookedIncident, LookedPart } from './decide.ts';
import type { Seen } from './reread.ts';

const SHOWN = { evidence: [], charts: [] } as const;

/** No runbook: what was looked at. */
export const withoutRunbook = ({ alarm, subject }: LookedPart): Remedy => noRunbook({ alarm, subject, metrics: [] });

export const unreadable = (what: string, why: string): Remedy => ({
  ...SHOWN,
  because: `${what} could not be read: ${why}`,
  unknown: true,
  next: 'look at it in the console, and see what Lamplighter may not read: npm run doctor',
});

export const gone = ({ subject, alarm }: LookedPart): Remedy => ({
  ...SHOWN,
  because: `${wordsFor(subject)} is not there: it is deleted, or has another name by now`,
  next: `if it is gone for good, delete the alarm: aws cloudwatch delete-alarms --region ${alarm.scope.region} --alarm-names '${alarm.name}'`,
});

/** An alarm that is left before anybody looks into what it is about. */
export function leftAlone({ alarm, held, unread }: Seen): LookedIncident[] {
  if (!held && unread === undefined) return [];
  const part = { subject: subjectOf(alarm), alarms: [alarm], alarm };
  const why = held ? { held } : { remedy: unreadable(`the alarm ${alarm.name}`, unread ?? '') };
  return [{ because: `the alarm ${alarm.name}`, composites: [], parts: [{ ...part, ...why }] }];
}

/** Nobody hears of it, now or before: rules of composites may ask for that. */
const isNotOn = ({ held }: Seen): boolean =>
  held !== undefined && ['no-alarm', 'over', 'out-of-order', 'deleted'].includes(held.guard);

/** A composite none of whose children is on, or known to be, has to be told of itself. */
export function withComposite(incident: LookedIncident, seen: readonly Seen[]): LookedIncident {
  const [alarm] = incident.composites;
  if (incident.parts.length > 0 || !alarm || alarm.watches.kind !== 'composite') return incident;
  const { children } = alarm.watches;
  const isTold = seen.some((one) => children.includes(one.alarm.name) && !isNotOn(one));
  if (isTold) return incident;
  const part = { subject: subjectOf(alarm), alarms: [alarm], alarm };
  const why = children.length > 0 ? { because: `none of the alarms in its rule is on: ${children.join(', ')}` } : {};
  return { ...incident, parts: [{ ...part, remedy: { ...withoutRunbook(part), ...why } }] };
}
