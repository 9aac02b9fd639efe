import type { CapacityReservationTargetResponse } from '@aws-sdk/client-ec2';
import { beforeEach, describe, expect, it } from 'vitest';
import { instanceState } from '../../sandbox/estate/ec2-shapes.ts';
import { readGroupMembers } from '../../shared/aws/auto-scaling.ts';
import { listInstances, readInstanceStore, readStopProtection, readVolumes } from '../../shared/aws/ec2.ts';
import type { InstanceFacts } from '../../shared/core/facts.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const stage = stageForEachTest();
const SCOPE = { account: '123456789012', region: 'ap-northeast-2' };

const list = (groups: ReadonlyMap<string, string> = new Map()): Promise<InstanceFacts[]> =>
  listInstances(stage.clients.ec2, SCOPE, groups);

const targeting = (CapacityReservationTarget: CapacityReservationTargetResponse) => ({
  CapacityReservationSpecification: { CapacityReservationTarget },
});

/** The facts of one instance that is like this. */
async function factsOf(spec: Parameters<typeof stage.home.ec2.addInstance>[0]): Promise<InstanceFacts> {
  stage.home.ec2.addInstance(spec);
  const [facts] = await list();
  return facts!;
}

describe('an instance', () => {
  it('is described by what its entry says', async () => {
    const LaunchTime = new Date('2026-03-01T09:00:00Z');
    const { InstanceId } = stage.home.ec2.addInstance({
      InstanceType: 'm5.large',
      LaunchTime,
      Tags: [
        { Key: 'Name', Value: 'reports' },
        { Key: 'owner', Value: 'finance' },
      ],
    });
    expect(await list()).toEqual([
      {
        type: 'instance',
        identity: { arn: `arn:aws:ec2:ap-northeast-2:123456789012:instance/${InstanceId}`, id: InstanceId },
        name: 'reports',
        scope: SCOPE,
        tags: { Name: 'reports', owner: 'finance' },
        instanceType: 'm5.large',
        state: 'running',
        launchedAt: LaunchTime,
        lifecycle: 'on-demand',
        tenancy: 'default',
        usageOperation: 'RunInstances',
        rootDevice: 'ebs',
        addresses: { elastic: 0, released: 0 },
        hardware: {
          zone: 'ap-northeast-2a',
          architecture: 'x86_64',
          virtualizationType: 'hvm',
          enaSupport: true,
          networkInterfaces: 1,
          hibernation: false,
          metricSeconds: 300,
          vcpus: 2,
        },
        evidence: {},
      },
    ]);
  });

  it.each([
    ['keeps an Elastic IP', 'elastic', { elastic: 1, released: 0 }],
    ['loses an address that AWS lent', 'amazon', { elastic: 0, released: 1 }],
  ] as const)('%s at a stop', async (_, publicIp, addresses) => {
    expect((await factsOf({ publicIp })).addresses).toEqual(addresses);
  });

  it.each<[string, Parameters<typeof factsOf>[0], Partial<InstanceFacts>]>([
    ['Windows', { PlatformDetails: 'Windows' }, { usageOperation: 'RunInstances:0002' }],
    ['on dedicated hardware', { Placement: { Tenancy: 'dedicated' } }, { tenancy: 'dedicated' }],
    ['on a Dedicated Host', { Placement: { Tenancy: 'host' } }, { tenancy: 'host' }],
    ['Spot', { InstanceLifecycle: 'spot' }, { lifecycle: 'spot' }],
    ['of a capacity block', { InstanceLifecycle: 'capacity-block' }, { lifecycle: 'capacity-block' }],
    ['with an instance store for a root', { root: false }, { rootDevice: 'instance-store' }],
    ['stopped', { State: instanceState('stopped') }, { state: 'stopped' }],
    [
      'managed by EKS',
      { Operator: { Managed: true, Principal: 'eks.amazonaws.com' } },
      { managedBy: 'eks.amazonaws.com' },
    ],
    ['managed by somebody', { Operator: { Managed: true } }, { managedBy: 'another AWS service' }],
  ])('that is %s is said to be', async (_, spec, facts) => {
    expect(await factsOf(spec)).toMatchObject(facts);
  });

  it.each<[string, Parameters<typeof factsOf>[0], Partial<InstanceFacts['hardware']>]>([
    ['one thread a core', { CpuOptions: { CoreCount: 1, ThreadsPerCore: 1 } }, { vcpus: 1 }],
    ['a placement group', { Placement: { GroupName: 'hpc' } }, { placementGroup: 'hpc' }],
    ['a reservation that it is in', { CapacityReservationId: 'cr-0abc' }, { capacityReservation: 'cr-0abc' }],
    ['a reservation of its own', targeting({ CapacityReservationId: 'cr-1' }), { capacityReservation: 'cr-1' }],
    [
      'a group of reservations',
      targeting({ CapacityReservationResourceGroupArn: 'arn:g' }),
      { capacityReservation: 'arn:g' },
    ],
    [
      'a product of Marketplace',
      { ProductCodes: [{ ProductCodeId: 'abc', ProductCodeType: 'marketplace' }] },
      { marketplaceProduct: 'abc' },
    ],
    ['enclaves', { EnclaveOptions: { Enabled: true } }, { enclave: true }],
    ['an EFA', { NetworkInterfaces: [{ InterfaceType: 'efa' }] }, { elasticFabricAdapter: true }],
  ])('with %s is said to have it', async (_, spec, ties) => {
    expect((await factsOf(spec)).hardware).toMatchObject(ties);
  });

  it('with a product of another kind, and a preference for any reservation, is tied to nothing', async () => {
    const { hardware } = await factsOf({
      ProductCodes: [{ ProductCodeId: 'abc', ProductCodeType: 'devpay' }],
      CapacityReservationSpecification: { CapacityReservationPreference: 'open' },
      EnclaveOptions: { Enabled: false },
    });
    expect(hardware).toEqual((await factsOf({})).hardware);
  });

  it('without a name goes by its id', async () => {
    const { name, identity } = await factsOf({ Tags: [{ Key: 'Name', Value: '' }] });
    expect(name).toBe(identity.id);
  });

  it('that is terminated is gone', async () => {
    stage.home.ec2.addInstance({ State: instanceState('terminated') });
    expect(await list()).toEqual([]);
  });

  it('that is a member of an Auto Scaling group is said to be', async () => {
    const { InstanceId } = stage.home.ec2.addInstance({});
    const [facts] = await list(new Map([[InstanceId, 'web']]));
    expect(facts?.autoScalingGroup).toBe('web');
  });
});

