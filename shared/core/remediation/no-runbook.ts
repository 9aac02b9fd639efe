import type { Alarm, AlarmMetric } from './alarm.ts';
import type { EvidenceMetric, Remedy, Subject } from './runbook.ts';
import { shownOf } from './words.ts';

/** An alarm that none fits, with as much as was seen of it. */
interface Unfit {
  readonly alarm: Alarm;
  readonly subject: Subject;
  /** What was read of its metrics, if anything. */
  readonly metrics: readonly EvidenceMetric[];
}

/** What is said when no runbook fits: what was looked at, and how one is given to the alarm. */
export function noRunbook({ alarm, subject, metrics }: Unfit): Remedy {
  const { evidence, charts } = shownOf({ metrics });
  return {
    because: `no runbook fits: ${whyNone(alarm, subject)}`,
    evidence: [...lookedAt(alarm), `CloudWatch says: ${alarm.reason}`, ...evidence],
    charts,
    next: `look at the alarm. To give it a runbook: {alarm: '${alarm.name}', runbook: ...} in the policy, under remediation.runbooks`,
  };
}

function whyNone({ watches }: Alarm, subject: Subject): string {
  if (subject.type === 'none') return subject.why;
  if (watches.kind === 'composite') return 'none of the alarms in its rule has one';
  return `none is for ${watches.metrics.map(({ namespace, name }) => `${namespace} ${name}`).join(', ') || 'its expression'}`;
}

/** The metrics with all their dimensions, or the rule. */
function lookedAt({ watches }: Alarm): string[] {
  if (watches.kind === 'composite') return [`looked at its rule: ${watches.rule}`];
  return [
    ...(watches.expression ? [`looked at its expression: ${watches.expression}`] : []),
    ...watches.metrics.map((metric) => `looked at ${describeMetric(metric)}`),
  ];
}

function describeMetric({ namespace, name, dimensions, statistic }: AlarmMetric): string {
  const where = Object.entries(dimensions).map(([dimension, value]) => `${dimension}=${value}`);
  return `${namespace} ${name}${statistic ? ` (${statistic})` : ''} of ${where.join(', ') || 'no dimension'}`;
}
