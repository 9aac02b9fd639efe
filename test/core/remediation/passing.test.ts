import { describe, expect, it } from 'vitest';
import { known } from '../../../shared/core/evidence.ts';
import { classUp } from '../../../shared/core/remediation/class-up.ts';
import { instanceUnwell } from '../../../shared/core/remediation/runbooks/instance-unwell.ts';
import { whyStorageStays } from '../../../shared/core/remediation/storage-stays.ts';
import { database, facts, fullDatabase, hoursAgo, instance, NOW, settings } from './runbooks/specimen.ts';

/** What keeps a runbook from acting and ends by itself is told from what does not. */

describe('storage that may not grow now', () => {
  const terms = { now: NOW, timezone: 'UTC' };

  it.each([
    ['backing-up', 'soon'],
    ['storage-optimization', 'soon'],
    ['stopped', undefined],
    ['failed', undefined],
  ])('while it is %s may do so %s', (status, passes) => {
    expect(whyStorageStays(database({}, { status }), terms)?.passes).toEqual(passes);
  });

  it('may do so when six hours are over since it was changed, whatever its status is then', () => {
    const changed = { storageChanges: { last: hoursAgo(2), begun: [hoursAgo(2)] } };
    expect(whyStorageStays({ ...fullDatabase, ...changed }, terms)?.passes).toEqual(hoursAgo(-4));
    expect(whyStorageStays(database(changed, { status: 'backing-up' }), terms)?.passes).toEqual(hoursAgo(-4));
  });
});

it('a class may be changed soon while something is done to its database, and not while it is stopped', () => {
  expect(classUp(database({}, { status: 'backing-up' }), 'CPU')).toMatchObject({
    because: 'CPU; its status is backing-up, not available',
    passes: 'soon',
  });
  expect(classUp(database({}, { status: 'stopped' }), 'CPU')).not.toHaveProperty('passes');
});

it('an instance whose status checks have only begun is to be looked at soon, and one that is well is not', () => {
  const judge = (status: 'initializing' | 'ok') =>
    instanceUnwell(
      facts({ resource: instance({ systemStatus: known('ok'), instanceStatus: known(status) }) }),
      settings,
    );
  expect(judge('initializing')).toMatchObject({ passes: 'soon' });
  expect(judge('ok')).not.toHaveProperty('passes');
});
