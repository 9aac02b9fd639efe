import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../shared/core/evidence.ts';
import { money } from '../../../../shared/core/money.ts';
import type { Alarm } from '../../../../shared/core/remediation/alarm.ts';
import type { AlarmedDatabase, AlarmedInstance } from '../../../../shared/core/remediation/runbook.ts';
import { creditsExhausted } from '../../../../shared/core/remediation/runbooks/credits-exhausted.ts';
import { databaseSaturated } from '../../../../shared/core/remediation/runbooks/database-saturated.ts';
import type { InstanceTypeFacts } from '../../../../shared/core/sizing/instance-type.ts';
import { alarmOn, database, facts, instance, measured, metric, settings, unwellInstance } from './specimen.ts';

const cpu = metric('AWS/RDS', 'CPUUtilization', { DBInstanceIdentifier: 'orders-qa' });
const full = alarmOn(cpu, { comparison: 'GreaterThanThreshold', threshold: 90 });
const stack = { 'aws:cloudformation:stack-name': 'shop' };

describe('a saturated database', () => {
  const saturated = (resource: AlarmedDatabase) => databaseSaturated(facts({ alarm: full, resource }), settings);

  it('is proposed one class up, for a person to say yes to', () => {
    const { act, because, next } = saturated(database());
    expect(act).toEqual({
      action: {
        kind: 'resize-database',
        direction: 'gives',
        database: database().facts.identity,
        from: 'db.r6g.large',
        to: 'db.r6g.xlarge',
      },
      undo: { reversibility: 'full' },
      onlyApproved: true,
      monthlyMore: known(money('USD', 183.23)),
    });
    expect(because).toBe(
      'CPUUtilization above 90 since 2026-11-23 04:58 Asia/Seoul; db.r6g.xlarge is one step up from db.r6g.large',
    );
    expect(next).toContain('--db-instance-class db.r6g.xlarge');
  });

  it('shows its metrics, replicas and what an outage it would be', () => {
    const resource = database(
      {
        replicas: [
          { name: 'orders-ro', lagSeconds: known(42) },
          { name: 'orders-bi', lagSeconds: known(-1) },
          { name: 'orders-x', lagSeconds: unknown('no datapoint') },
        ],
      },
      { multiAz: true },
    );
    const metrics = [
      measured(cpu, { what: 'CPU', unit: '%', value: 97.3 }),
      measured(cpu, { what: 'connections', unit: '', value: undefined }),
      { ...measured(cpu, { what: 'memory', unit: 'GiB', value: 1 }), series: unknown('Throttling') },
    ];
    const { evidence, charts } = databaseSaturated(facts({ alarm: full, resource, metrics }), settings);
    expect(evidence).toEqual([
      'CPU: 97.3 % now, 97.3 to 97.3 % in 3 hours',
      'connections: nothing was measured in 3 hours',
      'memory: unknown, Throttling',
      'replica orders-ro: 42 seconds behind',
      'replica orders-bi: replication does not run',
      'replica orders-x: lag unknown, no datapoint',
      'a larger class: an outage of one to two minutes, while Multi-AZ fails over',
    ]);
    expect(charts).toEqual([{ what: 'CPU', unit: '%', by: 'minute', each: 5, values: new Array(36).fill(97.3) }]);
  });

  it('says where nobody knows its load', () => {
    const { evidence } = saturated(database({ performanceInsights: 'off' }));
    expect(evidence).toContain('top waits and statements: unknown, Performance Insights is off');
  });

  it.each<[string, AlarmedDatabase, RegExp]>([
    ['a member of a cluster', database({}, { memberOf: 'carts' }), /instances of a cluster are not resized/],
    ['RDS Custom', database({}, { engine: 'custom-sqlserver-ee' }), /RDS Custom/],
    ['being modified', database({}, { status: 'modifying' }), /its status is modifying/],
    ['with pending modifications', database({}, { pendingModifications: ['Iops'] }), /\(Iops\)/],
    ['with processor features', database({}, { processorFeatures: ['coreCount=2'] }), /coreCount=2/],
    ['of the largest class', database({ classUp: known(undefined) }), /no larger class/],
    ['made by code', database({}, { tags: stack }), /the CloudFormation stack shop, which would take/],
  ])('is left: %s', (_, resource, because) => {
    expect(saturated(resource).act).toBeUndefined();
    expect(saturated(resource).because).toMatch(because);
  });

  it('names the line of the code that it is made from', () => {
    expect(saturated(database({}, { tags: stack })).next).toContain('DBInstanceClass: db.r6g.xlarge');
  });

  it('is left when a larger class is unknown', () => {
    const remedy = saturated(database({ classUp: unknown('AccessDenied') }));
    expect(remedy).toMatchObject({ unknown: true, because: expect.stringContaining('AccessDenied') });
    expect(remedy.act).toBeUndefined();
  });

  it.each<[string, Partial<Extract<Alarm['watches'], { kind: 'metric' }>>, string]>([
    [
      'bytes as GiB',
      { metrics: [metric('AWS/RDS', 'FreeableMemory', {})], comparison: 'LessThanThreshold', threshold: 2 ** 29 },
      'FreeableMemory below 0.5 GiB since',
    ],
    [
      'an expression as it is',
      { expression: 'm1 * 2', threshold: 1234.5 },
      'its expression m1 * 2 above 1,234.5 since',
    ],
    [
      'a band by its metric',
      { comparison: 'LessThanLowerOrGreaterThanUpperThreshold' },
      'CPUUtilization in ALARM since',
    ],
  ])('says %s', (_, spoiled, words) => {
    const alarm = { ...full, watches: { ...full.watches, ...spoiled } as Alarm['watches'] };
    expect(databaseSaturated(facts({ alarm }), settings).because).toContain(words);
  });

  it('is told of by a composite', () => {
    const alarm: Alarm = { ...full, watches: { kind: 'composite', rule: 'ALARM(a)', children: ['a'] } };
    expect(databaseSaturated(facts({ alarm }), settings).because).toContain('its rule is true since');
  });

  it('is not looked for in an instance', () => {
    expect(databaseSaturated(facts({ alarm: full, resource: unwellInstance }), settings).because).toContain(
      'for databases, and the alarm is about an instance',
    );
  });
});

