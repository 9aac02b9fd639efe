import { onHoursFor } from '../calendar/on-hours.ts';
import { type Evidence, known } from '../evidence.ts';
import { HOURS_PER_MONTH, type Money, times } from '../money.ts';
import { type Fit, fitOf, type Needs, needsOf } from '../sizing/capacity.ts';
import { unprovenImage, whyIncompatible } from '../sizing/compatible.ts';
import type { InstanceTypeFacts } from '../sizing/instance-type.ts';
import { cheapestFirst, isCheaper } from '../sizing/size.ts';
import type { JudgeContext } from './exempt.ts';
import { sizedMachine } from './resize.ts';
import { halvesBlindly } from './shrink.ts';
import { asUnknown, demandOf, type Machine, presentType, sizingPolicy } from './sizing.ts';

/** What a machine needs and what it could be, in numbers, whatever the rules make of them. */
export interface SizingNumbers {
  readonly present: SizedType;
  /** What it must keep; unknown when its CPU is. */
  readonly needs: Evidence<Needs>;
  /** The cheaper types that can and may take its place, cheapest first; the first that is enough is the right one. */
  readonly considered: readonly (SizedType & Fit)[];
  /** Why the other types do not come into question, each with how many there are. */
  readonly others: Readonly<Record<string, number>>;
}

export interface SizedType {
  readonly type: string;
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly monthly: Evidence<Money>;
}

/** All numbers that were read. Unknown when nobody knows what AWS offers. */
export function explainSizing(machine: Machine, context: JudgeContext): Evidence<SizingNumbers> {
  const present = presentType(machine);
  if (!present.known) return present;
  const { offered } = machine.evidence;
  const onHours = onHoursFor(machine.tags, context);
  if (!onHours.known) return onHours;
  const asked = { now: context.now, onHours: onHours.value, unread: asUnknown };
  const demand = demandOf(machine, present.value, asked);
  const needs = needsOf(demand, sizingPolicy(machine, context).saleDays);
  const types = (offered?.known ? offered.value : []).filter(({ name }) => name !== present.value.name);
  const judged = types.map((type) => ({ type, why: whyNot(type, { machine, present: present.value, context }) }));
  const considered = judged.filter(({ why }) => why === undefined).map(({ type }) => type);
  return known({
    present: sizedType(present.value),
    needs,
    considered: considered
      .sort(cheapestFirst)
      .map((type) => ({ ...sizedType(type), ...fitTo(type, { machine, present: present.value, needs }) })),
    others: tally(judged.flatMap(({ why }) => (why === undefined ? [] : [why]))),
  });
}

function fitTo(type: InstanceTypeFacts, { machine, present, needs }: Fitting): Fit {
  if (!needs.known) return UNJUDGED;
  const { tooSmall, unproven } = fitOf(type, present, needs.value);
  return { tooSmall, unproven: [...unproven, ...unprovenImage(type, sizedMachine(machine, present))] };
}

interface Fitting extends Pick<Place, 'machine' | 'present'> {
  readonly needs: Evidence<Needs>;
}

const UNJUDGED: Fit = { tooSmall: [], unproven: ['what is needed is unknown'] };

interface Place {
  readonly machine: Machine;
  readonly present: InstanceTypeFacts;
  readonly context: JudgeContext;
}

/** Why a type does not come into question, whatever the machine needs. */
function whyNot(type: InstanceTypeFacts, { machine, present, context }: Place): string | undefined {
  const incompatible = whyIncompatible(type, sizedMachine(machine, present), sizingPolicy(machine, context));
  if (incompatible) return incompatible;
  if (!type.hourlyPrice.known) return 'its price is unknown';
  if (!isCheaper(type, present)) return 'it is not cheaper';
  return halvesBlindly(type, machine, present)
    ? 'it has less than half of the memory, of whose use nothing is known'
    : undefined;
}

const sizedType = ({ name, vcpus, memoryMib, hourlyPrice }: InstanceTypeFacts): SizedType => ({
  type: name,
  vcpus,
  memoryGib: memoryMib / 1024,
  monthly: hourlyPrice.known ? known(times(HOURS_PER_MONTH, hourlyPrice.value)) : hourlyPrice,
});

/** How often each was said, the most frequent first. */
function tally(reasons: readonly string[]): Record<string, number> {
  const counts = [...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length] as const);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a));
}
