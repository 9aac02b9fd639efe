import * as z from 'zod';
import { calendars, calendarsExist, schedules } from './calendar/settings.ts';
import { hashOf } from './canonical.ts';
import {
  account,
  calendarDate,
  mode,
  number,
  oneOf,
  region,
  section,
  tagName,
  text,
  timeZone,
  whole,
} from './policy-fields.ts';
import { days, duration, parseDays, share } from './quantity.ts';
import type { RunbookId } from './remediation/runbook.ts';
import { remediation } from './remediation/settings.ts';
import { isRunbook, modeOfRunbook } from './remediation/terms.ts';
import { snapshots } from './retention/settings.ts';
import { modesOf } from './retention/terms.ts';
import { RULE_IDS, RULE_SETTINGS } from './rules.ts';
import { LOOK_BACK_DAYS } from './sizing/look-back.ts';

const names = (what: string) =>
  z
    .array(z.string().min(1), { error: `a list of ${what}; * stands for any characters` })
    .min(1, `at least one of ${what}`);

const scope = section({
  account: account().describe('Account id, in quotes'),
  regions: z
    .array(region(), { error: 'a list of AWS regions' })
    .min(1, 'at least one AWS region')
    .describe('Regions to look at'),
});

/** Looks at what may not be checked yet: a list whose members may be anything. */
function eachAccountOnce(scopes: readonly unknown[], context: z.core.$RefinementCtx): void {
  const accounts = scopes.map((one) => (one as { account?: unknown } | null | undefined)?.account);
  for (const [index, account] of accounts.entries()) {
    if (account === undefined || accounts.indexOf(account) === index) continue;
    const message = 'each account once; list all its regions there';
    context.addIssue({ code: 'custom', path: [index, 'account'], message });
  }
}

/** What a day's reading may need in the longest month: the paid calls that explaining leaves alone. */
export const RESERVED_PAID_CALLS = 2 * 31;

const spend = () =>
  section({
    payer: scope.shape.account
      .optional()
      .describe('The account whose Cost Explorer is asked; a payer sees all of its accounts. None: the hub itself'),
    metric: oneOf(['unblended', 'amortized', 'net-unblended', 'net-amortized'])
      .default('unblended')
      .describe('How a cost is counted; `amortized` spreads upfront fees over their term, `net` is after discounts'),
    without: z
      .array(text('a record type of Cost Explorer such as Credit'), { error: 'a list of record types' })
      .default(['Credit', 'Refund', 'Tax', 'Support', 'Upfront', 'SavingsPlanUpfrontFee'])
      .describe('Record types that are not spend in this sense'),
    settleAfter: duration({ min: '24h', max: '7d' })
      .default('48h')
      .describe('A day younger than this may still be incomplete: a rise on it is provisional, a drop is not judged'),
    minImpact: number(0).default(25).describe("Do not tell of less, in the bill's currency, over all of its days"),
    minShare: share().default('10%').describe('Do not tell of less than this share of what was expected'),
    growBy: share()
      .default('50%')
      .describe('What is open is told again when it has grown by so much; so is what is expected until a day'),
    warning: number(0).default(100).describe('From so much a month on, if it stays, the message is a `warning`'),
    critical: number(0).default(1000).describe('From so much a month on, if it stays, the message is `critical`'),
    tag: text('a cost allocation tag').optional().describe('A cost allocation tag by which causes are told apart, too'),
    costCategory: text('a cost category')
      .optional()
      .describe('The same by a cost category. Neither: by resource, where the account has resource-level data'),
    paidCallsPerMonth: whole(RESERVED_PAID_CALLS, 10_000)
      .default(200)
      .describe(
        `At most so many pages of Cost Explorer a month, at $0.01 each; explaining leaves ${RESERVED_PAID_CALLS} to the daily reading`,
      ),
    planned: z
      .array(
        section({
          from: calendarDate().describe('The first day, in UTC'),
          to: calendarDate().describe('The day after the last'),
          why: text('the reason, in words').describe('Why'),
          account: scope.shape.account.optional().describe('Only this account'),
          service: text('a service as Cost Explorer names it').optional().describe('Only this service'),
        }).refine(({ from, to }) => from < to, { path: ['to'], error: 'after `from`: the range is half-open' }),
        { error: 'a list of {from, to, why, account?, service?}' },
      )
      .default([])
      .describe('Days of which everybody knows that they cost more: a sale, a migration, a load test'),
  });

