import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Replay } from '../../functions/right-size/replay.ts';
import { DAY } from '../../sandbox/clock.ts';
import { saleDaysBefore } from '../../sandbox/fleet/sizing/demand.ts';
import { seedSizingFleet } from '../../sandbox/fleet/sizing/sizing-fleet.ts';
import { measureInstance } from '../../sandbox/fleet/usage.ts';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { known } from '../../shared/core/evidence.ts';
import { capIn, parsePolicy } from '../../shared/core/policy.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { change } from '../support/change-specimen.ts';
import { forgetCalls, type Stage, stageForTest, wake } from '../support/right-size.ts';
import { UNCAPPED } from './truth.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-2';
const NOW = new Date('2026-11-22T21:30:00Z');
const WINDOW_DAYS = 7;
const POLICY = {
  rules: {
    'idle-database': { mode: 'off' },
    'idle-instance': { ...UNCAPPED, window: `${WINDOW_DAYS}d` },
  },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The hub's own account with two instances: one idle for ever, one whose last day of work was the 5th of November. */
async function stageWithTwo(): Promise<Stage> {
  const stage = await stageForTest({ now: NOW, policy: POLICY });
  const account = stage.sandbox.estate.account(ACCOUNT);
  account.role('lamplighter-look', { externalId: 'lamplighter' });
  const region = account.region(REGION);
  for (const name of ['asleep', 'worker']) {
    const LaunchTime = new Date(NOW.getTime() - 300 * DAY);
    const { InstanceId } = region.ec2.addInstance({
      LaunchTime,
      InstanceType: 'm5.large',
      Tags: [{ Key: 'Name', Value: name }],
    });
    measureInstance(region, InstanceId, {
      usage: 'idle',
      seed: 1,
      lifetime: { from: LaunchTime.getTime(), until: () => NOW.getTime() },
      batchDay: 1,
      gapDays: new Set(),
    });
    if (name === 'worker') {
      const metric = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId } };
      const lastWork = Date.parse('2026-11-05T00:00:00Z');
      region.cloudwatch.series(metric, function* (period, start, end) {
        for (let at = start; at < end; at += period * 1000) yield { at, value: at <= lastWork ? 60 : 1 };
      });
    }
  }
  return stage;
}

const replay = (stage: Stage, from: string, to: string) => wake<Replay[]>(stage, { from, to });

