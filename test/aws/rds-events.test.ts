import {
  StartDBClusterCommand,
  StartDBInstanceCommand,
  StopDBClusterCommand,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { firstStart, startsSeenBy, storageChanges } from '../../shared/aws/rds-events.ts';
import { openSandbox } from './support.ts';

const START = new Date('2026-11-02T00:00:00Z');
const RESTART = new Date('2026-11-09T00:00:00Z');

async function open(form: 'instance' | 'cluster') {
  const here = await openSandbox();
  const { rds } = here.clients;
  const arn =
    form === 'cluster'
      ? here.home.rds.addCluster({ DBClusterIdentifier: 'orders' }).DBClusterArn
      : here.home.rds.addInstance({ DBInstanceIdentifier: 'orders' }).DBInstanceArn;
  const id = 'orders';
  const stop = () =>
    form === 'cluster'
      ? rds.send(new StopDBClusterCommand({ DBClusterIdentifier: id }))
      : rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: id }));
  const start = () =>
    form === 'cluster'
      ? rds.send(new StartDBClusterCommand({ DBClusterIdentifier: id }))
      : rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: id }));
  return { ...here, rds, arn, stop, start };
}

describe.each(['instance', 'cluster'] as const)('who started the %s', (form) => {
  it('AWS did, after seven days', async () => {
    const { sandbox, rds, scope, credentialsOf, arn, stop } = await open(form);
    await stop();
    sandbox.clock.advance({ days: 6 });
    expect(await firstStart(rds, arn, START)).toBeUndefined();
    sandbox.clock.advance({ days: 2 });
    expect(await firstStart(rds, arn, START)).toEqual({ by: 'AWS', at: RESTART });
    expect(await startsSeenBy(credentialsOf)(scope, arn, START)).toEqual({ by: 'AWS', at: RESTART });
  });

  it('a person did', async () => {
    const { sandbox, scope, credentialsOf, arn, stop, start } = await open(form);
    await stop();
    sandbox.clock.advance({ days: 1 });
    await start();
    sandbox.clock.advance({ days: 8 });
    expect(await startsSeenBy(credentialsOf)(scope, arn, START)).toEqual({
      by: 'somebody',
      at: expect.toSatisfy((at: Date) => at.toISOString().startsWith('2026-11-03T00:')),
    });
  });

  it('only what happened since counts', async () => {
    const { sandbox, rds, arn, stop } = await open(form);
    await stop();
    sandbox.clock.advance({ days: 8 });
    expect(await firstStart(rds, arn, RESTART)).toEqual({ by: 'AWS', at: RESTART });
    expect((await firstStart(rds, arn, new Date('2026-11-09T00:00:01Z')))?.by).not.toBe('AWS');
  });

  it('the first time counts, and nothing older than fourteen days', async () => {
    const { sandbox, rds, arn, stop } = await open(form);
    await stop();
    sandbox.clock.advance({ days: 8 });
    await stop();
    sandbox.clock.advance({ days: 7 });
    expect(await firstStart(rds, arn, START)).toEqual({ by: 'AWS', at: RESTART });
    sandbox.clock.advance({ days: 15 });
    expect(await firstStart(rds, arn, START)).toBeUndefined();
  });
});

it('the events of another one do not count', async () => {
  const { sandbox, rds, arn, stop, home } = await open('instance');
  await stop();
  sandbox.clock.advance({ days: 8 });
  home.rds.addCluster({ DBClusterIdentifier: 'orders' });
  expect(await firstStart(rds, arn.replace(':db:', ':cluster:'), START)).toBeUndefined();
});

it('events that may not be read are AccessDeniedError', async () => {
  const { sandbox, rds, arn } = await open('instance');
  sandbox.faults.add({ operation: 'DescribeEvents', fault: 'accessDenied' });
  await expect(firstStart(rds, arn, START)).rejects.toMatchObject({ name: 'AccessDeniedError' });
});

describe('when the storage of databases was changed', () => {
  async function openChanged() {
    const here = await open('instance');
    const say = (SourceIdentifier: string, Message: string, minutesAgo: number) =>
      here.home.rds.events.push({
        SourceIdentifier,
        SourceType: 'db-instance',
        Message,
        EventCategories: ['configuration change'],
        Date: new Date(here.sandbox.clock.now().getTime() - minutesAgo * 60_000),
      });
    return { ...here, say };
  }

  it.each([
    ['Applying modification to allocated storage', 1],
    ['Finished applying modification to allocated storage', 0],
    ['Applying autoscaling-initiated modification to allocated storage.', 1],
    ['Finished applying autoscaling-initiated modification to allocated storage.', 0],
  ])('is said by: %s', async (words, begun) => {
    const { rds, say, sandbox } = await openChanged();
    say('orders', words, 20);
    const at = new Date(sandbox.clock.now().getTime() - 20 * 60_000);
    expect(await storageChanges(rds, ['orders'])).toEqual(
      new Map([['orders', { last: at, begun: begun === 1 ? [at] : [] }]]),
    );
  });

  it('is each time that a change began, and the last of all', async () => {
    const { rds, say, sandbox } = await openChanged();
    for (const minutes of [600, 300]) {
      say('orders', 'Applying modification to allocated storage', minutes);
      say('orders', 'Finished applying modification to allocated storage', minutes - 5);
    }
    const at = (minutes: number) => new Date(sandbox.clock.now().getTime() - minutes * 60_000);
    const { last, begun = [] } = (await storageChanges(rds, ['orders'])).get('orders') ?? {};
    expect([last, [...begun].sort()]).toEqual([at(295), [at(600), at(300)]]);
  });

  it('is the last time, of each of several, in one question', async () => {
    const { rds, say, sandbox } = await openChanged();
    const words = 'Finished applying modification to allocated storage';
    for (const minutes of [10, 300]) say('orders', words, minutes);
    say('carts', words, 60);
    say('users', 'Finished applying modification to DB instance class', 5);
    const at = (minutes: number) => new Date(sandbox.clock.now().getTime() - minutes * 60_000);
    expect(await storageChanges(rds, ['orders', 'carts', 'users'])).toEqual(
      new Map([
        ['orders', { last: at(10), begun: [] }],
        ['carts', { last: at(60), begun: [] }],
      ]),
    );
    expect(sandbox.calls.byOperation('DescribeEvents')).toHaveLength(1);
  });
});
