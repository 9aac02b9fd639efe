import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../shared/core/evidence.ts';
import type { Alarm } from '../../../../shared/core/remediation/alarm.ts';
import { noRunbook } from '../../../../shared/core/remediation/no-runbook.ts';
import type { AlarmedResource, MinuteSeries, RunbookFacts } from '../../../../shared/core/remediation/runbook.ts';
import { hostEvidence } from '../../../../shared/core/remediation/runbooks/host-evidence.ts';
import { idleAlarm } from '../../../../shared/core/remediation/runbooks/idle-alarm.ts';
import { replicaLag } from '../../../../shared/core/remediation/runbooks/replica-lag.ts';
import { RUNBOOKS } from '../../../../shared/core/remediation/runbooks.ts';
import {
  alarmOn,
  changed,
  database,
  facts,
  GIB,
  hoursAgo,
  instance,
  measured,
  metric,
  NOW,
  settings,
  storageAlarm,
} from './specimen.ts';

const series = (values: readonly (number | undefined)[]) =>
  known<MinuteSeries>({ from: hoursAgo(3), stepSeconds: 300, values });

describe('replica lag', () => {
  const lag = metric('AWS/RDS', 'ReplicaLag', { DBInstanceIdentifier: 'orders-ro' });
  const alarm = alarmOn(lag, { comparison: 'GreaterThanOrEqualToThreshold', threshold: 300 });

  it('names the replica that is furthest behind, and does nothing', () => {
    const replicas = [
      { name: 'a', lagSeconds: known(12) },
      { name: 'b', lagSeconds: known(900) },
      { name: 'c', lagSeconds: unknown('AccessDenied') },
    ];
    const { act, because, next } = replicaLag(facts({ alarm, resource: database({ replicas }) }), settings);
    expect(act).toBeUndefined();
    expect(because).toBe('ReplicaLag at or above 300 since 2026-11-23 04:58 Asia/Seoul; b: 900 seconds behind');
    expect(next).toContain('pg_stat_replication');
  });

  it('takes a replica that does not replicate for the worst', () => {
    const replicas = [
      { name: 'a', lagSeconds: known(9000) },
      { name: 'b', lagSeconds: known(-1) },
    ];
    const { because } = replicaLag(facts({ alarm, resource: database({ replicas }) }), settings);
    expect(because).toContain('b: replication does not run');
  });

  it.each([
    ['mysql', 'SHOW REPLICA STATUS'],
    ['aurora-mysql', 'SHOW REPLICA STATUS'],
    ['aurora-postgresql', 'pg_stat_activity'],
    ['oracle-ee', 'v$dataguard_stats'],
    ['sqlserver-ee', 'on the replica'],
  ])('says where %s tells what it waits for', (engine, step) => {
    expect(replicaLag(facts({ alarm, resource: database({}, { engine }) }), settings).next).toContain(step);
  });
});

describe('an idle alarm', () => {
  const connections = metric('AWS/RDS', 'DatabaseConnections', { DBInstanceIdentifier: 'orders-qa' });
  const alarm = alarmOn(connections, { comparison: 'LessThanOrEqualToThreshold', threshold: 0 });
  const verdict = (metrics: RunbookFacts['metrics'], resource: AlarmedResource = database()) =>
    idleAlarm(facts({ alarm, resource, metrics }), settings);

  it.each([
    [[0, 0, 0], 'it looks idle: nobody connected in 15 minutes'],
    [[0, undefined, 0], 'it looks idle: nobody connected in 15 minutes, of which 1 of 3 values are missing'],
    [[0, 3.5, 0], 'it is not idle: up to 4 connections in 15 minutes'],
    [[0, 1, 0], 'it is not idle: up to 1 connection in 15 minutes'],
    [[undefined, undefined], 'whether it is idle is unknown: no connections were measured in 10 minutes'],
  ])('of connections %j says: %s', (values, words) => {
    const one = { ...measured(connections, { what: 'connections', unit: '', value: 0 }), series: series(values) };
    const { act, because, next } = verdict([one]);
    expect(act).toBeUndefined();
    expect(because.split('; ')[1]).toBe(words);
    expect(next).toBe(`see its verdict now: npx serverless invoke -f right-size -d '{"resource":"orders-qa"}'`);
  });

  it('says what an instance was used for', () => {
    const cpu = metric('AWS/EC2', 'CPUUtilization', { InstanceId: 'i-0abc' });
    const { because } = verdict([measured(cpu, { what: 'CPU', unit: '%', value: 1.23 })], instance());
    expect(because).toContain('it looks idle if this is nobody: CPU at most 1.23 % in 3 hours');
  });

  it('knows nothing without metrics', () => {
    expect(verdict([]).because).toContain('unknown: none of its use was measured');
    const lost = {
      ...measured(connections, { what: 'connections', unit: '', value: 0 }),
      series: unknown('Throttling'),
    };
    expect(verdict([lost]).because).toContain('unknown: Throttling');
  });
});

