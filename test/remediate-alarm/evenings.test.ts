import { describe, expect, it } from 'vitest';
import { arnOf, exhausted, failing, filling, loaded, quiet, turned } from '../support/alarmed.ts';
import { flip, mutations, steady } from '../support/carry-out.ts';
import {
  approve,
  changesOf,
  deliver,
  keptOf,
  memoryOf,
  openNight,
  storedDatabase,
  toldBy,
  wake,
} from '../support/remediate-alarm.ts';

const subjects = (scene: Parameters<typeof toldBy>[0]) => toldBy(scene).map(({ subject }) => subject);

describe('storage that is nearly full', () => {
  it('is grown at once, told with its forecast, and kept when the alarm is OK again', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    expect(await deliver(scene, [turned(scene, alarm)])).toEqual([]);
    await scene.lambda.advance({ hours: 1 });
    expect([mutations(scene), storedDatabase(scene, 'orders').AllocatedStorage]).toEqual([
      ['ModifyDBInstance orders'],
      150,
    ]);
    expect(await changesOf(scene)).toMatchObject([
      { outcome: 'kept', because: expect.stringMatching(/^resolved after \d+ minutes$/) as string },
    ]);
    expect(toldBy(scene)).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: orders: database-storage-low, carried out now',
        severity: 'info',
        text: expect.stringContaining('trend of 14 days) it is full in 4.02 days') as string,
        facts: { parts: [{ turn: 'now', mode: 'auto', action: 'change-database-storage' }] },
      },
    ]);
    expect(toldBy(scene)[0]?.text).toMatch(
      /costs \$[\d.]+ a month more \(list\)[\s\S]+changed in the hour before: nothing/,
    );
  });

  it('is grown only once somebody approves it, in mode approve', async () => {
    const scene = await openNight({ policy: { remediation: { modes: { 'database-storage-low': 'approve' } } } });
    await deliver(scene, [turned(scene, filling(scene, 'orders').alarm)]);
    await scene.lambda.advance({ minutes: 20 });
    expect([mutations(scene), subjects(scene)]).toEqual([
      [],
      ['[Lamplighter] 111111111111: orders: database-storage-low, waiting for an approval'],
    ]);
    await approve(scene);
    await scene.lambda.advance({ hours: 1 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'kept' }]);
  });

  it('is only told of in mode report, with what a person would type', async () => {
    const scene = await openNight({ policy: { remediation: { modes: { 'database-storage-low': 'report' } } } });
    await deliver(scene, [turned(scene, filling(scene, 'orders').alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect([mutations(scene), scene.lambda.executions.all()]).toEqual([[], []]);
    expect(toldBy(scene)[0]?.text).toContain('--allocated-storage 150 --apply-immediately');
  });

  it('whose alarm stays on calls people, and is left alone until its cool-down is over', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 45 });
    expect(await changesOf(scene)).toMatchObject([
      { outcome: 'failed', because: 'the alarm is still on after 30 minutes; it is grown' },
    ]);
    turned(scene, alarm, 'OK');
    await scene.lambda.advance({ minutes: 5 });
    await deliver(scene, [turned(scene, alarm)]);
    expect(toldBy(scene).at(-1)?.text).toContain('leaves it alone until');
    expect(mutations(scene)).toHaveLength(1);
    expect((await memoryOf(scene)).remediations).toMatchObject([{ ended: expect.any(String) as string }]);
  });
});

describe('storage that something eats', () => {
  it('is grown three times within 30 days, and then only once somebody approves it', async () => {
    const scene = await openNight();
    const { alarm, stored } = filling(scene, 'orders', { helps: false });
    const goesOff = async () => {
      await deliver(scene, [turned(scene, alarm)]);
      turned(scene, alarm, 'OK');
      await scene.lambda.advance({ hours: 9 });
    };
    for (let time = 1; time <= 3; time += 1) await goesOff();
    const sizeGiB = stored.AllocatedStorage;
    const event = turned(scene, alarm);
    await deliver(scene, [event]);
    await deliver(scene, [event]);
    await scene.lambda.advance({ hours: 9 });
    expect([mutations(scene).length, stored.AllocatedStorage]).toEqual([3, sizeGiB]);
    const [last, ...before] = toldBy(scene).toReversed();
    expect(before.map(({ severity }) => severity)).toEqual(['info', 'info', 'info']);
    expect(last).toMatchObject({
      subject: '[Lamplighter] 111111111111: orders: database-storage-low, waiting for an approval',
      severity: 'warning',
      text: expect.stringContaining('it was let grow 3 times within 30 days') as string,
    });
  });
});

