import { describe, expect, it } from 'vitest';
import { awsEstate } from '../../shared/aws/estate.ts';
import type { Facts } from '../../shared/core/facts.ts';
import { openSandbox } from './support.ts';

async function open() {
  const here = await openSandbox();
  const reader = await awsEstate(here.credentialsOf).open(here.scope);
  const only = async (type: Facts['type'], name: string) => {
    const found = (await reader.inventory(type)).find((facts) => facts.name === name);
    if (!found) throw new Error(`${name} is not in the inventory`);
    return found;
  };
  return { ...here, rds: here.home.rds, ec2: here.home.ec2, reader, only };
}

describe('finding a database', () => {
  it('shows what the inventory shows, with the tags of now', async () => {
    const { rds, reader, only } = await open();
    const db = rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const before = await only('database', 'orders');
    expect(await reader.find(before.identity, 'database')).toEqual(before);
    db.TagList = [{ Key: 'lamplighter:protect', Value: 'audit' }];
    const now = await reader.find(before.identity, 'database');
    expect(now?.tags).toEqual({ 'lamplighter:protect': 'audit' });
  });

  it('shows a cluster with the classes of its members, and of no others', async () => {
    const { rds, reader, only } = await open();
    rds.addCluster({ DBClusterIdentifier: 'shop' });
    rds.addInstance({ DBInstanceIdentifier: 'shop-1', DBClusterIdentifier: 'shop', DBInstanceClass: 'db.r6g.large' });
    rds.addInstance({ DBInstanceIdentifier: 'shop-2', DBClusterIdentifier: 'shop', DBInstanceClass: 'db.r6g.xlarge' });
    rds.addInstance({ DBInstanceIdentifier: 'orders' });
    const before = await only('database', 'shop');
    const found = await reader.find(before.identity, 'database');
    expect(found).toEqual(before);
    expect(found).toMatchObject({ classes: ['db.r6g.large', 'db.r6g.xlarge'], metricNames: ['shop-1', 'shop-2'] });
  });

  it('is not another one that carries its name', async () => {
    const { rds, reader, only } = await open();
    rds.addInstance({ DBInstanceIdentifier: 'orders' });
    rds.addCluster({ DBClusterIdentifier: 'shop' });
    const [orders, shop] = [await only('database', 'orders'), await only('database', 'shop')];
    rds.addInstance({ DBInstanceIdentifier: 'orders' });
    rds.addCluster({ DBClusterIdentifier: 'shop' });
    expect(await reader.find(orders.identity, 'database')).toBeUndefined();
    expect(await reader.find(shop.identity, 'database')).toBeUndefined();
  });

  it('is nothing when it is gone', async () => {
    const { rds, reader, only } = await open();
    rds.addInstance({ DBInstanceIdentifier: 'orders' });
    rds.addCluster({ DBClusterIdentifier: 'shop' });
    const [orders, shop] = [await only('database', 'orders'), await only('database', 'shop')];
    rds.instances.clear();
    rds.clusters.clear();
    expect(await reader.find(orders.identity, 'database')).toBeUndefined();
    expect(await reader.find(shop.identity, 'database')).toBeUndefined();
  });
});

describe('finding an instance', () => {
  it('shows what the inventory shows, its group too', async () => {
    const { ec2, home, reader, only } = await open();
    const web = ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'web' }], publicIp: 'amazon' });
    home.autoscaling.addGroup({ AutoScalingGroupName: 'web', instanceIds: [web.InstanceId] });
    ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'alone' }] });
    for (const name of ['web', 'alone']) {
      const before = await only('instance', name);
      expect(await reader.find(before.identity, 'instance')).toEqual(before);
    }
    const { identity } = await only('instance', 'web');
    expect(await reader.find(identity, 'instance')).toMatchObject({ autoScalingGroup: 'web' });
  });

  it.each(['terminated', 'forgotten'])('is nothing when it is %s', async (how) => {
    const { ec2, reader, only } = await open();
    const web = ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'web' }] });
    const { identity } = await only('instance', 'web');
    if (how === 'terminated') web.State = { Name: 'terminated' };
    else ec2.instances.clear();
    expect(await reader.find(identity, 'instance')).toBeUndefined();
  });
});

describe('trouble', () => {
  it.each([
    ['database', 'DescribeDBInstances'],
    ['instance', 'DescribeInstances'],
    ['instance', 'DescribeAutoScalingInstances'],
  ] as const)('a %s that may not be looked at by %s is AccessDeniedError', async (type, operation) => {
    const { sandbox, rds, ec2, reader } = await open();
    rds.addInstance();
    ec2.addInstance();
    const [found] = await reader.inventory(type);
    sandbox.faults.add({ operation, fault: 'accessDenied' });
    const look = reader.find(found?.identity ?? { arn: '', id: '' }, type);
    await expect(look).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  it('an error of another kind is neither gone nor denied', async () => {
    const { sandbox, rds, reader } = await open();
    rds.addInstance();
    const [found] = await reader.inventory('database');
    const error = { code: 'InvalidParameterValue', message: 'no' };
    sandbox.faults.add({ operation: 'DescribeDBInstances', fault: { error } });
    const look = reader.find(found?.identity ?? { arn: '', id: '' }, 'database');
    await expect(look).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
