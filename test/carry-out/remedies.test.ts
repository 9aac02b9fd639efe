import { describe, expect, it } from 'vitest';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import type { Change } from '../../shared/core/change.ts';
import { PRIORITY } from '../../shared/core/lease.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { DAY_MS } from '../../shared/core/time.ts';
import { once, turn } from '../support/alarmed.ts';
import {
  changeOf,
  flip,
  handOver,
  mutations,
  POLICY,
  type Scene,
  say,
  takingBack,
  told,
} from '../support/carry-out.ts';
import { alarmOn, exhausted, filling, openAlarmedScene, type Remedied, remedy, unwell } from '../support/remedies.ts';

const CODE = { Key: 'aws:cloudformation:stack-name', Value: 'shop' };

const FROZEN = { freeze: [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }] };

/** Handed over, and lived to its end. */
async function lived(scene: Scene, remedied: Remedied): Promise<Change | undefined> {
  const { plan } = await remedy(scene, remedied);
  await scene.lambda.advance({ hours: 3 });
  return changeOf(scene, plan);
}

const databaseIn = ({ region }: Scene, name = 'orders') => {
  const found = region.rds.instances.get(name);
  if (!found) throw new Error(`no database ${name}`);
  return found;
};

const tag = ({ region }: Scene, one: { readonly Key: string; readonly Value: string }): void => {
  for (const stored of region.ec2.instances.values()) stored.Tags = [...(stored.Tags ?? []), one];
};

/** Another alarm of the resource, which is quiet. */
function another(scene: Scene, { proposal }: Remedied, name = 'latency'): void {
  const { region } = scene;
  const [, id = ''] = /[:/]([^:/]+)$/.exec(proposal.resource.arn) ?? [];
  const dimension = 'database' in proposal.action ? 'DBInstanceIdentifier' : 'InstanceId';
  alarmOn(scene, name, { Namespace: 'Shop', MetricName: name, Dimensions: [{ Name: dimension, Value: id }] });
  Object.assign(region.cloudwatch.alarms.get(name) ?? {}, { StateValue: 'OK' });
}

