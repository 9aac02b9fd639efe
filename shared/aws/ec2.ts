import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesResult,
  type EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeInstanceTypes,
  paginateDescribeVolumes,
  type _InstanceType as SdkInstanceType,
} from '@aws-sdk/client-ec2';
import { type Evidence, known } from '../core/evidence.ts';
import type { Facts, InstanceFacts, Volume } from '../core/facts.ts';
import { type Arn, partitionOf, type Scope } from '../core/identity.ts';
import { nameOf } from './errors.ts';
import { chunks, everyItem } from './pages.ts';
import { tagsOf } from './tags.ts';
import { specOf } from './volumes.ts';

/** Every EC2 instance of the scope but the terminated; `groups` names the Auto Scaling group of each that has one. */
export async function listInstances(
  client: EC2Client,
  scope: Scope,
  groups: ReadonlyMap<string, string>,
): Promise<InstanceFacts[]> {
  const facts: InstanceFacts[] = [];
  // Facts are taken page by page: the SDK's own objects are twenty times as large.
  for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, {})) {
    for (const { instance, account } of livingIn(page, scope)) {
      facts.push(instanceFacts(instance, { ...scope, account }, groups.get(instance.InstanceId ?? '')));
    }
  }
  return facts;
}

/** One instance as it is now, by its id; undefined when it is terminated or nobody knows it any more. */
export async function findInstance(
  client: EC2Client,
  scope: Scope,
  { id, group }: { readonly id: string; readonly group?: string },
): Promise<InstanceFacts | undefined> {
  try {
    const page = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const [found] = livingIn(page, scope);
    return found && instanceFacts(found.instance, { ...scope, account: found.account }, group);
  } catch (error) {
    if (nameOf(error) === 'InvalidInstanceID.NotFound') return undefined;
    throw error;
  }
}

/** The instances of a page but the terminated, each with the account that owns it. */
export const livingIn = ({ Reservations = [] }: DescribeInstancesResult, { account }: Scope) =>
  Reservations.flatMap(({ OwnerId = account, Instances = [] }) =>
    Instances.filter(({ State }) => State?.Name !== 'terminated').map((instance) => ({ instance, account: OwnerId })),
  );

/** @param group its Auto Scaling group, if that is known otherwise than by its tags */
export function instanceFacts(instance: Instance, scope: Scope, group?: string): InstanceFacts {
  const id = required(instance.InstanceId, 'InstanceId');
  const tags = tagsOf(instance.Tags);
  const operator = instance.Operator?.Managed ? (instance.Operator.Principal ?? 'another AWS service') : undefined;
  return {
    type: 'instance',
    identity: { arn: `arn:${partitionOf(scope.region)}:ec2:${scope.region}:${scope.account}:instance/${id}`, id },
    name: tags.Name || id,
    scope: { account: scope.account, region: scope.region },
    tags,
    instanceType: instance.InstanceType ?? 'unknown',
    state: instance.State?.Name ?? 'unknown',
    launchedAt: required(instance.LaunchTime, 'LaunchTime'),
    lifecycle: instance.InstanceLifecycle ?? 'on-demand',
    tenancy: instance.Placement?.Tenancy ?? 'default',
    usageOperation: instance.UsageOperation ?? 'unknown',
    rootDevice: instance.RootDeviceType === 'instance-store' ? 'instance-store' : 'ebs',
    ...(group === undefined ? {} : { autoScalingGroup: group }),
    ...(operator === undefined ? {} : { managedBy: operator }),
    addresses: addressesOf(instance),
    ...stopOf(instance),
    hardware: {
      zone: instance.Placement?.AvailabilityZone ?? 'unknown',
      architecture: instance.Architecture ?? 'unknown',
      virtualizationType: instance.VirtualizationType ?? 'hvm',
      enaSupport: instance.EnaSupport ?? false,
      networkInterfaces: instance.NetworkInterfaces?.length ?? 1,
      hibernation: instance.HibernationOptions?.Configured ?? false,
      metricSeconds: instance.Monitoring?.State === 'enabled' ? 60 : 300,
      ...tiesOf(instance),
    },
    evidence: {},
  };
}

