import * as z from 'zod';
import type { OffHoursRecord } from '../../core/off-hours/record.ts';
import type { KeptRecord, OffHoursLedger } from '../../ports-off-hours.ts';
import { changeKey, changeOf } from './change-items.ts';
import { expiresAfter, readItem } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, getItems, IF_NEW, type Key, type LedgerTable, putItem, updateItem } from './table.ts';

/**
 * `RUN#off-hours#account / MEMORY`: one item an account, compressed: what is remembered of each resource, what people were told,
 * and what the tick that wrote it has decided, until that is handed over and told. So a plan and the memory that it is
 * under way come into being in one write, and whatever dies behind it is done again with the same plan and the same words.
 */
const memoryKey = (account: string): Key => ({ pk: `RUN#off-hours#${account}`, sk: 'MEMORY' });

const schema = z.object({ state: z.enum(['recorded', 'handed-over', 'told']), edition: z.string() });

type Records = Pick<OffHoursLedger, 'kept' | 'keep' | 'advance' | 'outcomes'>;

export const offHoursRecordsIn = (ledger: LedgerTable): Records => ({
  kept: async (account) => {
    const item = await getItem(ledger, memoryKey(account));
    if (!item) return undefined;
    const [record] = await unpackedFrom(ledger, item);
    return { ...(record as OffHoursRecord), ...readItem(schema, item) };
  },
  keep: async (next, before) => {
    const key = { ...memoryKey(next.account), expires: expiresAfter(new Date(next.time)) };
    const packed = await packedInto(ledger, key, [next]);
    const isSilent = !next.plan && next.messages.length === 0;
    const kept: KeptRecord = { ...next, state: isSilent ? 'told' : 'recorded', edition: packed.edition };
    const isKept = await putItem(ledger, { ...key, state: kept.state, ...packed }, inPlaceOf(before));
    return isKept ? kept : undefined;
  },
  advance: async ({ account, edition }, state) => {
    // Refused: another record is there, so this one had come to its end.
    await updateItem(ledger, memoryKey(account), {
      text: 'SET #state = :state',
      condition: '#edition = :edition',
      names: ['state', 'edition'],
      values: { state, edition },
    });
  },
  outcomes: async (places) => {
    const changes = (await getItems(ledger, places.map(changeKey))).map(changeOf);
    return new Map(changes.map((change) => [change.id, change]));
  },
});

const inPlaceOf = (before: KeptRecord | undefined) =>
  before ? { text: '#edition = :before', names: ['edition'], values: { before: before.edition } } : IF_NEW;
