import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { InstanceEvidence, InstanceFacts } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import type { JudgeContext, Veto } from '../../../shared/core/rules/exempt.ts';
import { judgeIdleInstance } from '../../../shared/core/rules/idle-instance.ts';
import { daysBefore, utcMidnight } from '../../../shared/core/time.ts';
import { context, daily, dailyBut, idleInstance, withEvidence, withOnly } from '../../support/facts-specimen.ts';
import { TICK } from '../../support/plan-specimen.ts';

const MIDNIGHT = utcMidnight(TICK);
const WINDOW = 28;

const judge = (spoiled: Partial<InstanceFacts> = {}, under: Partial<JudgeContext> = {}) =>
  judgeIdleInstance({ ...idleInstance, ...spoiled }, context(under));

const judgeEvidence = (spoiled: Partial<InstanceFacts['evidence']>, under: Partial<JudgeContext> = {}) =>
  judgeIdleInstance(withEvidence(idleInstance, spoiled), context(under));

const left = (because: string) => ({ verdict: 'leave', because });
const inUse = (because: string) => ({ verdict: 'leave', because, used: true });
const leftUnknown = (because: string) => ({ verdict: 'leave', because, unknown: true });

const protectedUntil = (value: string, { timezone = 'UTC', now = TICK } = {}) =>
  judge({ tags: { 'lamplighter:protect': value } }, { now, policy: parsePolicy({ timezone }) });

describe('the perfect specimen', () => {
  it('is stopped, and says why, what it saves, what goes on being billed and how it comes back', () => {
    expect(judge()).toEqual({
      verdict: 'act',
      action: {
        kind: 'stop-instance',
        instance: idleInstance.identity,
        expect: { state: 'running', instanceType: 'm5.large' },
      },
      because: 'CPU at most 1.2 % and network at most 0.1 MB on any day of 28',
      saving: known({ monthly: money('USD', 86.14), basis: 'list', stillBilled: ['100 GiB of gp3 volumes'] }),
      undo: { reversibility: 'full' },
    });
  });
});

describe('protection by tag', () => {
  it.each([
    ['has no end', '', 'protected by its tag lamplighter:protect'],
    ['has words in it', 'audit', 'protected by its tag lamplighter:protect (audit)'],
    ['ends today', '2026-11-22', 'protected by its tag lamplighter:protect until 2026-11-22'],
    ['ends later', '2026-12-31', 'protected by its tag lamplighter:protect until 2026-12-31'],
    ['has a day that no month has', '2026-02-30', 'protected by its tag lamplighter:protect (2026-02-30)'],
    ['has a date in another order', '31.12.2025', 'protected by its tag lamplighter:protect (31.12.2025)'],
    ['has a date without zeros', '2025-1-5', 'protected by its tag lamplighter:protect (2025-1-5)'],
    ['has a date and more', '2025-12-31 Kim', 'protected by its tag lamplighter:protect (2025-12-31 Kim)'],
  ])('leaves it alone when the tag %s', (_, value, because) => {
    expect(protectedUntil(value)).toEqual(left(because));
  });

  it('is over on the day after the last', () => {
    expect(protectedUntil('2026-11-21').verdict).toBe('act');
  });

  it.each([
    ['Seoul is a day ahead of UTC, where the last day is over', 'Asia/Seoul', TICK, '2026-11-22', 'act'],
    ['Seoul is a day ahead of UTC, where the last day has come', 'Asia/Seoul', TICK, '2026-11-23', 'leave'],
    ['UTC still has the last day', 'UTC', TICK, '2026-11-22', 'leave'],
    [
      'Los Angeles is a day behind UTC, where the last day still runs',
      'America/Los_Angeles',
      new Date('2026-11-22T05:00:00Z'),
      '2026-11-21',
      'leave',
    ],
    ['UTC has gone past that day', 'UTC', new Date('2026-11-22T05:00:00Z'), '2026-11-21', 'act'],
  ])('is counted in days of the policy: %s', (_, timezone, now, value, verdict) => {
    expect(protectedUntil(value, { timezone, now }).verdict).toBe(verdict);
  });

  it('goes by the tag that the policy names, and by no other', () => {
    const policy = parsePolicy({ defaults: { protectTag: 'keep' } });
    expect(judge({ tags: { keep: '' } }, { policy })).toEqual(left('protected by its tag keep'));
    expect(judge({ tags: { 'lamplighter:protect': '' } }, { policy }).verdict).toBe('act');
  });
});

