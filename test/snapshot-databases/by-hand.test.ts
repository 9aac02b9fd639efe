import { describe, expect, it } from 'vitest';
import type { Scene } from '../support/carry-out.ts';
import {
  ACCOUNT,
  addDatabase,
  calendarOf,
  missNights,
  nextNight,
  openNights,
  ownIn,
  SEOUL,
  TOKYO,
  toldOf,
  wake,
} from '../support/snapshot-databases.ts';

const TIERS = { tiers: { daily: 0, weekly: 4, monthly: 0, yearly: 0 }, keepAtLeast: 1 };
const RANGE = { from: '2026-11-23', to: '2026-12-09' };

/** Two databases, and for two weeks nobody woke the function. It is Tuesday, 8 December, in Seoul. */
async function missed(snapshots: object = {}): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots: { ...TIERS, ...snapshots } } });
  addDatabase(scene, 'orders', { BackupRetentionPeriod: 30 });
  addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
  await missNights(scene, 15);
  return scene;
}

const statesOf = (report: Awaited<ReturnType<typeof calendarOf>>, name: string) =>
  report.calendar.find(({ database }) => database === name)?.entries.map(({ period, state }) => `${period} ${state}`);

describe('a calendar', () => {
  it('says of every period what should exist and what does, and leaves no trace', async () => {
    const scene = await missed();
    scene.sandbox.calls.clear();
    const report = await calendarOf(scene, RANGE);
    expect(statesOf(report, 'orders')).toEqual(['2026-W50 due', '2026-W49 fillable', '2026-W48 fillable']);
    expect(statesOf(report, 'bare')).toEqual(['2026-W50 due', '2026-W49 missing', '2026-W48 missing']);
    expect(report).toMatchObject({ ...RANGE, unreadable: [] });
    expect(report).not.toHaveProperty('filled');
    expect(
      scene.sandbox.calls
        .all()
        .filter(({ operation }) => /^(Put|Update|BatchWrite|Publish|Create|Copy|Invoke)/.test(operation))
        .map(({ input }) => JSON.stringify(input))
        .filter((text) => !text.includes('PRICE#')),
    ).toEqual([]);
  });

  it('is a table for a terminal, of one database if asked', async () => {
    const scene = await missed();
    const table = await wake<string>(scene, { ...RANGE, database: 'orders', format: 'table' });
    expect(table.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['account', 'region', 'database', 'tier', 'period', 'state', 'snapshot', 'copied to'],
      [ACCOUNT, SEOUL, 'orders', 'weekly', '2026-W50', 'due', expect.stringMatching(/^rds:orders-2026-12-0/)],
      [
        ACCOUNT,
        SEOUL,
        'orders',
        'weekly',
        '2026-W49',
        'fillable',
        expect.stringMatching(/^rds:orders-2026-11-30|^rds:orders-2026-11-29/),
      ],
      [ACCOUNT, SEOUL, 'orders', 'weekly', '2026-W48', 'fillable', expect.stringMatching(/^rds:orders-2026-11-2/)],
    ]);
  });
});

