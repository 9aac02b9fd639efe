import { describe, expect, it } from 'vitest';
import { exhausted, failing, filling, loaded, once, quiet, turned } from '../support/alarmed.ts';
import { mutations, type Scene, told } from '../support/carry-out.ts';
import { approve, changesOf, deliver, openNight } from '../support/remediate-alarm.ts';

/** Minutes after the first mutation. */
function later(scene: Scene, minutes: number, happen: () => unknown): void {
  const soon = () => void scene.sandbox.clock.after(minutes * 60_000, () => void happen());
  once(scene, () => mutations(scene).length > 0, soon);
}

/** Answered, approved where it has to be, and lived to its end. */
async function ended(scene: Scene, alarm: string, { approved }: { readonly approved?: true } = {}) {
  await deliver(scene, [turned(scene, alarm)]);
  if (approved) await approve(scene);
  await scene.lambda.advance({ hours: 3 });
  return (await changesOf(scene))[0];
}

describe('an OK that says nothing of the remedy', () => {
  it.each([
    [
      'a person has set it',
      { by: 'a person', reason: 'silence' },
      'a person has set the alarm to OK, and nobody can say after 30 minutes whether it helped',
    ],
    [
      'nothing is measured any more',
      { by: 'missing data' },
      'the alarm is OK only because it has no data, and nobody can say after 30 minutes whether it helped',
    ],
  ] as const)('does not resolve it, because %s', async (_, brought, because) => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    later(scene, 1, () => turned(scene, alarm, 'OK', brought));
    expect(await ended(scene, alarm)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining(because) as string,
    });
  });

  it('does not resolve it, because the database was only down', async () => {
    const scene = await openNight();
    const { alarm, stored } = loaded(scene, 'carts');
    later(scene, 1, () => turned(scene, alarm, 'OK'));
    const isUp = () => stored.DBInstanceClass === 'db.r6g.xlarge' && stored.DBInstanceStatus === 'available';
    once(scene, isUp, () => void scene.sandbox.clock.after(240_000, () => void turned(scene, alarm)));
    expect(await ended(scene, alarm, { approved: true })).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the alarm is still on after 30 minutes') as string,
    });
  });

  it('does not resolve it, because it was OK for a moment only', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    later(scene, 2, () => turned(scene, alarm, 'OK'));
    later(scene, 5, () => turned(scene, alarm));
    expect(await ended(scene, alarm)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the alarm is still on') as string,
    });
  });

  it('does not keep it from being resolved by what is measured later', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    later(scene, 1, () => turned(scene, alarm, 'OK', { by: 'a person', reason: 'silence' }));
    later(scene, 3, () => turned(scene, alarm));
    later(scene, 12, () => turned(scene, alarm, 'OK'));
    expect(await ended(scene, alarm)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after 1[2-4] minutes$/) as string,
    });
  });
});

describe('an OK by what is measured', () => {
  it('that came while the database was down counts once it lasts when that is up again', async () => {
    const scene = await openNight();
    const { alarm } = loaded(scene, 'carts');
    later(scene, 1, () => turned(scene, alarm, 'OK'));
    expect(await ended(scene, alarm, { approved: true })).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after \d+ minutes$/) as string,
    });
  });

  it('that came at the last moment is waited for to last', async () => {
    const scene = await openNight();
    const { alarm } = filling(scene, 'orders', { helps: false });
    later(scene, 29, () => turned(scene, alarm, 'OK'));
    expect(await ended(scene, alarm)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after (29|30|31) minutes$/) as string,
    });
  });

  it('after which another alarm of what was down goes off does not end it before that is looked at', async () => {
    const scene = await openNight();
    const { alarm, stored } = failing(scene, 'web', 'instance');
    const Dimensions = [{ Name: 'InstanceId', Value: stored.InstanceId }];
    quiet(scene, 'web-errors', { Namespace: 'Shop', MetricName: 'errors', Dimensions });
    later(scene, 6, () => turned(scene, 'web-errors'));
    expect(await ended(scene, alarm)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the alarm web-errors went off after it') as string,
    });
  });
});

it('people who are called have the alarm, what was looked at before, and what to do', async () => {
  const scene = await openNight();
  const { alarm } = filling(scene, 'orders', { helps: false });
  await ended(scene, alarm);
  const text = told(scene).at(-1)?.text;
  expect(text).toContain(
    'alarm: orders-storage, which went off at 2026-11-23 06:30 Asia/Seoul: Threshold Crossed: 1 datapoint [1]',
  );
  expect(text).toContain('#alarmsV2:alarm/orders-storage');
  expect(text).toMatch(/- forecast: 8.04 GiB free, at 2 GiB a day/);
  expect(text).toContain('what to do: see what fills it');
});

describe('what another alarm tells of a remedy', () => {
  /** Unlimited credits, and another alarm of the instance that goes off eight minutes later. */
  async function besides(
    {
      Namespace,
      MetricName,
      ...watches
    }: Readonly<Record<'Namespace' | 'MetricName', string>> & Parameters<typeof quiet>[2],
    { before, brought }: { before?: (scene: Scene) => Promise<void>; brought?: Parameters<typeof turned>[3] } = {},
  ) {
    const scene = await openNight();
    const { alarm, stored } = exhausted(scene, 'batch');
    const Dimensions = [{ Name: 'InstanceId', Value: stored.InstanceId }];
    quiet(scene, 'batch-other', { Namespace, MetricName, Dimensions, ...watches });
    await before?.(scene);
    later(scene, 8, () => turned(scene, 'batch-other', 'ALARM', brought));
    const change = await ended(scene, alarm, { approved: true });
    return { outcome: change?.outcome, credits: scene.region.ec2.cpuCredits.get(stored.InstanceId) };
  }

  const LATENCY = { Namespace: 'Shop', MetricName: 'latency' };

  it.each([
    ['its CPU is no longer held down', { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Threshold: 80 }],
    ['it spends surplus credits', { Namespace: 'AWS/EC2', MetricName: 'CPUSurplusCreditBalance' }],
    ['it is idle', { Namespace: 'AWS/EC2', MetricName: 'NetworkIn', ComparisonOperator: 'LessThanThreshold' } as const],
  ])('is no harm when %s', async (_, watches) => {
    expect(await besides(watches)).toEqual({ outcome: 'kept', credits: 'unlimited' });
  });

  it('is no harm when somebody set it by hand', async () => {
    const brought = { by: 'a person', reason: 'a drill' } as const;
    expect(await besides(LATENCY, { brought })).toEqual({ outcome: 'kept', credits: 'unlimited' });
  });

  it('is no harm when it comes and goes anyway', async () => {
    const before = async (scene: Scene) => {
      turned(scene, 'batch-other');
      turned(scene, 'batch-other', 'OK');
      await scene.lambda.advance({ hours: 2 });
    };
    expect(await besides(LATENCY, { before })).toEqual({ outcome: 'kept', credits: 'unlimited' });
  });

  it.each([
    ['it answers slowly', LATENCY],
    ['its status check fails', { Namespace: 'AWS/EC2', MetricName: 'StatusCheckFailed' }],
    [
      'it is sent more',
      { Namespace: 'AWS/EC2', MetricName: 'NetworkIn', ComparisonOperator: 'GreaterThanThreshold' } as const,
    ],
  ])('is harm when %s, and takes it back', async (_, watches) => {
    expect(await besides(watches)).toEqual({ outcome: 'undone', credits: 'standard' });
  });
});
