import * as z from 'zod';
import { account, region } from './event-fields.ts';

const scope = z.strictObject(
  {
    account: account(),
    regions: z.array(region(), { error: 'a list of AWS regions' }).min(1, 'at least one AWS region').optional(),
  },
  {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? 'unknown key; allowed: account, regions' : 'an object {account, regions?}',
  },
);

/** Accounts, and of each some of its regions, as a person names them. */
export const scopesSchema = z
  .array(scope, { error: 'a list of {account, regions?}' })
  .min(1, 'at least one {account, regions?}');

/** What has a function checked instead of woken: everything that it needs, in the policy's scopes or in those named. */
export interface CheckEvent {
  readonly check: true;
  readonly scopes?: z.output<typeof scopesSchema> | undefined;
  /** It has no time of its own. */
  readonly time?: undefined;
}

const checkSchema: z.ZodType<CheckEvent> = z.strictObject(
  { check: z.literal(true, { error: 'true' }), scopes: scopesSchema.optional() },
  { error: ({ code }) => (code === 'unrecognized_keys' ? 'not together with `check`' : '{"check": true}') },
);

/** The function's own event, or a check. Which of them it is meant to be its key `check` says, so that what is wrong is named. */
export const orCheck = <Event>(schema: z.ZodType<Event>): z.ZodType<Event | CheckEvent> =>
  z.unknown().transform((raw, context) => {
    const isCheck = raw !== null && typeof raw === 'object' && 'check' in raw;
    const { success, data, error } = (isCheck ? checkSchema : schema).safeParse(raw);
    if (success) return data;
    context.issues.push(...(error.issues as z.core.$ZodRawIssue[]));
    return z.NEVER;
  });
