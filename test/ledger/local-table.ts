import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { ledgerShape } from '../../sandbox/hub/hub.ts';
import { withTransactions } from '../../sandbox/services/dynamodb/transactions.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';

/** A DynamoDB on 127.0.0.1, in this process. */
export interface LocalDynamo {
  readonly endpoint: string;
  /** A new, empty table of the ledger's shape, with a client of its own that sends everything once. */
  table(): Promise<LedgerTable>;
  close(): Promise<void>;
}

export async function startDynamo(): Promise<LocalDynamo> {
  const server: Server = withTransactions(dynalite({ createTableMs: 0 }));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: DynamoDBClient[] = [];
  return {
    endpoint,
    table: async () => {
      const client = localClient(endpoint);
      clients.push(client);
      return { client, table: await createTable(client), wait: async () => {} };
    },
    close: async () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

export const localClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'ap-northeast-2',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

async function createTable(client: DynamoDBClient): Promise<string> {
  const TableName = `ledger-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      ...ledgerShape(),
    }),
  );
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return TableName;
  }
}
