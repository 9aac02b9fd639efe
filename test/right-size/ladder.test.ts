import { describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { measureInstance } from '../../sandbox/fleet/usage.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { fullRun, type Outcome, type Stage, stageForTest, wake } from '../support/right-size.ts';
import { UNCAPPED } from './truth.ts';

const ACCOUNT = '123456789012';
const NOW = new Date('2026-11-22T06:30:00Z');
const daysLater = (days: number) => new Date(NOW.getTime() + days * DAY);

/** One instance of the hub's account that is idle, but for what it does from `wakes` on. */
async function stageWithOne({ notice = '3d', wakes }: { notice?: string; wakes?: Date } = {}): Promise<Stage> {
  const policy = {
    defaults: { mode: 'approve' },
    rules: {
      'idle-database': { mode: 'off' },
      'idle-instance': { ...UNCAPPED, mode: 'approve', window: '7d', notice },
    },
  };
  const stage = await stageForTest({ now: NOW, policy });
  const account = stage.sandbox.estate.account(ACCOUNT);
  account.role('lamplighter-look', { externalId: 'lamplighter' });
  const region = account.region('ap-northeast-2');
  const LaunchTime = new Date(NOW.getTime() - 300 * DAY);
  const Tags = [{ Key: 'Name', Value: 'asleep' }];
  const { InstanceId } = region.ec2.addInstance({ LaunchTime, InstanceType: 'm5.large', Tags });
  measureInstance(region, InstanceId, {
    usage: 'idle',
    seed: 1,
    lifetime: { from: LaunchTime.getTime(), until: () => stage.sandbox.clock.now().getTime() },
    batchDay: 1,
    gapDays: new Set(),
  });
  if (wakes) {
    const metric = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId } };
    region.cloudwatch.series(metric, function* (period, start, end) {
      for (let at = start; at < end; at += period * 1000) yield { at, value: at === wakes.getTime() ? 60 : 1 };
    });
  }
  return stage;
}

/** The run of a later day. */
async function runAt(stage: Stage, days: number): Promise<Outcome> {
  const time = daysLater(days);
  stage.sandbox.clock.advanceTo(time);
  const [outcome] = await fullRun(stage, time);
  return outcome as Outcome;
}

/** What a run of that day would propose in which mode: only asked, so that nothing is handed over. */
async function modesAt(stage: Stage, days: number): Promise<string[]> {
  const time = daysLater(days);
  stage.sandbox.clock.advanceTo(time);
  const [plan] = await wake<Plan[]>(stage, { time: time.toISOString(), mode: 'report' });
  return (plan?.act ?? []).map(({ mode }) => mode);
}

describe('what is unused', () => {
  it('is announced first, which nobody can approve, and proposed once the notice is over', async () => {
    const stage = await stageWithOne();
    const first = await runAt(stage, 0);
    expect(first.act).toMatchObject([
      { mode: 'report', notice: { since: NOW.toISOString(), until: daysLater(3).toISOString() } },
    ]);
    expect(stage.sent().at(-1)?.text).toContain(
      'only announced, since 2026-11-22 06:30 UTC: proposed from 2026-11-25 06:30 UTC on if it stays unused',
    );
    expect(stage.sent().at(-1)?.text).toContain('What happens next: nothing yet. 1 resource is only announced.');
    expect((await runAt(stage, 2)).act).toMatchObject([{ mode: 'report' }]);
    expect(stage.sent()).toHaveLength(1); // the second day had no news
    expect(await modesAt(stage, 3)).toEqual(['approve']);
  });

  it('falls back to the bottom when it wakes up, and the message says that it has', async () => {
    const wakes = new Date('2026-11-24T00:00:00Z');
    const stage = await stageWithOne({ wakes });
    await runAt(stage, 0);
    const woken = await runAt(stage, 3);
    expect(woken.act).toEqual([]);
    expect(woken.woken).toMatchObject([{ resource: { name: 'asleep' }, because: 'in use: CPU up to 60 % in 7 days' }]);
    expect(stage.sent().at(-1)?.text).toContain('Woke up, and is left alone again');
    expect((await runAt(stage, 4)).woken).toBeUndefined();
    const again = await runAt(stage, 10);
    expect(again.act).toMatchObject([
      { mode: 'report', notice: { since: daysLater(10).toISOString(), wokeAt: daysLater(3).toISOString() } },
    ]);
    expect(stage.sent().at(-1)?.text).toContain('it was in use at 2026-11-25 06:30 UTC, so it begins anew');
    expect(await modesAt(stage, 13)).toEqual(['approve']);
  });

  it('climbs no faster for a tick that comes twice, and none the slower for ticks that are missed', async () => {
    const stage = await stageWithOne({ notice: '7d' });
    await runAt(stage, 0);
    await fullRun(stage, NOW, { requestId: 'twice' });
    expect(await modesAt(stage, 6)).toEqual(['report']);
    expect(await modesAt(stage, 7)).toEqual(['approve']);
  });

  it('is announced anew after a week without a tick', async () => {
    const stage = await stageWithOne();
    await runAt(stage, 0);
    expect((await runAt(stage, 8)).act).toMatchObject([
      { mode: 'report', notice: { since: daysLater(8).toISOString() } },
    ]);
  });

  it('is proposed at once where the policy wants no notice', async () => {
    expect(await modesAt(await stageWithOne({ notice: '0d' }), 0)).toEqual(['approve']);
  });
});
