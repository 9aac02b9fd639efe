import { describeLag, replicaLines } from '../replicas.ts';
import type { AlarmedDatabase, Remedy, RunbookFacts, RunbookSettings } from '../runbook.ts';
import { describeAlarm, notFor, shownOf } from '../words.ts';

/**
 * replica-lag
 *   > Show how far the replicas are behind and what the databases do. Nothing is done by a program: what holds a replica up is a
 *   > long transaction, a missing key or a class smaller than its source's, and only people know which.
 */
export function replicaLag(facts: RunbookFacts, settings: RunbookSettings): Remedy {
  const { resource } = facts;
  if (resource.type !== 'database') return notFor('databases', facts);
  const { evidence, charts } = shownOf(facts);
  const { replication, classes } = resource.facts;
  return {
    because: [describeAlarm(facts, settings), ...worst(resource)].join('; '),
    evidence: [
      ...replicaLines(resource),
      ...(replication.length > 0 ? [`replication: with ${replication.join(', ')}`] : []),
      `class: ${[...new Set(classes)].join(', ') || 'none'}; a replica needs as much as its source`,
      ...evidence,
    ],
    charts,
    next: stepFor(resource.facts.engine),
  };
}

/** The replica that is furthest behind. One that does not replicate is. */
function worst({ replicas }: AlarmedDatabase): string[] {
  const behind = ({ lagSeconds }: AlarmedDatabase['replicas'][number]) =>
    lagSeconds.known ? (lagSeconds.value < 0 ? Number.POSITIVE_INFINITY : lagSeconds.value) : -1;
  const [furthest] = replicas.filter(({ lagSeconds }) => lagSeconds.known).toSorted((a, b) => behind(b) - behind(a));
  return furthest ? [`${furthest.name}: ${describeLag(furthest.lagSeconds)}`] : [];
}

/** Where the engine says what holds a replica up. */
function stepFor(engine: string): string {
  if (/mysql|mariadb/.test(engine))
    return 'on the replica: SHOW REPLICA STATUS (before MySQL 8.0.22 and MariaDB 10.5.1: SHOW SLAVE STATUS), then SHOW FULL PROCESSLIST for what its SQL thread waits for';
  if (/postgres/.test(engine))
    return 'on the source: SELECT * FROM pg_stat_replication; on the replica: SELECT pid, xact_start, query FROM pg_stat_activity ORDER BY xact_start';
  if (engine.startsWith('oracle'))
    return "on the replica: SELECT name, value FROM v$dataguard_stats WHERE name LIKE '%lag'";
  return 'on the replica: what its replication waits for';
}
