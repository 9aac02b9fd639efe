import { type LambdaClient, SendDurableExecutionCallbackSuccessCommand } from '@aws-sdk/client-lambda';
import { nameOf } from './errors.ts';

/** Somebody else has woken it, its time is over, or the execution has ended and is forgotten. */
const OVER = new Set(['CallbackTimeoutException', 'ResourceNotFoundException']);

/**
 * Wakes a durable execution that waits on a callback. It is told nothing: what was answered is in the ledger, which is
 * all that it believes. So a callback that is over is no failure.
 */
export const lambdaWaker = (client: LambdaClient) => ({
  wake: async (callbackId: string): Promise<'woken' | 'over'> => {
    try {
      await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId }));
      return 'woken';
    } catch (error) {
      if (OVER.has(nameOf(error))) return 'over';
      throw error;
    }
  },
});
