import { describe, expect, it, vi } from 'vitest';
import { type PlanAnswer, standingOf } from '../../shared/core/answer.ts';
import { type Plan, sealPlan } from '../../shared/core/plan.ts';
import type { CreateSnapshot } from '../../shared/core/retention/action.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import { ACCOUNT, proposal, TICK } from '../support/plan-specimen.ts';
import {
  changeOf,
  type Desk,
  hours,
  KIM,
  LEE,
  openDesk,
  POLICY,
  planOf,
  role,
  STRANGER,
  takings,
  urlEvent,
} from './support.ts';

const about = ({ id, hash }: Plan) => ({ plan: id, hash });
const approve = (plan: Plan, more: object = {}) => ({ about: about(plan), say: 'approve', ...more });
const veto = (plan: Plan, more: object = {}) => ({ about: about(plan), say: 'veto', ...more });

/** A desk with one plan that waits for an answer. */
async function waiting(plan = planOf(), policy: unknown = POLICY): Promise<{ desk: Desk; plan: Plan }> {
  const desk = await openDesk(policy);
  return { desk, plan: await desk.open(plan) };
}

const standings = async ({ ledger }: Desk, plan: Plan): Promise<string[]> => {
  const answers = await ledger.answers(plan.id);
  return plan.act.map((_, index) => standingOf(index + 1, answers).standing);
};

