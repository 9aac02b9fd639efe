import * as z from 'zod';

const PART = 'the number of a part of the plan, from 1';

/** What starts an execution: the id of a plan that is in the ledger and, when it takes more than one, which part of it. */
export const eventSchema = z.strictObject(
  {
    plan: z.string({ error: 'the id of a plan' }).regex(/^[A-Za-z0-9_-]{1,64}$/, 'the id of a plan'),
    part: z.int({ error: PART }).min(1, PART).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'unknown key; allowed: plan, part' : '{"plan": "..."}') },
);

export type CarryOutEvent = z.output<typeof eventSchema>;
