import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../shared/core/evidence.ts';
import type { DatabaseFacts } from '../../../../shared/core/facts.ts';
import { money } from '../../../../shared/core/money.ts';
import type { AlarmedDatabase, RunbookSettings } from '../../../../shared/core/remediation/runbook.ts';
import { databaseStorageLow } from '../../../../shared/core/remediation/runbooks/database-storage-low.ts';
import {
  alarmOn,
  changed,
  database,
  facts,
  filling,
  freeHours,
  GIB,
  metric,
  NOW,
  settings,
  storageAlarm,
  unwellInstance,
} from './specimen.ts';

const judge = (resource: AlarmedDatabase, under: Partial<RunbookSettings> = {}) =>
  databaseStorageLow(facts({ resource }), { ...settings, ...under });

const storageOf = (spoiled: Partial<DatabaseFacts['storage']>, engine = 'postgres'): AlarmedDatabase =>
  database({}, { engine, storage: { sizeGiB: 100, storageType: 'gp3', ioOptimized: false, ...spoiled } });

const grown = (resource: AlarmedDatabase, under: Partial<RunbookSettings> = {}) => {
  const action = judge(resource, under).act?.action;
  return action?.kind === 'change-database-storage' ? { from: action.from, to: action.to } : undefined;
};

describe('a database that fills up', () => {
  it('is grown to what 30 days need, and says why in numbers', () => {
    const { act, because, evidence, charts, next } = judge(database());
    expect(act).toEqual({
      action: {
        kind: 'change-database-storage',
        direction: 'gives',
        database: database().facts.identity,
        from: { type: 'gp3', sizeGiB: 100 },
        to: { type: 'gp3', sizeGiB: 163 },
      },
      undo: { reversibility: 'none', loses: 'its smaller size: storage of RDS never shrinks' },
      onlyApproved: false,
      monthlyMore: known(money('USD', 8.253)),
    });
    expect(because).toBe(
      '8 of 100 GiB are free, at 2 GiB a day (trend of 14 days) it is full in 4 days, at 2026-11-27 05:00 Asia/Seoul; 163 GiB are enough for 30 days',
    );
    expect(evidence).toEqual(['forecast: 8 GiB free, at 2 GiB a day (trend of 14 days) it is full in 4 days']);
    expect(charts).toMatchObject([{ what: 'storage used', by: 'hour', unit: '%' }]);
    expect(charts[0]?.values.at(-1)).toBeCloseTo(92);
    expect(next).toContain('aws rds modify-db-instance --region ap-northeast-2 --db-instance-identifier orders-qa');
    expect(next).toContain('--allocated-storage 163 --apply-immediately');
  });

  it('has what was measured hour by hour shown so', () => {
    const series = known({ from: NOW, stepSeconds: 3600, values: [8, 8] });
    const free = { metric: metric('AWS/RDS', 'FreeStorageSpace', {}), what: 'free storage', unit: 'GiB', series };
    const { charts } = databaseStorageLow(facts({ metrics: [free] }), settings);
    expect(charts).toContainEqual({ what: 'free storage', unit: 'GiB', by: 'hour', each: 1, values: [8, 8] });
  });

  it('is grown over the threshold although its trend needs nothing', () => {
    expect(grown(database({ freeStorageHours: filling(0, 8) }))?.to.sizeGiB).toBe(110);
    const alarm = { ...storageAlarm, watches: { ...storageAlarm.watches, threshold: 40 * GIB } };
    const remedy = databaseStorageLow(
      facts({ alarm, resource: database({ freeStorageHours: filling(0, 8) }) }),
      settings,
    );
    expect(remedy.act?.action).toMatchObject({ to: { sizeGiB: 133 } });
    expect(remedy.because).toContain('which do not become fewer');
  });

  it('is grown by 10 % where the threshold is not one of free bytes', () => {
    const percent = metric('AWS/RDS', 'FreeStorageSpace', {});
    const alarm = alarmOn(percent, { comparison: 'LessThanThreshold', threshold: 50 * GIB });
    const watches = { ...alarm.watches, expression: 'm1 / 100' };
    const resource = database({ freeStorageHours: filling(0, 8) });
    const { act } = databaseStorageLow(facts({ alarm: { ...alarm, watches }, resource }), settings);
    expect(act?.action).toMatchObject({ to: { sizeGiB: 110 } });
  });

  it('is grown when it is full already', () => {
    expect(grown(database({ freeStorageHours: filling(2, 0) }, { status: 'storage-full' }))?.to.sizeGiB).toBe(171);
  });

  it('is grown although that does not end the alarm, where it is full soon', () => {
    const alarm = { ...storageAlarm, watches: { ...storageAlarm.watches, threshold: 40 * GIB } };
    const { act } = databaseStorageLow(facts({ alarm }), { ...settings, growAtMostShare: 0.1 });
    expect(act?.action).toMatchObject({ to: { sizeGiB: 110 } });
  });

  it('is grown as far as the policy allows, which it says', () => {
    const { act, because } = judge(database(), { growAtMostShare: 0.2 });
    expect(act?.action).toMatchObject({ to: { sizeGiB: 120 } });
    expect(because).toContain('30 days need 163 GiB, of which the policy allows 120');
  });
});

