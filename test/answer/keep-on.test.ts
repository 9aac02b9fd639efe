import { describe, expect, it } from 'vitest';
import { ACCOUNT } from '../support/plan-specimen.ts';
import { type Desk, hours, KIM, LEE, openDesk, POLICY, STRANGER } from './support.ts';

const ORDERS = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:db:orders-1`;
const about = { resource: ORDERS };
/** The desk opens on 2026-11-23 at 06:00 in Seoul. */
const TONIGHT = '2026-11-23T23:30';
const keepOn = (until: string, more: object = {}) => ({ about, say: 'keep-on', until, ...more });
const standing = async (desk: Desk) => (await desk.ledger.overrides(ACCOUNT, desk.now)).get(ORDERS);

describe('keeping a resource on', () => {
  it('lasts until the time, in the time zone of the policy, and says by whom', async () => {
    const desk = await openDesk();
    const { status, body } = await desk.ask(KIM, keepOn(TONIGHT, { note: 'month-end' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ said: 'now', say: 'keep-on', resource: ORDERS, by: KIM });
    expect(body.text).toBe(
      `kim (role sre-oncall) said at 2026-11-23 06:00 Asia/Seoul that ${ORDERS} is kept on until 2026-11-23 23:30 ` +
        'Asia/Seoul; if off-hours has stopped it, it is started by the next run.',
    );
    expect(await desk.ledger.keepOnAnswers(ACCOUNT, desk.now)).toEqual([
      {
        resource: ORDERS,
        until: new Date('2026-11-23T14:30:00Z'),
        timezone: 'Asia/Seoul',
        by: KIM,
        at: desk.now,
        note: 'month-end',
      },
    ]);
    desk.now = new Date('2026-11-23T14:30:00Z');
    expect(await standing(desk)).toBeUndefined();
  });

  it('through a day is until its end, up to thirty days', async () => {
    const desk = await openDesk();
    await desk.ask(KIM, keepOn('2026-12-22'));
    expect((await standing(desk))?.until).toEqual(new Date('2026-12-22T15:00:00Z'));
  });

  it.each([
    ['is over', '2026-11-23T06:00'],
    ['is a day that is over', '2026-11-22'],
    ['is more than thirty days away', '2026-12-23T06:01'],
    ['is a day of which the end is more than thirty days away', '2026-12-23'],
  ])('until a time that %s is refused, and says what may be', async (_, until) => {
    const desk = await openDesk();
    const { status, body } = await desk.ask(KIM, keepOn(until));
    expect([status, body.error]).toEqual([400, 'bad-request']);
    expect(body.text).toContain('until: a time after 2026-11-23 06:00 Asia/Seoul, up to 2026-12-23 06:00 Asia/Seoul');
    expect(await standing(desk)).toBeUndefined();
  });

  it('is for those who may answer for the account', async () => {
    const desk = await openDesk();
    expect((await desk.ask(STRANGER, keepOn(TONIGHT))).body.error).toBe('not-allowed');
    const elsewhere = { resource: ORDERS.replace(ACCOUNT, '111111111111') };
    const own = { ...POLICY, approvers: [{ ...POLICY.approvers[0]!, accounts: [ACCOUNT] }] };
    expect((await (await openDesk(own)).ask(KIM, { ...keepOn(TONIGHT), about: elsewhere })).status).toBe(403);
    expect(await standing(desk)).toBeUndefined();
  });

  it('is once for the same word, and may be changed by whoever said it', async () => {
    const desk = await openDesk();
    const first = await desk.ask(KIM, keepOn(TONIGHT));
    desk.now = hours(2);
    expect((await desk.ask(KIM, keepOn(TONIGHT))).body).toMatchObject({ said: 'before', at: first.body.at });
    expect((await desk.ask(KIM, keepOn('2026-11-23T20:00'))).body).toMatchObject({ said: 'now' });
    expect((await standing(desk))?.until).toEqual(new Date('2026-11-23T11:00:00Z'));
  });

  it('by somebody else for longer stands; a longer one takes its place', async () => {
    const desk = await openDesk();
    await desk.ask(KIM, keepOn(TONIGHT));
    const { status, body } = await desk.ask(LEE, keepOn('2026-11-23T20:00'));
    expect([status, body.error]).toEqual([409, 'already-answered']);
    expect(body.text).toContain('kim (role sre-oncall) already keeps');
    expect(body.text).toContain('until 2026-11-23 23:30 Asia/Seoul, which is longer, so theirs stands');
    expect((await desk.ask(LEE, keepOn('2026-11-24'))).status).toBe(200);
    expect((await standing(desk))?.because).toContain('lee');
  });

  it('is taken back by anybody who may answer, and then there is nothing left to take back', async () => {
    const desk = await openDesk();
    await desk.ask(KIM, keepOn(TONIGHT));
    desk.now = hours(2);
    const { body } = await desk.ask(LEE, keepOn('now'));
    expect(body).toMatchObject({ said: 'now', takenBack: true });
    expect(body.text).toContain(`${ORDERS} need not be kept on: from the next run on its schedule counts again`);
    expect(await standing(desk)).toBeUndefined();
    expect((await desk.ask(LEE, keepOn('now'))).body.text).toBe(`Nothing new: nobody's word keeps ${ORDERS} on.`);
  });

  it('wakes nobody, and vetoes nothing', async () => {
    const desk = await openDesk();
    await desk.ask(KIM, keepOn(TONIGHT));
    expect([desk.woken, desk.started]).toEqual([[], []]);
    expect(await desk.ledger.vetoes(ACCOUNT, desk.now)).toEqual([]);
  });
});
