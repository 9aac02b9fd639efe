import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeAlarmsCommand, InvalidNextToken, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DBInstanceNotFoundFault, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { GetParameterCommand, ParameterNotFound } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

describe('what goes over the wire', () => {
  it('keeps dates, numbers, booleans, lists and awkward text in XML', async () => {
    const TagList = [{ Key: 'owner', Value: 'Zoë & "Søren" <ops>\n' }];
    const seeded = stage.home.rds.addInstance({
      DBInstanceIdentifier: 'orders',
      AllocatedStorage: 250,
      MultiAZ: true,
      TagList,
    });
    const { DBInstances } = await stage.clients.rds.send(new DescribeDBInstancesCommand({}));
    expect(DBInstances).toEqual([seeded]);
  });

  it('keeps them in the dialect of EC2', async () => {
    const seeded = stage.home.ec2.addInstance({ publicIp: 'elastic', Tags: [{ Key: 'a', Value: '<&>' }] });
    const { Reservations } = await stage.clients.ec2.send(new DescribeInstancesCommand({}));
    const { ReservationId, DisableApiStop, DisableApiTermination, GetsPublicIp, ...shown } = seeded;
    expect(Reservations?.[0]?.ReservationId).toBe(ReservationId);
    expect(Reservations?.[0]?.Instances).toEqual([shown]);
  });

  it('reads nested lists of a form', async () => {
    const tags = [
      { Key: 'team', Value: 'shop', PropagateAtLaunch: true },
      { Key: 'env', Value: 'qa', PropagateAtLaunch: false },
    ];
    const group = { AutoScalingGroupName: 'web', MinSize: 1, MaxSize: 3, AvailabilityZones: ['a', 'b'], Tags: tags };
    await stage.clients.autoScaling.send(new CreateAutoScalingGroupCommand(group));
    expect(stage.sandbox.calls.all()).toMatchObject([{ operation: 'CreateAutoScalingGroup', input: group }]);
  });

  it('unpacks a compressed request', async () => {
    const MetricData = Array.from({ length: 500 }, (_, index) => ({
      MetricName: `requests-served-${index}`,
      Value: index,
    }));
    await stage.clients.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    expect(stage.home.cloudwatch.metrics.size).toBe(500);
  });

  it.each([
    [
      'Query',
      () => stage.clients.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'no' })),
      DBInstanceNotFoundFault,
    ],
    ['JSON', () => stage.clients.ssm.send(new GetParameterCommand({ Name: 'no' })), ParameterNotFound],
    [
      'JSON after Query',
      () => stage.clients.cloudwatch.send(new DescribeAlarmsCommand({ NextToken: 'no' })),
      InvalidNextToken,
    ],
  ])('gives errors the class that the SDK has for them: %s', async (_, call, Type) => {
    await expect(call()).rejects.toBeInstanceOf(Type);
  });

  it('gives EC2 errors, which have no classes, their code', async () => {
    const call = stage.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-00000000000000000'] }));
    await expect(call).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      message: "The instance ID 'i-00000000000000000' does not exist",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('names an operation that it does not have', async () => {
    await expect(stage.clients.ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'the sandbox does not implement ec2:DescribeVpcs',
    });
    expect(stage.sandbox.calls.all()).toMatchObject([{ operation: 'DescribeVpcs', outcome: 'NotImplemented' }]);
  });

  it('refuses what is not signed, and services that it does not have', async () => {
    const unsigned = await fetch(stage.sandbox.url, { method: 'POST', body: 'Action=DescribeInstances' });
    expect([unsigned.status, await unsigned.json()]).toMatchObject([403, { code: 'MissingAuthenticationToken' }]);
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKIA/20261102/eu-west-1/s3/aws4_request';
    const stranger = await fetch(stage.sandbox.url, { method: 'POST', headers: { authorization } });
    expect(await stranger.json()).toMatchObject({ code: 'UnknownService', message: expect.stringContaining("'s3'") });
  });
});
