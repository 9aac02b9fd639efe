import { describe, expect, it } from 'vitest';
import {
  changeOf,
  handOver,
  idleCluster,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  ring,
  stopOf,
  stopOfCluster,
  stopOfInstance,
  told,
} from '../support/carry-out.ts';

describe('what stays stopped', () => {
  it.each(['instance', 'cluster'] as const)(
    'AWS restarts a database (%s) four times in a row: stopped again each time, without a new snapshot',
    async (form) => {
      const scene = await openScene();
      const proposal = form === 'cluster' ? stopOfCluster(idleCluster(scene, 'qa')) : stopOf(idleDatabase(scene, 'qa'));
      const { plan, execution } = await handOver(scene, [proposal], { approved: true });
      await scene.lambda.advance({ days: 29 });
      const done = mutations(scene).map((one) => one.split(' ')[0]);
      const [snapshot, stop] =
        form === 'cluster' ? ['CreateDBClusterSnapshot', 'StopDBCluster'] : ['CreateDBSnapshot', 'StopDBInstance'];
      expect(done).toEqual([snapshot, stop, stop, stop, stop, stop]);
      expect(await changeOf(scene, plan)).not.toHaveProperty('endedAt');
      await scene.lambda.advance({ days: 3 });
      expect(execution.status).toBe('SUCCEEDED');
      expect(await changeOf(scene, plan)).toMatchObject({
        outcome: 'kept',
        endedBecause: expect.stringMatching(/over/),
      });
      expect(mutations(scene)).toHaveLength(6);
    },
  );

  it('protected by the time that AWS restarts it: it stays on, and that is said', async () => {
    const scene = await openScene();
    const database = idleDatabase(scene, 'qa');
    const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.advance({ days: 1 });
    database.TagList?.push({ Key: 'lamplighter:protect', Value: '' });
    await scene.lambda.advance({ days: 8 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(await changeOf(scene, plan)).toMatchObject({
      endedBecause: expect.stringContaining('it stays on: protected'),
    });
    expect(told(scene).at(-1)?.text).toContain('it stays on: protected');
  });

  it('a person starts the database, or the instance, by hand: respected, the saving ends, and that is said', async () => {
    const scene = await openScene();
    const [database, instance] = [idleDatabase(scene, 'qa'), idleInstance(scene, 'batch-1')];
    const { plan, execution } = await handOver(scene, [stopOf(database), stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ days: 3 });
    database.DBInstanceStatus = 'available';
    instance.State = { Name: 'running', Code: 16 };
    scene.region.rds.record(database, 'started');
    await scene.lambda.advance({ days: 2 });
    for (const number of [1, 2]) {
      expect(await changeOf(scene, plan, number)).toMatchObject({
        outcome: 'kept',
        endedAt: expect.any(String),
        endedBecause: 'started by somebody',
      });
    }
    expect(
      told(scene)
        .slice(1)
        .map(({ text }) => text),
    ).toEqual([expect.stringContaining('started by somebody'), expect.stringContaining('started by somebody')]);
    await scene.lambda.advance({ days: 10 });
    expect([database.DBInstanceStatus, instance.State?.Name]).toEqual(['available', 'running']);
    expect(execution.status).toBe('SUCCEEDED');
  });
});

describe('an undo that fails', () => {
  const policy = { dependents: [{ resource: '*', alarms: ['errors'] }] };
  async function stuck() {
    const scene = await openScene({ policy });
    const database = idleDatabase(scene, 'qa');
    const { plan, execution } = await handOver(scene, [stopOf(database)], { approved: true });
    await scene.lambda.runUntil(() => database.DBInstanceStatus === 'stopped');
    scene.region.rds.noCapacity.add('db.r6g.large');
    ring(scene, 'errors');
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'stuck',
      because: expect.stringContaining('the alarm errors went off after the change; taking it back failed 5 times'),
    });
    expect(told(scene)).toMatchObject([
      { severity: 'critical', subject: expect.stringContaining('a person is needed') },
    ]);
    expect(told(scene)[0]?.text).toContain('tried again every six hours for a week');
    return { scene, database, plan, execution };
  }

  it('is tried again by schedule until AWS lets it', async () => {
    const { scene, database, plan, execution } = await stuck();
    scene.region.rds.noCapacity.clear();
    await scene.lambda.advance({ hours: 7 });
    expect(database.DBInstanceStatus).toBe('available');
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'undone' });
    expect(told(scene).at(-1)?.subject).toContain('1 undone');
    expect(execution.status).toBe('SUCCEEDED');
  });

  it('and the execution fails when it never does', async () => {
    const scene = await openScene({ policy });
    const instance = idleInstance(scene, 'batch-1');
    const { plan, execution } = await handOver(scene, [stopOfInstance(instance)], { approved: true });
    await scene.lambda.runUntil(() => instance.State?.Name === 'stopped');
    scene.region.ec2.noCapacity.add('m5.large');
    ring(scene, 'errors');
    await scene.lambda.advance({ days: 5 });
    expect([(await changeOf(scene, plan))?.outcome, execution.status]).toEqual(['stuck', 'RUNNING']);
    await scene.lambda.advance({ days: 3 });
    expect(execution.status).toBe('FAILED');
    expect(execution.error?.ErrorMessage).toContain('stuck');
  });
});
