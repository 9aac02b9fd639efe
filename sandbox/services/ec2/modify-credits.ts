import type {
  InstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult,
  UnsuccessfulInstanceCreditSpecificationItem,
  UnsuccessfulInstanceCreditSpecificationItemError,
} from '@aws-sdk/client-ec2';
import { isBurstable, machineOf } from '../../catalogue/machine.ts';
import type { Ec2State } from '../../estate/ec2-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** Each instance by itself: what cannot be changed is listed as unsuccessful, in an answer that is none the less a success. */
export const modifyInstanceCreditSpecification: Operation<
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult
> = ({ InstanceCreditSpecifications: asked = [] }, { region: { ec2 } }) => {
  const wrong = asked.find(({ CpuCredits }) => CpuCredits !== 'standard' && CpuCredits !== 'unlimited');
  if (wrong) throw new AwsError('InvalidParameterValue', `Invalid value '${wrong.CpuCredits}' for CpuCredits.`);
  const unsuccessful = asked.flatMap((one): UnsuccessfulInstanceCreditSpecificationItem[] => {
    const error = whyNot(ec2, one);
    return error ? [{ InstanceId: one.InstanceId, Error: error }] : [];
  });
  const done = asked.filter((one) => !whyNot(ec2, one));
  for (const { InstanceId = '', CpuCredits } of done) {
    ec2.cpuCredits.set(InstanceId, CpuCredits === 'unlimited' ? 'unlimited' : 'standard');
  }
  return {
    SuccessfulInstanceCreditSpecifications: done.map(({ InstanceId }) => ({ InstanceId })),
    UnsuccessfulInstanceCreditSpecifications: unsuccessful,
  };
};

function whyNot(
  ec2: Ec2State,
  { InstanceId = '' }: InstanceCreditSpecificationRequest,
): UnsuccessfulInstanceCreditSpecificationItemError | undefined {
  const instance = ec2.instances.get(InstanceId);
  if (!instance)
    return { Code: 'InvalidInstanceID.NotFound', Message: `The instance ID '${InstanceId}' does not exist` };
  const { InstanceType, State } = instance;
  const machine = machineOf(InstanceType);
  if (!machine || !isBurstable(machine)) {
    const Message = `The instance '${InstanceId}' of type ${InstanceType} does not support CPU credits.`;
    return { Code: 'InstanceCreditSpecification.NotSupported', Message };
  }
  if (State.Name === 'running' || State.Name === 'stopped') return undefined;
  return { Code: 'IncorrectInstanceState', Message: `The instance '${InstanceId}' is ${State.Name}.` };
}
