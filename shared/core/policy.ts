import * as z from 'zod';
import { hashOf } from './canonical.ts';
import { bytes, days, duration, share } from './quantity.ts';
import { REGIONS } from './regions.ts';
import { TIERS } from './retention/periods.ts';
import { isCalendarDate } from './time.ts';

/** CloudWatch keeps datapoints of an hour and longer for 455 days; a daily statistic reaches no further back. */
export const METRIC_RETENTION_DAYS = 455;

/** An object whose unknown keys are errors that say what is allowed. */
const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return `unknown key; allowed: ${Object.keys(shape).join(', ')}`;
      return `a section with the keys ${Object.keys(shape).join(', ')}`;
    },
  });

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  // Made when it is said: the first ListFormat of a process takes 15 ms, which every cold start would pay.
  z.enum(values, { error: () => new Intl.ListFormat('en', { type: 'disjunction' }).format(values) });

const number = (atLeast: number, what = 'a number') =>
  z.number({ error: `${what}, at least ${atLeast}` }).min(atLeast, `${what}, at least ${atLeast}`);

const whole = (atLeast: number, atMost: number) => {
  const allowed = `a whole number from ${atLeast} to ${atMost}`;
  return z.int({ error: allowed }).min(atLeast, allowed).max(atMost, allowed);
};

const window = () =>
  days({
    min: 7,
    max: METRIC_RETENTION_DAYS,
    why: `CloudWatch keeps daily statistics for ${METRIC_RETENTION_DAYS} days`,
  });

const cap = () =>
  section({
    count: whole(1, 100).default(10).describe('At most so many actions of this rule in one plan'),
    share: share().default('5%').describe('and at most this share of the resources it judges, but always at least 1'),
    perDay: whole(1, 1000)
      .default(10)
      .describe('At most so many actions of this rule are carried out in an account on a UTC day'),
  })
    .prefault({})
    .describe('What one plan may propose; the rest is shown as deferred, the dearest come first');

const mode = () =>
  oneOf(['off', 'report', 'approve', 'auto']).describe(
    '`off` does not judge; `report` proposes and changes nothing; `approve` carries out what a person approves; `auto` carries ' +
      'out after `grace` unless somebody vetoes, and only what can be taken back in full',
  );

