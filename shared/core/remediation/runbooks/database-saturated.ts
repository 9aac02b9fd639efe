import { classUp, outageLine } from '../class-up.ts';
import { replicaLines } from '../replicas.ts';
import type { AlarmedDatabase, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { describeAlarm, notFor, shownOf } from '../words.ts';

/**
 * database-saturated
 *   > Show what loads a database whose CPU, memory or connections are used up: its top metrics, its replicas, its waits and
 *   > statements where Performance Insights is on; and propose one class up, which a person says yes to whatever the mode is.
 *   > Left: clusters and their members; RDS Custom; not available; pending modifications; code that it is made from; no larger
 *   > class, or none that is known.
 */
export function databaseSaturated(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource } = facts;
  if (resource.type !== 'database') return notFor('databases', facts);
  const { evidence, charts } = shownOf(facts);
  return {
    ...classUp(resource, describeAlarm(facts, settings)),
    evidence: [...evidence, ...replicaLines(resource), ...loadLines(resource), outageLine(resource)],
    charts,
  };
}

/** Where it is on, the message has them: what waits for something else than CPU gets no faster by a larger class. */
const loadLines = ({ performanceInsights }: AlarmedDatabase): string[] =>
  performanceInsights === 'on' ? [] : ['top waits and statements: unknown, Performance Insights is off'];
