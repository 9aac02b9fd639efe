import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { type Proposal, sealPlan } from '../../../shared/core/plan.ts';
import { type Mode, type Policy, parsePolicy } from '../../../shared/core/policy.ts';
import type { Alarm } from '../../../shared/core/remediation/alarm.ts';
import { remediationMessage } from '../../../shared/core/remediation/message.ts';
import { noRunbook } from '../../../shared/core/remediation/no-runbook.ts';
import type { Remedy } from '../../../shared/core/remediation/runbook.ts';
import { databaseStorageLow } from '../../../shared/core/remediation/runbooks/database-storage-low.ts';
import { runbookSettings } from '../../../shared/core/remediation/terms.ts';
import type { Telling, ToldIncident, ToldPart } from '../../../shared/core/remediation/told.ts';
import { localTime } from '../../../shared/core/time.ts';
import { ACCOUNT } from '../../support/plan-specimen.ts';
import { alarmOn, facts, fullDatabase, metric, NOW, storageAlarm } from './runbooks/specimen.ts';

const SEOUL = parsePolicy({ timezone: 'Asia/Seoul' });

const remedy: Remedy = databaseStorageLow(facts(), { ...runbookSettings(SEOUL), growAtMostShare: 1 });
const { identity, name } = fullDatabase.facts;
const resource = { arn: identity.arn, name, region: 'ap-northeast-2', what: 'db.r6g.large postgres', owner: 'orders' };

const part: ToldPart = {
  subject: { type: 'database', form: 'instance', name },
  runbook: 'database-storage-low',
  alarms: [storageAlarm],
  resource,
  remedy,
  happenings: known([
    { at: new Date(NOW.getTime() - 45 * 60_000), what: 'ModifyDBInstance by role/deploy', by: 'a person' },
    { at: new Date(NOW.getTime() - 15 * 60_000), what: 'deployment d-ABC of shop', by: 'a deployment' },
  ]),
};

function planIn(mode: Mode) {
  if (!remedy.act) throw new Error('nothing to do');
  const { action, undo } = remedy.act;
  const { name: alarm, arn, scope, since } = storageAlarm;
  const proposal: Proposal = {
    rule: 'database-storage-low',
    mode,
    action,
    resource,
    because: remedy.because,
    saving: unknown('it costs'),
    undo,
    alarm: { name: alarm, arn, scope, since: since.toISOString() },
  };
  const nothing = { deferred: [], leave: [], unreadable: [] };
  const draft = { function: 'remediate-alarm', account: ACCOUNT, time: NOW, act: [proposal], ...nothing };
  return sealPlan(draft, SEOUL);
}

const incident = (mode: Mode): ToldIncident => ({
  because: 'the alarm FreeStorageSpace-alarm of the database orders-qa',
  parts: [part],
  plan: planIn(mode),
});

const tell = (incidents: readonly ToldIncident[], policy: Policy = SEOUL) =>
  remediationMessage({ account: ACCOUNT, now: NOW, policy, incidents } satisfies Telling);

/** The incident without its plan, with something else about its part. */
const left = (spoiled: Partial<ToldPart>) => tell([{ because: 'an alarm', parts: [{ ...part, ...spoiled }] }]);

describe('what is urgent', () => {
  it.each<[string, ReturnType<typeof tell>]>([
    ['carried out', tell([{ ...incident('auto'), parts: [{ ...part, remedy: { ...remedy, urgent: true } }] }])],
    ['left', left({ remedy: { ...remedy, urgent: true } })],
  ])('is critical although it is %s', (_, { attributes }) => {
    expect(attributes.severity).toBe('critical');
  });
});

