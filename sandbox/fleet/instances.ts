import type { _InstanceType } from '@aws-sdk/client-ec2';
import type { InstanceSpec } from '../estate/ec2-instance.ts';
import { instanceState, type StoredInstance } from '../estate/ec2-shapes.ts';
import type { Dice } from './dice.ts';
import { asTagList, bornAt, measuredAs, type Site, tagsOf, truthIn } from './site.ts';
import type { Truth } from './truth.ts';
import { measureInstance } from './usage.ts';

const LINUX = [
  't3.medium',
  't3.large',
  't4g.large',
  'm5.large',
  'm5.xlarge',
  'm6i.large',
  'c6i.xlarge',
  'r6i.large',
] as const;
/** There is no Windows for Graviton. */
const WINDOWS = ['t3.large', 'm5.large', 'm5.xlarge', 'm6i.large'] as const;

/** Tags by which controllers know the instances that they would replace. */
const CONTROLLERS: readonly [Record<string, string>, ...Record<string, string>[]] = [
  { 'aws:eks:cluster-name': 'shop', 'eks:nodegroup-name': 'general', 'kubernetes.io/cluster/shop': 'owned' },
  {
    'karpenter.sh/nodepool': 'default',
    'karpenter.sh/nodeclaim': 'default-x7k2p',
    'kubernetes.io/cluster/shop': 'owned',
  },
  { AmazonECSManaged: 'true', 'aws:ecs:clusterName': 'jobs' },
  { 'elasticbeanstalk:environment-name': 'intranet', 'elasticbeanstalk:environment-id': 'e-abcd1234ef' },
  { 'aws:elasticmapreduce:job-flow-id': 'j-1ABCD2EFGH3IJ', 'aws:elasticmapreduce:instance-group-role': 'CORE' },
];

/** Builds one instance with its volumes and metrics. */
export function buildInstance(site: Site): Truth {
  const { region, dice, number, label } = site;
  const born = bornAt(site);
  const name = `${dice.pick(['web', 'worker', 'batch', 'proxy', 'runner', 'tool'])}-${number}`;
  const spec = { ...machine(site, born), Tags: asTagList({ Name: name, ...tagsOf(site), ...ownerTags(site) }) };
  const instance = region.ec2.addInstance(spec);
  addVolumes(site, instance, born);
  joinGroup(site, instance);
  const measured = measuredAs(site, born, dice.chance(0.15) ? 'quiet-cpu' : 'busy');
  measureInstance(region, instance.InstanceId, measured);
  const { account, region: where } = region.place;
  const arn = `arn:aws:ec2:${where}:${account}:instance/${instance.InstanceId}`;
  return truthIn(region, { arn, kind: 'instance', name, label });
}

function machine({ region, dice, label }: Site, LaunchTime: Date): InstanceSpec {
  const windows = dice.chance(0.2) && label !== 'exempt:saves-too-little' && label !== 'exempt:instance-store';
  const InstanceType: _InstanceType = dice.pick(windows ? WINDOWS : LINUX);
  const base: InstanceSpec = {
    InstanceId: `i-0${dice.hex(16)}`,
    InstanceType,
    LaunchTime,
    Placement: { AvailabilityZone: region.name + dice.pick(['a', 'b', 'c']), Tenancy: 'default' },
    ...(windows ? { PlatformDetails: 'Windows' } : {}),
    ...(dice.chance(0.3) ? { publicIp: dice.pick(['amazon', 'amazon', 'elastic']) } : {}),
    root: { VolumeId: `vol-0${dice.hex(16)}`, Size: windows ? 50 : dice.pick([8, 20, 30]), CreateTime: LaunchTime },
  };
  switch (label) {
    case 'exempt:stopped':
      return { ...base, State: instanceState('stopped'), StateTransitionReason: 'User initiated' };
    case 'exempt:spot':
      return { ...base, InstanceLifecycle: 'spot', SpotInstanceRequestId: `sir-${dice.hex(8)}` };
    case 'exempt:instance-store':
      // An old family that boots from its local disks, or a new one that has some beside its root volume.
      return dice.chance(0.5)
        ? { ...base, root: false, InstanceType: 'm3.large' }
        : { ...base, InstanceType: 'm6id.large' };
    case 'exempt:stop-protected':
      return { ...base, DisableApiStop: true };
    case 'exempt:saves-too-little':
      return { ...base, InstanceType: 't4g.nano' };
    default:
      return base;
  }
}

const groupOf = ({ region, number }: Site): string => `fleet-${region.name}-${number % 5}`;

function ownerTags(site: Site): Record<string, string> {
  if (site.label === 'exempt:controller') return site.dice.pick(CONTROLLERS);
  return site.label === 'exempt:auto-scaling' ? { 'aws:autoscaling:groupName': groupOf(site) } : {};
}

/** A root volume it has; every third has one or two more. */
function addVolumes({ region, dice }: Site, instance: StoredInstance, CreateTime: Date) {
  if (instance.RootDeviceType === 'instance-store') return;
  const more = dice.chance(0.33) ? dice.between(1, 2) : 0;
  for (let nth = 0; nth < more; nth += 1)
    region.ec2.addVolume({ ...dataVolume(dice), CreateTime, attachTo: instance.InstanceId });
}

const dataVolume = (dice: Dice) => ({
  VolumeId: `vol-0${dice.hex(16)}`,
  Size: dice.pick([50, 100, 500]),
  VolumeType: dice.pick(['gp3', 'gp3', 'gp2', 'st1'] as const),
});

function joinGroup(site: Site, { InstanceId }: StoredInstance) {
  if (site.label !== 'exempt:auto-scaling') return;
  const { autoscaling } = site.region;
  const name = groupOf(site);
  const before = autoscaling.groups.get(name)?.Instances?.map((instance) => instance.InstanceId ?? '') ?? [];
  autoscaling.addGroup({ AutoScalingGroupName: name, instanceIds: [...before, InstanceId] });
}