describe('the evidence of a host', () => {
  const disk = metric('CWAgent', 'disk_used_percent', {
    InstanceId: 'i-0abc',
    path: "/data's",
    device: 'nvme1n1',
    fstype: 'xfs',
  });
  const alarm = alarmOn(disk, { comparison: 'GreaterThanThreshold', threshold: 90 });
  const judge = (metrics: RunbookFacts['metrics'], watched: Alarm = alarm) =>
    hostEvidence(facts({ alarm: watched, resource: instance(), metrics }), settings);

  it('names the disk, its pace, and the command', () => {
    const one = { ...measured(disk, { what: 'disk', unit: '%', value: 0 }), series: series([88, undefined, 90, 91]) };
    const { act, evidence, next } = judge([one]);
    expect(act).toBeUndefined();
    expect(evidence).toEqual([
      "disk: /data's on nvme1n1 (xfs)",
      'disk: 12 % more an hour; at this pace full in 0.75 hours',
      'disk: 91 % now, 88 to 91 % in 20 minutes',
    ]);
    expect(next).toContain('aws ssm start-session --region ap-northeast-2 --target i-0abc');
    expect(next).toContain(`du -xh --max-depth=2 '/data'\\''s'`);
  });

  it('has no pace of what does not grow', () => {
    const still = measured(disk, { what: 'disk', unit: '%', value: 91 });
    expect(judge([still]).evidence).toHaveLength(2);
  });

  it('of memory shows what takes it', () => {
    const memory = metric('CWAgent', 'mem_used_percent', { InstanceId: 'i-0abc' });
    const { next, evidence } = judge([], alarmOn(memory, { comparison: 'GreaterThanThreshold', threshold: 90 }));
    expect(next).toContain('ps aux --sort=-rss');
    expect(evidence).toEqual([]);
  });

  it('is not looked for in a database', () => {
    expect(hostEvidence(facts({ alarm }), settings).because).toContain(
      'for instances, and the alarm is about a database',
    );
  });
});

describe('no runbook', () => {
  const queue = metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'orders' });
  const alarm = alarmOn(queue, { comparison: 'GreaterThanThreshold', threshold: 600 });

  it('says what was looked at, and how the alarm is given one', () => {
    const { because, evidence, next } = noRunbook({
      alarm,
      subject: { type: 'none', why: 'it is about nothing known' },
      metrics: [measured(queue, { what: 'age', unit: 'seconds', value: 900 })],
    });
    expect(because).toBe('no runbook fits: it is about nothing known');
    expect(evidence).toEqual([
      'looked at AWS/SQS ApproximateAgeOfOldestMessage (Average) of QueueName=orders',
      'CloudWatch says: Threshold Crossed: 3 out of 3 datapoints',
      'age: 900 seconds now, 900 to 900 seconds in 3 hours',
    ]);
    expect(next).toContain("{alarm: 'ApproximateAgeOfOldestMessage-alarm', runbook: ...}");
  });

  it('names the metric of a resource that is known', () => {
    const { because } = noRunbook({ alarm, subject: { type: 'instance', id: 'i-0abc' }, metrics: [] });
    expect(because).toBe('no runbook fits: none is for AWS/SQS ApproximateAgeOfOldestMessage');
  });

  it('shows an expression, and the rule of a composite', () => {
    const subject = { type: 'none', why: 'several' } as const;
    const math: Alarm = { ...alarm, watches: { kind: 'metric', metrics: [queue], expression: 'm1 * 2' } };
    expect(noRunbook({ alarm: math, subject, metrics: [] }).evidence[0]).toBe('looked at its expression: m1 * 2');
    const composite: Alarm = { ...alarm, watches: { kind: 'composite', rule: 'ALARM(a)', children: ['a'] } };
    expect(noRunbook({ alarm: composite, subject, metrics: [] }).evidence[0]).toBe('looked at its rule: ALARM(a)');
  });
});