describe('a veto', () => {
  const veto: Veto = {
    resource: idleInstance.identity.arn,
    until: new Date('2026-12-01T00:00:00Z'),
    by: 'kim',
    why: 'month end',
  };

  it('leaves it alone until it ends, and says who and why', () => {
    expect(judge({}, { vetoes: [veto] })).toEqual(left('vetoed by kim until 2026-12-01: month end'));
  });

  it('says its end as a date of the policy', () => {
    const policy = parsePolicy({ timezone: 'America/Los_Angeles' });
    expect(judge({}, { vetoes: [veto], policy })).toEqual(left('vetoed by kim until 2026-11-30: month end'));
  });

  it.each([
    ['has just ended', { ...veto, until: TICK }],
    ['is about another resource', { ...veto, resource: `${veto.resource}-2` }],
  ])('does not hold when it %s', (_, other) => {
    expect(judge({}, { vetoes: [other] }).verdict).toBe('act');
  });

  it('holds beside one that has ended', () => {
    expect(judge({}, { vetoes: [{ ...veto, until: TICK }, veto] }).verdict).toBe('leave');
  });
});

describe('what AWS cannot stop, or what would not stay stopped', () => {
  it.each<[string, Partial<InstanceFacts>, string]>([
    ['it is stopped', { state: 'stopped' }, 'its state is stopped, not running'],
    ['it is starting', { state: 'pending' }, 'its state is pending, not running'],
    ['its state is unknown', { state: 'unknown' }, 'its state is unknown, not running'],
    ['it is Spot', { lifecycle: 'spot' }, 'AWS does not stop and start spot instances like on-demand ones'],
    [
      'it is in a capacity block',
      { lifecycle: 'capacity-block' },
      'AWS does not stop and start capacity-block instances like on-demand ones',
    ],
    [
      'its root device is an instance store',
      { rootDevice: 'instance-store' },
      'its root device is an instance store: AWS cannot stop it',
    ],
    [
      'it runs on a Dedicated Host',
      { tenancy: 'host' },
      'runs on a Dedicated Host, which is billed whether it runs or not',
    ],
    [
      'it is in an Auto Scaling group',
      { autoScalingGroup: 'web' },
      'owned by the Auto Scaling group web, which would replace it',
    ],
    [
      'its tag names an Auto Scaling group',
      { tags: { 'aws:autoscaling:groupName': 'web' } },
      'owned by the Auto Scaling group web, which would replace it',
    ],
    [
      'an AWS service operates it',
      { managedBy: 'eks-auto-mode' },
      'owned by the AWS service eks-auto-mode, which would replace it',
    ],
  ])('leaves it alone when %s', (_, spoiled, because) => {
    expect(judge(spoiled)).toEqual(left(because));
  });

  it.each([
    ['karpenter.sh/nodepool', 'Karpenter'],
    ['karpenter.sh/provisioner-name', 'Karpenter'],
    ['eks:cluster-name', 'EKS'],
    ['aws:eks:cluster-name', 'EKS'],
    ['eks:nodegroup-name', 'EKS'],
    ['kubernetes.io/cluster/shop', 'Kubernetes'],
    ['k8s.io/cluster-autoscaler/enabled', 'Kubernetes'],
    ['aws:ecs:clusterName', 'ECS'],
    ['AmazonECSManaged', 'ECS'],
    ['AWSBatchServiceTag', 'AWS Batch'],
    ['elasticbeanstalk:environment-name', 'Elastic Beanstalk'],
    ['elasticbeanstalk:environment-id', 'Elastic Beanstalk'],
    ['aws:elasticmapreduce:job-flow-id', 'EMR'],
    ['aws:ec2:fleet-id', 'EC2 Fleet'],
    ['aws:ec2spot:fleet-request-id', 'Spot Fleet'],
  ])('leaves it alone when a controller has tagged it %s', (tag, controller) => {
    const because = `owned by ${controller} (tag ${tag}), which would replace it`;
    expect(judge({ tags: { owner: 'team-orders', [tag]: '' } })).toEqual(left(because));
  });

  it.each([
    ['only resembles one', 'eks:cluster-name-note'],
    ['lacks what follows the slash', 'kubernetes.io/cluster'],
  ])('is not led astray by a tag that %s', (_, tag) => {
    expect(judge({ tags: { [tag]: '' } }).verdict).toBe('act');
  });

  it('names the controller rather than the Auto Scaling group under it', () => {
    const tags = { 'eks:nodegroup-name': 'blue', 'aws:autoscaling:groupName': 'eks-blue' };
    expect(judge({ tags })).toEqual(left('owned by EKS (tag eks:nodegroup-name), which would replace it'));
  });

  it('stops what is on dedicated hardware that is billed by the instance', () => {
    expect(judge({ tenancy: 'dedicated' }).verdict).toBe('act');
  });

  it.each<[string, Partial<InstanceFacts['evidence']>, string]>([
    [
      'has local disks',
      { instanceStore: known(true) },
      'a stop would lose the data on its local disks (instance store)',
    ],
    ['is protected from stopping', { stopProtection: known(true) }, 'stop protection is on'],
  ])('leaves it alone when it %s', (_, spoiled, because) => {
    expect(judgeEvidence(spoiled)).toEqual(left(because));
  });
});

