import {
  type CancellationReason,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { answered, attributesOf, type Item, type LedgerTable, type Put, placeholders } from './table.ts';

/** DynamoDB's own limits on one transaction; the bytes are of all items together, of which it takes 4 MB. */
const TRANSACTION = { items: 100, bytes: 3 * 1024 * 1024 } as const;

/** Whether so much goes into one transaction. */
export function fitsTransaction(puts: readonly Put[]): boolean {
  const bytes = puts.reduce((sum, { item }) => sum + bytesOf(item), 0);
  return puts.length <= TRANSACTION.items && bytes <= TRANSACTION.bytes;
}

const bytesOf = (item: Item): number =>
  Object.values(item).reduce<number>(
    (sum, value) => sum + (value instanceof Uint8Array ? value.length : Buffer.byteLength(JSON.stringify(value) ?? '')),
    0,
  );

/**
 * Writes all of them or, where one condition does not hold, none.
 * @returns in the order given, whose condition held
 */
export async function putTogether(ledger: LedgerTable, puts: readonly Put[]): Promise<boolean[]> {
  const TransactItems = puts.map(({ item, condition }) => ({
    Put: {
      TableName: ledger.table,
      Item: attributesOf(item),
      ...(condition && { ConditionExpression: condition.text, ...placeholders(condition) }),
    },
  }));
  try {
    await answered(ledger, 'TransactWriteItems', ledger.client.send(new TransactWriteItemsCommand({ TransactItems })));
    return puts.map(() => true);
  } catch (error) {
    const reasons = refusalsIn(error);
    if (!reasons) throw error;
    return puts.map((_, index) => !REFUSED.includes(reasons[index]?.Code ?? ''));
  }
}

/** A condition that does not hold, or somebody else who writes the same item just then. */
const REFUSED = ['ConditionalCheckFailed', 'TransactionConflict'];

function refusalsIn(error: unknown): readonly CancellationReason[] | undefined {
  const { cause } = error as Error;
  const { CancellationReasons: reasons = [] } = cause instanceof TransactionCanceledException ? cause : {};
  return reasons.some(({ Code = '' }) => REFUSED.includes(Code)) ? reasons : undefined;
}