describe('an approval', () => {
  it('is recorded with who and when, and wakes what waits', async () => {
    const { desk, plan } = await waiting();
    const { status, body } = await desk.ask(KIM, approve(plan, { note: 'checked' }));
    expect(status).toBe(200);
    expect(body).toEqual({
      said: 'now',
      say: 'approve',
      plan: plan.id,
      by: KIM,
      at: '2026-11-22T21:00:00.000Z',
      execution: 'woken',
      requestId: 'request-1',
      text: `kim (role sre-oncall) approved the plan ${plan.id} at 2026-11-23 06:00 Asia/Seoul. What waited for it goes on now.`,
    });
    const recorded = { planId: plan.id, hash: plan.hash, say: 'approve', by: KIM, at: body.at, note: 'checked' };
    expect((await desk.ledger.answers(plan.id)).approval).toEqual(recorded);
    expect(desk.woken).toEqual([`callback of ${plan.id}`]);
  });

  it('of some actions leaves the others open', async () => {
    const { desk, plan } = await waiting();
    expect((await desk.ask(KIM, approve(plan, { actions: [3, 1] }))).body).toMatchObject({ actions: [1, 3] });
    expect(await standings(desk, plan)).toEqual(['approved', 'open', 'approved']);
  });

  it('counts in the last millisecond, and not after it', async () => {
    const { desk, plan } = await waiting();
    desk.now = hours(72);
    const late = await desk.ask(KIM, approve(plan));
    expect(late).toMatchObject({ status: 410, body: { error: 'expired', since: hours(72).toISOString() } });
    expect(late.body.text).toContain('was over at 2026-11-26 05:00 Asia/Seoul');
    desk.now = new Date(hours(72).getTime() - 1);
    expect((await desk.ask(KIM, approve(plan))).status).toBe(200);
  });

  it('is too late for what has ended, whatever time the policy of today gives', async () => {
    const { desk, plan } = await waiting();
    for (const number of [1, 2, 3]) {
      await desk.ledger.recordChange(changeOf(plan, { outcome: 'expired' }, number));
    }
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({ status: 409, body: { error: 'too-late' } });
    expect(await standings(desk, plan)).toEqual(['open', 'open', 'open']);
  });

  it('lets an action of mode auto go before its grace is over, and not after', async () => {
    const { desk, plan } = await waiting(planOf(['auto']));
    desk.now = hours(7 * 24);
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({
      status: 409,
      body: { error: 'grace-over', text: expect.stringContaining('it goes on by itself') },
    });
    desk.now = hours(100);
    expect((await desk.ask(KIM, approve(plan))).status).toBe(200);
  });

  it('of snapshots in mode auto is not needed, and nothing speaks of a grace', async () => {
    const { desk, plan } = await waiting(takings(['auto', 'auto']));
    const { status, body } = await desk.ask(KIM, approve(plan));
    expect([status, body.error]).toEqual([409, 'needs-no-approval']);
    expect(body.text).toContain('the policy lets it be carried out at once');
    expect(body.text).not.toContain('grace');
    expect((await desk.ask(KIM, veto(plan, { actions: [2] }))).status).toBe(200);
    expect(await standings(desk, plan)).toEqual(['open', 'vetoed']);
  });

  it('of a delete of snapshots whose grace is over says that it goes on by itself', async () => {
    const [first] = takings(['auto']).act;
    const { scope, form, name } = first!.action as CreateSnapshot;
    const expected = { databaseId: 'db-1', status: 'available', tags: {}, instead: [], keepAtLeast: 3, newest: [] };
    const action = { kind: 'delete-snapshot' as const, scope, form, name, snapshot: 'arn', expect: expected };
    const doomed = proposalOf({ action, databaseName: 'orders', mode: 'auto', because: 'expired' });
    const { desk, plan } = await waiting(sealPlan({ ...takings([]), time: TICK, act: [doomed] }, POLICY));
    expect((await desk.ask(KIM, approve(plan))).status).toBe(200);
    const late = await waiting(plan);
    late.desk.now = hours(7 * 24);
    expect(await late.desk.ask(KIM, approve(plan))).toMatchObject({ status: 409, body: { error: 'grace-over' } });
  });

  it('covers nothing that is only reported, and nothing whose time is over', async () => {
    const mixed = await waiting(planOf(['approve', 'report', 'auto']));
    expect((await mixed.desk.ask(KIM, approve(mixed.plan))).body.actions).toEqual([1, 3]);
    expect(await standings(mixed.desk, mixed.plan)).toEqual(['approved', 'open', 'approved']);
    const late = await waiting(planOf(['approve', 'report', 'auto']));
    late.desk.now = hours(73);
    expect((await late.desk.ask(KIM, approve(late.plan))).body.actions).toEqual([3]);
    expect(await standings(late.desk, late.plan)).toEqual(['open', 'open', 'approved']);
  });

  it('that names what is over is refused as a whole', async () => {
    const { desk, plan } = await waiting(planOf(['approve', 'auto']));
    desk.now = hours(73);
    expect(await desk.ask(KIM, approve(plan, { actions: [1, 2] }))).toMatchObject({ status: 410 });
    expect(await standings(desk, plan)).toEqual(['open', 'open']);
  });

  it.each([
    ['in whole', planOf(['report', 'off']), {}, []],
    ['in the named part', planOf(['approve', 'report']), { actions: [1, 2] }, [2]],
  ])('of what is only reported %s is refused', async (_, reported, more, actions) => {
    const { desk, plan } = await waiting(reported);
    const { status, body } = await desk.ask(KIM, approve(plan, more));
    expect([status, body.error, body.actions]).toEqual([409, 'nothing-to-approve', actions]);
    expect(await desk.ledger.answers(plan.id)).toEqual({ vetoes: [] });
  });

  it('when nothing waits yet is recorded all the same', async () => {
    const { desk, plan } = await waiting();
    await desk.ledger.closePlan(plan.id, 'approve');
    const { body } = await desk.ask(KIM, approve(plan));
    expect(body).toMatchObject({ said: 'now', execution: 'not waiting' });
    expect(desk.woken).toEqual([]);
  });

  it('finds that the callback is over: the ledger decides', async () => {
    const { desk, plan } = await waiting();
    desk.waker = { wake: async () => 'over' };
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({ status: 200, body: { execution: 'not waiting' } });
  });

  it('that wakes nobody because Lambda fails is recorded, said so, and logged', async () => {
    const { desk, plan } = await waiting();
    desk.waker = { wake: () => Promise.reject(new Error('TooManyRequestsException')) };
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({ status: 200, body: { execution: 'failed' } });
    expect(await standings(desk, plan)).toEqual(['approved', 'approved', 'approved']);
    expect(desk.lines.join()).toContain('not woken');
  });
});