/** The one schema of the policy. Its documented defaults are the only defaults. */
export const policySchema = section({
  timezone: timeZone()
    .default('UTC')
    .describe('The time zone of the people who read the messages, and in which the dates of tags end'),
  scopes: z
    .array(scope, { error: 'a list of {account, regions}' })
    .superRefine(eachAccountOnce, { when: ({ value }) => Array.isArray(value) }) // also when something else is wrong
    .default([])
    .describe("Accounts and regions to look at. None: the function's own account and region"),
  concurrency: whole(1, 32)
    .default(4)
    .describe('How many scopes are read at once; more is faster and nearer to throttling'),
  defaults: section({
    mode: mode().default('report'),
    protectTag: tagName()
      .default('lamplighter:protect')
      .describe('A resource with this tag is left alone; the value may be a last day (2026-12-31), else it has no end'),
    ownerTag: tagName().default('owner').describe('The tag that names who owns a resource'),
    minMonthlySaving: number(0)
      .default(5)
      .describe(
        "Do not propose what saves less a month, in the price list's currency; if only after commitments, it is a finding",
      ),
    savings: oneOf(['net', 'list'])
      .default('net')
      .describe(
        '`net`: what commitments (Savings Plans, reserved instances) leave of a saving, from Cost Explorer once a day, about $0.02; ' +
          '`list`: at list price',
      ),
    remindAfter: days({ min: 1, max: 90, why: 'a message that never returns is forgotten' })
      .default('7d')
      .describe('A plan that has not changed is announced again after so long'),
    approveWithin: duration({ min: '1h', max: '14d' })
      .default('3d')
      .describe('Mode `approve`: a plan that nobody approves expires after so long'),
    grace: duration({ min: '1h', max: '30d' })
      .default('7d')
      .describe(
        'Mode `auto`: how long people may veto before it is carried out; what takes or copies a snapshot has none, what deletes one `snapshots.pruneGrace`',
      ),
    watch: duration({ min: '1h', max: '7d' })
      .default('2h')
      .describe('How long a change is watched, and taken back by itself when an alarm goes off'),
    stopFor: days({ min: 1, max: 30, why: 'after that it is proposed again' })
      .default('30d')
      .describe('How long a stopped database is kept stopped over the restart that AWS does after seven days'),
    keepSnapshots: days({ min: 7, max: 3650, why: 'an undo may need it for 30 days' })
      .default('90d')
      .describe('From when on the snapshots that were taken before a stop may be deleted'),
    databaseUndo: oneOf(['ask', 'automatic'])
      .default('ask')
      .describe(
        'What happens when a resized database is not well: `ask` tells people, `automatic` takes it back at once, which is a ' +
          'second outage',
      ),
    parallel: whole(1, 20).default(4).describe('How many actions of a plan are carried out at once'),
  }).prefault({}),
  approvers: z
    .array(
      section({
        accounts: z
          .union([z.literal('*'), z.array(z.string().regex(/^\d{12}$/))], {
            error: "'*' or a list of account ids in quotes",
          })
          .describe("`'*'`, or the accounts whose plans they may answer"),
        principals: z
          .array(z.string().regex(/^arn:[\w-]+:(iam|sts)::\d{12}:.+/, 'an IAM ARN; * stands for any characters'), {
            error: 'a list of IAM ARNs; * stands for any characters',
          })
          .min(1, 'at least one IAM ARN')
          .describe('IAM roles or users, by ARN; `*` stands for any characters'),
      }),
      { error: 'a list of {accounts, principals}' },
    )
    .default([])
    .describe('Who may approve, veto and undo. None: nobody, so nothing is ever approved'),
  freeze: z
    .array(
      section({
        from: calendarDate().describe('The first frozen day'),
        to: calendarDate().describe('The first day that is free again'),
        why: z.string({ error: 'the reason, in words' }).min(1, 'the reason, in words').describe('Why'),
      }).refine(({ from, to }) => from < to, { path: ['to'], error: 'after `from`: the range is half-open' }),
      { error: 'a list of {from, to, why}' },
    )
    .default([])
    .describe('Days on which nothing is stopped, restarted, shrunk or deleted; starting, growing and undoing go on'),
  dependents: z
    .array(
      section({
        resource: z
          .string({ error: 'a name; * stands for any characters' })
          .min(1)
          .describe('The resource, by name; `*` stands for any characters'),
        alarms: z
          .array(z.string().min(1), { error: 'a list of alarm names' })
          .min(1, 'at least one alarm name')
          .describe('CloudWatch alarms in the same account and region'),
      }),
      { error: 'a list of {resource, alarms}' },
    )
    .default([])
    .describe('Alarms of what depends on a resource: one that goes off while a change is watched takes it back'),
  sales: z
    .array(
      section({
        from: calendarDate().describe('The first day of the sale'),
        to: calendarDate().describe('The first day after it'),
        why: z.string({ error: 'the reason, in words' }).min(1, 'the reason, in words').describe('What sold'),
      }).refine(({ from, to }) => from < to, { path: ['to'], error: 'after `from`: the range is half-open' }),
      { error: 'a list of {from, to, why}' },
    )
    .default([])
    .describe('Past days of sales: what they asked of a machine counts, however long ago it was'),
  sizing: section({
    instanceTypes: names('instance types')
      .default(['*'])
      .describe('What an instance may become, by name; `*` stands for any characters'),
    databaseClasses: names('database classes')
      .default(['*'])
      .describe('What a database may become, by name; `*` stands for any characters'),
    architecture: oneOf(['same', 'any'])
      .default('same')
      .describe(
        '`same`: what runs on x86_64 stays there; `any`: the software is known to run on arm64, too. An instance needs another image for that, so it is only suggested',
      ),
    burstable: oneOf(['allowed', 'never'])
      .default('allowed')
      .describe('Whether a machine may become a burstable one (T), if its CPU credits last for its busiest day'),
  }).prefault({}),
  rules: section(RULE_SETTINGS).prefault({}),
  spend: spend().prefault({}),
  snapshots: snapshots().prefault({}),
  calendars: calendars().prefault({}),
  schedules: schedules().prefault({}),
  remediation: remediation().prefault({}),
}).superRefine(calendarsExist, { when: ({ value }) => typeof value === 'object' && value !== null });

