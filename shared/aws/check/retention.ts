import { BackupClient, ListProtectedResourcesCommand } from '@aws-sdk/client-backup';
import { DescribeContinuousBackupsCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeReplicationGroupsCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { DescribeKeyCommand, KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DescribeAccountAttributesCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  DescribeGlobalClustersCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { DescribeClustersCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import type { AccountRole, Answer } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { PATIENT } from '../patient.ts';
import { answerTo } from './answer.ts';
import { SMALLEST, tryAll } from './reads.ts';

/** Whether an account lets us in, and whether its databases, snapshots and other protections may be read in a region. */
export const retentionCheck = (credentialsOf: CredentialsOf): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async ({ account, region }) => {
    // Somebody waits for the answer.
    const config = { region, credentials: await credentialsOf(account), ...PATIENT, maxAttempts: 3 };
    const clients = {
      backup: new BackupClient(config),
      dynamodb: new DynamoDBClient(config),
      elastiCache: new ElastiCacheClient(config),
      kms: new KMSClient(config),
      rds: new RDSClient(config),
      redshift: new RedshiftClient(config),
    };
    try {
      return await tryRetention(clients);
    } finally {
      for (const client of Object.values(clients)) client.destroy();
    }
  },
});

interface RetentionClients {
  readonly backup: BackupClient;
  readonly dynamodb: DynamoDBClient;
  readonly elastiCache: ElastiCacheClient;
  readonly kms: KMSClient;
  readonly rds: RDSClient;
  readonly redshift: RedshiftClient;
}

async function tryRetention({ backup, dynamodb, elastiCache, kms, rds, redshift }: RetentionClients) {
  const page = { MaxRecords: SMALLEST.rds };
  const [answers, continuousBackups, key] = await Promise.all([
    tryAll({
      'rds:DescribeDBInstances': () => rds.send(new DescribeDBInstancesCommand(page)),
      'rds:DescribeDBClusters': () => rds.send(new DescribeDBClustersCommand(page)),
      'rds:DescribeGlobalClusters': () => rds.send(new DescribeGlobalClustersCommand(page)),
      'rds:DescribeDBSnapshots': () => rds.send(new DescribeDBSnapshotsCommand(page)),
      'rds:DescribeDBClusterSnapshots': () => rds.send(new DescribeDBClusterSnapshotsCommand(page)),
      'rds:DescribeAccountAttributes': () => rds.send(new DescribeAccountAttributesCommand({})),
      'kms:ListAliases': () => kms.send(new ListAliasesCommand({ Limit: 1 })),
      'dynamodb:ListTables': () => dynamodb.send(new ListTablesCommand({ Limit: 1 })),
      'elasticache:DescribeReplicationGroups': () => elastiCache.send(new DescribeReplicationGroupsCommand(page)),
      'redshift:DescribeClusters': () => redshift.send(new DescribeClustersCommand(page)),
      'backup:ListProtectedResources': () => backup.send(new ListProtectedResourcesCommand({ MaxResults: 1 })),
    }),
    tryContinuousBackups(dynamodb),
    tryKey(kms),
  ]);
  return { ...answers, 'dynamodb:DescribeContinuousBackups': continuousBackups, 'kms:DescribeKey': key };
}

/** Of the one key that every account has where RDS has encrypted anything; of another its own policy may think otherwise. */
async function tryKey(client: KMSClient): Promise<Answer> {
  const answer = await answerTo(() => client.send(new DescribeKeyCommand({ KeyId: 'alias/aws/rds' })));
  return answer.state === 'failed' && answer.code === 'NotFoundException'
    ? { state: 'untried', why: 'RDS has no key of its own here yet' }
    : answer;
}

/** Of a table that is not there: DynamoDB says so to those only who may ask. */
async function tryContinuousBackups(client: DynamoDBClient): Promise<Answer> {
  const question = new DescribeContinuousBackupsCommand({ TableName: 'lamplighter-check' });
  const answer = await answerTo(() => client.send(question));
  return answer.state === 'failed' && answer.code === 'TableNotFoundException' ? { state: 'ok' } : answer;
}
