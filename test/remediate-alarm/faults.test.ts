import { describe, expect, it } from 'vitest';
import type { AlarmEvent } from '../../sandbox/estate/alarm-change.ts';
import { arnOf, composite, exhausted, failing, filling, loaded, quiet, turned } from '../support/alarmed.ts';
import { ACCOUNT, handOver, idleInstance, mutations, type Scene, say, stopOfInstance } from '../support/carry-out.ts';
import {
  approve,
  changesOf,
  deliver,
  end,
  keptOf,
  memoryOf,
  openNight,
  remember,
  storedDatabase,
  toldBy,
  vetoed,
  wake,
} from '../support/remediate-alarm.ts';

const OUTAGE = { error: { code: 'InternalServerError', message: 'down', status: 500 } } as const;

const texts = (scene: Scene): string[] => toldBy(scene).map(({ text }) => text);
const plansOf = (scene: Scene): string[] => scene.lambda.executions.all().map(({ name }) => name);

/** A database whose storage alarm has just gone off. */
async function nearlyFull(policy: object = {}, more: Readonly<Record<string, unknown>> = {}) {
  const scene = await openNight({ policy: { ...policy } });
  const { alarm, stored } = filling(scene, 'orders', more);
  return { scene, alarm, stored, event: turned(scene, alarm) };
}

describe('an event', () => {
  it('that comes twice, in one delivery or in two, has one plan and one message', async () => {
    const { scene, event } = await nearlyFull();
    await deliver(scene, [event, event]);
    await deliver(scene, [event]);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 1]);
  });

  it('that comes twice at once has one plan and one message', async () => {
    const { scene, event } = await nearlyFull();
    await Promise.all([deliver(scene, [event]), deliver({ ...scene }, [event])]);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 1]);
  });

  it('that comes late is left to people, who are told once', async () => {
    const { scene, event } = await nearlyFull();
    await scene.lambda.advance({ minutes: 11 });
    await deliver(scene, [event]);
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [expect.stringContaining('it went off 11 minutes ago, at most 10m are allowed')],
    ]);
  });

  it('that is not true any more is left, without a word', async () => {
    const { scene, event, alarm } = await nearlyFull();
    turned(scene, alarm, 'OK');
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], []]);
  });

  it('that comes after the one that says OK is left, and nothing is read for it', async () => {
    const { scene, event, alarm } = await nearlyFull();
    await scene.lambda.advance({ minutes: 1 });
    await deliver(scene, [turned(scene, alarm, 'OK')]);
    scene.sandbox.calls.clear();
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene), scene.sandbox.calls.count('DescribeAlarms')]).toEqual([[], [], 0]);
  });

  it('that says OK, or that there are too few data, is remembered and nothing more', async () => {
    const { scene, alarm } = await nearlyFull();
    const events = [turned(scene, alarm, 'INSUFFICIENT_DATA', { by: 'missing data' }), turned(scene, alarm, 'OK')];
    await deliver(scene, events);
    expect([plansOf(scene), texts(scene)]).toEqual([[], []]);
    expect((await memoryOf(scene)).alarms.map(({ changes }) => changes.map(({ to }) => to))).toEqual([
      ['INSUFFICIENT_DATA', 'OK'],
    ]);
  });

  it('of a state that somebody set by hand is left to people, who are told so', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm, 'ALARM', { by: 'a person', reason: 'game day' })]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [expect.stringContaining('somebody set its state by hand (SetAlarmState), and wrote: game day')],
    ]);
  });

  it('that a lack of data brought, which the alarm takes for breaching, is left to people', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm, 'ALARM', { by: 'missing data' })]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], [expect.stringContaining('nothing was measured')]]);
  });

  it('of an alarm that somebody wants quiet is left, without a word', async () => {
    const { scene, event, alarm } = await nearlyFull();
    Object.assign(scene.region.cloudwatch.alarms.get(alarm) ?? {}, { ActionsEnabled: false });
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], []]);
  });

  it('of an alarm that is deleted is left, without a word', async () => {
    const { scene, event, alarm } = await nearlyFull();
    scene.region.cloudwatch.alarms.delete(alarm);
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], []]);
  });

  it('of a place that nobody looks after is left, and leaves no trace', async () => {
    const { scene, event } = await nearlyFull();
    const foreign = (account: string, region: string): unknown =>
      JSON.parse(JSON.stringify(event).replaceAll(ACCOUNT, account).replaceAll('ap-northeast-2', region));
    scene.sandbox.calls.clear();
    expect(await deliver(scene, [foreign('999999999999', 'ap-northeast-2'), foreign(ACCOUNT, 'eu-west-1')])).toEqual(
      [],
    );
    expect(scene.sandbox.calls.all().map(({ operation }) => operation)).toEqual(['BatchGetItem']);
    expect([plansOf(scene), texts(scene), await keptOf(scene)]).toEqual([[], [], undefined]);
  });

  it('of a batch that is none comes again, and the others are done', async () => {
    const { scene, event } = await nearlyFull();
    expect(await deliver(scene, ['{"source": "aws.ec2"}', event, 'no JSON'])).toEqual(['0', '2']);
    expect(plansOf(scene)).toHaveLength(1);
  });
});

