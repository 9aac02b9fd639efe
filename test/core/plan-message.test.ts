import type { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { known, unknown } from '../../shared/core/evidence.ts';
import { money } from '../../shared/core/money.ts';
import { type PlanDraft, type Proposal, type Resource, sealPlan } from '../../shared/core/plan.ts';
import { planMessage, savingsOf } from '../../shared/core/plan-message.ts';
import { type Mode, parsePolicy } from '../../shared/core/policy.ts';
import { takings } from '../answer/support.ts';
import { anyPlanDraft } from '../ledger/any-plan.ts';
import { ACCOUNT, DEFAULT_POLICY, deferral, left, many, plan, proposal, TICK } from '../support/plan-specimen.ts';

const SEOUL = parsePolicy({ timezone: 'Asia/Seoul' });

const messageOf = (spoiled: Partial<PlanDraft> = {}, policy = DEFAULT_POLICY) => planMessage(plan(spoiled), policy);
const nothing = { act: [], deferred: [], leave: [], unreadable: [] };

const saving = (currency: string, amount: number): Proposal['saving'] =>
  known({ monthly: money(currency, amount), basis: 'list', stillBilled: [] });

const instance: Proposal = {
  ...proposal(1),
  rule: 'idle-instance',
  action: {
    kind: 'stop-instance',
    instance: { arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0abc`, id: 'i-0abc' },
    expect: { state: 'running', instanceType: 'm5.large' },
  },
  resource: {
    arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0abc`,
    name: 'batch',
    region: 'eu-west-1',
    what: 'm5.large',
  },
  because: 'CPU at most 1.2 %',
  saving: unknown('no list price for m5.large'),
  undo: { reversibility: 'partial', loses: 'its public IPv4 address: a start brings a new one' },
};

describe('the subject', () => {
  it.each<[string, Partial<PlanDraft>, string]>([
    ['one to stop', { unreadable: [] }, `[Lamplighter] ${ACCOUNT}: 1 resource to stop, $365.73 a month`],
    [
      'something that could not be read',
      { act: many(3, proposal) },
      `[Lamplighter] ${ACCOUNT}: 3 resources to stop, $1,097.19 a month, not everything could be read`,
    ],
    ['nothing to stop', nothing, `[Lamplighter] ${ACCOUNT}: nothing to stop`],
    [
      'no known price',
      { ...nothing, act: [instance] },
      `[Lamplighter] ${ACCOUNT}: 1 resource to stop, an unknown amount a month`,
    ],
    [
      'a currency that ASCII has no sign for',
      { ...nothing, act: [{ ...proposal(1), saving: saving('CNY', 12) }] },
      `[Lamplighter] ${ACCOUNT}: 1 resource to stop, CNY 12.00 a month`,
    ],
  ])('says %s', (_, spoiled, subject) => {
    expect(messageOf(spoiled).subject).toBe(subject);
  });

  it('says of a warehouse that is paused what it says of what is stopped', () => {
    const warehouse = { arn: `arn:aws:redshift:eu-west-1:${ACCOUNT}:cluster:figures`, id: 'namespace' };
    const { subject, text } = messageOf({
      ...nothing,
      act: [{ ...instance, action: { kind: 'pause-warehouse', warehouse }, undo: { reversibility: 'full' } }],
    });
    expect(subject).toBe(`[Lamplighter] ${ACCOUNT}: 1 resource to stop, an unknown amount a month`);
    expect(text).toContain('undo: a start brings it back as it was');
    expect(text).toContain('to keep it on:');
  });

  it('is what SNS takes, whatever the plan', () => {
    fc.assert(
      fc.property(anyPlanDraft, fc.string({ unit: 'binary', maxLength: 200 }), (draft, account) => {
        const { subject } = planMessage(sealPlan({ ...draft, account }, DEFAULT_POLICY), DEFAULT_POLICY);
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }),
    );
  });
});

describe('the text', () => {
  it('is everything that a person needs to decide', () => {
    const spoiled = { act: [proposal(1), instance] };
    expect(messageOf(spoiled, SEOUL).text).toBe(
      `right-size looked at the account 123456789012 as of 2026-11-23 05:00 Asia/Seoul.

It proposes to stop 2 resources. That would save $365.73 a month, 1 saving unknown (basis: list price of the compute, before discounts and commitments; what goes on being billed is not counted).

1. orders-1 (db.r6g.large postgres, Multi-AZ) in ap-northeast-2, owner team-orders
   stop the database, because nobody connected for 35 days [idle-database]
   saves $365.73 a month (list)
   goes on being billed: 100 GB of gp3 storage
   undo: a start brings it back as it was
   to keep it on: aws rds add-tags-to-resource --region ap-northeast-2 --resource-name arn:aws:rds:ap-northeast-2:123456789012:db:orders-1 --tags 'Key=lamplighter:protect,Value='
   https://ap-northeast-2.console.aws.amazon.com/rds/home?region=ap-northeast-2#database:id=orders-1;is-cluster=false

2. batch (m5.large) in eu-west-1
   stop the instance, because CPU at most 1.2 % [idle-instance]
   saves an unknown amount: no list price for m5.large
   undo: a start brings it back, but not its public IPv4 address: a start brings a new one
   to keep it on: aws ec2 create-tags --region eu-west-1 --resources i-0abc --tags 'Key=lamplighter:protect,Value='
   https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0abc

Held back: 1 more, $365.73 a month, beyond the cap of 10 idle-database actions a plan.

Could not be read, so what is there is unknown:
- databases in eu-west-1: AccessDenied

Could not be judged, and so left alone:
- 1 x connections unknown: AccessDenied 3

Left alone: 1 resource, each with its reason in the ledger under PLAN#${plan(spoiled).id}.

What happens next: nothing. The mode is report, and this function cannot change anything.
To see why for one resource: npx serverless invoke -f right-size -d '{"resource":"NAME"}'
To keep a resource on: the tag lamplighter:protect, with a last day (2026-12-31) or without an end.
To stop these messages for a rule: its mode "off" in the policy, stored by npm run policy -- FILE.`,
    );
  });

  it('says when there is nothing to say', () => {
    const { text } = messageOf(nothing);
    expect(text).toContain('It proposes nothing: nothing was found that is surely unused.');
    expect(text).not.toMatch(/Held back|Could not|^1\./m);
  });

  it('names the tag of the policy in every command', () => {
    const policy = parsePolicy({ defaults: { protectTag: 'keep' } });
    const { text } = planMessage(plan({ act: [proposal(1), instance] }), policy);
    expect(text.match(/--tags 'Key=keep,Value='$/gm)).toHaveLength(2);
    expect(text).not.toContain('lamplighter:protect');
  });

  it('shows the first proposals and counts the rest with their money', () => {
    const { text } = messageOf({ act: many(40, proposal) });
    expect(text.match(/^\d+\. /gm)).toHaveLength(25);
    expect(text).toContain('And 15 more, $5,485.95 a month: see the plan in the ledger.');
  });

  it('counts the commonest reasons for not knowing, and the others together', () => {
    const reasons = ['a', 'a', 'a', 'b', 'b', 'c', 'd', 'e', 'f', 'g'];
    const leave = reasons.map((because, n) => ({ ...left(n), because }));
    expect(messageOf({ leave }).text).toContain(
      ['and so left alone:', '- 3 x a', '- 2 x b', '- 1 x c', '- 1 x d', '- 1 x e', '- 2 x other reasons'].join('\n'),
    );
  });

  it('does not call a reason unknown that is known', () => {
    const { unknown: _, ...inUse } = left(1);
    expect(messageOf({ leave: [inUse] }).text).not.toContain('Could not be judged');
  });

  it('adds no currency to another', () => {
    const act = [saving('USD', 10), saving('CNY', 70), saving('USD', 5)].map((one, n) => ({
      ...proposal(n),
      saving: one,
    }));
    expect(messageOf({ act }).text).toContain('That would save $15.00 and CN¥70.00 a month (basis');
    expect(savingsOf(act)).toEqual([money('USD', 15), money('CNY', 70)]);
  });
});

describe('the facts', () => {
  it('are the plan, by the same numbers', () => {
    const sealed = plan();
    const [one] = sealed.act;
    expect(planMessage(sealed, DEFAULT_POLICY).facts).toMatchObject({
      version: 1,
      kind: 'plan',
      plan: sealed.id,
      hash: sealed.hash,
      function: 'right-size',
      account: ACCOUNT,
      time: TICK.toISOString(),
      savings: [money('USD', 365.73)],
      counts: { act: 1, deferred: 1, leave: 1, unknown: 1 },
      unreadable: sealed.unreadable,
      act: [{ action: 'stop-database', target: { id: 'db-ABC1' }, resource: one?.resource, because: one?.because }],
      deferred: [{ target: { id: 'db-ABC2' } }],
      omitted: { act: 0, deferred: 0 },
    });
  });

  it('have the same numbers in the chat', () => {
    const { chat } = messageOf({ act: many(12, proposal) });
    expect(chat).toContain('$4,388.76 a month');
    expect(chat.match(/^• /gm)).toHaveLength(10);
    expect(chat).toContain('and 2 more\n⚠ 1 scopes could not be read');
  });
});

describe('the id', () => {
  it('is the same for a second delivery of the tick', () => {
    expect(messageOf().id).toMatch(/^[0-9a-f]{16}$/);
    expect(messageOf().id).toBe(messageOf().id);
  });

  it.each<[string, Partial<PlanDraft>]>([
    ['another account, be there nothing to stop in both', { account: '999999999999' }],
    ['a reminder of a later tick', { time: new Date(TICK.getTime() + 1) }],
  ])('is another one for %s', (_, spoiled) => {
    expect(messageOf({ ...nothing, ...spoiled }).id).not.toBe(messageOf(nothing).id);
  });
});

describe('the attributes', () => {
  it('are what subscriptions filter on', () => {
    const spoiled = { act: [instance, proposal(1)], deferred: [deferral(2)] };
    expect(messageOf(spoiled).attributes).toEqual({
      kind: 'plan',
      severity: 'warning',
      account: ACCOUNT,
      region: ['ap-northeast-2', 'eu-west-1'],
      rule: ['idle-database', 'idle-instance'],
      owner: ['team-orders'],
    });
  });

  it.each<[string, Partial<PlanDraft>, string]>([
    ['all is known', nothing, 'info'],
    ['a scope could not be read', { ...nothing, unreadable: plan().unreadable }, 'warning'],
    ['something could not be judged', { ...nothing, leave: [left(1)] }, 'warning'],
  ])('when %s, the severity is right', (_, spoiled, severity) => {
    expect(messageOf(spoiled).attributes.severity).toBe(severity);
  });
});

/** What SNS would be asked to publish, and how much of its 256 KiB that takes. */
async function published(draft: Partial<PlanDraft>) {
  const inputs: Parameters<typeof sizeOf>[0][] = [];
  const client = { send: async ({ input }: { input: Parameters<typeof sizeOf>[0] }) => inputs.push(input) };
  const announcer = snsAnnouncer(client as unknown as SNSClient, { alerts: 'arn:aws:sns:eu-west-1:1:alerts' });
  await announcer.send(messageOf(draft));
  const [input] = inputs;
  if (!input) throw new Error('nothing was published');
  const body = JSON.parse(input.Message) as { default: string; email: string };
  return { bytes: sizeOf(input), email: body.email, facts: JSON.parse(body.default) };
}

function sizeOf({ Message, MessageAttributes }: { Message: string; MessageAttributes: object }): number {
  return Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes));
}

