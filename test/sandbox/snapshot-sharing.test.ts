import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotAttributesCommand,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsMessage,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  type ModifyDBSnapshotAttributeMessage,
} from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest();
const MEMBER = '222222222222';
const KmsKeyId = 'arn:aws:kms:ap-northeast-2:123456789012:key/0a1b2c3d';

/** A snapshot that may be shared: manual, and under a key of the account's own. */
function taken(spec: { KmsKeyId?: string; SnapshotType?: string; OptionGroupName?: string } = {}, name = 'one') {
  const { rds } = stage.home;
  const database = rds.instances.get('orders') ?? rds.addInstance({ DBInstanceIdentifier: 'orders' });
  const TagList = [{ Key: 'owner', Value: 'shop' }];
  return rds.addSnapshot(database, { DBSnapshotIdentifier: name, KmsKeyId, TagList, ...spec });
}

const share = (more: Partial<ModifyDBSnapshotAttributeMessage> = {}) =>
  stage.clients.rds.send(
    new ModifyDBSnapshotAttributeCommand({
      DBSnapshotIdentifier: 'one',
      AttributeName: 'restore',
      ValuesToAdd: [MEMBER],
      ...more,
    }),
  );

const member = (region?: string) =>
  clientsOf(stage.sandbox, {
    ...(region === undefined ? {} : { region }),
    credentials: stage.sandbox.estate.account(MEMBER).accessKey(),
  }).rds;

async function namesSeen(query: DescribeDBSnapshotsMessage, region?: string) {
  const { DBSnapshots = [] } = await member(region).send(new DescribeDBSnapshotsCommand(query));
  return DBSnapshots.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier);
}

describe('sharing a snapshot', () => {
  it('names accounts in its attribute, until they are taken off again', async () => {
    taken();
    const listed = async () => {
      const ask = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier: 'one' });
      return (await stage.clients.rds.send(ask)).DBSnapshotAttributesResult?.DBSnapshotAttributes;
    };
    expect(await listed()).toEqual([{ AttributeName: 'restore', AttributeValues: [] }]);
    await share({ ValuesToAdd: [MEMBER, '333333333333'] });
    const { DBSnapshotAttributesResult } = await share({ ValuesToAdd: [], ValuesToRemove: ['333333333333'] });
    expect(DBSnapshotAttributesResult?.DBSnapshotIdentifier).toBe('one');
    expect(await listed()).toEqual([{ AttributeName: 'restore', AttributeValues: [MEMBER] }]);
  });

  it.each<[string, string, Parameters<typeof taken>[0], Partial<ModifyDBSnapshotAttributeMessage>]>([
    ['it is automated', 'InvalidParameterValue', { SnapshotType: 'automated' }, {}],
    ['AWS Backup made it', 'InvalidParameterValue', { SnapshotType: 'awsbackup' }, {}],
    ['it is encrypted, and for everybody', 'InvalidDBSnapshotStateFault', {}, { ValuesToAdd: ['all'] }],
    ['its option group persists', 'InvalidDBSnapshotStateFault', { OptionGroupName: 'tde' }, {}],
    ['the attribute is another', 'InvalidParameterValue', {}, { AttributeName: 'copy' }],
    ['an account is none', 'InvalidParameterValue', {}, { ValuesToAdd: ['prod'] }],
    ['an account comes and goes', 'InvalidParameterCombination', {}, { ValuesToRemove: [MEMBER] }],
    ['it is not there', 'DBSnapshotNotFoundFault', {}, { DBSnapshotIdentifier: 'two' }],
  ])('is refused when %s', async (_, name, spec, more) => {
    stage.home.rds.persistentOptionGroups.add('tde');
    taken(spec);
    await expect(share(more)).rejects.toMatchObject({ name });
  });

  it('is refused under the key that AWS made for RDS', async () => {
    const { rds } = stage.home;
    rds.addSnapshot(rds.addInstance(), { DBSnapshotIdentifier: 'one' });
    await expect(share()).rejects.toMatchObject({
      name: 'InvalidDBSnapshotStateFault',
      message: expect.stringContaining('default service key for RDS') as string,
    });
  });

  it('is with twenty accounts at most', async () => {
    taken();
    const accounts = Array.from({ length: 21 }, (_, n) => String(300_000_000_000 + n));
    await share({ ValuesToAdd: accounts.slice(1) });
    await expect(share({ ValuesToAdd: accounts })).rejects.toMatchObject({ name: 'SharedSnapshotQuotaExceededFault' });
  });

  it('works for clusters in the same way, with their own errors', async () => {
    const cluster = stage.home.rds.addCluster({ Engine: 'docdb' });
    stage.home.rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'mine', KmsKeyId });
    stage.home.rds.addClusterSnapshot(cluster, { DBClusterSnapshotIdentifier: 'rds:x', SnapshotType: 'automated' });
    const give = (DBClusterSnapshotIdentifier: string) =>
      stage.clients.rds.send(
        new ModifyDBClusterSnapshotAttributeCommand({
          DBClusterSnapshotIdentifier,
          AttributeName: 'restore',
          ValuesToAdd: [MEMBER],
        }),
      );
    const { DBClusterSnapshotAttributesResult: result } = await give('mine');
    expect(result?.DBClusterSnapshotAttributes).toEqual([{ AttributeName: 'restore', AttributeValues: [MEMBER] }]);
    await expect(give('rds:x')).rejects.toMatchObject({ name: 'InvalidDBClusterSnapshotStateFault' });
    const { DBClusterSnapshots } = await member().send(new DescribeDBClusterSnapshotsCommand({ IncludeShared: true }));
    expect(DBClusterSnapshots).toMatchObject([{ SnapshotType: 'shared', Engine: 'docdb' }]);
  });
});

