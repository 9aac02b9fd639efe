import { describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { seedSizingFleet } from '../../sandbox/fleet/sizing/sizing-fleet.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { plansOf, type Stage, stageForTest } from '../support/right-size.ts';
import { UNCAPPED } from './truth.ts';

const NOW = new Date('2026-11-22T06:00:00Z');
const TODAY = Math.floor(NOW.getTime() / DAY);
const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-2';

/** One instance that is two sizes too big. */
async function oversized(): Promise<Stage> {
  const policy = {
    scopes: [{ account: ACCOUNT, regions: [REGION] }],
    rules: { 'oversized-instance': UNCAPPED, 'undersized-instance': { mode: 'report' } },
  };
  const stage = await stageForTest({ now: NOW, policy });
  seedSizingFleet(stage.sandbox, { instances: 1, databases: 0, volumes: 0, snapshots: 0 });
  return stage;
}

/** Takes away what was measured of some metrics on some days, counted back from yesterday, which is 1. */
function forget({ sandbox }: Stage, metrics: readonly string[], daysAgo: readonly number[]): void {
  const { cloudwatch } = sandbox.estate.account(ACCOUNT).region(REGION);
  const days = new Set(daysAgo.map((ago) => TODAY - ago));
  for (const { name, series } of [...cloudwatch.metrics.values()]) {
    if (!series || !metrics.includes(name.metric)) continue;
    cloudwatch.series(name, function* (...asked) {
      for (const point of series(...asked)) if (!days.has(Math.floor(point.at / DAY))) yield point;
    });
  }
}

async function planOf(stage: Stage): Promise<Plan> {
  const [plan] = await plansOf(stage);
  if (!plan) throw new Error('there is no plan');
  return plan;
}

const CPU = ['CPUUtilization'];
const MEMORY = ['mem_used_percent'];
const MOST_OF_A_WEEK = [2, 3, 4, 5, 6];

describe('an oversized instance of whose metrics', () => {
  it('a day is missing is resized, and the chart shows the gap', async () => {
    const stage = await oversized();
    forget(stage, [...CPU, ...MEMORY], [3]);
    const { act } = await planOf(stage);
    expect(act).toMatchObject([{ rule: 'oversized-instance' }]);
    expect(act[0]?.charts?.['CPU p99.9 by day, 0..100 %']).toMatch(/^[▁▂]{32}·[▁▂]{3}$/);
    expect(stage.sent()[0]?.text).toContain('   CPU p99.9 by day, 0..100 %: ');
  });

  it('five of the last fourteen days of CPU are missing is left alone, and is said to be unknown', async () => {
    const stage = await oversized();
    forget(stage, CPU, MOST_OF_A_WEEK);
    const { act, findings, leave } = await planOf(stage);
    expect([act, findings]).toEqual([[], undefined]);
    expect(leave).toContainEqual(
      expect.objectContaining({
        rule: 'oversized-instance',
        because: 'CPU unknown: only 64 % of the last 14 days is known',
        unknown: true,
      }),
    );
    expect(stage.sent()[0]?.text).toContain('Could not be judged, and so left alone:');
  });

  it('five days of memory are missing is only suggested to be made smaller', async () => {
    const stage = await oversized();
    forget(stage, MEMORY, MOST_OF_A_WEEK);
    const { act, findings } = await planOf(stage);
    expect(act).toEqual([]);
    expect(findings).toMatchObject([
      {
        kind: 'suggestion',
        note: 'memory unknown: only 64 % of the last 14 days is known; its network and volumes were not looked at',
      },
    ]);
  });

  it('nothing is left is left alone', async () => {
    const stage = await oversized();
    forget(
      stage,
      [...CPU, ...MEMORY],
      Array.from({ length: 500 }, (_, ago) => ago),
    );
    const { act, findings } = await planOf(stage);
    expect([act, findings]).toEqual([[], undefined]);
  });
});

it('an idle instance that is too big as well is to be stopped, and the other rule says why it waits', async () => {
  const policy = {
    scopes: [{ account: ACCOUNT, regions: [REGION] }],
    rules: { 'idle-instance': { ...UNCAPPED, notice: '0d' }, 'oversized-instance': UNCAPPED },
  };
  const stage = await stageForTest({ now: NOW, policy });
  seedSizingFleet(stage.sandbox, { instances: 1, databases: 0, volumes: 0, snapshots: 0 });
  const { cloudwatch } = stage.sandbox.estate.account(ACCOUNT).region(REGION);
  for (const { name } of [...cloudwatch.metrics.values()]) {
    if (!['CPUUtilization', 'NetworkIn', 'NetworkOut'].includes(name.metric)) continue;
    cloudwatch.series(name, function* (periodSeconds, start, end) {
      for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: 0.5 };
    });
  }
  const { act, leave } = await planOf(stage);
  expect(act).toMatchObject([{ rule: 'idle-instance', action: { kind: 'stop-instance' } }]);
  expect(leave).toMatchObject([{ rule: 'oversized-instance', because: 'idle-instance wants to act on it first' }]);
});