describe('the window', () => {
  const begin = daysBefore(WINDOW, MIDNIGHT);

  it('must have begun with the instance running', () => {
    expect(judge({ launchedAt: begin }).verdict).toBe('act');
    const later = new Date(begin.getTime() + 1);
    expect(judge({ launchedAt: later })).toEqual(left('27 days old, younger than the window of 28 days'));
    expect(judge({ launchedAt: TICK })).toEqual(left('0 days old, younger than the window of 28 days'));
  });

  it.each<[keyof InstanceEvidence & ('peakCpuPercent' | 'networkBytes'), string]>([
    ['peakCpuPercent', 'CPU'],
    ['networkBytes', 'network'],
  ])('with a small gap in %s is only suggested', (kind) => {
    for (const daysAgo of [WINDOW, 14, 1]) {
      for (const gap of [undefined, Number.NaN]) {
        expect(judgeEvidence({ [kind]: dailyBut(daysAgo, gap) }), `${daysAgo} days ago`).toMatchObject({
          verdict: 'find',
          kind: 'suggestion',
          note: 'there is no data for 1 of 28 days',
          step: 'aws ec2 stop-instances --region ap-northeast-2 --instance-ids i-0abc',
        });
      }
    }
  });

  it.each<[keyof InstanceEvidence & ('peakCpuPercent' | 'networkBytes'), string]>([
    ['peakCpuPercent', 'CPU'],
    ['networkBytes', 'network'],
  ])('with a gap of three days in %s is not judged', (kind, what) => {
    const gap = daily(Array.from({ length: 36 }, (_, day) => (day >= 10 && day < 13 ? undefined : 0)));
    expect(judgeEvidence({ [kind]: gap })).toEqual(leftUnknown(`${what} incomplete: no data for 3 of 28 days`));
  });

  it.each([
    ['begin too late', daily(new Array(WINDOW - 2).fill(0)), 'CPU incomplete: no data for 3 of 28 days'],
    ['are none at all', daily([]), 'CPU incomplete: no data for 28 of 28 days'],
    [
      'ended long ago',
      known({ firstDay: daysBefore(100, MIDNIGHT), values: new Array(80).fill(0) }),
      'CPU incomplete: no data for 20 of 28 days',
    ],
  ])('is not judged by half when its values %s', (_, peakCpuPercent, because) => {
    expect(judgeEvidence({ peakCpuPercent })).toEqual(leftUnknown(because));
  });

  it('may lack the day that is not over', () => {
    expect(judgeEvidence({ peakCpuPercent: dailyBut(0, undefined) }).verdict).toBe('act');
  });

  it.each([
    ['the first day', WINDOW],
    ['a day in the middle', 14],
    ['the last full day', 1],
    ['the day that is not over', 0],
  ])('counts %s', (_, daysAgo) => {
    expect(judgeEvidence({ peakCpuPercent: dailyBut(daysAgo, 63.04) })).toEqual(
      inUse('in use: CPU up to 63 % in 28 days'),
    );
    expect(judgeEvidence({ networkBytes: dailyBut(daysAgo, 734_000_000) })).toEqual(
      inUse('in use: network up to 734 MB on a day, more than 5 MB'),
    );
  });

  it.each([
    ['a patch', { peakCpuPercent: dailyBut(9, 19.9) }, 'one day reached 19.9 % CPU and 0.1 MB'],
    ['a scan', { networkBytes: dailyBut(9, 7_340_000, 120_000) }, 'one day reached 1.2 % CPU and 7.3 MB'],
  ])('with one stir, such as %s, is only suggested, whatever the mode', (_, spoiled, note) => {
    const policy = parsePolicy({ defaults: { mode: 'auto' } });
    expect(judgeEvidence(spoiled, { policy })).toMatchObject({ verdict: 'find', kind: 'suggestion', note });
  });

  it('does not count the day before it', () => {
    expect(judgeEvidence({ peakCpuPercent: dailyBut(WINDOW + 1, 90) }).verdict).toBe('act');
  });

  it('has no running day at midnight itself, but one a moment later', () => {
    const spoiled = { peakCpuPercent: dailyBut(0, 90) };
    expect(judgeEvidence(spoiled, { now: MIDNIGHT }).verdict).toBe('act');
    expect(judgeEvidence(spoiled, { now: new Date(MIDNIGHT.getTime() + 1) }).verdict).toBe('leave');
  });

  it('is as long as the policy says', () => {
    const policy = parsePolicy({ rules: { 'idle-instance': { window: '7d' } } });
    expect(judgeEvidence({ peakCpuPercent: dailyBut(8, 90) }, { policy }).verdict).toBe('act');
    expect(judgeEvidence({ peakCpuPercent: dailyBut(7, 90) }, { policy }).verdict).toBe('leave');
  });
});

