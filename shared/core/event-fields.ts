import * as z from 'zod';
import { REGIONS } from './regions.ts';

/** Fields that the events of several functions have, each with what is allowed there. */

/** A time; `example` is one that fits the function. */
export const instant = (example: string) =>
  z.iso
    .datetime({ offset: true, error: `a time in ISO 8601 such as "${example}"`, abort: true })
    .transform((text) => new Date(text));

const ACCOUNT = 'an account id in quotes, 12 digits';

export const account = () => z.string({ error: ACCOUNT }).regex(/^\d{12}$/, ACCOUNT);

export const region = () => z.enum(REGIONS, { error: `an AWS region: ${REGIONS.join(', ')}` });

/** What is not empty. */
export const named = (what: string) => z.string({ error: what }).min(1, what);

/** What may only be true: to say `false` is to leave it out. */
export const flag = () => z.literal(true, { error: 'true' });

export const format = () =>
  z.enum(['json', 'table'], { error: 'json or table' }).optional().describe('`json` (default) or `table`');

export const check = () =>
  flag().optional().describe('Try everything that is needed and say what is missing; alone or with `scopes`');

/** Of a function that looks: it changes nothing by itself, in no mode. */
export const reportOnly = (name: string) =>
  z
    .literal('report', { error: `report (${name} itself changes nothing)` })
    .optional()
    .describe('`report`: look and answer only; record and send nothing');

/** What is said of an event that is none, or that has other keys than these. */
export const eventError =
  (keys: readonly string[], example: string) =>
  ({ code }: { readonly code?: string }): string =>
    code === 'unrecognized_keys'
      ? `unknown key; allowed: ${keys.join(', ')}`
      : `an object such as {"time": "${example}"}, or {}`;