describe('storage that is nearly full', () => {
  it('grows at once, and is kept when the alarm is OK again, with the time it took', async () => {
    const scene = await openAlarmedScene();
    const { plan, execution } = await remedy(scene, filling(scene, 'orders'));
    await scene.lambda.advance({ minutes: 30 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after (9|10) minutes$/),
      approvedBy: 'policy',
    });
    expect([mutations(scene), databaseIn(scene).AllocatedStorage]).toEqual([['ModifyDBInstance orders'], 150]);
    expect(told(scene)).toMatchObject([{ severity: 'info', text: expect.stringContaining('resolved after') }]);
    expect(told(scene)[0]?.text).not.toContain('take it back');
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('grows in a freeze and under pause, which stop only what takes', async () => {
    const scene = await openAlarmedScene({ policy: FROZEN });
    flip(scene, 'pause', 'on');
    expect(await lived(scene, filling(scene, 'orders'))).toMatchObject({ outcome: 'kept' });
  });

  it('whose alarm stays on calls people when the time of the policy is over', async () => {
    const scene = await openAlarmedScene({ policy: { remediation: { verifyWithin: '20m' } } });
    const { plan, execution } = await remedy(scene, filling(scene, 'orders', { helps: false }));
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: 'the alarm is still on after 20 minutes; it is grown',
    });
    expect([execution.status, told(scene)[0]?.severity]).toEqual(['FAILED', 'critical']);
    expect([mutations(scene), databaseIn(scene).AllocatedStorage]).toEqual([['ModifyDBInstance orders'], 150]);
  });

  it('that has an alarm without data afterwards has failed: unknown is not OK', async () => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders', { helps: false });
    once(
      scene,
      () => databaseIn(scene).AllocatedStorage === 150,
      () => void scene.region.cloudwatch.turn(remedied.alarm, 'INSUFFICIENT_DATA', { by: 'missing data' }),
    );
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the alarm has had no data since'),
    });
  });

  it('whose alarm cannot be read afterwards has failed, and says so', async () => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders', { helps: false });
    once(
      scene,
      () => databaseIn(scene).AllocatedStorage === 150,
      () => void scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' }),
    );
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('nobody can say whether the alarm is OK again after 30 minutes (AccessDenied'),
    });
  });

  /** The warning that is on, and another alarm that goes off once the storage has grown. */
  async function besides(name: string, { MetricName, since }: { MetricName: string; since: 'before' | 'after' }) {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders');
    const Dimensions = [{ Name: 'DBInstanceIdentifier', Value: 'orders' }];
    alarmOn(scene, name, { Namespace: 'AWS/RDS', MetricName, Dimensions });
    if (since === 'before') return { scene, remedied };
    Object.assign(scene.region.cloudwatch.alarms.get(name) ?? {}, { StateValue: 'OK' });
    once(
      scene,
      () => databaseIn(scene).AllocatedStorage === 150,
      () => turn(scene, name, 'ALARM'),
    );
    return { scene, remedied };
  }

  it.each<[string, string, 'before' | 'after']>([
    ['another threshold of the same metric is crossed', 'FreeStorageSpace', 'after'],
    ['another alarm was on before', 'DiskQueueDepth', 'before'],
  ])('is not worse because %s', async (_, MetricName, since) => {
    const { scene, remedied } = await besides('orders-critical', { MetricName, since });
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after/) as string,
    });
  });

  it('is not worse because an alarm goes off again that was on with its own', async () => {
    const { scene, remedied } = await besides('orders-queue', { MetricName: 'DiskQueueDepth', since: 'after' });
    const { proposal } = remedied;
    const alarm = proposal.alarm && { ...proposal.alarm, others: ['orders-queue'] };
    expect(await lived(scene, { ...remedied, proposal: { ...proposal, ...(alarm ? { alarm } : {}) } })).toMatchObject({
      outcome: 'kept',
    });
  });

  it('is worse because an alarm of something else goes off', async () => {
    const { scene, remedied } = await besides('orders-queue', { MetricName: 'DiskQueueDepth', since: 'after' });
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the alarm orders-queue went off after it') as string,
    });
  });

  it('that makes another alarm go off calls people: it cannot be taken back', async () => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders', { helps: false });
    another(scene, remedied);
    once(
      scene,
      () => databaseIn(scene).AllocatedStorage === 150,
      () => turn(scene, 'latency', 'ALARM'),
    );
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'failed',
      because: 'the alarm latency went off after it; it is grown, which cannot be taken back',
    });
    expect(mutations(scene)).toEqual(['ModifyDBInstance orders']);
  });

  it.each([
    ['is OK again by itself', 'OK', { by: 'data', values: [2] }, 'the alarm is OK again by itself'],
    ['is OK for lack of data', 'OK', { by: 'missing data' }, 'the alarm is OK, but only because it has no data'],
    ['was set by hand', 'OK', { by: 'a person', reason: 'silence' }, 'a person has set the alarm to OK'],
    ['has no data any more', 'INSUFFICIENT_DATA', { by: 'missing data' }, 'the alarm has no data any more'],
  ] as const)('is left alone when its alarm %s', async (_, state, brought, because) => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders');
    scene.region.cloudwatch.turn(remedied.alarm, state, brought);
    expect(await lived(scene, remedied)).toMatchObject({ outcome: 'skipped', because });
    expect(mutations(scene)).toEqual([]);
  });

  it('is left alone when its alarm is gone, or cannot be read', async () => {
    const scene = await openAlarmedScene();
    const [gone, hidden] = [filling(scene, 'gone'), filling(scene, 'hidden')];
    scene.region.cloudwatch.alarms.delete(gone.alarm);
    expect(await lived(scene, gone)).toMatchObject({
      outcome: 'skipped',
      because: 'the alarm does not exist any more',
    });
    scene.sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' });
    expect(await lived(scene, hidden)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('it could not be checked again'),
      warning: expect.stringContaining('nobody knows whether the alarm hidden-storage is on'),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it.each([
    ['is optimized', { DBInstanceStatus: 'storage-optimization' }, 'its status is storage-optimization: RDS takes no'],
    ['has grown', { AllocatedStorage: 120 }, 'its runbook would grow the storage of the database from 120 GiB'],
    ['grows by itself', { MaxAllocatedStorage: 500 }, 'RDS grows its storage by itself, up to 500 GiB'],
    ['is made by code', { TagList: [CODE] }, 'by now a person is to be asked first'],
  ])('is left alone when it %s by now', async (_, now, because) => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders');
    Object.assign(databaseIn(scene), now);
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining(because),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it.each([
    ['it is protected', { tags: [{ Key: 'lamplighter:protect', Value: 'audit' }] }, 'protected by its tag'],
    ['everything is halted', { halt: true }, 'the switch halt is on'],
    ['the runbook is in mode report by now', { mode: 'report' }, 'the runbook database-storage-low is in mode report'],
    ['its database is another by now', { replaced: true }, 'it is gone, or another resource carries its name'],
  ] as const)('is left alone when %s', async (_, spoiled, because) => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders');
    if ('tags' in spoiled) databaseIn(scene).TagList = [...spoiled.tags];
    if ('halt' in spoiled) flip(scene, 'halt', 'on');
    if ('replaced' in spoiled) databaseIn(scene).DbiResourceId = 'db-OTHER';
    if ('mode' in spoiled)
      await scene.hub.storePolicy({ ...POLICY, remediation: { modes: { 'database-storage-low': spoiled.mode } } });
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining(because),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('is asked for once when the reply is lost', async () => {
    const scene = await openAlarmedScene();
    scene.sandbox.faults.add({ operation: 'ModifyDBInstance', fault: 'replyLost', times: 1 });
    expect(await lived(scene, filling(scene, 'orders'))).toMatchObject({ outcome: 'kept' });
    expect(databaseIn(scene).AllocatedStorage).toBe(150);
  });

  it('takes the lease from what only looks for savings, and lets a person go first', async () => {
    const scene = await openAlarmedScene();
    const { plan } = await remedy(scene, filling(scene, 'orders'));
    await scene.lambda.advance({ seconds: 30 });
    const { plan: other } = await remedy(scene, filling(scene, 'orders'), {
      time: new Date(scene.sandbox.clock.now().getTime() + 60_000),
    });
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, other)).toMatchObject({ outcome: 'skipped', because: `${plan.id} works on it` });
  });
});

describe('a database that another plan has changed', () => {
  /** It was made smaller by right-size, which watches it since; and it is nearly full. */
  async function shrunk(scene: Scene, now: 'db.r6g.large' | 'db.r6g.xlarge' = 'db.r6g.large') {
    const remedied = filling(scene, 'orders', { DBInstanceClass: now });
    const { alarm: _, ...proposal } = remedied.proposal;
    const { arn } = proposal.resource;
    const database = { arn, id: databaseIn(scene).DbiResourceId ?? '' };
    const ledger = actingLedger({ client: scene.hub.dynamodb, table: scene.hub.table });
    const at = scene.sandbox.clock.now();
    const planId = 'right-size-2026-11-22-0000-111111111111-abcdef';
    const wanted = { resource: arn, planId, priority: PRIORITY['right-size'], until: new Date(at.getTime() + DAY_MS) };
    const taken = await ledger.takeLease(wanted, at);
    if ('lease' in taken) await ledger.beginApply(taken.lease);
    await ledger.recordChange({
      id: `${planId}/1`,
      planId,
      account: scene.region.ec2.place.account,
      proposal: {
        ...proposal,
        rule: 'oversized-database',
        action: { kind: 'resize-database', database, from: 'db.r6g.xlarge', to: 'db.r6g.large' },
      },
      outcome: 'watching',
      because: 'it is done and watched',
      appliedAt: at.toISOString(),
      finishedAt: at.toISOString(),
    });
    return { remedied, planId };
  }

  it('has its storage grown while that only watches it', async () => {
    const scene = await openAlarmedScene();
    const { remedied } = await shrunk(scene);
    expect(await lived(scene, remedied)).toMatchObject({ outcome: 'kept' });
    expect(databaseIn(scene).AllocatedStorage).toBe(150);
  });

  it('is left to that while the change is under way, and people are told that the alarm is on', async () => {
    const scene = await openAlarmedScene();
    const { remedied, planId } = await shrunk(scene, 'db.r6g.xlarge');
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'skipped',
      because: `${planId} works on it`,
      warning: 'the alarm orders-storage is on, and nothing was done about it',
    });
    expect(told(scene)).toMatchObject([{ severity: 'warning', text: expect.stringContaining('nothing was done') }]);
    expect(mutations(scene)).toEqual([]);
  });
});

