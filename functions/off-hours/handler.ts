import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { handingOverConfig } from '../../shared/runtime/scanner-config.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = handingOverConfig(process.env);

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