describe('a plan that cannot be answered', () => {
  it('is unknown', async () => {
    const { desk, plan } = await waiting();
    const request = approve({ ...plan, id: 'right-size-2026-11-22-2000-123456789012-000000' });
    expect(await desk.ask(KIM, request)).toMatchObject({ status: 404, body: { error: 'unknown-plan' } });
  });

  it('has another hash: somebody read another plan', async () => {
    const { desk, plan } = await waiting();
    const answered = await desk.ask(KIM, approve({ ...plan, hash: 'f'.repeat(64) }));
    expect(answered).toMatchObject({ status: 409, body: { error: 'plan-changed', plan: plan.id } });
    expect(answered.body.text).toContain(`npm run answer -- show ${plan.id}`);
  });

  it.each([['approve'], ['veto']])('has a newer one, which is named (%s)', async (say) => {
    const { desk, plan } = await waiting();
    const newer = await desk.open(planOf(['approve'], hours(24)));
    desk.now = hours(25);
    const answered = await desk.ask(KIM, { about: about(plan), say });
    expect(answered).toMatchObject({ status: 409, body: { error: 'superseded', newer: newer.id } });
  });

  it.each([[[4]], [[1, 9]]])('has no such action: %j', async (actions) => {
    const { desk, plan } = await waiting();
    const answered = await desk.ask(KIM, approve(plan, { actions }));
    expect(answered).toMatchObject({ status: 400, body: { problems: ['actions: numbers from 1 to 3'] } });
  });

  it('is damaged: that is thrown, nobody is blamed for it', async () => {
    const desk = await openDesk();
    const damaged = Object.assign(new Error('ledger item PLAN#x: the hash is not that of what was recorded'), {
      name: 'LedgerCorruptError',
    });
    vi.spyOn(desk.ledger, 'plan').mockRejectedValue(damaged);
    await expect(desk.ask(KIM, approve(planOf()))).rejects.toThrow('the hash is not that');
  });
});

describe('whoever may not', () => {
  it('hears who may, and nothing is recorded', async () => {
    const { desk, plan } = await waiting();
    const { status, body } = await desk.ask(STRANGER, approve(plan));
    expect([status, body.error]).toEqual([403, 'not-allowed']);
    expect(body.text).toBe(
      `eve (role developer) may not answer for the account ${ACCOUNT}; ask one of arn:aws:iam::${ACCOUNT}:role/sre-*`,
    );
    expect(await desk.ledger.answers(plan.id)).toEqual({ vetoes: [] });
    expect(desk.woken).toEqual([]);
  });

  it.each([
    ['the policy names nobody', {}, KIM, 'nobody may: name principals under `approvers`'],
    [
      'they are named for another account',
      { approvers: [{ accounts: ['210987654321'], principals: [`arn:aws:iam::${ACCOUNT}:role/sre-*`] }] },
      KIM,
      'nobody may',
    ],
    ['the role is of another account', POLICY, role('kim', 'sre-oncall', '210987654321'), 'ask one of'],
  ])('because %s, is told so', async (_, policy, by, text) => {
    const { desk, plan } = await waiting(planOf(), policy);
    const { status, body } = await desk.ask(by, approve(plan));
    expect(status).toBe(403);
    expect(body.text).toContain(text);
  });

  it('cannot say in the payload that they are somebody else', async () => {
    const { desk, plan } = await waiting();
    expect((await desk.ask(STRANGER, approve(plan, { by: KIM }))).status).toBe(400);
    expect((await desk.ask(STRANGER, approve(plan))).status).toBe(403);
  });

  it('is asked before anything is told about the plan', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(KIM, approve(plan));
    expect(await desk.ask(STRANGER, approve({ ...plan, hash: 'f'.repeat(64) }))).toMatchObject({ status: 403 });
  });
});

