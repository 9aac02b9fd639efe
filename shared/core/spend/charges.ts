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
 * once it was there, on another day once it was there twice. A charge of the 29th to the 31st comes on the last day of a month
 * that does not have its day, which is why a day is asked about by all the days of the month that fall on it.
 */
export class MonthlyCharges {
  readonly #seen = new Map<number, readonly Seen[]>();

  /** How much of an excess the charges of these days of the month explain. `isTaught`: a person says so. */
  explains(
    chargeDays: readonly number[],
    excess: number,
    { level, isTaught }: { level: number; isTaught: boolean },
  ): number {
    let most = 0;
    for (const dayOfMonth of chargeDays) {
      const amounts = this.#timesOf(dayOfMonth).map(({ amount }) => amount);
      amounts.sort((a, b) => a - b);
      const middle = typicalOf(amounts, dayOfMonth === FIRST || isTaught);
      if (middle > LEAST_SHARE * level) most += amounts.at(-1)!;
    }
    // Within what they have been they tell nothing.
    return Math.max(0, Math.min(excess, most));
  }

  /** How many times the surest of them was there; the fewer, the less sure. */
  times(chargeDays: readonly number[]): number {
    return Math.max(...chargeDays.map((dayOfMonth) => this.#timesOf(dayOfMonth).length));
  }

  /**
   * What a day cost beyond its season. The charges that are known share it as they shared it last. While none is, it may be
   * any of them: the months after it tell which.
   */
  learn(chargeDays: readonly number[], { day, amount }: Seen): void {
    const last = chargeDays.map((dayOfMonth) => this.#timesOf(dayOfMonth).at(-1)?.amount ?? 0);
    const all = last.reduce((sum, one) => sum + one, 0);
    for (const [index, dayOfMonth] of chargeDays.entries()) {
      const share = all > 0 ? last[index]! / all : 1;
      const before = this.#timesOf(dayOfMonth);
      if (share === 0 && before.length === 0) continue;
      this.#seen.set(dayOfMonth, [...before, { day, amount: Math.max(0, amount) * share }].slice(-TIMES));
    }
  }

  /** One of them was there before, and not just now. */
  isDue(chargeDays: readonly number[], day: number): boolean {
    return chargeDays.some((dayOfMonth) => {
      const last = this.#timesOf(dayOfMonth).at(-1);
      return last !== undefined && day - last.day > MONTH_APART;
    });
  }

  #timesOf(dayOfMonth: number): readonly Seen[] {
    return this.#seen.get(dayOfMonth) ?? [];
  }
}

/** The middle of three; of two the smaller, unless one is enough. */
function typicalOf(amounts: readonly number[], isOneEnough: boolean): number {
  const [first = 0, second] = amounts;
  if (second === undefined) return isOneEnough ? first : 0;
  return amounts.length === 2 && !isOneEnough ? first : second;
}
