import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { nameOfPart } from '../core/plan.ts';
import type { Starter } from '../ports.ts';
import type { Answer } from '../ports-check.ts';
import { answerTo } from './check/answer.ts';
import { nameOf } from './errors.ts';

/**
 * Starts the durable execution that carries a plan out, or a part of it, named by the plan's id and the part's number: the
 * same name with the same payload is the same execution, however often asked, until its retention is over.
 * @param functionArn of a version or an alias: durable functions are invoked by a qualified ARN only
 */
export function lambdaStarter(client: LambdaClient, functionArn: string): Starter {
  return {
    start: async (part) => {
      const request = new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'Event',
        DurableExecutionName: nameOfPart(part),
        Payload: Buffer.from(JSON.stringify(part)),
      });
      try {
        await client.send(request);
      } catch (error) {
        if (nameOf(error) !== 'DurableExecutionAlreadyStartedException') throw error;
      }
    },
  };
}

/** Whether an execution may be started, by a dry run. */
export const starterCheck = (client: LambdaClient, functionArn: string) => async (): Promise<Answer> => {
  const dryRun = new InvokeCommand({ FunctionName: functionArn, InvocationType: 'DryRun' });
  const answer = await answerTo(() => client.send(dryRun));
  return answer.state === 'failed' && answer.code === 'InvalidParameterValueException'
    ? { state: 'untried', why: 'Lambda makes no dry run of it; the first plan that is handed over shows it' }
    : answer;
};