describe('a remedy that is not made', () => {
  it.each([
    ['warns while its alarm is on', true, { warning: 'the alarm orders-storage is on, and nothing was done about it' }],
    ['says no more once its alarm is OK', false, {}],
  ])('%s', async (_, isOn, warned) => {
    const scene = await openAlarmedScene();
    const remedied = filling(scene, 'orders');
    flip(scene, 'halt', 'on');
    if (!isOn) turn(scene, remedied.alarm, 'OK');
    const change = await lived(scene, remedied);
    expect({ outcome: change?.outcome, ...(change?.warning ? { warning: change.warning } : {}) }).toEqual({
      outcome: 'skipped',
      ...warned,
    });
    expect(told(scene).at(-1)?.severity).toBe(isOn ? 'warning' : 'info');
  });

  it('warns when nobody approves it in time', async () => {
    const scene = await openAlarmedScene();
    const { plan } = await remedy(scene, exhausted(scene, 'web'));
    await scene.lambda.advance({ days: 4 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'expired',
      warning: expect.stringContaining('is on, and nothing was done about it'),
    });
  });
});

describe('an instance that is unwell', () => {
  it('is rebooted once, and resolved', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web');
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after [2-4] minutes$/),
    });
    expect(mutations(scene)).toHaveLength(1);
    expect(mutations(scene)[0]).toMatch(/^RebootInstances i-/);
  });

  it('is not rebooted again when that does not help: people are called', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web', { check: 'instance', helps: false });
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'failed',
      because: 'the alarm is still on after 30 minutes; it is rebooted',
    });
    expect(mutations(scene)).toHaveLength(1);
  });

  it.each([
    ['is heard all the same', true, { outcome: 'kept' }],
    ['was never heard', false, { outcome: 'failed' }],
  ])('is asked for once when the reply is lost and the reboot %s', async (_, heard, ending) => {
    const scene = await openAlarmedScene();
    const fault = heard ? 'replyLost' : 'serverError';
    scene.sandbox.faults.add({ operation: 'RebootInstances', fault });
    expect(await lived(scene, unwell(scene, 'web'))).toMatchObject({
      ...ending,
      warning: expect.stringContaining('nobody knows whether AWS has heard it'),
    });
    expect(scene.sandbox.calls.byOperation('RebootInstances')).toHaveLength(1);
  });

  it('is rebooted later when AWS is busy', async () => {
    const scene = await openAlarmedScene();
    scene.sandbox.faults.add({ operation: 'RebootInstances', fault: 'throttle', times: 2 });
    expect(await lived(scene, unwell(scene, 'web'))).toMatchObject({ outcome: 'kept' });
    expect(mutations(scene)).toHaveLength(1);
  });

  it('is moved to another host by a stop and a start', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web', { check: 'system' });
    expect(await lived(scene, remedied)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^resolved after \d minutes$/),
    });
    expect(mutations(scene).map((one) => one.split(' ')[0])).toEqual(['StopInstances', 'StartInstances']);
  });

  it('for whose start there is no capacity is said to be down at once, and comes up when there is', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web', { check: 'system' });
    scene.region.ec2.noCapacity.add('m7g.large');
    const { plan } = await remedy(scene, remedied);
    await scene.lambda.advance({ minutes: 10 });
    expect(told(scene)).toMatchObject([{ severity: 'critical', text: expect.stringContaining('it is down') }]);
    scene.region.ec2.noCapacity.clear();
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'kept', because: expect.stringMatching(/^resolved/) });
  });

  it('that stays down is stuck, and started four times a day', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web', { check: 'system' });
    scene.region.ec2.noCapacity.add('m7g.large');
    const { plan } = await remedy(scene, remedied);
    await scene.lambda.advance({ hours: 4 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'stuck' });
    scene.region.ec2.noCapacity.clear();
    await scene.lambda.advance({ hours: 12 });
    expect([...scene.region.ec2.instances.values()].map(({ State }) => State.Name)).toEqual(['running']);
  });

  it.each([
    ['never', 'skipped'],
    ['allowed', 'kept'],
  ])('is rebooted in a freeze as the policy says: %s', async (rebootInFreeze, outcome) => {
    const scene = await openAlarmedScene({ policy: { ...FROZEN, remediation: { rebootInFreeze } } });
    expect(await lived(scene, unwell(scene, 'web'))).toMatchObject({ outcome });
  });

  it.each([
    ['pause is on', (scene: Scene) => flip(scene, 'pause', 'on'), 'the switch pause is on'],
    [
      'somebody has started it anew',
      ({ region, sandbox }: Scene) => {
        for (const one of region.ec2.instances.values()) one.LaunchTime = sandbox.clock.now();
      },
      'its status checks have only begun',
    ],
    ['its checks pass', ({ region }: Scene) => region.ec2.impairments.clear(), 'all its status checks pass by now'],
    [
      'it is of a group',
      (scene: Scene) => tag(scene, { Key: 'aws:autoscaling:groupName', Value: 'web' }),
      'owned by the Auto Scaling group web, which replaces it',
    ],
    [
      'its host fails',
      ({ region, sandbox }: Scene) => {
        const [id = ''] = region.ec2.instances.keys();
        const since = new Date(sandbox.clock.now().getTime() - 600_000);
        region.ec2.impairments.set(id, [{ check: 'system', since, until: 'never' }]);
      },
      'its runbook would stop and start the instance, which moves it to another host by now',
    ],
    [
      'its host begins to fail',
      ({ region, sandbox }: Scene) => {
        const [id = ''] = region.ec2.instances.keys();
        region.ec2.impairments.set(id, [{ check: 'system', since: sandbox.clock.now(), until: 'never' }]);
      },
      'AWS may be bringing it to another host by itself',
    ],
  ])('is not rebooted when %s', async (_, happen, because) => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web');
    happen(scene);
    expect(await lived(scene, remedied)).toMatchObject({ because: expect.stringContaining(because) });
    expect(mutations(scene)).toEqual([]);
  });

  describe('with another alarm, which has an EC2 action of its own,', () => {
    const REBOOT = 'arn:aws:automate:ap-northeast-2:ec2:reboot';

    it.each(['instance', 'system'] as const)('is left to AWS when that is on: %s', async (check) => {
      const scene = await openAlarmedScene();
      const remedied = unwell(scene, 'web', { check });
      another(scene, remedied, 'reboots');
      const acting = { AlarmActions: [REBOOT], StateValue: 'ALARM' };
      Object.assign(scene.region.cloudwatch.alarms.get('reboots') ?? {}, acting);
      expect(await lived(scene, remedied)).toMatchObject({
        outcome: 'skipped',
        because: 'AWS acts on it by itself: its alarm reboots is on, whose own action is ec2:reboot',
        warning: expect.stringContaining('is on, and nothing was done about it'),
      });
      expect(mutations(scene)).toEqual([]);
    });

    it.each<[string, object]>([
      ['that is OK', { AlarmActions: [REBOOT] }],
      ['whose actions are disabled', { AlarmActions: [REBOOT], ActionsEnabled: false, StateValue: 'ALARM' }],
      ['that only tells people', { AlarmActions: ['arn:aws:sns:ap-northeast-2:1:pager'], StateValue: 'ALARM' }],
      ['that is of another instance', { AlarmActions: [REBOOT], StateValue: 'ALARM', Dimensions: [] }],
    ])('is rebooted for all that when it is one %s', async (_, described) => {
      const scene = await openAlarmedScene();
      const remedied = unwell(scene, 'web');
      another(scene, remedied, 'reboots');
      Object.assign(scene.region.cloudwatch.alarms.get('reboots') ?? {}, described);
      expect(await lived(scene, remedied)).toMatchObject({ outcome: 'kept' });
    });
  });

  it('has other alarms go off while it is down, which does not count', async () => {
    const scene = await openAlarmedScene();
    const remedied = unwell(scene, 'web', { check: 'system' });
    another(scene, remedied);
    once(
      scene,
      () => mutations(scene).length > 0,
      () => {
        turn(scene, 'latency', 'ALARM');
        scene.sandbox.clock.after(180_000, () => turn(scene, 'latency', 'OK'));
      },
    );
    expect(await lived(scene, remedied)).toMatchObject({ outcome: 'kept' });
  });
});

