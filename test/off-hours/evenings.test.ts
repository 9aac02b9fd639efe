import { describe, expect, it } from 'vitest';
import { bookingsOf, realisedSavings } from '../../shared/core/savings.ts';
import {
  actsOf,
  changesOf,
  database,
  group,
  instance,
  leftOf,
  MONDAY,
  memoryOf,
  openEstate,
  retag,
  SCHEDULE_TAG,
  schedule,
  seoul,
  service,
  sizesOf,
  tick,
  ticks,
  toldBy,
  wake,
  warehouse,
} from '../support/off-hours.ts';

const TUESDAY = '2026-11-24';

describe('an evening and a morning', () => {
  it('stop what the schedule turns off, and have it running again, without a word', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    const orders = database(scene, 'orders');
    const [workers, api, figures] = [group(scene, 'workers'), service(scene, 'api'), warehouse(scene, 'figures')];
    await tick(scene, seoul(`${MONDAY} 08:05`));
    expect(toldBy(scene).map(({ subject }) => subject)).toEqual([
      '[Lamplighter] 111111111111: 5 under a schedule from now on',
    ]);

    const evening = await ticks(scene, MONDAY, '20:55', '21:00', '21:05', '21:15');
    expect(actsOf(evening[1]!)).toEqual([
      'set the Auto Scaling group to 0 instances workers',
      'stop the instance web',
      'set the ECS service to 0 tasks api',
      'stop the database orders',
      'pause the Redshift cluster figures',
    ]);
    expect([
      web.State?.Name,
      orders.DBInstanceStatus,
      sizesOf(workers),
      api.desiredCount,
      figures.ClusterStatus,
    ]).toEqual(['stopped', 'stopped', [0, 0, 0], 0, 'paused']);
    expect(await memoryOf(scene, 'workers')).toMatchObject({
      stoppedByUs: true,
      capacity: { min: 1, desired: 3, max: 6 },
    });

    const morning = await ticks(scene, TUESDAY, '07:55', '08:00', '08:05', '08:10', '08:20', '08:25');
    expect([morning[0]?.said, morning.at(-1)?.said]).toEqual(['nothing', 'nothing']);
    expect(morning[1]?.act?.map(({ step, name }) => `${step} ${name}`)).toEqual([
      '1 orders',
      '1 figures',
      '2 workers',
      '2 web',
      '2 api',
    ]);
    expect([
      web.State?.Name,
      orders.DBInstanceStatus,
      sizesOf(workers),
      api.desiredCount,
      figures.ClusterStatus,
    ]).toEqual(['running', 'available', [1, 3, 6], 2, 'available']);
    expect(await memoryOf(scene, 'workers')).not.toHaveProperty('capacity');
    expect(toldBy(scene)).toHaveLength(1); // nothing since the beginning
    expect((await changesOf(scene)).map(({ outcome }) => outcome)).toEqual(Array(10).fill('kept'));
  });

  it('book the hours that it was really off, at the price that it had', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    await ticks(scene, TUESDAY, '08:00', '08:05');
    const { bySchedule } = realisedSavings(
      bookingsOf(await changesOf(scene), { now: scene.sandbox.clock.now(), timezone: 'Asia/Seoul' }),
    );
    expect(bySchedule).toEqual([
      {
        of: 'office',
        hours: expect.closeTo(11, 1) as number,
        saved: [{ currency: 'USD', amount: expect.closeTo(11 * 0.118, 1) as number }],
        unknown: 0,
      },
    ]);
  });

  it('have no morning on a holiday, and none on the days of an own list', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await tick(scene, seoul('2026-12-24 12:00'));
    await ticks(scene, '2026-12-24', '21:00', '21:05');
    expect(leftOf(await tick(scene, seoul('2026-12-25 08:00')), 'web')).toBe('off: holiday: Christmas Day');
    expect(web.State?.Name).toBe('stopped');
    expect(actsOf(await tick(scene, seoul('2026-12-28 08:00')))).toEqual(['start the instance web']); // a Monday
  });

  it('write nothing while nothing changes, and take no turn', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    scene.sandbox.calls.clear();
    expect((await tick(scene, seoul(`${MONDAY} 08:10`))).said).toBe('nothing');
    const { calls } = scene.sandbox;
    expect(calls.all().filter(({ operation }) => /Put|Update|BatchWrite|Publish|Invoke/.test(operation))).toEqual([]);
    expect(calls.count('DescribeAlarms') + calls.count('DescribeEvents')).toBe(0);
  });

  it('ask nothing of AWS where the policy has no schedule', async () => {
    const scene = await openEstate({ policy: { calendars: {}, schedules: {} } });
    instance(scene, 'web');
    scene.sandbox.calls.clear();
    expect(await tick(scene, seoul(`${MONDAY} 08:05`))).toMatchObject({ said: 'nothing', left: [] });
    expect(scene.sandbox.calls.all().every(({ service }) => service === 'dynamodb')).toBe(true);
  });

  it('are two plans when there is more to stop than the schedule allows at once', async () => {
    const scene = await openEstate({ policy: schedule({ stopAtMost: 2 }) });
    for (const name of ['a', 'b', 'c']) instance(scene, name);
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const [first, second] = await ticks(scene, MONDAY, '21:00', '21:05');
    expect([first?.act?.length, first?.deferred?.map(({ because }) => because)]).toEqual([
      2,
      ['at most 2 of the schedule office are stopped in one plan'],
    ]);
    expect([second?.act?.length, second?.deferred]).toEqual([1, []]);
  });
});

