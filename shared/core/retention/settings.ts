import * as z from 'zod';
import { account, oneOf, region, section, tagName, text, whole } from '../policy-fields.ts';
import { duration, share } from '../quantity.ts';
import { TIERS } from './periods.ts';

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
    account: account().optional().describe("The account that keeps the copies. None: the database's own"),
    region: region().describe('The region that keeps the copies'),
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

/** The policy's section `snapshots`. */
export const snapshots = () =>
  section({
    mode: oneOf(['off', 'report', 'approve', 'auto'])
      .optional()
      .describe('Taking and copying; `auto` does it at once, for a snapshot takes nothing from anybody'),
    prune: oneOf(['off', 'report', 'approve', 'auto'])
      .default('approve')
      .describe(
        'Deleting what has expired, of its own snapshots only; never more than `mode` allows; `auto` waits for `pruneGrace`',
      ),
    pruneAtMost: whole(1, 1000)
      .optional()
      .describe(
        'At most so many deletes are planned, and done, for an account on a day, the oldest data first; the rest waits, which is said. None: four for each place in which a database has snapshots, and at least 50, which is more than a night adds',
      ),
    pruneGrace: duration({ min: '1h', max: '30d' })
      .default('1d')
      .describe('`prune: auto`: how long people may veto the deletes of a night before they are carried out'),
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
      .describe(
        'Snapshots of databases that are gone: kept, or pruned by the longest tiers that they may have had, down to `keepAtLeast`',
      ),
    copyWithin: duration({ min: '1h', max: '7d' })
      .default('24h')
      .describe(
        'A copy that is not there after so long hangs: it is called off where AWS lets it, and made again. What is large, and goes far, takes hours',
      ),
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
