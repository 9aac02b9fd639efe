import { describe, expect, it, vi } from 'vitest';
import type { Scene } from '../support/carry-out.ts';
import {
  ACCOUNT,
  addDatabase,
  doneIn,
  nextNight,
  nextTick,
  openNights,
  ownIn,
  SEOUL,
  TOKYO,
  toldOf,
  wake,
} from '../support/snapshot-databases.ts';

const TIERS = { tiers: { daily: 0, weekly: 1, monthly: 0, yearly: 0 } };

async function withBare(snapshots: object = TIERS): Promise<Scene> {
  const scene = await openNights({ policy: { snapshots } });
  addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
  return scene;
}

/** Wakes it for the next tick, without anything being carried out yet. */
async function tickOnly(scene: Scene, requestId = 'first') {
  const time = nextTick(scene);
  await scene.lambda.advanceTo(time);
  return wake(scene, { time: time.toISOString() }, requestId);
}

describe('a tick that is delivered twice', () => {
  it('has one plan and one message', async () => {
    const scene = await withBare();
    const [first] = await tickOnly(scene);
    const time = scene.sandbox.clock.now().toISOString();
    scene.sandbox.calls.clear();
    const [second] = await wake(scene, { time }, 'second');
    expect(second).toEqual({ ...first, said: 'before' });
    expect(scene.sandbox.calls.all().filter(({ service }) => service !== 'dynamodb')).toEqual([]);
    await scene.lambda.advance({ hours: 4 });
    expect(ownIn(scene)).toEqual(['bare 2026-11-23 available']);
    expect(toldOf(scene, 'snapshots')).toHaveLength(1);
  });

  it('has one plan when both deliveries run at once: the second one waits for its retry', async () => {
    const scene = await withBare();
    const time = nextTick(scene);
    await scene.lambda.advanceTo(time);
    const event = { time: time.toISOString() };
    const settled = await Promise.allSettled([wake(scene, event, 'first'), wake(scene, event, 'second')]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'AtWorkError' } });
    expect((await wake(scene, event, 'second'))[0]).toMatchObject({ said: 'before' });
    await scene.lambda.advance({ hours: 4 });
    expect(ownIn(scene)).toHaveLength(1);
    expect(toldOf(scene, 'snapshots')).toHaveLength(1);
  });

  it('goes on with the same plan when SNS has refused, though the databases have changed', async () => {
    const scene = await withBare();
    const refused = scene.sandbox.faults.add({ service: 'sns', fault: 'accessDenied' });
    await expect(tickOnly(scene)).rejects.toMatchObject({ name: 'AccountsFailedError' });
    expect(scene.lambda.executions.all()).toEqual([]);
    refused.remove();
    addDatabase(scene, 'another', { BackupRetentionPeriod: 0 });
    const [night] = await wake(scene, { time: scene.sandbox.clock.now().toISOString() }, 'first');
    expect(doneIn(night!)).toEqual([`create-snapshot of bare in ${SEOUL}`]);
    expect(night?.said).toBe('sent');
    await scene.lambda.advance({ hours: 4 });
    expect(ownIn(scene)).toHaveLength(1);
  });

  it('starts the execution once when the start was lost', async () => {
    const scene = await withBare();
    const arn = process.env.CARRY_OUT_ARN;
    process.env.CARRY_OUT_ARN = `arn:aws:lambda:${SEOUL}:${scene.hub.account}:function:gone:live`;
    await expect(tickOnly(scene)).rejects.toMatchObject({ name: 'AccountsFailedError' });
    process.env.CARRY_OUT_ARN = arn;
    await wake(scene, { time: scene.sandbox.clock.now().toISOString() }, 'first');
    await scene.lambda.advance({ hours: 4 });
    expect(scene.lambda.executions.all().map(({ status }) => status)).toEqual(['SUCCEEDED']);
    expect(toldOf(scene, 'snapshots')).toHaveLength(1);
  });
});

describe('a region that is denied', () => {
  it('is unknown and said, the others go on, and nothing of it is deleted', async () => {
    const scene = await openNights({
      policy: {
        scopes: [{ account: ACCOUNT, regions: [SEOUL, TOKYO] }],
        snapshots: { ...TIERS, keepAtLeast: 1, ofDeleted: 'prune' },
      },
    });
    addDatabase(scene, 'bare', { BackupRetentionPeriod: 0 });
    const tokyo = scene.sandbox.estate.account(ACCOUNT).region(TOKYO).rds;
    const there = tokyo.addInstance({ DBInstanceIdentifier: 'there', BackupRetentionPeriod: 0 });
    for (const days of [30, 20, 10]) {
      const at = new Date(scene.sandbox.clock.now().getTime() - days * 86_400_000);
      const TagList = [{ Key: 'lamplighter:database', Value: there.DbiResourceId! }];
      tokyo.addSnapshot(there, {
        DBSnapshotIdentifier: `lamplighter-there-${days}`,
        OriginalSnapshotCreateTime: at,
        SnapshotCreateTime: at,
        TagList,
      });
    }
    for (const operation of ['DescribeDBInstances', 'DescribeDBClusters']) {
      scene.sandbox.faults.add({ service: 'rds', operation, region: TOKYO, fault: 'accessDenied' });
    }
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([`create-snapshot of bare in ${SEOUL}`]);
    expect(night.unreadable).toEqual([
      { account: ACCOUNT, region: TOKYO, why: 'may not read the databases: AccessDenied' },
    ]);
    expect(night.left).toContainEqual(expect.objectContaining({ databaseName: 'there', unknown: true }));
    expect(toldOf(scene, 'snapshots')[0]).toMatchObject({
      subject: expect.stringContaining('not all could be read') as string,
      attributes: { severity: 'warning' },
    });
    expect(tokyo.snapshots.size).toBe(3);
  });
});

