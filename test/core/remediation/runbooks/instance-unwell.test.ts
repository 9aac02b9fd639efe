import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../shared/core/evidence.ts';
import type { AlarmedInstance } from '../../../../shared/core/remediation/runbook.ts';
import { instanceUnwell } from '../../../../shared/core/remediation/runbooks/instance-unwell.ts';
import { alarmOn, facts, fullDatabase, instance, metric, NOW, settings } from './specimen.ts';

const alarm = alarmOn(metric('AWS/EC2', 'StatusCheckFailed', { InstanceId: 'i-0abc' }), {
  comparison: 'GreaterThanThreshold',
  threshold: 0,
});
const judge = (resource: AlarmedInstance) => instanceUnwell(facts({ alarm, resource }), settings);

const { identity, launchedAt } = instance().facts;
const expectRunning = { state: 'running', launchedAt: launchedAt.toISOString() };
const rebooted: Partial<AlarmedInstance> = { systemStatus: known('ok') };

describe('an unwell instance', () => {
  it('is moved to another host when its host is unwell', () => {
    const { act, because, next } = judge(instance());
    expect(act).toEqual({
      action: { kind: 'move-instance', instance: identity, expect: { ...expectRunning, instanceType: 'm5.large' } },
      undo: { reversibility: 'full' },
      onlyApproved: false,
    });
    expect(because).toContain('StatusCheckFailed above 0 since 2026-11-23 04:58 Asia/Seoul');
    expect(next).toContain('aws ec2 stop-instances --region ap-northeast-2 --instance-ids i-0abc');
  });

  it('is rebooted when only its own system is unwell', () => {
    expect(judge(instance(rebooted)).act).toEqual({
      action: { kind: 'reboot-instance', instance: identity, expect: expectRunning },
      undo: { reversibility: 'full' },
      onlyApproved: false,
    });
  });

  it('is rebooted although a stop would lose something', () => {
    expect(judge(instance({ ...rebooted, instanceStore: known(true) })).act?.action.kind).toBe('reboot-instance');
  });

  it('shows all checks and what AWS has scheduled', () => {
    expect(judge(instance({ scheduledEvents: ['instance-retirement'] })).evidence).toEqual([
      'system status check (the host): impaired',
      'instance status check (its own system): impaired',
      'attached EBS status check (its volumes): ok',
      'scheduled by AWS: instance-retirement',
    ]);
  });
});

describe('AWS may be at it', () => {
  it('by an action of the alarm itself, which is left alone', () => {
    const acting = { ...alarm, acts: ['ec2:reboot'] };
    for (const resource of [instance(), instance(rebooted)]) {
      const { act, because } = instanceUnwell(facts({ alarm: acting, resource }), settings);
      expect(act).toBeUndefined();
      expect(because).toBe("AWS acts on it by itself: the alarm's own action is ec2:reboot");
    }
  });

  const failingFor = (minutes: number) => ({ systemImpairedSince: new Date(NOW.getTime() - minutes * 60_000) });

  it.each<[string, Partial<AlarmedInstance>, Date | 'soon']>([
    ['for nine minutes, until ten are over', failingFor(9), new Date(NOW.getTime() + 60_000)],
    ['for nobody knows how long, until that is known', {}, 'soon'],
  ])('by automatic recovery, which is waited for when its host fails %s', (_, since, passes) => {
    const remedy = judge(instance({ recoversItself: true, ...since }));
    expect(remedy).toMatchObject({ passes, next: expect.stringContaining('aws ec2 stop-instances') as string });
    expect(remedy).not.toHaveProperty('act');
    expect(remedy.because).toContain('AWS may be bringing it to another host by itself');
    expect(remedy.evidence.join()).toContain('automatic recovery: on');
  });

  it.each<[string, Partial<AlarmedInstance>]>([
    ['when ten minutes are over', { recoversItself: true, ...failingFor(10) }],
    ['where automatic recovery is off', failingFor(1)],
  ])('but no longer %s: it is moved, and nobody is asked', (_, spoiled) => {
    const remedy = judge(instance(spoiled));
    expect(remedy.act).toMatchObject({ action: { kind: 'move-instance' }, onlyApproved: false });
    expect(remedy).not.toHaveProperty('passes');
  });

  it('but not where a stop would lose something: it is never moved', () => {
    const remedy = judge(instance({ recoversItself: true, ...failingFor(1), instanceStore: known(true) }));
    expect(remedy.because).toContain('lose its local disks');
    expect(remedy).not.toHaveProperty('passes');
  });

  it('nor where only its own system fails, which automatic recovery does not look at', () => {
    expect(judge(instance({ recoversItself: true, ...rebooted })).act?.action.kind).toBe('reboot-instance');
  });
});