export type Policy = z.output<typeof policySchema>;
export type RuleId = keyof Policy['rules'];
/** What else lets something be done: the modes of the section `snapshots`. */
export type SnapshotRuleId = 'take-snapshots' | 'prune-snapshots';
/**
 * What lets something be done in a mode of its own: a rule, the snapshots, a runbook. `off-hours` is let by a schedule, each in its
 * mode.
 */
export type Cause = RuleId | SnapshotRuleId | RunbookId | 'off-hours';
export type Mode = Policy['defaults']['mode'];
export type Cap = Policy['rules']['idle-database']['cap'];

/** One wrong place in a policy: where, and what is allowed there. Never the value: it may be a mistaken paste. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  readonly allowed: string;
}

export class InvalidPolicyError extends Error {
  override readonly name = 'InvalidPolicyError';
  readonly problems: readonly PolicyProblem[];
  constructor(problems: readonly PolicyProblem[]) {
    super(`the policy is not valid:\n${problems.map((one) => `  ${describeProblem(one)}`).join('\n')}`);
    this.problems = problems;
  }
}

/** `rules.idle-database.window: from 7d to 455d (...)` */
export const describeProblem = ({ path, allowed }: PolicyProblem): string =>
  `${formatPath(path) || 'policy'}: ${allowed}`;

/**
 * Checks a policy and fills in the defaults. Everything that is wrong is reported at once.
 * @throws {InvalidPolicyError}
 */
export function parsePolicy(input: unknown): Policy {
  const result = policySchema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new InvalidPolicyError(result.error.issues.flatMap(problemsOf));
}

/** Identifies what was decided under: it goes into every plan's hash. */
export const policyHash = (policy: Policy): string => hashOf(policy);

export const isRule = (cause: Cause): cause is RuleId =>
  cause !== 'take-snapshots' && cause !== 'prune-snapshots' && cause !== 'off-hours' && !isRunbook(cause);

/** The mode of one rule: its own, else the default. What deletes a volume is never `auto`, whatever the default is. */
export function modeOf(policy: Policy, rule: Exclude<Cause, 'off-hours'>): Mode {
  if (isRunbook(rule)) return modeOfRunbook(policy, rule);
  if (!isRule(rule)) return modesOf(policy)[rule === 'take-snapshots' ? 'take' : 'prune'];
  const mode = policy.rules[rule].mode ?? policy.defaults.mode;
  return rule === 'unattached-volume' && mode === 'auto' ? 'approve' : mode;
}

/** The mode of one schedule: its own, else the default. `off` for one that the policy does not have. */
export function modeOfSchedule({ schedules, defaults }: Policy, name: string): Mode {
  const schedule = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  return schedule ? (schedule.mode ?? defaults.mode) : 'off';
}

/** The rules that are not switched off. */
export const rulesInForce = (policy: Policy): RuleId[] => RULE_IDS.filter((id) => modeOf(policy, id) !== 'off');

/** What the rule may do at once; undefined for one that only finds, and for what has its own limit. */
export function capIn(policy: Policy, rule: Cause): Cap | undefined {
  if (!isRule(rule)) return undefined;
  const ofRule = policy.rules[rule];
  return 'cap' in ofRule ? ofRule.cap : undefined;
}

/** How many days back the rule looks. */
export function windowDaysOf(policy: Policy, rule: Cause): number {
  const ofRule = isRule(rule) && policy.rules[rule];
  return ofRule && 'window' in ofRule ? parseDays(ofRule.window) : LOOK_BACK_DAYS;
}

function problemsOf(issue: z.core.$ZodIssue): PolicyProblem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], allowed: issue.message }));
  }
  return [{ path, allowed: issue.message }];
}

function formatPath(path: readonly (string | number)[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}