describe('a fleet larger than a page', () => {
  it('of instances is read to the last page', async () => {
    for (let number = 0; number < 1001; number += 1) stage.home.ec2.addInstance({ root: false });
    expect(new Set((await list()).map(({ identity }) => identity.id)).size).toBe(1001);
    expect(stage.sandbox.calls.count('DescribeInstances')).toBe(2);
  });

  it('of Auto Scaling groups is read to the last page', async () => {
    const ids = Array.from({ length: 101 }, (_, number) => {
      const { InstanceId } = stage.home.ec2.addInstance({ root: false });
      stage.home.autoscaling.addGroup({ AutoScalingGroupName: `group-${number}`, instanceIds: [InstanceId] });
      return InstanceId;
    });
    const members = await readGroupMembers(stage.clients.autoScaling);
    expect([...members].sort()).toEqual(ids.map((id, number) => [id, `group-${number}`]).sort());
    expect(stage.sandbox.calls.count('DescribeAutoScalingGroups')).toBe(2);
  });

  it('of volumes is read to the last page, for 200 instances a call', async () => {
    for (let number = 0; number < 201; number += 1) {
      const { InstanceId } = stage.home.ec2.addInstance({ root: { Size: 8 } });
      for (const Size of [50, 100]) stage.home.ec2.addVolume({ Size, VolumeType: 'st1', attachTo: InstanceId });
    }
    stage.home.ec2.addVolume({ Size: 999 }); // attached to nobody
    const found = await readVolumes(stage.clients.ec2, await list());
    expect(found.size).toBe(201);
    for (const volumes of found.values()) {
      expect(
        volumes.known && volumes.value.map(({ sizeGiB, volumeType }) => `${sizeGiB} ${volumeType}`).sort(),
      ).toEqual(['100 st1', '50 st1', '8 gp3']);
    }
    // 200 instances have 600 volumes, which are two pages; the last one has three.
    expect(stage.sandbox.calls.count('DescribeVolumes')).toBe(3);
  });
});

describe('what is asked beyond the entry', () => {
  beforeEach(() => {
    for (const InstanceType of ['m6id.large', 'm5.large', 'm5.large'] as const) {
      stage.home.ec2.addInstance({ InstanceType, DisableApiStop: InstanceType === 'm6id.large' });
    }
  });

  const byType = (instances: readonly InstanceFacts[], answers: ReadonlyMap<string, unknown>) =>
    instances.map(({ identity, instanceType }) => [instanceType, answers.get(identity.arn)]).sort();

  it('tells local disks by the type, asked once for each', async () => {
    const instances = await list();
    expect(byType(instances, await readInstanceStore(stage.clients.ec2, instances))).toEqual([
      ['m5.large', { known: true, value: false }],
      ['m5.large', { known: true, value: false }],
      ['m6id.large', { known: true, value: true }],
    ]);
    const [call] = stage.sandbox.calls.byOperation('DescribeInstanceTypes');
    expect(call?.input.InstanceTypes).toHaveLength(2);
  });

  it('tells stop protection, asked for each instance', async () => {
    const instances = await list();
    expect(byType(instances, await readStopProtection(stage.clients.ec2, instances))).toEqual([
      ['m5.large', { known: true, value: false }],
      ['m5.large', { known: true, value: false }],
      ['m6id.large', { known: true, value: true }],
    ]);
    expect(stage.sandbox.calls.count('DescribeInstanceAttribute')).toBe(3);
  });

  it('tells an instance without volumes as one without volumes', async () => {
    stage.home.ec2.addInstance({ root: false, InstanceType: 'm3.large' });
    const instances = (await list()).filter(({ instanceType }) => instanceType === 'm3.large');
    expect([...(await readVolumes(stage.clients.ec2, instances)).values()]).toEqual([{ known: true, value: [] }]);
  });
});
