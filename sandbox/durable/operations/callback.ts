import { cancel, type Effects } from './effect.ts';

export const callback: Effects = {
  ...cancel,
  START: ({ execution, operation, update, callbacks }) => {
    const { TimeoutSeconds: timeoutSeconds, HeartbeatTimeoutSeconds: heartbeatSeconds } = update.CallbackOptions ?? {};
    callbacks.open({ execution, operation, timeoutSeconds, heartbeatSeconds });
  },
};
