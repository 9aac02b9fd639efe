import { describe, expect, it } from 'vitest';
import type { AlarmMetric } from '../../../shared/core/remediation/alarm.ts';
import { keyOfSubject, subjectOf, wordsFor } from '../../../shared/core/remediation/subject.ts';
import { alarm, composite, freeStorage, metric, SCOPE, watching } from './alarms.ts';

const about = (metrics: readonly AlarmMetric[], expression?: string) =>
  subjectOf(alarm({ watches: watching(metrics, expression ? { expression } : {}) }));
const cpu = (dimensions: Record<string, string>) => metric('AWS/EC2', 'CPUUtilization', dimensions);

describe('what an alarm is about', () => {
  it.each<[string, AlarmMetric, object]>([
    ['a database', freeStorage, { type: 'database', form: 'instance', name: 'orders' }],
    [
      'a cluster',
      metric('AWS/RDS', 'VolumeBytesUsed', { DbClusterIdentifier: 'carts', EngineName: 'aurora' }),
      { type: 'database', form: 'cluster', name: 'carts' },
    ],
    [
      'the readers of a cluster',
      metric('AWS/RDS', 'CPUUtilization', { DBClusterIdentifier: 'carts', Role: 'READER' }),
      { type: 'database', form: 'cluster', name: 'carts', role: 'READER' },
    ],
    ['an instance', cpu({ InstanceId: 'i-0abc12345' }), { type: 'instance', id: 'i-0abc12345' }],
    [
      'an instance by its agent',
      metric('CWAgent', 'disk_used_percent', { InstanceId: 'i-0abc12345', path: '/', device: 'xvda1', fstype: 'xfs' }),
      { type: 'instance', id: 'i-0abc12345' },
    ],
    [
      'an instance by a metric of its owners',
      metric('Shop', 'QueueLength', { InstanceId: 'i-0abc12345' }),
      { type: 'instance', id: 'i-0abc12345' },
    ],
  ])('is %s', (_, one, subject) => {
    expect(about([one])).toEqual(subject);
  });

  it.each<[string, AlarmMetric, string]>([
    ['an Auto Scaling group', cpu({ AutoScalingGroupName: 'web' }), 'AutoScalingGroupName web'],
    ['a volume', metric('AWS/EBS', 'BurstBalance', { VolumeId: 'vol-1' }), 'VolumeId vol-1'],
    [
      'all databases of a class',
      metric('AWS/RDS', 'CPUUtilization', { DatabaseClass: 'db.r6g.large' }),
      'DatabaseClass',
    ],
    ['all instances', cpu({}), 'no dimensions'],
    ["somebody's own machine", metric('CWAgent', 'mem_used_percent', { InstanceId: 'mi-0abc12345' }), 'mi-0abc12345'],
    ['a host', metric('CWAgent', 'mem_used_percent', { host: 'ip-10-0-0-1' }), 'host ip-10-0-0-1'],
    ['a DocumentDB cluster', metric('AWS/DocDB', 'CPUUtilization', { DBClusterIdentifier: 'docs' }), 'AWS/DocDB'],
    ['an unknown namespace', metric('AWS/Mystery', 'Errors', { Thing: 'x' }), 'Errors of AWS/Mystery (Thing x)'],
    ['another account', { ...freeStorage, account: '999988887777' }, 'the account 999988887777'],
  ])('is nothing, by name, when it is %s', (_, one, why) => {
    expect(about([one])).toMatchObject({ type: 'none', why: expect.stringContaining(why) });
  });

  it('is that of all metrics of an expression', () => {
    expect(about([freeStorage, { ...freeStorage, name: 'FreeableMemory' }], 'm1 + m2')).toMatchObject({
      name: 'orders',
    });
    expect(about([{ ...freeStorage, account: SCOPE.account }], 'm1')).toMatchObject({ name: 'orders' });
  });

  it('is nothing when an expression is over several, all named', () => {
    const carts = metric('AWS/RDS', 'FreeStorageSpace', { DBInstanceIdentifier: 'carts' });
    const latency = metric('AWS/ApplicationELB', 'TargetResponseTime', { LoadBalancer: 'app/shop' });
    const { type, why } = about([freeStorage, carts, latency, freeStorage], 'm1') as { type: string; why: string };
    expect(type).toBe('none');
    for (const one of ['the database orders', 'the database carts', 'LoadBalancer app/shop'])
      expect(why).toContain(one);
    expect(why.match(/the database orders/g)).toHaveLength(1);
  });

  it('is nothing when an expression names no metric, which it quotes', () => {
    const why = expect.stringContaining('SELECT MAX(CPUUtilization)');
    expect(about([], 'SELECT MAX(CPUUtilization) FROM "AWS/EC2"')).toEqual({ type: 'none', why });
  });

  it('is nothing but its children when it is a composite', () => {
    expect(subjectOf(composite('night', ['disk', 'cpu']))).toEqual({
      type: 'none',
      why: 'it is composed of disk, cpu',
    });
  });
});

describe('the key of a subject', () => {
  it('tells resources and places apart, and not the roles in a cluster', () => {
    const carts = { type: 'database', form: 'cluster', name: 'carts' } as const;
    const keys = [
      keyOfSubject(carts, SCOPE),
      keyOfSubject({ ...carts, role: 'READER' }, SCOPE),
      keyOfSubject({ ...carts, form: 'instance' }, SCOPE),
      keyOfSubject(carts, { ...SCOPE, region: 'eu-central-1' }),
      keyOfSubject({ type: 'instance', id: 'carts' }, SCOPE),
    ];
    expect(new Set(keys).size).toBe(4);
    expect(keys[1]).toBe(keys[0]);
  });

  it('has words for people', () => {
    expect(wordsFor({ type: 'database', form: 'cluster', name: 'carts', role: 'READER' })).toBe(
      'the cluster carts (reader)',
    );
    expect(wordsFor({ type: 'instance', id: 'i-0abc12345' })).toBe('the instance i-0abc12345');
  });
});
