import { describe, expect, it } from 'vitest';
import type { AlarmEvent } from '../../sandbox/estate/alarm-change.ts';
import { arnOf, composite, failing, filling, loaded, quiet, turned } from '../support/alarmed.ts';
import { flip, mutations, type Scene } from '../support/carry-out.ts';
import {
  changesOf,
  deliver,
  keptOf,
  memoryOf,
  openNight,
  storedDatabase,
  toldBy,
  wake,
} from '../support/remediate-alarm.ts';

/** An alarm that stays on sends no second event: what was left for a while is looked at again. */

const texts = (scene: Scene): string[] => toldBy(scene).map(({ text }) => text);

/** The schedule's tick, so many minutes later. */
async function tick(scene: Scene, minutes: number): Promise<void> {
  await scene.lambda.advance({ minutes });
  await wake(scene, { time: scene.sandbox.clock.now().toISOString() }, `tick-${scene.sandbox.clock.now().getTime()}`);
  await scene.lambda.settle();
}

const waitsOf = async (scene: Scene) =>
  (await memoryOf(scene)).alarms.flatMap(({ answers }) => answers.map(({ waits }) => waits?.for));

/** The storage of a database is nearly full while it is backed up. */
async function backedUp() {
  const scene = await openNight();
  const { alarm } = filling(scene, 'orders', { DBInstanceStatus: 'backing-up' });
  await deliver(scene, [turned(scene, alarm)]);
  return { scene, alarm };
}

describe('a full disk of a database that is backed up', () => {
  it('is looked at again, which is said, and grown when the backup is over', async () => {
    const { scene } = await backedUp();
    expect(texts(scene)).toEqual([
      expect.stringContaining(
        'what happens next: nothing for now. It is looked at again from 2026-11-23 06:45 Asia/Seoul on, as long as it is on.',
      ),
    ]);
    await tick(scene, 14);
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    expect([mutations(scene), texts(scene).length]).toEqual([[], 1]);
    await tick(scene, 1);
    await scene.lambda.advance({ hours: 1 });
    expect([mutations(scene), await changesOf(scene)]).toMatchObject([
      ['ModifyDBInstance orders'],
      [{ outcome: 'kept' }],
    ]);
    expect(toldBy(scene).at(-1)?.subject).toBe(
      '[Lamplighter] 111111111111: orders: database-storage-low, carried out now',
    );
  });

  it('is told once, however often it is looked at', async () => {
    const { scene } = await backedUp();
    for (let looks = 0; looks < 6; looks += 1) await tick(scene, 15);
    expect([mutations(scene), texts(scene).length, await waitsOf(scene)]).toEqual([[], 1, ['passing']]);
  });

  it('is looked at again by any delivery of the account', async () => {
    const { scene } = await backedUp();
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await scene.lambda.advance({ minutes: 15 });
    quiet(scene, 'queue', { Namespace: 'AWS/SQS', MetricName: 'Age', Dimensions: [{ Name: 'QueueName', Value: 'q' }] });
    await deliver(scene, [turned(scene, 'queue')]);
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it('is not looked into any more when its alarm was OK meanwhile, whether or not anybody told', async () => {
    const { scene, alarm } = await backedUp();
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    turned(scene, alarm, 'OK');
    await scene.lambda.advance({ minutes: 5 });
    turned(scene, alarm);
    await tick(scene, 15);
    expect([mutations(scene), texts(scene).length, await waitsOf(scene)]).toEqual([[], 1, [undefined]]);
  });

  it('is not waited for when its alarm is deleted', async () => {
    const { scene, alarm } = await backedUp();
    scene.region.cloudwatch.alarms.delete(alarm);
    await tick(scene, 15);
    expect([texts(scene).length, await waitsOf(scene)]).toEqual([1, [undefined]]);
  });

  it('waits on while nobody may read its alarm', async () => {
    const { scene } = await backedUp();
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    const { remove } = scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
    await tick(scene, 15);
    expect([mutations(scene), texts(scene).length]).toEqual([[], 1]);
    remove();
    await tick(scene, 15);
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });
});

describe('a full disk whose own alarm is quiet, under a composite', () => {
  const quietChild = async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { DBInstanceStatus: 'backing-up' });
    composite(scene, 'orders-down', [alarm]);
    return { scene, alarm, wantQuiet: () => actionsOf(scene, alarm, false) };
  };
  const actionsOf = ({ region }: Scene, alarm: string, ActionsEnabled: boolean) =>
    Object.assign(region.cloudwatch.alarms.get(alarm) ?? {}, { ActionsEnabled });

  it('is grown when the backup is over, for its composite has spoken for it', async () => {
    const { scene, alarm, wantQuiet } = await quietChild();
    wantQuiet();
    await deliver(scene, [turned(scene, alarm), turned(scene, 'orders-down')]);
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await tick(scene, 15);
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it('is left when somebody wants it quiet only since', async () => {
    const { scene, alarm, wantQuiet } = await quietChild();
    await deliver(scene, [turned(scene, alarm), turned(scene, 'orders-down')]);
    wantQuiet();
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await tick(scene, 15);
    expect(mutations(scene)).toEqual([]);
  });
});

describe('what AWS did not answer', () => {
  const throttled = { error: { code: 'ThrottlingException', message: 'Rate exceeded', status: 400 } } as const;

  it.each(['DescribeDBInstances', 'GetMetricData', 'DescribeEvents'])(
    'to %s is asked for again, and told once',
    async (operation) => {
      const scene = await openNight();
      const { alarm } = filling(scene, 'orders');
      const { remove } = scene.sandbox.faults.add({ operation, fault: throttled });
      await deliver(scene, [turned(scene, alarm)]);
      await tick(scene, 15);
      expect([mutations(scene), toldBy(scene).map(({ subject }) => subject)]).toEqual([
        [],
        [expect.stringContaining('left to you for now')],
      ]);
      remove();
      await tick(scene, 15);
      expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
    },
  );

  it('because it may not is asked for again, for when it may', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    const { remove } = scene.sandbox.faults.add({ operation: 'GetMetricData', fault: 'accessDenied' });
    await deliver(scene, [turned(scene, alarm)]);
    remove();
    await tick(scene, 15);
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it('of an instance that is only coming up is asked for again', async () => {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'instance');
    stored.State = { Name: 'pending', Code: 0 };
    await deliver(scene, [turned(scene, alarm)]);
    expect(mutations(scene)).toEqual([]);
    stored.State = { Name: 'running', Code: 16 };
    await tick(scene, 15);
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances /)]);
  });
});