describe('a replay', () => {
  it('finds a resource on exactly the days on which its window was idle', async () => {
    const stage = await stageWithTwo();
    const [result] = await replay(stage, '2026-11-01', '2026-11-22');
    // Its seven days are 6 to 12 November: the first decision over them is that of the 13th, 00:00.
    expect(
      result?.resources.map(({ resource, firstDay, lastDay, days }) => [resource.name, firstDay, lastDay, days]),
    ).toEqual([
      ['asleep', '2026-11-01', '2026-11-21', 21],
      ['worker', '2026-11-13', '2026-11-21', 9],
    ]);
    const found = result?.ticks.map(({ time, act, leave }) => `${time.slice(0, 10)} ${act} ${leave}`);
    expect(found?.slice(10, 14)).toEqual(['2026-11-11 1 1', '2026-11-12 1 1', '2026-11-13 2 0', '2026-11-14 2 0']);
  });

  it('decides once for each day from the first up to, but not on, the last', async () => {
    const stage = await stageWithTwo();
    const [result] = await replay(stage, '2026-11-20', '2026-11-22');
    expect(result?.ticks.map(({ time }) => time)).toEqual(['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z']);
  });

  it('decides for today as of its beginning: the day that is running is not in it', async () => {
    const stage = await stageWithTwo();
    const { cloudwatch, ec2 } = stage.sandbox.estate.account(ACCOUNT).region(REGION);
    const [asleep] = ec2.instances.values();
    const metric = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: asleep!.InstanceId } };
    cloudwatch.series(metric, function* (period, start, end) {
      for (let at = start; at < end; at += period * 1000)
        yield { at, value: at >= Date.parse('2026-11-21T00:00:00Z') ? 60 : 1 };
    });
    const [result] = await replay(stage, '2026-11-20', '2026-11-22');
    // It began to work on the 21st, which nobody could know at 00:00 of that day.
    expect(result?.resources.find(({ resource }) => resource.name === 'asleep')).toMatchObject({
      days: 2,
      lastDay: '2026-11-21',
    });
  });

  it('reads the metrics of the whole range once', async () => {
    const stage = await stageWithTwo();
    await replay(stage, '2026-11-01', '2026-11-22');
    const readings = stage.sandbox.calls.byOperation('GetMetricData').map(({ input }) => input);
    expect(readings).toHaveLength(2); // CPU of both; then the network of both
    for (const { StartTime, EndTime } of readings) {
      expect(StartTime).toEqual(new Date('2026-10-25T00:00:00Z')); // seven days before the first
      expect(EndTime).toEqual(new Date('2026-11-22T00:00:00Z'));
    }
    expect(stage.sandbox.calls.count('DescribeInstances')).toBe(1);
  });

  it('says what it could not know', async () => {
    const stage = await stageWithTwo();
    const [result] = await replay(stage, '2026-11-20', '2026-11-22');
    expect(result?.note).toContain('AWS keeps no past inventory');
  });

  it('records nothing and sends nothing', async () => {
    const stage = await stageWithTwo();
    forgetCalls(stage);
    await replay(stage, '2026-11-20', '2026-11-22');
    const calls = stage.sandbox.calls.all();
    expect(calls.filter(({ service }) => service === 'sns')).toEqual([]);
    const writes = calls.filter(({ operation }) => /^(Put|Update|BatchWrite)Item$/.test(operation));
    expect(writes.filter(({ input }) => !JSON.stringify(input).includes('"PRICE#'))).toEqual([]);
  });

  it('sums what each day would have saved', async () => {
    const stage = await stageWithTwo();
    const [result] = await replay(stage, '2026-11-12', '2026-11-14');
    const monthly = 730 * 0.1181; // m5.large in Seoul
    expect(result?.ticks.map(({ savings }) => savings)).toEqual([
      [{ currency: 'USD', amount: expect.closeTo(monthly, 4) as number }],
      [{ currency: 'USD', amount: expect.closeTo(2 * monthly, 4) as number }],
    ]);
  });

  it('comes as a table, for people', async () => {
    const stage = await stageWithTwo();
    const table = await wake<string>(stage, { from: '2026-11-12', to: '2026-11-14', format: 'table' });
    expect(table).toMatch(/^account 123456789012\. Decided for each day at 00:00 UTC/);
    expect(table).toMatch(/2026-11-13 +2 +0 +0 +\$172\.43/);
    expect(table).toMatch(/worker +ap-northeast-2 +idle-instance +1 +2026-11-13 +2026-11-13 +\$86\.21/);
  });

  it('names the account that failed, when the others are done', async () => {
    const stage = await stageWithTwo();
    stage.sandbox.faults.add({ operation: 'DescribeInstances', fault: 'serverError' });
    await expect(replay(stage, '2026-11-12', '2026-11-14')).rejects.toMatchObject({
      name: 'AccountsFailedError',
      failed: [{ account: ACCOUNT }],
    });
  });

  it('says what would have been done with its plans approved, what that had saved, and what it had broken', async () => {
    const stage = await stageWithTwo();
    const { cloudwatch, ec2 } = stage.sandbox.estate.account(ACCOUNT).region(REGION);
    const [asleep] = ec2.instances.values();
    const metric = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: asleep!.InstanceId } };
    cloudwatch.series(metric, function* (period, start, end) {
      for (let at = start; at < end; at += period * 1000)
        yield { at, value: at === Date.parse('2026-11-14T00:00:00Z') ? 60 : 1 };
    });
    const [result] = await replay(stage, '2026-11-01', '2026-11-22');
    // Each was announced for three days first, as the policy has it.
    expect(result?.done.map(({ resource, day, broken }) => [resource.name, day, broken])).toEqual([
      ['asleep', '2026-11-04', known({ day: '2026-11-14', because: 'CPU % 60, more than 5' })],
      ['worker', '2026-11-16', known(undefined)],
    ]);
    const aDay = 24 * 0.1181;
    expect(result?.byRule).toEqual([
      {
        rule: 'idle-instance',
        done: 2,
        saved: [{ currency: 'USD', amount: expect.closeTo((10 + 6) * aDay, 3) as number }],
        broken: 1,
        unknown: 0,
      },
    ]);
  });

  it('says how many metrics it asked for, and what they cost', async () => {
    const stage = await stageWithTwo();
    const [result] = await replay(stage, '2026-11-20', '2026-11-22');
    expect(result?.paid).toEqual({ metrics: 6, dollars: 0.0001 }); // CPU, bytes in and bytes out of two
  });

  it('judges what Lamplighter has stopped since as it ran then', async () => {
    const stage = await stageWithTwo();
    const region = stage.sandbox.estate.account(ACCOUNT).region(REGION);
    const [asleep] = region.ec2.instances.values();
    Object.assign(asleep!, { State: { Code: 80, Name: 'stopped' } });
    expect((await replay(stage, '2026-11-15', '2026-11-18'))[0]?.done.map(({ resource }) => resource.name)).toEqual([]);
    const identity = { arn: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${asleep!.InstanceId}`, id: asleep!.InstanceId };
    const ledger = actingLedger({ client: stage.hub.dynamodb, table: stage.hub.table });
    const made = change();
    await ledger.recordChange({
      ...made,
      account: ACCOUNT,
      appliedAt: '2026-11-20T12:00:00.000Z',
      finishedAt: '2026-11-20T14:00:00.000Z',
      proposal: {
        ...made.proposal,
        rule: 'idle-instance',
        resource: { ...made.proposal.resource, arn: identity.arn },
        action: { kind: 'stop-instance', instance: identity, expect: { state: 'running', instanceType: 'm5.large' } },
      },
    });
    const [result] = await replay(stage, '2026-11-15', '2026-11-21');
    expect(result?.done.map(({ resource, day }) => [resource.name, day])).toEqual([
      ['asleep', '2026-11-18'],
      ['worker', '2026-11-18'],
    ]);
  });

  it.each([
    ['ends in the future', '2026-11-01', '2026-11-24', 'to: not after today: a day is judged once it has begun'],
    ['ends before it begins', '2026-11-10', '2026-11-01', 'to: a day after `from`: the range is half-open'],
    [
      'reaches behind what CloudWatch keeps',
      '2025-08-25',
      '2025-09-10',
      "from: too early: with the rules' windows it needs metrics from before the 455 days that CloudWatch keeps; 2025-09-01 is the first day",
    ],
  ])('of a range that %s is refused', async (_, from, to, problem) => {
    const stage = await stageWithTwo();
    await expect(replay(stage, from, to)).rejects.toMatchObject({ name: 'InvalidEventError', problems: [problem] });
  });

  it('begins as early as it says', async () => {
    const stage = await stageWithTwo();
    await expect(replay(stage, '2025-09-01', '2025-09-02')).resolves.toHaveLength(1);
  });
});

describe('a replay of every rule', () => {
  const SIZING_NOW = new Date('2026-11-22T06:00:00Z');

  async function fleetStage() {
    const RULES = Object.fromEntries(RULE_IDS.map((rule) => [rule, capIn(parsePolicy({}), rule) ? UNCAPPED : {}]));
    const policy = { scopes: [{ account: '111111111111', regions: [REGION] }], rules: RULES };
    const stage = await stageForTest({ now: SIZING_NOW, policy });
    const fleet = seedSizingFleet(stage.sandbox);
    const labelOf = ({ arn }: { arn: string }) => fleet.of(arn.split(/[/:]/).at(-1) ?? '')?.label ?? '';
    return { stage, labelOf };
  }

  it('tries them on the account, each on what it is for and on nothing else', async () => {
    const { stage, labelOf } = await fleetStage();
    const [result] = await replay(stage, '2026-11-12', '2026-11-22');
    const done = new Set(result?.done.map(({ action, resource }) => `${action.kind}: ${labelOf(resource)}`));
    expect([...done].sort()).toEqual([
      'change-volume-type: gp2-fast',
      'change-volume-type: iops-unused',
      'resize-database: oversized',
      'resize-database: sale-day',
      'resize-instance: oversized',
      'resize-instance: sale-day',
    ]); // a volume is announced for 32 days first
    expect(result?.byRule.map(({ rule, broken }) => [rule, broken]).sort()).toEqual([
      ['oversized-database', 0],
      ['oversized-instance', 0],
      ['volume-type', 0],
    ]);
    expect(result?.paid.metrics).toBeGreaterThan(100);
  });

  it('shows what a sale that the policy does not know of had broken', async () => {
    const { stage, labelOf } = await fleetStage();
    const [sale] = saleDaysBefore(Math.floor(SIZING_NOW.getTime() / DAY)) as [Date];
    const [from, to] = [-3, 3].map((days) => new Date(sale.getTime() + days * DAY).toISOString().slice(0, 10));
    const [result] = await replay(stage, from as string, to as string);
    const broken = result?.done.flatMap((one) => (one.broken.known && one.broken.value ? [one] : [])) ?? [];
    expect(broken.length).toBeGreaterThan(0);
    expect(new Set(broken.map(({ resource }) => labelOf(resource)))).toEqual(new Set(['sale-day']));
    expect(new Set(broken.map((one) => one.broken.known && one.broken.value?.day))).toEqual(
      new Set([sale.toISOString().slice(0, 10)]),
    );
  });
});
