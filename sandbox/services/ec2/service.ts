import * as EC2 from '@aws-sdk/client-ec2';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { allocateAddress, associateAddress, describeAddresses } from './addresses.ts';
import { attachVolume, deleteVolume, detachVolume } from './attach-volume.ts';
import { createVolume } from './create-volume.ts';
import { describeInstanceCreditSpecifications } from './credit-specifications.ts';
import { describeInstances } from './describe-instances.ts';
import { describeImages } from './images.ts';
import { describeInstanceAttribute, modifyInstanceAttribute } from './instance-attributes.ts';
import { describeInstanceStatus } from './instance-status.ts';
import { describeInstanceTypeOfferings } from './instance-type-offerings.ts';
import { describeInstanceTypes } from './instance-types.ts';
import { modifyInstanceCreditSpecification } from './modify-credits.ts';
import { modifyVolume } from './modify-volume.ts';
import { rebootInstances } from './reboot.ts';
import { describeRegions } from './regions.ts';
import { runInstances } from './run-instances.ts';
import { createSnapshot, deleteSnapshot, describeSnapshots } from './snapshots.ts';
import { startInstances, stopInstances, terminateInstances } from './stop-start.ts';
import { createTags, deleteTags } from './tags.ts';
import { describeVolumesModifications } from './volume-modifications.ts';
import { describeVolumes } from './volumes.ts';

export function ec2(): Service {
  return ownService('ec2', modelOf(EC2, new EC2.EC2Client({ region: 'us-east-1' })), {
    AllocateAddress: allocateAddress,
    AssociateAddress: associateAddress,
    AttachVolume: attachVolume,
    CreateSnapshot: createSnapshot,
    CreateTags: createTags,
    CreateVolume: createVolume,
    DeleteSnapshot: deleteSnapshot,
    DeleteTags: deleteTags,
    DeleteVolume: deleteVolume,
    DescribeAddresses: describeAddresses,
    DescribeImages: describeImages,
    DescribeInstanceAttribute: describeInstanceAttribute,
    DescribeInstanceCreditSpecifications: describeInstanceCreditSpecifications,
    DescribeInstances: describeInstances,
    DescribeInstanceStatus: describeInstanceStatus,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeRegions: describeRegions,
    DescribeSnapshots: describeSnapshots,
    DescribeVolumes: describeVolumes,
    DescribeVolumesModifications: describeVolumesModifications,
    DetachVolume: detachVolume,
    ModifyInstanceAttribute: modifyInstanceAttribute,
    ModifyInstanceCreditSpecification: modifyInstanceCreditSpecification,
    ModifyVolume: modifyVolume,
    RebootInstances: rebootInstances,
    RunInstances: runInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    TerminateInstances: terminateInstances,
  });
}
