import { describe, expect, it } from 'vitest';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { PERSON, type Scene, say } from '../support/carry-out.ts';
import {
  ACCOUNT,
  actsOf,
  changesOf,
  database,
  decree,
  instance,
  KEEP_ON_TAG,
  leftOf,
  MONDAY,
  memoryOf,
  openEstate,
  retag,
  schedule,
  seoul,
  tick,
  ticks,
  toldBy,
} from '../support/off-hours.ts';

const TUESDAY = '2026-11-24';
const WEDNESDAY = '2026-11-25';

/** Somebody at a console. */
const start = (one: ReturnType<typeof instance>) => Object.assign(one, { State: { Name: 'running', Code: 16 } });
const stop = (one: ReturnType<typeof instance>) => Object.assign(one, { State: { Name: 'stopped', Code: 80 } });

const planOf = ({ hub }: Scene, id = ''): Promise<Plan> =>
  dynamoLedger({ client: hub.dynamodb, table: hub.table }).plan(id);

/** An instance that was stopped on Monday evening. */
async function night(policy: object = {}) {
  const scene = await openEstate({ policy: { ...policy } });
  const web = instance(scene, 'web');
  await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
  expect(web.State?.Name).toBe('stopped');
  return { scene, web };
}

describe('who starts something at night', () => {
  it('has it until the next evening', async () => {
    const { scene, web } = await night();
    start(web);
    const found = await tick(scene, seoul(`${MONDAY} 23:00`));
    expect(leftOf(found, 'web')).toBe(
      'somebody started it: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
    );
    await ticks(scene, TUESDAY, '08:00', '12:00');
    expect(web.State?.Name).toBe('running');
    await ticks(scene, TUESDAY, '21:00', '21:05');
    expect(web.State?.Name).toBe('stopped');
  });

  it('has it for five minutes where the schedule is enforced', async () => {
    const { scene, web } = await night(schedule({ manual: 'enforce' }));
    start(web);
    await ticks(scene, MONDAY, '23:00', '23:05');
    expect(web.State?.Name).toBe('stopped');
    // It was stopped by off-hours again, so the morning starts it.
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect(web.State?.Name).toBe('running');
  });

  it('may stop it again: it stays so in the morning', async () => {
    const { scene, web } = await night();
    start(web);
    await tick(scene, seoul(`${MONDAY} 23:00`));
    stop(web);
    expect(leftOf(await tick(scene, seoul(`${TUESDAY} 08:00`)), 'web')).toBe('not started: off-hours did not stop it');
  });
});

describe('who stops something by day', () => {
  it('has it stopped until somebody starts it', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    stop(web);
    await ticks(scene, MONDAY, '12:00', '21:00');
    const morning = await tick(scene, seoul(`${TUESDAY} 08:00`));
    expect([actsOf(morning), web.State?.Name]).toEqual([[], 'stopped']);
    start(web);
    expect(actsOf((await ticks(scene, TUESDAY, '12:00', '21:00'))[1]!)).toEqual(['stop the instance web']);
  });
});

describe('who works late', () => {
  it('sets a tag: what is tagged is on until then, and stopped when that is over', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    retag(web, KEEP_ON_TAG, '2026-11-23T23-30');
    const evening = await ticks(scene, MONDAY, '21:00', '23:25');
    expect(evening.map((one) => leftOf(one, 'web'))).toEqual(
      Array(2).fill('on: override until 2026-11-23 23:30 Asia/Seoul'),
    );
    await ticks(scene, MONDAY, '23:30', '23:35');
    expect(web.State?.Name).toBe('stopped');
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect(web.State?.Name).toBe('running');
  });

  it('sets a tag at night: what off-hours stopped is started, and stopped again', async () => {
    const { scene, web } = await night();
    retag(web, KEEP_ON_TAG, '2026-11-24T01-00');
    await ticks(scene, MONDAY, '22:00', '22:05');
    expect(web.State?.Name).toBe('running');
    await ticks(scene, TUESDAY, '01:00', '01:05');
    expect(web.State?.Name).toBe('stopped');
  });

  it('answers: keep it on until', async () => {
    const { scene, web } = await night();
    const ledger = answerLedger({ client: scene.hub.dynamodb, table: scene.hub.table });
    await ledger.recordKeepOn(ACCOUNT, {
      resource: `arn:aws:ec2:ap-northeast-2:${ACCOUNT}:instance/${web.InstanceId}`,
      until: seoul('2026-11-24 01:00'),
      timezone: 'Asia/Seoul',
      by: PERSON,
      at: scene.sandbox.clock.now(),
    });
    expect(actsOf(await tick(scene, seoul(`${MONDAY} 22:00`)))).toEqual(['start the instance web']);
    expect(leftOf(await tick(scene, seoul(`${MONDAY} 22:10`)), 'web')).toMatch(
      /^on: override until 2026-11-24 01:00 Asia\/Seoul by /,
    );
    expect(actsOf(await tick(scene, seoul(`${TUESDAY} 01:00`)))).toEqual(['stop the instance web']);
  });

  it('mistypes the tag: it is kept on until it is mended, and that is said', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web', { [KEEP_ON_TAG]: 'tonight' });
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    expect(web.State?.Name).toBe('running');
    expect(toldBy(scene).flatMap(({ facts }) => facts.problems)).toEqual([
      expect.stringContaining('web in ap-northeast-2: the tag lamplighter:keep-on-until is no local time'),
    ]);
    retag(web, KEEP_ON_TAG);
    expect(actsOf(await tick(scene, seoul(`${MONDAY} 22:00`)))).toEqual(['stop the instance web']);
  });
});