describe('the same again', () => {
  it('by the same person is the first answer again, and wakes again', async () => {
    const { desk, plan } = await waiting();
    const first = await desk.ask(KIM, approve(plan, { actions: [1] }));
    desk.now = hours(100);
    const again = await desk.ask(KIM, approve(plan, { actions: [1], note: 'did it arrive?' }));
    expect(again).toMatchObject({ status: 200, body: { said: 'before', at: first.body.at, execution: 'woken' } });
    expect(again.body.text).toMatch(/^Nothing new: kim \(role sre-oncall\) approved action 1 /);
    expect((await desk.ledger.answers(plan.id)).approval?.at).toBe(first.body.at);
    expect(desk.woken).toHaveLength(2);
  });

  it('is recognised when part of the plan had expired', async () => {
    const { desk, plan } = await waiting(planOf(['approve', 'auto']));
    desk.now = hours(73);
    await desk.ask(KIM, approve(plan));
    desk.now = hours(200);
    expect((await desk.ask(KIM, approve(plan))).body.said).toBe('before');
  });

  it.each([
    ['by somebody else', LEE, {}],
    ['by the same person in another session', role('kim-2'), {}],
    ['about other actions', KIM, { actions: [1] }],
  ])('%s is an answer too many, and says by whom and when', async (_, by, more) => {
    const { desk, plan } = await waiting();
    const first = await desk.ask(KIM, approve(plan));
    const second = await desk.ask(by, approve(plan, more));
    expect(second).toMatchObject({ status: 409, body: { error: 'already-answered', by: KIM, at: first.body.at } });
    expect(second.body.text).toContain(`kim (role sre-oncall) already approved the plan ${plan.id}`);
  });

  it('of a veto is the first veto again; by somebody else it is one too many', async () => {
    const { desk, plan } = await waiting();
    const first = await desk.ask(KIM, veto(plan, { actions: [1, 2] }));
    desk.now = hours(2);
    expect((await desk.ask(KIM, veto(plan, { actions: [2] }))).body).toMatchObject({
      said: 'before',
      at: first.body.at,
    });
    const other = await desk.ask(LEE, veto(plan, { actions: [1, 2] }));
    expect(other).toMatchObject({ status: 409, body: { error: 'already-answered', say: 'veto', by: KIM } });
  });
});

