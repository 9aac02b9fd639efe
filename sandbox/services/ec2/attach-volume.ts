import type {
  AttachVolumeRequest,
  DeleteVolumeRequest,
  DetachVolumeRequest,
  VolumeAttachment,
} from '@aws-sdk/client-ec2';
import { attach } from '../../estate/ec2-volume.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { findInstances } from './checks.ts';
import { findVolumes } from './volumes.ts';

export const attachVolume: Operation<AttachVolumeRequest, VolumeAttachment> = (input, { region: { ec2 } }) => {
  const volume = findVolumes(ec2, [input.VolumeId ?? ''])[0]!;
  const instance = findInstances(ec2, [input.InstanceId ?? ''])[0]!;
  if (!input.Device) throw new AwsError('MissingParameter', 'The request must contain the parameter device');
  if (volume.State === 'in-use')
    throw new AwsError('VolumeInUse', `${volume.VolumeId} is already attached to an instance`);
  if (volume.State !== 'available') throw incorrectState(volume.VolumeId, volume.State);
  if (ec2.modifications.get(volume.VolumeId)?.at(-1)?.ModificationState === 'modifying') {
    throw new AwsError(
      'OperationNotPermitted',
      `Cannot attach volume ${volume.VolumeId} when it is in modification state: MODIFYING`,
    );
  }
  if (volume.AvailabilityZone !== instance.Placement?.AvailabilityZone) {
    throw new AwsError(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.VolumeId}' is not in the same availability zone as instance '${instance.InstanceId}'`,
    );
  }
  attach(volume, instance, { device: input.Device, deleteOnTermination: false, at: ec2.place.world.clock.now() });
  return volume.Attachments![0]!;
};

/** Nothing that AWS shows of a detached volume says since when, or from what. */
export const detachVolume: Operation<DetachVolumeRequest, VolumeAttachment> = (input, { region: { ec2 } }) => {
  const volume = findVolumes(ec2, [input.VolumeId ?? ''])[0]!;
  const attachment = volume.Attachments?.[0];
  if (!attachment) throw incorrectState(volume.VolumeId, volume.State);
  const instance = ec2.instances.get(attachment.InstanceId ?? '');
  if (instance?.State.Name === 'running' && instance.RootDeviceName === attachment.Device) {
    throw new AwsError(
      'OperationNotPermitted',
      `Unable to detach root volume '${attachment.Device}' from instance '${instance.InstanceId}'`,
    );
  }
  volume.State = 'available';
  volume.Attachments = [];
  if (instance) {
    instance.BlockDeviceMappings = instance.BlockDeviceMappings?.filter(({ Ebs }) => Ebs?.VolumeId !== volume.VolumeId);
  }
  return { ...attachment, State: 'detaching' };
};

/** available -> deleting -> gone. */
export const deleteVolume: Operation<DeleteVolumeRequest, object> = (input, { region: { ec2 } }) => {
  const volume = findVolumes(ec2, [input.VolumeId ?? ''])[0]!;
  if (volume.State === 'in-use') {
    const [attachment] = volume.Attachments ?? [];
    throw new AwsError('VolumeInUse', `Volume ${volume.VolumeId} is currently attached to ${attachment?.InstanceId}`);
  }
  if (volume.State !== 'available' && volume.State !== 'error') throw incorrectState(volume.VolumeId, volume.State);
  volume.State = 'deleting';
  ec2.place.world.clock.after(ec2.place.world.durations.volumeDelete, () => {
    ec2.volumes.delete(volume.VolumeId);
    ec2.modifications.delete(volume.VolumeId);
  });
  return {};
};

const incorrectState = (id: string, state: string | undefined): AwsError =>
  new AwsError('IncorrectState', `Volume '${id}' is in the '${state}' state.`);
