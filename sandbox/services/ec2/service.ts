import * as EC2 from '@aws-sdk/client-ec2';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { allocateAddress, associateAddress, describeAddresses } from './addresses.ts';
import { describeInstances } from './describe-instances.ts';
import { describeInstanceAttribute, modifyInstanceAttribute } from './instance-attributes.ts';
import { describeInstanceTypes } from './instance-types.ts';
import { describeRegions } from './regions.ts';
import { runInstances } from './run-instances.ts';
import { startInstances, stopInstances, terminateInstances } from './stop-start.ts';
import { createTags, deleteTags } from './tags.ts';
import { createVolume, describeVolumes } from './volumes.ts';

export function ec2(): Service {
  return ownService('ec2', modelOf(EC2, new EC2.EC2Client({ region: 'us-east-1' })), {
    AllocateAddress: allocateAddress,
    AssociateAddress: associateAddress,
    CreateTags: createTags,
    CreateVolume: createVolume,
    DeleteTags: deleteTags,
    DescribeAddresses: describeAddresses,
    DescribeInstanceAttribute: describeInstanceAttribute,
    DescribeInstances: describeInstances,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeRegions: describeRegions,
    DescribeVolumes: describeVolumes,
    ModifyInstanceAttribute: modifyInstanceAttribute,
    RunInstances: runInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    TerminateInstances: terminateInstances,
  });
}
