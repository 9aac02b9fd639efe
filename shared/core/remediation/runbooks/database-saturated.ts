import { classUp } from '../class-up.ts';
import { replicaLines } from '../replicas.ts';
import type { AlarmedDatabase, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { describeAlarm, inShort, notFor, shownOf } from '../words.ts';

/** Of the load, what waits for something else than CPU gets no faster by a larger class. */
const SHOWN_WAITS = 5;

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

function loadLines({ topLoad }: AlarmedDatabase): string[] {
  if (!topLoad.known) return [`top waits and statements: unknown, ${topLoad.why}`];
  const shown = topLoad.value.slice(0, SHOWN_WAITS).map(({ what, load }) => `${what} ${inShort(load)}`);
  return [`top waits and statements, in average active sessions: ${shown.join('; ') || 'none'}`];
}

const outageLine = ({ facts }: AlarmedDatabase): string =>
  facts.multiAz
    ? 'a larger class: an outage of one to two minutes, while Multi-AZ fails over'
    : 'a larger class: an outage of minutes, for it is Single-AZ';
