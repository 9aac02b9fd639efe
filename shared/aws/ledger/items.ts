import * as z from 'zod';
import { LedgerCorruptError } from './errors.ts';
import type { Item, Key } from './table.ts';

/** Longer than a year, so that this year's plan can be compared with last year's. */
const KEPT_DAYS = 400;

/** The TTL attribute, in epoch seconds: the day after which DynamoDB may remove the item, some time. */
export const expiresAfter = (since: Date, days = KEPT_DAYS): number =>
  Math.floor(since.getTime() / 1000) + days * 86_400;

/** The number of an action in a sort key, which orders as the numbers do. */
export const actionNumber = (number: number): string => String(number).padStart(4, '0');

export const keyText = ({ pk, sk }: Key): string => `${pk} / ${sk}`;

/** A stored time. Text, so that a person who looks at the table can read it. */
export const storedTime = z.iso.datetime().transform((text) => new Date(text));

/** @throws {LedgerCorruptError} when the item is not what this code writes; names the attributes, never the values */
export function readItem<Schema extends z.ZodType>(schema: Schema, item: Item): z.output<Schema> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  const wrong = [...new Set(result.error.issues.map((issue) => String(issue.path[0] ?? 'item')))].join(', ');
  throw new LedgerCorruptError(keyText(item), `not what this version of Lamplighter writes (${wrong})`);
}