describe('it is not moved', () => {
  it.each<[string, AlarmedInstance, RegExp]>([
    ['when it is a Spot Instance', instance({}, { lifecycle: 'spot' }), /spot instance/],
    ['from an instance store', instance({}, { rootDevice: 'instance-store' }), /root device is an instance store/],
    ['when it has local disks', instance({ instanceStore: known(true) }), /lose its local disks/],
    ['when its address would be released', instance({}, { addresses: { elastic: 1, released: 1 } }), /public IPv4/],
    ['from a Dedicated Host', instance({}, { tenancy: 'host' }), /Dedicated Host/],
    ['when it is protected from a stop', instance({ stopProtection: known(true) }), /disableApiStop/],
  ])('%s', (_, resource, because) => {
    expect(judge(resource).act).toBeUndefined();
    expect(judge(resource).because).toMatch(because);
    expect(judge(resource).unknown).toBeUndefined();
  });

  it.each<[string, AlarmedInstance]>([
    ['its local disks are', instance({ instanceStore: unknown('AccessDenied') })],
    ['its stop protection is', instance({ stopProtection: unknown('AccessDenied') })],
    ['its system status is', instance({ systemStatus: unknown('AccessDenied') })],
    ['its volumes are', instance({ ...rebooted, attachedEbsStatus: unknown('AccessDenied') })],
    ['its instance status is', instance({ systemStatus: known('ok'), instanceStatus: unknown('AccessDenied') })],
  ])('nor rebooted when %s unknown', (_, resource) => {
    expect(judge(resource)).toMatchObject({ unknown: true, because: expect.stringContaining('AccessDenied') });
    expect(judge(resource).act).toBeUndefined();
  });
});

describe('it is left', () => {
  it.each<[string, Partial<AlarmedInstance['facts']>, RegExp]>([
    ['stopped', { state: 'stopped' }, /stopped, not running/],
    ['to its Auto Scaling group', { autoScalingGroup: 'web' }, /Auto Scaling group web, which replaces it/],
    ['to its controller', { tags: { 'karpenter.sh/nodepool': 'a' } }, /Karpenter/],
  ])('%s', (_, spoiled, because) => {
    for (const resource of [instance({}, spoiled), instance(rebooted, spoiled)]) {
      expect(judge(resource).act).toBeUndefined();
      expect(judge(resource).because).toMatch(because);
    }
  });

  it.each<[string, AlarmedInstance, RegExp]>([
    ['well by now', instance({ ...rebooted, instanceStatus: known('ok') }), /all its status checks pass/],
    ['still beginning', instance({ systemStatus: known('initializing') }), /only begun/],
    [
      'still beginning with its volumes',
      instance({ ...rebooted, attachedEbsStatus: known('initializing') }),
      /only begun/,
    ],
    ['still beginning itself', instance({ ...rebooted, instanceStatus: known('initializing') }), /only begun/],
  ])('%s', (_, resource, because) => {
    expect(judge(resource).act).toBeUndefined();
    expect(judge(resource).because).toMatch(because);
    expect(judge(resource).next).toContain('aws ec2 get-console-output');
  });

  it.each([
    ['its own system is', instance({ ...rebooted, attachedEbsStatus: known('impaired') })],
    ['its host is', instance({ attachedEbsStatus: known('impaired') })],
    ['it alone is', instance({ ...rebooted, instanceStatus: known('ok'), attachedEbsStatus: known('impaired') })],
  ])('when a volume cannot be reached, although %s unwell', (_, resource) => {
    const { act, because, next } = judge(resource);
    expect(act).toBeUndefined();
    expect(because).toContain('its attached EBS status check fails: a volume of it cannot be reached');
    expect(next).toContain('aws ec2 describe-volume-status --region ap-northeast-2');
  });

  it('to a reboot where older types have no check of their volumes', () => {
    const old = instance({ ...rebooted, attachedEbsStatus: known('not-applicable') });
    expect(judge(old).act?.action.kind).toBe('reboot-instance');
  });

  it('when it is no instance', () => {
    expect(instanceUnwell(facts({ alarm, resource: fullDatabase }), settings).act).toBeUndefined();
  });
});
