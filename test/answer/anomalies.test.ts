import { describe, expect, it } from 'vitest';
import { main } from '../../scripts/answer.ts';
import { lessonsFor, standingAnswers } from '../../shared/core/spend/answer.ts';
import { anomaly } from '../support/anomaly-specimen.ts';
import { type Desk, hours, KIM, LEE, openDesk, STRANGER, urlEvent } from './support.ts';

const OPEN = anomaly();
const about = { anomaly: OPEN.id };

async function desk(spoiled: Parameters<typeof anomaly>[0] = {}): Promise<Desk> {
  const opened = await openDesk();
  await opened.ledger.spend.keepAnomalies([anomaly(spoiled)]);
  return opened;
}

/** What the model learns of the series from what was said. */
const lessons = async ({ ledger }: Desk) =>
  lessonsFor(OPEN, standingAnswers(await ledger.spend.spendAnswers()).values(), []);

describe('about an anomaly', () => {
  it.each([
    ['from now on', {}, [{ kind: 'level', from: OPEN.firstDay }]],
    ['until a day', { until: '2026-12-24' }, [{ kind: 'once', from: OPEN.firstDay, until: '2026-12-25' }]],
    ['each month', { recurring: true }, [{ kind: 'recurring', from: OPEN.firstDay }]],
  ])('expected %s teaches the model', async (_, words, expected) => {
    const at = await desk();
    const { status, body } = await at.ask(KIM, { about, say: 'expected', ...words });
    expect(status).toBe(200);
    expect(body).toMatchObject({ said: 'now', say: 'expected', anomaly: OPEN.id, by: KIM });
    expect(body.text).toMatch(/^kim \(role sre-oncall\) said at .* that the anomaly .* is right and /);
    expect(await lessons(at)).toMatchObject(expected);
  });

  it('investigate and snooze teach nothing', async () => {
    const at = await desk();
    expect((await at.ask(KIM, { about, say: 'investigate' })).status).toBe(200);
    expect((await at.ask(KIM, { about, say: 'snooze', until: '2026-12-24' })).body.text).toContain(
      'through 2026-12-24',
    );
    expect(await lessons(at)).toEqual([]);
  });

  it('the last word counts: who takes it back, takes the lesson back', async () => {
    const at = await desk();
    await at.ask(KIM, { about, say: 'expected' });
    at.now = hours(2);
    await at.ask(LEE, { about, say: 'investigate' });
    expect(await lessons(at)).toEqual([]);
  });

  it('the same again by the same person is said before', async () => {
    const at = await desk();
    await at.ask(KIM, { about, say: 'expected' });
    at.now = hours(2);
    expect((await at.ask(KIM, { about, say: 'expected' })).body).toMatchObject({
      said: 'before',
      at: hours(1).toISOString(),
    });
    expect(await at.ledger.answersAbout(OPEN.id)).toHaveLength(1);
  });

  it('nobody answers whom the policy does not name', async () => {
    const at = await desk();
    expect(await at.ask(STRANGER, { about, say: 'expected' })).toMatchObject({
      status: 403,
      body: { error: 'not-allowed' },
    });
    expect(await at.ledger.answersAbout(OPEN.id)).toEqual([]);
  });

  it('that nobody knows is 404', async () => {
    expect(await (await openDesk()).ask(KIM, { about, say: 'expected' })).toMatchObject({
      status: 404,
      body: { error: 'unknown-anomaly' },
    });
  });

  it.each(['resolved', 'accepted', 'withdrawn'] as const)(
    'that is %s only its being right can be said',
    async (state) => {
      const at = await desk({ state });
      expect(await at.ask(KIM, { about, say: 'investigate' })).toMatchObject({
        status: 409,
        body: { error: 'anomaly-ended' },
      });
      expect(await at.ask(KIM, { about, say: 'expected', recurring: true })).toMatchObject({ status: 200 });
    },
  );

  it.each(['2026-11-21', '2028-01-01'])('no day such as %s', async (until) => {
    expect(await (await desk()).ask(KIM, { about, say: 'snooze', until })).toMatchObject({ status: 400 });
  });
});

describe('the command line', () => {
  async function type(at: Desk, ...args: string[]) {
    const printed: string[] = [];
    const code = await main(args, {
      env: { LEDGER_TABLE: 'lamplighter-prod', ANSWER_URL: 'https://abc.lambda-url.ap-northeast-2.on.aws/' },
      out: (text) => printed.push(text),
      err: (text) => printed.push(text),
      now: () => at.now,
      connect: () => at.ledger,
      post: async (_url, request) => {
        const { status, body } = await at.deliver(urlEvent(KIM, JSON.stringify(request)));
        return { status, body: JSON.stringify(body) };
      },
    });
    return { code, text: printed.join('\n') };
  }

  it('lists what is open, the dearest first, with what was said about it', async () => {
    const at = await desk();
    await at.ledger.spend.keepAnomalies([
      anomaly({ id: '2026-11-19-00000a', service: 'AWS Lambda', perDay: 300 }),
      anomaly({ id: '2026-11-19-00000b', service: 'AWS Glue', state: 'resolved' }),
    ]);
    await type(at, 'snooze', OPEN.id, '--until', '2026-12-24');
    const { code, text } = await type(at, 'list');
    expect(code).toBe(0);
    const rows = text.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows.slice(2)).toEqual([
      ['anomaly', 'account', 'service', 'kind', 'so far', 'a month', 'answer'],
      ['2026-11-19-00000a', '111111111111', 'AWS Lambda', 'rise', '$290.00', '$9,125.00'],
      [
        OPEN.id,
        '111111111111',
        'AmazonCloudWatch',
        'rise',
        '$290.00',
        '$3,041.67',
        'snooze until 2026-12-24 by kim (role sre-oncall)',
      ],
    ]);
  });

  it.each([
    ['expected', '--until', '2026-12-24', '--note', 'sale'],
    ['expected', '--recurring'],
    ['investigate'],
    ['snooze', '--until', '2026-12-24'],
  ])('%s %s', async (verb, ...options) => {
    const at = await desk();
    expect(await type(at, verb, OPEN.id, ...options)).toMatchObject({ code: 0 });
    expect(await at.ledger.answersAbout(OPEN.id)).toMatchObject([{ say: verb, by: KIM }]);
  });

  it('prints what is refused', async () => {
    expect(await type(await openDesk(), 'expected', OPEN.id)).toMatchObject({
      code: 1,
      text: expect.stringContaining('there is no anomaly'),
    });
  });
});
