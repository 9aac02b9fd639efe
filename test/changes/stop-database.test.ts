import { CreateDBInstanceReadReplicaCommand } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { changeVerbs } from '../../shared/aws/changes/changes.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { actingClients, FORMS, type Form, refused, stage, stopDatabase, verbsOf } from './subjects.ts';

async function set(form: Form, status = 'available') {
  const here = await stage();
  const subject = FORMS[form](here, status);
  const action = stopDatabase(subject.identity, form);
  return { ...here, subject, action, verbs: verbsOf(here, action) };
}

const STOP = { instance: 'StopDBInstance', cluster: 'StopDBCluster' } as const;
const START = { instance: 'StartDBInstance', cluster: 'StartDBCluster' } as const;

describe.each(['instance', 'cluster'] as const)('stopping a database: %s', (form) => {
  it('stops it, and takes that back', async () => {
    const { sandbox, subject, action, verbs } = await set(form);
    await verbs.apply(action);
    expect(subject.state()).toBe('stopping');
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'stopping' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    await verbs.undo(action);
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'it is starting' });
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('available');
  });

  it.each(['stopping', 'stopped'])('has nothing to do when it is %s', async (status) => {
    const { subject, action, verbs, done } = await set(form, status);
    await verbs.apply(action);
    expect([subject.state(), done(STOP[form])]).toEqual([status, 0]);
  });

  it.each([
    ['backing-up', true],
    ['starting', true],
    ['modifying', true],
    ['storage-optimization', true],
    ['failed', false],
    ['storage-full', false],
    ['deleting', false],
  ])('does not touch it when it is %s', async (status, retryable) => {
    const { subject, action, verbs, done } = await set(form, status);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', retryable),
      message: `it is ${status}, not available`,
    });
    expect([subject.state(), done(STOP[form])]).toEqual([status, 0]);
  });

  it('does not touch another one that carries its name', async () => {
    const { sandbox, subject, action, verbs } = await set(form);
    subject.replace();
    const other = { ...refused('NotAsExpected', false), message: 'another database carries its name' };
    await expect(verbs.apply(action)).rejects.toMatchObject(other);
    await expect(verbs.undo(action)).rejects.toMatchObject(other);
    await expect(verbs.protect(action, 'plan/1', '2026-12-02')).rejects.toMatchObject(other);
    const failed = { state: 'failed', because: 'another database carries its name' };
    expect([await verbs.settled(action), await verbs.undone(action)]).toEqual([failed, failed]);
    expect(subject.state()).toBe('available');
    expect(sandbox.calls.all().filter(({ operation }) => !operation.startsWith('Describe'))).toEqual([]);
  });

  it('says when it is gone', async () => {
    const { subject, action, verbs } = await set(form);
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is gone',
    });
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is gone' });
    expect(await verbs.undone(action)).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('has not settled when somebody started it again', async () => {
    const { subject, action, verbs } = await set(form);
    await verbs.apply(action);
    subject.become('available');
    expect(await verbs.settled(action)).toEqual({ state: 'failed', because: 'it is available' });
  });

  it.each([
    ['throttle', refused('Throttling', true)],
    ['accessDenied', refused('AccessDenied', false)],
  ] as const)('is told what AWS says: %s', async (fault, wanted) => {
    const { sandbox, subject, action, verbs } = await set(form);
    sandbox.faults.add({ operation: STOP[form], fault });
    await expect(verbs.apply(action)).rejects.toMatchObject(wanted);
    expect(subject.state()).toBe('available');
  });

  it('shows nobody the principal and the policy of a denial', async () => {
    const { sandbox, action, verbs } = await set(form);
    sandbox.faults.add({ operation: STOP[form], fault: 'accessDenied' });
    await expect(verbs.apply(action)).rejects.toThrow(/^the role that acts may not do it \(AccessDenied\)$/);
  });

  it('a look that is denied is a refusal, and nothing was asked', async () => {
    const { sandbox, action, verbs, done } = await set(form);
    sandbox.faults.add({ service: 'rds', fault: 'accessDenied' });
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('AccessDeniedError', false));
    await expect(verbs.settled(action)).rejects.toMatchObject({ name: 'AccessDeniedError' });
    expect(done(STOP[form])).toBe(0);
  });

  it('an outage is no refusal: nobody knows what happened', async () => {
    const { sandbox, action, verbs } = await set(form);
    sandbox.faults.add({ operation: STOP[form], fault: 'serverError', times: 1 });
    await expect(verbs.apply(action)).rejects.toMatchObject({ name: 'InternalFailure' });
    await verbs.apply(action);
  });

  it('its undo waits for the stop to end', async () => {
    const { action, verbs } = await set(form, 'stopping');
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('NotAsExpected', true));
  });

  it.each(['available', 'starting', 'backing-up'])('its undo has nothing to do when it is %s', async (status) => {
    const { action, verbs, done } = await set(form, status);
    await verbs.undo(action);
    expect(done(START[form])).toBe(0);
  });

  it.each(['stopped', 'inaccessible-encryption-credentials'])('is not undone when it is %s', async (status) => {
    const { action, verbs } = await set(form, status);
    expect(await verbs.undone(action)).toEqual({ state: 'failed', because: `it is ${status}` });
  });
});

