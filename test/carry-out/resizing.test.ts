import { describe, expect, it } from 'vitest';
import type { StoredInstance } from '../../sandbox/estate/ec2-shapes.ts';
import { bookingsOf } from '../../shared/core/savings.ts';
import {
  changeOf,
  flip,
  handOver,
  hush,
  mutations,
  openScene,
  outcomesOf,
  ring,
  type Scene,
  takingBack,
  told,
} from '../support/carry-out.ts';
import { begun, oversizedInstance, type Subject } from '../support/resizing.ts';

/** An instance of two sizes too much, that is to be one size smaller; approved and begun. */
async function resizing(policy: Record<string, unknown> = {}, label: 'oversized' | 'steady' = 'oversized') {
  return resizingIn(await openScene({ policy }), label);
}

function resizingIn(scene: Scene, label: 'oversized' | 'steady' = 'oversized') {
  const subject = oversizedInstance(scene, label);
  const { action } = subject.proposal;
  if (action.kind !== 'resize-instance') throw new Error('it is an instance');
  const { from, to } = action;
  return { scene, subject, from, to, id: subject.truth.id };
}

/** Its CPU is full from now on, whatever else it does. */
function busyCpu({ region, sandbox }: Scene, { truth }: Subject): void {
  const since = sandbox.clock.now().getTime();
  const name = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: truth.id } };
  region.cloudwatch.series(name, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: at < since ? 5 : 97 };
  });
}

/** From now on it does not answer: its CPU is as calm as before. */
function breakDown({ region, sandbox }: Scene, { truth }: Subject): void {
  const since = sandbox.clock.now().getTime();
  const name = { namespace: 'AWS/EC2', metric: 'StatusCheckFailed', dimensions: { InstanceId: truth.id } };
  region.cloudwatch.series(name, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: at < since ? 0 : 1 };
  });
}

const demandMore = (_: Scene, { truth }: Subject): void => truth.surge?.to(20);

const ALL = ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'];