describe('an alarm that a person names', () => {
  it('is left to the plan that answers it, until that is over, however it ended', async () => {
    const scene = await openNight({ policy: { remediation: { cooldown: '5m' } } });
    const { alarm } = loaded(scene, 'carts');
    await deliver(scene, [turned(scene, alarm)]);
    const [plan] = (await keptOf(scene))?.plans ?? [];
    expect((await wake(scene, { alarm }))[0]?.quiet).toMatchObject([
      { guard: 'already-answered', answeredBy: plan?.id },
    ]);
    if (plan) await say(scene, plan, { say: 'veto' });
    await scene.lambda.advance({ minutes: 30 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'vetoed' }]);
    const [again] = await wake(scene, { alarm });
    expect(again).toMatchObject({ quiet: [], told: [{ runbook: 'database-saturated' }] });
  });
});

describe('an alarm that a person names although it is kept back', () => {
  it('by its mute is looked into', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    Object.assign(scene.region.cloudwatch.alarms.get(alarm) ?? {}, { ActionsEnabled: false });
    turned(scene, alarm);
    await wake(scene, { alarm });
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('by its flapping is looked into', async () => {
    const scene = await openNight({ policy: { remediation: { flapping: { changes: 3, within: '1d' } } } });
    const { alarm } = filling(scene, 'orders');
    const events: AlarmEvent[] = [];
    for (const to of ['ALARM', 'OK', 'ALARM'] as const) {
      events.push(turned(scene, alarm, to));
      await scene.lambda.advance({ minutes: 1 });
    }
    await deliver(scene, events);
    expect(plansOf(scene)).toEqual([]);
    await wake(scene, { alarm });
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('by the cool-down of its runbook is looked into', async () => {
    const { scene, event, alarm } = await nearlyFull({ remediation: { cooldown: '7d' } });
    await deliver(scene, [event]);
    await scene.lambda.advance({ hours: 8 });
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    turned(scene, alarm);
    await wake(scene, { alarm });
    expect(plansOf(scene)).toHaveLength(2);
  });
});

describe('an alarm that flaps', () => {
  it('is left alone once it has changed too often, which is said once', async () => {
    const { scene, event, alarm } = await nearlyFull({ remediation: { modes: { 'database-storage-low': 'report' } } });
    const events: AlarmEvent[] = [event];
    for (let change = 0; change < 8; change += 1) {
      await scene.lambda.advance({ minutes: 1 });
      events.push(turned(scene, alarm, change % 2 === 0 ? 'OK' : 'ALARM'));
      await deliver(scene, events.slice(-2));
    }
    expect(texts(scene).filter((text) => text.includes('it flaps'))).toHaveLength(1);
    expect(texts(scene).at(-1)).toContain('It is left alone until it is quiet');
    expect(toldBy(scene).at(-1)?.subject).toBe(
      '[Lamplighter] 111111111111: the alarm orders-storage: flapping, left to you for now',
    );
    expect(texts(scene).at(-1)).toContain('1. the alarm orders-storage on the database orders\n');
    expect(plansOf(scene)).toEqual([]);
  });
});

describe('a composite', () => {
  it('of thirty has one plan for those of one resource, and one message', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    const others = Array.from({ length: 28 }, (_, index) => `orders-${index}`);
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    for (const name of others) quiet(scene, name, { Namespace: 'AWS/RDS', MetricName: 'DiskQueueDepth', Dimensions });
    quiet(scene, 'calm', { Namespace: 'AWS/RDS', MetricName: 'DiskQueueDepth', Dimensions });
    composite(scene, 'orders-down', [alarm, ...others, 'calm']);
    for (const name of [alarm, ...others]) turned(scene, name);
    await deliver(scene, [turned(scene, 'orders-down')]);
    expect([plansOf(scene).length, texts(scene)]).toEqual([
      1,
      [expect.stringContaining('It is about 29 alarms of the database orders under orders-down.')],
    ]);
    await scene.lambda.advance({ hours: 1 });
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it('speaks for children whose own actions are disabled', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    Object.assign(scene.region.cloudwatch.alarms.get(alarm) ?? {}, { ActionsEnabled: false });
    composite(scene, 'orders-down', [alarm]);
    const child = turned(scene, alarm);
    const parent = turned(scene, 'orders-down');
    await deliver(scene, [child, parent]);
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('brings no child that went off too long ago, unless a person names it', async () => {
    const scene = await openNight();
    const { alarm } = failing(scene, 'web', 'instance');
    composite(scene, 'site-down', [alarm]);
    turned(scene, alarm);
    await scene.lambda.advance({ hours: 33 });
    await deliver(scene, [turned(scene, 'site-down')]);
    expect([mutations(scene), texts(scene)]).toEqual([[], [expect.stringContaining('it went off 1980 minutes ago')]]);
    await wake(scene, { alarm });
    await scene.lambda.settle();
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('brings no child again that was answered days ago and is still on', async () => {
    const scene = await openNight({ policy: { remediation: { eventAge: '1h' } } });
    const { alarm } = failing(scene, 'web', 'instance', false);
    composite(scene, 'site-down', [alarm]);
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 50 });
    const before = texts(scene).length;
    await deliver(scene, [turned(scene, 'site-down')]);
    await scene.lambda.advance({ hours: 2 });
    expect(mutations(scene)).toEqual([expect.stringMatching(/^RebootInstances/)]);
    expect(texts(scene)).toHaveLength(before);
  });

  it('whose children are answered already says nothing new', async () => {
    const { scene, event, alarm } = await nearlyFull();
    composite(scene, 'orders-down', [alarm]);
    await deliver(scene, [event]);
    await deliver(scene, [turned(scene, 'orders-down')]);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 1]);
  });

  it('none of whose children is on is told of itself', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    composite(scene, 'orders-down', [alarm]);
    await deliver(scene, [turned(scene, 'orders-down')]);
    expect(texts(scene)).toEqual([expect.stringContaining('none of the alarms in its rule is on: orders-storage')]);
  });
});

describe('a composite over what is not on', () => {
  it.each([
    ['in one delivery', (scene: Scene, events: AlarmEvent[]) => deliver(scene, events)],
    [
      'one after the other',
      async (scene: Scene, events: AlarmEvent[]) => {
        for (const event of events) await deliver(scene, [event]);
      },
    ],
  ])('is told of itself, also when its child is told of %s', async (_, bring) => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    composite(scene, 'orders-blind', [alarm]);
    await bring(scene, [turned(scene, alarm, 'INSUFFICIENT_DATA'), turned(scene, 'orders-blind')]);
    expect(texts(scene)).toEqual([expect.stringContaining('none of the alarms in its rule is on: orders-storage')]);
  });
});

describe('a composite whose rule cannot be read', () => {
  const RULE = 'MOSTLY(ALARM, ("orders-cpu"))';

  it('is told as an alarm that has no runbook, with its name and link, and does not come again', async () => {
    const scene = await openNight();
    composite(scene, 'orders-down', []);
    const stored = scene.region.cloudwatch.compositeAlarms.get('orders-down');
    if (stored) stored.AlarmRule = RULE;
    expect(await deliver(scene, [turned(scene, 'orders-down')])).toEqual([]);
    const [text] = texts(scene);
    expect(text).toContain(
      'no runbook fits: its rule cannot be read: ALARM, OK, INSUFFICIENT_DATA or AT_LEAST is missing',
    );
    expect(text).toContain(`looked at its rule: ${RULE}`);
    expect(text).toMatch(/https:\/\/\S+orders-down/);
    expect([plansOf(scene), texts(scene).length]).toEqual([[], 1]);
  });
});

describe('two thresholds of one metric', () => {
  it('are one plan, and the second is not what made it worse', async () => {
    const { scene, event, alarm } = await nearlyFull();
    const { Namespace, MetricName, Dimensions } = scene.region.cloudwatch.alarms.get(alarm) ?? {};
    const watches = { Namespace, MetricName, Dimensions, ComparisonOperator: 'LessThanThreshold' } as const;
    quiet(scene, 'orders-storage-critical', { ...watches, Threshold: 5 * 1024 ** 3 });
    await deliver(scene, [event, turned(scene, 'orders-storage-critical')]);
    expect((await keptOf(scene))?.plans[0]?.act).toMatchObject([
      { alarm: { name: alarm, others: ['orders-storage-critical'] } },
    ]);
    await scene.lambda.advance({ minutes: 3 });
    turned(scene, 'orders-storage-critical', 'OK');
    turned(scene, 'orders-storage-critical');
    await scene.lambda.advance({ hours: 1 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'kept' }]);
  });
});