describe('a burst', () => {
  const burst = freeHours((hour) => 60 - Math.max(0, hour - 332) * 18);
  const burning = database({ freeStorageHours: burst });

  it('is grown by what the policy allows, and never said to be enough', () => {
    const { act, because, urgent } = judge(burning, { growAtMostShare: 0.5 });
    expect(act).toMatchObject({ action: { to: { sizeGiB: 150 } }, onlyApproved: false });
    expect(because).toBe(
      '6 of 100 GiB are free, at 18 GiB an hour (pace of the last 3 hours) it is full in 20 minutes, at 2026-11-23 05:20 Asia/Seoul; 30 days need 13065 GiB, of which the policy allows 150, which lasts 3.11 hours at this pace',
    );
    expect(urgent).toBe(true);
  });

  it('is as urgent where nothing may be done', () => {
    const { act, urgent, evidence } = judge({ ...burning, facts: { ...burning.facts, status: 'modifying' } });
    expect({ act, urgent }).toEqual({ urgent: true });
    expect(evidence.slice(0, 2)).toEqual([
      'forecast: 6 GiB free, which do not become fewer (trend of 14 days)',
      'forecast: at 18 GiB an hour (pace of the last 3 hours) it is full in 20 minutes',
    ]);
  });

  it('that leaves days does not make it larger, and is said', () => {
    const slow = database({ freeStorageHours: freeHours((hour) => 9.5 - Math.max(0, hour - 332) * 0.5) });
    const { act, because, urgent } = judge(slow);
    expect(act).toMatchObject({ action: { to: { sizeGiB: 110 } }, onlyApproved: false });
    expect(because).toContain(
      'by the trend of 14 days 110 GiB are enough for 30 days; at the pace of the last 3 hours that lasts 1.5 days',
    );
    expect(urgent).toBeUndefined();
  });

  it('is over where the storage is full, which is as urgent', () => {
    const full = database({ freeStorageHours: filling(0, 0) }, { status: 'storage-full' });
    expect(judge(full)).toMatchObject({ urgent: true, act: { onlyApproved: false } });
  });
});

describe('provisioned IOPS and throughput', () => {
  it.each<[string, AlarmedDatabase, object]>([
    [
      'have no place on one volume of gp3',
      storageOf({ iops: 3000, throughputMiBs: 125 }),
      { from: { type: 'gp3', sizeGiB: 100 }, to: { type: 'gp3', sizeGiB: 163 } },
    ],
    [
      'are those of four volumes from 400 GiB on',
      storageOf({ sizeGiB: 390, iops: 3000, throughputMiBs: 125 }),
      {
        from: { type: 'gp3', sizeGiB: 390, iops: 3000, throughputMiBs: 125 },
        to: { type: 'gp3', sizeGiB: 453, iops: 12_000, throughputMiBs: 500 },
      },
    ],
    [
      'are those of four volumes from 200 GiB on with Oracle',
      storageOf({ sizeGiB: 190, iops: 3000, throughputMiBs: 125 }, 'oracle-se2'),
      {
        from: { type: 'gp3', sizeGiB: 190, iops: 3000, throughputMiBs: 125 },
        to: { type: 'gp3', sizeGiB: 253, iops: 12_000, throughputMiBs: 500 },
      },
    ],
    [
      'are kept where there are more',
      storageOf({ sizeGiB: 1000, iops: 20_000, throughputMiBs: 750 }),
      {
        from: { type: 'gp3', sizeGiB: 1000, iops: 20_000, throughputMiBs: 750 },
        to: { type: 'gp3', sizeGiB: 1100, iops: 20_000, throughputMiBs: 750 },
      },
    ],
    [
      'of SQL Server are half its GiB at least',
      storageOf({ sizeGiB: 6000, iops: 3000, throughputMiBs: 125 }, 'sqlserver-se'),
      {
        from: { type: 'gp3', sizeGiB: 6000, iops: 3000, throughputMiBs: 125 },
        to: { type: 'gp3', sizeGiB: 6600, iops: 3300, throughputMiBs: 125 },
      },
    ],
    [
      'of io1 are half its GiB at least',
      storageOf({ sizeGiB: 2000, storageType: 'io1', iops: 1000 }),
      { from: { type: 'io1', sizeGiB: 2000, iops: 1000 }, to: { type: 'io1', sizeGiB: 2200, iops: 1100 } },
    ],
    [
      'of io1 of SQL Server are as many as its GiB at least',
      storageOf({ sizeGiB: 2000, storageType: 'io1', iops: 2000 }, 'sqlserver-ee'),
      { from: { type: 'io1', sizeGiB: 2000, iops: 2000 }, to: { type: 'io1', sizeGiB: 2200, iops: 2200 } },
    ],
    [
      'are not asked of gp2',
      storageOf({ storageType: 'gp2', iops: 300 }),
      { from: { type: 'gp2', sizeGiB: 100 }, to: { type: 'gp2', sizeGiB: 163 } },
    ],
  ])('%s', (_, resource, expected) => {
    expect(grown(resource)).toEqual(expected);
  });

  it('cost what nobody knows where more of them are asked for', () => {
    expect(judge(storageOf({ sizeGiB: 2000, storageType: 'io1', iops: 1000 })).act?.monthlyMore).toEqual(
      unknown('no list price of its further IOPS'),
    );
    expect(judge(storageOf({ sizeGiB: 390, iops: 3000 })).act?.monthlyMore?.known).toBe(true);
  });
});