describe('CPU credits that are used up', () => {
  const balance = metric('AWS/EC2', 'CPUCreditBalance', { InstanceId: 'i-0abc' });
  const low = alarmOn(balance, { comparison: 'LessThanThreshold', threshold: 10 });
  const exhausted = (resource: AlarmedInstance | AlarmedDatabase) =>
    creditsExhausted(facts({ alarm: low, resource }), settings);

  const type = { name: 't3.large', vcpus: 2 } as InstanceTypeFacts;
  const burstable = (spoiled: Partial<AlarmedInstance> = {}, ofFacts: Partial<AlarmedInstance['facts']> = {}) =>
    instance(
      { credits: known('standard'), ...spoiled },
      { instanceType: 't3.large', evidence: { offered: known([type]) }, ...ofFacts },
    );
  const unlimited: Partial<AlarmedInstance> = { credits: known('unlimited') };

  it('are made unlimited, for a person to say yes to', () => {
    const { act, because, evidence } = exhausted(burstable());
    expect(act).toEqual({
      action: {
        kind: 'set-unlimited-credits',
        instance: burstable().facts.identity,
        from: 'standard',
        to: 'unlimited',
      },
      undo: { reversibility: 'full' },
      onlyApproved: true,
      monthlyMore: unknown('surplus credits are billed by use, for what it takes above its baseline over 24 hours'),
    });
    expect(because).toContain('held down to its baseline');
    expect(evidence).toEqual(['credit mode: standard', 'one type up: t3.xlarge, if it is short of credits day by day']);
  });

  it('lead to one type up where they are unlimited', () => {
    expect(exhausted(burstable(unlimited)).act).toMatchObject({
      action: { kind: 'resize-instance', direction: 'gives', from: 't3.large', to: 't3.xlarge' },
      undo: { reversibility: 'full' },
      onlyApproved: true,
      monthlyMore: known(money('USD', 60.74)),
    });
  });

  it('lead to one class up of a database', () => {
    expect(exhausted(database()).act).toMatchObject({ action: { kind: 'resize-database' }, onlyApproved: true });
    expect(exhausted(database({}, { classes: ['db.t4g.medium'] })).evidence).toEqual([
      'credit mode: unlimited: it is not held down, but what it takes above its baseline is billed',
      expect.stringContaining('a larger class: an outage of'),
    ]);
  });

  it.each<[string, AlarmedInstance, RegExp]>([
    ['of no burstable type', instance(), /m5.large has no CPU credits/],
    ['of an Auto Scaling group', burstable({}, { autoScalingGroup: 'web' }), /Auto Scaling group web/],
    ['stopped', burstable({}, { state: 'stopped' }), /stopped, not running/],
    ['on a Dedicated Host', burstable({}, { tenancy: 'host' }), /no unlimited mode/],
    ['made by code', burstable({}, { tags: stack }), /take another credit mode back/],
    ['unlimited and made by code', burstable(unlimited, { tags: stack }), /take another type back/],
    ['unlimited without a larger type', burstable({ ...unlimited, typeUp: known(undefined) }), /no larger type/],
    ['unlimited with local disks', burstable({ ...unlimited, instanceStore: known(true) }), /local disks/],
    [
      'unlimited and tied to its type',
      burstable(unlimited, { hardware: { ...instance().facts.hardware, placementGroup: 'tight' } }),
      /placement group tight/,
    ],
    [
      'unlimited and enabled for hibernation',
      burstable(unlimited, { hardware: { ...instance().facts.hardware, hibernation: true } }),
      /hibernation/,
    ],
  ])('are left: %s', (_, resource, because) => {
    expect(exhausted(resource).act).toBeUndefined();
    expect(exhausted(resource).because).toMatch(because);
    expect(exhausted(resource).unknown).toBeUndefined();
  });

  it.each<[string, AlarmedInstance]>([
    ['the credit mode is', burstable({ credits: unknown('AccessDenied') })],
    ['a larger type is', burstable({ ...unlimited, typeUp: unknown('AccessDenied') })],
    ['stop protection is', burstable({ ...unlimited, stopProtection: unknown('AccessDenied') })],
    ['what the type is', burstable(unlimited, { evidence: { offered: unknown('AccessDenied') } })],
  ])('are left when %s unknown', (_, resource) => {
    expect(exhausted(resource)).toMatchObject({ unknown: true, because: expect.stringContaining('AccessDenied') });
    expect(exhausted(resource).act).toBeUndefined();
  });
});