/** An alarm on an expression over the free storage of some databases. */
function overExpression({ region }: Scene, name: string, databases: readonly string[]): void {
  const {
    Namespace,
    MetricName,
    Dimensions: _,
    Statistic: Stat,
    Period,
    ...alarm
  } = region.cloudwatch.alarms.get(name) ?? {};
  const metrics = databases.map((Value, index) => ({
    Id: `m${index}`,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: [{ Name: 'DBInstanceIdentifier', Value }] },
      Period,
      Stat,
    },
  }));
  const sum = { Id: 'e1', Expression: 'MIN(METRICS())', ReturnData: true };
  region.cloudwatch.alarms.set(name, { ...alarm, Metrics: [...metrics, sum] });
}

describe('an alarm', () => {
  it('on a resource that is deleted is told of, with how it is deleted itself', async () => {
    const { scene, event } = await nearlyFull();
    scene.region.rds.instances.delete('orders');
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], [expect.stringContaining('the database orders is not there')]]);
    expect(texts(scene)[0]).toContain(
      "aws cloudwatch delete-alarms --region ap-northeast-2 --alarm-names 'orders-storage'",
    );
  });

  it('on an expression over one resource is about that', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    overExpression(scene, alarm, ['orders']);
    await deliver(scene, [turned(scene, alarm)]);
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('on an expression over several resources is about none, and names them', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    filling(scene, 'stock');
    overExpression(scene, alarm, ['orders', 'stock']);
    await deliver(scene, [turned(scene, alarm)]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [expect.stringContaining('over several: the database orders; the database stock')],
    ]);
  });

  it('in an unknown namespace of AWS is told of', async () => {
    const scene = await openNight();
    const Dimensions = [{ Name: 'QueueName', Value: 'orders' }];
    quiet(scene, 'queue', { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Dimensions });
    await deliver(scene, [turned(scene, 'queue')]);
    expect(texts(scene)).toEqual([expect.stringContaining('is about nothing that there is a runbook for')]);
  });

  it('that the policy leaves to people is left, without a word', async () => {
    const { scene, event } = await nearlyFull({ remediation: { runbooks: [{ alarm: 'orders-*', runbook: 'none' }] } });
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], []]);
  });

  it('whose runbook is off is left, without a word, and its resource is not looked into', async () => {
    const { scene, event } = await nearlyFull({ remediation: { modes: { 'database-storage-low': 'off' } } });
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene), scene.sandbox.calls.count('GetMetricData')]).toEqual([[], [], 0]);
  });

  it('of a resource that Lamplighter stopped is expected', async () => {
    const scene = await openNight();
    const web = idleInstance(scene, 'web');
    await handOver(scene, [stopOfInstance(web)], { approved: true });
    await scene.lambda.advance({ hours: 2 });
    expect(web.State?.Name).toBe('stopped');
    const Dimensions = [{ Name: 'InstanceId', Value: web.InstanceId }];
    quiet(scene, 'web-status', {
      Namespace: 'AWS/EC2',
      MetricName: 'StatusCheckFailed',
      Dimensions,
      Statistic: 'Maximum',
    });
    await deliver(scene, [turned(scene, 'web-status', 'ALARM', { by: 'missing data' })]);
    expect([texts(scene), plansOf(scene).length]).toEqual([[], 1]);
  });
});

