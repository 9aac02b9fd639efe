import {
  type _InstanceType,
  type EC2Client,
  type Instance,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Action } from '../../core/action.ts';
import type { Identity } from '../../core/identity.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask } from './ask.ts';
import { describeInstance, GONE, stateOf, whyStopped } from './instance-power.ts';
import { only } from './only.ts';
import { notAsExpected, type RefusedError } from './refused.ts';
import { stepOn } from './step-on.ts';

/**
 * An instance takes another type only while it is stopped: stop, modify, start. What is due follows from its state and its
 * type alone, so a resize that was broken off anywhere goes on from there. Needs no protection: the volumes stay. Taking
 * it back is the same with the types exchanged, and begins wherever the instance is.
 */
export function resizeInstance(ec2: EC2Client): ChangeVerbs {
  const there = (action: Action): Resize => {
    const { instance, from, to } = only('resize-instance', action);
    return { ec2, instance, leaves: from, wants: to };
  };
  const back = (action: Action): Resize => {
    const { leaves, wants, ...resize } = there(action);
    return { ...resize, leaves: wants, wants: leaves };
  };
  return {
    apply: async (action) => begin(there(action)),
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => goOn(back(action)),
    undone: async (action) => progressOf(back(action)),
    advance: async (action, { towards, seen }) => advance(towards === 'settled' ? there(action) : back(action), seen),
  };
}

interface Resize {
  readonly ec2: EC2Client;
  readonly instance: Identity;
  /** Types. */
  readonly leaves: string;
  readonly wants: string;
}

/** The next mutation; that none is due now, or any more; or why nothing can be done. */
type Due = 'stop' | 'modify' | 'start' | 'wait' | 'nothing' | RefusedError;

function dueOf(seen: Instance | undefined, { leaves, wants }: Resize): Due {
  if (!seen) return notAsExpected(GONE);
  const { InstanceType: type } = seen;
  if (type !== leaves && type !== wants) return notAsExpected(`its type is ${type}, not ${leaves}`);
  switch (stateOf(seen)) {
    case 'running':
      return type === wants ? 'nothing' : 'stop';
    case 'stopped':
      return type === wants ? 'start' : 'modify';
    case 'pending':
    case 'stopping':
      return 'wait';
    default:
      return notAsExpected(`it is ${stateOf(seen)}, not running`);
  }
}

/** The stop. Whatever comes after it is on its way already. */
const begin = (resize: Resize): Promise<Asked> =>
  ask({
    look: () => describeInstance(resize),
    judge: (seen) => {
      const due = dueOf(seen, resize);
      const starting = seen && stateOf(seen) === 'pending' && seen.InstanceType === resize.leaves;
      if (starting) return notAsExpected('it is pending, not running', { retryable: true });
      return due === 'stop' ? 'ask' : due instanceof Error ? due : 'done';
    },
    mutate: () => stop(resize),
  });

/** Whatever is due. */
const goOn = (resize: Resize): Promise<Asked> =>
  ask({
    look: () => describeInstance(resize),
    judge: (seen) => {
      const due = dueOf(seen, resize);
      return due === 'wait' || due === 'nothing' ? 'done' : due instanceof Error ? due : 'ask';
    },
    mutate: (seen) => make(dueOf(seen, resize), resize),
  });

/** A modification is followed at once by the start: the instance is down. */
async function make(due: Due, resize: Resize): Promise<void> {
  if (due === 'stop') await stop(resize);
  if (due === 'modify') await modify(resize);
  if (due === 'modify' || due === 'start') await start(resize);
}

const stop = ({ ec2, instance }: Resize) => ec2.send(new StopInstancesCommand({ InstanceIds: [instance.id] }));
const start = ({ ec2, instance }: Resize) => ec2.send(new StartInstancesCommand({ InstanceIds: [instance.id] }));
const modify = ({ ec2, instance, wants }: Resize) =>
  ec2.send(
    new ModifyInstanceAttributeCommand({ InstanceId: instance.id, InstanceType: { Value: wants as _InstanceType } }),
  );

async function progressOf(resize: Resize): Promise<Progress> {
  const seen = await describeInstance(resize);
  const due = dueOf(seen, resize);
  if (due instanceof Error) return { state: 'failed', because: due.message };
  if (due === 'nothing') return { state: 'done' };
  if (due === 'stop') return { state: 'failed', because: `it is running as ${resize.leaves}` };
  return { state: 'pending', seen: seen ? stateOf(seen) : '' };
}

/**
 * Whatever is due after the stop. A start that was granted may fail without capacity, and the instance is `stopped` again:
 * it was `pending` when it was looked at before, or the start was asked for.
 */
async function advance(resize: Resize, before: string): Promise<Progress> {
  const seen = await describeInstance(resize);
  const due = dueOf(seen, resize);
  if (due === 'start' && before === STARTING) return { state: 'failed', because: seen ? whyStopped(seen) : GONE };
  if (due !== 'start' && due !== 'modify') return progressOf(resize);
  return stepOn(async () => {
    await goOn(resize);
    return { state: 'pending', seen: STARTING };
  });
}

const STARTING = 'pending';
