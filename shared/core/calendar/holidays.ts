import * as z from 'zod';
import type { CalendarDate } from './days.ts';

/** A country, or a region of one, by its codes in ISO 3166: `KR`, `DE-BE`, `US-NY`. */
export type Place = string;

/**
 * The public holidays of some places, day by day. It is made when a policy is stored, by whoever knows them, and kept with
 * the policy: so that what was decided can be decided again, and nothing that wakes has to carry every country's rules.
 */
export const holidayBookSchema = z.object({
  /** The years that it knows, both included. Whether a day of another year is a holiday is unknown. */
  years: z.object({ first: z.int(), last: z.int() }),
  /** The name of each holiday, by place and date. */
  places: z.record(z.string(), z.record(z.string(), z.string())),
});

export type HolidayBook = z.output<typeof holidayBookSchema>;

/** What is known where none were ever stored: of no day of any place. */
export const NO_HOLIDAYS: HolidayBook = { years: { first: 1970, last: 1969 }, places: {} };

/** A day is asked for of which the stored holidays say nothing. */
export class HolidaysUnknownError extends Error {
  override readonly name = 'HolidaysUnknownError';
  readonly place: Place;
  readonly date: CalendarDate;
  constructor(place: Place, date: CalendarDate) {
    super(`the holidays of ${place} are not known for ${date}: store the policy again`);
    this.place = place;
    this.date = date;
  }
}

/** Whether it knows of each of the days if it is a holiday in the place. */
export function knowsHolidays({ places, years }: HolidayBook, place: Place, days: readonly CalendarDate[]): boolean {
  const isCovered = (date: CalendarDate) => years.first <= yearOf(date) && yearOf(date) <= years.last;
  return Object.hasOwn(places, place) && days.every(isCovered);
}

const yearOf = (date: CalendarDate): number => Number(date.slice(0, 4));

/** The last day of which the holidays are known. */
export const lastKnownDay = ({ years }: HolidayBook): CalendarDate => `${years.last}-12-31`;

/**
 * The name of the holiday that the date is in the place; nothing when it is none.
 * @throws {HolidaysUnknownError} unknown is not a working day
 */
export function holidayOn(book: HolidayBook, place: Place, date: CalendarDate): string | undefined {
  if (!knowsHolidays(book, place, [date])) throw new HolidaysUnknownError(place, date);
  return book.places[place]?.[date];
}
