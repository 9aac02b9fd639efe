import { describe, expect, it } from 'vitest';
import {
  changeOf,
  handOver,
  idleInstance,
  mutations,
  openScene,
  outcomesOf,
  type Scene,
  stopOfInstance,
  takingBack,
  told,
} from '../support/carry-out.ts';
import { begun, looseVolume, oversizedDatabase, type Subject } from '../support/resizing.ts';

/** Sunday, 21:30 UTC, is when the scene begins. The window opens on Tuesday. */
const WINDOW = { PreferredMaintenanceWindow: 'tue:03:00-tue:04:00' };

/** A database of two sizes too much, that is to be one size smaller; approved and begun. */
async function resizing(policy: Record<string, unknown> = {}, more: Readonly<Record<string, unknown>> = {}) {
  const scene = await openScene({ policy });
  const subject = oversizedDatabase(scene, { ...WINDOW, ...more });
  const { action } = subject.proposal;
  if (action.kind !== 'resize-database') throw new Error('it is a database');
  const stored = scene.region.rds.instances.get(subject.truth.id);
  if (!stored) throw new Error('it was just added');
  return { scene, subject, stored, from: action.from, to: action.to, id: subject.truth.id };
}

const toWindow = (scene: Scene) => scene.lambda.advance({ days: 1, hours: 5, minutes: 29 });

/** Too much for the new class, and not yet for the old one. */
function busyCpu({ region, sandbox }: Scene, { truth }: Subject): void {
  const since = sandbox.clock.now().getTime();
  const name = { namespace: 'AWS/RDS', metric: 'CPUUtilization', dimensions: { DBInstanceIdentifier: truth.id } };
  region.cloudwatch.series(name, function* (periodSeconds, start, end) {
    for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: at < since ? 5 : 97 };
  });
}

describe('a resize of a database', () => {
  it('waits for its maintenance window, and is watched and booked', async () => {
    const { scene, subject, from, to, id } = await resizing();
    const plan = await begun(scene, subject);
    await toWindow(scene);
    expect([subject.now(), mutations(scene)]).toEqual([`available ${from}`, []]);
    await scene.lambda.advance({ minutes: 20 });
    expect([subject.now(), mutations(scene)]).toEqual([`available ${to}`, [`ModifyDBInstance ${id}`]]);
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({ outcome: 'watching', appliedAt: expect.stringMatching(/T03:0/) });
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      because: expect.stringMatching(/^no overload in 2 hours; no alarm watched it: /),
    });
  });

  it('holds nothing else up, and no lease, while it waits', async () => {
    const { scene, subject } = await resizing();
    const instance = idleInstance(scene, 'batch-1');
    const { plan } = await handOver(scene, [subject.proposal, stopOfInstance(instance)], { approved: true });
    await scene.lambda.advance({ hours: 6 });
    expect([instance.State?.Name, await outcomesOf(scene, plan)]).toEqual(['stopped', [undefined, 'kept']]);
    expect(told(scene)).toHaveLength(1);
    await scene.lambda.advance({ days: 2 });
    expect(await outcomesOf(scene, plan)).toEqual(['kept', 'kept']);
    expect(told(scene)).toHaveLength(2);
  });

  it.each([
    ['a modification by somebody else is pending', { PendingModifiedValues: { EngineVersion: '17.2' } }],
    ['it was deleted', undefined],
    ['its processor features were set', { ProcessorFeatures: [{ Name: 'threadsPerCore', Value: '1' }] }],
    ['it has another class by then', { DBInstanceClass: 'db.r6g.16xlarge' }],
  ])('is not done when %s in the window', async (_, spoiled) => {
    const { scene, subject, stored, id } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 20 });
    if (spoiled) Object.assign(stored, spoiled);
    else scene.region.rds.instances.delete(id);
    await scene.lambda.advance({ days: 1 });
    expect(await outcomesOf(scene, plan)).toEqual(['skipped']);
    expect(mutations(scene)).toEqual([]);
  });

  it('is not done when by then more have connected than the new class would take', async () => {
    const { scene, subject, id } = await resizing();
    const name = { namespace: 'AWS/RDS', metric: 'DatabaseConnections', dimensions: { DBInstanceIdentifier: id } };
    const plan = await begun(scene, subject);
    scene.region.cloudwatch.series(name, function* (periodSeconds, start, end) {
      for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: 4900 };
    });
    await scene.lambda.advance({ days: 2 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringMatching(/allows about [\d,]+ connections, needs 6,125/),
    });
    expect(mutations(scene)).toEqual([]);
  });

  it('waits within the window until a backup is over', async () => {
    const { scene, subject, stored, to } = await resizing();
    const plan = await begun(scene, subject);
    await toWindow(scene);
    stored.DBInstanceStatus = 'backing-up';
    await scene.lambda.advance({ minutes: 10 });
    expect(mutations(scene)).toEqual([]);
    stored.DBInstanceStatus = 'available';
    await scene.lambda.advance({ minutes: 30 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`available ${to}`, ['watching']]);
  });

  it('is left for another plan when the backup outlasts the window', async () => {
    const { scene, subject, stored, from } = await resizing();
    const plan = await begun(scene, subject);
    await toWindow(scene);
    stored.DBInstanceStatus = 'backing-up';
    await scene.lambda.advance({ minutes: 62 });
    stored.DBInstanceStatus = 'available';
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: 'its maintenance window (tue:03:00-tue:04:00 UTC) is over',
    });
    expect([subject.now(), mutations(scene)]).toEqual([`available ${from}`, []]);
  });

  it('that is not well is told to people, since taking it back is a second outage', async () => {
    const { scene, subject, to } = await resizing();
    const plan = await begun(scene, subject);
    await toWindow(scene);
    await scene.lambda.runUntil(() => subject.now() === `available ${to}`);
    busyCpu(scene, subject);
    await scene.lambda.advance({ hours: 3 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'kept',
      warning: expect.stringMatching(/its CPU was above 90 %.* which the policy leaves to people/),
    });
    expect(subject.now()).toBe(`available ${to}`);
    expect(told(scene)).toMatchObject([{ severity: 'warning', text: expect.stringContaining(`undo ${plan.id}/1`) }]);
  });

  it('that is not well is taken back by itself where the policy allows that', async () => {
    const { scene, subject, from, to } = await resizing({ defaults: { mode: 'approve', databaseUndo: 'automatic' } });
    const plan = await begun(scene, subject);
    await toWindow(scene);
    await scene.lambda.runUntil(() => subject.now() === `available ${to}`);
    busyCpu(scene, subject);
    await scene.lambda.advance({ hours: 2 });
    expect([subject.now(), await outcomesOf(scene, plan)]).toEqual([`available ${from}`, ['undone']]);
  });

  it('is taken back by a person at once, without a window', async () => {
    const { scene, subject, from } = await resizing();
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ days: 2 });
    const back = await handOver(scene, [takingBack(subject.proposal)], { function: 'undo', approved: true });
    await scene.lambda.advance({ hours: 1 });
    expect([subject.now(), await outcomesOf(scene, plan), await outcomesOf(scene, back.plan)]).toEqual([
      `available ${from}`,
      ['kept'],
      ['kept'],
    ]);
  });
});

