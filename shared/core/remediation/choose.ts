import type { Evidence } from '../evidence.ts';
import type { Tags } from '../facts.ts';
import { glob } from '../glob.ts';
import type { Policy } from '../policy.ts';
import type { Alarm, AlarmMetric } from './alarm.ts';
import type { RunbookId, Subject } from './runbook.ts';
import { wordsFor } from './subject.ts';
import { directionOf, type MetricWatches } from './watches.ts';

/** A metric alarm with what it is about. */
export interface AboutResource {
  readonly alarm: Alarm;
  readonly subject: Subject;
  /** Of the resource; of none: no tags. */
  readonly tags: Evidence<Tags>;
}

/** Which runbook, or that there is none, and why. */
export interface Choice {
  readonly runbook?: RunbookId;
  /** `FreeStorageSpace of AWS/RDS is low` */
  readonly because: string;
  /** The policy leaves it to people, who need not be told. */
  readonly quiet?: true;
}

/** The runbook of an alarm: what the policy chooses first, else by its metric and by the side on which that is alarming. */
export function chooseRunbook(about: AboutResource, { runbooks }: Policy['remediation']): Choice {
  for (const [index, one] of runbooks.entries()) {
    const fits = fitOf(about, one);
    if (!fits) continue;
    const where = `\`remediation.runbooks[${index}]\``;
    if (fits !== 'yes') return { because: `${where} goes by a tag, and the tags are unknown: ${fits.why}` };
    if (one.runbook === 'none') return { because: `the policy leaves it to people (${where})`, quiet: true };
    return fitting(one.runbook, about.subject, `the policy says so (${where})`);
  }
  return byMetric(about);
}

type Chosen = Policy['remediation']['runbooks'][number];

/** Whether it fits, or that it would if the tags were known to. */
function fitOf({ alarm, tags }: AboutResource, one: Chosen): 'yes' | { readonly why: string } | undefined {
  const { watches } = alarm;
  const metrics = watches.kind === 'metric' ? watches.metrics : [];
  const isOver = ({ namespace, name }: AlarmMetric) =>
    (one.namespace ?? namespace) === namespace && (one.metric ?? name) === name;
  if (one.alarm !== undefined && !glob(one.alarm, alarm.name)) return undefined;
  if ((one.namespace !== undefined || one.metric !== undefined) && !metrics.some(isOver)) return undefined;
  if (one.tag === undefined) return 'yes';
  return tags.known ? (hasTag(tags.value, one.tag) ? 'yes' : undefined) : { why: tags.why };
}

function hasTag(tags: Tags, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const value = tags[wanted.slice(0, at)];
  return value !== undefined && glob(wanted.slice(at + 1), value);
}

/** What each runbook is for. */
const FOR: Readonly<Record<RunbookId, readonly Subject['type'][]>> = {
  'database-storage-low': ['database'],
  'database-saturated': ['database'],
  'replica-lag': ['database'],
  'instance-unwell': ['instance'],
  'credits-exhausted': ['database', 'instance'],
  'idle-alarm': ['database', 'instance'],
  'host-evidence': ['instance'],
};

function fitting(runbook: RunbookId, subject: Subject, because: string): Choice {
  if (FOR[runbook].includes(subject.type)) return { runbook, because };
  const about = subject.type === 'none' ? subject.why : `it is about ${wordsFor(subject)}`;
  return { because: `${runbook} is for ${FOR[runbook].join(' or ')}s, and ${about}: ${because}` };
}

function byMetric({ alarm, subject }: AboutResource): Choice {
  const { watches } = alarm;
  if (subject.type === 'none') return { because: subject.why };
  if (watches.kind === 'composite') return { because: 'it is composed of other alarms, which are looked at each' };
  const direction = directionOf(watches);
  const chosen = new Set(watches.metrics.map((metric) => defaultFor(metric, direction)));
  const [runbook] = chosen;
  const what = describeMetrics(watches);
  if (chosen.size === 1 && runbook) return fitting(runbook, subject, `${what} ${SIDES[direction ?? 'unknown']}`);
  const side = direction ? ` when it ${SIDES[direction]}` : ', and which side of it is alarming is not known';
  return { because: `there is no runbook for ${what}${side}` };
}

const SIDES = { greater: 'is high', less: 'is low', unknown: 'is out of its range' } as const;

/** `FreeStorageSpace of AWS/RDS` or, of an expression, `SUM(METRICS()) over NetworkIn, NetworkOut of AWS/EC2` */
function describeMetrics({ metrics, expression }: MetricWatches): string {
  const names = [...new Set(metrics.map(({ name }) => name))].join(', ');
  const namespaces = [...new Set(metrics.map(({ namespace }) => namespace))].join(', ');
  return `${expression ? `${expression} over ` : ''}${names} of ${namespaces}`;
}

type Side = 'greater' | 'less' | 'any';

/** What is done by default when a metric is alarming on that side. */
const DEFAULTS: readonly (readonly [RunbookId, namespace: string, side: Side, metrics: readonly string[]])[] = [
  ['database-storage-low', 'AWS/RDS', 'less', ['FreeStorageSpace']],
  ['database-saturated', 'AWS/RDS', 'greater', ['CPUUtilization', 'SwapUsage', 'DatabaseConnections', 'DBLoad']],
  ['database-saturated', 'AWS/RDS', 'less', ['FreeableMemory']],
  ['replica-lag', 'AWS/RDS', 'any', ['ReplicaLag', 'AuroraReplicaLag', 'AuroraReplicaLagMaximum']],
  [
    'instance-unwell',
    'AWS/EC2',
    'greater',
    ['StatusCheckFailed', 'StatusCheckFailed_AttachedEBS', 'StatusCheckFailed_Instance', 'StatusCheckFailed_System'],
  ],
  ['credits-exhausted', 'AWS/EC2', 'less', ['CPUCreditBalance']],
  ['credits-exhausted', 'AWS/RDS', 'less', ['CPUCreditBalance']],
  ['idle-alarm', 'AWS/EC2', 'less', ['CPUUtilization', 'NetworkOut']],
  ['idle-alarm', 'AWS/RDS', 'less', ['CPUUtilization', 'DatabaseConnections']],
  ['host-evidence', 'CWAgent', 'any', ['disk_used_percent', 'mem_used_percent']],
];

const defaultFor = ({ namespace, name }: AlarmMetric, direction: Side | undefined): RunbookId | undefined =>
  DEFAULTS.find(
    ([, of, side, metrics]) => of === namespace && (side === 'any' || side === direction) && metrics.includes(name),
  )?.[0];