describe('a person is asked first', () => {
  it.each<[string, AlarmedDatabase, string]>([
    [
      'code made it',
      database({}, { tags: { 'aws:cloudformation:stack-name': 'shop' } }),
      'in the template of the stack shop: AllocatedStorage: 163',
    ],
    ['its data would move to four volumes', storageOf({ sizeGiB: 390 }), 'modify-db-instance'],
    ['it does not fill', database({ freeStorageHours: filling(0, 8) }), 'modify-db-instance'],
    ['it is full in 32 days', database({ freeStorageHours: filling(0.25, 8) }), 'modify-db-instance'],
  ])('when %s', (_, resource, next) => {
    const remedy = judge(resource);
    expect(remedy.act?.onlyApproved).toBe(true);
    expect(remedy.next).toContain(next);
  });

  it.each([
    [2, false],
    [3, true],
  ])('when it grew %d times of 3 within 30 days: %s', (unattendedGrowths, isAsked) => {
    const { act, because } = databaseStorageLow(facts({ unattendedGrowths }), settings);
    expect(act?.onlyApproved).toBe(isAsked);
    const often = 'it was let grow 3 times within 30 days (`remediation.growAtMost.times`): something eats it';
    expect(because.includes(often)).toBe(isAsked);
  });

  it('but not about four volumes when there is no time', () => {
    const soon = database(
      { freeStorageHours: filling(4, 8) },
      { storage: { sizeGiB: 390, storageType: 'gp3', ioOptimized: false } },
    );
    expect(judge(soon).act?.onlyApproved).toBe(false);
    expect(judge(soon).evidence.join()).toContain('from one volume to four');
  });
});