describe('the thresholds', () => {
  it.each([
    [4.9, 'act'],
    [5, 'leave'],
    [5.1, 'leave'],
  ])('a highest CPU of %d %% is %s', (peak, verdict) => {
    expect(judgeEvidence({ peakCpuPercent: daily(peak) }).verdict).toBe(verdict);
  });

  it.each([
    [4_999_999, 'act'],
    [5_000_000, 'act'],
    [5_000_001, 'leave'],
  ])('%d bytes on a day are %s', (bytes, verdict) => {
    expect(judgeEvidence({ networkBytes: daily(bytes) }).verdict).toBe(verdict);
  });

  it('are those of the policy', () => {
    const policy = parsePolicy({ rules: { 'idle-instance': { cpuPercent: 1.2, networkBytesPerDay: '119KB' } } });
    expect(judge({}, { policy })).toEqual(inUse('in use: CPU up to 1.2 % in 28 days'));
    expect(judgeEvidence({ peakCpuPercent: daily(0) }, { policy })).toEqual(
      inUse('in use: network up to 0.1 MB on a day, more than 0.119 MB'),
    );
  });
});

describe('evidence', () => {
  it.each<[keyof InstanceEvidence, string]>([
    ['peakCpuPercent', 'CPU unknown: AccessDenied'],
    ['networkBytes', 'network unknown: AccessDenied'],
    ['instanceStore', 'local disks unknown: AccessDenied'],
    ['stopProtection', 'stop protection unknown: AccessDenied'],
  ])('that is unknown never justifies a stop: %s', (kind, because) => {
    expect(judgeEvidence({ [kind]: unknown('AccessDenied') })).toEqual(leftUnknown(because));
  });

  const CHEAPEST_FIRST = ['peakCpuPercent', 'networkBytes', 'instanceStore', 'hourlyPrice'];

  it.each(CHEAPEST_FIRST.map((kind, index) => [kind, CHEAPEST_FIRST.slice(0, index)]))(
    'that is lacking is asked for, the cheapest first: %s',
    (evidence, read) => {
      expect(judge(withOnly(idleInstance, read as string[]))).toEqual({ verdict: 'lacks', evidence });
    },
  );

  it('that is costly is asked for last, with the verdict that it could give', () => {
    expect(judge(withOnly(idleInstance, CHEAPEST_FIRST))).toEqual({
      verdict: 'lacks',
      evidence: 'volumes',
      ifFine: judgeEvidence({ volumes: unknown('not read yet') }),
    });
    expect(judge(withOnly(idleInstance, [...CHEAPEST_FIRST, 'volumes']))).toEqual({
      verdict: 'lacks',
      evidence: 'stopProtection',
      ifFine: judge(),
    });
  });

  it.each([
    ['busy', { peakCpuPercent: daily(80) }, ['peakCpuPercent']],
    ['too cheap to bother', { hourlyPrice: known(money('USD', 0.001)) }, CHEAPEST_FIRST],
  ])('is not asked for once the instance is known to be %s', (_, spoiled, read) => {
    expect(judge(withOnly(withEvidence(idleInstance, spoiled), read)).verdict).toBe('leave');
  });

  it('is not needed for what is exempt', () => {
    expect(judge({ state: 'stopped', evidence: {} }).verdict).toBe('leave');
  });
});

