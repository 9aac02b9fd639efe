import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { AlarmMetric } from '../../../shared/core/remediation/alarm.ts';
import { type AboutResource, type Choice, chooseRunbook } from '../../../shared/core/remediation/choose.ts';
import { subjectOf } from '../../../shared/core/remediation/subject.ts';
import type { MetricWatches } from '../../../shared/core/remediation/watches.ts';
import { alarm, composite, freeStorage, metric, watching } from './alarms.ts';

const LESS = { comparison: 'LessThanThreshold' };
const GREATER = { comparison: 'GreaterThanOrEqualToThreshold' };

const about = (metrics: readonly AlarmMetric[], watches: Partial<MetricWatches> = LESS): AboutResource => {
  const one = alarm({ watches: watching(metrics, watches) });
  return { alarm: one, subject: subjectOf(one), tags: known({ env: 'prod' }) };
};

const choose = (one: AboutResource, runbooks: readonly object[] = []): Choice =>
  chooseRunbook(one, parsePolicy({ remediation: { runbooks } }).remediation);

const ofRds = (name: string) => metric('AWS/RDS', name, { DBInstanceIdentifier: 'orders' });
const ofEc2 = (name: string) => metric('AWS/EC2', name, { InstanceId: 'i-0abc12345' });
const ofAgent = (name: string) => metric('CWAgent', name, { InstanceId: 'i-0abc12345' });

describe('by the metric alone', () => {
  it.each<[AlarmMetric, object, string]>([
    [ofRds('FreeStorageSpace'), LESS, 'database-storage-low'],
    [ofRds('CPUUtilization'), GREATER, 'database-saturated'],
    [ofRds('FreeableMemory'), LESS, 'database-saturated'],
    [ofRds('SwapUsage'), GREATER, 'database-saturated'],
    [ofRds('DatabaseConnections'), GREATER, 'database-saturated'],
    [ofRds('DBLoad'), GREATER, 'database-saturated'],
    [ofRds('ReplicaLag'), GREATER, 'replica-lag'],
    [ofRds('ReplicaLag'), LESS, 'replica-lag'],
    [ofRds('AuroraReplicaLag'), GREATER, 'replica-lag'],
    [ofRds('AuroraReplicaLagMaximum'), {}, 'replica-lag'],
    [ofEc2('StatusCheckFailed'), GREATER, 'instance-unwell'],
    [ofEc2('StatusCheckFailed_System'), GREATER, 'instance-unwell'],
    [ofEc2('StatusCheckFailed_Instance'), GREATER, 'instance-unwell'],
    [ofEc2('StatusCheckFailed_AttachedEBS'), GREATER, 'instance-unwell'],
    [ofEc2('CPUCreditBalance'), LESS, 'credits-exhausted'],
    [ofRds('CPUCreditBalance'), LESS, 'credits-exhausted'],
    [ofEc2('CPUUtilization'), LESS, 'idle-alarm'],
    [ofEc2('NetworkOut'), LESS, 'idle-alarm'],
    [ofRds('CPUUtilization'), LESS, 'idle-alarm'],
    [ofRds('DatabaseConnections'), LESS, 'idle-alarm'],
    [ofAgent('disk_used_percent'), GREATER, 'host-evidence'],
    [ofAgent('mem_used_percent'), GREATER, 'host-evidence'],
  ])('%o that is %o has its runbook', (one, side, runbook) => {
    expect(choose(about([one], side))).toMatchObject({ runbook });
  });

  it.each<[AlarmMetric, object, string]>([
    [ofRds('FreeStorageSpace'), GREATER, 'FreeStorageSpace of AWS/RDS when it is high'],
    [ofRds('FreeableMemory'), GREATER, 'FreeableMemory of AWS/RDS when it is high'],
    [ofEc2('CPUUtilization'), GREATER, 'CPUUtilization of AWS/EC2 when it is high'],
    [ofEc2('StatusCheckFailed'), LESS, 'StatusCheckFailed of AWS/EC2 when it is low'],
    [ofRds('BurstBalance'), LESS, 'BurstBalance of AWS/RDS'],
    [ofAgent('disk_free'), LESS, 'disk_free of CWAgent'],
    [ofRds('CPUUtilization'), { comparison: 'LessThanLowerOrGreaterThanUpperThreshold' }, 'not known'],
    [ofRds('CPUUtilization'), { ...GREATER, expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }, 'not known'],
  ])('%o that is %o has none, which says so', (one, side, because) => {
    const choice = choose(about([one], side));
    expect(choice.runbook).toBeUndefined();
    expect(choice.because).toContain(because);
  });

  it('there is none where it is about nothing', () => {
    const { because, runbook } = choose(about([metric('AWS/EBS', 'BurstBalance', { VolumeId: 'vol-1' })]));
    expect([runbook, because]).toEqual([undefined, expect.stringContaining('VolumeId vol-1')]);
  });

  it('there is none for a composite', () => {
    const one = composite('night', ['a']);
    const subject = { type: 'instance', id: 'i-0abc12345' } as const;
    expect(choose({ alarm: one, subject, tags: known({}) }).runbook).toBeUndefined();
  });
});