describe('it is left', () => {
  it.each<[string, AlarmedDatabase, RegExp]>([
    [
      'Aurora',
      database({}, { engine: 'aurora-postgresql', memberOf: 'c' }),
      /storage of aurora-postgresql grows by itself/,
    ],
    ['a Multi-AZ DB cluster', database({}, { memberOf: 'carts' }), /Multi-AZ DB cluster/],
    ['RDS Custom', database({}, { engine: 'custom-oracle-ee' }), /RDS Custom/],
    ['magnetic storage of SQL Server', storageOf({ storageType: 'standard' }, 'sqlserver-web'), /magnetic/],
    ['storage autoscaling with room', database({ growsItselfTo: 110 }), /by itself, up to 110 GiB/],
    [
      'storage autoscaling at its maximum',
      database({ growsItselfTo: 105 }),
      /163 GiB are enough for 30 days; its autoscaling is at its maximum of 105 GiB, and RDS refuses more/,
    ],
    ['modifying', database({}, { status: 'modifying' }), /its status is modifying/],
    [
      'optimizing',
      database({ storageChanges: changed(2) }, { status: 'storage-optimization' }),
      /storage-optimization: .* and may refuse one until 2026-11-23 09:00 Asia\/Seoul/,
    ],
    ['stopped', database({}, { status: 'stopped' }), /its status is stopped/],
    [
      'changed five hours ago',
      database({ storageChanges: changed(5) }),
      /less than 6 hours ago: RDS may refuse the next change until 2026-11-23 06:00 Asia\/Seoul/,
    ],
    [
      'changed four times in a day',
      database({ storageChanges: changed(7, 10, 13, 23) }),
      /4 times in 24 hours: RDS may refuse the next change until 2026-11-23 06:00 Asia\/Seoul/,
    ],
    [
      'changed four times in a day, and lately',
      database({ storageChanges: changed(1, 10, 13, 23) }),
      /less than 6 hours ago: RDS may refuse the next change until 2026-11-23 10:00 Asia\/Seoul/,
    ],
    ['with pending modifications', database({}, { pendingModifications: ['DBInstanceClass'] }), /DBInstanceClass/],
    ['at the maximum of AWS', storageOf({ sizeGiB: 65_536 }), /it is at its maximum: .*AWS allows 65536 GiB/],
    ['at the maximum of SQL Server', storageOf({ sizeGiB: 16_384 }, 'sqlserver-se'), /AWS allows 16384 GiB/],
    [
      'at the maximum of its class',
      database({}, { classes: ['db.t3.micro'], storage: { sizeGiB: 6000, storageType: 'gp3', ioOptimized: false } }),
      /AWS allows 6144 GiB/,
    ],
    [
      'at the maximum of magnetic storage',
      storageOf({ sizeGiB: 3072, storageType: 'standard' }),
      /AWS allows 3072 GiB/,
    ],
  ])('%s', (_, resource, because) => {
    const remedy = judge(resource);
    expect(remedy.act).toBeUndefined();
    expect(remedy.unknown).toBeUndefined();
    expect(remedy.because).toMatch(because);
    expect(remedy.next).not.toBe('');
  });

  it('at the maximum of its autoscaling, with the command that raises both', () => {
    expect(judge(database({ growsItselfTo: 105 })).next).toContain(
      '--allocated-storage 163 --max-allocated-storage 206 --apply-immediately',
    );
  });

  it('six hours after the last change it is grown again', () => {
    const free = filling(24, 8);
    expect(judge(database({ storageChanges: changed(6), freeStorageHours: free })).act).toBeDefined();
    const day = database({ storageChanges: changed(6, 12, 18, 24), freeStorageHours: free });
    expect(judge(day).act).toBeDefined();
  });

  it('that is full is left to people at once: its data do not fit until then', () => {
    const full = database({ storageChanges: changed(1) }, { status: 'storage-full' });
    expect(judge(full)).toMatchObject({
      urgent: true,
      next: expect.stringMatching(/^try it by hand now: it takes no/),
    });
  });

  it.each<[string, AlarmedDatabase, string]>([
    ['its free storage is', database({ freeStorageHours: unknown('AccessDenied') }), 'AccessDenied'],
    ['its size is', database({}, { storage: { storageType: 'gp3', ioOptimized: false } }), 'how large'],
    ['its type is', database({}, { storage: { sizeGiB: 100, ioOptimized: false } }), 'of what type'],
    ['its IOPS are', storageOf({ storageType: 'io2' }), 'IOPS'],
  ])('when %s unknown', (_, resource, why) => {
    expect(judge(resource)).toMatchObject({ unknown: true, because: expect.stringContaining(why) });
    expect(judge(resource).act).toBeUndefined();
  });

  it('when the policy allows less than RDS takes', () => {
    const { act, because, next } = judge(database(), { growAtMostGiB: 9 });
    expect(act).toBeUndefined();
    expect(because).toContain('at least 10 %, here to 110 GiB, and the policy allows less at once');
    expect(next).toContain('--allocated-storage 110');
  });

  it('when growing would not end the alarm, nor is needed', () => {
    const alarm = { ...storageAlarm, watches: { ...storageAlarm.watches, threshold: 40 * GIB } };
    const resource = database({ freeStorageHours: filling(0.1, 8) });
    const { act, because } = databaseStorageLow(facts({ alarm, resource }), { ...settings, growAtMostShare: 0.1 });
    expect(act).toBeUndefined();
    expect(because).toContain("the policy allows 110 GiB, which leave 18 GiB free, not more than the alarm's 40 GiB");
  });

  it('when it is no database', () => {
    expect(databaseStorageLow(facts({ resource: unwellInstance }), settings).act).toBeUndefined();
  });
});
