import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/core/action.ts';
import { aGroup, aService, aWarehouse, pauseWarehouse, stopGroup, stopService } from './scheduled-subjects.ts';
import {
  aDatabase,
  anInstance,
  type Stage,
  type Subject,
  stage,
  startInstance,
  stopDatabase,
  stopInstance,
  verbsOf,
} from './subjects.ts';

const NAMES = ['cpu', 'status'];

async function set(make: (here: Stage) => Subject, toAction: (subject: Subject) => Action) {
  const here = await stage();
  for (const AlarmName of [...NAMES, 'other']) {
    here.home.cloudwatch.alarms.set(AlarmName, { AlarmName, ActionsEnabled: true });
  }
  const subject = make(here);
  const action = toAction(subject);
  const heard = () => NAMES.filter((name) => here.home.cloudwatch.alarms.get(name)?.ActionsEnabled);
  return { ...here, subject, action, heard, verbs: verbsOf(here, action) };
}

const STOPS = {
  'an instance': () => set(anInstance, ({ identity }) => ({ ...stopInstance(identity), mute: NAMES }) as Action),
  'a database': () =>
    set(aDatabase, ({ identity }) => ({ ...stopDatabase(identity, 'instance'), mute: NAMES }) as Action),
  'a group': () => set(aGroup, ({ identity }) => ({ ...stopGroup(identity), mute: NAMES }) as Action),
  'a service': () => set(aService, ({ identity }) => ({ ...stopService(identity), mute: NAMES }) as Action),
  'a warehouse': () => set(aWarehouse, ({ identity }) => ({ ...pauseWarehouse(identity), mute: NAMES }) as Action),
} as const;

const starting = (state: 'stopped' | 'running' = 'stopped') =>
  set(
    (here) => anInstance(here, state),
    ({ identity }) => ({ ...startInstance(identity), unmute: NAMES }) as Action,
  );

describe.each(Object.entries(STOPS))('the alarms of %s', (_, stopping) => {
  it('are muted before it stops, and heard again once it runs again', async () => {
    const { sandbox, action, heard, verbs } = await stopping();
    await verbs.apply(action);
    expect(heard()).toEqual([]);
    const changes = sandbox.calls.all().filter(({ operation }) => !operation.startsWith('Describe'));
    expect(changes[0]?.operation).toBe('DisableAlarmActions');
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.advance(action, { towards: 'settled', seen: '' })).toEqual({ state: 'done' });
    expect(heard()).toEqual([]);

    await verbs.undo(action);
    expect(await verbs.advance(action, { towards: 'undone', seen: '' })).toMatchObject({ state: 'pending' });
    expect(heard()).toEqual([]);
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.advance(action, { towards: 'undone', seen: '' })).toEqual({ state: 'done' });
    expect(heard()).toEqual(NAMES);
  });

  it('are as they were when AWS refuses to stop it', async () => {
    const { sandbox, action, heard, verbs } = await stopping();
    for (const operation of [
      'StopInstances',
      'StopDBInstance',
      'UpdateAutoScalingGroup',
      'UpdateService',
      'PauseCluster',
    ])
      sandbox.faults.add({ operation, fault: 'throttle' });
    await expect(verbs.apply(action)).rejects.toMatchObject({ name: 'RefusedError', retryable: true });
    expect(heard()).toEqual(NAMES);
  });

  it('keep it running when they cannot be muted', async () => {
    const { sandbox, subject, action, verbs } = await stopping();
    const before = subject.state();
    sandbox.faults.add({ operation: 'DisableAlarmActions', fault: 'accessDenied' });
    await expect(verbs.apply(action)).rejects.toMatchObject({
      name: 'RefusedError',
      retryable: false,
      message: 'its alarms were not muted: the role that acts may not do it (AccessDeniedException)',
    });
    expect(subject.state()).toBe(before);
  });

  it('stay muted when it is asked again after it stopped', async () => {
    const { sandbox, action, heard, verbs, done } = await stopping();
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 10 });
    expect(await verbs.apply(action)).toBe('there');
    expect([heard(), done('DisableAlarmActions')]).toEqual([[], 1]);
  });
});

describe('the alarms of what is started', () => {
  it('are heard again once it runs, and muted when that is taken back', async () => {
    const { sandbox, home, action, heard, verbs } = await starting();
    for (const name of NAMES) home.cloudwatch.alarms.get(name)!.ActionsEnabled = false;
    await verbs.apply(action);
    expect(heard()).toEqual([]);
    sandbox.clock.advance({ minutes: 1 });
    await verbs.advance(action, { towards: 'settled', seen: 'pending' });
    expect(heard()).toEqual(NAMES);
    await verbs.undo(action);
    expect(heard()).toEqual([]);
  });

  it('are heard when it does not come up: somebody has to know', async () => {
    const { sandbox, home, subject, action, heard, verbs } = await starting();
    for (const name of NAMES) home.cloudwatch.alarms.get(name)!.ActionsEnabled = false;
    home.ec2.failingStarts.set(subject.identity.id, 'Client.InvalidKMSKey.InvalidState');
    await verbs.apply(action);
    sandbox.clock.advance({ minutes: 1 });
    expect(await verbs.advance(action, { towards: 'settled', seen: 'pending' })).toMatchObject({ state: 'failed' });
    expect(heard()).toEqual(NAMES);
  });

  it('are heard when somebody else has started it', async () => {
    const { home, action, heard, verbs } = await starting('running');
    for (const name of NAMES) home.cloudwatch.alarms.get(name)!.ActionsEnabled = false;
    expect(await verbs.apply(action)).toBe('asked');
    expect(heard()).toEqual(NAMES);
  });
});

it('alarms of somebody else that was quicker are left as they are', async () => {
  const { subject, action, verbs, done } = await STOPS['an instance']();
  subject.become('stopping');
  expect(await verbs.apply(action)).toBe('there');
  expect(done('DisableAlarmActions')).toBe(0);
});

it('more than a hundred alarms are more than one call', async () => {
  const names = Array.from({ length: 101 }, (_, nth) => `alarm-${nth}`);
  const { action, verbs, done } = await set(
    anInstance,
    ({ identity }) => ({ ...stopInstance(identity), mute: names }) as Action,
  );
  await verbs.apply(action);
  expect(done('DisableAlarmActions')).toBe(2);
});

it('what names no alarms asks CloudWatch nothing, and is led on by nobody', async () => {
  const { sandbox, action, verbs } = await set(anInstance, ({ identity }) => stopInstance(identity));
  await verbs.apply(action);
  expect(verbs.advance).toBeUndefined();
  expect(sandbox.calls.all().filter(({ service }) => service === 'cloudwatch')).toEqual([]);
});
