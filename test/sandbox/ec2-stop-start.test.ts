import {
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { InstanceSpec } from '../../sandbox/estate/ec2-instance.ts';
import { instanceState } from '../../sandbox/estate/ec2-shapes.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const stop = (...InstanceIds: string[]) => stage.clients.ec2.send(new StopInstancesCommand({ InstanceIds }));
const start = (...InstanceIds: string[]) => stage.clients.ec2.send(new StartInstancesCommand({ InstanceIds }));

describe('stopping', () => {
  it('takes its time and leaves a trace', async () => {
    const one = stage.home.ec2.addInstance({ publicIp: 'amazon' });
    expect((await stop(one.InstanceId)).StoppingInstances).toMatchObject([
      { PreviousState: { Name: 'running' }, CurrentState: { Name: 'stopping', Code: 64 } },
    ]);
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(one).toMatchObject({
      State: { Name: 'stopped', Code: 80 },
      StateTransitionReason: 'User initiated (2026-11-02 00:00:00 GMT)',
      StateReason: { Code: 'Client.UserInitiatedShutdown' },
    });
    expect(one.PublicIpAddress).toBeUndefined();
    expect(one.NetworkInterfaces?.[0]?.Association).toBeUndefined();
  });

  it('keeps an Elastic IP', async () => {
    const one = stage.home.ec2.addInstance({ publicIp: 'elastic' });
    await stop(one.InstanceId);
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(one.NetworkInterfaces?.[0]?.Association?.IpOwnerId).toBe(stage.sandbox.estate.hub.id);
  });

  it('is no error for a stopped one', async () => {
    const { InstanceId } = stage.home.ec2.addInstance({ State: instanceState('stopped') });
    expect((await stop(InstanceId)).StoppingInstances).toMatchObject([{ CurrentState: { Name: 'stopped' } }]);
  });

  it.each<[string, InstanceSpec, string]>([
    ['pending', { State: instanceState('pending') }, 'IncorrectInstanceState'],
    ['terminated', { State: instanceState('terminated') }, 'IncorrectInstanceState'],
    ['rooted in an instance store', { root: false }, 'UnsupportedOperation'],
    ['a Spot Instance', { InstanceLifecycle: 'spot' }, 'UnsupportedOperation'],
    ['protected', { DisableApiStop: true }, 'OperationNotPermitted'],
    ['managed by a service', { Operator: { Managed: true, Principal: 'eks.amazonaws.com' } }, 'OperationNotPermitted'],
  ])('fails for the whole batch when one is %s', async (_, spec, name) => {
    const good = stage.home.ec2.addInstance();
    const bad = stage.home.ec2.addInstance(spec);
    await expect(stop(good.InstanceId, bad.InstanceId)).rejects.toMatchObject({ name });
    expect(good.State.Name).toBe('running');
  });
});

describe('starting', () => {
  it('takes its time and gives a new launch time and a new address', async () => {
    const one = stage.home.ec2.addInstance({ publicIp: 'amazon' });
    const address = one.PublicIpAddress;
    await stop(one.InstanceId);
    stage.sandbox.clock.advance({ hours: 1 });
    expect((await start(one.InstanceId)).StartingInstances).toMatchObject([{ CurrentState: { Name: 'pending' } }]);
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(one).toMatchObject({ State: { Name: 'running' }, LaunchTime: new Date('2026-11-02T01:00:00Z') });
    expect(one.PublicIpAddress).toMatch(/^54\./);
    expect(one.PublicIpAddress).not.toBe(address);
  });

  it.each([['of its type'], ['of its type in its zone']])('fails for want of capacity %s', async (where) => {
    const { InstanceId } = stage.home.ec2.addInstance({ InstanceType: 'm7g.large', State: instanceState('stopped') });
    stage.home.ec2.noCapacity.add(where === 'of its type' ? 'm7g.large' : 'm7g.large@ap-northeast-2a');
    await expect(start(InstanceId)).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
      $metadata: { httpStatusCode: 500 },
    });
  });

  it('may be answered with success and fail afterwards', async () => {
    const one = stage.home.ec2.addInstance({ State: instanceState('stopped') });
    stage.home.ec2.failingStarts.set(one.InstanceId, 'Client.InvalidKMSKey.InvalidState');
    await start(one.InstanceId);
    expect(one.State.Name).toBe('pending');
    stage.sandbox.clock.advance({ minutes: 1 });
    expect(one).toMatchObject({
      State: { Name: 'stopped' },
      StateReason: { Code: 'Client.InvalidKMSKey.InvalidState' },
    });
  });

  it('is refused while the instance is stopping', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    await stop(InstanceId);
    await expect(start(InstanceId)).rejects.toMatchObject({ name: 'IncorrectInstanceState' });
  });
});

describe('terminating', () => {
  it('takes the root volume along, keeps the others, and is forgotten after an hour', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    const data = stage.home.ec2.addVolume({ attachTo: InstanceId });
    await stage.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    stage.sandbox.clock.advance({ minutes: 1 });
    const { Reservations } = await stage.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
    expect(Reservations?.[0]?.Instances).toMatchObject([{ State: { Name: 'terminated' } }]);
    expect([...stage.home.ec2.volumes.values()]).toEqual([data]);
    expect(data.State).toBe('available');
    stage.sandbox.clock.advance({ hours: 2 });
    expect(stage.home.ec2.instances.size).toBe(0);
  });

  it('is refused by termination protection', async () => {
    const { InstanceId } = stage.home.ec2.addInstance({ DisableApiTermination: true });
    const call = stage.clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    await expect(call).rejects.toMatchObject({ name: 'OperationNotPermitted' });
  });
});
