import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AccountRole, Answers } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import type { ScopeClients } from '../clients.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import { PATIENT } from '../patient.ts';
import { using } from '../using.ts';
import { answerTo } from './answer.ts';

/** The clients that every role is tried with. */
export type RoleClients = Pick<ScopeClients, 'cloudwatch' | 'ec2' | 'rds'>;

/**
 * Tries operations that only read, one call each.
 * @param config for a client that not every role needs
 */
export type Tries = (clients: RoleClients, now: Date, config: ClientConfig) => Promise<Answers>;

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
    const clients = {
      ec2: new EC2Client(config),
      rds: new RDSClient(config),
      cloudwatch: new CloudWatchClient(config),
    };
    return using(clients, () => tries(clients, now, config));
  },
});
