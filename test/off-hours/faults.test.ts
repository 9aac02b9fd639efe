import { describe, expect, it } from 'vitest';
import { leasesIn } from '../../shared/aws/ledger/leases.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import { handOver, stopOfInstance, takingBack } from '../support/carry-out.ts';
import {
  ACCOUNT,
  actsOf,
  changesOf,
  database,
  decree,
  group,
  instance,
  leftOf,
  MONDAY,
  memoryOf,
  openEstate,
  retag,
  SCHEDULE_TAG,
  SEOUL,
  schedule,
  seoul,
  sizesOf,
  tick,
  ticks,
  toldBy,
  wake,
} from '../support/off-hours.ts';

const TUESDAY = '2026-11-24';
const subjects = (scene: Parameters<typeof toldBy>[0]) => toldBy(scene).map(({ subject }) => subject);

/** An instance that off-hours knows, at noon. */
async function noon(policy: object = {}) {
  const scene = await openEstate({ policy: { ...policy } });
  const web = instance(scene, 'web');
  await tick(scene, seoul(`${MONDAY} 12:00`));
  return { scene, web };
}

/** The same, stopped in the evening. */
async function night(policy: object = {}) {
  const { scene, web } = await noon(policy);
  await ticks(scene, MONDAY, '21:00', '21:05');
  expect(web.State?.Name).toBe('stopped');
  return { scene, web };
}

describe('a tick', () => {
  it('that is lost is made up for by the next, however much later', async () => {
    const { scene, web } = await noon();
    await ticks(scene, TUESDAY, '02:00', '02:05');
    expect(web.State?.Name).toBe('stopped');
    await ticks(scene, TUESDAY, '11:00', '11:05');
    expect(web.State?.Name).toBe('running');
  });

  it('that is lost with a whole day leaves nothing that should be off', async () => {
    const { scene, web } = await noon();
    await ticks(scene, TUESDAY, '22:00', '22:05');
    expect([web.State?.Name, await memoryOf(scene, 'web')]).toMatchObject(['stopped', { stoppedByUs: true }]);
  });

  it('that comes twice has one plan', async () => {
    const { scene } = await noon();
    const first = await tick(scene, seoul(`${MONDAY} 21:00`));
    const second = await tick(scene);
    expect([first.act?.length, first.said, second.act?.length, second.said]).toEqual([1, 'kept', 0, 'before']);
    expect(scene.sandbox.calls.count('StopInstances')).toBe(1);
  });

  it('that comes twice at once has one plan, and the other delivery finds nothing left', async () => {
    const { scene } = await noon();
    const time = seoul(`${MONDAY} 21:00`);
    await scene.lambda.advanceTo(time);
    const event = { time: time.toISOString() };
    const settled = await Promise.allSettled([wake(scene, event, 'first'), wake(scene, event, 'second')]);
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
    await wake(scene, event, 'second');
    await scene.lambda.advance({ minutes: 4 });
    expect(scene.lambda.executions.all()).toHaveLength(1);
    expect(await changesOf(scene)).toHaveLength(1);
  });

  it('that comes hours late does nothing, and looks at nothing', async () => {
    const { scene, web } = await noon();
    await scene.lambda.advanceTo(seoul(`${TUESDAY} 09:00`));
    scene.sandbox.calls.clear();
    const [late] = await wake(scene, { time: seoul(`${MONDAY} 21:00`).toISOString() });
    expect([late, web.State?.Name]).toEqual([
      { account: ACCOUNT, time: seoul(`${MONDAY} 21:00`).toISOString(), said: 'late' },
      'running',
    ]);
    expect(scene.sandbox.calls.all().every(({ service }) => service === 'dynamodb')).toBe(true);
  });

  it('that comes after the one that was due after it does nothing', async () => {
    const { scene } = await noon();
    await tick(scene, seoul(`${MONDAY} 21:05`));
    const [late] = await wake(scene, { time: seoul(`${MONDAY} 21:00`).toISOString() });
    expect(late?.said).toBe('late');
    expect(scene.sandbox.calls.count('StopInstances')).toBe(1);
  });

  it('whose hand-over is lost has the next one hand it over', async () => {
    const { scene, web } = await noon();
    const arn = process.env.CARRY_OUT_ARN;
    process.env.CARRY_OUT_ARN = `arn:aws:lambda:${SEOUL}:${scene.hub.account}:function:gone:live`;
    const time = seoul(`${MONDAY} 21:00`);
    await scene.lambda.advanceTo(time);
    const cold = { ...scene }; // a new execution environment, which reads its settings anew
    await expect(wake(cold, { time: time.toISOString() }, 'first')).rejects.toMatchObject({
      name: 'AccountsFailedError',
    });
    process.env.CARRY_OUT_ARN = arn;
    const next = await tick({ ...scene }, seoul(`${MONDAY} 21:05`));
    await tick(scene, seoul(`${MONDAY} 21:10`));
    expect([next.act?.length, web.State?.Name]).toEqual([0, 'stopped']);
    expect((await changesOf(scene)).map(({ planId }) => planId)).toEqual([expect.stringContaining('-1200-')]);
  });
});

