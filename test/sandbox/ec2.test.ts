import {
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeRegionsCommand,
  DescribeVolumesCommand,
  ModifyInstanceAttributeCommand,
  paginateDescribeInstances,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { InstanceSpec } from '../../sandbox/estate/ec2-instance.ts';
import { instanceState } from '../../sandbox/estate/ec2-shapes.ts';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const idsOf = async (input: DescribeInstancesCommandInput) => {
  const { Reservations = [] } = await stage.clients.ec2.send(new DescribeInstancesCommand(input));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId));
};

describe('DescribeInstances', () => {
  it('gives every instance exactly once over all pages', async () => {
    for (let count = 0; count < 23; count += 1) stage.home.ec2.addInstance();
    const seen: (string | undefined)[] = [];
    const pages: number[] = [];
    for await (const { Reservations = [] } of paginateDescribeInstances(
      { client: stage.clients.ec2, pageSize: 5 },
      {},
    )) {
      pages.push(Reservations.length);
      seen.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId)));
    }
    expect(pages).toEqual([5, 5, 5, 5, 3]);
    expect(seen.sort()).toEqual([...stage.home.ec2.instances.keys()].sort());
  });

  it.each<[string, InstanceSpec, { Name: string; Values: string[] }]>([
    ['state', { State: instanceState('stopped') }, { Name: 'instance-state-name', Values: ['stopped'] }],
    ['type, with a wildcard', { InstanceType: 't4g.nano' }, { Name: 'instance-type', Values: ['t4g.*'] }],
    ['tag value', { Tags: [{ Key: 'env', Value: 'qa' }] }, { Name: 'tag:env', Values: ['dev', 'qa'] }],
    ['tag key', { Tags: [{ Key: 'env', Value: 'qa' }] }, { Name: 'tag-key', Values: ['env'] }],
    ['lifecycle', { InstanceLifecycle: 'spot' }, { Name: 'instance-lifecycle', Values: ['spot'] }],
  ])('filters by %s', async (_, spec, filter) => {
    const wanted = stage.home.ec2.addInstance(spec);
    stage.home.ec2.addInstance();
    expect(await idsOf({ Filters: [filter] })).toEqual([wanted.InstanceId]);
  });

  it.each([
    ['an unknown filter', { Filters: [{ Name: 'colour', Values: ['red'] }] }, 'InvalidParameterValue'],
    ['a page of four', { MaxResults: 4 }, 'InvalidParameterValue'],
    ['a page of 1001', { MaxResults: 1001 }, 'InvalidParameterValue'],
    ['ids with MaxResults', { InstanceIds: ['i-00000000000000000'], MaxResults: 5 }, 'InvalidParameterCombination'],
    ['what is no id', { InstanceIds: ['web-1'] }, 'InvalidInstanceID.Malformed'],
    ['an unknown id', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceID.NotFound'],
    ['a made-up token', { NextToken: 'more' }, 'InvalidParameterValue'],
  ])('refuses %s', async (_, input, name) => {
    await expect(idsOf(input)).rejects.toMatchObject({ name });
  });
});

