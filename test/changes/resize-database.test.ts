import { describe, expect, it } from 'vitest';
import { aLargeDatabase, changeStorage, refused, resizeDatabase, stage, verbsOf } from './subjects.ts';

/** A db.r6g.xlarge that is to be a db.r6g.large. */
async function resizing(more: Readonly<Record<string, unknown>> = {}) {
  const here = await stage();
  const subject = aLargeDatabase(here, more);
  const stored = here.home.rds.instances.get('orders');
  if (!stored) throw new Error('it was just added');
  const action = resizeDatabase(subject.identity);
  const verbs = verbsOf(here, action);
  const seen = () => `${stored.DBInstanceStatus} ${stored.DBInstanceClass}`;
  return { ...here, subject, stored, action, verbs, seen };
}

describe('resizing a database', () => {
  it('changes the class at once; taking it back is the same again', async () => {
    const { sandbox, action, verbs, seen, done } = await resizing();
    expect(await verbs.apply(action)).toBe('asked');
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'available' });
    sandbox.clock.advance({ minutes: 2 });
    expect(await verbs.settled(action)).toEqual({ state: 'pending', seen: 'modifying' });
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.settled(action), seen()]).toEqual([{ state: 'done' }, 'available db.r6g.large']);
    expect(await verbs.apply(action)).toBe('there');

    expect(await verbs.undo(action)).toBe('asked');
    sandbox.clock.advance({ minutes: 12 });
    expect([await verbs.undone(action), seen()]).toEqual([{ state: 'done' }, 'available db.r6g.xlarge']);
    expect(done('ModifyDBInstance')).toBe(2);
  });

  it('can be taken back before it has begun: what it has asked for is pending, and cancelled', async () => {
    const { sandbox, stored, action, verbs, seen, done } = await resizing();
    await verbs.apply(action);
    expect(stored.PendingModifiedValues).toEqual({ DBInstanceClass: 'db.r6g.large' });
    expect(await verbs.undone(action)).toEqual({ state: 'pending', seen: 'available' });
    expect(await verbs.undo(action)).toBe('asked');
    expect([await verbs.undone(action), stored.PendingModifiedValues]).toEqual([{ state: 'done' }, {}]);
    sandbox.clock.advance({ hours: 1 });
    expect(seen()).toBe('available db.r6g.xlarge');
    expect([await verbs.undo(action), done('ModifyDBInstance')]).toEqual(['there', 2]);
  });

  it.each([{ DBInstanceClass: 'db.r6g.4xlarge' }, { DBInstanceClass: 'db.r6g.large', EngineVersion: '17.2' }])(
    'is not taken back while somebody else has %j pending',
    async (pending) => {
      const { stored, action, verbs, done } = await resizing();
      stored.PendingModifiedValues = pending;
      await expect(verbs.undo(action)).rejects.toMatchObject({ untimely: true });
      expect(done('ModifyDBInstance')).toBe(0);
    },
  );

  it('asks for nothing but the class', async () => {
    const { sandbox, action, verbs } = await resizing();
    await verbs.apply(action);
    expect(sandbox.calls.byOperation('ModifyDBInstance').map(({ input }) => input)).toEqual([
      { DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.r6g.large', ApplyImmediately: true },
    ]);
  });

  it('says when its maintenance window is', async () => {
    const { action, verbs } = await resizing({ PreferredMaintenanceWindow: 'tue:03:00-tue:03:30' });
    expect(await verbs.window(action)).toBe('tue:03:00-tue:03:30');
  });

  it.each([
    [{ EngineVersion: '17.2' }, 'EngineVersion'],
    [{ DBInstanceClass: 'db.r6g.4xlarge' }, 'DBInstanceClass'],
    [{ DBInstanceClass: 'db.r6g.large', EngineVersion: '17.2' }, 'DBInstanceClass, EngineVersion'],
  ])('is not while somebody else has %j pending: it would be applied as well', async (pending, names) => {
    const { stored, action, verbs, done } = await resizing();
    stored.PendingModifiedValues = pending;
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      untimely: true,
      message: `a modification of ${names} is pending: it would be applied as well`,
    });
    expect(done('ModifyDBInstance')).toBe(0);
  });

  it.each([
    ['backing-up', true],
    ['modifying', true],
    ['stopped', false],
    ['incompatible-network', false],
  ])('is not while it is %s', async (status, retryable) => {
    const { subject, action, verbs, done } = await resizing();
    subject.become(status);
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('NotAsExpected', retryable));
    expect(done('ModifyDBInstance')).toBe(0);
  });

  it('is not of another database that carries its name, or another class', async () => {
    const { subject, stored, action, verbs, done } = await resizing();
    stored.DBInstanceClass = 'db.r6g.2xlarge';
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'it has db.r6g.2xlarge, not db.r6g.xlarge' });
    subject.replace();
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'another database carries its name' });
    expect(await verbs.settled(action)).toMatchObject({ state: 'failed' });
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'it is gone' });
    expect(done('ModifyDBInstance')).toBe(0);
  });

  it('without capacity is worth trying again', async () => {
    const { home, action, verbs, seen } = await resizing();
    home.rds.noCapacity.add('db.r6g.large');
    await expect(verbs.apply(action)).rejects.toMatchObject(refused('InsufficientDBInstanceCapacityFault', true));
    expect(seen()).toBe('available db.r6g.xlarge');
  });

  it('of a Multi-AZ deployment ends with a failover, and nothing else', async () => {
    const { sandbox, stored, action, verbs } = await resizing({ MultiAZ: true });
    const [primary, standby] = [stored.AvailabilityZone, stored.SecondaryAvailabilityZone];
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 12 });
    expect(await verbs.settled(action)).toEqual({ state: 'done' });
    expect([stored.AvailabilityZone, stored.SecondaryAvailabilityZone]).toEqual([standby, primary]);
  });
});

