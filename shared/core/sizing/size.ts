import { type Evidence, known, unknown } from '../evidence.ts';
import { type Fit, fitOf, type Needs, needsOf } from './capacity.ts';
import { type Machine, type SizingPolicy, unprovenImage, whyIncompatible } from './compatible.ts';
import type { DemandSummary } from './demand.ts';
import { type InstanceTypeFacts, sustainedVcpus } from './instance-type.ts';
import { lastHours } from './look-back.ts';
import { type Shortage, shortagesOf } from './shortage.ts';

/** Another type does for less money. */
export interface Shrink {
  readonly verdict: 'shrink';
  readonly to: InstanceTypeFacts;
  /**
   * What nobody knows although the new type may have too little for it, such as the memory that is used. Unless this is
   * empty the shrink is a suggestion, which is never carried out, whatever the mode.
   */
  readonly unproven: readonly string[];
  readonly because: string;
  readonly whyNotSmaller: string;
}

/** The machine is short of something. A finding: growing costs money, and is for people to decide. */
export interface Grow {
  readonly verdict: 'grow';
  /** The cheapest type that has enough, and nothing less than now; unknown when no permitted one does. */
  readonly to: Evidence<InstanceTypeFacts>;
  readonly shortages: readonly Shortage[];
  readonly because: string;
}

export interface Keep {
  readonly verdict: 'keep';
  readonly because: string;
  /** True when it is kept because something about it is not known. */
  readonly unknown?: true;
}

export type SizingVerdict = Shrink | Grow | Keep;

export interface SizingQuestion {
  readonly machine: Machine;
  readonly demand: DemandSummary;
  readonly policy: SizingPolicy;
}

/**
 * The right type for a machine out of those that are offered where it is: the cheapest that can and may run it and meets
 * what it asks for. More demand never leads to a cheaper type, and nothing unknown ever leads to a smaller one.
 */
export function sizeOf(question: SizingQuestion, offered: readonly InstanceTypeFacts[]): SizingVerdict {
  const { machine, demand, policy } = question;
  const needs = needsOf(demand, policy.saleDays);
  const possible = offered
    .filter(({ name }) => name !== machine.type.name)
    .filter((candidate) => !whyIncompatible(candidate, machine, policy))
    .sort(cheapestFirst);
  const shortages = shortagesOf(machine.type, demand);
  if (shortages.length > 0) {
    const asItIs = possible.filter((candidate) => unprovenImage(candidate, machine).length === 0);
    return grow(machine.type, { shortages, possible: asItIs, needs });
  }
  return needs.known ? shrink(question, { needs: needs.value, possible }) : keepUnknown(needs.why);
}

function shrink(
  { machine, demand, policy }: SizingQuestion,
  { needs, possible }: { needs: Needs; possible: readonly InstanceTypeFacts[] },
): Shrink | Keep {
  const { type } = machine;
  if (!type.hourlyPrice.known) return keepUnknown(`no price of ${type.name} to compare with`);
  const fits = possible
    .filter((candidate) => isCheaper(candidate, type))
    .map((candidate) => ({ candidate, fit: fitOf(candidate, type, needs) }));
  const chosen = fits.findIndex(({ fit }) => fit.tooSmall.length === 0);
  const { candidate: to, fit } = fits[chosen] ?? {};
  if (!to || !fit) return keep(`${needs.cpu.because}; ${whyNone(fits)}`);
  return {
    verdict: 'shrink',
    to,
    unproven: [
      ...fit.unproven,
      ...unprovenImage(to, machine),
      ...unprovenOfAll(machine.type, demand),
      ...unmeasuredSales(needs, policy),
    ],
    because: [needs.cpu.because, ...(needs.memory.known ? [needs.memory.value.because] : [])].join('; '),
    whyNotSmaller: whyNone(fits.slice(0, chosen)),
  };
}

/** What must be known whatever the new type is: without credits a burstable type cannot show what it would need. */
function unprovenOfAll({ burstable }: InstanceTypeFacts, demand: DemandSummary): string[] {
  if (!burstable) return [];
  const { creditBalance } = demand;
  const hours = creditBalance ? lastHours(creditBalance.hourly.Average, demand) : unknown('not read');
  return hours.known ? [] : [`CPU credits unknown: ${hours.why}`];
}

const unmeasuredSales = ({ cpu }: Needs, { saleDays }: SizingPolicy): string[] =>
  cpu.unmeasuredSaleDays.length > 0
    ? [`nothing is known of ${cpu.unmeasuredSaleDays.length} of ${saleDays.length} sale days`]
    : [];

/** Why none of the cheaper types will do: what the largest of them lacks. */
function whyNone(fits: readonly { candidate: InstanceTypeFacts; fit: Fit }[]): string {
  const nearest = fits.at(-1);
  if (!nearest) return 'no cheaper type is offered and permitted';
  return `${nearest.candidate.name} is too small: ${nearest.fit.tooSmall.join(', ')}`;
}

function grow(
  present: InstanceTypeFacts,
  { shortages, possible, needs }: { shortages: Shortage[]; possible: InstanceTypeFacts[]; needs: Evidence<Needs> },
): Grow {
  const enough = possible.filter((candidate) => {
    if (shortages.some((shortage) => amountOf(shortage, candidate) <= amountOf(shortage, present))) return false;
    if (candidate.vcpus < present.vcpus || candidate.memoryMib < present.memoryMib) return false;
    const fit = needs.known ? fitOf(candidate, present, needs.value) : undefined;
    return !fit || (fit.tooSmall.length === 0 && fit.unproven.length === 0);
  });
  const to = enough.find((candidate) => priceIn(candidate, present) !== undefined);
  return {
    verdict: 'grow',
    to: to ? known(to) : unknown('no type that is offered, permitted and priced has enough'),
    shortages,
    because: shortages.map(({ because }) => because).join('; '),
  };
}

function amountOf({ of }: Shortage, type: InstanceTypeFacts): number {
  switch (of) {
    case 'cpu':
      return type.vcpus;
    case 'cpu-credits':
      return sustainedVcpus(type);
    case 'memory':
      return type.memoryMib;
    default:
      return of satisfies never;
  }
}

const priceOf = ({ hourlyPrice }: InstanceTypeFacts): number | undefined =>
  hourlyPrice.known ? hourlyPrice.value.amount : undefined;

/** The price, where it is known in the other type's currency: amounts in different currencies are never compared. */
function priceIn(type: InstanceTypeFacts, other: InstanceTypeFacts): number | undefined {
  if (!type.hourlyPrice.known || !other.hourlyPrice.known) return undefined;
  const { currency, amount } = type.hourlyPrice.value;
  return currency === other.hourlyPrice.value.currency ? amount : undefined;
}

/** Whether it is known to cost less. */
export function isCheaper(candidate: InstanceTypeFacts, present: InstanceTypeFacts): boolean {
  const [price, presentPrice] = [priceIn(candidate, present), priceOf(present)];
  return price !== undefined && presentPrice !== undefined && price < presentPrice;
}

/** By price, those without one last; types that cost the same by name. */
export function cheapestFirst(left: InstanceTypeFacts, right: InstanceTypeFacts): number {
  const [a, b] = [priceOf(left) ?? Number.POSITIVE_INFINITY, priceOf(right) ?? Number.POSITIVE_INFINITY];
  if (a !== b) return a - b;
  return left.name < right.name ? -1 : Number(left.name > right.name);
}

const keep = (because: string): Keep => ({ verdict: 'keep', because });
const keepUnknown = (because: string): Keep => ({ verdict: 'keep', because, unknown: true });
