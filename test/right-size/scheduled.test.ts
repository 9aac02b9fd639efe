import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Explanation } from '../../functions/right-size/explain.ts';
import type { Replay } from '../../functions/right-size/replay.ts';
import { steady } from '../support/carry-out.ts';
import { seoul } from '../support/off-hours-specimen.ts';
import { forgetCalls, plansOf, proposedIn, reasonsIn, type Stage, stageForTest, wake } from '../support/right-size.ts';
import { type MetricNames, measuredWhileOn } from '../support/scheduled-metrics.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-2';
const NOON = seoul('2026-11-18 12:00'); // a Wednesday
const NIGHT = seoul('2026-11-18 23:00');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const POLICY = {
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  calendars: { seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' } },
  schedules: { office: { calendar: 'seoul', mode: 'auto' } },
};

/** As an evening finds it: stopped by its schedule. */
const stopped = (at: Date) => ({
  State: { Name: 'stopped' as const, Code: 80 },
  StateTransitionReason: `User initiated (${at.toISOString().slice(0, 19).replace('T', ' ')} GMT)`,
});

const IDLE: MetricNames = { CPUUtilization: 1.5, NetworkIn: 1000, NetworkOut: 1000 };

/** The hub's own account, with instances and a database that run in office hours only. */
async function officeOf(
  tags: Readonly<Record<string, string>> = { 'lamplighter:schedule': 'office' },
  policy: object = POLICY,
) {
  const stage = await stageForTest({ now: NOON, policy });
  const account = stage.sandbox.estate.account(ACCOUNT);
  account.role('lamplighter-look', { externalId: 'lamplighter' });
  const region = account.region(REGION);
  const tagList = (name: string) => Object.entries({ Name: name, ...tags }).map(([Key, Value]) => ({ Key, Value }));
  const instance = (name: string, metrics: MetricNames, more: object = {}) => {
    const LaunchTime = seoul('2026-11-18 08:03'); // this morning, as on every one
    const added = region.ec2.addInstance({ LaunchTime, InstanceType: 'm5.large', Tags: tagList(name), ...more });
    measuredWhileOn(region, { namespace: 'AWS/EC2', dimension: 'InstanceId', of: added.InstanceId, metrics });
    return added;
  };
  const database = (name: string, metrics: MetricNames) => {
    region.rds.addInstance({
      DBInstanceIdentifier: name,
      Engine: 'postgres',
      DBInstanceClass: 'db.r6g.large',
      InstanceCreateTime: seoul('2026-01-01 00:00'),
      TagList: tagList(name),
    });
    measuredWhileOn(region, { namespace: 'AWS/RDS', dimension: 'DBInstanceIdentifier', of: name, metrics });
  };
  return { stage, region, instance, database };
}

describe('what runs in office hours only', () => {
  it('is proposed when nobody uses it then, with what it costs then, and left when somebody does', async () => {
    const { stage, instance, database } = await officeOf();
    instance('batch', IDLE);
    instance('web', { ...IDLE, CPUUtilization: 40 });
    database('orders-qa', { DatabaseConnections: 0, ReadIOPS: 0.2, WriteIOPS: 0.4 });
    database('orders', { DatabaseConnections: 12, ReadIOPS: 80, WriteIOPS: 40 });
    const plans = await plansOf(stage);
    expect(proposedIn(plans).sort()).toEqual(['batch', 'orders-qa']);
    const [plan] = plans;
    for (const { because, saving } of plan?.act ?? []) {
      expect(because).toMatch(/ of which its schedule office was on$/);
      expect(saving).toMatchObject({ value: { basis: 'list', share: expect.closeTo(0.365, 2) } });
    }
    expect(reasonsIn(plans)).toEqual({
      web: expect.stringMatching(/^in use: CPU up to 40 %/),
      orders: expect.stringMatching(/^in use: up to 12 connections/),
    });
    expect(stage.sent().at(-1)?.text).toMatch(/saves \$\d+\.\d\d a month \(list, on for 36 % of the time\)/);
  });

  it('is nothing that anybody could tell without the tag', async () => {
    const { stage, instance, database } = await officeOf({});
    instance('batch', IDLE);
    database('orders-qa', { DatabaseConnections: 0, ReadIOPS: 0.2, WriteIOPS: 0.4 });
    const plans = await plansOf(stage);
    expect([proposedIn(plans), reasonsIn(plans)]).toEqual([
      [],
      {
        batch: '0 days old, younger than the window of 28 days',
        'orders-qa': 'connections incomplete: no data for 5 of 35 days',
      },
    ]);
  });

  it('is left as unknown when the policy has no such schedule, or its holidays are not stored', async () => {
    const { stage, instance, database } = await officeOf({ 'lamplighter:schedule': 'offcie' });
    instance('batch', IDLE);
    database('orders-qa', { DatabaseConnections: 0, ReadIOPS: 0.2, WriteIOPS: 0.4 });
    const [plan] = await plansOf(stage);
    expect(plan?.leave).toMatchObject([
      { resource: { name: 'batch' }, because: expect.stringMatching(/names no schedule/), unknown: true },
      { resource: { name: 'orders-qa' }, because: expect.stringMatching(/names no schedule/), unknown: true },
    ]);
  });

  it('takes no call more than what runs all the time', async () => {
    const calls = async (stage: Stage) => {
      forgetCalls(stage);
      expect(proposedIn(await plansOf(stage))).toHaveLength(1); // 5 % of them
      const byOperation = Map.groupBy(stage.sandbox.calls.all(), ({ operation }) => operation);
      return Object.fromEntries([...byOperation].map(([operation, all]) => [operation, all.length]));
    };
    const [scheduled, always] = [await officeOf(), await officeOf({}, { scopes: POLICY.scopes })];
    const { region } = always;
    for (let number = 0; number < 20; number += 1) {
      scheduled.instance(`batch-${number}`, IDLE);
      const { InstanceId: of } = always.instance(`batch-${number}`, IDLE, { LaunchTime: seoul('2026-01-01 00:00') });
      for (const [metric, value] of Object.entries(IDLE)) {
        steady(region, { namespace: 'AWS/EC2', metric, dimension: 'InstanceId', of, value });
      }
    }
    expect(await calls(scheduled.stage)).toEqual(await calls(always.stage));
  });
});

describe('what its schedule has off', () => {
  const LONG_AGO = '2026-09-07 09:00-18:00';
  const SELDOM = {
    ...POLICY,
    calendars: { seoul: { timezone: 'Asia/Seoul', on: [LONG_AGO, '2027-01-04 09:00-18:00'] } },
  };
  const everyRule = (policy: object) => ({ ...policy, rules: { 'long-stopped-instance': { mode: 'report' } } });

  it('is neither idle nor stopped for long on account of that', async () => {
    const { stage, instance } = await officeOf(undefined, everyRule(SELDOM));
    instance('batch', IDLE, stopped(seoul('2026-09-07 18:03')));
    const plans = await plansOf(stage);
    expect([plans[0]?.act, plans[0]?.findings, plans[0]?.leave.map(({ because }) => because).sort()]).toEqual([
      [],
      undefined,
      ['its schedule office has been off ever since', 'its state is stopped, not running'],
    ]);
  });

  it('is told to be stopped for long when somebody else has stopped it', async () => {
    const { stage, instance } = await officeOf(undefined, everyRule(POLICY));
    instance('batch', IDLE, stopped(seoul('2026-09-07 18:03')));
    const [plan] = await plansOf(stage);
    expect(plan?.findings).toMatchObject([{ rule: 'long-stopped-instance', resource: { name: 'batch' } }]);
  });

  it('is judged in a backtest as while it is on, also when that is asked for at night', async () => {
    const { stage, instance } = await officeOf();
    stage.sandbox.clock.advance(NIGHT.getTime() - NOON.getTime());
    vi.setSystemTime(NIGHT);
    instance('batch', IDLE, stopped(seoul('2026-11-18 21:03')));
    instance('web', { ...IDLE, CPUUtilization: 40 }, stopped(seoul('2026-11-18 21:03')));
    const [replay] = await wake<Replay[]>(stage, { from: '2026-11-09', to: '2026-11-17', rules: ['idle-instance'] });
    expect(replay?.resources.map(({ resource, days }) => [resource.name, days])).toEqual([['batch', 8]]);
    expect(replay?.done).toMatchObject([{ resource: { name: 'batch' }, broken: { known: true } }]);
  });

  it('is explained with the reason', async () => {
    const { stage, instance } = await officeOf();
    instance('batch', IDLE);
    const [one] = await wake<Explanation[]>(stage, { resource: 'batch' });
    expect(one?.verdicts.find(({ rule }) => rule === 'idle-instance')).toMatchObject({
      verdict: 'act',
      because: expect.stringContaining('on 24 of which its schedule office was on'),
      saving: expect.stringMatching(/a month \(list, on for 36 % of the time\)$/),
    });
  });
});
