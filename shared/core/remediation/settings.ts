import * as z from 'zod';
import { number, oneOf, section, text, whole } from '../policy-fields.ts';
import { parseShare, share, span } from '../quantity.ts';
import { RUNBOOK_IDS } from './runbook.ts';

/** As far as each runbook goes: what only looks has no more than `report`. `defaults.mode` lets no alarm reboot anything. */
const modes = () =>
  section({
    'database-storage-low': oneOf(['off', 'report', 'approve', 'auto'])
      .default('report')
      .describe(
        "A database's storage is grown; `auto` does it at once, for it takes nothing from anybody, and cannot be taken back",
      ),
    'database-saturated': oneOf(['off', 'report', 'approve'])
      .default('report')
      .describe(
        "A database's CPU, memory or connections are used up: a class one step up. Never `auto`: it is dearer, and an outage",
      ),
    'replica-lag': oneOf(['off', 'report']).default('report').describe(`A replica is behind: evidence only`),
    'instance-unwell': oneOf(['off', 'report', 'approve', 'auto'])
      .default('report')
      .describe(
        "An instance's status checks fail: it is rebooted once, or moved to another host by a stop and a start; `auto` does it at once, a move no sooner than ten minutes after its host began to fail where AWS may recover it by itself",
      ),
    'credits-exhausted': oneOf(['off', 'report', 'approve'])
      .default('report')
      .describe(
        'Something burstable has no CPU credits left: unlimited ones, or one type or class up. Never `auto`: it is dearer',
      ),
    'idle-alarm': oneOf(['off', 'report'])
      .default('report')
      .describe(`Something does nothing: right-size judges it first, and the message says how`),
    'host-evidence': oneOf(['off', 'report'])
      .default('report')
      .describe(`Disk or memory as the CloudWatch agent measures it: evidence only`),
  }).prefault({});

const TAG = 'a tag such as env=prod; * in the value stands for any characters';

const runbook = () =>
  section({
    alarm: text('an alarm name; * stands for any characters').optional().describe('Alarms of this name'),
    tag: z
      .string({ error: TAG })
      .regex(/^[^=]+=/, TAG)
      .optional()
      .describe('and of a resource with this tag'),
    namespace: text('a namespace such as AWS/RDS').optional().describe('and over a metric of this namespace'),
    metric: text('a metric such as FreeStorageSpace').optional().describe('and of this name'),
    runbook: oneOf([...RUNBOOK_IDS, 'none']).describe('What is done; `none` leaves them to people, without a word'),
  }).refine(({ runbook: _, ...fits }) => Object.values(fits).some((one) => one !== undefined), {
    error: 'at least one of `alarm`, `tag`, `namespace`, `metric`',
  });

/** The policy's section `remediation`. */
export const remediation = () =>
  section({
    modes: modes(),
    runbooks: z
      .array(runbook(), { error: 'a list of {alarm?, tag?, namespace?, metric?, runbook}' })
      .default([])
      .describe('Which runbook an alarm has; the first that fits counts. None fits: by its metric'),
    eventAge: span({ min: '1m', max: '1h' })
      .default('10m')
      .describe('An alarm that went off longer ago is left to people: they know by then'),
    cooldown: span({ min: '5m', max: '7d' })
      .default('1h')
      .describe(
        'After a runbook was at a resource, the same one leaves it alone for so long. A second reboot or move within 24 hours waits for an approval, whatever this is',
      ),
    atMostPerHour: whole(1, 100)
      .default(5)
      .describe(
        'At most so many remediations of one account (each account by itself) are carried out in mode `auto` within any hour, the most urgent first; the rest is told. What waits for an approval is not counted',
      ),
    flapping: section({
      changes: whole(3, 20)
        .default(5)
        .describe('An alarm that changed so often is left alone until it is quiet, which is said once'),
      within: span({ min: '5m', max: '1d' }).default('1h').describe('and did so in this time'),
    }).prefault({}),
    verifyWithin: span({ min: '5m', max: '1d' })
      .default('30m')
      .describe('So long after a remediation its alarm must be OK again; else people are called'),
    growAtMost: section({
      share: share()
        .refine((one) => parseShare(one) >= 0.1, 'at least 10%: RDS grows by no less')
        .default('50%')
        .describe("Storage grows by at most this share of what is allocated; RDS's own least is 10 %"),
      sizeGiB: number(20, 'GiB').default(1000).describe('and by at most so many GiB at once'),
      times: whole(1, 30)
        .default(3)
        .describe('So often within 30 days a database grows without being asked for; then it waits for an approval'),
    }).prefault({}),
    rebootInFreeze: oneOf(['allowed', 'never'])
      .default('never')
      .describe(
        'Whether what is an outage (a reboot, a move, another type or class) is done on frozen days, too; storage always grows',
      ),
  });
