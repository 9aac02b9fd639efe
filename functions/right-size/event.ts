import * as z from 'zod';
import { scopesSchema } from '../../shared/core/check-event.ts';
import { eventError, flag, format, instant, named } from '../../shared/core/event-fields.ts';
import type { RuleId } from '../../shared/core/policy.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { DAY_MS } from '../../shared/core/time.ts';

/** How far a backfill may reach in one call. */
const MOST_DAYS = 92;

const EXAMPLE = '2026-11-22T06:30:00Z';
const KEYS = ['time', 'from', 'to', 'scopes', 'rules', 'resource', 'mode', 'format', 'check'] as const;

// What is no date must not get to the checks of the whole range: hence `abort`.
const day = z.iso
  .date({ error: 'a date such as "2026-11-22"', abort: true })
  .transform((text) => new Date(`${text}T00:00:00Z`));

/** What may wake right-size: a schedule (`time`), or a person. */
export const eventSchema = z
  .strictObject(
    {
      time: instant(EXAMPLE).optional().describe('The tick: what is judged is the estate as of this time'),
      from: day.optional().describe('With `to`: decide once for each day of the range, and report'),
      to: day.optional().describe('The day after the last'),
      scopes: scopesSchema
        .optional()
        .describe('Only these accounts and regions, which must be among those of the policy'),
      rules: z
        .array(z.enum(RULE_IDS as [RuleId, ...RuleId[]], { error: `a rule: ${RULE_IDS.join(', ')}` }), {
          error: `a list of rules: ${RULE_IDS.join(', ')}`,
        })
        .min(1, `at least one rule: ${RULE_IDS.join(', ')}`)
        .transform((rules) => [...new Set(rules)])
        .optional()
        .describe('Only these rules, even if the policy has switched them off'),
      resource: named('an ARN, an id or a name')
        .optional()
        .describe('Explain this resource: the verdict of each rule with all of its evidence'),
      mode: z
        .literal('report', { error: 'report (right-size itself changes nothing)' })
        .optional()
        .describe('`report`: look and answer only, whatever the modes of the policy are'),
      format: format(),
      check: flag()
        .optional()
        .describe(
          'Try everything that is needed and say what is missing; alone or with `scopes`, which may be new ones',
        ),
    },
    { error: eventError(KEYS, EXAMPLE) },
  )
  .superRefine(({ check, scopes: _, ...others }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (check) return Object.keys(others).forEach((key) => void wrong(key, 'not together with `check`'));
    const { from, to, time, resource } = others;
    if (!from !== !to) wrong(from ? 'to' : 'from', '`from` and `to` go together');
    if (!from || !to) return;
    if (to <= from) wrong('to', 'a day after `from`: the range is half-open');
    if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS) wrong('to', `at most ${MOST_DAYS} days after \`from\``);
    if (time) wrong('time', 'not together with `from` and `to`');
    if (resource) wrong('resource', 'not together with `from` and `to`');
  });

export type RightSizeEvent = z.output<typeof eventSchema>;
