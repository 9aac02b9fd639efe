import { cancel, type Effects } from './effect.ts';

export const chainedInvoke: Effects = {
  ...cancel,
  START: ({ execution, operation, update, chain }) => {
    chain(update.ChainedInvokeOptions?.FunctionName ?? '', update.Payload ?? '{}', (outcome) => {
      if ('error' in outcome) {
        execution.close(operation, 'FAILED', { ChainedInvokeDetails: { Error: outcome.error } });
      } else {
        execution.close(operation, 'SUCCEEDED', { ChainedInvokeDetails: { Result: outcome.result } });
      }
    });
  },
};
