import { describe, expect, it } from 'vitest';
import type { PastReport } from '../../functions/off-hours/past.ts';
import type { PreviewReport, ResourceReport } from '../../functions/off-hours/report.ts';
import type { CheckReport } from '../../shared/runtime/check.ts';
import type { Scene } from '../support/carry-out.ts';
import {
  ACCOUNT,
  actsOf,
  database,
  instance,
  ledgerOf,
  MONDAY,
  openEstate,
  SEOUL,
  seoul,
  ticks,
  toldBy,
  wake,
} from '../support/off-hours.ts';

const TUESDAY = '2026-11-24';

/** Everything that is kept and said, to see that nothing is. */
const traces = async (scene: Scene) => [await ledgerOf(scene).kept(ACCOUNT), toldBy(scene).length];

describe('{"preview": NAME}', () => {
  it('says every transition in local time, and the days that are closed', async () => {
    const scene = await openEstate();
    await scene.lambda.advanceTo(seoul('2026-12-23 12:00'));
    const preview = await wake<PreviewReport>(scene, { preview: 'office', days: 6 });
    expect(preview).toMatchObject({ of: 'office', timezone: 'Asia/Seoul', now: { state: 'on' } });
    expect(preview.turns.map(({ local, state }) => `${local} ${state}`)).toEqual([
      'Wed 2026-12-23 21:00 off',
      'Thu 2026-12-24 08:00 on',
      'Thu 2026-12-24 21:00 off',
      'Mon 2026-12-28 08:00 on',
      'Mon 2026-12-28 21:00 off',
      'Tue 2026-12-29 08:00 on',
    ]);
    expect(preview.closed).toEqual([{ day: 'Fri 2026-12-25', because: 'holiday: Christmas Day' }]);
  });

  it('is of a fortnight unless somebody says otherwise, also by the name of a calendar, as of any time, and as a table', async () => {
    const scene = await openEstate();
    const event = { preview: 'seoul', time: '2027-03-01T00:00:00Z', format: 'table' };
    const table = await wake<string>(scene, event);
    expect(table).toMatch(/^seoul, times in Asia\/Seoul: off now \(holiday: .*\)\n\n/);
    expect(table).toMatch(/^Fri 2027-03-12 21:00 {2}off {4}outside Mon-Fri 08:00-21:00$/m);
  });

  it('of a name that is none says which there are', async () => {
    const scene = await openEstate();
    await expect(wake(scene, { preview: 'offiec' })).rejects.toMatchObject({
      problems: ['preview: a schedule or calendar of the policy; there are: office, seoul'],
    });
  });

  it('beyond the holidays that are known says so', async () => {
    const scene = await openEstate();
    const event = { preview: 'office', time: '2040-01-01T00:00:00Z' };
    await expect(wake(scene, event)).rejects.toMatchObject({
      problems: [expect.stringContaining('days: the holidays of KR are not known for 20')],
    });
  });
});

describe('{"resource": NAME}', () => {
  it('says its schedule, its state, what is remembered and what would be done, and leaves no trace', async () => {
    const scene = await openEstate();
    const orders = database(scene, 'orders');
    instance(scene, 'web');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:10');
    const before = await traces(scene);
    for (const resource of ['orders', orders.DBInstanceArn, orders.DbiResourceId]) {
      const reports = await wake<ResourceReport[]>(scene, { resource });
      expect(reports).toMatchObject([
        {
          name: 'orders',
          account: ACCOUNT,
          id: orders.DbiResourceId,
          tags: { 'lamplighter:schedule': 'office' },
          power: { power: 'stopped' },
          remembered: { state: 'off', stoppedByUs: true },
          act: [],
          left: [{ schedule: 'office', wanted: 'off', because: 'off: outside Mon-Fri 08:00-21:00' }],
        },
      ]);
    }
    await scene.lambda.advanceTo(seoul(`${TUESDAY} 08:00`));
    expect(await wake<string>(scene, { resource: 'orders', format: 'table' })).toMatch(
      /^orders {4}ap-northeast-2 {2}office {4}start the database \(auto\) {2}on: weekly window Mon-Fri 08:00-21:00$/m,
    );
    expect(await traces(scene)).toEqual(before);
  });

  it('that nothing has says so, and what could not be read', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: 'accessDenied' });
    await expect(wake(scene, { resource: 'orders' })).rejects.toMatchObject({
      problems: [
        expect.stringMatching(
          /^resource: nothing under a schedule has this name, ARN or id; the databases in 111111111111 ap-northeast-2 are unknown: /,
        ),
      ],
    });
  });
});

