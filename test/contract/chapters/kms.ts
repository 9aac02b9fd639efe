import { type AliasListEntry, DescribeKeyCommand, type KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import { CreateDBInstanceCommand, type RDSClient } from '@aws-sdk/client-rds';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly kms: KMSClient;
  readonly rds: RDSClient;
}

const seed = async (target: Target): Promise<Seed> => target.clients();

async function aliases(kms: KMSClient): Promise<AliasListEntry[]> {
  return (await kms.send(new ListAliasesCommand({ Limit: 100 }))).Aliases ?? [];
}

export const kms = chapter('kms', seed, {
  'an alias of AWS stands for the key that RDS uses when none is named': async ({ kms, rds }) => {
    const { DBInstance } = await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'orders',
        DBInstanceClass: 'db.m6g.large',
        Engine: 'postgres',
        AllocatedStorage: 20,
        MasterUsername: 'root',
        MasterUserPassword: 'Contract-1',
        StorageEncrypted: true,
      }),
    );
    const own = (await aliases(kms)).find(({ AliasName }) => AliasName === 'alias/aws/rds');
    expect(DBInstance?.KmsKeyId).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\//);
    expect(own?.TargetKeyId).toBe(DBInstance?.KmsKeyId?.split('key/').at(-1));
  },

  'a key is described by its ARN and by its alias, with its state': async ({ kms }) => {
    const byAlias = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/rds' }));
    const { Arn = '' } = byAlias.KeyMetadata ?? {};
    expect(Arn).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\//);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: Arn }));
    expect(KeyMetadata).toMatchObject({ Arn, KeyId: Arn.split('key/').at(-1), Enabled: true, KeyState: 'Enabled' });
  },

  'an alias has an ARN of its own': async ({ kms }) => {
    const [first] = (await aliases(kms)).filter(({ AliasName }) => AliasName === 'alias/aws/rds');
    expect(first?.AliasArn).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:alias\/aws\/rds$/);
  },

  'a page of more than a hundred aliases is refused': async ({ kms }) => {
    await refused(kms.send(new ListAliasesCommand({ Limit: 101 })), 'ValidationException');
  },
});
