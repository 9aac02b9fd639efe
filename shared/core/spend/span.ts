/** Days that are looked at together. */
export interface Span {
  readonly days: number;
  readonly spent: number;
  /** How many average days they make, by their weekdays. */
  readonly averageDays: number;
}

/** The least that a day counts for, of an average one. */
export const LEAST_DAY = 0.25;

/** Keeps the logarithm of zero finite. */
const SOFT = 0.3;

/**
 * What a span cost against what it was to cost at a level. Where next to nothing is due, a few dollars are no multiple: what
 * its days lack to the least that they count for is added to both sides.
 */
export function ratioOf({ days, spent, averageDays }: Span, level: number): number {
  const lacking = Math.max(0, LEAST_DAY * days - averageDays);
  return (Math.max(0, spent) / level + lacking) / (averageDays + lacking);
}

/**
 * How far a span is off, as a share of what it was to cost. A fall counts by its ratio, not by its share, so that one to
 * nothing is as far off as a rise to nearly three times.
 */
export function deviationOf(span: Span, level: number): number {
  const ratio = ratioOf(span, level);
  return ratio >= 1 ? ratio - 1 : (1 + SOFT) * Math.log((ratio + SOFT) / (1 + SOFT));
}
