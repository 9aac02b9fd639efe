import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import { HASTY } from '../../shared/aws/patient.ts';
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
  client: new DynamoDBClient({ region: config.AWS_REGION, ...HASTY }),
  table: config.LEDGER_TABLE,
};

export const handler = defineFunction({
  name: 'remediate-alarm',
  event: eventSchema,
  handle: handle({
    ledger: remediationLedger(table),
    clock: () => new Date(),
    // Nobody stays for what is only waited for.
    wait: (milliseconds) => pause(milliseconds, undefined, { ref: false }),
    looking: async () => (await import('./looking.ts')).lookingWith(config, table),
  }),
});
