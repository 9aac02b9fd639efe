import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AccountRole, Answers } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import type { ScopeClients } from '../clients.ts';
import { PATIENT } from '../patient.ts';
import { answerTo } from './answer.ts';

/** Tries operations that only read, one call each. */
export type Tries = (clients: ScopeClients, now: Date) => Promise<Answers>;

/** Whether an account lets us in, and what the role may read in a scope. */
export const roleCheck = (credentialsOf: CredentialsOf, tries: Tries): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async (scope, now) => {
    // Somebody waits for the answer, and an unreachable region is one: not the ten attempts of a scan.
    const config = {
      region: scope.region,
      credentials: await credentialsOf(scope.account),
      ...PATIENT,
      maxAttempts: 3,
    };
    const clients: ScopeClients = {
      ec2: new EC2Client(config),
      rds: new RDSClient(config),
      cloudwatch: new CloudWatchClient(config),
      autoScaling: new AutoScalingClient(config),
    };
    try {
      return await tries(clients, now);
    } finally {
      for (const client of Object.values(clients)) client.destroy();
    }
  },
});