describe('every runbook', () => {
  const anyEvidence = <T>(value: fc.Arbitrary<T>) => fc.oneof(value.map(known), fc.constant(unknown('AccessDenied')));
  const anyBytes = fc.double({ min: 0, max: 70_000 * GIB, noNaN: true });
  const anyDatabase = fc
    .record({
      engine: fc.constantFrom(
        'postgres',
        'mysql',
        'oracle-se2',
        'sqlserver-se',
        'aurora-mysql',
        'custom-oracle-ee',
        '',
      ),
      status: fc.constantFrom('available', 'storage-full', 'modifying', 'stopped', ''),
      classes: fc.constantFrom<string[]>([], ['db.t3.micro'], ['db.r6g.large']),
      storage: fc.record({
        sizeGiB: fc.option(fc.integer({ min: 0, max: 70_000 }), { nil: undefined }),
        storageType: fc.constantFrom('gp2', 'gp3', 'io1', 'io2', 'standard', 'new', undefined),
        iops: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined }),
        throughputMiBs: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined }),
      }),
      free: anyEvidence(
        fc.array(fc.option(fc.oneof(fc.double(), anyBytes), { nil: undefined }), { maxLength: 40 }).map((values) => ({
          firstHour: hoursAgo(30),
          values,
        })),
      ),
      lag: anyEvidence(fc.double()),
      growsItselfTo: fc.option(fc.integer({ min: 0, max: 70_000 }), { nil: undefined }),
      changedHoursAgo: fc.option(fc.integer({ min: -1, max: 300 }), { nil: undefined }),
    })
    .map(({ storage, free, lag, growsItselfTo, changedHoursAgo, ...ofFacts }): AlarmedResource => {
      const set = Object.fromEntries(Object.entries(storage).filter(([, value]) => value !== undefined));
      return database(
        {
          freeStorageHours: free,
          replicas: [{ name: 'r', lagSeconds: lag }],
          ...(growsItselfTo === undefined ? {} : { growsItselfTo }),
          ...(changedHoursAgo === undefined ? {} : { storageChanges: changed(changedHoursAgo) }),
        },
        { ...ofFacts, storage: { ioOptimized: false, ...set } },
      );
    });
  const anyInstance = fc
    .record({
      system: anyEvidence(fc.constantFrom('ok' as const, 'impaired' as const, 'initializing' as const)),
      own: anyEvidence(fc.constantFrom('ok' as const, 'impaired' as const, 'initializing' as const)),
      disks: anyEvidence(fc.boolean()),
      protection: anyEvidence(fc.boolean()),
      credits: anyEvidence(fc.constantFrom('standard' as const, 'unlimited' as const)),
      state: fc.constantFrom('running', 'stopped'),
      lifecycle: fc.constantFrom('on-demand', 'spot'),
      released: fc.integer({ min: 0, max: 1 }),
    })
    .map(
      ({ system, own, disks, protection, credits, state, lifecycle, released }): AlarmedResource =>
        instance(
          { systemStatus: system, instanceStatus: own, instanceStore: disks, stopProtection: protection, credits },
          { state, lifecycle, addresses: { elastic: 0, released } },
        ),
    );
  const anyMetric = fc.array(fc.option(fc.double(), { nil: undefined }), { maxLength: 10 }).map((values) => ({
    ...measured(metric('AWS/RDS', 'DatabaseConnections', {}), { what: 'x', unit: '%', value: 0 }),
    series: series(values),
  }));
  const anyFacts = fc
    .record({
      resource: fc.oneof(anyDatabase, anyInstance),
      metrics: fc.array(anyMetric, { maxLength: 3 }),
      threshold: fc.option(fc.oneof(fc.double(), anyBytes), { nil: undefined }),
    })
    .map(({ resource, metrics, threshold }) => {
      const { threshold: _, ...watches } = storageAlarm.watches as Extract<Alarm['watches'], { kind: 'metric' }>;
      const alarm = { ...storageAlarm, watches: { ...watches, ...(threshold === undefined ? {} : { threshold }) } };
      return facts({ resource, metrics, alarm, now: NOW });
    });

  it.each(Object.entries(RUNBOOKS))('%s never throws, and always says why and what is next', (_, runbook) => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const { because, next, act, unknown: isUnknown } = runbook(given, settings);
        expect(because).not.toBe('');
        expect(next).not.toBe('');
        expect(`${because} ${next}`).not.toMatch(/undefined|NaN/);
        if (act) expect(isUnknown).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('never shrinks storage, nor grows it by less than 10 %', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const action = RUNBOOKS['database-storage-low'](given, settings).act?.action;
        if (action?.kind !== 'change-database-storage') return;
        expect(action.to.sizeGiB * 10).toBeGreaterThanOrEqual(action.from.sizeGiB * 11);
        expect(action.to.type).toBe(action.from.type);
        expect(action.to.iops ?? 0).toBeGreaterThanOrEqual(action.from.iops ?? 0);
        expect(action.to.throughputMiBs ?? 0).toBeGreaterThanOrEqual(action.from.throughputMiBs ?? 0);
      }),
      { numRuns: 2000 },
    );
  });
});