describe('the whole message', () => {
  it.each([
    ['long', 'x'],
    ['Korean', '주'],
    ['full of quotes', '"'],
    ['full of backslashes', '\\'],
    ['full of emoji', '🔥'],
    ['full of line breaks', '\n'],
  ])('fits into SNS with 200 proposals and 5,000 deferred when names and owners are %s', async (_, sign) => {
    const long = (resource: Resource, number: number): Resource => ({
      ...resource,
      name: `${number} ${sign.repeat(250)}`,
      owner: `${number} ${sign.repeat(250)}`,
    });
    const act = many(200, (n) => ({ ...proposal(n), resource: long(proposal(n).resource, n) }));
    const deferred = many(5000, (n) => ({ ...deferral(n), resource: long(deferral(n).resource, n) }));
    const unreadable = many(60, (n) => ({
      account: ACCOUNT,
      region: `eu-west-${n}`,
      what: 'database' as const,
      why: `may not list databases in eu-west-${n}: UnrecognizedClientException (is the region enabled in this account?)`,
    }));
    const { bytes, facts, email } = await published({ act, deferred, unreadable, leave: many(5000, left) });
    expect(bytes).toBeLessThan(256 * 1024);
    expect(facts.counts).toEqual({ act: 200, deferred: 5000, leave: 5000, unknown: 5000 });
    expect(facts.act.length + facts.omitted.act).toBe(200);
    expect(facts.deferred.length + facts.omitted.deferred).toBe(5000);
    expect(facts.act.length).toBeGreaterThan(40);
    expect(email).toContain('And 175 more, $64,002.75 a month');
    expect(email).toContain('Held back: 5000 more');
  });

  it('leaves nothing out while there is room', async () => {
    const { facts } = await published({ act: many(50, proposal), deferred: many(50, deferral) });
    expect([facts.act.length, facts.deferred.length]).toEqual([50, 50]);
    expect(facts.omitted).toEqual({ act: 0, deferred: 0 });
  });
});

