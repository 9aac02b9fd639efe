import type { SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import type { Change } from '../../shared/core/change.ts';
import { changesMessage } from '../../shared/core/change-message.ts';
import { change } from '../support/change-specimen.ts';
import { many, plan, proposal } from '../support/plan-specimen.ts';

const PLAN = plan({ act: many(100, proposal) });

/** The n-th action of the plan, kept. */
const nth = (n: number, spoiled: Partial<Change> = {}): Change =>
  change({ id: `${PLAN.id}/${n}`, proposal: PLAN.act[n - 1]!, ...spoiled }, PLAN);

const messageOf = (changes: readonly Change[]) => changesMessage(PLAN, changes, 'Asia/Seoul');

interface Facts {
  readonly counts: object;
  readonly changes: readonly { readonly id: string }[];
  readonly omitted: number;
}

describe('a few changes', () => {
  it('are all told, in words and as data', () => {
    const message = messageOf([nth(1), nth(2, { outcome: 'expired' })]);
    const { counts, changes, omitted } = message.facts as Facts;
    expect([counts, changes.length, omitted]).toEqual([{ kept: 1, expired: 1 }, 2, 0]);
    expect(message.text).toContain(`to take it back: npm run answer -- undo ${PLAN.id}/1`);
    expect(message.text).not.toContain('more,');
  });

  it('offer no way back where there is none', () => {
    const volume = { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:volume/vol-1', id: 'vol-1' };
    const deletion = { ...proposal(1), action: { kind: 'snapshot-and-delete-volume' as const, volume } };
    const { text } = messageOf([nth(1, { proposal: deletion, snapshot: 'snap-1' })]);
    expect(text).toContain('snapshot: snap-1');
    expect(text).not.toContain('answer -- undo');
  });

  it('come in the order in which somebody has to read them', () => {
    const outcomes = ['expired', 'kept', 'undone', 'failed', 'stuck'] as const;
    const { facts, subject } = messageOf(outcomes.map((outcome, index) => nth(index + 1, { outcome })));
    expect((facts as Facts).changes).toEqual(
      ['stuck', 'failed', 'undone', 'kept', 'expired'].map((outcome) => expect.objectContaining({ outcome })),
    );
    expect(subject).toMatch(/: 1 stuck, 1 failed, 1 undone, 1 kept, 1 expired, a person is needed$/);
  });

  it.each([
    ['kept', 'orders: resolved after 7 minutes'],
    ['skipped', 'orders: skipped'],
    ['failed', 'orders: failed, a person is needed'],
  ] as const)('of an alarm begin with what became of it, in the thread of the alarm: %s', (outcome, words) => {
    const [one] = PLAN.act;
    const alarm = {
      name: 'full',
      arn: 'arn:alarm',
      scope: { account: PLAN.account, region: 'eu-west-1' },
      since: PLAN.time,
    };
    const mended = { ...one!, resource: { ...one!.resource, name: 'orders' }, alarm } as Change['proposal'];
    const ended = [nth(1, { proposal: mended, outcome, because: 'resolved after 7 minutes' })];
    const { subject, thread, text } = changesMessage({ ...PLAN, function: 'remediate-alarm' }, ended, 'Asia/Seoul');
    expect([subject, thread]).toEqual([`[Lamplighter] ${PLAN.account}: ${words}`, 'alarm arn:alarm']);
    expect(text).not.toContain('saved');
  });

  /** What is said of a reboot, as it ended. */
  function remedied(ended: Partial<Change>) {
    const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:web-status';
    const scope = { account: '123456789012', region: 'eu-west-1' };
    const instance = { arn: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1', id: 'i-1' };
    const mended: Change['proposal'] = {
      ...PLAN.act[0]!,
      rule: 'instance-unwell',
      action: { kind: 'reboot-instance', instance, expect: { state: 'running', launchedAt: PLAN.time } },
      alarm: { name: 'web-status', arn, scope, since: '2026-11-22T03:00:00.000Z' },
      grounds: {
        reason: 'Threshold Crossed: 1 datapoint [1.0] was not less than the threshold (1.0).',
        evidence: ['system status check (the host): ok', ...Array.from({ length: 11 }, (_, n) => `line ${n}`)],
        next: 'aws ec2 reboot-instances --region eu-west-1 --instance-ids i-1',
      },
    };
    const { appliedAt: _, ...one } = nth(1, { proposal: mended });
    return changesMessage({ ...PLAN, function: 'remediate-alarm' }, [{ ...one, ...ended }], 'Asia/Seoul');
  }

  const LINK = 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/web-status';

  it.each<[string, Partial<Change>, string]>([
    [
      'failed',
      { outcome: 'failed', appliedAt: PLAN.time },
      'what to do: see what it wrote last: aws ec2 get-console-output --latest --region eu-west-1 --instance-id i-1',
    ],
    ['was undone', { outcome: 'undone', appliedAt: PLAN.time, escalated: true }, 'what to do: see what it wrote last'],
    [
      'was not made',
      { outcome: 'skipped', warning: 'the alarm is on' },
      'what to do: by hand, if it is still wanted: aws ec2 reboot-instances --region eu-west-1 --instance-ids i-1',
    ],
  ])('of a remedy that %s name the alarm, what was looked at, and what to do', (_, ended, next) => {
    const { text, facts, chat } = remedied(ended);
    expect(text).toContain(
      'alarm: web-status, which went off at 2026-11-22 12:00 Asia/Seoul: Threshold Crossed: 1 datapoint [1.0] was not less',
    );
    expect(text).toContain(LINK);
    expect(text).toMatch(/what was looked at before:\s+- system status check \(the host\): ok\s+- line 0/);
    expect(text).toContain('- and 2 more');
    expect(text).toContain(next);
    expect(chat).toContain(LINK);
    expect((facts as Facts).changes).toMatchObject([
      { alarm: { name: 'web-status', console: LINK, reason: expect.stringContaining('Threshold Crossed') as string } },
    ]);
  });

  it.each<[string, Partial<Change>]>([
    ['is kept', { outcome: 'kept', appliedAt: PLAN.time }],
    ['is not made since its alarm is over', { outcome: 'skipped' }],
  ])('of a remedy that %s leave nothing to people', (_, ended) => {
    expect(remedied(ended).text).not.toMatch(/what to do|what was looked at/);
  });

  it('that are alike begin with the dearest', () => {
    const saving = (amount: number) =>
      ({ monthly: { currency: 'USD', amount }, basis: 'list', stillBilled: [] }) as unknown as Change['saving'] &
        object;
    const { facts } = messageOf([nth(1, { saving: saving(10) }), nth(2, { saving: saving(300) })]);
    expect((facts as Facts).changes.map(({ id }) => id)).toEqual([`${PLAN.id}/2`, `${PLAN.id}/1`]);
  });

  it('have the same id whatever else is said of them', () => {
    expect(messageOf([nth(1)]).id).toBe(messageOf([nth(1, { because: 'another word' })]).id);
    expect(messageOf([nth(1)]).id).not.toBe(messageOf([nth(1, { outcome: 'undone' })]).id);
  });
});

/** What SNS would be asked to publish, and how much of its 256 KiB that takes. */
async function published(changes: readonly Change[]) {
  const inputs: { Message: string; MessageAttributes: object }[] = [];
  const client = { send: async ({ input }: { input: (typeof inputs)[number] }) => inputs.push(input) };
  const topics = { alerts: 'arn:aws:sns:eu-west-1:1:alerts' };
  await snsAnnouncer(client as unknown as SNSClient, topics).send(messageOf(changes));
  const { Message, MessageAttributes } = inputs[0]!;
  const body = JSON.parse(Message) as { default: string; email: string };
  const bytes = Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes));
  return { bytes, email: body.email, facts: JSON.parse(body.default) as Facts };
}

describe('a hundred changes', () => {
  it.each([
    ['long', 'x'],
    ['Korean', '주'],
    ['full of quotes', '"'],
    ['full of emoji', '🔥'],
    ['full of line breaks', '\n'],
  ])('fit into SNS, the worst among them, when their words are %s', async (_, sign) => {
    const words = sign.repeat(500);
    const changes = PLAN.act.map((one, index) =>
      nth(index + 1, {
        because: words,
        proposal: { ...one, resource: { ...one.resource, name: words, owner: words } },
      }),
    );
    const failed = nth(100, { outcome: 'failed' });
    const { bytes, email, facts } = await published([...changes.slice(0, 99), failed]);
    expect(bytes).toBeLessThan(256 * 1024);
    expect(facts.counts).toEqual({ failed: 1, kept: 99 });
    expect(facts.changes.length + facts.omitted).toBe(100);
    expect(facts.changes[0]?.id).toBe(failed.id);
    expect(email).toContain(`And 75 more, 75 kept: npm run answer -- show ${PLAN.id}`);
  });

  it('are told whole while there is room', async () => {
    expect((await published(PLAN.act.map((_, index) => nth(index + 1)))).facts.omitted).toBe(0);
  });
});
