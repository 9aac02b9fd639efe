import type { Arn } from '../identity.ts';
import type { Alarm } from './alarm.ts';
import { RUNBOOK_IDS, type RunbookId, type Subject } from './runbook.ts';
import { type KnownSubject, keyOfSubject, wordsFor } from './subject.ts';

/** An alarm that is on, with what is known of it by now. */
export interface SortedAlarm {
  readonly alarm: Alarm;
  readonly subject: Subject;
  /** Absent: there is none for it. */
  readonly runbook?: RunbookId;
  /** Its runbook is off, and keeps no other from its turn. */
  readonly off?: true;
  readonly parent?: Parent;
}

/** What a resource belongs to: the cluster of a database, the Auto Scaling group of an instance. */
export interface Parent {
  /** Of a cluster the key of its subject, so that its own alarms are its members', too. */
  readonly key: string;
  /** `the Auto Scaling group web` */
  readonly words: string;
}

/** One cause, as far as alarms tell: what one plan and one message are about. */
export interface Incident {
  /** Its resources, once for each runbook, what is urgent first; and, of alarms that are about none, one part each. */
  readonly parts: readonly IncidentPart[];
  /** The composites over them. */
  readonly composites: readonly Alarm[];
  /** `12 alarms of 12 resources of the Auto Scaling group web` */
  readonly because: string;
}

/** What goes on at one resource, as far as one runbook is for it. */
export interface IncidentPart {
  readonly subject: Subject;
  readonly runbook?: RunbookId;
  /** The oldest first. Those without a runbook go with the one that has the first turn. */
  readonly alarms: readonly Alarm[];
}

/**
 * Folds what went off together. Of one cause are the alarms of one resource; those of resources with the same parent that the
 * same runbook is for first; those under a composite, and it; and, where nothing is done anyway, those of the same metric. Each
 * alarm is in exactly one, whatever their order; the most urgent come first.
 */
export function foldAlarms(sorted: readonly SortedAlarm[]): Incident[] {
  const alarms = newestOfEach(sorted);
  const parts = partsOf(alarms);
  const own = new Set(alarms.map(({ alarm }) => alarm.arn));
  const linksOf = (part: Part) => [
    ...part.sorted.flatMap(({ alarm }) => linksOfAlarm(alarm, own)),
    ...linksOfPart(part),
  ];
  return connected(parts, linksOf).map(incidentOf);
}

/** A resource with a runbook, a composite, or an alarm about nothing, with its alarms. */
interface Part extends Omit<IncidentPart, 'alarms'> {
  readonly turn: 'first' | 'waits' | 'off';
  readonly sorted: readonly [SortedAlarm, ...SortedAlarm[]];
}

/** An alarm that came twice counts as it was last. */
function newestOfEach(sorted: readonly SortedAlarm[]): SortedAlarm[] {
  const byAge = [...sorted].sort((a, b) => a.alarm.since.getTime() - b.alarm.since.getTime() || compare(a, b));
  return [...new Map(byAge.map((one) => [one.alarm.arn, one])).values()];
}

const compare = ({ alarm: a }: SortedAlarm, { alarm: b }: SortedAlarm): number => (a.arn < b.arn ? -1 : 1);

const isComposite = ({ watches }: Alarm): boolean => watches.kind === 'composite';

function partsOf(alarms: readonly SortedAlarm[]): Part[] {
  const keyOf = ({ subject, alarm }: SortedAlarm): string =>
    subject.type === 'none' ? alarm.arn : keyOfSubject(subject, alarm.scope);
  return [...Map.groupBy(alarms, keyOf).values()].flatMap(partsAt).sort((a, b) => urgencyOf(a) - urgencyOf(b));
}

/** What goes on at one resource: one part for each runbook. What is off keeps no other from being the first. */
function partsAt(alarms: readonly SortedAlarm[]): Part[] {
  const first = RUNBOOK_IDS.find((id) => alarms.some(({ runbook, off }) => runbook === id && !off));
  return [...Map.groupBy(alarms, ({ runbook }) => runbook ?? first)].map(([runbook, same]): Part => {
    const sorted = same as [SortedAlarm];
    const [{ subject, off }] = sorted;
    return {
      subject,
      ...(runbook ? { runbook } : {}),
      sorted,
      turn: off ? 'off' : runbook === first ? 'first' : 'waits',
    };
  });
}