describe('a resource', () => {
  it('that is put under another schedule while it is stopped is started by that', async () => {
    const { scene, web } = await night();
    await decree(scene, {
      calendars: { seoul: { on: 'Mon-Fri 08:00-21:00' }, nights: { on: 'Mon-Sun 21:00-08:00' } },
      schedules: { office: { calendar: 'seoul', mode: 'auto' }, nightly: { calendar: 'nights', mode: 'auto' } },
    });
    retag(web, SCHEDULE_TAG, 'nightly');
    await ticks(scene, MONDAY, '22:00', '22:05');
    expect(web.State?.Name).toBe('running');
  });

  it('that is put under another schedule while its stop waits is not stopped by the old one', async () => {
    const { scene, web } = await noon();
    const evening = seoul(`${MONDAY} 21:00`);
    await scene.lambda.advanceTo(evening);
    await wake(scene, { time: evening.toISOString() }, 'evening');
    retag(web, SCHEDULE_TAG, 'other');
    await scene.lambda.advance({ minutes: 5 });
    expect([web.State?.Name, (await changesOf(scene)).map(({ outcome }) => outcome)]).toEqual(['running', ['skipped']]);
  });

  it('that loses its tag while it is stopped stays so, and people are told', async () => {
    const { scene, web } = await night();
    retag(web, SCHEDULE_TAG);
    await ticks(scene, TUESDAY, '07:00', '08:00', '08:05');
    expect([web.State?.Name, subjects(scene).at(-1)]).toEqual([
      'stopped',
      '[Lamplighter] 111111111111: 1 problem with schedules',
    ]);
    expect(toldBy(scene).at(-1)?.text).toContain('its tag was taken away while off-hours had it stopped');
  });

  it('that is deleted while it is stopped is nobody’s concern any more', async () => {
    const { scene, web } = await night();
    scene.region.ec2.instances.delete(web.InstanceId);
    const morning = await ticks(scene, TUESDAY, '08:00', '08:15');
    expect([morning.map(({ act }) => act?.length), subjects(scene).length]).toEqual([[0, 0], 1]);
  });

  it('that is deleted while its start waits is skipped, and nobody is told', async () => {
    const scene = await openEstate();
    const workers = group(scene, 'workers');
    await ticks(scene, MONDAY, '12:00', '21:00', '21:05');
    const morning = seoul(`${TUESDAY} 08:00`);
    await scene.lambda.advanceTo(morning);
    await wake(scene, { time: morning.toISOString() }, 'morning');
    scene.region.autoscaling.groups.delete('workers');
    await ticks(scene, TUESDAY, '08:05', '08:15');
    expect([sizesOf(workers), subjects(scene).length]).toEqual([[0, 0, 0], 1]);
    expect((await changesOf(scene)).at(-1)).toMatchObject({ outcome: 'skipped' });
  });

  it('that is replaced by another of its name is new, and left as it is', async () => {
    const scene = await openEstate();
    const orders = database(scene, 'orders');
    await ticks(scene, MONDAY, '12:00', '21:00', '21:10');
    scene.region.rds.instances.delete('orders');
    const other = database(scene, 'orders');
    Object.assign(other, { DBInstanceStatus: 'stopped' });
    expect(other.DbiResourceId).not.toBe(orders.DbiResourceId);
    await ticks(scene, MONDAY, '22:00');
    const morning = await tick(scene, seoul(`${TUESDAY} 08:00`));
    expect([actsOf(morning), leftOf(morning, 'orders')]).toEqual([[], 'not started: off-hours did not stop it']);
  });

  it('of an unknown schedule is left alone, and told once', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web', { [SCHEDULE_TAG]: 'offiec' });
    await ticks(scene, MONDAY, '12:00', '21:00', '21:05');
    expect([web.State?.Name, toldBy(scene).map(({ facts }) => facts.problems)]).toEqual([
      'running',
      [['web in ap-northeast-2: the tag lamplighter:schedule names no schedule of the policy; there are: office']],
    ]);
  });
});