describe('the saving', () => {
  it('may be unknown: the stop is proposed and says so', () => {
    const judged = judgeEvidence({ hourlyPrice: unknown('no list price for m5.large') });
    expect(judged).toMatchObject({ verdict: 'act', saving: unknown('no list price for m5.large') });
  });

  it.each([
    [0.099999, 'leave'],
    [0.1, 'act'],
  ])('decides by the least that the policy bothers anybody for: %d an hour is %s', (hourly, verdict) => {
    const policy = parsePolicy({ defaults: { minMonthlySaving: 73 } });
    expect(judgeEvidence({ hourlyPrice: known(money('USD', hourly)) }, { policy }).verdict).toBe(verdict);
  });

  it('that is too small is said with both amounts', () => {
    expect(judgeEvidence({ hourlyPrice: known(money('USD', 0.0052)) })).toEqual(
      left("idle, but stopping it saves $3.80 a month, less than the policy's $5.00"),
    );
  });

  it.each<[string, Partial<InstanceFacts>, string[]]>([
    [
      'volumes of each type',
      withEvidence(idleInstance, {
        volumes: known([
          { id: 'a', sizeGiB: 100, volumeType: 'gp3' },
          { id: 'b', sizeGiB: 500, volumeType: 'st1' },
          { id: 'c', sizeGiB: 20, volumeType: 'gp3' },
        ]),
      }),
      ['120 GiB of gp3 and 500 GiB of st1 volumes'],
    ],
    ['no volumes', withEvidence(idleInstance, { volumes: known([]) }), []],
    [
      'volumes that could not be read',
      withEvidence(idleInstance, { volumes: unknown('AccessDenied') }),
      ['its volumes'],
    ],
    ['Elastic IPs', { addresses: { elastic: 2, released: 0 } }, ['100 GiB of gp3 volumes', '2 Elastic IP']],
  ])('names what goes on being billed: %s', (_, spoiled, stillBilled) => {
    expect(judge(spoiled)).toMatchObject({ verdict: 'act', saving: { value: { stillBilled } } });
  });
});

it('says that a public address will not come back', () => {
  expect(judge({ addresses: { elastic: 0, released: 1 } })).toMatchObject({
    verdict: 'act',
    undo: { reversibility: 'partial', loses: 'its public IPv4 address: a start brings a new one' },
  });
});