describe('two people at once', () => {
  it('one approves, the other is told', async () => {
    const { desk, plan } = await waiting();
    const answered = await Promise.all([desk.ask(KIM, approve(plan)), desk.ask(LEE, approve(plan))]);
    expect(answered.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = (await desk.ledger.answers(plan.id)).approval?.by;
    expect(answered.find(({ status }) => status === 409)?.body).toMatchObject({
      error: 'already-answered',
      by: winner,
    });
  });

  it('the one who loses the race in the ledger is judged by what stands then', async () => {
    const { desk, plan } = await waiting();
    const { ledger } = desk;
    const recordAnswer = ledger.recordAnswer.bind(ledger);
    const first: PlanAnswer = { planId: plan.id, hash: plan.hash, say: 'approve', by: LEE, at: hours(1).toISOString() };
    vi.spyOn(ledger, 'recordAnswer').mockImplementationOnce(async (...args) => {
      await recordAnswer(plan, first);
      return recordAnswer(...args);
    });
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({ status: 409, body: { by: LEE } });
  });

  it('of two requests of one person the second is the first again', async () => {
    const { desk, plan } = await waiting();
    const both = await Promise.all([desk.ask(KIM, approve(plan)), desk.ask(KIM, approve(plan))]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('one approves and one vetoes: the veto wins, whoever came first', async () => {
    for (const order of [
      ['approve', 'veto'],
      ['veto', 'approve'],
    ]) {
      const { desk, plan } = await waiting();
      await Promise.all(order.map((say) => desk.ask(say === 'veto' ? LEE : KIM, { about: about(plan), say })));
      expect(await standings(desk, plan)).toEqual(['vetoed', 'vetoed', 'vetoed']);
    }
  });

  it('anything else that the ledger throws is thrown', async () => {
    const { desk, plan } = await waiting();
    vi.spyOn(desk.ledger, 'recordAnswer').mockRejectedValue(new Error('no table'));
    await expect(desk.ask(KIM, approve(plan))).rejects.toThrow('no table');
    expect(desk.woken).toEqual([]);
  });

  it('one stands in the way that is gone when looked at again: it is told all the same', async () => {
    const { desk, plan } = await waiting();
    const { ledger } = desk;
    await desk.ask(LEE, approve(plan));
    vi.spyOn(ledger, 'answers').mockResolvedValue({ vetoes: [] });
    expect(await desk.ask(KIM, approve(plan))).toMatchObject({ status: 409, body: { by: LEE } });
  });
});

describe('a veto', () => {
  it('is recorded, and wakes what waits', async () => {
    const { desk, plan } = await waiting();
    const { status, body } = await desk.ask(KIM, veto(plan, { actions: [2], note: 'month-end' }));
    expect([status, body.execution]).toEqual([200, 'woken']);
    expect(body.text).toContain(`kim (role sre-oncall) vetoed action 2 of the plan ${plan.id}`);
    expect((await desk.ledger.answers(plan.id)).vetoes).toMatchObject([{ actions: [2], by: KIM, note: 'month-end' }]);
  });

  it('after an approval still counts, also when the time to approve is over and a newer plan is there', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(KIM, approve(plan));
    await desk.open(planOf(['approve'], hours(24)));
    desk.now = hours(80);
    expect((await desk.ask(LEE, veto(plan, { actions: [1] }))).status).toBe(200);
    expect(await standings(desk, plan)).toEqual(['vetoed', 'approved', 'approved']);
  });

  it('of mode auto counts in the grace and after it, until it is done', async () => {
    const { desk, plan } = await waiting(planOf(['auto', 'auto']));
    desk.now = hours(7 * 24 + 1);
    await desk.ledger.recordChange(changeOf(plan));
    const late = await desk.ask(KIM, veto(plan, { actions: [1] }));
    expect(late).toMatchObject({ status: 409, body: { error: 'too-late' } });
    expect(late.body.text).toContain(`${plan.id}/1 (kept)`);
    expect((await desk.ask(KIM, veto(plan, { actions: [1, 2] }))).status).toBe(200);
    expect(await standings(desk, plan)).toEqual(['vetoed', 'vetoed']);
  });

  it('of what nobody approved in time has nothing to veto', async () => {
    const { desk, plan } = await waiting();
    desk.now = hours(72);
    expect(await desk.ask(KIM, veto(plan))).toMatchObject({ status: 410, body: { error: 'expired' } });
  });

  it('of what is only reported says how to be left alone', async () => {
    const { desk, plan } = await waiting(planOf(['report']));
    const answered = await desk.ask(KIM, veto(plan));
    expect(answered).toMatchObject({ status: 409, body: { error: 'nothing-to-veto' } });
    expect(answered.body.text).toContain('--until DATE');
  });

  it('leaves nothing to approve', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(KIM, veto(plan));
    expect(await desk.ask(LEE, approve(plan))).toMatchObject({
      status: 409,
      body: { error: 'already-answered', say: 'veto', by: KIM },
    });
  });

  it('of a part leaves the rest to approve', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(KIM, veto(plan, { actions: [2] }));
    expect((await desk.ask(LEE, approve(plan))).status).toBe(200);
    expect(await standings(desk, plan)).toEqual(['approved', 'vetoed', 'approved']);
  });
});

describe('a veto that lasts', () => {
  const standing = ({ ledger, now }: Desk) => ledger.vetoes(ACCOUNT, now);
  const arn = (number: number) => proposal(number).resource.arn;

  it('leaves the resources of a plan alone through its last day', async () => {
    const { desk, plan } = await waiting();
    const { body } = await desk.ask(KIM, veto(plan, { actions: [1, 3], until: '2026-12-31', note: 'migration' }));
    expect(body).toMatchObject({ until: '2026-12-31', leftAlone: [arn(1), arn(3)], actions: [1, 3] });
    const until = new Date('2026-12-31T14:59:59.999Z'); // the end of the day in Seoul
    expect(await standing(desk)).toEqual(
      [arn(1), arn(3)].map((resource) => ({ resource, until, by: KIM, why: 'migration' })),
    );
    expect(await standings(desk, plan)).toEqual(['vetoed', 'open', 'vetoed']);
  });

  it.each([
    ['that is only reported', planOf(['report', 'report', 'report']), 1],
    ['of which the time is over', planOf(), 80],
  ])('is worth recording for a plan %s', async (_, plan, hour) => {
    const { desk } = await waiting(plan);
    desk.now = hours(hour);
    const { status, body } = await desk.ask(KIM, veto(plan, { until: '2026-12-31' }));
    expect([status, body.said, body.execution]).toEqual([200, 'now', undefined]);
    expect(body.text).toContain('nothing waits for an answer to the plan');
    expect(await standing(desk)).toHaveLength(3);
    expect(await desk.ledger.answers(plan.id)).toEqual({ vetoes: [] });
    expect((await desk.ask(KIM, veto(plan, { until: '2026-12-31' }))).body.said).toBe('before');
  });

  it('leaves alone what is only reported beside what is not', async () => {
    const { desk, plan } = await waiting(planOf(['approve', 'report']));
    const { body } = await desk.ask(KIM, veto(plan, { until: '2026-12-31' }));
    expect(body).toMatchObject({ actions: [1], leftAlone: [arn(1), arn(2)] });
  });

  it('of somebody else that lasts longer stays', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(LEE, { about: { resource: arn(1) }, say: 'veto', until: '2027-03-01' });
    const { body } = await desk.ask(KIM, veto(plan, { until: '2026-12-31' }));
    expect(body.keptLonger).toEqual([{ resource: arn(1), by: LEE, until: '2027-03-01' }]);
    expect(body.text).toContain(`${arn(1)} stays alone until 2027-03-01: lee (role sre-oncall) said so.`);
    expect((await standing(desk)).map(({ by }) => by)).toEqual([LEE, KIM, KIM]);
  });

  const resource = (until: string, note?: string) => ({
    about: { resource: arn(7) },
    say: 'veto',
    until,
    ...(note ? { note } : {}),
  });

  it('of one resource needs no plan', async () => {
    const desk = await openDesk();
    const { status, body } = await desk.ask(KIM, resource('2026-12-31'));
    expect(status).toBe(200);
    expect(body.text).toBe(
      `kim (role sre-oncall) said so at 2026-11-23 06:00 Asia/Seoul. Left alone until the end of 2026-12-31: ${arn(7)}.`,
    );
    expect(await standing(desk)).toMatchObject([{ resource: arn(7), by: KIM, why: 'no reason given' }]);
    expect((await desk.ask(KIM, resource('2026-12-31'))).body.said).toBe('before');
  });

  it('is its author’s to shorten, and anybody’s to prolong', async () => {
    const desk = await openDesk();
    await desk.ask(KIM, resource('2027-01-31'));
    expect((await desk.ask(KIM, resource('2026-12-31', 'done earlier'))).status).toBe(200);
    const shorter = await desk.ask(LEE, resource('2026-12-24'));
    expect(shorter).toMatchObject({ status: 409, body: { error: 'already-answered', by: KIM, until: '2026-12-31' } });
    expect((await desk.ask(LEE, resource('2027-02-28'))).status).toBe(200);
    expect(await standing(desk)).toMatchObject([{ by: LEE }]);
  });

  it.each([['2026-11-22'], ['2027-11-25'], ['9999-12-31']])('until %s is over or too far away', async (until) => {
    const { desk, plan } = await waiting();
    for (const request of [resource(until), veto(plan, { until })]) {
      const { status, body } = await desk.ask(KIM, request);
      expect(status).toBe(400);
      expect(body.text).toContain('until: a date from 2026-11-23 to 2027-11-24 (Asia/Seoul)');
    }
    expect(await standing(desk)).toEqual([]);
    expect(await desk.ledger.answers(plan.id)).toEqual({ vetoes: [] });
  });

  it('is for those who may answer for the account of the resource', async () => {
    const desk = await openDesk({
      approvers: [{ accounts: [ACCOUNT], principals: [`arn:aws:iam::${ACCOUNT}:role/sre-*`] }],
    });
    const foreign = { ...resource('2026-12-31'), about: { resource: 'arn:aws:rds:eu-west-1:210987654321:db:orders' } };
    expect((await desk.ask(KIM, foreign)).status).toBe(403);
    expect((await desk.ask(STRANGER, resource('2026-12-31'))).status).toBe(403);
  });
});

