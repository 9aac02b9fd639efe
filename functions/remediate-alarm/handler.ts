import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import { HASTY } from '../../shared/aws/patient.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { handingOverConfig } from '../../shared/runtime/scanner-config.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = handingOverConfig(process.env);

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
