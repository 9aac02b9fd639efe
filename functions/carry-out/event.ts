import * as z from 'zod';

/** What starts an execution: the id of a plan that is in the ledger. */
export const eventSchema = z.strictObject(
  { plan: z.string({ error: 'the id of a plan' }).regex(/^[A-Za-z0-9_-]{1,64}$/, 'the id of a plan') },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'unknown key; allowed: plan' : '{"plan": "..."}') },
);

export type CarryOutEvent = z.output<typeof eventSchema>;
