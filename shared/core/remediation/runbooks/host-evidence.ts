import type { AlarmMetric } from '../alarm.ts';
import type { EvidenceMetric, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { describeAlarm, inShort, measuredIn, notFor, shownOf } from '../words.ts';

const HOUR_S = 3600;

/**
 * host-evidence
 *   > Show how full a disk or the memory of an instance is, as its CloudWatch agent says, and when it is full at the pace of
 *   > these hours. Nothing is done by a program: what may be deleted or ended, only people know.
 */
export function hostEvidence(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource, alarm } = facts;
  if (resource.type !== 'instance') return notFor('instances', facts);
  const { evidence, charts } = shownOf(facts);
  const watched = alarm.watches.kind === 'metric' ? alarm.watches.metrics : [];
  const disk = watched.find(({ name }) => name.startsWith('disk_'));
  const { scope, identity } = resource.facts;
  return {
    because: describeAlarm(facts, settings),
    evidence: [...(disk ? [`disk: ${diskIn(disk)}`] : []), ...facts.metrics.flatMap(paceLines), ...evidence],
    charts,
    next: `aws ssm start-session --region ${scope.region} --target ${identity.id}, and there: ${disk ? diskStep(disk) : MEMORY_STEP}`,
  };
}

const MEMORY_STEP = 'ps aux --sort=-rss | head';

/** `/data on nvme1n1 (xfs)` */
function diskIn({ dimensions }: AlarmMetric): string {
  const { path = 'unknown path', device, fstype } = dimensions;
  return `${path}${device ? ` on ${device}` : ''}${fstype ? ` (${fstype})` : ''}`;
}

const diskStep = ({ dimensions: { path = '/' } }: AlarmMetric): string =>
  `du -xh --max-depth=2 '${path.replaceAll("'", "'\\''")}' | sort -h | tail -20; should it all be needed, a larger volume and a larger file system`;

/** The pace from the first to the last value, if it becomes fuller. */
function paceLines({ what, unit, series }: EvidenceMetric): string[] {
  if (!series.known || unit !== '%') return [];
  const { values, stepSeconds } = series.value;
  const [first, last] = [values.findIndex(Number.isFinite), values.findLastIndex(Number.isFinite)];
  const [from, to] = [values[first], values[last]];
  if (measuredIn(series.value).length < 2 || from === undefined || to === undefined || to <= from) return [];
  const perHour = ((to - from) / ((last - first) * stepSeconds)) * HOUR_S;
  return [`${what}: ${inShort(perHour)} % more an hour; at this pace full in ${inShort((100 - to) / perHour)} hours`];
}
