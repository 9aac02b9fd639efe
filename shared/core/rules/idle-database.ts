import { onHoursFor } from '../calendar/on-hours.ts';
import type { DatabaseFacts } from '../facts.ts';
import { cap, mode, notice, number, section, whole, window } from '../policy-fields.ts';
import { parseDays } from '../quantity.ts';
import { type ActVerdict, inUse, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, onWhich, tooYoung, wholeWindow } from './exempt.ts';
import { savingOf, tooSmall, whileOn } from './saving.ts';
import { unstoppableDatabase } from './unstoppable-database.ts';

/**
 * idle-database
 *   > Stop an available RDS database or Aurora cluster to which nobody connected, and which read and wrote next to
 *   > nothing, on every day of the whole window. Under a schedule: on every day on which that was on.
 *   > Exempt: protected; vetoed; younger than the window; history incomplete; schedule unknown; what AWS cannot
 *   > stop; pending modifications, which a stop would discard; a saving below the policy's minimum.
 */
export function judgeIdleDatabase(database: DatabaseFacts, context: JudgeContext): Judgement {
  const rule = context.policy.rules['idle-database'];
  const windowDays = parseDays(rule.window);
  const exempt =
    exemptFromAll(database, context) ??
    unstoppableDatabase(database) ??
    youngDatabase(database, windowDays, context.now);
  if (exempt) return leave(exempt);
  const onHours = onHoursFor(database.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  const over = { windowDays, now: context.now, onHours: onHours.value };

  const { peakConnections, peakIops, hourlyPrice } = database.evidence;
  if (!peakConnections) return lacks('peakConnections');
  const connections = wholeWindow(peakConnections, { what: 'connections', ...over });
  if (!connections.known) return leaveUnknown(connections.why);
  const mostConnections = Math.max(...connections.value);
  if (mostConnections > rule.monitoringConnections) return inUse(used('connections', mostConnections, context));

  if (!peakIops) return lacks('peakIops');
  const iops = wholeWindow(peakIops, { what: 'read and write IOPS', ...over });
  if (!iops.known) return leaveUnknown(iops.why);
  const mostIops = Math.max(...iops.value);
  if (mostIops > rule.iops) return inUse(used('iops', mostIops, context));

  if (!hourlyPrice) return lacks('hourlyPrice');
  const saving = whileOn(savingOf(hourlyPrice, [storageOf(database)]), onHours.value);
  const small = tooSmall(saving, context.policy);
  if (small) return leave(small);
  return {
    verdict: 'act',
    action: {
      kind: 'stop-database',
      database: database.identity,
      expect: { status: 'available', form: database.form },
    },
    because: `${nobody(mostConnections)} and at most ${round(mostIops)} IOPS at any time in ${windowDays} days${onWhich(over)}`,
    saving,
    undo: { reversibility: 'full' },
  } satisfies ActVerdict;
}

function youngDatabase(database: DatabaseFacts, windowDays: number, now: Date): string | undefined {
  if (!database.createdAt) return 'AWS does not say yet when it was created';
  return tooYoung(database.createdAt, windowDays, now);
}

function used(what: 'connections' | 'iops', peak: number, { policy }: JudgeContext): string {
  const { monitoringConnections, iops, window } = policy.rules['idle-database'];
  const days = parseDays(window);
  if (what === 'iops') return `in use: up to ${round(peak)} IOPS in ${days} days, more than ${iops}`;
  const allowed = monitoringConnections > 0 ? `, more than the ${monitoringConnections} of monitoring` : '';
  return `in use: up to ${count(peak, 'connection')} in ${days} days${allowed}`;
}

function storageOf({ form, storage }: DatabaseFacts): string {
  if (form === 'cluster' || storage.sizeGiB === undefined) return 'storage and backups';
  return `${storage.sizeGiB} GiB of ${storage.storageType ?? ''} storage and backups`.replace('  ', ' ');
}

const nobody = (mostConnections: number): string =>
  mostConnections === 0 ? 'no connection' : `at most ${count(mostConnections, 'connection')}, as monitoring holds,`;
const round = (value: number): string => String(Math.round(value * 10) / 10);
const count = (value: number, noun: string): string => `${round(value)} ${noun}${value === 1 ? '' : 's'}`;

/** What can be set of it. */
export const idleDatabaseSettings = section({
  mode: mode().optional(),
  window: window().default('35d').describe('Nobody may have connected for so long'),
  monitoringConnections: whole(0, 1000)
    .default(0)
    .describe('Connections that monitoring agents, proxies or poolers always hold; a peak up to here is nobody'),
  iops: number(0)
    .default(5)
    .describe('The peak of read plus write operations a second of an idle database, on every day'),
  notice: notice('3d'),
  cap: cap(),
}).prefault({});

/** As it is registered. */
export const idleDatabase = {
  type: 'database',
  judge: judgeIdleDatabase,
  shows: ['peakConnections', 'peakIops'],
} as const;