describe('a fill', () => {
  it('plans what AWS still has, is told and carried out, and asked again changes nothing', async () => {
    const scene = await missed();
    const first = await calendarOf(scene, { ...RANGE, fill: true });
    expect(first.filled).toEqual([
      {
        account: ACCOUNT,
        plans: [expect.stringMatching(/^fill-snapshots-2026-12-07-1630-/)],
        actions: 2,
        said: 'sent',
      },
    ]);
    expect(toldOf(scene, 'snapshots')[0]).toMatchObject({
      subject: expect.stringContaining('snapshots: 1 database without any snapshot, 2 to fill') as string,
      facts: { fill: { from: '2026-11-23', to: '2026-12-09' } },
    });
    // While it is at work, and after it is done.
    const atWork = await calendarOf(scene, { ...RANGE, fill: true });
    expect(atWork.filled).toEqual([{ ...first.filled?.[0], said: 'before' }]);
    await scene.lambda.advance({ hours: 4 });
    expect(ownIn(scene)).toHaveLength(2);
    const again = await calendarOf(scene, { ...RANGE, fill: true });
    expect(again.filled).toMatchObject([{ actions: 0, said: 'nothing' }]);
    expect(statesOf(again, 'orders')).toEqual(['2026-W50 due', '2026-W49 kept', '2026-W48 kept']);
    expect(ownIn(scene)).toHaveLength(2);
    expect(toldOf(scene, 'snapshots')).toHaveLength(1);
  });

  it('waits for its approval beside the plans of the nights: they do not take its place', async () => {
    const scene = await missed({ mode: 'approve' });
    const { filled } = await calendarOf(scene, { ...RANGE, fill: true });
    await nextNight(scene);
    const waiting = scene.lambda.executions.all().filter(({ status }) => status === 'RUNNING');
    expect(waiting.map(({ name }) => name)).toContain(filled?.[0]?.plans[0]);
    expect((await calendarOf(scene, { ...RANGE, fill: true })).filled).toMatchObject([
      { said: 'before', plans: filled?.[0]?.plans },
    ]);
  });

  it('fills one database if asked', async () => {
    const scene = await missed();
    addDatabase(scene, 'carts', { BackupRetentionPeriod: 30 });
    const { filled, calendar } = await calendarOf(scene, { ...RANGE, fill: true, database: 'bare' });
    expect(filled).toMatchObject([{ actions: 0, said: 'nothing' }]);
    expect(calendar.map(({ database }) => database)).toEqual(['bare']);
  });

  it('plans nothing while the mode is report', async () => {
    const scene = await missed({ mode: 'report' });
    const { filled } = await calendarOf(scene, { ...RANGE, fill: true });
    expect(filled).toMatchObject([{ actions: 2, said: 'nothing' }]);
    expect(toldOf(scene, 'snapshots')).toEqual([]);
    expect(scene.lambda.executions.all()).toEqual([]);
  });
});

describe('a look', () => {
  it('at one database says everything about it, and leaves no trace', async () => {
    const scene = await openNights({ policy: { snapshots: TIERS } });
    addDatabase(scene, 'orders');
    addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    await nextNight(scene);
    const [report] = await wake<Record<string, unknown>[]>(scene, { database: 'bare' });
    expect(report).toMatchObject({
      account: ACCOUNT,
      coverage: [{ name: 'bare' }],
      act: [],
      kept: [{ databaseName: 'bare', because: 'one of the newest 1' }],
      protections: [{ name: 'bare', has: [{ by: 'manual snapshots' }] }],
    });
    expect(toldOf(scene, 'snapshots')).toHaveLength(1);
    const table = await wake<string>(scene, { database: 'bare', format: 'table' });
    expect(table).toMatch(/^account 111111111111\n\ndatabase +region +class +newest/);
    expect(table).not.toContain('orders');
  });

  it('at everything, in mode report, is the plan of the next run', async () => {
    const scene = await openNights({ policy: { snapshots: TIERS } });
    addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    const [report] = await wake(scene, { mode: 'report' });
    expect(report?.act).toMatchObject([{ action: 'create-snapshot', mode: 'auto' }]);
    expect(scene.lambda.executions.all()).toEqual([]);
    expect(toldOf(scene, 'snapshots')).toEqual([]);
  });
});

describe('an event is refused', () => {
  it.each<[string, object, string]>([
    [
      'with a range that is still to come',
      { from: '2026-11-20', to: '2026-11-25' },
      'to: 2026-11-24 at most, the day after today',
    ],
    [
      'with a fill of what AWS has no more',
      { from: '2026-10-18', to: '2026-11-01', fill: true },
      'from: 2026-10-19 at the earliest: AWS keeps automated backups for 35 days',
    ],
    [
      'with an account that the policy does not know',
      { account: '222222222222' },
      `account: one of the policy's, ${ACCOUNT}`,
    ],
    ['with a region that the policy does not know', { region: TOKYO }, `region: one of the policy's, ${SEOUL}`],
    ['with a database that is not there', { database: 'nobody' }, 'database: none has this name, ARN or id'],
    [
      'with a time that is still to come',
      { time: '2026-11-23T08:00:00Z' },
      'time: not after now, 2026-11-22T21:30:00.000Z',
    ],
  ])('%s', async (_, event, problem) => {
    const scene = await openNights();
    await expect(wake(scene, event)).rejects.toMatchObject({ name: 'InvalidEventError', problems: [problem] });
  });
});