/** What a change of the type would lose, break or leave behind. */
function tiesOf({
  CpuOptions: { CoreCount, ThreadsPerCore } = {},
  Placement,
  CapacityReservationId,
  CapacityReservationSpecification,
  ProductCodes = [],
  EnclaveOptions,
  NetworkInterfaces = [],
}: Instance): Partial<InstanceFacts['hardware']> {
  const placementGroup = Placement?.GroupName || Placement?.GroupId; // an empty name is none
  const target = CapacityReservationSpecification?.CapacityReservationTarget;
  const capacityReservation =
    CapacityReservationId ?? target?.CapacityReservationId ?? target?.CapacityReservationResourceGroupArn;
  const product = ProductCodes.find(({ ProductCodeType }) => ProductCodeType === 'marketplace');
  return {
    ...(CoreCount && ThreadsPerCore ? { vcpus: CoreCount * ThreadsPerCore } : {}),
    ...(placementGroup ? { placementGroup } : {}),
    ...(capacityReservation ? { capacityReservation } : {}),
    ...(product ? { marketplaceProduct: product.ProductCodeId ?? 'unknown' } : {}),
    ...(EnclaveOptions?.Enabled ? { enclave: true } : {}),
    ...(NetworkInterfaces.some(({ InterfaceType }) => InterfaceType?.startsWith('efa'))
      ? { elasticFabricAdapter: true }
      : {}),
  };
}

/** The reason of the last transition is the only place where EC2 says when: `User initiated (2026-09-01 08:15:00 GMT)`. */
function stopOf({ State, StateTransitionReason = '' }: Instance): Pick<InstanceFacts, 'stoppedAt'> {
  const [, day, time] = /\((\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) GMT\)/.exec(StateTransitionReason) ?? [];
  return State?.Name === 'stopped' && day && time ? { stoppedAt: new Date(`${day}T${time}Z`) } : {};
}

/** Public IPv4 addresses: those the account owns stay, those AWS lent (`amazon`) are gone after a stop. */
function addressesOf(instance: Instance): InstanceFacts['addresses'] {
  const owners = (instance.NetworkInterfaces ?? []).flatMap(({ Association }) =>
    Association?.PublicIp ? [Association.IpOwnerId] : [],
  );
  const released = owners.filter((owner) => owner === 'amazon').length;
  return { elastic: owners.length - released, released };
}

/** The most values that an EC2 filter takes. */
const FILTER_VALUES = 200;

/** The volumes attached to each instance. */
export async function readVolumes(
  client: EC2Client,
  instances: readonly Facts[],
): Promise<Map<Arn, Evidence<readonly Volume[]>>> {
  const byInstance = new Map<string, Volume[]>(instances.map(({ identity }) => [identity.id, []]));
  for (const ids of chunks([...byInstance.keys()], FILTER_VALUES)) {
    const Filters = [{ Name: 'attachment.instance-id', Values: ids }];
    const volumes = await everyItem(
      paginateDescribeVolumes({ client, pageSize: 500 }, { Filters }),
      (page) => page.Volumes,
    );
    for (const volume of volumes) {
      const { type: volumeType, ...spec } = specOf(volume);
      for (const { InstanceId } of volume.Attachments ?? [])
        byInstance.get(InstanceId ?? '')?.push({ id: volume.VolumeId ?? '', volumeType, ...spec });
    }
  }
  return new Map(instances.map(({ identity }) => [identity.arn, known(byInstance.get(identity.id) ?? [])]));
}

/** Whether each instance's type has local disks: one question for each distinct type. */
export async function readInstanceStore(
  client: EC2Client,
  instances: readonly InstanceFacts[],
): Promise<Map<Arn, Evidence<boolean>>> {
  const supported = new Map<string, boolean>();
  for (const types of chunks([...new Set(instances.map((one) => one.instanceType))], 100)) {
    const InstanceTypes = types as SdkInstanceType[];
    const infos = await everyItem(
      paginateDescribeInstanceTypes({ client }, { InstanceTypes }),
      (page) => page.InstanceTypes,
    );
    for (const info of infos) supported.set(info.InstanceType ?? '', info.InstanceStorageSupported ?? true);
  }
  return new Map(
    instances.map(({ identity, instanceType }) => {
      const answer = supported.get(instanceType);
      const why = `AWS does not describe the type ${instanceType}`;
      return [identity.arn, answer === undefined ? { known: false, why } : known(answer)];
    }),
  );
}

/** Whether the API refuses to stop each instance. AWS answers this for one instance a call, and in no other way. */
export async function readStopProtection(
  client: EC2Client,
  instances: readonly Facts[],
): Promise<Map<Arn, Evidence<boolean>>> {
  const answers = new Map<Arn, Evidence<boolean>>();
  for (const { identity } of instances) {
    const request = { InstanceId: identity.id, Attribute: 'disableApiStop' } as const;
    const { DisableApiStop } = await client.send(new DescribeInstanceAttributeCommand(request));
    const on = DisableApiStop?.Value;
    answers.set(identity.arn, on === undefined ? { known: false, why: 'AWS did not say' } : known(on));
  }
  return answers;
}

function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw new Error(`EC2 described an instance without ${field}`);
  return value;
}