describe('a volume that is deleted', () => {
  it('has a completed snapshot before, is booked, and is not taken back', async () => {
    const scene = await openScene();
    const subject = looseVolume(scene);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    const { id } = subject.truth;
    expect([subject.now(), mutations(scene)]).toEqual(['gone', [`CreateSnapshot ${id}`, `DeleteVolume ${id}`]]);
    const change = await changeOf(scene, plan);
    expect(change).toMatchObject({ outcome: 'kept', because: 'it is deleted', snapshot: expect.any(String) });
    expect(scene.region.ec2.snapshots.get(change?.snapshot ?? '')).toMatchObject({ State: 'completed', VolumeId: id });
    await scene.lambda.advance({ days: 2 });
    expect(await changeOf(scene, plan)).not.toHaveProperty('endedAt');
  });

  it('is not touched when somebody has deleted it before', async () => {
    const scene = await openScene();
    const subject = looseVolume(scene);
    scene.region.ec2.volumes.delete(subject.truth.id);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({ outcome: 'skipped', because: expect.stringContaining('gone') });
    expect(mutations(scene)).toEqual([]);
  });

  it('is not deleted when its snapshot fails', async () => {
    const scene = await openScene();
    const subject = looseVolume(scene);
    scene.region.ec2.failingSnapshots.add(subject.truth.id);
    const plan = await begun(scene, subject);
    await scene.lambda.advance({ hours: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/not protected: .* is error/),
    });
    expect(subject.now()).toBe('available');
  });

  it('is not deleted without an approval, whatever the mode', async () => {
    const scene = await openScene({ policy: { defaults: { mode: 'auto', grace: '1h' } } });
    const subject = looseVolume(scene);
    const proposal = { ...subject.proposal, mode: 'auto' as const, undo: { reversibility: 'full' as const } };
    const { plan } = await handOver(scene, [proposal]);
    await scene.lambda.advance({ days: 1 });
    expect(await changeOf(scene, plan)).toMatchObject({
      outcome: 'skipped',
      because: expect.stringContaining('approval'),
    });
    expect(mutations(scene)).toEqual([]);
  });
});