describe('what is carried out at once', () => {
  const { id } = planIn('auto');
  const message = tell([incident('auto')]);

  it('is told as it is: what, why, the evidence, what happens next, and how to stop it', () => {
    const [chart] = /[▁-█]+/.exec(message.text) ?? [];
    expect(message.text.replace(chart ?? '', 'BARS')).toBe(
      `remediate-alarm looked at 1 alarm of the account 123456789012 as of 2026-11-23 05:00 Asia/Seoul.

It is about the alarm FreeStorageSpace-alarm of the database orders-qa.

1. orders-qa (db.r6g.large postgres) in ap-northeast-2, owner orders
   alarm FreeStorageSpace-alarm, on since 2026-11-23 04:58 Asia/Seoul: Threshold Crossed: 3 out of 3 datapoints
   grow the storage of the database from 100 GiB of gp3 to 163 GiB of gp3, because 8 of 100 GiB are free, at 2 GiB a day (trend of 14 days) it is full in 4 days, at 2026-11-27 05:00 Asia/Seoul; 163 GiB are enough for 30 days [database-storage-low]
   costs $8.25 a month more (list)
   undo: none; it loses its smaller size: storage of RDS never shrinks
   storage used by 6 hours, 0..100 %: BARS
   - forecast: 8 GiB free, at 2 GiB a day (trend of 14 days) it is full in 4 days
   changed in the hour before, as far as CloudTrail tells by now:
   - 2026-11-23 04:45 Asia/Seoul deployment d-ABC of shop (a deployment)
   - 2026-11-23 04:15 Asia/Seoul ModifyDBInstance by role/deploy (a person)
   what happens next: it is carried out now, without a grace, for the alarm is on. If the alarm is not OK within 30m after that, people are called.
   to see it: npm run answer -- show ${id}
   https://ap-northeast-2.console.aws.amazon.com/cloudwatch/home?region=ap-northeast-2#alarmsV2:alarm/FreeStorageSpace-alarm
   https://ap-northeast-2.console.aws.amazon.com/rds/home?region=ap-northeast-2#database:id=orders-qa;is-cluster=false

To stop it: npm run answer -- veto ${id}
To keep Lamplighter from a resource: the tag lamplighter:protect, with a last day (2026-12-31) or without an end.
To stop a runbook (database-storage-low): its mode "off" in the policy, under remediation.modes, stored by npm run policy -- FILE.`,
    );
    expect(chart).toHaveLength(56);
  });

  it('is the same in a subject, for a chat, for programs and for filters', () => {
    expect(message.subject).toBe('[Lamplighter] 123456789012: orders-qa: database-storage-low, carried out now');
    expect(message.chat).toContain('• *orders-qa*: grow the storage of the database from 100 GiB');
    expect(message.facts).toMatchObject({
      kind: 'remediation',
      alarms: 1,
      parts: [
        {
          turn: 'now',
          plan: id,
          runbook: 'database-storage-low',
          resource,
          alarms: [{ name: 'FreeStorageSpace-alarm', since: '2026-11-22T19:58:00.000Z' }],
          action: 'change-database-storage',
          because: remedy.because,
          undo: { reversibility: 'none' },
          monthlyMore: { value: { amount: 8.253 } },
          happenings: { known: true },
        },
      ],
      omitted: 0,
    });
    expect(message.attributes).toEqual({
      kind: 'remediation',
      severity: 'info',
      account: ACCOUNT,
      region: ['ap-northeast-2'],
      rule: ['database-storage-low'],
      owner: ['orders'],
    });
    expect(message.thread).toBe(`alarm ${storageAlarm.arn}`);
  });
});

describe('what happens next', () => {
  it('in mode approve says until when it waits, and how to say yes and no', () => {
    const { text, subject, chat, attributes } = tell([incident('approve')]);
    const { id } = planIn('approve');
    expect(text).toContain('it waits for an approval until 2026-11-26 05:00 Asia/Seoul, and then expires.');
    expect(text).toContain(`To approve: npm run answer -- approve ${id}\nTo stop it: npm run answer -- veto ${id}`);
    expect(chat).toContain(`Plan \`${id}\` waits for an approval`);
    expect(subject).toContain('waiting for an approval');
    expect(attributes.severity).toBe('warning');
  });

  it('in mode report is nothing, and how a person does it', () => {
    const { text } = tell([incident('report')]);
    expect(text).toContain('what happens next: nothing. The mode of database-storage-low is report.');
    expect(text).toContain('by hand: aws rds modify-db-instance');
    expect(text).not.toMatch(/npm run answer -- (approve|veto)/);
  });

  it('is nothing where a guard holds it, which says why', () => {
    const because = 'database-storage-low was at it, and leaves it alone until 2026-11-23 05:40 Asia/Seoul';
    const held = { guard: 'cool-down', because, tell: 'people' } as const;
    const message = tell([{ ...incident('auto'), parts: [{ ...part, held }] }]);
    expect(message.text).toContain(`what happens next: nothing is done by Lamplighter: ${because}.`);
    expect(message.text).not.toContain('npm run answer -- veto');
    expect(message.subject).toContain('left to you');
    expect(message.facts).toMatchObject({ parts: [{ turn: 'left', held: { guard: 'cool-down' } }] });
  });

  it('is nothing where nothing was asked', () => {
    const held = { guard: 'flapping', because: 'it flaps: 5 changes within 1h', tell: 'people' } as const;
    const { remedy: _, happenings: __, ...unasked } = part;
    const { text } = tell([{ because: 'an alarm', parts: [{ ...unasked, held }] }]);
    expect(text).toContain('   it flaps: 5 changes within 1h [database-storage-low]');
    expect(text).toContain('nothing is done by Lamplighter.');
  });

  it('is called by what left it where no runbook was looked for', () => {
    const held = { guard: 'flapping', because: 'it flaps', tell: 'people' } as const;
    const { alarms, subject } = part;
    const message = tell([{ because: 'an alarm', parts: [{ alarms, subject, held }] }]);
    const name = `the alarm ${storageAlarm.name}`;
    expect(message.subject).toBe(`[Lamplighter] 123456789012: ${name}: flapping, left to you`);
    expect(message.text).toContain(`1. ${name} on the database orders-qa\n`);
    expect(message.text).toContain('   it flaps [flapping]');
  });

  it('is to look at it again, where it is left for a while, with the reason once', () => {
    const again = new Date(NOW.getTime() + 3_600_000);
    const when = localTime(again, SEOUL.timezone);
    const busy = left({ held: { guard: 'busy', because: 'another is at it', tell: 'people', again } });
    expect(busy.text).toContain(
      `what happens next: nothing for now: another is at it. It is looked at again from ${when} on, as long as it is on.`,
    );
    expect(busy.facts).toMatchObject({ parts: [{ held: { guard: 'busy', again: again.toISOString() } }] });
    const { because = '' } = part.remedy ?? {};
    const passing = left({ held: { guard: 'passing', because, tell: 'people', again } });
    expect(passing.text).toContain('what happens next: nothing for now. It is looked at again');
  });

  it('of an alarm that no runbook fits is to look at it', () => {
    const alarm = alarmOn(metric('AWS/SQS', 'Age', {}), { comparison: 'GreaterThanThreshold', threshold: 1 });
    const subject = { type: 'none', why: 'it is about nothing known' } as const;
    const unfit = { subject, alarms: [alarm], remedy: noRunbook({ alarm, subject, metrics: [] }) };
    const { text, subject: line } = tell([{ because: 'the alarm Age-alarm', parts: [unfit] }]);
    expect(line).toBe('[Lamplighter] 123456789012: the alarm Age-alarm: no runbook, left to you');
    expect(text).toContain('no runbook fits: it is about nothing known [no runbook]');
    expect(text).toContain('looked at AWS/SQS Age (Average) of no dimension');
  });
});

