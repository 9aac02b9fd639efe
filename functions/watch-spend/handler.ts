import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { policyIn } from '../../shared/aws/ledger/policies.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { lookingConfig } from '../../shared/runtime/scanner-config.ts';
import { eventSchema } from './event.ts';

const config = lookingConfig(process.env);

const table = {
  client: new DynamoDBClient({ region: config.AWS_REGION, ...PATIENT }),
  table: config.LEDGER_TABLE,
};

export const handler = defineFunction({
  name: 'watch-spend',
  event: eventSchema,
  // What looks, judges and tells is most of the code: it is loaded while the ledger answers. `check` reads the policy by
  // itself: it also works where that cannot be read.
  handle: async (event, tick) => {
    const [stored, { handleWith }] = await Promise.all([
      event.check ? undefined : policyIn(table).currentPolicy(),
      import('./looking.ts'),
    ]);
    return handleWith(config, table)(event, { ...tick, stored });
  },
});