const scope = section({
  account: z
    .string({ error: 'an account id in quotes, 12 digits' })
    .regex(/^\d{12}$/, 'an account id in quotes, 12 digits')
    .describe('Account id, in quotes'),
  regions: z
    .array(z.enum(REGIONS, { error: `an AWS region: ${REGIONS.join(', ')}` }), { error: 'a list of AWS regions' })
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

const calendarDate = () =>
  z.string({ error: 'a date such as 2026-11-20' }).refine(isCalendarDate, 'a date such as 2026-11-20');

const tagName = () =>
  z.string({ error: 'a tag name of 1 to 128 characters' }).min(1, 'a tag name of 1 to 128 characters').max(128);

const text = (what: string) => z.string({ error: what }).min(1, what).max(256, what);

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
    growBy: share().default('50%').describe('What is open is told again when it has grown by so much'),
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

/** How many periods of each tier are kept; in a class of databases a tier that is left out is as above. */
const KEPT = {
  daily: whole(0, 366).describe(
    'Days; the automated backup is the daily one for as long as its retention covers the day',
  ),
  weekly: whole(0, 520).describe('Weeks, from Monday on'),
  monthly: whole(0, 240).describe('Months'),
  yearly: whole(0, 35).describe('Years'),
};

const namePatterns = (what: string) =>
  z.array(text(`${what}; * stands for any characters`), { error: `a list of ${what}; * stands for any characters` });

const KMS_KEY = /^(arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+|alias\/.+|(mrk-)?[0-9a-f-]{32,36})$/;

const kmsKey = () =>
  z
    .string({ error: 'a KMS key: its ARN, its id, or an alias such as alias/snapshots' })
    .regex(KMS_KEY, 'a KMS key: its ARN, its id, or an alias such as alias/snapshots');

const destination = () =>
  section({
    name: text('a name such as dr').describe('What it is called here and in messages'),
    account: scope.shape.account.optional().describe("The account that keeps the copies. None: the database's own"),
    region: scope.shape.regions.element.describe('The region that keeps the copies'),
    kmsKey: kmsKey()
      .optional()
      .describe('The KMS key there, under which copies are encrypted. None: only what is not encrypted is copied'),
    tiers: z
      .array(oneOf(TIERS), { error: `a list of ${TIERS.join(', ')}` })
      .min(1, 'at least one tier')
      .default(['weekly', 'monthly', 'yearly'])
      .describe('What is copied, and kept for as long as at home'),
    optionGroups: z
      .array(
        section({
          source: text('an option group').describe('The option group of the database'),
          target: text('an option group').describe('The option group in the region of the copies'),
        }),
        { error: 'a list of {source, target}' },
      )
      .default([])
      .describe('Which option group a copy gets in another region of the same account'),
  });

const databaseClass = () =>
  section({
    name: text('a name such as production').describe('What it is called in messages'),
    names: namePatterns('database names')
      .min(1, 'at least one name')
      .optional()
      .describe('Databases with one of these names'),
    engines: namePatterns('engines')
      .min(1, 'at least one engine')
      .optional()
      .describe('and one of these engines, as RDS names them'),
    tags: z
      .array(z.string({ error: 'a tag such as env=prod' }).regex(/^[^=]+=/, 'a tag such as env=prod'), {
        error: 'a list of tags such as env=prod; * in the value stands for any characters',
      })
      .min(1, 'at least one tag')
      .optional()
      .describe('and all of these tags'),
    tiers: section({
      daily: KEPT.daily.optional(),
      weekly: KEPT.weekly.optional(),
      monthly: KEPT.monthly.optional(),
      yearly: KEPT.yearly.optional(),
    })
      .prefault({})
      .describe('Its own tiers'),
    keepAtLeast: whole(1, 100).optional().describe('Its own floor'),
    rpo: duration({ min: '1h', max: '90d' }).optional().describe('Its own recovery point objective'),
    copyTo: z
      .array(text('the name of a destination'), { error: 'a list of names of `copyTo`' })
      .optional()
      .describe('Its own destinations, by name'),
  });

/** Names that are given twice, and destinations that a class names and nobody describes. */
function namesThatFit(
  {
    copyTo,
    classes,
  }: {
    copyTo: readonly { name: string }[];
    classes: readonly { name: string; copyTo?: readonly string[] | undefined }[];
  },
  context: z.core.$RefinementCtx,
): void {
  const say = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  for (const [key, list] of Object.entries({ copyTo, classes })) {
    const names = list.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) !== index) say([key, index, 'name'], 'each name once');
    }
  }
  const known = copyTo.map(({ name }) => name);
  for (const [index, one] of classes.entries()) {
    for (const [at, name] of (one.copyTo ?? []).entries()) {
      if (known.includes(name)) continue;
      const allowed =
        known.length > 0
          ? `a name of \`snapshots.copyTo\`: ${known.join(', ')}`
          : '`snapshots.copyTo` has no destination';
      say(['classes', index, 'copyTo', at], allowed);
    }
  }
}

const snapshots = () =>
  section({
    mode: oneOf(['off', 'report', 'approve', 'auto'])
      .optional()
      .describe('Taking and copying; `auto` does it at once, for a snapshot takes nothing from anybody'),
    prune: oneOf(['off', 'report', 'approve', 'auto'])
      .default('approve')
      .describe('Deleting what has expired, of its own snapshots only; never more than `mode` allows'),
    pruneAtMost: whole(1, 1000)
      .default(50)
      .describe('At most so many deletes in one plan, the oldest data first; the rest waits for the next one'),
    tiers: section({
      daily: KEPT.daily.default(14),
      weekly: KEPT.weekly.default(8),
      monthly: KEPT.monthly.default(12),
      yearly: KEPT.yearly.default(3),
    }).prefault({}),
    keepAtLeast: whole(1, 100)
      .default(3)
      .describe('So many of the newest good snapshots of a database are never deleted, however old'),
    rpo: duration({ min: '1h', max: '90d' })
      .default('26h')
      .describe('Recovery point objective: the newest good snapshot may not be older'),
    optOutTag: tagName()
      .default('lamplighter:no-snapshots')
      .describe('A database with this tag gets no snapshots, and keeps those that it has'),
    holdTag: tagName()
      .default('lamplighter:hold')
      .describe(
        'A snapshot with this tag is never deleted (legal hold); the value may be a last day (2026-12-31), else it has no end',
      ),
    others: oneOf(['include', 'leave'])
      .default('include')
      .describe('Databases that belong to no class: as above, or left alone'),
    ofDeleted: oneOf(['keep', 'prune'])
      .default('keep')
      .describe('Snapshots of databases that are gone: kept, or pruned down to `keepAtLeast`'),
    quotaAlert: share().default('80%').describe('From this share of the quota of manual snapshots on, people are told'),
    shareKey: kmsKey()
      .optional()
      .describe(
        'The key that what another account must read is encrypted with first, where it has an AWS managed one. An alias is looked up in each account and region',
      ),
    copyTo: z
      .array(destination(), { error: 'a list of {name, account?, region, kmsKey?, tiers, optionGroups}' })
      .default([])
      .describe('Where copies are kept'),
    classes: z
      .array(databaseClass(), {
        error: 'a list of {name, names?, engines?, tags?, tiers?, keepAtLeast?, rpo?, copyTo?}',
      })
      .default([])
      .describe('Classes of databases with terms of their own; the first that fits counts'),
  }).superRefine(namesThatFit);

