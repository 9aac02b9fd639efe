import {
  type CloudWatchClient,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Action, directionOf } from '../../core/action.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { chunks } from '../pages.ts';
import { RefusedError, refusedBy } from './refused.ts';

/** The alarms that an action names: to be muted when it stops something, to be heard again when it starts something. */
export const alarmsOf = (action: Action): readonly string[] =>
  ('mute' in action && action.mute) || ('unmute' in action && action.unmute) || [];

/**
 * The same verbs, with the alarms that the action names. Their actions are off just before the mutation that stops, and on
 * again once the resource runs or cannot be brought to run, for then people have to hear of it. What is already stopped, or
 * on its way there, has its alarms as they are: whoever did it has seen to them.
 */
export function withAlarms(cloudwatch: CloudWatchClient, verbs: ChangeVerbs): ChangeVerbs {
  const switches = switchesOf(cloudwatch);

  async function quietly(action: Action, { look, stop }: Stopping): Promise<Asked> {
    if ((await look(action)).state !== 'failed') return stop();
    await switches.off(alarmsOf(action)).catch(refuse);
    try {
      return await stop();
    } catch (error) {
      if (error instanceof RefusedError) await switches.on(alarmsOf(action));
      throw error;
    }
  }

  /** What somebody else has started has alarms that only we can give back. */
  async function aloud(action: Action, start: () => Promise<Asked>): Promise<Asked> {
    const asked = await start();
    if (asked === 'asked' || alarmsOf(action).length === 0) return asked;
    await switches.on(alarmsOf(action));
    return 'asked';
  }

  return {
    ...verbs,
    apply: (action, ...more) => {
      const apply = () => verbs.apply(action, ...more);
      return isStop(action) ? quietly(action, { look: verbs.settled, stop: apply }) : aloud(action, apply);
    },
    undo: (action) => {
      const undo = () => verbs.undo(action);
      return isStop(action) ? aloud(action, undo) : quietly(action, { look: verbs.undone, stop: undo });
    },
    advance: async (action, going) => {
      const progress = await (verbs.advance?.(action, going) ?? verbs[going.towards](action));
      const starts = isStop(action) === (going.towards === 'undone');
      if (starts && progress.state !== 'pending') await switches.on(alarmsOf(action));
      return progress;
    },
    hearAgain: async (action) => {
      if (isStop(action)) await switches.on(alarmsOf(action));
    },
  };
}

interface Stopping {
  /** Failed means that it runs. */
  readonly look: (action: Action) => Promise<Progress>;
  readonly stop: () => Promise<Asked>;
}

const isStop = (action: Action): boolean => directionOf(action) === 'takes';

/** CloudWatch takes so many names a call, and passes over those of alarms that are gone. */
const A_CALL = 100;

/** Both may be repeated: an alarm is not told twice. */
function switchesOf(cloudwatch: CloudWatchClient) {
  return {
    off: async (names: readonly string[]): Promise<void> => {
      for (const AlarmNames of chunks(names, A_CALL)) {
        await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames }));
      }
    },
    on: async (names: readonly string[]): Promise<void> => {
      for (const AlarmNames of chunks(names, A_CALL)) {
        await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames }));
      }
    },
  };
}

/** What would wake somebody for nothing is not stopped. */
const refuse = (error: unknown): never => {
  const { message, ...refusal } = refusedBy(error);
  throw new RefusedError(`its alarms were not muted: ${message}`, { ...refusal, cause: error });
};
