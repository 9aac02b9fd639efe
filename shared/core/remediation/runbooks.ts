import type { Runbook, RunbookId } from './runbook.ts';
import { creditsExhausted } from './runbooks/credits-exhausted.ts';
import { databaseSaturated } from './runbooks/database-saturated.ts';
import { databaseStorageLow } from './runbooks/database-storage-low.ts';
import { hostEvidence } from './runbooks/host-evidence.ts';
import { idleAlarm } from './runbooks/idle-alarm.ts';
import { instanceUnwell } from './runbooks/instance-unwell.ts';
import { replicaLag } from './runbooks/replica-lag.ts';

/** Every runbook, by its id. */
export const RUNBOOKS: Readonly<Record<RunbookId, Runbook>> = {
  'database-storage-low': databaseStorageLow,
  'database-saturated': databaseSaturated,
  'replica-lag': replicaLag,
  'instance-unwell': instanceUnwell,
  'credits-exhausted': creditsExhausted,
  'idle-alarm': idleAlarm,
  'host-evidence': hostEvidence,
};