describe('the quota', () => {
  it('is told from its share on, and what finds no room is left out and said', async () => {
    const scene = await withBare();
    const { rds } = scene.region;
    rds.snapshotQuota = 5;
    const bare = rds.instances.get('bare')!;
    addDatabase(scene, 'other', { BackupRetentionPeriod: 0 });
    for (let one = 0; one < 4; one += 1) rds.addSnapshot(bare, { DBSnapshotIdentifier: `theirs-${one}` });
    const night = await nextNight(scene);
    expect(doneIn(night)).toEqual([`create-snapshot of other in ${SEOUL}`]); // the one with nothing goes first
    expect(night.left.map(({ because }) => because)).toEqual([
      expect.stringMatching(/^due for weekly 2026-W48, but 4 of 5 manual instance snapshots in .* are used$/),
    ]);
    expect(night.quotas.find(({ form }) => form === 'instance')).toMatchObject({
      used: 4,
      allowed: 5,
      takes: 1,
      leftOut: 1,
      alert: true,
    });
    const [message] = toldOf(scene, 'snapshots');
    expect(message?.subject).toContain('quota scarce');
    expect(message?.text).toContain(
      '- 4 of 5 manual instance snapshots in 111111111111/ap-northeast-2, 1 to come, 0 to go; 1 found no room',
    );
  });
});

describe('the recovery point objective', () => {
  it('is told apart when it is not met, once and then once a day, and when it is over', async () => {
    const scene = await withBare();
    const bare = scene.region.rds.instances.get('bare')!;
    bare.DBInstanceStatus = 'modifying';
    await nextNight(scene);
    const [begun] = toldOf(scene, 'rpo');
    expect(begun).toMatchObject({
      subject: '[Lamplighter] 111111111111: no good snapshot in time of bare',
      attributes: { kind: 'rpo', severity: 'critical', account: ACCOUNT },
      facts: { kind: 'rpo', breaches: [{ name: 'bare', news: 'begun', because: 'it has no good snapshot' }] },
    });
    expect(begun?.text).toContain('it is modifying: RDS takes no snapshot now, the next run tries again');
    await wake(scene, { time: new Date(scene.sandbox.clock.now().getTime() - 3_600_000).toISOString() }); // another run of the day
    expect(toldOf(scene, 'rpo')).toHaveLength(1);
    await nextNight(scene);
    expect(toldOf(scene, 'rpo')[1]).toMatchObject({ facts: { breaches: [{ name: 'bare', news: 'lasts' }] } });
    bare.DBInstanceStatus = 'available';
    await nextNight(scene); // takes one; the objective is still not met when it looks
    await nextNight(scene);
    expect(toldOf(scene, 'rpo').map(({ attributes }) => attributes.severity)).toEqual([
      'critical',
      'critical',
      'critical',
      'info',
    ]);
    expect(toldOf(scene, 'rpo')[3]?.subject).toBe('[Lamplighter] 111111111111: good snapshots again of bare');
  });

  it('stays unmet while nobody can read its region, and nothing is said of it', async () => {
    const scene = await withBare();
    scene.region.rds.instances.get('bare')!.DBInstanceStatus = 'modifying';
    await nextNight(scene);
    const denied = scene.sandbox.faults.add({
      service: 'rds',
      operation: 'DescribeDBInstances',
      fault: 'accessDenied',
    });
    await nextNight(scene);
    expect(toldOf(scene, 'rpo')).toHaveLength(1);
    denied.remove();
    await nextNight(scene);
    expect(toldOf(scene, 'rpo')[1]).toMatchObject({
      facts: { breaches: [{ news: 'lasts', since: '2026-11-23T16:30:00.000Z' }] },
    });
  });

  it('is looked at by the truth of AWS: a snapshot that failed is none', async () => {
    const scene = await withBare();
    scene.region.rds.failingSnapshots.add('bare');
    await nextNight(scene);
    const night = await nextNight(scene);
    expect(night.coverage[0]).toMatchObject({ rpoBreach: 'it has no good snapshot' });
    expect(doneIn(night)).toContain(`create-snapshot of bare in ${SEOUL}`);
  });
});

describe('prices', () => {
  it('that cannot be had make the cost unknown, and no snapshot waits for them', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const scene = await withBare();
    scene.region.rds.addSnapshot(scene.region.rds.instances.get('bare')!, {
      DBSnapshotIdentifier: 'lamplighter-bare-1',
      TagList: [{ Key: 'lamplighter:database', Value: scene.region.rds.instances.get('bare')!.DbiResourceId! }],
    });
    scene.sandbox.faults.add({ service: 'pricing', fault: 'accessDenied' });
    const night = await nextNight(scene);
    expect(night.cost.held).toMatchObject({ atMost: [], unknown: 1 });
    expect(night.said).toBe('sent');
  });
});
