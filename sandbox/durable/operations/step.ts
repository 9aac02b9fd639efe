import { type Change, type Effects, finish } from './effect.ts';

/** Steps, and the rounds of waitForCondition: for the service they are the same. */
export const step: Effects = {
  START: ({ operation }) => {
    operation.Status = 'STARTED';
  },
  SUCCEED: (change) => {
    recordAttempt(change);
    finish(change, 'SUCCEEDED');
  },
  FAIL: (change) => {
    recordAttempt(change);
    finish(change, 'FAILED');
  },
  RETRY: scheduleNextAttempt,
};

/** Keeps what an attempt gave: a result, an error, or the state of a condition. */
function recordAttempt({ operation, update }: Change): void {
  const attempt = (operation.StepDetails?.Attempt ?? 0) + 1;
  operation.StepDetails = { Attempt: attempt, Result: update.Payload, Error: update.Error };
}

function scheduleNextAttempt(change: Change): void {
  const { execution, operation, update, now } = change;
  const seconds = update.StepOptions?.NextAttemptDelaySeconds ?? 0;
  recordAttempt(change);
  operation.Status = 'PENDING';
  operation.StepDetails!.NextAttemptTimestamp = new Date(now().getTime() + seconds * 1_000);
  execution.after({ seconds }, () => {
    operation.Status = 'READY';
    delete operation.StepDetails?.NextAttemptTimestamp;
    execution.wakeFor(operation);
  });
}