describe('{"mode": "report"}', () => {
  it('says what a run would do, as data and as a table, and leaves no trace', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    await ticks(scene, MONDAY, '08:05');
    await scene.lambda.advanceTo(seoul(`${MONDAY} 21:00`));
    const before = await traces(scene);
    const [report] = await wake(scene, { mode: 'report' });
    expect(actsOf(report!)).toEqual(['stop the instance web']);
    expect(await wake<string>(scene, { mode: 'report', format: 'table' })).toMatch(
      /^web {7}ap-northeast-2 {2}office {4}stop the instance \(auto\) {2}off: outside Mon-Fri 08:00-21:00$/m,
    );
    expect(await traces(scene)).toEqual(before);
    expect(scene.lambda.executions.all()).toEqual([]);
  });

  it('is narrowed to an account and a region of the policy, and to no other', async () => {
    const scopes = [{ account: ACCOUNT, regions: [SEOUL, 'ap-northeast-1'] }];
    const scene = await openEstate({ policy: { scopes } });
    instance(scene, 'web');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    scene.sandbox.calls.clear();
    const [report] = await wake(scene, { account: ACCOUNT, region: 'ap-northeast-1' });
    expect(report).toMatchObject({ left: [], problems: [] });
    // What is remembered of another region has not gone: nobody looks for it.
    expect(
      scene.sandbox.calls.all().every(({ region, service }) => region !== SEOUL || /dynamodb|sts/.test(service)),
    ).toBe(true);
    await expect(wake(scene, { account: '999999999999' })).rejects.toMatchObject({
      problems: [`account: one of the policy's, ${ACCOUNT}`],
    });
    await expect(wake(scene, { region: 'eu-west-1' })).rejects.toMatchObject({
      problems: ["region: one of the policy's, ap-northeast-2, ap-northeast-1"],
    });
  });
});

describe('{"from", "to"}', () => {
  it('says what the schedules wanted and what was done, from the ledger', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:10');
    scene.region.rds.noCapacity.add(orders.DBInstanceClass ?? '');
    await ticks(scene, TUESDAY, '08:00', '08:15');
    const event = { from: seoul(`${MONDAY} 00:00`).toISOString(), to: scene.sandbox.clock.now().toISOString() };
    const before = await traces(scene);
    const past = await wake<PastReport>(scene, event);
    expect(past.schedules).toMatchObject([
      {
        schedule: 'office',
        timezone: 'Asia/Seoul',
        turns: {
          known: true,
          value: [
            { local: '2026-11-23 08:00 Asia/Seoul', state: 'on', outcomes: {} },
            { local: '2026-11-23 21:00 Asia/Seoul', state: 'off', outcomes: { kept: 2 } },
            { local: '2026-11-24 08:00 Asia/Seoul', state: 'on', outcomes: { kept: 1, failed: 1 } },
          ],
        },
      },
    ]);
    expect(past.changes.map(({ what, name, outcome }) => [what, name, outcome])).toEqual(
      expect.arrayContaining([
        ['stop the instance', 'web', 'kept'],
        ['stop the database', 'orders', 'kept'],
        ['start the instance', 'web', 'kept'],
        ['start the database', 'orders', 'failed'],
      ]),
    );
    const table = await wake<string>(scene, { ...event, resource: 'orders', format: 'table' });
    expect(table).toMatch(
      /^office {4}2026-11-24 08:00 Asia\/Seoul {2}on {6}weekly window Mon-Fri 08:00-21:00 {2}1 failed$/m,
    );
    expect(table).not.toContain('web');
    expect(await traces(scene)).toEqual(before);
  });

  it('has what happens when it begins, and not what happens when it ends', async () => {
    const scene = await openEstate();
    const range = { from: seoul(`${MONDAY} 08:00`), to: seoul(`${MONDAY} 21:00`) };
    await scene.lambda.advanceTo(seoul(`${MONDAY} 22:00`));
    const past = await wake<PastReport>(scene, { from: range.from.toISOString(), to: range.to.toISOString() });
    expect(past.schedules[0]?.turns).toMatchObject({ value: [{ at: range.from.toISOString(), state: 'on' }] });
  });

  it('knows nothing of holidays that are not known, and says so', async () => {
    const scene = await openEstate();
    const past = await wake<PastReport>(scene, { from: '2020-01-01T00:00:00Z', to: '2020-01-15T00:00:00Z' });
    expect(past.schedules[0]?.turns).toEqual({
      known: false,
      why: expect.stringContaining('the holidays of KR are not known for') as string,
    });
  });

  it('is of the past', async () => {
    const scene = await openEstate();
    const event = { from: '2026-11-22T00:00:00Z', to: '2026-12-22T00:00:00Z' };
    await expect(wake(scene, event)).rejects.toMatchObject({
      problems: [expect.stringMatching(/^to: not after now, 2026-11-22T21:30:00.000Z; `preview` tells what will be$/)],
    });
  });
});

describe('a time', () => {
  it('that is still to come is refused, and so is one of long ago that only looks', async () => {
    const scene = await openEstate();
    await expect(wake(scene, { time: '2026-11-23T12:00:00Z' })).rejects.toMatchObject({
      problems: [expect.stringMatching(/^time: not after now/)],
    });
    await expect(wake(scene, { time: '2026-11-20T12:00:00Z', mode: 'report' })).rejects.toMatchObject({
      problems: ['time: a quarter of an hour ago at most; `from` and `to` tell of the past'],
    });
  });
});

describe('{"check": true}', () => {
  it('tries everything that it needs, and finds it', async () => {
    const scene = await openEstate();
    const report = await wake<CheckReport>(scene, { check: true });
    expect(report.findings.filter(({ state }) => state === 'missing' || state === 'failed')).toEqual([]);
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        state: 'ok',
        what: 'calendars',
        says: expect.stringContaining('the holidays of KR') as string,
      }),
    );
    expect(report.findings).toContainEqual(expect.objectContaining({ state: 'ok', what: 'tag:GetResources' }));
  });

  it('says what is denied', async () => {
    const scene = await openEstate();
    scene.sandbox.faults.add({ operation: 'GetResources', fault: 'accessDenied' });
    const report = await wake<CheckReport>(scene, { check: true });
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual(expect.objectContaining({ state: 'missing', what: 'tag:GetResources' }));
  });
});
