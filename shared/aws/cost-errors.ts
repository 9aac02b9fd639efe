/** An answer has amounts in several currencies, which nobody can add or compare. A retry does not help. */
export class MixedCurrenciesError extends Error {
  override readonly name = 'MixedCurrenciesError';
  readonly currencies: readonly string[];
  constructor(currencies: readonly string[]) {
    super(`Cost Explorer answered in several currencies at once: ${currencies.join(', ')}`);
    this.currencies = currencies;
  }
}

/** Cost Explorer's answer cannot be read as costs. What was spent is unknown then, and not nothing. */
export class UnreadableCostsError extends Error {
  override readonly name = 'UnreadableCostsError';
  constructor(problem: string) {
    super(`Cost Explorer's answer cannot be read: ${problem}`);
  }
}