describe('an instance that a reboot did not help', () => {
  const unhelped = async () => {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'instance', false);
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'failed' }]);
    return { scene, alarm, stored };
  };
  const asked = (scene: Scene) => {
    const { subject, text } = toldBy(scene).at(-1) ?? {};
    expect([subject, text]).toEqual([
      '[Lamplighter] 111111111111: web: instance-unwell, waiting for an approval',
      expect.stringContaining('was at it within 24 hours without an approval, and it did not last'),
    ]);
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances /)]);
  };

  it('is not rebooted again without an approval when its alarm comes back', async () => {
    const { scene, alarm } = await unhelped();
    await deliver(scene, [turned(scene, alarm, 'INSUFFICIENT_DATA')]);
    await scene.lambda.advance({ minutes: 6 });
    await deliver(scene, [turned(scene, alarm)]);
    for (let looks = 0; looks < 8; looks += 1) await tick(scene, 15);
    asked(scene);
  });

  it('nor for another alarm of it', async () => {
    const { scene, stored } = await unhelped();
    const Dimensions = [{ Name: 'InstanceId', Value: stored.InstanceId }];
    quiet(scene, 'web-other', { Namespace: 'AWS/EC2', MetricName: 'StatusCheckFailed_Instance', Dimensions });
    await scene.lambda.advance({ hours: 2 });
    await deliver(scene, [turned(scene, 'web-other')]);
    asked(scene);
  });

  it('nor because a person asks about it', async () => {
    const { scene, alarm } = await unhelped();
    await wake(scene, { alarm });
    await scene.lambda.advance({ hours: 1 });
    asked(scene);
  });

  it('is rebooted when the reboot before was not made', async () => {
    const scene = await openNight();
    const { alarm } = failing(scene, 'web', 'instance', false);
    flip(scene, 'pause', 'on');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect([mutations(scene), await changesOf(scene)]).toMatchObject([[], [{ outcome: 'skipped' }]]);
    flip(scene, 'pause', 'off');
    turned(scene, alarm, 'OK');
    await scene.lambda.advance({ hours: 2 });
    await deliver(scene, [turned(scene, alarm)]);
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances /)]);
  });

  it('is rebooted once more a day later', async () => {
    const { scene, alarm } = await unhelped();
    turned(scene, alarm, 'OK');
    await scene.lambda.advance({ days: 1 });
    await deliver(scene, [turned(scene, alarm)]);
    expect(mutations(scene)).toHaveLength(2);
  });
});

