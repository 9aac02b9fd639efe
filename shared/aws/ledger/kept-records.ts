import * as z from 'zod';
import { expiresAfter, readItem } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, IF_NEW, type Item, type Key, type LedgerTable, type Put, updateItem } from './table.ts';

/** What a function remembers of an account, and what it has decided last. */
interface AccountRecord {
  readonly account: string;
  /** When it was decided, ISO 8601 in UTC. */
  readonly time: string;
}

const schema = z.object({
  state: z.enum(['recorded', 'handed-over', 'announced', 'told']),
  edition: z.string(),
  /** Its plans are recorded with it. */
  planned: z.literal(true).optional(),
});

type Kept<R> = R & z.output<typeof schema>;

export interface KeptRecords<R> {
  readonly keyOf: (account: string) => Key;
  /** @throws {LedgerCorruptError} when parts of it are missing */
  readonly keptIn: (item: Item) => Promise<Kept<R>>;
  readonly kept: (account: string) => Promise<Kept<R> | undefined>;
  /** What keeps a record in the place of the one before, and how it is then. Its write is refused when another one has that place. */
  readonly next: (next: R, before: Kept<R> | undefined) => Promise<{ readonly put: Put; readonly kept: Kept<R> }>;
  readonly advance: (kept: Kept<R>, state: Kept<R>['state']) => Promise<void>;
}

/**
 * `RUN#function#account / MEMORY`: one item an account, compressed: what is remembered, and what was decided last, until that is
 * handed over and told. So a plan and the memory that it is under way come into being in one write, and whatever dies
 * behind it is done again with the same plan and the same words.
 * @param isSilent there is nothing to hand over and nothing to say: it has come to its end when it is kept
 */
export function keptRecordsIn<R extends AccountRecord>(
  ledger: LedgerTable,
  functionName: string,
  isSilent: (record: R) => boolean,
): KeptRecords<R> {
  const keyOf = (account: string): Key => ({ pk: `RUN#${functionName}#${account}`, sk: 'MEMORY' });
  const keptIn = async (item: Item): Promise<Kept<R>> => {
    const [record] = await unpackedFrom(ledger, item);
    return { ...(record as R), ...readItem(schema, item) };
  };
  return {
    keyOf,
    keptIn,
    kept: async (account) => {
      const item = await getItem(ledger, keyOf(account));
      return item && keptIn(item);
    },
    next: async (next, before) => {
      const key = { ...keyOf(next.account), expires: expiresAfter(new Date(next.time)) };
      const packed = await packedInto(ledger, key, [next]);
      const state = isSilent(next) ? 'told' : 'recorded';
      const put = { item: { ...key, state, ...packed }, condition: inPlaceOf(before) };
      return { put, kept: { ...next, state, edition: packed.edition } };
    },
    advance: async ({ account, edition }, state) => {
      // Refused: another record is there, so this one had come to its end.
      await updateItem(ledger, keyOf(account), {
        text: 'SET #state = :state',
        condition: '#edition = :edition',
        names: ['state', 'edition'],
        values: { state, edition },
      });
    },
  };
}

const inPlaceOf = (before: { readonly edition: string } | undefined) =>
  before ? { text: '#edition = :before', names: ['edition'], values: { before: before.edition } } : IF_NEW;
