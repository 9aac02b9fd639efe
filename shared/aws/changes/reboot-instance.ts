import { type EC2Client, type Instance, RebootInstancesCommand } from '@aws-sdk/client-ec2';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { describeInstance, GONE, stateOf } from './instance-power.ts';
import { isNewer } from './move-instance.ts';
import { type ActionOf, only } from './only.ts';
import { isRefusal, notAsExpected } from './refused.ts';

/**
 * EC2 only queues a reboot, knows no token for it, and shows nothing of it afterwards: neither the state of the instance nor
 * its launch time changes. So it is asked for once; when the reply is lost, nobody knows (docs/decisions/0017). There is
 * nothing to protect and nothing to take back.
 * @param ec2 tries once: the SDK's own second try could be a second reboot
 */
export function rebootInstance(ec2: EC2Client): ChangeVerbs {
  return {
    apply: async (action) => reboot(ec2, only('reboot-instance', action)),
    settled: async (action) => runs(ec2, only('reboot-instance', action)),
    undo: async () => {
      throw notAsExpected(OVER);
    },
    undone: async () => ({ state: 'failed', because: OVER }),
  };
}

const OVER = 'a reboot cannot be taken back: the instance is as it was';

type Reboot = ActionOf<'reboot-instance'>;

/** It was sent, and the reply was lost. */
class UnheardError extends Error {
  override readonly name = 'UnheardError';
}

async function reboot(ec2: EC2Client, action: Reboot): Promise<Asked> {
  const { instance } = action;
  const send = () => ec2.send(new RebootInstancesCommand({ InstanceIds: [instance.id] }));
  try {
    return await ask({
      look: () => describeInstance({ ec2, instance }),
      judge: (seen) => judge(seen, action),
      mutate: () =>
        send().catch((error: unknown) => {
          throw isRefusal(error) ? error : new UnheardError('sent', { cause: error });
        }),
    });
  } catch (error) {
    if (error instanceof UnheardError) return 'unheard';
    throw error;
  }
}

/** Who has started it anew since has done more than a reboot does. */
function judge(seen: Instance | undefined, { expect }: Reboot): Verdict {
  if (!seen) return notAsExpected(GONE);
  const state = stateOf(seen);
  if (state !== 'running') return notAsExpected(`it is ${state}, not running`);
  return isNewer(seen, expect) ? notAsExpected('it has been started anew since') : 'ask';
}

/** It is `running` all the while: whether it came up, its status checks and alarms tell. */
async function runs(ec2: EC2Client, { instance }: Reboot): Promise<Progress> {
  const seen = await describeInstance({ ec2, instance });
  if (!seen) return { state: 'failed', because: GONE };
  const state = stateOf(seen);
  return state === 'running' ? { state: 'done' } : { state: 'failed', because: `it is ${state}` };
}
