import { onHoursFor } from '../calendar/on-hours.ts';
import type { Evidence } from '../evidence.ts';
import type { EvidenceKind } from '../facts.ts';
import { formatMoney, type Saving, times } from '../money.ts';
import { FULL_PERCENT } from '../sizing/cpu-need.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { FULL_MEMORY_PERCENT, SWAPPING_PERCENT } from '../sizing/memory-need.ts';
import { shortagesOf } from '../sizing/shortage.ts';
import { type Grow, sizeOf } from '../sizing/size.ts';
import { type FindVerdict, type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import type { JudgeContext } from './exempt.ts';
import { resizeStep, sizedMachine, whyNoAge } from './resize.ts';
import { whileOn } from './saving.ts';
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
  const onHours = onHoursFor(machine.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
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

  const demand = demandOf(machine, present.value, {
    now: context.now,
    onHours: onHours.value,
    unread: asUnknown,
  });
  if (shortagesOf(present.value, demand).length === 0) return leave(notShort(machine));
  const rest = firstUnread(machine, ['cpuDays', 'cpuHours', 'memoryHours', 'traffic']);
  if (rest) return lacks(rest);
  const question = { machine: sizedMachine(machine, present.value), demand, policy: sizingPolicy(machine, context) };
  const verdict = sizeOf(question, evidence.offered.known ? evidence.offered.value : []);
  if (verdict.verdict !== 'grow') return leave(verdict.because);
  const found = finding(machine, verdict, whileOn(costOf(present.value, verdict), onHours.value));
  return { ...found, note: [found.note, ...whyNoAge(machine, context)].join('; ') };
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

function finding(machine: Machine, { to, shortages, because }: Grow, cost: Evidence<Saving>): FindVerdict {
  const risk = shortages.map((shortage) => shortage.risk).join('; ');
  const found = { verdict: 'find', kind: 'finding' } as const;
  if (!to.known) return { ...found, because, note: risk, step: `choose another kind of machine: ${to.why}` };
  return {
    ...found,
    because: `${because}: ${to.value.name} has enough${costing(cost)}`,
    note: risk,
    step: resizeStep(machine, to.value.name),
  };
}

/** What it costs more, as a saving below nothing. */
const costOf = (present: InstanceTypeFacts, { to }: Grow): Evidence<Saving> =>
  to.known ? resizeSaving(present, to.value) : to;

const costing = (cost: Evidence<Saving>): string =>
  cost.known ? ` and costs ${formatMoney(times(-1, cost.value.monthly))} a month more` : '';
