import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
} from '@aws-sdk/client-ec2';
import { isBurstable, machineOf } from '../../catalogue/machine.ts';
import type { StoredInstance } from '../../estate/ec2-shapes.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import type { Operation } from '../service.ts';
import { ec2Page, findInstances, refuseIdsWithMaxResults } from './checks.ts';

/** The credit options of the instances that are named, or, when none is, of all those that are `unlimited`. */
export const describeInstanceCreditSpecifications: Operation<
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult
> = (input, { region: { ec2 } }) => {
  const { InstanceIds = [] } = input;
  refuseIdsWithMaxResults(InstanceIds, input, 'instancesSet');
  const found =
    InstanceIds.length > 0
      ? findInstances(ec2, InstanceIds)
      : [...ec2.instances.values()].filter((one) => creditsOf(ec2, one) === 'unlimited');
  const page = ec2Page(found, input, { largest: 1000, keyOf: (one) => one.InstanceId });
  return {
    InstanceCreditSpecifications: page.items.map((one) => ({
      InstanceId: one.InstanceId,
      CpuCredits: creditsOf(ec2, one),
    })),
    ...(page.token === undefined ? {} : { NextToken: page.token }),
  };
};

/** T2 begins as standard, later burstable types as unlimited; what is not burstable is shown as standard. */
function creditsOf(ec2: Ec2State, { InstanceId, InstanceType }: StoredInstance): string {
  const machine = machineOf(InstanceType);
  if (!machine || !isBurstable(machine)) return 'standard';
  return ec2.cpuCredits.get(InstanceId) ?? (machine.family.name === 't2' ? 'standard' : 'unlimited');
}
