import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { changeOf, type Desk, hours, KIM, LEE, openDesk, planOf, STRANGER } from './support.ts';

/** A desk with one change that was applied and stands. */
async function applied(spoiled: Partial<Change> = {}): Promise<{ desk: Desk; plan: Plan; change: Change }> {
  const desk = await openDesk();
  const plan = await desk.open(planOf());
  const change = changeOf(plan, spoiled);
  await desk.ledger.recordChange(change);
  desk.now = hours(24);
  return { desk, plan, change };
}

const undo = ({ id }: { id: string }, more: object = {}) => ({ about: { change: id }, say: 'undo', ...more });

describe('an undo', () => {
  it('is a new plan of the inverse action, approved by who asked, and started', async () => {
    const { desk, change } = await applied();
    const { status, body } = await desk.ask(KIM, undo(change, { note: 'needed after all' }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ said: 'now', say: 'undo', change: change.id, by: KIM, execution: 'started' });
    const plan = await desk.ledger.plan(String(body.plan));
    expect(plan).toMatchObject({ function: 'undo', account: change.account, time: hours(24).toISOString() });
    expect(plan.act).toEqual([
      {
        rule: change.proposal.rule,
        mode: 'approve',
        action: {
          kind: 'start-database',
          database: { arn: change.proposal.resource.arn, id: 'db-ABC1' },
          expect: { status: 'stopped', form: 'instance' },
        },
        resource: change.proposal.resource,
        because: `kim (role sre-oncall) takes ${change.id} back: needed after all`,
        saving: { known: false, why: 'taking a change back saves nothing' },
        undo: { reversibility: 'full' },
      },
    ]);
    expect(await desk.ledger.answers(plan.id)).toEqual({
      approval: {
        planId: plan.id,
        hash: plan.hash,
        say: 'approve',
        by: KIM,
        at: hours(24).toISOString(),
        note: 'needed after all',
      },
      vetoes: [],
    });
    expect(desk.started).toEqual([plan.id]);
    expect(body.text).toBe(
      `kim (role sre-oncall) takes the change ${change.id} back, at 2026-11-24 05:00 Asia/Seoul, by the plan ${plan.id}. ` +
        'It is checked again, done and watched like every change. To keep the rule from proposing it again: ' +
        `npm run answer -- veto-resource ${change.proposal.resource.arn} --until DATE.`,
    );
  });

  it('of a change that is still watched is taken: a person need not wait', async () => {
    const { desk, change } = await applied({ outcome: 'watching', because: 'it is done and watched' });
    expect((await desk.ask(KIM, undo(change))).status).toBe(200);
    expect(desk.started).toHaveLength(1);
  });

  it('asked for again within the minute is the same, and is started again: the first reply may have been lost', async () => {
    const { desk, change } = await applied();
    const first = await desk.ask(KIM, undo(change));
    desk.now = new Date(desk.now.getTime() + 30_000);
    const again = await desk.ask(KIM, undo(change));
    expect(again).toMatchObject({ status: 200, body: { said: 'before', plan: first.body.plan, at: first.body.at } });
    expect(desk.started).toEqual([first.body.plan, first.body.plan]);
  });

  it('that somebody else has just asked for is theirs', async () => {
    const { desk, change } = await applied();
    const both = await Promise.all([desk.ask(KIM, undo(change)), desk.ask(LEE, undo(change))]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ error: 'already-answered' });
    expect(desk.started).toHaveLength(1);
  });

  it('of another change in the same minute is another plan', async () => {
    const { desk, plan, change } = await applied();
    const second = changeOf(plan, {}, 2);
    await desk.ledger.recordChange(second);
    const plans = [await desk.ask(KIM, undo(change)), await desk.ask(KIM, undo(second))].map(({ body }) => body.plan);
    expect(new Set(plans).size).toBe(2);
    expect(desk.started).toEqual(plans);
  });

  it.each<[string, Partial<Change>]>([
    ['of one that is stuck', { outcome: 'stuck' }],
    ['of one that failed after it was applied', { outcome: 'failed' }],
    ['30 days later', { appliedAt: hours(24 - 30 * 24).toISOString() }],
  ])('%s is tried', async (_, spoiled) => {
    const { desk, change } = await applied(spoiled);
    expect((await desk.ask(KIM, undo(change))).status).toBe(200);
  });

  it.each<[string, Partial<Change>, string]>([
    [
      'was taken back',
      { outcome: 'undone', because: 'the alarm 5xx went off' },
      'it was taken back already (the alarm 5xx',
    ],
    [
      'has ended',
      { endedAt: hours(10).toISOString(), endedBecause: 'started by hand' },
      'it ended at 2026-11-23 15:00 Asia/Seoul (started by hand)',
    ],
    [
      'is older than 30 days',
      { appliedAt: new Date(hours(24 - 30 * 24).getTime() - 1).toISOString() },
      'it was done at 2026-10-25 04:59 Asia/Seoul, more than 30 days ago',
    ],
  ])('of a change that %s is refused', async (_, spoiled, because) => {
    const { desk, change } = await applied(spoiled);
    const { status, body } = await desk.ask(KIM, undo(change));
    expect([status, body.error]).toEqual([409, 'cannot-undo']);
    expect(body.text).toContain(because);
    expect(desk.started).toEqual([]);
  });

  it.each<Change['outcome']>(['skipped', 'vetoed', 'expired'])(
    'of a change that was %s is refused',
    async (outcome) => {
      const desk = await openDesk();
      const plan = await desk.open(planOf());
      const { appliedAt: _never, ...change } = changeOf(plan, { outcome, because: 'somebody held it' });
      await desk.ledger.recordChange(change);
      const { status, body } = await desk.ask(KIM, undo(change));
      expect([status, body.error]).toEqual([409, 'cannot-undo']);
      expect(body.text).toContain(`nothing was done (${outcome}: somebody held it)`);
    },
  );

  it('of a deletion is refused, and names what can be restored', async () => {
    const volume = { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:volume/vol-1', id: 'vol-1' };
    const action = { kind: 'snapshot-and-delete-volume' as const, volume };
    const [first] = planOf().act;
    if (!first) throw new Error('the plan has an action');
    const { desk, change } = await applied({ proposal: { ...first, action }, snapshot: 'snap-1' });
    const { status, body } = await desk.ask(KIM, undo(change));
    expect([status, body.error]).toEqual([409, 'cannot-undo']);
    expect(body.text).toContain('what was deleted comes back only from its snapshot snap-1');
    expect(desk.started).toEqual([]);
  });

  const database = { arn: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders', id: 'db-1' };
  const instance = { arn: 'arn:aws:ec2:ap-northeast-2:123456789012:instance/i-1', id: 'i-1' };
  const expected = { state: 'running', launchedAt: '2026-10-01T08:00:00Z', instanceType: 'm7g.large' } as const;
  it.each<[Action, string]>([
    [
      {
        kind: 'change-database-storage',
        direction: 'gives',
        database,
        from: { type: 'gp3', sizeGiB: 100 },
        to: { type: 'gp3', sizeGiB: 150 },
      },
      'storage never shrinks',
    ],
    [{ kind: 'reboot-instance', instance, expect: expected }, 'it runs as it did before'],
    [{ kind: 'move-instance', instance, expect: expected }, 'it runs as it did before'],
  ])('of %j is refused, with the reason', async (action, because) => {
    const [first] = planOf().act;
    if (!first) throw new Error('the plan has an action');
    const { desk, change } = await applied({ proposal: { ...first, action } });
    const { status, body } = await desk.ask(KIM, undo(change));
    expect([status, body.error]).toEqual([409, 'cannot-undo']);
    expect(body.text).toContain(because);
    expect(desk.started).toEqual([]);
  });

  it('of a change that does not exist, or is not finished, is refused', async () => {
    const { desk, plan } = await applied();
    for (const id of [`${plan.id}/2`, 'right-size-2026-11-22-2000-123456789012-000000/1']) {
      expect(await desk.ask(KIM, undo({ id }))).toMatchObject({ status: 404, body: { error: 'unknown-change' } });
    }
  });

  it('is for those who may answer for the account', async () => {
    const { desk, change } = await applied();
    expect(await desk.ask(STRANGER, undo(change))).toMatchObject({ status: 403 });
    expect(desk.started).toEqual([]);
  });

  it('can be vetoed before it happens, like everything', async () => {
    const { desk, change } = await applied();
    const { body } = await desk.ask(KIM, undo(change));
    const { id, hash } = await desk.ledger.plan(String(body.plan));
    expect((await desk.ask(LEE, { about: { plan: id, hash }, say: 'veto' })).status).toBe(200);
  });
});