describe('a calendar', () => {
  it('without a single hour has nothing stopped nor started, and that is said', async () => {
    const { scene, web } = await night();
    await decree(scene, { calendars: { seoul: { timezone: 'Asia/Seoul', on: '2020-01-01 08:00-09:00' } } });
    const morning = await tick(scene, seoul(`${TUESDAY} 08:00`));
    expect([web.State?.Name, leftOf(morning, 'web')]).toEqual([
      'stopped',
      expect.stringContaining('nobody can follow its schedule office: calendars.seoul.on: at least one hour'),
    ]);
    expect(toldBy(scene).at(-1)?.text).toContain('Nothing under it is stopped or started.');
  });

  it('of whose days nobody knows has nothing stopped, and that is said', async () => {
    const { scene, web } = await noon();
    // The holidays were never stored with it.
    const { dynamodb: client, table } = scene.hub;
    const { policy } = (await dynamoLedger({ client, table }).currentPolicy())!;
    await dynamoPolicyStore({ client, table }).store({ policy }, 'deployer', scene.sandbox.clock.now());
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    expect([web.State?.Name, leftOf(evening, 'web')]).toEqual([
      'running',
      expect.stringContaining('nobody can follow its schedule office: calendars.seoul.holidays'),
    ]);
  });
});

describe('a region that is denied', () => {
  it('is unknown: nothing of it is stopped or started, the other types go on, and it is said once', async () => {
    const scene = await openEstate();
    const [web, orders] = [instance(scene, 'web'), database(scene, 'orders')];
    await tick(scene, seoul(`${MONDAY} 12:00`));
    const denied = scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: 'accessDenied' });
    const evening = await ticks(scene, MONDAY, '21:00', '21:05');
    expect([web.State?.Name, orders.DBInstanceStatus, evening[0]?.unreadable]).toEqual([
      'stopped',
      'available',
      [{ account: ACCOUNT, region: SEOUL, what: 'database', why: expect.stringContaining('AccessDenied') as string }],
    ]);
    expect(subjects(scene).slice(1)).toEqual(['[Lamplighter] 111111111111: 1 problem with schedules']);
    denied.remove();
    await ticks(scene, MONDAY, '21:10', '21:20');
    expect(orders.DBInstanceStatus).toBe('stopped');
  });
});

