import { cancel, type Effects } from './effect.ts';

export const wait: Effects = {
  ...cancel,
  START: ({ execution, operation, update, now }) => {
    const seconds = update.WaitOptions?.WaitSeconds ?? 0;
    operation.WaitDetails = { ScheduledEndTimestamp: new Date(now().getTime() + seconds * 1_000) };
    execution.after({ seconds }, () => execution.close(operation, 'SUCCEEDED'));
  },
};
