import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsInput,
  UpdateContinuousBackupsInput,
} from '@aws-sdk/client-dynamodb';
import { DAY, MINUTE } from '../../clock.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller, Incoming } from '../service.ts';
import type { Database } from './databases.ts';

/** A table can be restored to any second of so many days, but for the last minutes. */
const DAYS = 35;
const NOT_YET = 5 * MINUTE;

/** Point-in-time recovery, which dynalite has not: what is known is in the estate, whether a table is there in dynalite. */
export const CONTINUOUS_BACKUPS = {
  DescribeContinuousBackups: ({ TableName = '' }: DescribeContinuousBackupsInput, caller: Caller) =>
    describe(caller, TableName),
  UpdateContinuousBackups: (input: UpdateContinuousBackupsInput, caller: Caller) => {
    const { TableName = '', PointInTimeRecoverySpecification: asked } = input;
    const { recoverableSince } = caller.region.dynamodb;
    if (!asked?.PointInTimeRecoveryEnabled) recoverableSince.delete(TableName);
    else if (!recoverableSince.has(TableName)) recoverableSince.set(TableName, caller.estate.clock.now());
    return describe(caller, TableName);
  },
} as const;

/** @throws AwsError TableNotFoundException */
export async function checkTable(database: Database, { headers, input }: Incoming): Promise<void> {
  const TableName = String(input.TableName);
  const target = { ...headers, 'x-amz-target': 'DynamoDB_20120810.DescribeTable' };
  const { status } = await database.post(Buffer.from(JSON.stringify({ TableName })), target);
  if (status >= 300) throw new AwsError('TableNotFoundException', `Table not found: ${TableName}`);
}

function describe({ region, estate }: Caller, table: string) {
  const now = estate.clock.now().getTime();
  const since = region.dynamodb.recoverableSince.get(table);
  const ContinuousBackupsDescription: ContinuousBackupsDescription = {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: since
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: DAYS,
          EarliestRestorableDateTime: new Date(Math.max(since.getTime(), now - DAYS * DAY)),
          LatestRestorableDateTime: new Date(Math.max(since.getTime(), now - NOT_YET)),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  };
  return { ContinuousBackupsDescription };
}