describe('capacity that never comes', () => {
  it('is told after ten minutes with AWS’s reason, louder after an hour, and when all runs again', async () => {
    const { scene, web } = await night();
    scene.region.ec2.noCapacity.add('m5.large');
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect(subjects(scene)).toHaveLength(1);
    await ticks(scene, TUESDAY, '08:10', '08:15', '08:20', '08:25', '08:30', '08:45', '08:55');
    expect(subjects(scene).slice(1)).toEqual(['[Lamplighter] 111111111111: 1 not running yet']);
    expect(toldBy(scene).at(-1)?.text).toMatch(
      /- web in ap-northeast-2: .*InsufficientInstanceCapacity.*; wanted since 2026-11-24 08:00 Asia\/Seoul; tried once, again from/,
    );
    await ticks(scene, TUESDAY, '09:00', '09:30', '10:30');
    expect(toldBy(scene).slice(2)).toMatchObject([
      { subject: '[Lamplighter] 111111111111: 1 not running for an hour', attributes: { severity: 'critical' } },
    ]);
    scene.region.ec2.noCapacity.clear();
    await ticks(scene, TUESDAY, '12:00', '12:05', '12:10');
    expect(web.State?.Name).toBe('running');
    expect(toldBy(scene).slice(3)).toMatchObject([
      { subject: expect.stringContaining('all run now') as string, attributes: { severity: 'info' } },
    ]);
    const tries = (await changesOf(scene)).filter(({ outcome }) => outcome === 'failed').length;
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(tries).toBeLessThanOrEqual(6);
  });
});

describe('right-size and off-hours on one resource', () => {
  it('what right-size has stopped is not started by off-hours', async () => {
    const { scene, web } = await noon({ rules: { 'idle-instance': { mode: 'auto' } } });
    Object.assign(web, { State: { Name: 'stopped', Code: 80 } }); // as its plan leaves it
    await ticks(scene, MONDAY, '15:00', '21:00');
    const morning = await tick(scene, seoul(`${TUESDAY} 08:00`));
    expect([actsOf(morning), leftOf(morning, 'web')]).toEqual([[], 'not started: off-hours did not stop it']);
  });

  it('work on it one after the other: who comes second is skipped, and tries again', async () => {
    const { scene, web } = await noon();
    const { dynamodb: client, table } = scene.hub;
    const leases = leasesIn({ client, table });
    const evening = seoul(`${MONDAY} 21:00`);
    const taken = await leases.takeLease(
      {
        resource: stopOfInstance(web).resource.arn,
        planId: 'right-size-2026-11-23-1200-111111111111-abcdef',
        priority: 1,
        until: new Date(evening.getTime() + 12 * 60_000),
      },
      evening,
    );
    if (!('lease' in taken)) throw new Error('the lease is somebody else’s');
    await leases.beginApply(taken.lease); // it is at work, and is not interrupted
    await ticks(scene, MONDAY, '21:00', '21:05', '21:10');
    expect((await changesOf(scene)).map(({ outcome, because }) => [outcome, because])).toEqual([
      ['skipped', expect.stringContaining('works on it')],
      ['skipped', expect.stringContaining('works on it')],
    ]);
    expect(subjects(scene).slice(1)).toEqual(['[Lamplighter] 111111111111: 1 not stopped yet']);
    await ticks(scene, MONDAY, '21:20', '21:25');
    expect(web.State?.Name).toBe('stopped');
    expect(subjects(scene).slice(2)).toEqual([expect.stringContaining('as they should be')]);
  });

  it('a person’s plan goes first: what it starts at night is respected', async () => {
    const { scene, web } = await night();
    await handOver(scene, [takingBack(stopOfInstance(web))], { function: 'undo', approved: true });
    await scene.lambda.advance({ minutes: 5 });
    const found = await tick(scene);
    expect([web.State?.Name, leftOf(found, 'web')]).toEqual([
      'running',
      expect.stringContaining('somebody started it'),
    ]);
  });
});

describe('a schedule in mode auto', () => {
  it('starts what it has stopped when it is in mode approve by then, and asks about the next evening', async () => {
    const { scene, web } = await night();
    await decree(scene, schedule({ mode: 'approve' }));
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect(web.State?.Name).toBe('running');
    const evening = await tick(scene, seoul(`${TUESDAY} 21:00`));
    expect([evening.act?.map(({ mode }) => mode), web.State?.Name]).toEqual([['approve'], 'running']);
    expect(subjects(scene).at(-1)).toBe('[Lamplighter] 111111111111: 1 to stop waits for an approval');
  });
});
