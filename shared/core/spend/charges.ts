const FIRST = 1;

/** Of the level; less is not told from noise. */
const LEAST_SHARE = 0.15;

/** So many of the last times count. */
const TIMES = 3;

/** For so long a day of a month is not learned from again. */
const MONTH_APART = 20;

interface Seen {
  readonly day: number;
  readonly amount: number;
}

/**
 * Charges that come on the same day of each month: fees, licences, reservations. One on the first of the month is expected
 * once it was there, on another day once it was there twice.
 */
export class MonthlyCharges {
  readonly #seen = new Map<number, Seen[]>();

  /** How much of an excess the charge of this day of the month explains. `isTaught`: a person says so. */
  explains(dayOfMonth: number, excess: number, { level, isTaught }: { level: number; isTaught: boolean }): number {
    const seen = this.#seen.get(dayOfMonth) ?? [];
    const amounts = seen.slice(-TIMES).map(({ amount }) => amount);
    amounts.sort((a, b) => a - b);
    const middle = typicalOf(amounts, dayOfMonth === FIRST || isTaught);
    if (middle <= LEAST_SHARE * level) return 0;
    // Within what it has been it tells nothing.
    return Math.max(0, Math.min(excess, amounts.at(-1) ?? 0));
  }

  /** How many times it was there; the fewer, the less sure. */
  times(dayOfMonth: number): number {
    return Math.min(TIMES, this.#seen.get(dayOfMonth)?.length ?? 0);
  }

  /** What a day cost beyond its season. */
  learn(dayOfMonth: number, seen: Seen): void {
    const before = this.#seen.get(dayOfMonth) ?? [];
    this.#seen.set(dayOfMonth, [...before, { ...seen, amount: Math.max(0, seen.amount) }].slice(-TIMES));
  }

  /** It was there before, and not just now. */
  isDue(dayOfMonth: number, day: number): boolean {
    const last = this.#seen.get(dayOfMonth)?.at(-1);
    return last !== undefined && day - last.day > MONTH_APART;
  }
}

/** The middle of three; of two the smaller, unless one is enough. */
function typicalOf(amounts: readonly number[], isOneEnough: boolean): number {
  const [first = 0, second] = amounts;
  if (second === undefined) return isOneEnough ? first : 0;
  return amounts.length === 2 && !isOneEnough ? first : second;
}