describe('what is shared', () => {
  it('is listed to those who ask, in its region, by its ARN and without tags', async () => {
    const snapshot = taken();
    await share();
    const own = stage.sandbox.estate.account(MEMBER).region('ap-northeast-2').rds;
    own.addSnapshot(own.addInstance(), { DBSnapshotIdentifier: 'of-mine' });
    const arn = snapshot.DBSnapshotArn;
    expect(await namesSeen({})).toEqual(['of-mine']);
    expect(await namesSeen({ IncludeShared: true })).toEqual([arn, 'of-mine']);
    expect(await namesSeen({ IncludeShared: true, SnapshotType: 'manual' })).toEqual(['of-mine']);
    expect(await namesSeen({ SnapshotType: 'shared' }, 'eu-west-1')).toEqual([]);
    const { DBSnapshots } = await member().send(new DescribeDBSnapshotsCommand({ SnapshotType: 'shared' }));
    expect(DBSnapshots).toMatchObject([{ DBSnapshotIdentifier: arn, SnapshotType: 'shared', TagList: [] }]);
    const one = { DBSnapshotIdentifier: arn };
    expect(await namesSeen({ ...one, SnapshotType: 'shared' })).toEqual([arn]);
    await expect(namesSeen(one)).rejects.toMatchObject({ name: 'DBSnapshotNotFoundFault' });
  });

  it('with everybody is listed as public, not as shared', async () => {
    const database = stage.home.rds.addInstance({ StorageEncrypted: false });
    const { DBSnapshotArn } = stage.home.rds.addSnapshot(database, { DBSnapshotIdentifier: 'one' });
    await share({ ValuesToAdd: ['all'] });
    expect(await namesSeen({ SnapshotType: 'public' })).toEqual([DBSnapshotArn]);
    expect(await namesSeen({ IncludePublic: true })).toEqual([DBSnapshotArn]);
    expect(await namesSeen({ SnapshotType: 'shared' })).toEqual([]);
  });
});