describe('what happens next', () => {
  const inMode = (mode: Mode) =>
    plan({
      act: [
        { ...proposal(1), mode },
        { ...proposal(2), mode: 'report' },
      ],
    });

  it.each<[Mode, string[]]>([
    ['report', ['nothing. The mode is report']],
    [
      'approve',
      [
        'number 1 waits',
        'until 20',
        `npm run answer -- approve ${inMode('approve').id}`,
        `npm run answer -- veto ${inMode('approve').id}`,
      ],
    ],
    [
      'auto',
      ['number 1 is carried out at 20', 'unless somebody vetoes', `npm run answer -- veto ${inMode('auto').id}`],
    ],
  ])('is said for the mode %s, with the command that stops it', (mode, said) => {
    const { text } = planMessage(inMode(mode), DEFAULT_POLICY);
    for (const part of said) expect(text).toContain(part);
  });

  it('speaks of no grace, watch or undo for snapshots in mode auto: they are taken at once', () => {
    const sealed = takings(['auto', 'approve']);
    const { text } = planMessage(sealed, DEFAULT_POLICY);
    expect(text).toContain('number 1 is carried out now, without a grace: a snapshot takes nothing from anybody');
    expect(text).toContain('number 2 waits for an approval');
    expect(text).not.toContain('unless somebody vetoes');
    expect(text).not.toContain('watched, and taken back');
    expect(text).toContain(`npm run answer -- veto ${sealed.id}`);
  });
});
