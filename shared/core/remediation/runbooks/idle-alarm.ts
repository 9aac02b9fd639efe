import type { EvidenceMetric, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { count, describeAlarm, inUnit, measuredIn, shownOf, spanOf } from '../words.ts';

/** What people do with a resource: without any of it nobody uses it. */
const USES = ['DatabaseConnections', 'NetworkIn', 'NetworkOut', 'CPUUtilization'];

/**
 * idle-alarm
 *   > Say at once what the hours before the alarm tell of the use of a resource, and leave the verdict to right-size, which
 *   > judges it first the next time: it asks for weeks, an alarm for hours. Nothing is stopped here.
 */
export function idleAlarm(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource } = facts;
  const { evidence, charts } = shownOf(facts);
  const uses = facts.metrics.filter(({ metric }) => USES.includes(metric.name));
  return {
    because: `${describeAlarm(facts, settings)}; ${verdictOf(uses)}`,
    evidence,
    charts,
    next: `see its verdict now: npx serverless invoke -f right-size -d '{"resource":"${resource.facts.name}"}'`,
  };
}

/** What is known of its use says that it looks idle, is in use, or that nobody knows. */
function verdictOf(uses: readonly EvidenceMetric[]): string {
  const connections = uses.find(({ metric }) => metric.name === 'DatabaseConnections');
  if (connections) return verdictOfConnections(connections);
  const most = uses.flatMap(highestOf);
  if (most.length === 0) return 'whether it is idle is unknown: none of its use was measured';
  return `it looks idle if this is nobody: ${most.join(', ')}`;
}

function verdictOfConnections({ series }: EvidenceMetric): string {
  if (!series.known) return `whether it is idle is unknown: ${series.why}`;
  const values = measuredIn(series.value);
  const span = spanOf(series.value);
  if (values.length === 0) return `whether it is idle is unknown: no connections were measured in ${span}`;
  const most = Math.max(...values);
  if (most > 0) return `it is not idle: up to ${count(Math.ceil(most), 'connection')} in ${span}`;
  const gaps = series.value.values.length - values.length;
  return `it looks idle: nobody connected in ${span}${gaps > 0 ? `, of which ${gaps} of ${series.value.values.length} values are missing` : ''}`;
}

function highestOf({ what, unit, series }: EvidenceMetric): string[] {
  if (!series.known) return [];
  const values = measuredIn(series.value);
  return values.length === 0 ? [] : [`${what} at most ${inUnit(Math.max(...values), unit)} in ${spanOf(series.value)}`];
}
