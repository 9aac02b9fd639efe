import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import { HASTY } from '../../shared/aws/patient.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { handingOverConfig } from '../../shared/runtime/scanner-config.ts';
import { eventSchema } from './event.ts';
import { handle, type Looking } from './handle.ts';

const config = handingOverConfig(process.env);

const table = {
  client: new DynamoDBClient({ region: config.AWS_REGION, ...HASTY }),
  table: config.LEDGER_TABLE,
};

/** Once a process: a session with an account, and its connections, are good for the next alarm, too. */
let looking: Promise<Looking> | undefined;

export const handler = defineFunction({
  name: 'remediate-alarm',
  event: eventSchema,
  handle: handle({
    ledger: remediationLedger(table),
    clock: () => new Date(),
    // Nobody stays for what is only waited for.
    wait: (milliseconds) => pause(milliseconds, undefined, { ref: false }),
    looking: () => {
      looking ??= import('./looking.ts').then(({ lookingWith }) => lookingWith(config, table));
      return looking;
    },
  }),
});
