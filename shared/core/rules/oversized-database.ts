import type { DatabaseFacts } from '../facts.ts';
import { cap, mode, section } from '../policy-fields.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { classChangedLately, whyNotResized } from './resize.ts';
import { judgeShrink } from './shrink.ts';

/**
 * oversized-database
 *   > Resize an available RDS database to the cheapest class that AWS sells for its engine, licence, storage and zones,
 *   > that the policy permits and that meets what it asked for: CPU, memory and swap, connections, network, storage and CPU
 *   > credits of 28 days, and the CPU of sale days however long ago. What is not proven, what replicates, and what belongs to
 *   > CloudFormation or Terraform, is suggested and never carried out.
 *   > Exempt: protected; vetoed; younger than 14 days; a class changed within 14 days; clusters and their members; RDS
 *   > Custom; processor features of its own; pending modifications; short of something; a saving below the policy's minimum.
 */
export function judgeOversizedDatabase(database: DatabaseFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(database, context) ?? whyNotResized(database, context);
  if (exempt) return leave(exempt);
  const { classChanges } = database.evidence;
  if (!classChanges) return lacks('classChanges');
  const changed = classChangedLately(classChanges, context.now);
  if (!changed.known) return leaveUnknown(`changes of its class unknown: ${changed.why}`);
  return changed.value ? leave(changed.value) : judgeShrink(database, context);
}

/** What can be set of it. */
export const oversizedDatabaseSettings = section({ mode: mode().optional(), cap: cap() }).prefault({});

/** As it is registered. */
export const oversizedDatabase = {
  type: 'database',
  judge: judgeOversizedDatabase,
  shows: ['cpuDays', 'memoryHours'],
} as const;
