import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { Anomaly, News } from '../../../shared/core/spend/anomaly.ts';
import { type Occasion, selfTestMessage, spendMessage, type Told } from '../../../shared/core/spend/spend-message.ts';
import { anomaly, EXPLAINED } from '../../support/anomaly-specimen.ts';

const OCCASION: Occasion = { payer: '123456789012', time: '2026-11-21T07:30:00.000Z', asOf: '2026-11-20' };
const POLICY = parsePolicy({ timezone: 'Asia/Seoul' });

const news = (spoiled: Partial<Anomaly> = {}, why: News = 'opened'): Told => ({ anomaly: anomaly(spoiled), news: why });
const message = (all: readonly Told[] = [news()], occasion: Partial<Occasion> = {}) =>
  spendMessage(all, { ...OCCASION, ...occasion }, POLICY);

describe('the message', () => {
  it('says what, where, since when, how much, why, who, how sure, where to look and how to answer', () => {
    const { subject, text } = message();
    expect(subject).toBe('[Lamplighter] 111111111111: AmazonCloudWatch +$3,041.67 a month');
    for (const part of [
      'AmazonCloudWatch in 111111111111 costs more (new)',
      'since 2026-11-18: $290.00 more than expected so far',
      '$3,041.67 a month if it stays',
      'expected $10.00 a day, actual $106.67 a day',
      'APN2-DataProcessing-Bytes in ap-northeast-2 $270.00 (93 %); APN2-CW:Requests in ap-northeast-2 $20.00 (7 %)',
      'by the tag owner: team-orders $290.00 (100 %)',
      'CloudTrail in ap-northeast-2: CreateLogGroup of /aws/lambda/checkout by release-418 (role deploy) at 2026-11-18 12:00 Asia/Seoul',
      'how sure: 3.2 times the threshold',
      'https://us-east-1.console.aws.amazon.com/costmanagement/home#/cost-explorer?',
      'npm run answer -- expected 2026-11-18-3f9a1c',
      'npm run answer -- snooze 2026-11-18-3f9a1c --until',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('counts the unusual days alone where it paused', () => {
    const { text } = message([news({ lastDay: '2026-11-23', days: 2 })]);
    expect(text).toContain('expected $15.00 a day, actual $160.00 a day, on 2 of 6 days');
  });

  it('says what the policy leaves out, a day to come for an answer, and what is not judged yet', () => {
    const { text } = spendMessage(
      [news()],
      { ...OCCASION, unjudged: 3 },
      parsePolicy({ spend: { without: ['Credit'] } }),
    );
    expect(text).toContain('the record types Credit are left out');
    expect(text).toContain('(--until 2026-12-04, or');
    expect(text).toContain('too little history: 3 series');
    expect(spendMessage([news()], OCCASION, parsePolicy({ spend: { without: [] } })).text).toContain(
      'no record type is left out',
    );
  });

  it('says of what is back at its earlier level that it is, and what it costs a month', () => {
    const { subject, text } = message([news({ state: 'accepted', returned: true }, 'accepted')]);
    expect(subject).toBe(
      '[Lamplighter] 111111111111: AmazonCloudWatch +$3,041.67 a month is back at its earlier level',
    );
    expect(text).toContain('costs more (is back at its earlier level)');
    expect(text).toContain('it is back at its earlier level: $3,041.67 a month from now on');
    expect(text).not.toContain('two weeks');
  });

  it('says when it rests on little history', () => {
    const { text } = message([news({ littleHistory: true })]);
    expect(text).toContain('how sure: little history: held against its own few days alone; 3.2 times the threshold');
  });

  it('says which days no run had judged, and which of them a backfill has to', () => {
    const days = { from: '2026-11-01', to: '2026-11-20', judgedFrom: '2026-11-01' };
    expect(message([news()], { missed: days }).text).toContain(
      'No run had judged the days from 2026-11-01 to before 2026-11-20: they are judged now, each as of that day.',
    );
    expect(message([news()], { missed: { ...days, judgedFrom: '2026-11-09' } }).text).toContain(
      'but for those before 2026-11-09: a backfill judges them.',
    );
  });

  it('has what subscriptions filter by', () => {
    expect(message().attributes).toEqual({
      kind: 'spend',
      severity: 'critical',
      account: '111111111111',
      region: ['ap-northeast-2'],
      rule: ['rise'],
      owner: ['team-orders'],
    });
    const two = message([news(), news({ account: '222222222222', id: '2026-11-19-000000', perDay: 4 })]);
    expect(two.attributes.account).toEqual(['111111111111', '222222222222']);
  });

  it('has the same facts as JSON', () => {
    expect(message().facts).toMatchObject({
      version: 1,
      kind: 'spend',
      payer: '123456789012',
      anomalies: [
        { id: '2026-11-18-3f9a1c', news: 'opened', service: 'AmazonCloudWatch', impact: 290, severity: 'critical' },
      ],
      omitted: 0,
    });
    expect(message([news({ kind: 'new-region', service: 'eu-west-3' })]).facts).toMatchObject({
      anomalies: [{ region: 'eu-west-3' }],
    });
  });

  it('orders several by dollars', () => {
    const { subject, text } = message([
      news({ id: 'a', service: 'Small', perDay: 5, actual: 40 }),
      news({ id: 'b', service: 'Large', perDay: 500 }),
      news({ id: 'c', service: 'Middle', perDay: 50 }),
    ]);
    expect(subject).toBe('[Lamplighter] 111111111111: Large +$15,208.33 a month, and 2 more');
    expect(text.match(/\d\. \w+ in/g)).toEqual(['1. Large in', '2. Middle in', '3. Small in']);
  });

  describe('of a new region and a service in it', () => {
    const region = (spoiled: Partial<Anomaly> = {}) =>
      news({ kind: 'new-region', service: 'eu-west-3', id: '2026-11-18-00e003', actual: 250, expected: 0, ...spoiled });
    const service = (amount: number, spoiled: Partial<Anomaly> = {}) => {
      const causes = known([
        { keys: ['EUW3-BoxUsage', 'eu-west-3'], amount, share: amount / 290 },
        { keys: ['APN2-BoxUsage', 'ap-northeast-2'], amount: 290 - amount, share: 1 - amount / 290 },
      ]);
      return news({ service: 'EC2', explanation: { ...EXPLAINED, causes }, ...spoiled });
    };

    it('tells the same dollars once, with the service', () => {
      const { subject, text, facts, chat, attributes, thread } = message([region(), service(250)]);
      expect(subject).toBe('[Lamplighter] 111111111111: EC2 +$3,041.67 a month');
      expect(text).toContain('news of 1 anomaly');
      expect(text).toContain(
        '   the region eu-west-3 is new in 111111111111 (new): the same dollars, $250.00 so far [2026-11-18-00e003]',
      );
      expect(text).not.toContain('2. ');
      expect(chat).toContain('; the region eu-west-3 is new in 111111111111 `2026-11-18-3f9a1c`');
      expect(facts).toMatchObject({
        anomalies: [
          { id: '2026-11-18-00e003', region: 'eu-west-3', sameDollarsAs: '2026-11-18-3f9a1c' },
          { id: '2026-11-18-3f9a1c' },
        ],
      });
      expect(attributes.rule).toEqual(['new-region', 'rise']);
      expect(thread).toBe('spend-2026-11-18-3f9a1c');
    });

    it('tells it with the dearest of several services', () => {
      const { text } = message([service(60, { id: 'a', service: 'EBS' }), service(90), region()]);
      expect(text.indexOf('the region eu-west-3')).toBeGreaterThan(text.indexOf('EC2 in'));
      expect(text).toContain('news of 2 anomalies');
    });

    it.each<[string, Told]>([
      ['little of its dollars are the service’s', service(124)],
      ['the service is in another account', service(250, { account: '222222222222' })],
      ['the service costs less', service(250, { kind: 'drop' })],
      ['the cause is not known', service(250, { explanation: { ...EXPLAINED, causes: unknown('denied') } })],
    ])('tells both when %s', (_, one) => {
      const { text, facts } = message([one, region()]);
      expect(text).toContain('news of 2 anomalies');
      expect(text).toContain('2. ');
      expect(JSON.stringify(facts)).not.toContain('sameDollarsAs');
    });
  });

  it.each<[News, Partial<Anomaly>, string, string]>([
    ['grown', {}, 'AmazonCloudWatch +$3,041.67 a month has grown', 'has grown'],
    ['resolved', { state: 'resolved' }, 'AmazonCloudWatch +$290.00 is over', 'that was its total'],
    ['accepted', { state: 'accepted' }, '+$3,041.67 a month is the new level', 'has lasted for two weeks'],
    ['withdrawn', { state: 'withdrawn' }, '+$290.00 was withdrawn', 'restated these days'],
    ['reminded', {}, 'still there after the snooze', 'since 2026-11-18'],
  ])('%s', (why, spoiled, subject, text) => {
    expect(message([news(spoiled, why)]).subject).toContain(subject);
    expect(message([news(spoiled, why)]).text).toContain(text);
  });

  it('asks for no answer to what has ended', () => {
    expect(message([news({ state: 'resolved' }, 'resolved')]).text).not.toContain('npm run answer -- expected');
  });

  it.each<[Partial<Anomaly>, string]>([
    [{ kind: 'drop', actual: 0, expected: 300, perDay: -100 }, 'AmazonCloudWatch in 111111111111 costs less'],
    [{ kind: 'new-service' }, 'AmazonCloudWatch is new in 111111111111'],
    [{ kind: 'new-region', service: 'eu-west-3' }, 'the region eu-west-3 is new in 111111111111'],
  ])('%j', (spoiled, title) => expect(message([news(spoiled)]).text).toContain(title));

  it('says what is provisional, and what is unknown with its reason', () => {
    const explanation = {
      causes: unknown('the paid calls are used up'),
      also: { by: 'by resource', ...unknown('no resource-level data') },
      traces: unknown('may not look'),
      ours: unknown('LedgerUnavailableError'),
    };
    const { text } = message([news({ provisional: true, explanation })]);
    expect(text).toContain('(new, provisional)');
    expect(text).toContain('cause, by usage type and region: unknown, the paid calls are used up');
    expect(text).toContain('by resource: unknown, no resource-level data');
    expect(text).toContain('CloudTrail: unknown, may not look');
    expect(text).toContain('what Lamplighter itself changed: unknown, LedgerUnavailableError');
  });

  it('names what Lamplighter did itself as a possible cause', () => {
    const ours = {
      known: true as const,
      value: ['start the database of orders-qa in ap-northeast-2 at 2026-11-18T02:00:00Z'],
    };
    expect(message([news({ explanation: { ...EXPLAINED, ours } })]).text).toContain(
      'Lamplighter itself: start the database of orders-qa in ap-northeast-2 at 2026-11-18T02:00:00Z, a possible cause',
    );
  });

  it('belongs to the thread of its anomaly in a chat, if it is about one', () => {
    expect(message().thread).toBe('spend-2026-11-18-3f9a1c');
    expect(message([news(), news({ id: 'b' })])).not.toHaveProperty('thread');
    expect(message().chat).toContain('*AmazonCloudWatch in 111111111111 costs more*');
  });

  it('has one id for one tick, and another for another', () => {
    expect(message().id).toBe(message().id);
    expect(message([news()], { time: '2026-11-22T07:30:00.000Z' }).id).not.toBe(message().id);
    expect(message([news({}, 'grown')]).id).not.toBe(message().id);
  });

  it.each([
    [
      'a long name',
      [news({ service: 'Amazon Elastic Container Service for Kubernetes and everything around it, really' })],
    ],
    ['other letters', [news({ service: '서비스' })]],
    ['another currency', [news({ currency: 'CNY' })]],
    ['much money', [news({ perDay: 9_999_999 }), news({ id: 'b' })]],
  ])('has a subject that SNS takes with %s', (_, all) => {
    const { subject } = message(all);
    expect(subject).toMatch(/^[\x20-\x7e]+$/);
    expect(subject.length).toBeLessThan(100);
  });

  it('fits into what SNS takes, and says what it left out', () => {
    const long = {
      ...EXPLAINED,
      also: {
        by: 'by resource',
        known: true as const,
        value: Array.from({ length: 60 }, (_, n) => ({
          keys: [`arn:aws:ec2:${'x'.repeat(200)}${n}`],
          amount: 1,
          share: 0,
        })),
      },
    };
    const many = Array.from({ length: 400 }, (_, n) =>
      news({ id: `2026-11-18-${String(n).padStart(6, '0')}`, explanation: long }),
    );
    const { text, facts, attributes, chat } = message(many);
    const body = JSON.stringify({ default: JSON.stringify(facts), email: text });
    expect(Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes))).toBeLessThan(256 * 1024);
    expect(Buffer.byteLength(chat)).toBeLessThan(100 * 1024);
    const { anomalies, omitted } = facts as { anomalies: unknown[]; omitted: number };
    expect(anomalies.length + omitted).toBe(400);
    expect(text).toContain('And 380 smaller ones');
  });

  it('of a backfill is a digest that says that days were restated', () => {
    const { subject, text } = message([news()], { backfill: { from: '2026-10-01', to: '2026-11-01' } });
    expect(subject).toMatch(/^\[Lamplighter\] backfill, 111111111111/);
    expect(text).toContain(
      'for every day from 2026-10-01 to before 2026-11-01, as of that day: 1 anomaly. AWS has restated',
    );
  });
});

describe('the self-test', () => {
  it('says that nothing is to be done', () => {
    const { subject, text, attributes } = selfTestMessage('123456789012', '2026-11-23T08:00:00.000Z');
    expect(subject).toBe('[Lamplighter] 123456789012: the weekly test of the delivery, 2026-11-23');
    expect(text).toContain('Nothing is wrong and nothing is to be done');
    expect(attributes).toMatchObject({ kind: 'self-test', severity: 'info' });
  });
});
