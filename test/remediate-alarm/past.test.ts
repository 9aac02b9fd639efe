import { describe, expect, it } from 'vitest';
import { failing, filling, loaded, quiet, turned } from '../support/alarmed.ts';
import type { Scene } from '../support/carry-out.ts';
import { deliver, keptOf, openNight, toldBy, wake } from '../support/remediate-alarm.ts';

interface Past {
  readonly acted: { readonly needed: number; readonly wrong: number; readonly unknown: number };
  readonly looked: number;
  readonly left: Readonly<Record<string, number>>;
  readonly times: readonly { readonly alarm: string; readonly would: string; readonly because: string }[];
  readonly unreadable: readonly string[];
}

const FROM = '2026-11-22T21:30:00Z';
const TO = '2026-11-24T00:00:00Z';

/** An alarm goes off, and is OK again after so many minutes. */
async function on(scene: Scene, alarm: string, minutes: number): Promise<void> {
  turned(scene, alarm);
  await scene.lambda.advance({ minutes });
  turned(scene, alarm, 'OK');
  await scene.lambda.advance({ hours: 3 });
}

/** A night in which nobody was woken: storage that was needed, and that was OK again by itself; what only people know. */
async function night(policy: object = {}): Promise<Scene> {
  const scene = await openNight({ policy: { defaults: { mode: 'report' }, ...policy } });
  const { alarm } = filling(scene, 'orders');
  const { alarm: cpu } = loaded(scene, 'carts');
  quiet(scene, 'latency', {
    Namespace: 'Shop',
    MetricName: 'p99',
    Dimensions: [{ Name: 'Service', Value: 'checkout' }],
  });
  await on(scene, alarm, 60);
  await on(scene, alarm, 4);
  await on(scene, cpu, 45);
  await on(scene, 'latency', 30);
  return scene;
}

describe('an alarm that a replay names', () => {
  it('is refused when there is none of this name', async () => {
    const scene = await night();
    await expect(wake(scene, { from: FROM, to: '2026-11-23T11:45:00Z', alarm: 'orders-storrage' })).rejects.toThrow(
      'alarm: no alarm that could be read has this name',
    );
  });

  it('and that never went off has an empty replay', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    const [past] = await wake<Past[]>(scene, { from: '2026-11-21', to: '2026-11-22', alarm });
    expect(past?.times).toEqual([]);
  });
});

describe('what Lamplighter leaves alone anyway', () => {
  it('is not said to have been needed', async () => {
    const scene = await openNight();
    const grows = filling(scene, 'orders', { MaxAllocatedStorage: 1000 });
    const member = failing(scene, 'web', 'instance');
    member.stored.Tags?.push({ Key: 'aws:autoscaling:groupName', Value: 'web' });
    const reboots = failing(scene, 'batch', 'instance');
    const AlarmActions = ['arn:aws:automate:ap-northeast-2:ec2:reboot'];
    Object.assign(scene.region.cloudwatch.alarms.get(reboots.alarm) ?? {}, { AlarmActions });
    for (const { alarm } of [grows, member, reboots]) await on(scene, alarm, 60);
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-23T09:30:00Z' });
    expect(past).toMatchObject({
      acted: { needed: 0, wrong: 0, unknown: 0 },
      left: { 'left-anyway': 3 },
      times: [
        { because: 'RDS grows its storage by itself, up to 1000 GiB' },
        { because: 'owned by the Auto Scaling group web, which replaces it' },
        { because: "AWS acts on it by itself: the alarm's own action is ec2:reboot" },
      ],
    });
  });
});

describe('the alarms of some days', () => {
  it('are played again: what would have been done, and how often it would have been wrong', async () => {
    const scene = await night();
    scene.sandbox.calls.clear();
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-23T11:45:00Z' });
    expect(past).toMatchObject({
      acted: { needed: 2, wrong: 1, unknown: 0 },
      left: { 'no-runbook': 1 },
      times: [
        { alarm: 'orders-storage', would: 'act', outcome: 'needed' },
        {
          alarm: 'orders-storage',
          outcome: 'wrong',
          because: 'database-storage-low would have been through after 15 min; it was OK again by itself after 4 min',
        },
        { alarm: 'carts-cpu', runbook: 'database-saturated', outcome: 'needed' },
        { alarm: 'latency', would: 'leave' },
      ],
    });
    const operations = new Set(scene.sandbox.calls.all().map(({ operation }) => operation));
    expect([...operations].sort()).toEqual([
      'AssumeRole',
      'DescribeAlarmHistory',
      'DescribeAlarms',
      'DescribeDBInstances',
      'GetItem',
      'Query',
    ]);
    expect([await keptOf(scene), toldBy(scene)]).toEqual([undefined, []]);
  });

  it('that were answered in truth are not called wrong when they were OK again soon', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders');
    await deliver(scene, [turned(scene, alarm)]);
    await scene.lambda.advance({ hours: 1 });
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-22T22:30:00Z' });
    expect(past).toMatchObject({
      acted: { needed: 0, wrong: 0, unknown: 1 },
      times: [{ because: expect.stringMatching(/^the plan remediate-alarm-\S+ answered it, and it was OK again/) }],
    });
  });

  it('may be those of one alarm', async () => {
    const scene = await night();
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-23T11:45:00Z', alarm: 'carts-cpu' });
    expect(past?.times.map(({ alarm }) => alarm)).toEqual(['carts-cpu']);
  });

  it('are held back by the guards as they would have been', async () => {
    const scene = await night({ remediation: { cooldown: '1d' } });
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-23T11:45:00Z' });
    expect(past).toMatchObject({ acted: { needed: 2, wrong: 0 }, left: { 'cool-down': 1, 'no-runbook': 1 } });
  });

  it('are shown as a table', async () => {
    const scene = await night();
    const table = await wake<string>(scene, { from: FROM, to: '2026-11-23T11:45:00Z', format: 'table' });
    expect(table).toMatch(
      /2026-11-23 06:30 Asia\/Seoul +orders-storage +ap-northeast-2 +database-storage-low +act: needed/,
    );
    expect(table).toContain(
      'would have acted 3 times: 2 needed, 1 wrong (it was OK again by itself before), 0 unknown',
    );
  });

  it('of a place that does not let us in are unknown', async () => {
    const scene = await night();
    scene.sandbox.faults.add({ operation: 'DescribeAlarmHistory', fault: 'accessDenied' });
    const [past] = await wake<Past[]>(scene, { from: FROM, to: '2026-11-23T11:45:00Z' });
    expect([past?.times, past?.unreadable]).toEqual([[], [expect.stringContaining('ap-northeast-2: unknown')]]);
  });

  it('that are still to come are refused', async () => {
    const scene = await openNight();
    await expect(wake(scene, { from: FROM, to: TO })).rejects.toThrow(/to: not after now/);
  });
});