describe('by an expression', () => {
  it.each(['m1', 'm1 / 1024 / 1024', 'FILL(m1, 0) * 100', 'SUM([m1, m2])', 'MIN(METRICS())'])(
    'that keeps what is low low (%s), it is as by the metric',
    (expression) => {
      expect(choose(about([freeStorage, freeStorage], { ...LESS, expression }))).toMatchObject({
        runbook: 'database-storage-low',
      });
    },
  );

  it.each(['100 - m1', 'm1 / m2', 'IF(m1 > 3, 1, 0)', 'RATE(m1)', 'DIFF(m1)', '1 / (m1)', 'METRICS("x")'])(
    'that may turn it round (%s), there is none',
    (expression) => {
      const { runbook, because } = choose(about([freeStorage], { ...LESS, expression }));
      expect(runbook).toBeUndefined();
      expect(because).toContain(`${expression} over FreeStorageSpace of AWS/RDS`);
    },
  );

  it('over metrics with different runbooks, there is none', () => {
    const both = [ofRds('FreeStorageSpace'), ofRds('FreeableMemory')];
    expect(choose(about(both, { ...LESS, expression: 'MIN([m1, m2])' })).runbook).toBeUndefined();
  });
});

describe('by the policy', () => {
  const disk = about([ofRds('FreeStorageSpace')]);

  it.each<[string, object]>([
    ['its name', { alarm: 'orders-*' }],
    ['its tag', { tag: 'env=pr*' }],
    ['its namespace', { namespace: 'AWS/RDS' }],
    ['its metric', { metric: 'FreeStorageSpace' }],
    ['all of them', { alarm: '*disk', tag: 'env=prod', namespace: 'AWS/RDS', metric: 'FreeStorageSpace' }],
  ])('%s comes first', (_, fits) => {
    expect(choose(disk, [{ ...fits, runbook: 'replica-lag' }])).toEqual({
      runbook: 'replica-lag',
      because: 'the policy says so (`remediation.runbooks[0]`)',
    });
  });

  it.each<[string, object]>([
    ['another name', { alarm: 'carts-*', tag: 'env=prod' }],
    ['another value', { tag: 'env=dev' }],
    ['no such tag', { tag: 'team=*' }],
    ['another namespace', { namespace: 'AWS/EC2', metric: 'FreeStorageSpace' }],
    ['another metric', { namespace: 'AWS/RDS', metric: 'CPUUtilization' }],
  ])('%s does not count', (_, fits) => {
    expect(choose(disk, [{ ...fits, runbook: 'replica-lag' }]).runbook).toBe('database-storage-low');
  });

  it('the first that fits counts', () => {
    const choices = [
      { alarm: 'carts', runbook: 'none' },
      { alarm: 'orders-*', runbook: 'replica-lag' },
      { alarm: '*', runbook: 'none' },
    ];
    expect(choose(disk, choices).because).toContain('runbooks[1]');
  });

  it('it may be left to people, without a word', () => {
    expect(choose(disk, [{ alarm: '*', runbook: 'none' }])).toMatchObject({ quiet: true });
    expect(choose(disk, [{ alarm: '*', runbook: 'none' }]).runbook).toBeUndefined();
  });

  it('nothing is chosen by tags that are not known, not even by the metric', () => {
    const blind = { ...disk, tags: unknown('AccessDenied') };
    const choice = choose(blind, [{ tag: 'env=dev', runbook: 'none' }]);
    expect(choice.runbook).toBeUndefined();
    expect(choice.because).toContain('AccessDenied');
    expect(choose(blind, [{ alarm: 'carts', tag: 'env=dev', runbook: 'none' }]).runbook).toBe('database-storage-low');
  });

  it('a runbook for something else is not followed', () => {
    const { runbook, because } = choose(disk, [{ alarm: '*', runbook: 'instance-unwell' }]);
    expect(runbook).toBeUndefined();
    expect(because).toContain('instance-unwell is for instances, and it is about the database orders');
  });
});