describe('an instance whose status check fails', () => {
  it('because of its host is moved to another one, and resolved', async () => {
    const scene = await openNight();
    await deliver(scene, [turned(scene, failing(scene, 'web', 'system').alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene).map((one) => one.split(' ')[0])).toEqual(['StopInstances', 'StartInstances']);
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'kept' }]);
    expect(toldBy(scene)[0]?.text).toContain('stop and a start bring it to another one; nothing is lost by it');
  });

  it('because of itself is rebooted once, and people are called when that does not help', async () => {
    const scene = await openNight();
    const { alarm } = failing(scene, 'web', 'instance', false);
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 40 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'failed' }]);
    turned(scene, alarm, 'OK');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances i-/)]);
    expect(subjects(scene).at(-1)).toBe('[Lamplighter] 111111111111: web: instance-unwell, left to you for now');
  });

  it('is left where the alarm itself reboots it', async () => {
    const scene = await openNight();
    const { alarm } = failing(scene, 'web', 'instance');
    const described = scene.region.cloudwatch.alarms.get(alarm);
    if (described) described.AlarmActions = ['arn:aws:automate:ap-northeast-2:ec2:reboot'];
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 30 });
    expect(mutations(scene)).toEqual([]);
    expect(toldBy(scene)[0]?.text).toContain("the alarm's own action is ec2:reboot");
  });

  it('is left to AWS, which reboots it for one alarm, when another one goes off a minute later', async () => {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'instance');
    quiet(scene, 'web-reboots', {
      ...scene.region.cloudwatch.alarms.get(alarm),
      AlarmName: 'web-reboots',
      AlarmArn: arnOf('web-reboots'),
      AlarmActions: ['arn:aws:automate:ap-northeast-2:ec2:reboot'],
    });
    await deliver(scene, [turned(scene, 'web-reboots')]);
    await scene.lambda.advance({ minutes: 1 });
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 30 });
    expect([mutations(scene), scene.region.ec2.impairments.has(stored.InstanceId)]).toEqual([[], true]);
    expect(await changesOf(scene)).toMatchObject([
      { outcome: 'skipped', because: expect.stringContaining('its alarm web-reboots is on') as string },
    ]);
  });

  it('is left in a freeze, which is said, unless the policy lets it be rebooted', async () => {
    const freeze = [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }];
    const frozen = await openNight({ policy: { freeze } });
    await deliver(frozen, [turned(frozen, failing(frozen, 'web', 'instance').alarm)]);
    expect([frozen.lambda.executions.all().length, toldBy(frozen)[0]?.text]).toEqual([
      0,
      expect.stringContaining('but frozen until 2026-12-01: sale'),
    ]);
    const open = await openNight({ policy: { freeze, remediation: { rebootInFreeze: 'allowed' } } });
    await deliver(open, [turned(open, failing(open, 'web', 'instance').alarm)]);
    await open.lambda.advance({ hours: 1 });
    expect(await changesOf(open)).toMatchObject([{ outcome: 'kept' }]);
  });

  it('is left when its tag protects it, which is said', async () => {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'instance');
    stored.Tags = [...(stored.Tags ?? []), { Key: 'lamplighter:protect', Value: 'audit' }];
    await deliver(scene, [turned(scene, alarm)]);
    expect([scene.lambda.executions.all().length, toldBy(scene)[0]?.text]).toEqual([
      0,
      expect.stringContaining('but it is protected by its tag lamplighter:protect (audit)'),
    ]);
  });
});