describe('a resize of an instance', () => {
  it('stops it, changes its type and starts it, watches its load, and is booked', async () => {
    const { scene, subject, to, id } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    const down = scene.sandbox.clock.now();
    expect((down.getTime() - Date.parse(plan.time)) / 60_000).toBeLessThan(5);
    await scene.lambda.advance({ hours: 3 });
    expect(mutations(scene)).toEqual(ALL.map((operation) => `${operation} ${id}`));
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^no overload in 2 hours; no alarm watched it: /),
      saving: { monthly: { currency: 'USD', amount: 200 } },
    });
    expect(told(scene)).toMatchObject([{ severity: 'info', text: expect.stringContaining(`from`) }]);
  });

  it.each([
    ['of CPU', busyCpu, 'its CPU was above 90 % in six of twelve samples of five minutes after the change'],
    ['of memory', demandMore, 'its memory was 95 % full in six of twelve samples of five minutes after the change'],
    ['of answers', breakDown, 'its status checks failed in six of twelve samples of five minutes after the change'],
  ])('is taken back within half an hour of its being short %s', async (_, spoil, because) => {
    const { scene, subject, from, to } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ minutes: 1 });
    spoil(scene, subject);
    const sixSamples = scene.sandbox.clock.now().getTime() + 35 * 60_000;
    await scene.lambda.runUntil(() => subject.now() === `running ${from}`);
    expect((scene.sandbox.clock.now().getTime() - sixSamples) / 60_000).toBeLessThan(30);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'undone', because });
    expect(told(scene)).toMatchObject([{ severity: 'warning', subject: expect.stringContaining('1 undone') }]);
  });

  it('is taken back when it has twice as much to do a minute after it came up, half an hour after that shows', async () => {
    const { scene, subject, from, to } = await resizing({}, 'steady');
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ minutes: 1 });
    subject.truth.surge?.to(2);
    const since = scene.sandbox.clock.now().getTime();
    await scene.lambda.runUntil(() => subject.now() === `running ${from}`);
    const sixSamples = 30;
    expect((scene.sandbox.clock.now().getTime() - since) / 60_000).toBeLessThan(sixSamples + 15);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'undone',
      because: 'its CPU was above 90 % in six of twelve samples of five minutes after the change',
    });
    expect(mutations(scene).filter((one) => one.startsWith('Modify'))).toHaveLength(2);
  });

  it('is kept where it is enough: what was foreseen came', async () => {
    const { scene, subject, to } = await resizing({}, 'steady');
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 4 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['kept']]);
  });

  it('is not begun when the policy permits no type any more', async () => {
    const { scene, subject, from } = await resizing({ sizing: { instanceTypes: ['x9.*'] } });
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('no cheaper type is offered and permitted'),
    });
    expect([subject.now(), mutations(scene)]).toEqual([`running ${from}`, []]);
  });

  it('is taken back when an alarm goes off after it has come up, and not for the outage that it had to be', async () => {
    const policy = { dependents: [{ resource: '*', alarms: ['errors'] }] };
    const { scene, subject, from, to } = await resizing(policy);
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now().startsWith('stopped'));
    ring(scene, 'errors');
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ minutes: 2 });
    hush(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['watching']]);
    ring(scene, 'errors');
    await scene.lambda.advance({ minutes: 20 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${from}`, ['undone']]);
  });

  it('is taken back when an alarm of the outage stays on', async () => {
    const { scene, subject, from } = await resizing({ dependents: [{ resource: '*', alarms: ['errors'] }] });
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now().startsWith('stopped'));
    ring(scene, 'errors');
    await scene.lambda.advance({ minutes: 30 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${from}`, ['undone']]);
  });

  it('is kept with a warning when nobody can say how hard it works', async () => {
    const { scene, subject, to } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    scene.sandbox.faults.add({ operation: 'GetMetricData', fault: 'accessDenied' });
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^nothing watched it: /),
      warning: expect.stringContaining('its load could not be read at every look (CPU: AccessDenied'),
    });
  });

  it('is kept with a warning when its memory was out of sight for a while', async () => {
    const { scene, subject, to } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ minutes: 40 });
    const denied = scene.sandbox.faults.add({ operation: 'ListMetrics', fault: 'accessDenied' });
    await scene.lambda.advance({ minutes: 20 });
    denied.remove();
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      warning: expect.stringMatching(/its load could not be read at every look .*memory: AccessDenied/),
    });
  });

  it('is taken back within half an hour of what shows in the twelfth hour of a long watch', async () => {
    const { scene, subject, from, to } = await resizing({ defaults: { mode: 'approve', watch: '7d' } });
    await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ hours: 11, minutes: 3 });
    busyCpu(scene, subject);
    await scene.lambda.advance({ minutes: 35 + 15 });
    expect(subject.now()).toBe(`running ${from}`);
  });

  it('is looked after to the end of a long watch', async () => {
    const { scene, subject, from, to } = await resizing({ defaults: { mode: 'approve', watch: '7d' } });
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ days: 6, hours: 12 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['watching']]);
    busyCpu(scene, subject);
    await scene.lambda.advance({ hours: 9 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${from}`, ['undone']]);
  });

  it.each<[string, Partial<StoredInstance>, string]>([
    ['in a placement group', { Placement: { GroupName: 'hpc' } }, 'placement group hpc'],
    ['given other CPU options', { CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 } }, 'CPU options'],
  ])('is not begun when it was %s between plan and act', async (_, spoiled, because) => {
    const { scene, subject, id } = await resizing();
    const stored = scene.region.ec2.instances.get(id);
    if (stored) Object.assign(stored, { ...spoiled, Placement: { ...stored.Placement, ...spoiled.Placement } });
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining(because),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('is looked after by its load also when its alarms cannot be read', async () => {
    const { scene, subject, from, to } = await resizing();
    scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
    await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    demandMore(scene, subject);
    await scene.lambda.advance({ hours: 1, minutes: 10 });
    expect(subject.now()).toBe(`running ${from}`);
  });

  it('ends on the old size, running, when AWS has no capacity for the new one', async () => {
    const { scene, subject, from, to } = await resizing();
    scene.region.ec2.noCapacity.add(to);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(subject.now()).toBe(`running ${from}`);
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'undone',
      because: expect.stringContaining('InsufficientInstanceCapacity'),
    });
  });

  it('does not take for failed what AWS shows too late', async () => {
    const { scene, subject, to, id } = resizingIn(await openScene({ durations: { instanceLag: 60_000 } }));
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
    await scene.lambda.advance({ minutes: 30 });
    expect(await outcomesOf(scene, plan)).toEqual(['watching']);
    expect(mutations(scene)).toEqual(ALL.map((operation) => `${operation} ${id}`));
  });

  it('is not begun when the type is not offered in the zone any more', async () => {
    const { scene, subject, from, to } = await resizing();
    scene.region.ec2.notOffered.add(to);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped' });
    expect([subject.now(), mutations(scene)]).toEqual([`running ${from}`, []]);
  });

  it('is not begun when the instance is deleted between plan and act', async () => {
    const { scene, subject, id } = await resizing();
    scene.region.ec2.instances.delete(id);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: expect.stringContaining('gone') });
    expect(mutations(scene)).toEqual([]);
  });

  it('is not begun when it would lose a public address that it did not have when it was approved', async () => {
    const { scene, subject, id } = await resizing();
    const stored = scene.region.ec2.instances.get(id);
    for (const one of stored?.NetworkInterfaces ?? []) {
      one.Association = { PublicIp: '203.0.113.7', IpOwnerId: 'amazon' };
    }
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('its public IPv4 address'),
    });
    expect(mutations(scene)).toEqual([]);
  });
});

describe('the switches and a resize', () => {
  it('finishes under pause: it would stay down', async () => {
    const { scene, subject, to } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now().startsWith('stopping'));
    flip(scene, 'pause', 'on');
    await scene.lambda.advance({ hours: 3 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['kept']]);
  });

  it('changes nothing under halt, and goes on when it is lifted', async () => {
    const { scene, subject, from, to } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now().startsWith('stopping'));
    flip(scene, 'halt', 'on');
    await scene.lambda.advance({ hours: 1 });
    expect(subject.now()).toBe(`stopped ${from}`);
    flip(scene, 'halt', 'off');
    await scene.lambda.advance({ hours: 3 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['kept']]);
  });
});

describe('taking a resize back', () => {
  it('by a person: the old size, and the saving ends', async () => {
    const { scene, subject, from } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 6 });
    const back = await handOver(scene, [takingBack(subject.proposal)], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 1 });
    expect([subject.now(), await changeOf(scene, back.plan)]).toMatchObject([
      `running ${from}`,
      { outcome: 'kept', because: 'it is resized' },
    ]);
    await scene.lambda.advance({ days: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({ endedBecause: 'changed by somebody' });
  });

  it('by a person in the middle: it is finished first', async () => {
    const { scene, subject, from } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.runUntil(() => subject.now().startsWith('stopped'));
    const back = await handOver(scene, [takingBack(subject.proposal)], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 3 });
    expect([subject.now(), await outcomesOf(scene, plan), await outcomesOf(scene, back.plan)]).toEqual([
      `running ${from}`,
      ['undone'],
      ['kept'],
    ]);
  });

  it('fails while AWS has no capacity for either size: it is stuck, loudly, and freed later', async () => {
    const { scene, subject, from, to } = await resizing();
    scene.region.ec2.noCapacity.add(to).add(from);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 3 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`stopped ${from}`, ['stuck']]);
    expect(told(scene)).toMatchObject([{ severity: 'critical' }]);
    scene.region.ec2.noCapacity.clear();
    await scene.lambda.advance({ hours: 7 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${from}`, ['undone']]);
  });
});

