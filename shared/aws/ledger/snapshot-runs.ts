import * as z from 'zod';
import type { RunKey } from '../../ports.ts';
import type { SnapshotLedger, SnapshotRun } from '../../ports-snapshots.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, IF_NEW, type Item, type Key, type LedgerTable, putItem, queryPages, updateItem } from './table.ts';

/**
 * `RUN#function#account / NIGHT#time`: one item a run, compressed: the plans, the messages, the breaches that last. It is
 * written before any of them, so that whatever dies behind it is done again with the same plans and the same words.
 */
const partitionOf = ({ function: name, account }: RunKey): string => `RUN#${name}#${account}`;
const nightKey = (run: RunKey): Key => ({ pk: partitionOf(run), sk: `NIGHT#${run.time}` });

const schema = z.object({
  sk: z.string().startsWith('NIGHT#'),
  state: z.enum(['recorded', 'announced', 'handed-over']),
});

/** Enough for the run before, unless announcing has failed for a while. */
const FIRST_PAGE = 2;

type Runs = Pick<SnapshotLedger, 'snapshotRun' | 'snapshotRunBefore' | 'recordSnapshotRun' | 'advance'>;

export const snapshotRunsIn = (ledger: LedgerTable): Runs => ({
  snapshotRun: async (key) => {
    const item = await getItem(ledger, nightKey(key));
    return item && runOf(ledger, key, item);
  },
  snapshotRunBefore: async (key) => {
    const { pk, sk: before } = nightKey(key);
    const keys = { text: 'pk = :pk AND sk BETWEEN :first AND :before', values: { pk, first: 'NIGHT#', before } };
    for await (const page of queryPages(ledger, { keys, newestFirst: true, firstPage: FIRST_PAGE })) {
      const found = page.find(({ sk, state }) => sk < before && !sk.includes('#PIECE#') && state !== 'recorded');
      if (found) return runOf(ledger, key, found);
    }
    return undefined;
  },
  recordSnapshotRun: async (run) => {
    const { function: name, account, time, state, ...rest } = run;
    const key = { ...nightKey({ function: name, account, time }), expires: expiresAfter(new Date(time)) };
    await putItem(ledger, { ...key, state, ...(await packedInto(ledger, key, [rest])) }, IF_NEW);
  },
  advance: async (run, state) => {
    const done = { text: 'SET #state = :state', names: ['state'], values: { state } };
    if (await updateItem(ledger, nightKey(run), { ...done, condition: 'attribute_exists(pk)' })) return;
    throw new LedgerCorruptError(keyText(nightKey(run)), 'the run that goes on is missing');
  },
});

async function runOf(ledger: LedgerTable, { function: name, account }: RunKey, item: Item): Promise<SnapshotRun> {
  const { sk, state } = readItem(schema, item);
  const [rest] = await unpackedFrom(ledger, item);
  return { ...(rest as SnapshotRun), function: name, account, time: sk.slice('NIGHT#'.length), state };
}