describe('a database under load', () => {
  it('is proposed one class larger, with its evidence, and becomes so once somebody approves it', async () => {
    const scene = await openNight();
    const { alarm } = loaded(scene, 'carts');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 20 });
    const [told] = toldBy(scene);
    expect([mutations(scene), told?.subject]).toEqual([
      [],
      '[Lamplighter] 111111111111: carts: database-saturated, waiting for an approval',
    ]);
    expect(told?.text).toMatch(
      /db\.r6g\.xlarge is one step up[\s\S]+costs \$[\d.,]+ a month more[\s\S]+connections: 180/,
    );
    await approve(scene);
    await scene.lambda.advance({ minutes: 10 });
    turned(scene, alarm, 'OK');
    await scene.lambda.advance({ hours: 1 });
    expect([storedDatabase(scene, 'carts').DBInstanceClass, await changesOf(scene)]).toMatchObject([
      'db.r6g.xlarge',
      [{ outcome: 'kept' }],
    ]);
  });
});

describe('a database without CPU credits', () => {
  it('is proposed one class larger', async () => {
    const scene = await openNight();
    const { alarm } = loaded(scene, 'carts', { DBInstanceClass: 'db.t4g.medium' });
    const described = scene.region.cloudwatch.alarms.get(alarm);
    if (described)
      Object.assign(described, { MetricName: 'CPUCreditBalance', ComparisonOperator: 'LessThanThreshold' });
    await deliver(scene, [turned(scene, alarm)]);
    expect(await keptOf(scene)).toMatchObject({
      plans: [{ act: [{ rule: 'credits-exhausted', mode: 'approve', action: { to: 'db.t4g.large' } }] }],
    });
  });
});

describe('a larger class, which is an outage', () => {
  const freeze = [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }];

  it.each([
    ['never', 'but frozen until 2026-12-01: sale'],
    ['allowed', 'it waits for an approval'],
  ])('is proposed in a freeze as the policy says: %s', async (rebootInFreeze, says) => {
    const scene = await openNight({ policy: { freeze, remediation: { rebootInFreeze } } });
    await deliver(scene, [turned(scene, loaded(scene, 'carts').alarm)]);
    expect(toldBy(scene)[0]?.text).toContain(says);
  });

  it.each<[string, (scene: Parameters<typeof toldBy>[0]) => unknown, string]>([
    [
      'a freeze',
      ({ hub }) =>
        hub.storePolicy({
          timezone: 'Asia/Seoul',
          remediation: { modes: { 'database-saturated': 'approve' } },
          freeze,
        }),
      'frozen until 2026-12-01: sale',
    ],
    ['pause', (scene) => flip(scene, 'pause', 'on'), 'the switch pause is on'],
  ])('is not made when %s came before the approval', async (_, happen, because) => {
    const scene = await openNight();
    await deliver(scene, [turned(scene, loaded(scene, 'carts').alarm)]);
    await happen(scene);
    await approve(scene);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene)).toEqual([]);
    expect(await changesOf(scene)).toMatchObject([{ because: expect.stringContaining(because) as string }]);
  });
});

describe('a database for which a larger class waits for an approval', () => {
  it('is grown all the same when its storage is nearly full', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    quiet(scene, 'orders-cpu', { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions });
    await deliver(scene, [turned(scene, 'orders-cpu')]);
    await scene.lambda.advance({ hours: 2 });
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
    turned(scene, 'orders-cpu', 'OK');
    await deliver(scene, [turned(scene, 'orders-cpu')]);
    expect(toldBy(scene).at(-1)?.text).toContain('database-saturated is at it already (plan remediate-alarm-');
  });
});