describe('how it is woken', () => {
  it.each([
    ['a direct invoke', { about: {}, say: 'approve' }],
    ['nothing', undefined],
    ['a URL without IAM', { ...urlEvent(KIM, '{}'), requestContext: { http: { method: 'POST' } } }],
    [
      'a URL with another authorizer',
      { ...urlEvent(KIM, '{}'), requestContext: { http: { method: 'POST' }, authorizer: { jwt: {} } } },
    ],
    ['somebody without a name', urlEvent('', '{}')],
  ])('by %s is refused', async (_, event) => {
    const desk = await openDesk();
    await expect(desk.deliver(event)).rejects.toMatchObject({
      name: 'InvalidEventError',
      message: expect.stringContaining('a direct invoke does not say who asks'),
    });
  });

  it('by GET is refused', async () => {
    const desk = await openDesk();
    const event = urlEvent(KIM, undefined);
    const get = { ...event, requestContext: { ...event.requestContext, http: { method: 'GET' } } };
    expect(await desk.deliver(get)).toMatchObject({ status: 400, body: { problems: ['method: POST'] } });
  });

  it('with Base64, as a Function URL passes other content types', async () => {
    const { desk, plan } = await waiting();
    const body = Buffer.from(JSON.stringify(approve(plan))).toString('base64');
    expect((await desk.deliver(urlEvent(KIM, body, { isBase64Encoded: true }))).status).toBe(200);
  });

  it.each([
    ['as it is', false, 'x'.repeat(8193)],
    ['in characters of three bytes', false, '가'.repeat(2731)],
    ['in Base64', true, Buffer.from('x'.repeat(8193)).toString('base64')],
  ])('with more than 8 KB, %s, is refused unread', async (_, isBase64Encoded, body) => {
    const desk = await openDesk();
    expect(await desk.deliver(urlEvent(KIM, body, { isBase64Encoded }))).toMatchObject({
      status: 413,
      body: { error: 'too-large' },
    });
  });

  it('logs who and what, and neither notes nor tokens', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(KIM, approve(plan, { note: 's3cr3t' }));
    await desk.ask(STRANGER, approve(plan, { note: 's3cr3t' }));
    const log = desk.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(log.map(({ message }) => message)).toEqual(['woken', 'answered', 'done', 'woken', 'refused', 'done']);
    expect(log[1]).toMatchObject({ plan: plan.id, say: 'approve', by: KIM });
    expect(log[4]).toMatchObject({ code: 'not-allowed', by: STRANGER });
    expect(desk.lines.join()).not.toContain('s3cr3t');
  });
});