describe('alarms of what is stopped', () => {
  const alarm = (scene: Awaited<ReturnType<typeof openEstate>>, AlarmName: string, id: string) => {
    const stored = {
      AlarmName,
      AlarmArn: `arn:aws:cloudwatch:ap-northeast-2:111111111111:alarm:${AlarmName}`,
      Dimensions: [{ Name: 'InstanceId', Value: id }],
      ActionsEnabled: true,
      AlarmActions: ['arn:aws:sns:ap-northeast-2:111111111111:pager'],
      StateValue: 'OK' as const,
    };
    scene.region.cloudwatch.alarms.set(AlarmName, stored);
    return () => scene.region.cloudwatch.alarms.get(AlarmName)?.ActionsEnabled;
  };

  it('are muted with it where the schedule says so, and heard again in the morning', async () => {
    const scene = await openEstate({ policy: schedule({ alarms: 'mute' }) });
    const web = instance(scene, 'web');
    const isHeard = alarm(scene, 'web-cpu', web.InstanceId);
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    expect([web.State?.Name, isHeard(), (await memoryOf(scene, 'web'))?.muted]).toEqual([
      'stopped',
      false,
      ['web-cpu'],
    ]);
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect([web.State?.Name, isHeard()]).toEqual(['running', true]);
    expect(await memoryOf(scene, 'web')).not.toHaveProperty('muted');
  });

  it('are heard from the morning on when somebody has started it at night', async () => {
    const scene = await openEstate({ policy: schedule({ alarms: 'mute' }) });
    const web = instance(scene, 'web');
    const isHeard = alarm(scene, 'web-cpu', web.InstanceId);
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    Object.assign(web, { State: { Name: 'running', Code: 16 } });
    await tick(scene, seoul(`${MONDAY} 23:00`));
    expect(isHeard()).toBe(false);
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect([isHeard(), scene.sandbox.calls.count('StartInstances')]).toEqual([true, 0]);
    const plans = scene.lambda.executions.all().length;
    await ticks(scene, TUESDAY, '08:10', '08:30', '09:30');
    expect(await memoryOf(scene, 'web')).not.toHaveProperty('muted');
    expect([scene.lambda.executions.all().length, toldBy(scene).map(({ subject }) => subject)]).toEqual([
      plans,
      [expect.stringContaining('under a schedule from now on')],
    ]);
  });

  it('are heard at once when AWS does not answer whether it stops it, and it does not', async () => {
    const scene = await openEstate({ policy: schedule({ alarms: 'mute' }) });
    const web = instance(scene, 'web');
    const isHeard = alarm(scene, 'web-cpu', web.InstanceId);
    await tick(scene, seoul(`${MONDAY} 08:05`));
    scene.sandbox.faults.add({ operation: 'StopInstances', fault: 'serverError' });
    await tick(scene, seoul(`${MONDAY} 21:00`));
    await scene.lambda.finish();
    expect(scene.sandbox.calls.count('DisableAlarmActions')).toBeGreaterThan(0);
    expect([web.State?.Name, isHeard()]).toEqual(['running', true]);
  });

  it('that nobody may read keep it running, and that is said', async () => {
    const scene = await openEstate({ policy: schedule({ alarms: 'mute' }) });
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    expect(leftOf(evening, 'web')).toMatch(/^its alarms cannot be muted: may not read alarms in ap-northeast-2/);
    expect([web.State?.Name, toldBy(scene).at(-1)?.subject]).toEqual([
      'running',
      '[Lamplighter] 111111111111: 1 problem with schedules',
    ]);
  });
});

