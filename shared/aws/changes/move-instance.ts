import { type EC2Client, type Instance, StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import type { Action } from '../../core/action.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask } from './ask.ts';
import { describeInstance, GONE, stateOf, whyStopped } from './instance-power.ts';
import { type ActionOf, only } from './only.ts';
import { notAsExpected, type RefusedError } from './refused.ts';
import { stepOn } from './step-on.ts';

/**
 * A stop and a start bring an instance to another host. Every start makes a new launch time, so that what is due follows from
 * what EC2 shows alone, wherever it was broken off. Needs no protection: the volumes stay. The way back is forward: whatever
 * has become of it, it is to run.
 */
export function moveInstance(ec2: EC2Client): ChangeVerbs {
  const of = (action: Action): Move => ({ ec2, ...only('move-instance', action) });
  return {
    apply: async (action) => begin(of(action)),
    settled: async (action) => progressOf(of(action)),
    undo: async (action) => bringUp(of(action)),
    undone: async (action) => progressOf(of(action)),
    advance: async (action, { seen }) => advance(of(action), seen),
  };
}

interface Move extends Pick<ActionOf<'move-instance'>, 'instance' | 'expect'> {
  readonly ec2: EC2Client;
}

/** Whether it was started after the time that is expected. EC2's launch times are whole seconds. */
export const isNewer = ({ LaunchTime }: Instance, { launchedAt }: { readonly launchedAt: string }): boolean =>
  (LaunchTime?.getTime() ?? 0) >= Date.parse(launchedAt) + 1000;

/** The next mutation; that none is due now, or any more; or why nothing can be done. */
type Due = 'stop' | 'start' | 'wait' | 'nothing' | RefusedError;

function dueOf(seen: Instance | undefined, { expect }: Move): Due {
  if (!seen) return notAsExpected(GONE);
  const { InstanceType: type } = seen;
  if (type !== expect.instanceType) return notAsExpected(`its type is ${type}, not ${expect.instanceType}`);
  switch (stateOf(seen)) {
    case 'running':
      return isNewer(seen, expect) ? 'nothing' : 'stop';
    case 'stopped':
      return 'start';
    case 'pending':
    case 'stopping':
      return 'wait';
    default:
      return notAsExpected(`it is ${stateOf(seen)}, not running`);
  }
}

/** The stop. Whatever comes after it is on its way already. */
const begin = (move: Move): Promise<Asked> =>
  ask({
    look: () => describeInstance(move),
    judge: (seen) => {
      const due = dueOf(seen, move);
      return due === 'stop' ? 'ask' : due instanceof Error ? due : 'done';
    },
    mutate: () => move.ec2.send(new StopInstancesCommand({ InstanceIds: [move.instance.id] })),
  });

/** The start, if it is due: one that was never stopped runs. */
const bringUp = (move: Move): Promise<Asked> =>
  ask({
    look: () => describeInstance(move),
    judge: (seen) => {
      const due = dueOf(seen, move);
      return due === 'start' ? 'ask' : due instanceof Error ? due : 'done';
    },
    mutate: () => move.ec2.send(new StartInstancesCommand({ InstanceIds: [move.instance.id] })),
  });

async function progressOf(move: Move): Promise<Progress> {
  const seen = await describeInstance(move);
  const due = dueOf(seen, move);
  if (due instanceof Error) return { state: 'failed', because: due.message };
  if (due === 'nothing') return { state: 'done' };
  if (due === 'stop') return { state: 'failed', because: 'it was never stopped' };
  return { state: 'pending', seen: seen ? stateOf(seen) : '' };
}

/** A start that was granted may fail without capacity, and the instance is `stopped` again. */
async function advance(move: Move, before: string): Promise<Progress> {
  const seen = await describeInstance(move);
  const due = dueOf(seen, move);
  if (due !== 'start') return progressOf(move);
  if (before === STARTING) return { state: 'failed', because: seen ? whyStopped(seen) : GONE };
  return stepOn(async () => {
    await bringUp(move);
    return { state: 'pending', seen: STARTING };
  });
}

const STARTING = 'pending';
