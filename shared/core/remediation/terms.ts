import type { Mode, Policy } from '../policy.ts';
import { parseShare } from '../quantity.ts';
import { RUNBOOK_IDS, type RunbookId, type RunbookSettings } from './runbook.ts';

/** How far each runbook goes at most. */
export const MOST = {
  'database-storage-low': 'auto',
  'database-saturated': 'approve',
  'replica-lag': 'report',
  'instance-unwell': 'auto',
  'credits-exhausted': 'approve',
  'idle-alarm': 'report',
  'host-evidence': 'report',
} as const satisfies Readonly<Record<RunbookId, Mode>>;

/** The mode of one runbook. */
export const modeOfRunbook = ({ remediation }: Policy, id: RunbookId): Mode => remediation.modes[id];

/** Whether a runbook ever does something, or only shows what it found. */
export const mayAct = (id: RunbookId): boolean => MOST[id] !== 'report';

export const isRunbook = (cause: string): cause is RunbookId => RUNBOOK_IDS.some((id) => id === cause);

/** What the policy lets runbooks do, as they take it. */
export const runbookSettings = ({ remediation, timezone }: Policy): RunbookSettings => ({
  growAtMostShare: parseShare(remediation.growAtMost.share),
  growAtMostGiB: remediation.growAtMost.sizeGiB,
  growAtMostTimes: remediation.growAtMost.times,
  rebootInFreeze: remediation.rebootInFreeze === 'allowed',
  timezone,
});