/** The lower, the more urgent. What has no runbook comes last. */
const urgencyOf = ({ runbook, turn }: Part): number =>
  runbook && turn !== 'off' ? RUNBOOK_IDS.indexOf(runbook) : RUNBOOK_IDS.length;

/** Itself; and, of a composite, its children as far as they are here. */
function linksOfAlarm({ arn, name, watches }: Alarm, own: ReadonlySet<Arn>): Arn[] {
  if (watches.kind !== 'composite') return [arn];
  const before = arn.slice(0, arn.length - name.length);
  return [arn, ...watches.children.map((child) => `${before}${child}`).filter((child) => own.has(child))];
}

/** What it shares with others: its resource, and then a parent and a runbook, or a metric that nothing is done about. */
function linksOfPart({ subject, runbook, sorted, turn }: Part): string[] {
  const [{ alarm }] = sorted;
  const own = subject.type === 'none' ? alarm.arn : keyOfSubject(subject, alarm.scope);
  if (turn === 'waits') return [own];
  if (turn === 'off') return [`${own} ${runbook}`];
  if (runbook) return [own, `${parentOf(sorted)?.key ?? own} ${runbook}`];
  const [metric] = alarm.watches.kind === 'metric' ? alarm.watches.metrics : [];
  const { account, region } = alarm.scope;
  return metric ? [own, `${account} ${region} ${metric.namespace} ${metric.name}`] : [own];
}

const parentOf = (sorted: readonly SortedAlarm[]): Parent | undefined => sorted.find((one) => one.parent)?.parent;

/** Groups what is linked with each other, also by way of others. Everything is in one group; the order stays. */
function connected<T>(items: readonly T[], linksOf: (item: T) => readonly string[]): T[][] {
  const groups = new Map<string, Set<T>>();
  for (const item of items) {
    const others = linksOf(item).flatMap((link) => [...(groups.get(link) ?? [])]);
    const group = new Set([...others, item]);
    for (const link of [...group].flatMap(linksOf)) groups.set(link, group);
  }
  return [...new Set(groups.values())].map((group) => items.filter((item) => group.has(item)));
}

function incidentOf(group: readonly Part[]): Incident {
  const alarms = group.flatMap(({ sorted }) => sorted.map(({ alarm }) => alarm));
  const parts = group
    .filter(({ sorted: [{ alarm }] }) => !isComposite(alarm))
    .map(({ sorted, turn: _, ...part }) => ({ ...part, alarms: sorted.map(({ alarm }) => alarm) }));
  return { parts, composites: alarms.filter(isComposite), because: wordsOf(group, alarms) };
}

/** Each once: of the parts of one resource the first. */
const resourcesOf = (group: readonly Part[]): Part[] =>
  [
    ...Map.groupBy(
      group.filter(({ subject }) => subject.type !== 'none'),
      ({ subject, sorted: [{ alarm }] }) => keyOfSubject(subject as KnownSubject, alarm.scope),
    ).values(),
  ].flatMap(([first]) => first ?? []);

function wordsOf(group: readonly Part[], alarms: readonly Alarm[]): string {
  const composite = alarms.find(isComposite);
  const single = alarms.filter((one) => !isComposite(one));
  const how = single.length === 1 ? `the alarm ${single[0]?.name}` : `${single.length} alarms`;
  const resources = resourcesOf(group);
  const [first] = resources;
  const where = resources.length === 1 && first ? ` of ${wordsFor(first.subject)}` : '';
  const many = resources.length > 1 ? ` of ${resources.length} resources` : '';
  if (composite)
    return single.length === 0 ? `the alarm ${composite.name}` : `${how}${where}${many} under ${composite.name}`;
  const parents = new Set(resources.map(({ sorted }) => parentOf(sorted)?.words));
  const [parent] = parents.size === 1 && many ? parents : [];
  return `${how}${where}${many}${parent ? ` of ${parent}` : ''}`;
}