describe('an instance', () => {
  it('carries what real ones do', () => {
    const windows = stage.home.ec2.addInstance({
      PlatformDetails: 'Windows',
      InstanceType: 'm6i.2xlarge',
      publicIp: 'amazon',
    });
    expect(windows).toMatchObject({
      Platform: 'Windows',
      UsageOperation: 'RunInstances:0002',
      Architecture: 'x86_64',
      CpuOptions: { CoreCount: 4, ThreadsPerCore: 2 },
      RootDeviceType: 'ebs',
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeId: expect.stringMatching(/^vol-/) } }],
      NetworkInterfaces: [{ Association: { IpOwnerId: 'amazon' } }],
    });
    const graviton = stage.home.ec2.addInstance({ InstanceType: 'c7g.large', publicIp: 'elastic' });
    expect(graviton).toMatchObject({
      Architecture: 'arm64',
      CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 },
      NetworkInterfaces: [{ Association: { IpOwnerId: stage.sandbox.estate.hub.id } }],
    });
    expect(stage.home.ec2.addInstance({ root: false })).toMatchObject({ RootDeviceType: 'instance-store' });
  });

  it('shows its protections one at a time', async () => {
    const { InstanceId } = stage.home.ec2.addInstance({ DisableApiStop: true });
    const ask = (Attribute: 'disableApiStop' | 'disableApiTermination') =>
      stage.clients.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute }));
    expect((await ask('disableApiStop')).DisableApiStop).toEqual({ Value: true });
    expect((await ask('disableApiTermination')).DisableApiTermination).toEqual({ Value: false });
    await stage.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiStop: { Value: false } }));
    expect((await ask('disableApiStop')).DisableApiStop).toEqual({ Value: false });
  });

  it.each<[string, InstanceSpec, string, string]>([
    ['while it runs', {}, 'm7i.xlarge', 'IncorrectInstanceState'],
    ['to another architecture', { State: instanceState('stopped') }, 'm7g.large', 'InvalidParameterValue'],
    ['to what is no type', { State: instanceState('stopped') }, 'huge', 'InvalidInstanceAttributeValue'],
    [
      'to Nitro without ENA',
      { State: instanceState('stopped'), EnaSupport: false },
      'm5.large',
      'InvalidParameterCombination',
    ],
  ])('cannot change its type %s', async (_, spec, Value, name) => {
    const { InstanceId } = stage.home.ec2.addInstance(spec);
    const call = stage.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, InstanceType: { Value } }));
    await expect(call).rejects.toMatchObject({ name });
  });

  it('changes its type when stopped', async () => {
    const one = stage.home.ec2.addInstance({ State: instanceState('stopped') });
    const change = { InstanceId: one.InstanceId, InstanceType: { Value: 'm7i.2xlarge' } };
    await stage.clients.ec2.send(new ModifyInstanceAttributeCommand(change));
    expect(one).toMatchObject({ InstanceType: 'm7i.2xlarge', CpuOptions: { CoreCount: 4 } });
  });

  it('is launched once for a client token', async () => {
    const launch = new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 2, MaxCount: 2, ClientToken: 'same' });
    const [first, second] = [await stage.clients.ec2.send(launch), await stage.clients.ec2.send(launch)];
    expect(second.ReservationId).toBe(first.ReservationId);
    expect(stage.home.ec2.instances.size).toBe(2);
  });
});

describe('volumes', () => {
  it('are found by the instance that they are attached to', async () => {
    const { InstanceId } = stage.home.ec2.addInstance({ root: { VolumeType: 'gp2', Size: 200 } });
    const data = stage.home.ec2.addVolume({ attachTo: InstanceId, VolumeType: 'io2', Iops: 5000 });
    stage.home.ec2.addVolume();
    const Filters = [{ Name: 'attachment.instance-id', Values: [InstanceId] }];
    const { Volumes = [] } = await stage.clients.ec2.send(new DescribeVolumesCommand({ Filters }));
    expect(Volumes.map((one) => [one.VolumeType, one.Iops]).sort()).toEqual([
      ['gp2', 600],
      ['io2', 5000],
    ]);
    expect(data.Attachments).toMatchObject([{ Device: '/dev/sdf', State: 'attached' }]);
  });

  it('become available after a moment', async () => {
    const create = new CreateVolumeCommand({ AvailabilityZone: 'ap-northeast-2a', VolumeType: 'gp3', Size: 10 });
    expect((await stage.clients.ec2.send(create)).State).toBe('creating');
    stage.sandbox.clock.advance({ minutes: 1 });
    expect((await stage.clients.ec2.send(new DescribeVolumesCommand({}))).Volumes).toMatchObject([
      { State: 'available', Size: 10 },
    ]);
  });

  it('come in pages of at most 500', async () => {
    await expect(stage.clients.ec2.send(new DescribeVolumesCommand({ MaxResults: 501 }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('tags and regions', () => {
  it('tags all or none', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    const Tags = [{ Key: 'env', Value: 'qa' }];
    const tag = (...Resources: string[]) => stage.clients.ec2.send(new CreateTagsCommand({ Resources, Tags }));
    await expect(tag(InstanceId, 'vol-00000000000000000')).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' });
    expect(stage.home.ec2.instances.get(InstanceId)?.Tags).toEqual([]);
    await tag(InstanceId);
    expect(stage.home.ec2.instances.get(InstanceId)?.Tags).toEqual(Tags);
  });

  it('lists opt-in regions only when they are enabled or all are asked for', async () => {
    const names = async (AllRegions: boolean) =>
      (await stage.clients.ec2.send(new DescribeRegionsCommand({ AllRegions }))).Regions?.map((one) => one.RegionName);
    expect(await names(false)).not.toContain('eu-south-1');
    expect(await names(true)).toContain('eu-south-1');
    stage.sandbox.estate.hub.enabledRegions.add('eu-south-1');
    expect(await names(false)).toContain('eu-south-1');
  });
});
