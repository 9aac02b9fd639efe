import { describe, expect, it } from 'vitest';
import { FORMS, type Form, refused, stage, startDatabase, verbsOf } from './subjects.ts';

async function set(form: Form, status = 'stopped') {
  const here = await stage();
  const subject = FORMS[form](here, status);
  const action = startDatabase(subject.identity, form);
  return { ...here, subject, action, verbs: verbsOf(here, action) };
}

describe.each(['instance', 'cluster'] as const)('starting a database: %s', (form) => {
  it('starts it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await set(form);
    await verbs.apply(action);
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'it is starting' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'stopping' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('stopped');
  });

  it('needs no protection', async () => {
    const { verbs } = await set(form);
    expect([verbs.protect, verbs.protected]).toEqual([undefined, undefined]);
  });

  it.each(['starting', 'available', 'modifying'])('has nothing to do when it is %s', async (status) => {
    const { subject, action, verbs } = await set(form, status);
    await verbs.apply(action);
    expect(subject.state()).toBe(status);
  });

  it.each([
    ['stopping', true],
    ['failed', false],
    ['inaccessible-encryption-credentials', false],
  ])('does not touch it when it is %s', async (status, retryable) => {
    const { subject, action, verbs } = await set(form, status);
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('NotAsExpected', retryable));
    expect(subject.state()).toBe(status);
  });

  it('does not touch another one that carries its name', async () => {
    const { subject, action, verbs } = await set(form);
    subject.replace();
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('NotAsExpected', false));
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(subject.state()).toBe('stopped');
  });

  it('a key that is out of reach is refused for good', async () => {
    const { sandbox, action, verbs } = await set(form);
    const error = { code: 'KMSKeyNotAccessibleFault', message: 'The key is disabled.' };
    sandbox.faults.add({ operation: form === 'cluster' ? 'StartDBCluster' : 'StartDBInstance', fault: { error } });
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('KMSKeyNotAccessibleFault', false),
      message: 'AWS refused: The key is disabled. (KMSKeyNotAccessibleFault)',
    });
  });
});

it('a start without capacity is worth trying again', async () => {
  const { home, subject, action, verbs } = await set('instance');
  home.rds.noCapacity.add('db.m7g.large');
  await expect(verbs.apply(action)).rejects.toMatchObject(refused('InsufficientDBInstanceCapacityFault', true));
  expect(subject.state()).toBe('stopped');
  home.rds.noCapacity.clear();
  await verbs.apply(action);
  expect(subject.state()).toBe('starting');
});
