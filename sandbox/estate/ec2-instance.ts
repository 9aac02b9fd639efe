import type { Instance } from '@aws-sdk/client-ec2';
import { cpuOptions, ebsOptimized, machineOf } from '../catalogue/machine.ts';
import { hex, type Random } from '../random.ts';
import { giveAmazonAddress } from './ec2-address.ts';
import { instanceState, type StoredInstance, type StoredVolume } from './ec2-shapes.ts';
import { newVolume, type VolumeSpec } from './ec2-volume.ts';
import type { Place } from './place.ts';
import type { Seed } from './seed.ts';

/** What to know about a new instance; everything else is as AWS would have it. */
export type InstanceSpec = Seed<Instance> & {
  readonly ReservationId?: string;
  readonly DisableApiStop?: boolean;
  readonly DisableApiTermination?: boolean;
  /** `amazon`: an address that it loses when stopped. `elastic`: one that belongs to the account. Default: none. */
  readonly publicIp?: 'amazon' | 'elastic';
  /** The root volume; `false` for an instance-store root. Default: 8 GiB of gp3. */
  readonly root?: VolumeSpec | false;
};

/** UsageOperation, by PlatformDetails: the two say the same thing. */
const USAGE_OPERATIONS: Readonly<Record<string, string>> = {
  'Linux/UNIX': 'RunInstances',
  'Red Hat Enterprise Linux': 'RunInstances:0010',
  'SUSE Linux': 'RunInstances:000g',
  Windows: 'RunInstances:0002',
  'Windows with SQL Server Standard': 'RunInstances:0006',
  'Windows with SQL Server Web': 'RunInstances:0202',
};

export function newInstance(place: Place, spec: InstanceSpec): { instance: StoredInstance; root?: StoredVolume } {
  const { publicIp, root: rootSpec = {}, ...shown } = spec;
  const instance: StoredInstance = {
    ...plainInstance(place, shown),
    ...shown,
    Tags: shown.Tags ?? [],
    GetsPublicIp: publicIp === 'amazon',
    RootDeviceType: rootSpec === false ? 'instance-store' : 'ebs',
  };
  instance.NetworkInterfaces ??= [networkInterface(place, instance)];
  if (instance.GetsPublicIp) giveAmazonAddress(place, instance);
  if (rootSpec === false || instance.BlockDeviceMappings) return { instance };
  const device = instance.RootDeviceName ?? '/dev/xvda';
  const root = newVolume(
    place,
    { deleteOnTermination: true, ...rootSpec, attachTo: instance.InstanceId, device },
    instance,
  );
  return { instance, root };
}

function plainInstance({ region, world }: Place, spec: InstanceSpec): StoredInstance {
  const { clock, random } = world;
  const type = spec.InstanceType ?? 'm7i.large';
  const machine = machineOf(type);
  if (!machine) throw new Error(`the catalogue has no ${type}`);
  const platform = spec.PlatformDetails ?? 'Linux/UNIX';
  const launched = spec.LaunchTime ?? clock.now();
  const ip = privateIp(random);
  return {
    InstanceId: `i-0${hex(random, 16)}`,
    ReservationId: `r-0${hex(random, 16)}`,
    ImageId: `ami-0${hex(random, 16)}`,
    InstanceType: type,
    LaunchTime: launched,
    UsageOperationUpdateTime: launched,
    State: instanceState('running'),
    StateTransitionReason: '',
    PlatformDetails: platform,
    UsageOperation: USAGE_OPERATIONS[platform] ?? 'RunInstances',
    ...(platform.startsWith('Windows') ? { Platform: 'Windows' as const } : {}),
    Architecture: machine.family.architecture,
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    EbsOptimized: ebsOptimized(machine) === 'default',
    CpuOptions: cpuOptions(machine),
    RootDeviceName: platform.startsWith('Windows') ? '/dev/sda1' : '/dev/xvda',
    Placement: { AvailabilityZone: `${region}a`, GroupName: '', Tenancy: 'default' },
    HibernationOptions: { Configured: false },
    Monitoring: { State: 'disabled' },
    MaintenanceOptions: { AutoRecovery: 'default' },
    Operator: { Managed: false },
    VpcId: 'vpc-0a1b2c3d4e5f60718',
    SubnetId: 'subnet-0a1b2c3d4e5f60718',
    SecurityGroups: [{ GroupId: 'sg-0a1b2c3d4e5f60718', GroupName: 'default' }],
    PrivateIpAddress: ip,
    PrivateDnsName: `ip-${ip.replaceAll('.', '-')}.${region}.compute.internal`,
    PublicDnsName: '',
    AmiLaunchIndex: 0,
    SourceDestCheck: true,
    Tags: [],
    DisableApiStop: false,
    DisableApiTermination: false,
    GetsPublicIp: false,
  };
}

function networkInterface(
  { account, world }: Place,
  instance: StoredInstance,
): NonNullable<Instance['NetworkInterfaces']>[number] {
  return {
    NetworkInterfaceId: `eni-0${hex(world.random, 16)}`,
    InterfaceType: 'interface',
    Status: 'in-use',
    OwnerId: account,
    VpcId: instance.VpcId,
    SubnetId: instance.SubnetId,
    PrivateIpAddress: instance.PrivateIpAddress,
    SourceDestCheck: true,
    Attachment: { DeviceIndex: 0, Status: 'attached', DeleteOnTermination: true, AttachTime: instance.LaunchTime },
  };
}

const privateIp = (random: Random): string => `10.${[0, 1, 2].map(() => Math.floor(random() * 250) + 2).join('.')}`;
