import { describe, expect, it, vi } from 'vitest';
import { instance, MONDAY, openEstate, seoul, wake as wakeOffHours } from '../support/off-hours.ts';
import { stageForTest, wake as wakeRightSize } from '../support/right-size.ts';
import { countRuns } from '../support/runs-counted.ts';
import { addDatabase, openNights, wake as wakeNights } from '../support/snapshot-databases.ts';
import { billLine, NOW, onDays, spendStage, wakeSpend } from '../support/watch-spend.ts';

/** The alarms "did not run" count the runs that were completed: who only looks something up must not keep them quiet. */

describe('of right-size', () => {
  const time = NOW.toISOString();

  it.each<[string, object, number]>([
    ['a run as the schedule wakes it', { time }, 1],
    ['one resource that is explained', { time, resource: 'orders' }, 0],
    ['a look', { time, mode: 'report' }, 0],
    ['a narrowed look', { time, rules: ['idle-database'] }, 0],
    ['a replay', { from: '2026-11-20', to: '2026-11-21' }, 0],
    ['a check', { check: true }, 0],
  ])('%s counts or not', async (_, event, runs) => {
    const stage = await stageForTest({ now: NOW });
    stage.sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
    stage.sandbox.estate.hub.region('ap-northeast-2').rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const counted = countRuns('RightSizeRuns');
    await wakeRightSize(stage, event);
    expect(counted()).toBe(runs);
  });

  it('a run that failed does not', async () => {
    const stage = await stageForTest({ now: NOW });
    const counted = countRuns('RightSizeRuns');
    stage.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', fault: 'accessDenied' });
    await expect(wakeRightSize(stage, { time })).rejects.toThrow();
    expect(counted()).toBe(0);
  });
});

describe('of watch-spend', () => {
  const time = NOW.toISOString();

  it.each<[string, object, number]>([
    ['a run as the schedule wakes it', { time }, 1],
    ['a look', { time, mode: 'report' }, 0],
    ['a narrowed look', { time, account: '111111111111' }, 0],
    ['days gone by', { from: '2026-11-10', to: '2026-11-12' }, 0],
    ['the weekly message that proves the delivery', { selfTest: true, time }, 0],
    ['a check', { check: true }, 0],
  ])('%s counts or not', async (_, event, runs) => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const stage = await spendStage();
    stage.sandbox.estate.billing.add(billLine({ usual: 60, days: onDays(150, '2026-11-20') }));
    const counted = countRuns('WatchSpendRuns');
    await wakeSpend(stage, event).finally(() => vi.useRealTimers());
    expect(counted()).toBe(runs);
  });
});

describe('of snapshot-databases', () => {
  it.each<[string, object, number]>([
    ['a night as the schedule wakes it', { time: '2026-11-22T20:00:00Z' }, 1],
    ['one database that is looked up', { database: 'orders' }, 0],
    ['a look', { mode: 'report' }, 0],
    ['a calendar', { from: '2026-11-16', to: '2026-11-20' }, 0],
    ['what somebody has filled', { from: '2026-11-16', to: '2026-11-20', fill: true }, 0],
    ['a check', { check: true }, 0],
  ])('%s counts or not', async (_, event, nights) => {
    const scene = await openNights();
    addDatabase(scene, 'orders');
    const counted = countRuns('SnapshotDatabasesRuns');
    await wakeNights(scene, event);
    expect(counted()).toBe(nights);
  });

  it('a night that failed does not', async () => {
    const scene = await openNights();
    addDatabase(scene, 'orders');
    const counted = countRuns('SnapshotDatabasesRuns');
    scene.sandbox.faults.add({ service: 'sns', operation: 'Publish', fault: 'accessDenied' });
    await expect(wakeNights(scene, {})).rejects.toThrow();
    expect(counted()).toBe(0);
  });
});

describe('of off-hours', () => {
  it.each<[string, object, number]>([
    ['a tick as the schedule wakes it', {}, 1],
    ['one resource that is looked up', { resource: 'web' }, 0],
    ['a look', { mode: 'report' }, 0],
    ['a calendar', { preview: 'office' }, 0],
    ['days gone by', { from: '2026-11-16T00:00:00Z', to: '2026-11-20T00:00:00Z' }, 0],
    ['a check', { check: true }, 0],
  ])('%s counts or not', async (_, event, ticks) => {
    const scene = await openEstate();
    instance(scene, 'web');
    const counted = countRuns('OffHoursRuns');
    await wakeOffHours(scene, event);
    expect(counted()).toBe(ticks);
  });

  it('a tick that failed does not', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    await scene.lambda.advanceTo(seoul(`${MONDAY} 21:00`));
    const counted = countRuns('OffHoursRuns');
    scene.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', fault: 'accessDenied' });
    await expect(wakeOffHours(scene, {})).rejects.toThrow();
    expect(counted()).toBe(0);
  });
});