describe('a replica and its source', () => {
  const REPLICA = { ReadReplicaSourceDBInstanceIdentifier: 'source' };

  it('shrink one after the other: the source first', async () => {
    const { home, action, verbs, done } = await resizing(REPLICA);
    const source = home.rds.addInstance({ DBInstanceIdentifier: 'source', DBInstanceClass: 'db.r6g.xlarge' });
    await expect(verbs.apply(action)).rejects.toMatchObject({
      untimely: true,
      message: "its source source is db.r6g.xlarge, and it is that one's turn first",
    });
    expect(done('ModifyDBInstance')).toBe(0);
    source.DBInstanceClass = 'db.r6g.large';
    expect(await verbs.apply(action)).toBe('asked');
  });

  it('grow the other way round: the replica first', async () => {
    const { home, subject, verbs } = await resizing({ ReadReplicaDBInstanceIdentifiers: ['replica'] });
    const grow = resizeDatabase(subject.identity, 'db.r6g.xlarge', 'db.r6g.2xlarge');
    const replica = home.rds.addInstance({ DBInstanceIdentifier: 'replica', DBInstanceClass: 'db.r6g.xlarge' });
    await expect(verbs.apply(grow)).rejects.toMatchObject({ untimely: true });
    replica.DBInstanceClass = 'db.r6g.2xlarge';
    expect(await verbs.apply(grow)).toBe('asked');
  });

  it('in another region are left alone: nothing says how large they are', async () => {
    const source = 'arn:aws:rds:eu-west-1:123456789012:db:source';
    const { action, verbs } = await resizing({ ReadReplicaSourceDBInstanceIdentifier: source });
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: expect.stringContaining('another region') });
  });

  it('in a cluster are left alone: a change fails over', async () => {
    const { stored, action, verbs } = await resizing();
    stored.DBClusterIdentifier = 'shop';
    await expect(verbs.apply(action)).rejects.toMatchObject({ message: 'it is a member of the cluster shop' });
  });
});

describe('changing the storage of a database', () => {
  async function changing(more: Readonly<Record<string, unknown>> = {}) {
    const here = await resizing(more);
    const action = changeStorage(here.subject.identity);
    return { ...here, action, verbs: verbsOf(here, action) };
  }

  it('is done as soon as RDS optimizes it; taken back hours later', async () => {
    const { sandbox, stored, action, verbs } = await changing();
    expect(await verbs.apply(action)).toBe('asked');
    expect(await verbs.settled(action)).toMatchObject({ state: 'pending' });
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.settled(action), stored.StorageType, stored.DBInstanceStatus]).toEqual([
      { state: 'done' },
      'gp3',
      'storage-optimization',
    ]);
    await expect(verbs.undo(action)).rejects.toMatchObject({ ...refused('NotAsExpected', true), untimely: true });
    stored.DBInstanceStatus = 'available'; // optimized, but the six hours are not over
    await expect(verbs.undo(action)).rejects.toMatchObject({
      ...refused('InvalidParameterCombination', false),
      untimely: true,
    });
    sandbox.clock.advance({ hours: 10 });
    expect(await verbs.undo(action)).toBe('asked');
    sandbox.clock.advance({ minutes: 10 });
    expect([await verbs.undone(action), stored.StorageType]).toEqual([{ state: 'done' }, 'gp2']);
  });

  it('is not while a class change is pending', async () => {
    const { stored, action, verbs, done } = await changing();
    stored.PendingModifiedValues = { DBInstanceClass: 'db.r6g.large' };
    await expect(verbs.apply(action)).rejects.toMatchObject({ untimely: true });
    expect(done('ModifyDBInstance')).toBe(0);
  });

  it('never grows it, which could not be taken back', async () => {
    const { subject, verbs, done } = await changing();
    const grow = changeStorage(subject.identity);
    if (grow.kind !== 'change-database-storage') throw new Error('it is one');
    const larger = { ...grow, to: { ...grow.to, sizeGiB: 600 } };
    await expect(verbs.apply(larger)).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(done('ModifyDBInstance')).toBe(0);
  });
});