describe('a database of which a replica was made meanwhile', () => {
  it('is refused for good, in the words of AWS', async () => {
    const here = await set('instance');
    const { rds } = clientsOf(here.sandbox);
    await rds.send(
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: 'orders-ro',
        SourceDBInstanceIdentifier: 'orders',
      }),
    );
    await expect(here.verbs.apply(here.action)).rejects.toMatchObject({
      ...refused('InvalidDBInstanceStateFault', false),
      message: expect.stringContaining('because it has read replicas') as string,
    });
    expect(here.subject.state()).toBe('available');
  });
});

describe('a database that changes between the look and the call', () => {
  it.each([
    ['modifying', true],
    ['failed', false],
  ])('is refused, and whether that passes is seen by looking again: %s', async (status, retryable) => {
    const { sandbox, subject, action } = await set('instance');
    const clients = actingClients(sandbox);
    clients.rds.middlewareStack.add((next, { commandName }) => (args) => {
      if (commandName === 'StopDBInstanceCommand') subject.become(status);
      return next(args);
    });
    const { apply } = changeVerbs(clients)['stop-database'];
    await expect(apply(action)).rejects.toMatchObject(refused('InvalidDBInstanceStateFault', retryable));
    expect(subject.state()).toBe(status);
  });
});

describe('a cluster', () => {
  it.each(['aurora-mysql', 'aurora-postgresql', 'docdb', 'neptune'])('of %s stops and starts', async (Engine) => {
    const { sandbox, home, subject, action, verbs } = await set('cluster');
    for (const one of [home.rds.clusters.get('shop'), ...home.rds.instances.values()]) Object.assign(one!, { Engine });
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
    await verbs.undo(action);
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.undone(action)).toEqual({ state: 'done' });
    expect(subject.state()).toBe('available');
  });

  it.each([
    ['takes part in a global database', { GlobalClusterIdentifier: 'world' }, 'part of a global cluster'],
    ['is replicated to another region', { ReadReplicaIdentifiers: ['arn:aws:rds:x'] }, 'takes part in replication'],
    ['is a replica', { ReplicationSourceIdentifier: 'arn:aws:rds:x' }, 'takes part in replication'],
    ['is serverless of the first version', { EngineMode: 'serverless' }, 'runs Aurora Serverless v1'],
  ])('that %s is refused for good, in the words of AWS', async (_, spoiled, words) => {
    const { home, subject, action, verbs } = await set('cluster');
    Object.assign(home.rds.clusters.get('shop')!, spoiled);
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('InvalidDBClusterStateFault', false),
      message: expect.stringContaining(words) as string,
    });
    expect(subject.state()).toBe('available');
  });

  it('runs only when all of its members do', async () => {
    const { home, action, verbs } = await set('cluster');
    const member = home.rds.instances.get('shop-2');
    if (member) member.DBInstanceStatus = 'starting';
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'shop-2 is starting' });
    if (member) member.DBInstanceStatus = 'insufficient-capacity';
    expect(await verbs.undone(action)).toEqual({ state: 'failed', because: 'shop-2 is insufficient-capacity' });
  });
});