describe('sizes of a group', () => {
  it('are those from before its first stop, also after a second stop', async () => {
    const scene = await openEstate({ policy: schedule({ manual: 'enforce' }) });
    const workers = group(scene, 'workers');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    // Somebody needs one of them at night; the schedule is enforced.
    Object.assign(workers, { MinSize: 0, DesiredCapacity: 1, MaxSize: 1 });
    const night = await ticks(scene, MONDAY, '23:00', '23:05');
    expect(actsOf(night[0]!)).toEqual(['set the Auto Scaling group to 0 instances workers']);
    expect(sizesOf(workers)).toEqual([0, 0, 0]);
    await ticks(scene, TUESDAY, '08:00', '08:05');
    expect(sizesOf(workers)).toEqual([1, 3, 6]);
  });

  it('of nothing, when it is first seen, are nobody’s to restore', async () => {
    const scene = await openEstate();
    const workers = group(scene, 'workers', 0);
    await ticks(scene, MONDAY, '08:05', '21:00');
    expect(leftOf(await tick(scene, seoul(`${TUESDAY} 08:00`)), 'workers')).toBe(
      'not started: off-hours did not stop it',
    );
    expect(sizesOf(workers)).toEqual([0, 0, 6]);
  });

  it('are never those of its members: an instance of a group is left to it', async () => {
    const scene = await openEstate();
    const workers = group(scene, 'workers');
    for (const one of scene.region.ec2.instances.values()) one.Tags.push({ Key: SCHEDULE_TAG, Value: 'office' });
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const evening = await tick(scene, seoul(`${MONDAY} 21:00`));
    expect(actsOf(evening)).toEqual(['set the Auto Scaling group to 0 instances workers']);
    expect(workers.Instances?.length).toBeLessThanOrEqual(3);
    expect(evening.left?.every(({ because }) => /Auto Scaling group/.test(because))).toBe(true);
  });
});

describe('what is asked about', () => {
  it('waits for an approval all night, and no later tick asks again', async () => {
    const scene = await openEstate({ policy: schedule({ mode: 'approve' }) });
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const evening = await ticks(scene, MONDAY, '21:00', '21:05', '22:00');
    expect(evening.map(({ act }) => act?.length)).toEqual([1, 0, 0]);
    expect(leftOf(evening[1]!, 'web')).toBe(`it waits for an approval: plan ${evening[0]?.plan}`);
    expect(toldBy(scene).at(-1)?.text).toContain(`npm run answer -- approve ${evening[0]?.plan}`);
    const morning = await ticks(scene, TUESDAY, '08:00', '08:10');
    expect([web.State?.Name, leftOf(morning[1]!, 'web')]).toEqual(['running', 'on: weekly window Mon-Fri 08:00-21:00']);
    expect((await changesOf(scene)).map(({ outcome }) => outcome)).toEqual(['expired']);
    expect(await memoryOf(scene, 'web')).not.toHaveProperty('pending');
  });

  it('is not even asked in mode report: it is said', async () => {
    const scene = await openEstate({ policy: schedule({ mode: 'report' }) });
    const web = instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    const [evening, later] = await ticks(scene, MONDAY, '21:00', '21:05');
    expect([evening?.act?.map(({ mode }) => mode), later?.act]).toEqual([['report'], []]);
    expect(toldBy(scene).at(-1)?.text).toContain('Would be stopped now:\n- web (m5.large)');
    expect([web.State?.Name, scene.lambda.executions.all()]).toEqual(['running', []]);
  });
});

describe('a change of the policy', () => {
  it('is not needed to know a resource again whose tag comes and goes', async () => {
    const scene = await openEstate();
    const web = instance(scene, 'web');
    await ticks(scene, MONDAY, '08:05', '21:00', '21:05');
    retag(web, SCHEDULE_TAG);
    await tick(scene, seoul(`${MONDAY} 22:00`));
    retag(web, SCHEDULE_TAG, 'office');
    expect(actsOf(await tick(scene, seoul(`${TUESDAY} 08:00`)))).toEqual(['start the instance web']);
  });

  it('is looked at without a trace by who only asks', async () => {
    const scene = await openEstate();
    instance(scene, 'web');
    await tick(scene, seoul(`${MONDAY} 08:05`));
    await scene.lambda.advanceTo(seoul(`${MONDAY} 21:00`));
    const [asked] = await wake(scene, { mode: 'report' });
    expect(actsOf(asked!)).toEqual(['stop the instance web']);
    expect(actsOf(await tick(scene))).toEqual(['stop the instance web']);
  });
});