describe('who says no to a plan', () => {
  it('has it on for this night, and is asked again in the next', async () => {
    const scene = await openEstate({ policy: schedule({ mode: 'approve', manual: 'enforce' }) });
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    await say(scene, await planOf(scene, evening.plan), { say: 'veto', note: 'a demo' });
    const later = await ticks(scene, MONDAY, '21:10', '23:00');
    expect(later.map((one) => leftOf(one, 'web'))).toEqual(
      Array(2).fill(expect.stringMatching(/^vetoed by .*: a demo, looked at again at 2026-11-24 08:00 Asia\/Seoul$/)),
    );
    const next = await ticks(scene, TUESDAY, '08:00', '21:00');
    expect([web.State?.Name, next.map(({ act }) => act?.length)]).toEqual(['running', [0, 1]]);
  });

  it('and who says yes has it stopped then', async () => {
    const scene = await openEstate({ policy: schedule({ mode: 'approve' }) });
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    await scene.lambda.advanceTo(seoul(`${MONDAY} 22:00`));
    await say(scene, await planOf(scene, evening.plan), { say: 'approve' });
    await scene.lambda.settle();
    await tick(scene, seoul(`${MONDAY} 22:05`));
    expect([web.State?.Name, await memoryOf(scene, 'web')]).toMatchObject(['stopped', { stoppedByUs: true }]);
  });
});

describe('who changes the policy', () => {
  it('at night finds in the morning started what was stopped, whatever the schedule does from now on', async () => {
    const { scene, web } = await night();
    await decree(scene, schedule({ mode: 'off' }));
    await ticks(scene, MONDAY, '22:00');
    await ticks(scene, TUESDAY, '08:00', '08:05', '21:00', '21:05');
    expect(web.State?.Name).toBe('running');
    expect((await changesOf(scene)).map(({ outcome }) => outcome)).toEqual(['kept', 'kept']);
  });

  it('to freeze the days has nothing stopped, and everything started', async () => {
    const { scene, web } = await night();
    await decree(scene, { freeze: [{ from: TUESDAY, to: WEDNESDAY, why: 'sale' }] });
    await ticks(scene, TUESDAY, '08:00', '08:05', '21:00', '21:05');
    expect(web.State?.Name).toBe('running');
    const after = await ticks(scene, WEDNESDAY, '00:00', '00:05');
    expect([web.State?.Name, after[0]?.act?.length]).toEqual(['stopped', 1]);
  });
});

describe('AWS', () => {
  it('starts a stopped database after seven days: it is stopped again', async () => {
    const off = { calendars: { seoul: { timezone: 'Asia/Seoul', on: '2026-11-23 08:00-21:00' } } };
    const scene = await openEstate({
      policy: {
        ...off,
        calendars: { seoul: { timezone: 'Asia/Seoul', on: ['2026-11-23 08:00-21:00', '2026-12-07 08:00-21:00'] } },
      },
    });
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:10');
    expect(orders.DBInstanceStatus).toBe('stopped');
    await scene.lambda.advanceTo(seoul('2026-11-30 21:20'));
    expect(orders.DBInstanceStatus).toBe('available');
    const again = await ticks(scene, '2026-11-30', '21:25', '21:35');
    expect(again[0]?.act).toMatchObject([
      {
        name: 'orders',
        because: 'AWS restarted it after seven days; off: outside 2026-11-23 08:00-21:00; 2026-12-07 08:00-21:00',
      },
    ]);
    expect(orders.DBInstanceStatus).toBe('stopped');
    await ticks(scene, '2026-12-07', '08:00', '08:10');
    expect(orders.DBInstanceStatus).toBe('available');
  });

  it('is not asked again who started something that a person started', async () => {
    const scene = await openEstate();
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:10');
    Object.assign(orders, { DBInstanceStatus: 'available' });
    await ticks(scene, MONDAY, '22:00', '22:05', '22:10');
    expect([orders.DBInstanceStatus, scene.sandbox.calls.count('DescribeEvents')]).toEqual(['available', 1]);
  });
});