describe('a burstable instance without CPU credits', () => {
  it('is proposed to have unlimited ones, and has them once somebody approves it, however long its alarm stays on', async () => {
    const scene = await openNight();
    const { alarm, stored } = exhausted(scene, 'batch');
    await deliver(scene, [turned(scene, alarm)]);
    await approve(scene);
    await scene.lambda.advance({ hours: 1 });
    expect([scene.region.ec2.cpuCredits.get(stored.InstanceId), await changesOf(scene)]).toMatchObject([
      'unlimited',
      [
        {
          outcome: 'kept',
          because: expect.stringMatching(/^unlimited credits are on; .+ its alarm stays on until/) as string,
        },
      ],
    ]);
    expect(scene.region.cloudwatch.alarms.get(alarm)?.StateValue).toBe('ALARM');
  });

  it('that is unlimited already is proposed one type larger, with its price', async () => {
    const scene = await openNight();
    const { alarm, stored } = exhausted(scene, 'batch');
    scene.region.ec2.cpuCredits.set(stored.InstanceId, 'unlimited');
    await deliver(scene, [turned(scene, alarm)]);
    expect((await keptOf(scene))?.plans).toMatchObject([
      { act: [{ action: { kind: 'resize-instance', from: 't3.large', to: 't3.xlarge' }, mode: 'approve' }] },
    ]);
    expect(toldBy(scene)[0]?.text).toMatch(/costs \$[\d.]+ a month more \(list\)/);
  });

  it('for which that makes it worse has it taken back, and people are called', async () => {
    const scene = await openNight();
    const { alarm, stored } = exhausted(scene, 'batch');
    const Dimensions = [{ Name: 'InstanceId', Value: stored.InstanceId }];
    quiet(scene, 'batch-cost', { Namespace: 'Shop', MetricName: 'cost', Dimensions });
    await deliver(scene, [turned(scene, alarm)]);
    await approve(scene);
    await scene.lambda.advance({ minutes: 10 });
    turned(scene, 'batch-cost');
    await scene.lambda.advance({ hours: 1 });
    expect([scene.region.ec2.cpuCredits.get(stored.InstanceId), await changesOf(scene)]).toMatchObject([
      'standard',
      [{ outcome: 'undone', escalated: true }],
    ]);
  });
});

describe('what is only looked into', () => {
  it('a replica that is behind, with how far', async () => {
    const scene = await openNight();
    scene.region.rds.addInstance({
      DBInstanceIdentifier: 'orders-read',
      ReadReplicaSourceDBInstanceIdentifier: 'orders',
    });
    const of = { namespace: 'AWS/RDS', dimension: 'DBInstanceIdentifier', of: 'orders-read' };
    steady(scene.region, { ...of, metric: 'ReplicaLag', value: 640 });
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders-read' }];
    quiet(scene, 'orders-lag', { Namespace: 'AWS/RDS', MetricName: 'ReplicaLag', Dimensions, Threshold: 300 });
    await deliver(scene, [turned(scene, 'orders-lag')]);
    expect(toldBy(scene)).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: orders-read: replica-lag, left to you',
        text: expect.stringContaining('orders-read: 640 seconds behind') as string,
      },
    ]);
    expect(await keptOf(scene)).toMatchObject({ plans: [], state: 'told' });
  });

  it('a disk, with what a person types', async () => {
    const scene = await openNight();
    const { InstanceId } = scene.region.ec2.addInstance({ InstanceType: 'm5.large' });
    const dimensions = { InstanceId, path: '/data', device: 'nvme1n1', fstype: 'xfs' };
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    quiet(scene, 'data-full', { Namespace: 'CWAgent', MetricName: 'disk_used_percent', Dimensions, Threshold: 90 });
    await deliver(scene, [turned(scene, 'data-full')]);
    expect(toldBy(scene)[0]?.text).toMatch(/disk: \/data on nvme1n1 \(xfs\)[\s\S]+du -xh --max-depth=2 '\/data'/);
  });

  it('what does nothing, with a verdict now; right-size has it first', async () => {
    const scene = await openNight();
    const { DBInstanceArn } = scene.region.rds.addInstance({ DBInstanceIdentifier: 'orders-qa' });
    const of = { namespace: 'AWS/RDS', dimension: 'DBInstanceIdentifier', of: 'orders-qa' };
    steady(scene.region, { ...of, metric: 'DatabaseConnections', value: 0 });
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders-qa' }];
    quiet(scene, 'orders-idle', {
      Namespace: 'AWS/RDS',
      MetricName: 'DatabaseConnections',
      Dimensions,
      ComparisonOperator: 'LessThanThreshold',
    });
    await deliver(scene, [turned(scene, 'orders-idle')]);
    expect(toldBy(scene)[0]?.text).toContain('it looks idle: nobody connected in 24 hours');
    expect((await keptOf(scene))?.idle).toEqual([DBInstanceArn]);
  });

  it('what no runbook fits, with what was looked at', async () => {
    const scene = await openNight();
    const Dimensions = [{ Name: 'Service', Value: 'checkout' }];
    quiet(scene, 'latency', { Namespace: 'Shop', MetricName: 'p99', Dimensions });
    await deliver(scene, [turned(scene, 'latency')]);
    expect(toldBy(scene)).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: the alarm latency: no runbook, left to you',
        text: expect.stringContaining('looked at Shop p99 (Minimum) of Service=checkout') as string,
      },
    ]);
  });
});

