import { CreateTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Clients, Target } from '../target.ts';

const MEMBER = '222222222222';

interface Seed {
  readonly target: Target;
  readonly hub: Clients;
  readonly assume: (session: string, seconds?: number) => Promise<Clients>;
}

const ROLE = `arn:aws:iam::${MEMBER}:role/lamplighter-look`;

async function seed(target: Target): Promise<Seed> {
  const hub = target.clients();
  target.addRole(MEMBER, 'lamplighter-look', { externalId: 'lamplighter' });
  const assume = async (RoleSessionName: string, DurationSeconds = 3600) => {
    const wanted = { RoleArn: ROLE, RoleSessionName, DurationSeconds, ExternalId: 'lamplighter' };
    const { Credentials } = await hub.sts.send(new AssumeRoleCommand(wanted));
    return target.clients({
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? expect.fail('no access key'),
        secretAccessKey: Credentials?.SecretAccessKey ?? expect.fail('no secret'),
        sessionToken: Credentials?.SessionToken ?? expect.fail('no session token'),
      },
    });
  };
  return { target, hub, assume };
}

const instanceIds = async ({ ec2 }: Clients) =>
  ((await ec2.send(new DescribeInstancesCommand({}))).Reservations ?? []).flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId }) => InstanceId),
  );

export const sts = chapter('sts', seed, {
  'who calls is told with the account': async ({ target, hub }) => {
    const { Account, Arn } = await hub.sts.send(new GetCallerIdentityCommand({}));
    expect(Account).toBe(target.account);
    expect(Arn).toContain(`::${target.account}:`);
  },

  'an assumed role lands in its own account': async ({ assume }) => {
    const member = await assume('lamplighter');
    const { Account, Arn } = await member.sts.send(new GetCallerIdentityCommand({}));
    expect(Account).toBe(MEMBER);
    expect(Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/lamplighter-look/lamplighter`);
  },

  'the answer names the session, and when it ends by the clock of the caller': async ({ hub }) => {
    const wanted = { RoleArn: ROLE, RoleSessionName: 'named', DurationSeconds: 900, ExternalId: 'lamplighter' };
    const { AssumedRoleUser, Credentials } = await hub.sts.send(new AssumeRoleCommand(wanted));
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${MEMBER}:assumed-role/lamplighter-look/named`);
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z0-9]+:named$/);
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
    const lasts = (Credentials?.Expiration?.getTime() ?? 0) - Date.now();
    expect(lasts / 60_000).toBeGreaterThan(10);
    expect(lasts / 60_000).toBeLessThan(20);
  },

  'a role that does not exist is AccessDenied': async ({ hub }) => {
    const RoleArn = `arn:aws:iam::${MEMBER}:role/nobody`;
    const wanted = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'lamplighter', ExternalId: 'lamplighter' });
    await refused(hub.sts.send(wanted), 'AccessDenied');
  },

  'a wrong external id is AccessDenied': async ({ hub }) => {
    const wanted = { RoleArn: ROLE, RoleSessionName: 'lamplighter', ExternalId: 'somebody-else' };
    await refused(hub.sts.send(new AssumeRoleCommand(wanted)), 'AccessDenied');
  },

  'accounts do not see each other': async ({ hub, assume }) => {
    const member = await assume('lamplighter');
    const one = { ImageId: 'ami-0abcdef1234567890', InstanceType: 't3.micro' as const, MinCount: 1, MaxCount: 1 };
    const { Instances = [] } = await member.ec2.send(new RunInstancesCommand(one));
    const id = Instances[0]?.InstanceId;
    expect(await instanceIds(member)).toEqual([id]);
    expect(await instanceIds(hub)).toEqual([]);
  },

  'what is made in an account carries its number': async ({ assume }) => {
    const member = await assume('lamplighter');
    const login = { MasterUsername: 'keeper', MasterUserPassword: 'not-a-secret', AllocatedStorage: 20 };
    const database = { DBInstanceIdentifier: 'theirs', DBInstanceClass: 'db.t4g.micro', Engine: 'postgres', ...login };
    await member.rds.send(new CreateDBInstanceCommand(database));
    const { DBInstances = [] } = await member.rds.send(new DescribeDBInstancesCommand({}));
    expect(DBInstances.map(({ DBInstanceArn }) => DBInstanceArn?.split(':')[4])).toEqual([MEMBER]);
  },

  'a table of one account is not a table of the other': async ({ hub, assume }) => {
    const member = await assume('lamplighter');
    await member.dynamo.send(
      new CreateTableCommand({
        TableName: 'their-table',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    const { TableNames } = await hub.dynamo.send(new ListTablesCommand({}));
    expect(TableNames).not.toContain('their-table');
  },

  'a session name of sixty-four characters is the longest': async ({ assume }) => {
    await assume('s'.repeat(64));
    await refused(assume('s'.repeat(65)), 'ValidationError');
  },

  'a session name of one character is a ValidationError': async ({ assume }) => {
    await refused(assume('s'), 'ValidationError');
  },

  'a session name with a space or a colon is a ValidationError': async ({ assume }) => {
    await refused(assume('right size'), 'ValidationError');
    await refused(assume('right:size'), 'ValidationError');
  },

  'a session of less than fifteen minutes is a ValidationError': async ({ assume }) => {
    await refused(assume('lamplighter', 899), 'ValidationError');
  },
});