describe('what changed in the hour before', () => {
  it.each([
    ['nothing', known([]), 'changed in the hour before: nothing that CloudTrail tells by now'],
    ['not known', unknown('AccessDenied'), 'changed in the hour before: unknown, AccessDenied'],
  ])('may be %s', (_, happenings, words) => {
    expect(left({ happenings }).text).toContain(words);
  });

  it('is not said where nobody looked', () => {
    const { happenings: _, ...rest } = part;
    expect(tell([{ because: 'an alarm', parts: [rest] }]).text).not.toContain('in the hour before');
  });

  it('shows the newest', () => {
    const happened = Array.from({ length: 30 }, (_, minute) => ({
      at: new Date(NOW.getTime() - minute * 60_000),
      what: `call ${minute}.`,
      by: 'AWS' as const,
    }));
    const { text } = left({ happenings: known(happened) });
    expect(text).toContain('call 0.');
    expect(text).not.toContain('call 10.');
    expect(text).toContain('- and 20 more');
  });
});

describe('a storm', () => {
  const many = Array.from({ length: 200 }, (_, number): ToldPart => {
    const long: Alarm = { ...storageAlarm, name: `a${number}`.padEnd(255, 'x'), reason: '\u0001"é'.repeat(400) };
    return {
      ...part,
      alarms: [long],
      resource: { ...resource, arn: `${resource.arn}-${number}`, name: `orders-${number}` },
      remedy: { ...remedy, evidence: new Array(40).fill('"é'.repeat(500)) },
    };
  });

  it('of 200 alarms is one message that SNS takes', () => {
    const { text, facts: told, subject, chat, attributes } = tell([{ because: 'a storm'.repeat(100), parts: many }]);
    expect(subject).toBe('[Lamplighter] 123456789012: 200 alarms: 200 left to you');
    expect(text).toMatch(/And \d+ more, in the ledger\./);
    expect(told).toMatchObject({ alarms: 200, omitted: expect.any(Number) });
    const bytes = Buffer.byteLength(JSON.stringify({ text, facts: JSON.stringify(told), attributes }));
    expect(bytes).toBeLessThan(250 * 1024);
    expect(Buffer.byteLength(chat)).toBeLessThan(20 * 1024);
  });

  it('folded to one cause shows its first alarms, and counts the rest', () => {
    const alarms = many.flatMap((one) => one.alarms);
    const { text, facts: told } = left({ alarms });
    expect(text).toContain('and 195 more alarms of it');
    expect(told).toMatchObject({ parts: [{ alarmCount: 200 }] });
  });

  it('says first what people are asked', () => {
    const asked = incident('approve');
    const { text, subject } = tell([{ because: 'others', parts: many.slice(0, 2) }, asked]);
    expect(text).toMatch(/^1\. orders-qa /m);
    expect(subject).toBe('[Lamplighter] 123456789012: 3 alarms: 1 waiting for an approval, 2 left to you');
  });
});

describe('whatever is told', () => {
  it('has a subject that SNS takes, and an id of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { subject } = left({ resource: { ...resource, name: text } });
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }),
    );
    expect(tell([incident('auto')]).id).toBe(tell([incident('auto')]).id);
    const again = { ...storageAlarm, since: new Date(NOW.getTime() - 60_000) };
    expect(left({}).id).not.toBe(left({ alarms: [again] }).id);
  });
});
