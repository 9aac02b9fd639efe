import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    AWS_LAMBDA_FUNCTION_NAME: optionalSetting(),
    LEDGER_TABLE: setting('the name of the ledger table'),
    TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
    CHAT_TOPIC_ARN: optionalSetting(),
    LOOK_ROLE_NAME: setting('the name of the role to assume in each account'),
    CARRY_OUT_ARN: setting('the ARN of the alias of the function carry-out'),
    EXTERNAL_ID: setting('the external id that the roles demand'),
  }),
  process.env,
);

const table = {
  client: new DynamoDBClient({ region: config.AWS_REGION, ...PATIENT }),
  table: config.LEDGER_TABLE,
};

export const handler = defineFunction({
  name: 'off-hours',
  event: eventSchema,
  handle: handle({
    ledger: offHoursLedger(table),
    clock: () => new Date(),
    looking: async () => (await import('./looking.ts')).lookingWith(config, table),
  }),
});
