import { describe, expect, it } from 'vitest';
import { snapshotName } from '../../shared/aws/changes/snapshots.ts';
import { aDatabase, FORMS, type Form, refused, type Stage, stage, stopDatabase, verbsOf } from './subjects.ts';

const CHANGE = 'right-size-2026-11-22-2000-123456789012-3f9a1c/7';
const NAME = 'lamplighter-right-size-2026-11-22-2000-123456789012-3f9a1c-7';
const EXPIRES = '2026-12-22';

async function set(form: Form, status = 'available') {
  const here = await stage();
  const subject = FORMS[form](here, status);
  const action = stopDatabase(subject.identity, form);
  const { protect, protected: progress } = verbsOf(here, action);
  return {
    ...here,
    subject,
    protect: (changeId = CHANGE) => protect(action, changeId, EXPIRES),
    progress: (name = NAME) => progress(action, name),
    snapshots: () => snapshotsOf(here, form),
  };
}

const snapshotsOf = ({ home: { rds } }: Stage, form: Form) =>
  form === 'cluster' ? [...rds.clusterSnapshots.values()] : [...rds.snapshots.values()];

const source = (form: Form) => (form === 'cluster' ? 'shop' : 'orders');
const CREATE = { instance: 'CreateDBSnapshot', cluster: 'CreateDBClusterSnapshot' } as const;

describe.each(['instance', 'cluster'] as const)('the snapshot before the stop: %s', (form) => {
  it('is named and tagged by its change, and awaited', async () => {
    const { sandbox, protect, progress, snapshots } = await set(form);
    expect(await protect()).toBe(NAME);
    expect(snapshots()[0]?.TagList).toEqual([
      { Key: 'lamplighter:change', Value: CHANGE },
      { Key: 'lamplighter:expires', Value: EXPIRES },
    ]);
    expect(await progress()).toEqual({ state: 'pending', seen: 'creating, 0 %' });
    sandbox.clock.advance({ minutes: 3 });
    expect(await progress()).toEqual({ state: 'pending', seen: 'creating, 70 %' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await progress()).toEqual({ state: 'done' });
  });

  it('may take nine hours', async () => {
    const { sandbox, home, protect, progress } = await set(form);
    home.rds.snapshotDurations.set(source(form), { hours: 9 });
    await protect();
    sandbox.clock.advance({ hours: 8, minutes: 59 });
    expect(await progress()).toEqual({ state: 'pending', seen: 'creating, 90 %' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await progress()).toEqual({ state: 'done' });
  });

  it('may fail', async () => {
    const { sandbox, home, protect, progress } = await set(form);
    home.rds.failingSnapshots.add(source(form));
    await protect();
    sandbox.clock.advance({ minutes: 4 });
    expect(await progress()).toEqual({ state: 'failed', because: `the snapshot ${NAME} is failed` });
  });

  it('may be deleted by somebody', async () => {
    const { progress } = await set(form);
    expect(await progress()).toEqual({ state: 'failed', because: `the snapshot ${NAME} is gone` });
  });

  it('is taken once, however often asked', async () => {
    const { sandbox, protect, snapshots, done } = await set(form);
    await protect();
    expect(await protect()).toBe(NAME);
    sandbox.clock.advance({ hours: 1 });
    expect(await protect()).toBe(NAME);
    expect([snapshots().length, done(CREATE[form])]).toEqual([1, 1]);
  });

  it('of another change under the same name is refused', async () => {
    const { home, protect } = await set(form);
    if (form === 'cluster') {
      const cluster = home.rds.clusters.get('shop');
      home.rds.addClusterSnapshot(cluster ?? {}, { DBClusterSnapshotIdentifier: NAME });
    } else {
      const database = home.rds.instances.get('orders');
      home.rds.addSnapshot(database ?? {}, { DBSnapshotIdentifier: NAME });
    }
    await expect(protect()).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: `the snapshot ${NAME} exists and is not of this change`,
    });
  });

  it('finds the quota full', async () => {
    const { home, protect, subject } = await set(form);
    home.rds.snapshotQuota = 0;
    await expect(protect()).rejects.toMatchObject({
      ...refused('SnapshotQuotaExceededFault', false),
      message: expect.stringContaining('Cannot create more than 0 manual snapshots') as string,
    });
    expect(subject.state()).toBe('available');
  });

  it.each([
    ['modifying', true],
    ['storage-optimization', true],
    ['stopped', false],
  ])('is not begun while it is %s', async (status, retryable) => {
    const { protect, snapshots } = await set(form, status);
    await expect(protect()).rejects.toMatchObject(refused('NotAsExpected', retryable));
    expect(snapshots()).toEqual([]);
  });

  it('is not that of a database which had the name before', async () => {
    const { sandbox, protect, progress, subject } = await set(form);
    await protect();
    sandbox.clock.advance({ minutes: 5 });
    subject.replace();
    await expect(protect()).rejects.toMatchObject(refused('NotAsExpected', false));
    expect(await progress()).toEqual({ state: 'done' }); // it still protects what it was taken of
  });
});

it('a snapshot of the same change but of another database that had the name is refused', async () => {
  const here = await stage();
  const before = aDatabase(here);
  const earlier = here.home.rds.instances.get('orders');
  const TagList = [{ Key: 'lamplighter:change', Value: CHANGE }];
  here.home.rds.addSnapshot(earlier ?? {}, { DBSnapshotIdentifier: NAME, TagList });
  before.replace();
  const DbiResourceId = here.home.rds.instances.get('orders')?.DbiResourceId ?? '';
  const action = stopDatabase({ ...before.identity, id: DbiResourceId }, 'instance');
  await expect(verbsOf(here, action).protect(action, CHANGE, EXPIRES)).rejects.toMatchObject(
    refused('NotAsExpected', false),
  );
});

it('a snapshot of another database does not count', async () => {
  const here = await stage();
  const subject = aDatabase(here);
  const action = stopDatabase(subject.identity, 'instance');
  const wiki = here.home.rds.addInstance({ DBInstanceIdentifier: 'wiki' });
  here.home.rds.addSnapshot(wiki, { DBSnapshotIdentifier: NAME });
  const failed = { state: 'failed', because: `the snapshot ${NAME} is of another database` };
  expect(await verbsOf(here, action).protected(action, NAME)).toEqual(failed);
});

describe('the name of a snapshot', () => {
  const VALID = /^lamplighter-[a-z0-9]+(-[a-z0-9]+)*$/;

  it('says the change', () => expect(snapshotName(CHANGE)).toBe(NAME));

  it.each([
    'Plan_A/1',
    'plan--a/1',
    'plan-a/1/',
    '-/1',
    '///',
    '',
    'á/1',
    `${'x'.repeat(300)}/1`,
    `${'x-'.repeat(150)}/1`,
    `${'x'.repeat(199)}-/2`,
  ])('keeps the rules of RDS for %j', (changeId) => {
    expect(snapshotName(changeId)).toMatch(VALID);
    expect(snapshotName(changeId).length).toBeLessThanOrEqual(255);
  });

  it('is not shared by two changes', () => {
    const ids = [
      'plan-a/1',
      'plan_a/1',
      'Plan-a/1',
      'plan--a/1',
      'plan-a-/1',
      `${'x'.repeat(300)}/1`,
      `${'x'.repeat(300)}/2`,
    ];
    expect(new Set(ids.map(snapshotName)).size).toBe(ids.length);
  });
});