/** The one schema of the policy. Its documented defaults are the only defaults. */
export const policySchema = section({
  timezone: z
    .string({ error: 'an IANA time zone such as Asia/Seoul' })
    .refine(isTimeZone, 'an IANA time zone such as Asia/Seoul')
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
      .describe("Do not propose what saves less a month, in the price list's currency"),
    remindAfter: days({ min: 1, max: 90, why: 'a message that never returns is forgotten' })
      .default('7d')
      .describe('A plan that has not changed is announced again after so long'),
    approveWithin: duration({ min: '1h', max: '14d' })
      .default('3d')
      .describe('Mode `approve`: a plan that nobody approves expires after so long'),
    grace: duration({ min: '1h', max: '30d' })
      .default('7d')
      .describe('Mode `auto`: how long people may veto before it is carried out'),
    watch: duration({ min: '1h', max: '7d' })
      .default('2h')
      .describe('How long a change is watched, and taken back by itself when an alarm goes off'),
    stopFor: days({ min: 1, max: 30, why: 'after that it is proposed again' })
      .default('30d')
      .describe('How long a stopped database is kept stopped over the restart that AWS does after seven days'),
    keepSnapshots: days({ min: 7, max: 3650, why: 'an undo may need it for 30 days' })
      .default('90d')
      .describe('From when on the snapshots that were taken before a stop may be deleted'),
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
    .describe('Days on which nothing is stopped, shrunk or deleted; starting and undoing go on'),
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
  rules: section({
    'idle-database': section({
      mode: mode().optional(),
      window: window().default('35d').describe('Nobody may have connected for so long'),
      monitoringConnections: whole(0, 1000)
        .default(0)
        .describe('Connections that monitoring agents, proxies or poolers always hold; a peak up to here is nobody'),
      iops: number(0)
        .default(5)
        .describe('The peak of read plus write operations a second of an idle database, on every day'),
      cap: cap(),
    }).prefault({}),
    'idle-instance': section({
      mode: mode().optional(),
      window: window().default('28d').describe('It must have been idle on every day for so long'),
      cpuPercent: z
        .number({ error: 'a percentage above 0 and up to 100' })
        .gt(0, 'a percentage above 0 and up to 100')
        .max(100, 'a percentage above 0 and up to 100')
        .default(5)
        .describe("Each day's highest CPU utilization must be below"),
      networkBytesPerDay: bytes().default('5MB').describe("Each day's bytes in and out must be at most"),
      cap: cap(),
    }).prefault({}),
  }).prefault({}),
  spend: spend().prefault({}),
  snapshots: snapshots().prefault({}),
});

export type Policy = z.output<typeof policySchema>;
export type RuleId = keyof Policy['rules'];
export type Mode = Policy['defaults']['mode'];

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

/** The mode of one rule: its own, else the default. */
export const modeOf = (policy: Policy, rule: RuleId): Mode => policy.rules[rule].mode ?? policy.defaults.mode;

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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // a RangeError is how Intl says that it does not know the zone
  }
}
