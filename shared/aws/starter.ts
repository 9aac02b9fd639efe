import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Starter } from '../ports.ts';
import { nameOf } from './errors.ts';

/**
 * Starts the durable execution that carries a plan out, named by the plan's id: the same name with the same payload is
 * the same execution, however often asked, until its retention is over.
 * @param functionArn of a version or an alias: durable functions are invoked by a qualified ARN only
 */
export function lambdaStarter(client: LambdaClient, functionArn: string): Starter {
  return {
    start: async (planId) => {
      const request = new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'Event',
        DurableExecutionName: planId,
        Payload: Buffer.from(JSON.stringify({ plan: planId })),
      });
      try {
        await client.send(request);
      } catch (error) {
        if (nameOf(error) !== 'DurableExecutionAlreadyStartedException') throw error;
      }
    },
  };
}