describe('storage', () => {
  it('that is growing already is left, and that is said', async () => {
    const { scene, event } = await nearlyFull({}, { DBInstanceStatus: 'storage-optimization' });
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [
        expect.stringContaining(
          'its status is storage-optimization: RDS takes no change of its storage until that is over',
        ),
      ],
    ]);
  });

  it('that was changed less than six hours ago is left, with when it may be changed again', async () => {
    const { scene, event, alarm } = await nearlyFull({ remediation: { cooldown: '5m' } });
    await deliver(scene, [event]);
    await scene.lambda.advance({ hours: 2 });
    storedDatabase(scene, 'orders').DBInstanceStatus = 'available';
    await deliver(scene, [turned(scene, alarm)]);
    expect(texts(scene).at(-1)).toContain(
      'its storage was changed less than 6 hours ago: RDS may refuse the next change until',
    );
    expect(mutations(scene)).toHaveLength(1);
  });

  it('at its maximum is left, with what helps', async () => {
    const { scene, event } = await nearlyFull({}, { AllocatedStorage: 65_536, Iops: 12_000, StorageThroughput: 500 });
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], [expect.stringContaining('it is at its maximum')]]);
  });

  it('that grows by itself is left', async () => {
    const { scene, event } = await nearlyFull({}, { MaxAllocatedStorage: 1000 });
    await deliver(scene, [event]);
    expect(texts(scene)).toEqual([expect.stringContaining('RDS grows its storage by itself, up to 1000 GiB')]);
  });

  it('whose metrics may not be read is left, because its trend is unknown', async () => {
    const { scene, event } = await nearlyFull();
    scene.sandbox.faults.add({ operation: 'GetMetricData', fault: 'accessDenied' });
    await deliver(scene, [event]);
    expect([plansOf(scene), toldBy(scene)]).toMatchObject([[], [{ facts: { parts: [{ unknown: true }] } }]]);
  });
});

describe('an account that does not let us in', () => {
  it('has its alarms told, because nobody knows how they are', async () => {
    const { scene, event } = await nearlyFull();
    scene.sandbox.faults.add({ operation: 'AssumeRole', fault: 'accessDenied' });
    expect(await deliver(scene, [event])).toEqual([]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [expect.stringContaining('the alarm orders-storage could not be read: may not assume')],
    ]);
  });

  it('or to its databases only, has them told', async () => {
    const { scene, event } = await nearlyFull();
    scene.sandbox.faults.add({ operation: 'DescribeDBInstances', fault: 'accessDenied' });
    await deliver(scene, [event]);
    expect(texts(scene)).toEqual([expect.stringContaining('the database orders could not be read')]);
  });
});

describe('CloudWatch that does not answer', () => {
  it('has the batch come again, and that is then done once', async () => {
    const { scene, event } = await nearlyFull();
    const { remove } = scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: OUTAGE });
    expect(await deliver(scene, [event])).toEqual(['0']);
    remove();
    expect(await deliver(scene, [event])).toEqual([]);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 1]);
  });
});

