import type { DatabaseFacts } from '../facts.ts';
import { findingMode, section } from '../policy-fields.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { judgeGrow } from './grow.ts';
import { classChangedLately, whyNotResized } from './resize.ts';

/**
 * undersized-database
 *   > Say which available RDS databases are short of CPU, CPU credits or memory, what may come of it, and the cheapest
 *   > class that has enough. Growing costs money: it is for people to decide.
 *   > Exempt: protected; vetoed; younger than 14 days; a class changed within 14 days; clusters and their members; RDS
 *   > Custom; pending modifications.
 */
export function judgeUndersizedDatabase(database: DatabaseFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(database, context) ?? whyNotResized(database, context);
  if (exempt) return leave(exempt);
  const { classChanges } = database.evidence;
  if (!classChanges) return lacks('classChanges');
  const changed = classChangedLately(classChanges, context.now);
  if (!changed.known) return leaveUnknown(`changes of its class unknown: ${changed.why}`);
  return changed.value ? leave(changed.value) : judgeGrow(database, context);
}

/** What can be set of it. */
export const undersizedDatabaseSettings = section({ mode: findingMode().optional() }).prefault({});

/** As it is registered. */
export const undersizedDatabase = {
  type: 'database',
  judge: judgeUndersizedDatabase,
  shows: ['peakCpuPercent', 'memoryDays'],
} as const;
