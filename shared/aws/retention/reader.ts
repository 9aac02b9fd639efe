import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { KMSClient } from '@aws-sdk/client-kms';
import { RDSClient, type RDSClientConfig } from '@aws-sdk/client-rds';
import { RedshiftClient } from '@aws-sdk/client-redshift';
import type { AwsCredentialIdentity, HttpHandlerOptions } from '@smithy/types';
import { unknown } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import type { SnapshotQuota } from '../../core/retention/facts.ts';
import type { ScopeProtections } from '../../core/retention/protections.ts';
import type { RetentionReader, SnapshotReading } from '../../ports-retention.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { PATIENT } from '../patient.ts';
import { using } from '../using.ts';
import { readLastBackups } from './aws-backup.ts';
import { listBackedUpDatabases } from './databases.ts';
import { listTables } from './dynamodb-tables.ts';
import { listReplicationGroups } from './elasticache.ts';
import { listManagedKeys, readKeyStates } from './keys.ts';
import { readQuotas } from './quotas.ts';
import { listWarehouses } from './redshift.ts';
import { showSnapshots } from './snapshots.ts';
import { readable } from './unreadable.ts';

/**
 * Databases, snapshots and what else protects data, as the look role of each account shows it.
 * @param patience for how long AWS is asked before it counts as silent
 */
export function awsRetention(credentialsOf: CredentialsOf, patience: Patience = PATIENT): RetentionReader {
  const configFor = async ({ account, region }: Scope): Promise<Config> => ({
    region,
    credentials: await credentialsOf(account),
    ...patience,
  });
  return {
    databases: (scope) =>
      readable('the databases', async () =>
        using({ rds: new RDSClient(await configFor(scope)) }, ({ rds }) => listBackedUpDatabases(rds, scope)),
      ),
    snapshots: (scope, reading) =>
      readable('the snapshots', async () => {
        const config = await configFor(scope);
        return using({ rds: new RDSClient(config), kms: new KMSClient(config) }, (clients) =>
          readSnapshots(clients, scope, reading),
        );
      }),
    keyStates: async (scope, keys) => {
      const states = await readable('the keys', async () =>
        using({ kms: new KMSClient(await configFor(scope)) }, ({ kms }) => readKeyStates(kms, keys)),
      );
      return states.known ? states.value : new Map(keys.map((key) => [key, states]));
    },
    protections: (scope, until) => readProtections(scope, () => configFor(scope), until ? { abortSignal: until } : {}),
  };
}

type Patience = Pick<RDSClientConfig, 'maxAttempts' | 'requestHandler'>;

type Config = { readonly region: string; readonly credentials: AwsCredentialIdentity } & Patience;

async function readSnapshots(
  { rds, kms }: { readonly rds: RDSClient; readonly kms: KMSClient },
  scope: Scope,
  { keys, see }: SnapshotReading,
): Promise<readonly SnapshotQuota[]> {
  const [managed, quotas] = await Promise.all([
    keys === 'whose' ? readable('the aliases of KMS', () => listManagedKeys(kms)) : UNASKED,
    readQuotas(rds, scope),
  ]);
  await showSnapshots(rds, { scope, managed }, see);
  return quotas;
}

const UNASKED = unknown('nobody had to know who manages it');

/** Each service by itself: what is denied of one says nothing of the others. */
async function readProtections(
  scope: Scope,
  config: () => Promise<Config>,
  options: HttpHandlerOptions,
): Promise<ScopeProtections> {
  const [DynamoDB, ElastiCache, Redshift, awsBackup] = await Promise.all([
    readable('the tables of DynamoDB', async () =>
      using({ client: new DynamoDBClient(await config()) }, ({ client }) => listTables(client, scope, options)),
    ),
    readable('the replication groups of ElastiCache', async () =>
      using({ client: new ElastiCacheClient(await config()) }, ({ client }) =>
        listReplicationGroups(client, scope, options),
      ),
    ),
    readable('the clusters of Redshift', async () =>
      using({ client: new RedshiftClient(await config()) }, ({ client }) => listWarehouses(client, scope, options)),
    ),
    readable('what AWS Backup protects', async () =>
      using({ client: new BackupClient(await config()) }, ({ client }) => readLastBackups(client, options)),
    ),
  ]);
  return { ...scope, stores: { DynamoDB, ElastiCache, Redshift }, awsBackup };
}