describe('an account that fails', () => {
  it('has its messages come again, and those of the others are done', async () => {
    const other = '222222222222';
    const scene = await openNight({
      policy: { scopes: [ACCOUNT, other].map((account) => ({ account, regions: ['ap-northeast-2'] })) },
    });
    const event = turned(scene, filling(scene, 'orders').alarm);
    const foreign: unknown = JSON.parse(JSON.stringify(event).replaceAll(ACCOUNT, other));
    scene.sandbox.estate.account(other).role('lamplighter-look', { externalId: 'lamplighter' });
    scene.sandbox.faults.add({ operation: 'DescribeAlarms', account: other, fault: OUTAGE });
    expect(await deliver(scene, [foreign, event])).toEqual(['0']);
    expect(plansOf(scene)).toHaveLength(1);
  });
});

describe('CloudTrail that does not answer', () => {
  it('keeps nothing from being done and told: what happened before is unknown', async () => {
    const { scene, event } = await nearlyFull();
    scene.sandbox.faults.add({ operation: 'LookupEvents', fault: OUTAGE });
    await deliver(scene, [event]);
    expect([plansOf(scene).length, texts(scene)]).toEqual([
      1,
      [expect.stringContaining('changed in the hour before: unknown')],
    ]);
  });
});

describe('carry-out that cannot be started', () => {
  const given = () => process.env.CARRY_OUT_ARN ?? '';
  const grown = async (scene: Scene) =>
    (await changesOf(scene)).flatMap(({ appliedAt, proposal }) => (appliedAt ? [proposal.resource.name] : [])).sort();

  it('has people told of the alarm and of that, and gets the plan as soon as it can be', async () => {
    const { scene, event } = await nearlyFull();
    const arn = given();
    process.env.CARRY_OUT_ARN = arn.replace('carry-out', 'gone');
    expect(await deliver({ ...scene }, [event])).toEqual(['0']);
    expect(toldBy(scene).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('orders: database-storage-low'),
      '[Lamplighter] 111111111111: carry-out cannot be started, 1 plan left to you',
    ]);
    expect(await deliver({ ...scene }, [event])).toEqual(['0']);
    expect(texts(scene)).toHaveLength(2); // said once

    process.env.CARRY_OUT_ARN = arn;
    expect(await deliver({ ...scene }, [event])).toEqual([]);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 2]);
    expect(await grown(scene)).toEqual(['orders']);
  });

  it('keeps no other alarm of the account from being looked into and told', async () => {
    const { scene, event } = await nearlyFull();
    const arn = given();
    process.env.CARRY_OUT_ARN = arn.replace('carry-out', 'gone');
    await deliver({ ...scene }, [event]);
    const other = turned(scene, filling(scene, 'carts').alarm);
    expect(await deliver({ ...scene }, [other])).toEqual(['0']);
    expect(texts(scene)).toContainEqual(expect.stringContaining('carts-storage'));

    process.env.CARRY_OUT_ARN = arn;
    expect(await deliver({ ...scene }, [other])).toEqual([]);
    expect(await grown(scene)).toEqual(['carts', 'orders']);
  });
});