describe('an instance whose host has begun to fail', () => {
  async function failingHost() {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'system');
    const since = new Date(scene.sandbox.clock.now().getTime() - 120_000);
    scene.region.ec2.impairments.set(stored.InstanceId, [{ check: 'system', since, until: 'start' }]);
    await deliver(scene, [turned(scene, alarm)]);
    return { scene, alarm, stored };
  }

  it('is left to automatic recovery, which is said, and moved when ten minutes did not help', async () => {
    const { scene } = await failingHost();
    expect(texts(scene)).toEqual([
      expect.stringMatching(
        /AWS may be bringing it to another host by itself[\s\S]+It is looked at again from 2026-11-23 06:38 Asia\/Seoul on/,
      ),
    ]);
    await tick(scene, 7);
    expect([scene.lambda.executions.all(), texts(scene).length]).toEqual([[], 1]);
    await tick(scene, 1);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene).map((one) => one.split(' ')[0])).toEqual(['StopInstances', 'StartInstances']);
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'kept', approvedBy: 'policy' }]);
  });

  it('is not moved once AWS has recovered it', async () => {
    const { scene, alarm, stored } = await failingHost();
    scene.region.ec2.impairments.delete(stored.InstanceId);
    turned(scene, alarm, 'OK');
    await tick(scene, 15);
    expect([mutations(scene), texts(scene).length, await waitsOf(scene)]).toEqual([[], 1, [undefined]]);
  });
});

describe('storage that was changed less than six hours ago', () => {
  it('is grown again when they are over, if its alarm is still on', async () => {
    const scene = await openNight({ policy: { remediation: { cooldown: '5m' } } });
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 2 });
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await deliver(scene, [turned(scene, alarm)]);
    expect(texts(scene).at(-1)).toMatch(
      /may refuse the next change until (.+) \[database-storage-low\][\s\S]+looked at again from \1 on/,
    );
    await tick(scene, 3 * 60);
    expect(mutations(scene)).toHaveLength(1);
    await tick(scene, 2 * 60);
    expect(mutations(scene)).toHaveLength(2);
  });
});

describe('an alarm whose database another runbook is at', () => {
  it('has its turn when that has ended', async () => {
    const scene = await openNight();
    const cpu = loaded(scene, 'orders').alarm;
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm), turned(scene, cpu)]);
    await scene.lambda.advance({ hours: 1 });
    expect(await changesOf(scene)).toHaveLength(1);
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await tick(scene, 0);
    expect(toldBy(scene).at(-1)?.facts.parts).toMatchObject([
      { runbook: 'database-saturated', turn: 'approve', alarms: [{ arn: arnOf(cpu) }] },
    ]);
  });
});

describe('an alarm that flapped and stays on', () => {
  it('is looked into when it is quiet', async () => {
    const scene = await openNight({ policy: { remediation: { flapping: { changes: 3, within: '30m' } } } });
    const { alarm } = failing(scene, 'web', 'instance');
    const events: AlarmEvent[] = [];
    for (const to of ['ALARM', 'OK', 'ALARM'] as const) {
      events.push(turned(scene, alarm, to));
      await scene.lambda.advance({ minutes: 2 });
    }
    await deliver(scene, events);
    expect([mutations(scene), texts(scene)]).toEqual([[], [expect.stringContaining('It is looked at again from')]]);
    await tick(scene, 23);
    expect(mutations(scene)).toEqual([]);
    await tick(scene, 1);
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances/)]);
  });
});

describe('a tick', () => {
  it('of a night in which nothing is due reads the policy and what is remembered, and no more', async () => {
    const { scene } = await backedUp();
    scene.sandbox.calls.clear();
    await tick(scene, 14);
    expect(scene.sandbox.calls.all().map(({ operation }) => operation)).toEqual(['GetItem', 'BatchGetItem']);
  });

  it('tells what a delivery that died could not', async () => {
    const scene = await openNight();
    const { alarm } = loaded(scene, 'carts');
    const { remove } = scene.sandbox.faults.add({
      service: 'sns',
      fault: { error: { code: 'InternalError', message: 'down', status: 500 } },
    });
    await deliver(scene, [turned(scene, alarm)]);
    expect((await keptOf(scene))?.state).toBe('handed-over');
    remove();
    await tick(scene, 15);
    expect([(await keptOf(scene))?.state, texts(scene).length]).toEqual(['told', 1]);
  });

  it('that has not come yet is refused', async () => {
    const scene = await openNight();
    await expect(wake(scene, { time: '2030-01-01T00:00:00Z' })).rejects.toThrow('time: not after now');
  });
});
