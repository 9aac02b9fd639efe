import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { familyReads } from '../../shared/aws/check/families.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';
import { lambdaWaker } from '../../shared/aws/waker.ts';
import { orCheck } from '../../shared/core/check-event.ts';
import { optionalSetting, readConfig, setting, stageOf } from '../../shared/runtime/config.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    AWS_LAMBDA_FUNCTION_NAME: optionalSetting(),
    LEDGER_TABLE: setting('the name of the ledger table'),
    CARRY_OUT_ARN: setting('the ARN of the function carry-out, with its version or alias'),
  }),
  process.env,
);

/** A person waits for the answer: a few attempts, not the ten of a scan. */
const home = { region: config.AWS_REGION, maxAttempts: 4 };
const table = { client: new DynamoDBClient(home), table: config.LEDGER_TABLE };
const lambda = new LambdaClient(home);
const { currentPolicy, vetoes } = dynamoLedger(table);

export const handler = defineFunction({
  name: 'answer',
  event: orCheck(eventSchema),
  handle: handle({
    ledger: { ...answerLedger(table), currentPolicy, vetoes },
    waker: lambdaWaker(lambda),
    starter: lambdaStarter(lambda, config.CARRY_OUT_ARN),
    clock: () => new Date(),
    needs: {
      function: 'answer',
      stage: stageOf('answer', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger: { currentPolicy },
      reads: familyReads(table, ['ANSWER#', 'PLAN#', 'RESOURCE#', 'RUN#']),
      roles: [],
      hub: { 'lambda:InvokeFunction': starterCheck(lambda, config.CARRY_OUT_ARN) },
      untried: ['dynamodb:PutItem', 'lambda:SendDurableExecutionCallbackSuccess'],
    },
  }),
});
