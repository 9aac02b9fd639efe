import type { Reservation, RunInstancesRequest, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { machineOf } from '../../catalogue/machine.ts';
import type { InstanceSpec } from '../../estate/ec2-instance.ts';
import { instanceState, type StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import { hex } from '../../random.ts';
import type { Operation } from '../service.ts';
import { whyNotToBeHad } from './eligibility.ts';

/** Launches instances. The same client token gives the same reservation, however often it comes. */
export const runInstances: Operation<RunInstancesRequest, Reservation> = (input, { account, region }) => {
  const { ec2 } = region;
  const known = input.ClientToken === undefined ? undefined : ec2.tokens.get(input.ClientToken);
  const instances = known ? known.map((id) => ec2.instances.get(id)!) : launch(ec2, input);
  if (input.ClientToken !== undefined)
    ec2.tokens.set(
      input.ClientToken,
      instances.map((one) => one.InstanceId),
    );
  return { ReservationId: instances[0]!.ReservationId, OwnerId: account.id, Groups: [], Instances: instances };
};

function launch(ec2: Ec2State, input: RunInstancesRequest): StoredInstance[] {
  const { place } = ec2;
  const type = input.InstanceType ?? 'm1.small';
  const zone = input.Placement?.AvailabilityZone ?? `${place.region}a`;
  check(input, type);
  const refusal = whyNotToBeHad(ec2, type, zone);
  if (refusal) throw refusal;
  const ReservationId = `r-0${hex(place.world.random, 16)}`;
  return Array.from({ length: input.MaxCount ?? 1 }, (_, index) => {
    const instance = ec2.addInstance({
      ...specOf(input),
      ReservationId,
      AmiLaunchIndex: index,
      State: instanceState('pending'),
    });
    place.world.clock.after(place.world.durations.instanceStart, () => {
      if (instance.State.Name === 'pending') instance.State = instanceState('running');
    });
    return instance;
  });
}

function check({ ImageId, MinCount = 1, MaxCount = 1 }: RunInstancesRequest, type: string): void {
  if (!ImageId) throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId');
  if (!/^ami-[0-9a-f]+$/.test(ImageId)) throw new AwsError('InvalidAMIID.Malformed', `Invalid id: "${ImageId}"`);
  if (!machineOf(type)) throw new AwsError('InvalidParameterValue', `Invalid value '${type}' for InstanceType.`);
  if (MinCount < 1 || MaxCount < MinCount) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${MaxCount}' for MaxCount. Expecting at least MinCount.`,
    );
  }
}

function specOf(input: RunInstancesRequest): InstanceSpec {
  const root = input.BlockDeviceMappings?.[0]?.Ebs;
  return {
    ImageId: input.ImageId ?? '',
    InstanceType: input.InstanceType ?? 'm1.small',
    Tags: tagsFor(input.TagSpecifications, 'instance'),
    ...(input.Placement ? { Placement: { GroupName: '', Tenancy: 'default', ...input.Placement } } : {}),
    ...(input.SubnetId ? { SubnetId: input.SubnetId } : {}),
    ...(input.EbsOptimized === undefined ? {} : { EbsOptimized: input.EbsOptimized }),
    ...(input.InstanceMarketOptions?.MarketType === 'spot' ? { InstanceLifecycle: 'spot' } : {}),
    ...(input.HibernationOptions?.Configured ? { HibernationOptions: { Configured: true } } : {}),
    // As in the default VPC, whose subnets give out addresses.
    publicIp: 'amazon',
    DisableApiStop: input.DisableApiStop ?? false,
    DisableApiTermination: input.DisableApiTermination ?? false,
    root: {
      Tags: tagsFor(input.TagSpecifications, 'volume'),
      ...(root?.VolumeType ? { VolumeType: root.VolumeType } : {}),
      ...(root?.VolumeSize ? { Size: root.VolumeSize } : {}),
    },
  };
}

export const tagsFor = (specifications: readonly TagSpecification[] | undefined, type: string): Tag[] =>
  (specifications ?? []).filter((one) => one.ResourceType === type).flatMap((one) => one.Tags ?? []);
