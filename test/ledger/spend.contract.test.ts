import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { daysIn } from '../../shared/core/spend/day.ts';
import type { Explanation } from '../../shared/core/spend/explanation.ts';
import type { MonthOfCosts } from '../../shared/core/spend/history.ts';
import type { KeptCosts, SpendRun } from '../../shared/ports-spend.ts';
import { anomaly } from '../support/anomaly-specimen.ts';
import { many } from '../support/plan-specimen.ts';
import { type LocalDynamo, startDynamo } from './local-table.ts';
import { dynamoTwin, memoryTwin, type Twin } from './twins.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

const PAYER = '123456789012';
const NOW = new Date('2026-11-22T07:30:00.000Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);

const run = (spoiled: Partial<SpendRun> = {}): SpendRun => ({
  payer: PAYER,
  time: NOW.toISOString(),
  state: 'recorded',
  anomalies: [anomaly()],
  message: {
    id: 'id',
    subject: 'subject',
    text: 'text',
    facts: { version: 1 },
    chat: 'chat',
    attributes: { kind: 'spend', severity: 'info', account: PAYER, region: [], rule: [], owner: [] },
  },
  report: { paidCalls: 2 },
  ...spoiled,
});

const KEPT: KeptCosts = { payer: PAYER, metric: 'UnblendedCost', without: ['Credit', 'Tax'], view: 'services' };
const month = (name: string, groups = 2): MonthOfCosts => {
  const days = daysIn(`${name}-01`, `${name}-29`);
  return {
    month: name,
    currency: 'USD',
    days,
    groups: many(groups, (n) => ({
      keys: [`service ${n}`, '111111111111'] as const,
      amounts: days.map((_, day) => Math.round(Math.abs(Math.sin(n * 7919 + day * 104_729)) * 1e7) / 1e4),
    })),
  };
};

describe.each([
  ['in memory', async () => memoryTwin()],
  ['in DynamoDB', async () => dynamoTwin(await dynamo.table())],
])('the ledger of spend, %s', (_, open: () => Promise<Twin>) => {
  let twin: Twin;
  beforeEach(async () => {
    twin = await open();
  });

  describe('a turn', () => {
    const claim = (holder: string, from = 0) => ({ holder, now: minutes(from), until: minutes(from + 15) });

    it('is one delivery’s, also when it asks again, until it ends', async () => {
      expect(await twin.spend.begin(PAYER, claim('first'))).toBe(true);
      expect(await twin.spend.begin(PAYER, claim('second', 1))).toBe(false);
      expect(await twin.spend.begin(PAYER, claim('first', 2))).toBe(true);
      await twin.spend.end(PAYER, 'second');
      expect(await twin.spend.begin(PAYER, claim('second', 3))).toBe(false);
      await twin.spend.end(PAYER, 'first');
      expect(await twin.spend.begin(PAYER, claim('second', 4))).toBe(true);
    });

    it('ends by itself when its holder has died', async () => {
      await twin.spend.begin(PAYER, claim('first'));
      expect(await twin.spend.begin(PAYER, claim('second', 14))).toBe(false);
      expect(await twin.spend.begin(PAYER, claim('second', 15))).toBe(true);
    });

    it('of two at once is one', async () => {
      const taken = await Promise.all(['a', 'b', 'c'].map((holder) => twin.spend.begin(PAYER, claim(holder))));
      expect(taken.filter(Boolean)).toHaveLength(1);
    });

    it('is each payer’s own', async () => {
      await twin.spend.begin(PAYER, claim('first'));
      expect(await twin.spend.begin('210987654321', claim('second'))).toBe(true);
    });
  });

  describe('a run', () => {
    it('is read as it was recorded', async () => {
      expect(await twin.spend.run(PAYER, run().time)).toBeUndefined();
      await twin.spend.record(run());
      expect(await twin.spend.run(PAYER, run().time)).toEqual(run());
    });

    it('may have nothing to say', async () => {
      const { message: _message, ...quiet } = run({ anomalies: [] });
      await twin.spend.record(quiet);
      expect(await twin.spend.run(PAYER, run().time)).toEqual(quiet);
    });

    it('is recorded once: the first stands', async () => {
      await twin.spend.record(run());
      await twin.spend.record(run({ anomalies: [] }));
      expect((await twin.spend.run(PAYER, run().time))?.anomalies).toHaveLength(1);
    });

    it('of the same moment for another end is another run', async () => {
      const test = run({ anomalies: [], occasion: 'self-test' });
      await twin.spend.record(test);
      expect(await twin.spend.run(PAYER, run().time)).toBeUndefined();
      await twin.spend.record(run());
      await twin.spend.announced(test);
      expect(await twin.spend.run(PAYER, run().time)).toEqual(run());
      expect(await twin.spend.run(PAYER, run().time, 'self-test')).toEqual({ ...test, state: 'announced' });
      expect(await twin.spend.unfinished(PAYER, NOW)).toEqual([run()]);
    });

    it('of any size is kept whole', async () => {
      const anomalies = many(3000, (n) =>
        anomaly({ id: `2026-11-18-${n}`, service: `${Math.sin(n)} ${Math.cos(n)} ${Math.tan(n)}` }),
      );
      await twin.spend.record(run({ anomalies }));
      expect((await twin.spend.run(PAYER, run().time))?.anomalies).toEqual(anomalies);
      expect(await twin.spend.unfinished(PAYER, NOW)).toHaveLength(1);
    });

    it('is the last look before a moment, whatever ran beside it', async () => {
      expect(await twin.spend.lastLook(PAYER, NOW)).toBeUndefined();
      const [yesterday, before] = [minutes(-1440).toISOString(), minutes(-60_000).toISOString()];
      for (const time of [before, yesterday, NOW.toISOString()]) await twin.spend.record(run({ time }));
      for (const minute of [-1, -2, -3, -4, -5, -6]) {
        await twin.spend.record(run({ time: minutes(minute).toISOString(), anomalies: [], occasion: 'alarm' }));
      }
      expect(await twin.spend.lastLook(PAYER, NOW)).toBe(yesterday);
      expect(await twin.spend.lastLook(PAYER, minutes(-1440))).toBe(before);
      expect(await twin.spend.lastLook('210987654321', NOW)).toBeUndefined();
    });

    it('is unfinished until it is announced, the oldest first', async () => {
      const runs = many(3, (n) => run({ time: minutes(-n).toISOString() }));
      for (const one of runs) await twin.spend.record(one);
      expect((await twin.spend.unfinished(PAYER, NOW)).map(({ time }) => time)).toEqual(
        runs.map(({ time }) => time).reverse(),
      );
      await twin.spend.announced(runs[1]!);
      expect(await twin.spend.unfinished(PAYER, NOW)).toHaveLength(2);
      expect(await twin.spend.run(PAYER, runs[1]!.time)).toMatchObject({ state: 'announced' });
    });

    it('of long ago is not finished any more', async () => {
      await twin.spend.record(run({ time: '2026-11-01T07:30:00.000Z' }));
      expect(await twin.spend.unfinished(PAYER, NOW)).toEqual([]);
    });

    it('that nobody recorded cannot be announced', async () => {
      await expect(twin.spend.announced(run())).rejects.toMatchObject({ name: 'LedgerCorruptError' });
    });
  });

  describe('costs', () => {
    it('are kept apart by what was left out, in whatever order it is named', async () => {
      await twin.spend.keepCosts(KEPT, [month('2026-11')]);
      expect(await twin.spend.costs({ ...KEPT, without: ['Credit'] }, ['2026-11'])).toEqual([]);
      expect(await twin.spend.costs({ ...KEPT, without: ['Tax', 'Credit'] }, ['2026-11'])).toEqual([month('2026-11')]);
    });

    it('are kept by the month, the last answer in the place of the one before', async () => {
      await twin.spend.keepCosts(KEPT, [month('2026-10'), month('2026-11')]);
      await twin.spend.keepCosts(KEPT, [month('2026-11', 3)]);
      expect(await twin.spend.costs(KEPT, ['2026-09', '2026-10', '2026-11'])).toEqual([
        month('2026-10'),
        month('2026-11', 3),
      ]);
    });

    it('are each view’s and each metric’s own', async () => {
      await twin.spend.keepCosts(KEPT, [month('2026-11')]);
      for (const other of [
        { view: 'regions' as const },
        { metric: 'AmortizedCost' as const },
        { payer: '210987654321' },
      ]) {
        expect(await twin.spend.costs({ ...KEPT, ...other }, ['2026-11'])).toEqual([]);
      }
    });

    it('of an estate of any size are kept whole', async () => {
      const big = month('2026-11', 4000);
      await twin.spend.keepCosts(KEPT, [big]);
      expect(await twin.spend.costs(KEPT, ['2026-11'])).toEqual([big]);
    });
  });

  it('counts paid calls up to the most there are, each month for itself, whoever comes at once', async () => {
    const taken = await Promise.all(many(8, () => twin.spend.countPaidCall(PAYER, '2026-11', 5)));
    expect(taken.filter(Boolean)).toHaveLength(5);
    expect(await twin.spend.countPaidCall(PAYER, '2026-11', 5)).toBe(false);
    expect(await twin.spend.countPaidCall(PAYER, '2026-11', 6)).toBe(true);
    expect(await twin.spend.countPaidCall(PAYER, '2026-12', 5)).toBe(true);
  });

  it('knows why AWS has no resource-level data of a service, until it is to be asked again', async () => {
    const without = { service: 'AWS Lambda', why: 'DataUnavailableException', until: minutes(60) };
    await twin.spend.keepWithoutResources(PAYER, without);
    expect(await twin.spend.withoutResources(PAYER, 'AWS Lambda', minutes(59))).toBe('DataUnavailableException');
    expect(await twin.spend.withoutResources(PAYER, 'AWS Lambda', minutes(60))).toBeUndefined();
    expect(await twin.spend.withoutResources(PAYER, 'AWS Glue', NOW)).toBeUndefined();
    expect(await twin.spend.withoutResources('210987654321', 'AWS Lambda', NOW)).toBeUndefined();
  });

  describe('anomalies', () => {
    const at = (day: string, spoiled = {}) => anomaly({ id: `${day}-3f9a1c`, firstDay: day, ...spoiled });

    it('are found by their first day, in order', async () => {
      await twin.spend.keepAnomalies([at('2026-11-18'), at('2026-08-31'), at('2026-10-01'), at('2026-11-20')]);
      const found = await twin.spend.anomalies(PAYER, { from: '2026-08-31', to: '2026-11-20' });
      expect(found.map(({ firstDay }) => firstDay)).toEqual(['2026-08-31', '2026-10-01', '2026-11-18']);
      expect(await twin.spend.anomalies('210987654321', { from: '2026-01-01', to: '2026-12-31' })).toEqual([]);
    });

    it('are kept as they are now, and found by id', async () => {
      await twin.spend.keepAnomalies([anomaly()]);
      await twin.spend.keepAnomalies([anomaly({ state: 'resolved' })]);
      expect(await twin.anomalies.anomaly(anomaly().id)).toEqual(anomaly({ state: 'resolved' }));
      expect(await twin.anomalies.anomaly('2026-11-18-000000')).toBeUndefined();
    });

    it('that are open are listed for people, the dearest first', async () => {
      await twin.spend.keepAnomalies([
        at('2026-11-18', { perDay: 5 }),
        at('2026-11-19', { perDay: -50 }),
        at('2026-11-20', { state: 'resolved' }),
      ]);
      expect((await twin.anomalies.openAnomalies()).map(({ firstDay }) => firstDay)).toEqual([
        '2026-11-19',
        '2026-11-18',
      ]);
      await twin.spend.keepAnomalies([at('2026-11-19', { state: 'accepted' })]);
      expect((await twin.anomalies.openAnomalies()).map(({ firstDay }) => firstDay)).toEqual(['2026-11-18']);
    });
  });

  describe('an explanation', () => {
    const { id } = anomaly();
    const nothing = { known: false, why: 'nobody asked' } as const;
    const explanation = (event: string): Explanation => ({
      causes: { known: true, value: [{ keys: ['Requests', 'eu-central-1'], amount: 12.5, share: 1 }] },
      also: { by: 'by resource', ...nothing },
      traces: {
        known: true,
        value: { events: [{ time: NOW.toISOString(), event, actor: 'kim', resources: [] }], complete: true },
      },
      ours: nothing,
    });

    it('is found for the state of the anomaly that it is about, the last one', async () => {
      expect(await twin.spend.explanation(id, 'first')).toBeUndefined();
      await twin.spend.keepExplanation(id, { about: 'first', explanation: explanation('RunTask'), now: NOW });
      expect(await twin.spend.explanation(id, 'first')).toEqual(explanation('RunTask'));
      await twin.spend.keepExplanation(id, { about: 'second', explanation: explanation('StopTask'), now: NOW });
      expect(await twin.spend.explanation(id, 'first')).toBeUndefined();
      expect(await twin.spend.explanation(id, 'second')).toEqual(explanation('StopTask'));
    });

    it('is no anomaly', async () => {
      await twin.spend.keepExplanation(id, { about: 'first', explanation: explanation('RunTask'), now: NOW });
      expect(await twin.spend.anomalies(PAYER, { from: '2026-01-01', to: '2026-12-31' })).toEqual([]);
      expect(await twin.anomalies.anomaly(id)).toBeUndefined();
    });
  });

  describe('answers', () => {
    const answer = (spoiled: Partial<SpendAnswer> = {}): SpendAnswer => ({
      anomaly: anomaly().id,
      service: 'AmazonCloudWatch',
      account: '111111111111',
      firstDay: '2026-11-18',
      say: 'expected',
      by: 'arn:aws:iam::123456789012:user/kim',
      at: NOW.toISOString(),
      ...spoiled,
    });

    it('are all kept, by whoever asks, the oldest first', async () => {
      const said = [
        answer({ at: minutes(1).toISOString(), say: 'snooze', until: '2026-12-24', note: 'later' }),
        answer({ recurring: true }),
        answer({ anomaly: '2026-11-19-000000' }),
      ];
      for (const one of said) await twin.anomalies.recordSpendAnswer(one);
      expect(await twin.spend.spendAnswers()).toEqual([said[1], said[0], said[2]]);
      expect(await twin.anomalies.answersAbout(anomaly().id)).toEqual([said[1], said[0]]);
      expect(await twin.anomalies.answersAbout('2026-11-20-000000')).toEqual([]);
    });
  });
});

it('an anomaly of an earlier version, which did not count its days, has as many as it spans', async () => {
  const twin = dynamoTwin(await dynamo.table());
  const { days: _, ...earlier } = anomaly({ firstDay: '2026-11-18', lastDay: '2026-11-21' });
  await twin.spend.keepAnomalies([earlier as Anomaly]);
  expect(await twin.anomalies.anomaly(earlier.id)).toMatchObject({ days: 4, lastDay: '2026-11-21' });
});
