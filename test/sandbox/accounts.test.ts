import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { RoleSpec } from '../../sandbox/estate/identity.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest({ hubAccount: '111111111111' });
const MEMBER = '222222222222';
const LOOK = `arn:aws:iam::${MEMBER}:role/lamplighter-look`;

const assume = (more: { ExternalId?: string; RoleSessionName?: string; RoleArn?: string } = {}) =>
  stage.clients.sts.send(
    new AssumeRoleCommand({ RoleArn: LOOK, RoleSessionName: 'right-size', ExternalId: 'secret', ...more }),
  );

describe('assuming a role', () => {
  it('gives credentials whose calls land in its account', async () => {
    const member = stage.sandbox.estate.account(MEMBER);
    member.role('lamplighter-look', { externalId: 'secret' });
    const theirs = member.region('eu-west-1').ec2.addInstance();
    const { Credentials, AssumedRoleUser } = await assume();
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/lamplighter-look/right-size`);

    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const { ec2, sts } = clientsOf(stage.sandbox, { region: 'eu-west-1', credentials });
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
    expect(Reservations).toMatchObject([{ OwnerId: MEMBER, Instances: [{ InstanceId: theirs.InstanceId }] }]);
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: MEMBER,
      Arn: AssumedRoleUser?.Arn,
    });
    expect(stage.sandbox.calls.byOperation('DescribeInstances')).toMatchObject([
      { account: MEMBER, region: 'eu-west-1' },
    ]);
  });

  it.each<[string, RoleSpec | undefined, { ExternalId?: string }]>([
    ['the role is missing', undefined, {}],
    ['the external id is wrong', { externalId: 'secret' }, { ExternalId: 'guess' }],
    ['it trusts somebody else', { trusts: ['arn:aws:iam::111111111111:role/other'], externalId: 'secret' }, {}],
  ])('is denied when %s, always in the same words', async (_, spec, input) => {
    if (spec) stage.sandbox.estate.account(MEMBER).role('lamplighter-look', spec);
    const hub = 'arn:aws:sts::111111111111:assumed-role/lamplighter-hub/sandbox';
    await expect(assume(input)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${hub} is not authorized to perform: sts:AssumeRole on resource: ${LOOK}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is allowed for the very role that it trusts', async () => {
    const trusts = ['arn:aws:iam::111111111111:role/lamplighter-hub'];
    stage.sandbox.estate.account(MEMBER).role('lamplighter-look', { trusts });
    await expect(assume()).resolves.toBeDefined();
  });

  it.each([['x'.repeat(65)], ['right size'], ['a']])('refuses the session name %s', async (RoleSessionName) => {
    stage.sandbox.estate.account(MEMBER).role('lamplighter-look', { externalId: 'secret' });
    await expect(assume({ RoleSessionName })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('who is nobody gets nowhere', () => {
  const strangers = () =>
    clientsOf(stage.sandbox, { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } });
  it.each([
    ['ec2', 'AuthFailure', () => strangers().ec2.send(new DescribeInstancesCommand({}))],
    ['rds', 'InvalidClientTokenId', () => strangers().rds.send(new DescribeDBInstancesCommand({}))],
    ['sns', 'InvalidClientTokenId', () => strangers().sns.send(new ListTopicsCommand({}))],
    ['ssm', 'UnrecognizedClientException', () => strangers().ssm.send(new GetParameterCommand({ Name: 'x' }))],
  ])('%s says %s', async (service, name, call) => {
    await expect(call()).rejects.toMatchObject({ name });
    expect(stage.sandbox.calls.all()).toMatchObject([{ service, account: 'unknown', outcome: name }]);
  });

  it.each(['eu-south-1', 'moon-north-1'])('a region that is not enabled answers like that too: %s', async (region) => {
    const { ec2, rds } = clientsOf(stage.sandbox, { region });
    await expect(ec2.send(new DescribeInstancesCommand({}))).rejects.toMatchObject({ name: 'AuthFailure' });
    await expect(rds.send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('until the account opts in to the region', async () => {
    stage.sandbox.estate.hub.enabledRegions.add('eu-south-1');
    const { ec2 } = clientsOf(stage.sandbox, { region: 'eu-south-1' });
    await expect(ec2.send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });
});

describe('regions', () => {
  it('see nothing of each other', async () => {
    stage.home.ec2.addInstance();
    const { ec2 } = clientsOf(stage.sandbox, { region: 'us-east-1' });
    expect((await ec2.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });
});

describe('the environment', () => {
  it('is all that a client in another process needs', async () => {
    const before = { ...process.env };
    Object.assign(process.env, stage.sandbox.env);
    try {
      await expect(new EC2Client({}).send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
    } finally {
      process.env = before;
    }
  });
});