it('a resize and a stop want the same instance: the second is skipped and says who holds it', async () => {
  const { scene, subject, id, to } = await resizing();
  const plan = await begun(scene, subject);
  await scene.lambda.runUntil(() => subject.now() === `running ${to}`);
  const { arn } = subject.truth;
  const stop = {
    ...subject.proposal,
    rule: 'idle-instance' as const,
    action: {
      kind: 'stop-instance' as const,
      instance: { arn, id },
      expect: { state: 'running' as const, instanceType: to },
    },
  };
  const other = await handOver(scene, [stop], { approved: true });
  await scene.lambda.advance({ hours: 3 });
  expect(await changeOf(scene, other.plan)).toMatchObject({ outcome: 'skipped', because: `${plan.id} works on it` });
  expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`running ${to}`, ['kept']]);
});

describe('what a resize saves', () => {
  const booked = async (
    scene: Awaited<ReturnType<typeof resizing>>['scene'],
    plan: Awaited<ReturnType<typeof begun>>,
  ) => {
    const change = await changeOf(scene, plan);
    if (!change) throw new Error('it was carried out');
    const [booking] = bookingsOf([change], { now: scene.sandbox.clock.now(), timezone: 'UTC' });
    return booking?.saved;
  };

  it('is booked until somebody gives it another type', async () => {
    const { scene, subject, from, id } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ days: 3 });
    expect(await booked(scene, plan)).toMatchObject({ known: true });
    const stored = scene.region.ec2.instances.get(id);
    if (stored) stored.InstanceType = from as typeof stored.InstanceType;
    await scene.lambda.advance({ days: 2 });
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({ endedBecause: 'changed by somebody', endedAt: expect.any(String) });
    const stood = (Date.parse(change?.endedAt ?? '') - Date.parse(change?.appliedAt ?? '')) / 3_600_000;
    const { value } = (await booked(scene, plan)) as { value: { amount: number } };
    expect(value.amount).toBeCloseTo((200 / 730) * stood, 3);
  });

  it('is booked no longer than somebody looks', async () => {
    const { scene, subject, to } = await resizing({ defaults: { mode: 'approve', stopFor: '5d' } });
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ days: 6 });
    expect(await changeOf(scene, plan)).toMatchObject({
      endedBecause: 'its time is over: nobody looks any more whether it stands',
    });
    expect(subject.now()).toBe(`running ${to}`);
  });
});
