import { type Change, type Effects, finish } from './effect.ts';

/** Child contexts, and what map and parallel are made of. */
export const context: Effects = {
  // The operation as it was created says everything.
  START: () => {},
  SUCCEED: (change) => {
    recordOutcome(change);
    finish(change, 'SUCCEEDED');
  },
  FAIL: (change) => {
    recordOutcome(change);
    finish(change, 'FAILED');
  },
};

function recordOutcome({ operation, update }: Change): void {
  const ReplayChildren = update.ContextOptions?.ReplayChildren ?? operation.ContextDetails?.ReplayChildren;
  operation.ContextDetails = { ReplayChildren, Result: update.Payload, Error: update.Error };
}
