import {
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  type EC2Client,
  type Volume,
  type VolumeModification,
} from '@aws-sdk/client-ec2';
import type { Identity } from '../../core/identity.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';

/** A volume id is never given to another. Undefined when it is gone. @throws {AccessDeniedError} */
export async function describeVolume(ec2: EC2Client, { id }: Identity): Promise<Volume | undefined> {
  const reply = await found(ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] })), 'InvalidVolume.NotFound');
  return reply?.Volumes?.[0];
}

/** The latest modification of a volume, whoever asked for it; undefined when there never was one. @throws {AccessDeniedError} */
export async function latestModification(ec2: EC2Client, { id }: Identity): Promise<VolumeModification | undefined> {
  const asked = ec2.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }));
  const reply = await found(asked, 'InvalidVolumeModification.NotFound', 'InvalidVolume.NotFound');
  return reply?.VolumesModifications?.[0];
}

/** A reading, or undefined when AWS says that there is nothing. @throws {AccessDeniedError} */
export async function found<T>(reading: Promise<T>, ...nothing: readonly string[]): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (nothing.includes(nameOf(error))) return undefined;
    if (isDenied(error)) throw new AccessDeniedError('may not look at the volume', error);
    throw error;
  }
}
