import type { EvidenceKind } from '../facts.ts';
import { formatMoney, times } from '../money.ts';
import { FULL_PERCENT } from '../sizing/cpu-need.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { FULL_MEMORY_PERCENT, SWAPPING_PERCENT } from '../sizing/memory-need.ts';
import { shortagesOf } from '../sizing/shortage.ts';
import { type Grow, sizeOf } from '../sizing/size.ts';
import { type FindVerdict, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import type { JudgeContext } from './exempt.ts';
import { resizeStep, sizedMachine } from './resize.ts';
import {
  asUnknown,
  demandOf,
  LEAST_DAYS,
  lastDaysOf,
  type Machine,
  memoryPercents,
  presentType,
  resizeSaving,
  sizingPolicy,
} from './sizing.ts';

/**
 * Whether a machine that may be resized is short of something. The finer evidence is read only where the highest values of
 * the days leave it possible: no hour can be busier than the highest moment of its day.
 */
export function judgeGrow(machine: Machine, context: JudgeContext): Judgement {
  const { evidence } = machine;
  if (!evidence.offered) return lacks('offered');
  const present = presentType(machine);
  if (!present.known) return leaveUnknown(present.why);
  const coarse = firstUnread(machine, ['peakCpuPercent', 'memoryDays']);
  if (coarse) return lacks(coarse);
  if (evidence.peakCpuPercent && !evidence.peakCpuPercent.known)
    return leaveUnknown(`CPU unknown: ${evidence.peakCpuPercent.why}`);
  const finer = firstUnread(machine, [
    ...(mayBeFull(machine, context.now) ? (['cpuHours'] as const) : []),
    ...(mayBeOutOfMemory(machine, present.value, context.now) ? (['memoryHours'] as const) : []),
    ...(present.value.burstable ? (['creditHours'] as const) : []),
  ]);
  if (finer) return lacks(finer);

  const demand = demandOf(machine, present.value, { now: context.now, unread: asUnknown });
  if (shortagesOf(present.value, demand).length === 0) return leave(notShort(machine));
  const rest = firstUnread(machine, ['cpuDays', 'cpuHours', 'memoryHours', 'traffic']);
  if (rest) return lacks(rest);
  const question = { machine: sizedMachine(machine, present.value), demand, policy: sizingPolicy(machine, context) };
  const verdict = sizeOf(question, evidence.offered.known ? evidence.offered.value : []);
  return verdict.verdict === 'grow' ? finding(machine, present.value, verdict) : leave(verdict.because);
}

const firstUnread = (
  { evidence }: Machine,
  kinds: readonly (EvidenceKind & keyof Machine['evidence'])[],
): EvidenceKind | undefined => kinds.find((kind) => !evidence[kind]);

function mayBeFull({ evidence: { peakCpuPercent } }: Machine, now: Date): boolean {
  if (!peakCpuPercent?.known) return false;
  return lastDaysOf(peakCpuPercent.value, 7, now).some((percent = 0) => percent >= FULL_PERCENT);
}

function mayBeOutOfMemory(machine: Machine, { memoryMib }: InstanceTypeFacts, now: Date): boolean {
  const exceeds = (values: readonly (number | undefined)[], limit: number) =>
    values.some((value = 0) => value >= limit);
  if (machine.type === 'instance') {
    const { memoryDays } = machine.evidence;
    return Boolean(memoryDays?.known) && exceeds(memoryDays?.known ? memoryDays.value.values : [], FULL_MEMORY_PERCENT);
  }
  const { memoryDays } = machine.evidence;
  if (!memoryDays?.known) return false;
  const { usedPercent, swapPercent } = memoryPercents(memoryDays.value, memoryMib);
  const days = (series: typeof usedPercent) => lastDaysOf(series, 2 * LEAST_DAYS, now);
  return exceeds(days(usedPercent), FULL_MEMORY_PERCENT) || exceeds(days(swapPercent), SWAPPING_PERCENT);
}

function notShort({ evidence: { memoryDays } }: Machine): string {
  return memoryDays?.known ? 'short of nothing' : `not short of CPU; memory unknown: ${memoryDays?.why ?? 'not read'}`;
}

function finding(machine: Machine, present: InstanceTypeFacts, { to, shortages, because }: Grow): FindVerdict {
  const risk = shortages.map((shortage) => shortage.risk).join('; ');
  const found = { verdict: 'find', kind: 'finding' } as const;
  if (!to.known) return { ...found, because, note: risk, step: `choose another kind of machine: ${to.why}` };
  return {
    ...found,
    because: `${because}: ${to.value.name} has enough${costing(present, to.value)}`,
    note: risk,
    step: resizeStep(machine, to.value.name),
  };
}

function costing(present: InstanceTypeFacts, to: InstanceTypeFacts): string {
  const saving = resizeSaving(present, to);
  return saving.known ? ` and costs ${formatMoney(times(-1, saving.value.monthly))} a month more` : '';
}