describe('the ledger that cannot be reached', () => {
  it('has nothing done, people told of the alarm by SNS, and the batch come again', async () => {
    const { scene, event } = await nearlyFull();
    const { remove } = scene.sandbox.faults.add({ service: 'dynamodb', fault: OUTAGE });
    scene.sandbox.calls.clear();
    expect(await deliver(scene, [event])).toEqual(['0']);
    expect(toldBy(scene)).toMatchObject([
      {
        subject: '[Lamplighter] the ledger cannot be reached: the alarm orders-storage left to you',
        severity: 'critical',
        facts: { alarms: [{ arn: arnOf('orders-storage') }] },
      },
    ]);
    const asked = scene.sandbox.calls.all().map(({ service }) => service);
    expect([...new Set(asked)]).toEqual(['dynamodb', 'sns']);
    remove();
    expect(await deliver(scene, [event])).toEqual([]);
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('with nothing but quiet news has nobody told', async () => {
    const { scene, alarm } = await nearlyFull();
    scene.sandbox.faults.add({ service: 'dynamodb', fault: OUTAGE });
    expect(await deliver(scene, [turned(scene, alarm, 'OK')])).toEqual(['0']);
    expect(texts(scene)).toEqual([]);
  });

  it('when it is to be written, has nothing done', async () => {
    const { scene, event } = await nearlyFull();
    const { remove } = scene.sandbox.faults.add({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      fault: OUTAGE,
    });
    expect(await deliver(scene, [event])).toEqual(['0']);
    expect([plansOf(scene), texts(scene)]).toEqual([[], [expect.stringContaining('cannot reach its ledger')]]);
    remove();
    await deliver(scene, [event]);
    expect(plansOf(scene)).toHaveLength(1);
  });
});

describe('many alarms in a minute', () => {
  it('of one Auto Scaling group have one plan or message, and not one each', async () => {
    const scene = await openNight();
    const events = Array.from({ length: 200 }, (_, index) => {
      const { stored, alarm } = failing(scene, `web-${index}`, 'system', false);
      stored.Tags = [...(stored.Tags ?? []), { Key: 'aws:autoscaling:groupName', Value: 'web' }];
      return turned(scene, alarm);
    });
    await deliver(scene, events);
    expect([plansOf(scene), texts(scene).length]).toEqual([[], 1]);
    expect(texts(scene)[0]).toContain('It is about 200 alarms of 200 resources of the Auto Scaling group web.');
  });

  it('of different resources have a plan each, and no more than the policy allows an hour', async () => {
    const scene = await openNight();
    const events = Array.from({ length: 8 }, (_, index) => turned(scene, filling(scene, `db-${index}`).alarm));
    await deliver(scene, events);
    expect([plansOf(scene).length, toldBy(scene).map(({ subject }) => subject)]).toEqual([
      5,
      ['[Lamplighter] 111111111111: 8 alarms: 5 carried out now, 3 left to you for now'],
    ]);
    expect(texts(scene)[0]).toContain('5 remediations within an hour; at most 5 are allowed');
  });

  it('of which only some may be answered within the hour have the most urgent answered, however old they are', async () => {
    const scene = await openNight({ policy: { remediation: { atMostPerHour: 1 } } });
    const web = turned(scene, failing(scene, 'web', 'instance', false).alarm);
    await scene.lambda.advance({ minutes: 1 });
    await deliver(scene, [web, turned(scene, filling(scene, 'orders').alarm)]);
    expect(toldBy(scene)[0]?.facts.parts).toMatchObject([
      { runbook: 'database-storage-low', turn: 'now' },
      { runbook: 'instance-unwell', held: { guard: 'hourly-cap' } },
    ]);
  });

  it('that wait for approvals keep no full disk from its turn', async () => {
    const scene = await openNight({ policy: { remediation: { atMostPerHour: 2 } } });
    await deliver(
      scene,
      ['a', 'b', 'c'].map((name) => turned(scene, loaded(scene, name).alarm)),
    );
    await deliver(scene, [turned(scene, filling(scene, 'orders').alarm)]);
    expect(toldBy(scene).map(({ subject }) => subject)).toEqual([
      '[Lamplighter] 111111111111: 3 alarms: 3 waiting for an approval',
      '[Lamplighter] 111111111111: orders: database-storage-low, carried out now',
    ]);
  });

  it('of one database have one plan, whose runbook goes first; the other waits for its turn', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    quiet(scene, 'orders-cpu', { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions });
    const events = [turned(scene, 'orders-cpu'), turned(scene, alarm)];
    await scene.lambda.advance({ minutes: 1 });
    await deliver(scene, events);
    expect([plansOf(scene).length, texts(scene).length]).toEqual([1, 1]);
    expect(toldBy(scene)[0]?.facts.parts).toMatchObject([
      { runbook: 'database-storage-low', turn: 'now' },
      { runbook: 'database-saturated', turn: 'left', held: { guard: 'busy' } },
    ]);
    const answers = (await memoryOf(scene)).alarms.map(({ arn, answers: [one] }) => [arn, Boolean(one?.plan)]);
    expect(Object.fromEntries(answers)).toEqual({ [arnOf(alarm)]: true, [arnOf('orders-cpu')]: false });
    turned(scene, 'orders-cpu', 'OK');
    await scene.lambda.advance({ minutes: 5 });
    await deliver(scene, [turned(scene, 'orders-cpu')]);
    expect(texts(scene).at(-1)).toContain('database-storage-low is at it already');
  });
});

describe('an alarm beside another one of its database', () => {
  /** Its storage is nearly full, and its CPU used up. */
  async function both(modes: object) {
    const scene = await openNight({ policy: { remediation: { modes } } });
    const { alarm } = loaded(scene, 'orders');
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    const below = { ComparisonOperator: 'LessThanThreshold', Dimensions } as const;
    quiet(scene, 'orders-storage', { Namespace: 'AWS/RDS', MetricName: 'FreeStorageSpace', ...below });
    await deliver(scene, [turned(scene, 'orders-storage'), turned(scene, alarm)]);
    return toldBy(scene);
  }

  it('has its turn when the other runbook is off', async () => {
    expect(await both({ 'database-storage-low': 'off' })).toMatchObject([
      { subject: '[Lamplighter] 111111111111: orders: database-saturated, waiting for an approval' },
    ]);
  });

  it('has its turn when the other runbook only reports', async () => {
    const [message] = await both({ 'database-storage-low': 'report' });
    expect(message?.facts.parts).toMatchObject([
      { runbook: 'database-saturated', turn: 'approve', action: 'resize-database' },
      { runbook: 'database-storage-low', turn: 'left' },
    ]);
  });
});

describe('carry-out', () => {
  it('finds an alarm that is OK by the time it comes, and does nothing', async () => {
    const scene = await openNight();
    const { alarm, stored } = exhausted(scene, 'batch');
    await deliver(scene, [turned(scene, alarm)]);
    turned(scene, alarm, 'OK');
    const [plan] = (await keptOf(scene))?.plans ?? [];
    expect(plan?.act).toHaveLength(1);
    await approve(scene);
    await scene.lambda.advance({ hours: 1 });
    expect([scene.region.ec2.cpuCredits.get(stored.InstanceId), await changesOf(scene)]).toMatchObject([
      'standard',
      [{ outcome: 'skipped' }],
    ]);
  });

  it('works on what remediate-alarm found while a class is too dear for anybody to say yes: it expires', async () => {
    const scene = await openNight();
    await deliver(scene, [turned(scene, loaded(scene, 'carts').alarm)]);
    await scene.lambda.advance({ days: 4 });
    expect(await changesOf(scene)).toMatchObject([{ outcome: 'expired' }]);
  });
});

describe('a check', () => {
  it('is granted everything, and says what is missing', async () => {
    const scene = await openNight();
    idleInstance(scene, 'web');
    expect(await wake(scene, { check: true })).toMatchObject({ ok: true, function: 'remediate-alarm' });
    scene.sandbox.faults.add({ operation: 'DescribeAlarmHistory', fault: 'accessDenied' });
    const checked = await wake<{ ok: boolean; findings: readonly { state: string; what: string }[] }>(scene, {
      check: true,
    });
    expect([checked.ok, checked.findings.filter(({ state }) => state === 'missing').map(({ what }) => what)]).toEqual([
      false,
      ['cloudwatch:DescribeAlarmHistory'],
    ]);
  });
});

describe('a saturated database', () => {
  const counted = async () => {
    const scene = await openNight();
    const { stored, alarm } = loaded(scene, 'orders', { PerformanceInsightsEnabled: true });
    scene.region.performanceInsights.loads.set(stored.DbiResourceId ?? '', {
      waits: [{ name: 'CPU', type: 'CPU', load: 7.5 }],
      statements: [{ id: '1D2C3B4A5F', statement: "SELECT * FROM orders WHERE name = 'Kim'", load: 7 }],
    });
    return { scene, event: turned(scene, alarm) };
  };

  it('is told with what loads it, which is asked for once its plan is recorded', async () => {
    const { scene, event } = await counted();
    scene.sandbox.calls.clear();
    await deliver(scene, [event]);
    expect(texts(scene)).toEqual([expect.stringContaining('of the last hour: CPU 7.5\n')]);
    expect(texts(scene)[0]).toContain('without their values: SELECT * FROM orders WHERE name = ? 7\n');
    const order = scene.sandbox.calls.all().map(({ operation }) => operation);
    expect(order.filter((one) => one === 'DescribeDimensionKeys')).toHaveLength(2);
    expect(order.indexOf('DescribeDimensionKeys')).toBeGreaterThan(order.indexOf('TransactWriteItems'));
  });

  it('is told all the same where nobody may read that, with the reason', async () => {
    const { scene, event } = await counted();
    scene.sandbox.faults.add({ service: 'pi', fault: 'accessDenied' });
    await deliver(scene, [event]);
    expect(texts(scene)[0]).toContain('top waits and statements of orders: unknown, may not read the load');
    expect(plansOf(scene)).toHaveLength(1);
  });

  it('without Performance Insights asks nobody, and says that it is off', async () => {
    const scene = await openNight();
    await deliver(scene, [turned(scene, loaded(scene, 'orders').alarm)]);
    expect(texts(scene)[0]).toContain('top waits and statements: unknown, Performance Insights is off');
    expect(scene.sandbox.calls.count('DescribeDimensionKeys')).toBe(0);
  });
});

describe('a member of a cluster', () => {
  const CLUSTER = `${ACCOUNT} ap-northeast-2 database cluster shop`;
  const member = (name: string) => `${ACCOUNT} ap-northeast-2 database instance ${name}`;

  async function openShop(at: { readonly resource: string; readonly within?: string }) {
    const scene = await openNight();
    const Engine = 'aurora-postgresql';
    scene.region.rds.addCluster({ DBClusterIdentifier: 'shop', Engine });
    const alarms = ['shop-1', 'shop-2'].map(
      (name) => loaded(scene, name, { DBClusterIdentifier: 'shop', Engine }).alarm,
    );
    const now = scene.sandbox.clock.now().getTime();
    const [from, until] = [new Date(now - 60_000), new Date(now + 3_600_000)].map((time) => time.toISOString());
    const plan = 'remediate-alarm-before';
    await remember(scene, {
      runbook: 'instance-unwell',
      ...at,
      plan,
      mode: 'auto',
      at: from ?? '',
      until: until ?? '',
    });
    return { scene, event: turned(scene, alarms[0] ?? '') };
  }

  it.each([
    ['its cluster', { resource: CLUSTER }],
    ['another member', { resource: member('shop-2'), within: CLUSTER }],
  ])('is left alone while a runbook is at %s', async (_, at) => {
    const { scene, event } = await openShop(at);
    await deliver(scene, [event]);
    expect(texts(scene)[0]).toContain(
      'instance-unwell is at its cluster, or at a member of that, already (plan remediate-alarm-before)',
    );
  });

  it.each([
    ['its cluster', { resource: CLUSTER }, 'cluster:shop'],
    ['another member', { resource: member('shop-2'), within: CLUSTER }, 'db:shop-2'],
  ])('is looked into once what was done to %s is over', async (_, at, of) => {
    const { scene, event } = await openShop(at);
    await end(scene, { planId: 'remediate-alarm-before', arn: `arn:aws:rds:ap-northeast-2:${ACCOUNT}:${of}` });
    await deliver(scene, [event]);
    expect(texts(scene)[0]).not.toContain('already');
  });

  it('is looked into while a runbook is at another cluster', async () => {
    const { scene, event } = await openShop({ resource: member('cart-1'), within: `${CLUSTER}-2` });
    await deliver(scene, [event]);
    expect(texts(scene)[0]).not.toContain('already');
  });
});

describe('what a person has vetoed', () => {
  it('is left, with the reason, without a further question', async () => {
    const { scene, event, stored } = await nearlyFull();
    await vetoed(scene, stored.DBInstanceArn ?? '');
    scene.sandbox.calls.clear();
    await deliver(scene, [event]);
    expect([plansOf(scene), texts(scene)]).toEqual([
      [],
      [expect.stringContaining('but it is vetoed by kim until 2026-11-24: audit [database-storage-low]')],
    ]);
    const asked = scene.sandbox.calls
      .byOperation('Query')
      .filter(({ input }) => JSON.stringify(input).includes('VETO#'));
    expect(asked).toEqual([]);
  });

  it('is left also when it comes under a composite, or somebody asks by hand', async () => {
    const { scene, alarm, stored } = await nearlyFull();
    await vetoed(scene, stored.DBInstanceArn ?? '');
    composite(scene, 'orders-down', [alarm]);
    await deliver(scene, [turned(scene, 'orders-down')]);
    expect([plansOf(scene), texts(scene)]).toEqual([[], [expect.stringContaining('vetoed by kim')]]);
    const [answer] = await wake(scene, { alarm, mode: 'report' });
    expect(answer?.told).toMatchObject([{ turn: 'left', because: expect.stringContaining('vetoed by kim') as string }]);
  });

  it('is not touched by carry-out when the veto comes after the plan', async () => {
    const { scene, event, stored } = await nearlyFull({
      remediation: { modes: { 'database-storage-low': 'approve' } },
    });
    await deliver(scene, [event]);
    await vetoed(scene, stored.DBInstanceArn ?? '');
    await approve(scene);
    await scene.lambda.advance({ minutes: 30 });
    expect(mutations(scene)).toEqual([]);
    expect(await changesOf(scene)).toMatchObject([
      { outcome: 'skipped', because: expect.stringContaining('vetoed by kim until') as string },
    ]);
  });

  it('is free again when the veto has ended', async () => {
    const { scene, event, stored } = await nearlyFull();
    await vetoed(scene, stored.DBInstanceArn ?? '', -1);
    await deliver(scene, [event]);
    expect(plansOf(scene)).toHaveLength(1);
  });
});

describe('the calls from an alarm to its plan', () => {
  const EVERY = ['BatchGetItem', 'AssumeRole', 'DescribeAlarms', 'TransactWriteItems'];

  it.each<[string, (scene: Scene, name: string) => { readonly alarm: string }, string[]]>([
    ['of storage', filling, ['DescribeDBInstances', 'DescribeEvents', 'GetMetricData']],
    [
      'of a saturated database',
      (scene, name) => loaded(scene, name, { PerformanceInsightsEnabled: true }),
      ['DescribeDBInstances', 'BatchGetItem'], // what AWS sells is remembered
    ],
    [
      'of an instance that is unwell',
      (scene, name) => failing(scene, name, 'instance'),
      ['DescribeInstances', 'DescribeInstanceStatus'],
    ],
    [
      'of a host that is',
      (scene, name) => failing(scene, name, 'system'),
      ['DescribeInstances', 'DescribeInstanceStatus', 'DescribeInstanceTypes', 'DescribeInstanceAttribute'],
    ],
    ['of CPU credits', exhausted, ['DescribeInstances', 'DescribeInstanceCreditSpecifications']],
  ])('%s are at most eight, in a new execution environment', async (_, trouble, more) => {
    const scene = await openNight();
    await deliver(scene, [turned(scene, trouble(scene, 'carts').alarm)]);
    const event = turned(scene, trouble(scene, 'orders').alarm);
    scene.sandbox.calls.clear();
    await deliver({ ...scene }, [event]);
    const operations = scene.sandbox.calls.all().map(({ operation }) => operation);
    const toPlan = operations.slice(0, operations.indexOf('TransactWriteItems') + 1);
    expect(toPlan.sort()).toEqual([...EVERY, ...more].sort());
    expect(toPlan.length).toBeLessThanOrEqual(8);
  });
});
