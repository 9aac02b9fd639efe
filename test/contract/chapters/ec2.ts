import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Filter,
  type Instance,
  ModifyInstanceAttributeCommand,
  paginateDescribeInstances,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, expectSame, oneTo, refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

const NOBODY = 'i-0aaaaaaaaaaaaaaaa';

interface Seed {
  readonly target: Target;
  readonly ec2: EC2Client;
  /** Ten web servers of the shop team and two workers of the data team. */
  readonly web: readonly string[];
  readonly workers: readonly string[];
}

/** One instance by one call, running. */
async function launch(target: Target, ec2: EC2Client, more: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...more,
    }),
  );
  const id = Instances[0]?.InstanceId ?? expect.fail('RunInstances answered no instance');
  await reaches(target, ec2, id, 'running');
  return id;
}

const tagged = (tags: Record<string, string>) => ({
  TagSpecifications: [
    { ResourceType: 'instance' as const, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
  ],
});

async function seed(target: Target): Promise<Seed> {
  const { ec2 } = target.clients();
  const web: string[] = [];
  for (const n of oneTo(10)) web.push(await launch(target, ec2, tagged({ Name: `web-${n}`, owner: 'shop' })));
  const workers: string[] = [];
  for (const n of oneTo(2)) {
    const named = tagged({ Name: `worker-${n}`, owner: 'data', env: 'qa' });
    workers.push(await launch(target, ec2, { InstanceType: 'm5.large', ...named }));
  }
  return { target, ec2, web, workers };
}

async function instancesWhere(ec2: EC2Client, query: DescribeInstancesCommandInput): Promise<Instance[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(query));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

const idsWhere = async (ec2: EC2Client, ...Filters: Filter[]) =>
  (await instancesWhere(ec2, { Filters })).map(({ InstanceId }) => InstanceId);

async function describe(ec2: EC2Client, id: string): Promise<Instance> {
  const [instance] = await instancesWhere(ec2, { InstanceIds: [id] });
  return instance ?? expect.fail(`${id} is not described`);
}

const reaches = (target: Target, ec2: EC2Client, id: string, state: string) =>
  until(
    target,
    () => describe(ec2, id),
    ({ State }) => State?.Name === state,
  );

const stop = (ec2: EC2Client, ...InstanceIds: string[]) => ec2.send(new StopInstancesCommand({ InstanceIds }));
const start = (ec2: EC2Client, ...InstanceIds: string[]) => ec2.send(new StartInstancesCommand({ InstanceIds }));

async function launchStopped({ target, ec2 }: Seed, more: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const id = await launch(target, ec2, more);
  await stop(ec2, id);
  await reaches(target, ec2, id, 'stopped');
  return id;
}

export const ec2 = chapter('ec2', seed, {
  'pages of instances add up to everything exactly once': async ({ ec2, web, workers }) => {
    const pages = await everyPage(
      (NextToken) => ec2.send(new DescribeInstancesCommand({ MaxResults: 5, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    const sizes = pages.map(({ Reservations = [] }) => Reservations.length);
    expect(Math.max(...sizes)).toBe(5);
    expect(pages.length).toBeGreaterThan(2);
    const paged = pages.flatMap(({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances));
    expect(new Set(paged.map(({ InstanceId }) => InstanceId)).size).toBe(paged.length);
    expectSame(
      paged.map(({ InstanceId }) => InstanceId).filter((id) => web.concat(workers).includes(id ?? '')),
      web.concat(workers),
    );
  },

  'a filter holds on every page': async ({ ec2, web }) => {
    const found: Instance[] = [];
    const shop = [{ Name: 'tag:owner', Values: ['shop'] }];
    for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 5 }, { Filters: shop })) {
      found.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances));
    }
    expectSame(
      found.map(({ InstanceId }) => InstanceId),
      web,
    );
  },

  'a page of fewer than five instances is refused': async ({ ec2 }) => {
    await refused(ec2.send(new DescribeInstancesCommand({ MaxResults: 4 })), 'InvalidParameterValue');
  },

  'a page size together with ids is refused': async ({ ec2, web }) => {
    const both = { InstanceIds: [web[0]!], MaxResults: 5 };
    await refused(ec2.send(new DescribeInstancesCommand(both)), 'InvalidParameterCombination');
  },

  'a token that was never given is refused': async ({ ec2 }) => {
    const odd = new DescribeInstancesCommand({ MaxResults: 5, NextToken: 'never-given' });
    await refused(ec2.send(odd), 'InvalidParameterValue', 'InvalidNextToken', 'InvalidPaginationToken');
  },

  'an unknown instance is InvalidInstanceID.NotFound': async ({ ec2 }) => {
    const error = await refused(describe(ec2, NOBODY), 'InvalidInstanceID.NotFound');
    expect(error.message).toBe(`The instance ID '${NOBODY}' does not exist`);
  },

  'what is no instance id is InvalidInstanceID.Malformed': async ({ ec2 }) => {
    await refused(describe(ec2, 'web-1'), 'InvalidInstanceID.Malformed');
    await refused(stop(ec2, 'web-1'), 'InvalidInstanceID.Malformed');
  },

  'one unknown id among good ones fails the whole description': async ({ ec2, web }) => {
    await refused(instancesWhere(ec2, { InstanceIds: [web[0]!, NOBODY] }), 'InvalidInstanceID.NotFound');
  },

  'a filter by tag finds exactly who carries it': async ({ ec2, web, workers }) => {
    expectSame(await idsWhere(ec2, { Name: 'tag:owner', Values: ['shop'] }), web);
    expectSame(await idsWhere(ec2, { Name: 'tag-key', Values: ['env'] }), workers);
    expect(await idsWhere(ec2, { Name: 'tag:owner', Values: ['Shop'] })).toEqual([]);
  },

  'the values of one filter are alternatives, several filters all have to hold': async ({ ec2, web, workers }) => {
    const anyOwner = { Name: 'tag:owner', Values: ['shop', 'data'] };
    expectSame(await idsWhere(ec2, anyOwner), web.concat(workers));
    expectSame(await idsWhere(ec2, anyOwner, { Name: 'instance-type', Values: ['m5.large'] }), workers);
  },

  'a filter takes wildcards': async ({ ec2, workers }) => {
    expectSame(await idsWhere(ec2, { Name: 'tag:Name', Values: ['worker-*'] }), workers);
    expectSame(await idsWhere(ec2, { Name: 'tag:Name', Values: ['worker-?'] }), workers);
  },

  'a filter by state follows the instance': async (seed) => {
    const { ec2 } = seed;
    const id = await launchStopped(seed, tagged({ owner: 'by-state' }));
    const mine = { Name: 'tag:owner', Values: ['by-state'] };
    expect(await idsWhere(ec2, mine, { Name: 'instance-state-name', Values: ['stopped'] })).toEqual([id]);
    expect(await idsWhere(ec2, mine, { Name: 'instance-state-name', Values: ['pending', 'running'] })).toEqual([]);
  },

  'a filter that does not exist is refused': async ({ ec2 }) => {
    await refused(idsWhere(ec2, { Name: 'instance-mood', Values: ['good'] }), 'InvalidParameterValue');
  },

  'tags come as pairs of Key and Value': async ({ ec2, workers }) => {
    const { Tags = [] } = await describe(ec2, workers[0]!);
    expect([...Tags].sort((a, b) => a.Key!.localeCompare(b.Key!))).toEqual([
      { Key: 'env', Value: 'qa' },
      { Key: 'Name', Value: 'worker-1' },
      { Key: 'owner', Value: 'data' },
    ]);
  },

  'an instance without tags has an empty list or none': async ({ target, ec2 }) => {
    const { Tags = [] } = await describe(ec2, await launch(target, ec2));
    expect(Tags).toEqual([]);
  },

  'a tag can be set, and set anew': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const tag = (Value: string) =>
      ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'lamplighter:protect', Value }] }));
    await tag('2026-12-31');
    await tag('2027-12-31');
    expect((await describe(ec2, id)).Tags).toEqual([{ Key: 'lamplighter:protect', Value: '2027-12-31' }]);
  },

  'a tag can be taken off': async ({ target, ec2 }) => {
    const id = await launch(target, ec2, tagged({ owner: 'shop', env: 'qa' }));
    await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'env' }] }));
    expect((await describe(ec2, id)).Tags).toEqual([{ Key: 'owner', Value: 'shop' }]);
  },

  'a tag on an unknown instance is InvalidInstanceID.NotFound': async ({ ec2 }) => {
    const tag = new CreateTagsCommand({ Resources: [NOBODY], Tags: [{ Key: 'owner', Value: 'ghost' }] });
    await refused(ec2.send(tag), 'InvalidInstanceID.NotFound');
  },

  'a tag key that begins with aws: is reserved': async ({ ec2, web }) => {
    const tag = new CreateTagsCommand({ Resources: [web[0]!], Tags: [{ Key: 'aws:owner', Value: 'me' }] });
    await refused(ec2.send(tag), 'InvalidParameterValue');
  },

  'a stop answers what was and what begins': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const { StoppingInstances } = await stop(ec2, id);
    expect(StoppingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 16, Name: 'running' },
        CurrentState: { Code: 64, Name: 'stopping' },
      },
    ]);
  },

  'a stop is not done at once': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    await stop(ec2, id);
    expect((await describe(ec2, id)).State?.Name).toBe('stopping');
  },

  'a stopped instance says who stopped it and when, and has lost its public address': async (seed) => {
    const stopped = await describe(seed.ec2, await launchStopped(seed));
    expect(stopped.State).toEqual({ Code: 80, Name: 'stopped' });
    expect(stopped.StateTransitionReason).toMatch(/^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (GMT|UTC)\)$/);
    expect(stopped.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
    expect(stopped.PublicIpAddress ?? '').toBe('');
    expect(stopped.PrivateIpAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  },

  'a start answers pending and comes to running, with no reason left': async (seed) => {
    const { target, ec2 } = seed;
    const id = await launchStopped(seed);
    const before = await describe(ec2, id);
    const { StartingInstances } = await start(ec2, id);
    expect(StartingInstances).toEqual([
      {
        InstanceId: id,
        PreviousState: { Code: 80, Name: 'stopped' },
        CurrentState: { Code: 0, Name: 'pending' },
      },
    ]);
    const running = await reaches(target, ec2, id, 'running');
    expect(running.StateTransitionReason ?? '').toBe('');
    expect(running.PrivateIpAddress).toBe(before.PrivateIpAddress);
  },

  'a start makes a new launch time': async (seed) => {
    const { target, ec2 } = seed;
    const id = await launchStopped(seed);
    const before = await describe(ec2, id);
    await start(ec2, id);
    const running = await reaches(target, ec2, id, 'running');
    expect(running.LaunchTime!.getTime()).toBeGreaterThan(before.LaunchTime!.getTime());
  },

  'a start is not done at once': async (seed) => {
    const id = await launchStopped(seed);
    await start(seed.ec2, id);
    expect((await describe(seed.ec2, id)).State?.Name).toBe('pending');
  },

  'a stop with one unknown id stops none': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    await refused(stop(ec2, id, NOBODY), 'InvalidInstanceID.NotFound');
    expect((await describe(ec2, id)).State?.Name).toBe('running');
  },

  'a start with one unknown id starts none': async (seed) => {
    const id = await launchStopped(seed);
    await refused(start(seed.ec2, NOBODY, id), 'InvalidInstanceID.NotFound');
    expect((await describe(seed.ec2, id)).State?.Name).toBe('stopped');
  },

  'a second stop and a second start change nothing and are no errors': async (seed) => {
    const { target, ec2 } = seed;
    const id = await launchStopped(seed);
    await stop(ec2, id);
    expect((await describe(ec2, id)).State?.Name).toBe('stopped');
    await start(ec2, id);
    await reaches(target, ec2, id, 'running');
    await start(ec2, id);
    expect((await describe(ec2, id)).State?.Name).toBe('running');
  },

  'a second stop answers that it is stopped already': async (seed) => {
    const { StoppingInstances } = await stop(seed.ec2, await launchStopped(seed));
    expect(StoppingInstances?.[0]?.PreviousState?.Name).toBe('stopped');
    expect(StoppingInstances?.[0]?.CurrentState?.Name).toBe('stopped');
  },

  'a second start answers that it runs already': async ({ ec2, web }) => {
    const { StartingInstances } = await start(ec2, web[0]!);
    expect(StartingInstances?.[0]?.PreviousState?.Name).toBe('running');
    expect(StartingInstances?.[0]?.CurrentState?.Name).toBe('running');
  },

  'stop protection can be read, and can be turned on later': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const isProtected = async () =>
      (await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiStop' })))
        .DisableApiStop;
    expect(await isProtected()).toEqual({ Value: false });
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, DisableApiStop: { Value: true } }));
    expect(await isProtected()).toEqual({ Value: true });
  },

  'a stop-protected instance refuses to be stopped': async ({ target, ec2 }) => {
    const id = await launch(target, ec2, { DisableApiStop: true });
    await refused(stop(ec2, id), 'OperationNotPermitted');
    expect((await describe(ec2, id)).State?.Name).toBe('running');
  },

  'the attribute of an unknown instance is InvalidInstanceID.NotFound': async ({ ec2 }) => {
    const ask = new DescribeInstanceAttributeCommand({ InstanceId: NOBODY, Attribute: 'disableApiStop' });
    await refused(ec2.send(ask), 'InvalidInstanceID.NotFound');
  },

  'the type of a running instance cannot be changed': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const change = new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: 't3.nano' } });
    await refused(ec2.send(change), 'IncorrectInstanceState');
    expect((await describe(ec2, id)).InstanceType).toBe('t3.micro');
  },

  'the type of a stopped instance can be changed': async (seed) => {
    const id = await launchStopped(seed);
    const change = new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: 't3.nano' } });
    await seed.ec2.send(change);
    expect((await describe(seed.ec2, id)).InstanceType).toBe('t3.nano');
  },

  'a terminated instance is still described': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    const gone = await reaches(target, ec2, id, 'terminated');
    expect(gone.State?.Code).toBe(48);
  },

  'a terminated instance can be neither started nor stopped': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    await reaches(target, ec2, id, 'terminated');
    await refused(start(ec2, id), 'IncorrectInstanceState');
    await refused(stop(ec2, id), 'IncorrectInstanceState');
  },

  'the volumes of an instance are found by attachment.instance-id': async ({ ec2, web }) => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [web[0]!, web[1]!] }];
    const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ Filters }));
    const attachments = Volumes.flatMap(({ Attachments = [] }) => Attachments);
    expectSame(
      attachments.map(({ InstanceId }) => InstanceId),
      [web[0], web[1]],
    );
    expect(Volumes.map(({ State }) => State)).toEqual(['in-use', 'in-use']);
    expect(Math.min(...Volumes.map(({ Size = 0 }) => Size))).toBeGreaterThan(0);
    const { BlockDeviceMappings = [] } = await describe(ec2, web[0]!);
    expect(Volumes.map(({ VolumeId }) => VolumeId)).toContain(BlockDeviceMappings[0]?.Ebs?.VolumeId);
  },

  'pages of volumes add up to everything exactly once': async ({ ec2, web }) => {
    const Filters = [{ Name: 'attachment.instance-id', Values: [...web] }];
    const pages = await everyPage(
      (NextToken) => ec2.send(new DescribeVolumesCommand({ Filters, MaxResults: 5, ...(NextToken && { NextToken }) })),
      ({ NextToken }) => NextToken,
    );
    const volumes = pages.flatMap(({ Volumes = [] }) => Volumes);
    expectSame(
      volumes.map(({ Attachments = [] }) => Attachments[0]?.InstanceId),
      web,
    );
    expect(pages.length).toBe(2);
  },

  'an unknown volume is InvalidVolume.NotFound': async ({ ec2 }) => {
    const ask = new DescribeVolumesCommand({ VolumeIds: ['vol-0aaaaaaaaaaaaaaaa'] });
    await refused(ec2.send(ask), 'InvalidVolume.NotFound');
  },

  'an elastic address stays with its instance while it is stopped': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(new AssociateAddressCommand({ AllocationId: AllocationId!, InstanceId: id }));
    await stop(ec2, id);
    await reaches(target, ec2, id, 'stopped');
    const Filters = [{ Name: 'instance-id', Values: [id] }];
    const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({ Filters }));
    expect(Addresses).toMatchObject([{ AllocationId, PublicIp, InstanceId: id, Domain: 'vpc' }]);
  },

  'a stopped instance shows the elastic address that it keeps': async ({ target, ec2 }) => {
    const id = await launch(target, ec2);
    const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
    await ec2.send(new AssociateAddressCommand({ AllocationId: AllocationId!, InstanceId: id }));
    await stop(ec2, id);
    expect((await reaches(target, ec2, id, 'stopped')).PublicIpAddress).toBe(PublicIp);
  },

  'an instance type says what it is, and whether it has local disks': async ({ ec2 }) => {
    const ask = new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 'm5d.large', 't4g.nano'] });
    const { InstanceTypes = [] } = await ec2.send(ask);
    const byName = new Map(InstanceTypes.map((one) => [one.InstanceType, one]));
    expectSame(byName.keys(), ['m5.large', 'm5d.large', 't4g.nano']);
    expect(byName.get('m5.large')).toMatchObject({ InstanceStorageSupported: false, VCpuInfo: { DefaultVCpus: 2 } });
    expect(byName.get('m5d.large')).toMatchObject({ InstanceStorageSupported: true });
    expect(byName.get('t4g.nano')).toMatchObject({ ProcessorInfo: { SupportedArchitectures: ['arm64'] } });
  },

  'an unknown instance type is InvalidInstanceType': async ({ ec2 }) => {
    const ask = new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 'shop.large' as 'm5.large'] });
    await refused(ec2.send(ask), 'InvalidInstanceType');
  },

  'a region sees its own instances only': async ({ target, web }) => {
    const { ec2: elsewhere } = target.clients({ region: 'eu-west-1' });
    await refused(describe(elsewhere, web[0]!), 'InvalidInstanceID.NotFound');
    expect(await instancesWhere(elsewhere, {})).toEqual([]);
  },
});
