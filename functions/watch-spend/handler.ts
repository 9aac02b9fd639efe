import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
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
    EXTERNAL_ID: setting('the external id that the roles demand'),
  }),
  process.env,
);

const home = { region: config.AWS_REGION, ...PATIENT };
const table = { client: new DynamoDBClient(home), table: config.LEDGER_TABLE };

export const handler = defineFunction({
  name: 'watch-spend',
  event: eventSchema,
  handle: handle({
    ledger: spendLedger(table),
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    clock: () => new Date(),
    looking: async () => (await import('./looking.ts')).lookingWith(config, table),
  }),
});
