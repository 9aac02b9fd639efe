import {
  DescribeInstanceCreditSpecificationsCommand,
  type EC2Client,
  ModifyInstanceCreditSpecificationCommand,
} from '@aws-sdk/client-ec2';
import type { Action, CreditMode } from '../../core/action.ts';
import type { Identity } from '../../core/identity.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';
import { ask } from './ask.ts';
import { GONE } from './instance-power.ts';
import { only } from './only.ts';
import { notAsExpected, PASSING, RefusedError } from './refused.ts';

/** What a burstable instance does when its CPU credits are used up. It takes effect at once, without an outage. */
export function setUnlimitedCredits(ec2: EC2Client): ChangeVerbs {
  const there = (action: Action): Setting => {
    const { instance, from, to } = only('set-unlimited-credits', action);
    return { ec2, instance, leaves: from, wants: to };
  };
  const back = (action: Action): Setting => {
    const { leaves, wants, ...setting } = there(action);
    return { ...setting, leaves: wants, wants: leaves };
  };
  return {
    apply: async (action) => set(there(action)),
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => set(back(action)),
    undone: async (action) => progressOf(back(action)),
  };
}

interface Setting {
  readonly ec2: EC2Client;
  readonly instance: Identity;
  readonly leaves: CreditMode;
  readonly wants: CreditMode;
}

const set = (setting: Setting): Promise<Asked> =>
  ask({
    look: () => creditsOf(setting),
    judge: (seen) => {
      const { leaves, wants } = setting;
      if (seen === undefined) return notAsExpected(GONE);
      if (seen === wants) return 'done';
      return seen === leaves ? 'ask' : notAsExpected(`its CPU credits are ${seen}, not ${leaves}`);
    },
    mutate: () => modify(setting),
  });

/** @throws {RefusedError} EC2 lists what it has not done in an answer that is none the less a success */
async function modify({ ec2, instance, wants }: Setting): Promise<void> {
  const InstanceCreditSpecifications = [{ InstanceId: instance.id, CpuCredits: wants }];
  const asked = new ModifyInstanceCreditSpecificationCommand({ InstanceCreditSpecifications });
  const { UnsuccessfulInstanceCreditSpecifications: undone = [] } = await ec2.send(asked);
  const [item] = undone;
  if (!item) return;
  const { Code: code = 'Unknown', Message = 'without a word' } = item.Error ?? {};
  throw new RefusedError(`AWS refused: ${Message} (${code})`, { code, retryable: PASSING.has(code), cause: item });
}

async function progressOf(setting: Setting): Promise<Progress> {
  const seen = await creditsOf(setting);
  if (seen === setting.wants) return { state: 'done' };
  return { state: 'failed', because: seen === undefined ? GONE : `its CPU credits are ${seen}` };
}

/** `standard` or `unlimited`; undefined when EC2 does not know the instance any more. @throws {AccessDeniedError} */
async function creditsOf({ ec2, instance }: Setting): Promise<string | undefined> {
  try {
    const asked = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [instance.id] });
    const { InstanceCreditSpecifications: found = [] } = await ec2.send(asked);
    return found[0]?.CpuCredits;
  } catch (error) {
    if (nameOf(error).startsWith('InvalidInstanceID.')) return undefined;
    if (isDenied(error)) throw new AccessDeniedError('may not look at the instance', error);
    throw error;
  }
}