describe('CPU credits that are used up', () => {
  it('are set to unlimited once somebody approves it, and go back when that makes it worse, which calls people', async () => {
    const scene = await openAlarmedScene();
    const remedied = exhausted(scene, 'web');
    another(scene, remedied);
    const { plan, execution } = await remedy(scene, remedied);
    await scene.lambda.advance({ minutes: 30 });
    expect(mutations(scene)).toEqual([]);
    await say(scene, plan, { say: 'approve' });
    const credits = () => [...scene.region.ec2.cpuCredits.values()];
    await scene.lambda.runUntil(() => credits()[0] === 'unlimited');
    turn(scene, 'latency', 'ALARM');
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'undone',
      escalated: true,
      because: 'the alarm latency went off after it',
    });
    expect([credits(), told(scene).at(-1)?.severity, execution.status]).toEqual([['standard'], 'critical', 'FAILED']);
  });

  it('are not touched when the alarm is OK by the time that somebody approves', async () => {
    const scene = await openAlarmedScene();
    const remedied = exhausted(scene, 'web');
    const { plan } = await remedy(scene, remedied);
    await scene.lambda.advance({ minutes: 30 });
    turn(scene, remedied.alarm, 'OK');
    await say(scene, plan, { say: 'approve' });
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'the alarm is OK again by itself',
    });
  });

  it('are in effect, and kept, while the alarm stays on: what is earned pays surplus credits back first', async () => {
    const scene = await openAlarmedScene();
    const { plan, execution } = await remedy(scene, exhausted(scene, 'web'), { approved: true });
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^unlimited credits are on; .+ its alarm stays on until/),
    });
    expect([...scene.region.ec2.cpuCredits.values()]).toEqual(['unlimited']);
    expect([told(scene).at(-1)?.severity, execution.status]).toEqual(['info', 'SUCCEEDED']);
  });

  it('did not help an alarm of something else that is still on: people are called', async () => {
    const scene = await openAlarmedScene();
    const remedied = exhausted(scene, 'web');
    Object.assign(scene.region.cloudwatch.alarms.get(remedied.alarm) ?? {}, { MetricName: 'CPUUtilization' });
    const { plan } = await remedy(scene, remedied, { approved: true });
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/still on/),
    });
  });

  it('that somebody takes away by hand meanwhile have failed: people are called', async () => {
    const scene = await openAlarmedScene();
    const { plan } = await remedy(scene, exhausted(scene, 'web'), { approved: true });
    await scene.lambda.advance({ minutes: 10 });
    for (const id of scene.region.ec2.cpuCredits.keys()) scene.region.ec2.cpuCredits.set(id, 'standard');
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/still on/),
    });
  });

  it('that a person takes back go back while the alarm is awaited', async () => {
    const scene = await openAlarmedScene();
    const remedied = exhausted(scene, 'web');
    const { plan, execution } = await remedy(scene, remedied, { approved: true });
    await scene.lambda.advance({ minutes: 5 });
    const back: Proposal = takingBack(remedied.proposal);
    await handOver(scene, [back], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'undone' });
    expect([[...scene.region.ec2.cpuCredits.values()], execution.status]).toEqual([['standard'], 'SUCCEEDED']);
  });
});
