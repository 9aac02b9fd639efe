import { setTimeout } from 'node:timers/promises';
import {
  type ContinuousBackupsDescription,
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  paginateListTables,
} from '@aws-sdk/client-dynamodb';
import type { HttpHandlerOptions } from '@smithy/types';
import { type Evidence, known } from '../../core/evidence.ts';
import { partitionOf, type Scope } from '../../core/identity.ts';
import type { OwnBackups, Store } from '../../core/retention/protections.ts';
import { nameOf } from '../errors.ts';
import { chunks, everyItem } from '../pages.ts';
import { readable } from './unreadable.ts';

/** DynamoDB answers `DescribeContinuousBackups`, which is for one table, ten times a second. */
const AT_ONCE = 5;
const PAUSE_MS = 500;

/** Before the period could be chosen it was always this one. */
const DEFAULT_DAYS = 35;

/** The tables of a scope with their point-in-time recovery. Without a time of creation: that would be another call each. */
export async function listTables(client: DynamoDBClient, scope: Scope, options: HttpHandlerOptions): Promise<Store[]> {
  const names = await everyItem(paginateListTables({ client, pageSize: 100 }, {}, options), (page) => page.TableNames);
  const tables: Store[] = [];
  for (const [number, chunk] of chunks(names, AT_ONCE).entries()) {
    if (number > 0 && !options.abortSignal?.aborted) await setTimeout(PAUSE_MS);
    const read = chunk.map((name) =>
      readable('the point-in-time recovery', () => readTable(client, { name, scope }, options)),
    );
    for (const [index, table] of (await Promise.all(read)).entries()) {
      if (!table.known) tables.push(storeOf({ name: chunk[index] ?? '', scope }, table));
      else if (table.value) tables.push(table.value);
    }
  }
  return tables;
}

interface Table {
  readonly name: string;
  readonly scope: Scope;
}

/** Undefined when the table went while the others were read. */
async function readTable(
  client: DynamoDBClient,
  table: Table,
  options: HttpHandlerOptions,
): Promise<Store | undefined> {
  try {
    const question = new DescribeContinuousBackupsCommand({ TableName: table.name });
    const { ContinuousBackupsDescription: described } = await client.send(question, options);
    return storeOf(table, known(recoveryIn(described)));
  } catch (error) {
    if (nameOf(error) === 'TableNotFoundException') return undefined;
    throw error;
  }
}

function recoveryIn(described: ContinuousBackupsDescription | undefined): OwnBackups {
  const {
    PointInTimeRecoveryStatus,
    RecoveryPeriodInDays = DEFAULT_DAYS,
    LatestRestorableDateTime: newest,
  } = described?.PointInTimeRecoveryDescription ?? {};
  const days = PointInTimeRecoveryStatus === 'ENABLED' ? RecoveryPeriodInDays : 0;
  return { by: 'point-in-time recovery', days, ...(newest ? { newest } : {}) };
}

const storeOf = ({ name, scope }: Table, own: Evidence<OwnBackups>): Store => ({
  arn: `arn:${partitionOf(scope.region)}:dynamodb:${scope.region}:${scope.account}:table/${name}`,
  name,
  scope,
  service: 'DynamoDB',
  own,
});
