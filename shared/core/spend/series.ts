/** A UTC day, `YYYY-MM-DD`: billing days are UTC days. */
export type Day = string;

/**
 * What one thing cost, day by day: `amounts[n]` belongs to the day `n` days after `firstDay`. A day without spend is 0; a day
 * that is not known is `undefined`, which is never zero.
 */
export interface DailyCosts {
  readonly firstDay: Day;
  readonly amounts: readonly (number | undefined)[];
}

/** What a series is about: one service in one linked account, as Cost Explorer names them. */
export interface SeriesKey {
  readonly service: string;
  readonly account: string;
}

export interface CostSeries extends SeriesKey, DailyCosts {}

/** What people have taught the model about one series, in their answers. */
export interface Lesson {
  /** `level`: what was spent from `from` is how it is now. `recurring`: the day of the month of `from` carries such a charge. `once`: leave these days out. */
  readonly kind: 'level' | 'recurring' | 'once';
  readonly from: Day;
  /** Exclusive; absent where it holds for good. */
  readonly until?: Day;
  /** The last day that the person had seen when they said it. */
  readonly through?: Day;
}

/** What the model thinks of one day. It knows that day and the days before, nothing later. */
export interface Judgement {
  readonly day: Day;
  readonly actual: number;
  readonly expected: number;
  /** Signed: up is positive. 1 is the shipped threshold. `undefined`: no opinion, e.g. too little history. */
  readonly score: number | undefined;
  /**
   * With this day the model takes another level for how it is: `accepted` what has been unusual for two weeks, `returned` the
   * one from before the last that it accepted.
   */
  readonly turn?: 'accepted' | 'returned';
  /** People have said that the day is to be left out: it is no history, and nothing on it is unusual. */
  readonly leftOut?: true;
}
