import { unknown } from '../evidence.ts';
import type { AlarmedDatabase } from './runbook.ts';
import { inUnit } from './words.ts';

/** How far each replica of a database is behind. */
export const replicaLines = ({ replicas }: Pick<AlarmedDatabase, 'replicas'>): string[] =>
  replicas.map(({ name, lagSeconds }) => `replica ${name}: ${describeLag(lagSeconds)}`);

/** RDS says -1 when replication does not run (RDS User Guide, "Monitoring read replication"). */
export function describeLag(lag: AlarmedDatabase['replicas'][number]['lagSeconds']): string {
  const seconds = lag.known && !Number.isFinite(lag.value) ? unknown('not measured') : lag;
  if (!seconds.known) return `lag unknown, ${seconds.why}`;
  return seconds.value < 0 ? 'replication does not run' : `${inUnit(seconds.value, 'seconds')} behind`;
}
