import {
  DescribeInstanceStatusCommand,
  ModifyInstanceCreditSpecificationCommand,
  RebootInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { clientsOf } from './clients.ts';

async function stage() {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { ec2: state } = sandbox.estate.hub.region(sandbox.env.AWS_REGION ?? '');
  const LaunchTime = new Date(sandbox.clock.now().getTime() - 3_600_000);
  const { InstanceId: id } = state.addInstance({ InstanceType: 'm5.large', LaunchTime });
  const { ec2 } = clientsOf(sandbox);
  const status = async () => {
    const { InstanceStatuses: [one] = [] } = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));
    return one && [one.SystemStatus?.Status, one.InstanceStatus?.Status];
  };
  return { sandbox, state, ec2, id, status };
}

describe('the status checks', () => {
  it.each([
    ['mends the instance, and not its host', 'reboot', ['impaired', 'ok']],
    ['mends both by another host', 'move', ['ok', 'ok']],
  ] as const)('what %s', async (_, by, after) => {
    const { sandbox, state, ec2, id, status } = await stage();
    const since = sandbox.clock.now();
    state.impairments.set(id, [
      { check: 'system', since, until: 'start' },
      { check: 'instance', since, until: 'reboot' },
    ]);
    expect(await status()).toEqual(['impaired', 'impaired']);
    if (by === 'reboot') await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    else {
      await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
      sandbox.clock.advance({ minutes: 1 });
      await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    }
    sandbox.clock.advance({ minutes: 5 });
    expect(await status()).toEqual(after);
  });

  it('what nothing mends stays, and says since when', async () => {
    const { sandbox, state, ec2, id } = await stage();
    const since = sandbox.clock.now();
    state.impairments.set(id, [{ check: 'instance', since, until: 'never' }]);
    await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }));
    sandbox.clock.advance({ minutes: 30 });
    const filter = { Name: 'instance-status.status', Values: ['impaired'] };
    const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({ Filters: [filter] }));
    expect(InstanceStatuses).toMatchObject([
      { InstanceId: id, InstanceStatus: { Details: [{ Status: 'failed', ImpairedSince: since }] } },
    ]);
  });

  it('come with what AWS has scheduled', async () => {
    const { state, ec2, id } = await stage();
    state.scheduledEvents.set(id, [{ Code: 'instance-retirement', Description: 'The instance is to retire' }]);
    const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }));
    expect(InstanceStatuses).toMatchObject([{ Events: [{ Code: 'instance-retirement' }] }]);
  });
});

it('the credits of several instances are changed one by one', async () => {
  const { state, ec2, id } = await stage();
  const { InstanceId: burstable } = state.addInstance({ InstanceType: 't3.large' });
  const InstanceCreditSpecifications = [
    { InstanceId: id, CpuCredits: 'unlimited' },
    { InstanceId: burstable, CpuCredits: 'standard' },
  ];
  const answer = await ec2.send(new ModifyInstanceCreditSpecificationCommand({ InstanceCreditSpecifications }));
  expect(answer).toMatchObject({
    SuccessfulInstanceCreditSpecifications: [{ InstanceId: burstable }],
    UnsuccessfulInstanceCreditSpecifications: [{ InstanceId: id }],
  });
  expect([state.cpuCredits.get(burstable), state.cpuCredits.has(id)]).toEqual(['standard', false]);
});