describe('what changed in the hour before', () => {
  it('is told, also what Lamplighter itself did', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ minutes: 20 });
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    quiet(scene, 'orders-cpu', { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions });
    await deliver(scene, [turned(scene, 'orders-cpu')]);
    expect(toldBy(scene).at(-1)?.text).toMatch(/our change-database-storage: it is grown \(remediate-alarm-/);
  });
});

describe('by hand', () => {
  it('an alarm is looked into now, however long it is on', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    turned(scene, alarm);
    await scene.lambda.advance({ hours: 5 });
    const [answer] = await wake(scene, { alarm });
    await scene.lambda.advance({ hours: 1 });
    expect([answer?.told, mutations(scene)]).toMatchObject([[{ turn: 'now' }], ['ModifyDBInstance orders']]);
  });

  it('one that was too old for its event is, too', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    const event = turned(scene, alarm);
    await scene.lambda.advance({ minutes: 30 });
    await deliver(scene, [event]);
    expect(mutations(scene)).toEqual([]);
    await wake(scene, { alarm });
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it('one that a plan answers already is not answered twice', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    await deliver(scene, [turned(scene, alarm)]);
    const [answer] = await wake(scene, { alarm });
    expect(answer).toMatchObject({ said: 'nothing', plans: [], quiet: [{ guard: 'already-answered' }] });
    expect(scene.lambda.executions.all()).toHaveLength(1);
  });

  it('everything that is on is looked into, and nothing is done, written or said', async () => {
    const scene = await openNight();
    for (const name of ['orders', 'stock']) turned(scene, filling(scene, name).alarm);
    const [answer] = await wake(scene, { mode: 'report' });
    expect(answer?.told.map(({ about, turn }) => [about, turn])).toEqual([
      ['orders', 'now'],
      ['stock', 'now'],
    ]);
    expect([await keptOf(scene), toldBy(scene), scene.lambda.executions.all()]).toEqual([undefined, [], []]);
    expect(await wake<string>(scene, { mode: 'report', format: 'table' })).toMatch(/orders-storage .*at once/);
  });

  it.each<[string, object, RegExp]>([
    ['of no name', { alarm: 'none' }, /alarm: no alarm that could be read has this name/],
    ['of another account', { alarm: 'orders-storage', account: '999999999999' }, /account: one of the policy's/],
    ['of another region', { alarm: 'orders-storage', region: 'eu-west-1' }, /region: one of the policy's/],
  ])('an alarm %s is refused', async (_, event, problem) => {
    const scene = await openNight();
    filling(scene, 'orders');
    await expect(wake(scene, event)).rejects.toThrow(problem);
  });

  it('an event of EventBridge is answered with what was found', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    expect(await wake(scene, turned(scene, alarm))).toMatchObject([
      { said: 'kept', told: [{ about: 'orders', alarms: [{ arn: arnOf(alarm) }] }] },
    ]);
  });
});
