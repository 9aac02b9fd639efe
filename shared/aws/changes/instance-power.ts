import {
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Identity } from '../../core/identity.ts';
import type { Asked, Progress } from '../../ports-acting.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';
import { ask, type Verdict } from './ask.ts';
import { notAsExpected, PASSING } from './refused.ts';

/**
 * Stops and starts an instance, whichever kind of action wants it: always one a call, because a batch fails as a whole.
 * An instance id is never given to another, so only state and type are compared just before the call.
 */
export interface Power {
  readonly ec2: EC2Client;
  readonly instance: Identity;
  /** Must be so; absent: any. */
  readonly instanceType?: string;
}

export const stopInstanceNow = (power: Power): Promise<Asked> =>
  ask({
    look: () => describeInstance(power),
    judge: (seen) => judge(seen, { ...power, from: 'running', towards: ['stopping', 'stopped'] }),
    mutate: () => power.ec2.send(new StopInstancesCommand({ InstanceIds: [power.instance.id] })),
  });

export const startInstanceNow = (power: Power): Promise<Asked> =>
  ask({
    look: () => describeInstance(power),
    judge: (seen) => judge(seen, { ...power, from: 'stopped', towards: ['pending', 'running'] }),
    mutate: () => power.ec2.send(new StartInstancesCommand({ InstanceIds: [power.instance.id] })),
  });

export async function instanceStopped(power: Power): Promise<Progress> {
  const seen = await describeInstance(power);
  if (!seen) return { state: 'failed', because: GONE };
  const state = stateOf(seen);
  if (state === 'stopped') return { state: 'done' };
  return state === 'stopping' ? { state: 'pending', seen: state } : { state: 'failed', because: `it is ${state}` };
}

/**
 * A start may be granted and fail afterwards, without capacity or without the right to use the key of a volume
 * (`kms:CreateGrant`): the instance is `stopped` again, and says why in its state reason only.
 */
export async function instanceRuns(power: Power): Promise<Progress> {
  const seen = await describeInstance(power);
  if (!seen) return { state: 'failed', because: GONE };
  const state = stateOf(seen);
  if (state === 'running') return { state: 'done' };
  if (state === 'pending') return { state: 'pending', seen: state };
  const code = seen.StateReason?.Code?.replace('Server.', '') ?? '';
  return { state: 'failed', because: whyStopped(seen), ...(PASSING.has(code) ? { retryable: true } : {}) };
}

/** The state of an instance that does not run, with what AWS says of it. */
export function whyStopped(seen: Instance): string {
  const reason = seen.StateReason?.Message ?? seen.StateReason?.Code;
  return reason ? `it is ${stateOf(seen)}: ${reason}` : `it is ${stateOf(seen)}`;
}

export const GONE = 'it is gone';

export const stateOf = ({ State }: Instance): string => State?.Name ?? 'unknown';

interface Move extends Power {
  readonly from: 'running' | 'stopped';
  readonly towards: readonly string[];
}

function judge(seen: Instance | undefined, { instanceType, from, towards }: Move): Verdict {
  if (!seen) return notAsExpected(GONE);
  const state = stateOf(seen);
  if (towards.includes(state)) return 'done';
  const passing = state === 'pending' || state === 'stopping';
  if (state !== from) return notAsExpected(`it is ${state}, not ${from}`, { retryable: passing });
  if (instanceType === undefined || seen.InstanceType === instanceType) return 'ask';
  return notAsExpected(`its type is ${seen.InstanceType}, not ${instanceType}`);
}

/** The instance as it is now; undefined when EC2 does not know it any more. @throws {AccessDeniedError} */
export async function describeInstance({ ec2, instance }: Power): Promise<Instance | undefined> {
  try {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance.id] }));
    return Reservations?.flatMap(({ Instances }) => Instances ?? [])[0];
  } catch (error) {
    if (nameOf(error).startsWith('InvalidInstanceID.')) return undefined;
    if (isDenied(error)) throw new AccessDeniedError('may not look at the instance', error);
    throw error;
  }
}
