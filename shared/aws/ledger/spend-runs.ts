import * as z from 'zod';
import type { Message } from '../../core/message.ts';
import type { Anomaly } from '../../core/spend/anomaly.ts';
import { daysBefore } from '../../core/time.ts';
import type { RunOccasion, SpendLedger, SpendRun } from '../../ports-spend.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, IF_NEW, type Item, type Key, type LedgerTable, putItem, queryPages, updateItem } from './table.ts';
import { turnsIn } from './turns.ts';

/**
 * `RUN#watch-spend#payer / TICK#time`: one item a tick, compressed: the anomalies as the run leaves them, and the message
 * that says so. It is written before either, so that whatever dies behind it is done again and nothing is said twice.
 * What is not the daily look says so behind the time: `TICK#time#self-test`.
 */
const partitionOf = (payer: string): string => `RUN#watch-spend#${payer}`;
const tickKey = (payer: string, time: string, occasion?: RunOccasion): Key => ({
  pk: partitionOf(payer),
  sk: ['TICK', time, ...(occasion ? [occasion] : [])].join('#'),
});

/** A run that nobody finished for so long is left to the dead letter queue. */
const UNFINISHED_DAYS = 14;

const schema = z.object({ sk: z.string().startsWith('TICK#'), state: z.enum(['recorded', 'announced']) });

type Runs = Pick<SpendLedger, 'begin' | 'end' | 'run' | 'lastLook' | 'unfinished' | 'record' | 'announced'>;

/** Beside the last daily look there may be an alarm or a test. */
const FEW_RUNS = 4;

export const spendRunsIn = (ledger: LedgerTable): Runs => ({
  ...turnsIn(ledger, 'watch-spend'),
  run: async (payer, time, occasion) => {
    const item = await getItem(ledger, tickKey(payer, time, occasion));
    return item && runOf(ledger, payer, item);
  },
  lastLook: async (payer, before) => {
    const keys = {
      text: 'pk = :pk AND sk BETWEEN :from AND :to',
      values: { pk: partitionOf(payer), from: 'TICK#', to: tickKey(payer, before.toISOString()).sk },
    };
    for await (const page of queryPages(ledger, { keys, newestFirst: true, firstPage: FEW_RUNS })) {
      const [last] = page
        .map(({ sk }) => sk.split('#'))
        .filter(([, time = '', ...more]) => more.length === 0 && time < before.toISOString());
      if (last) return last[1];
    }
    return undefined;
  },
  unfinished: async (payer, now) => {
    const from = tickKey(payer, daysBefore(UNFINISHED_DAYS, now).toISOString()).sk;
    const keys = {
      text: 'pk = :pk AND sk BETWEEN :from AND :to',
      values: { pk: partitionOf(payer), from, to: 'TICK#9' },
    };
    const open: Item[] = [];
    for await (const page of queryPages(ledger, { keys })) {
      open.push(...page.filter(({ sk, state }) => state === 'recorded' && !sk.includes('#PIECE#')));
    }
    return Promise.all(open.map((item) => runOf(ledger, payer, item)));
  },
  record: async ({ payer, time, occasion, state, anomalies, message, report }) => {
    const key = { ...tickKey(payer, time, occasion), expires: expiresAfter(new Date(time)) };
    const packed = await packedInto(ledger, key, [message ?? null, report ?? null, ...anomalies]);
    await putItem(ledger, { ...key, state, ...packed }, IF_NEW);
  },
  announced: async ({ payer, time, occasion }) => {
    const key = tickKey(payer, time, occasion);
    const done = { text: 'SET #state = :announced', names: ['state'], values: { announced: 'announced' } };
    if (await updateItem(ledger, key, { ...done, condition: 'attribute_exists(pk)' })) return;
    throw new LedgerCorruptError(keyText(key), 'the run that was announced is missing');
  },
});

async function runOf(ledger: LedgerTable, payer: string, item: Item): Promise<SpendRun> {
  const { sk, state } = readItem(schema, item);
  const [, time = '', occasion] = sk.split('#');
  const [message, report, ...anomalies] = await unpackedFrom(ledger, item);
  return {
    payer,
    time,
    ...(occasion ? { occasion: occasion as RunOccasion } : {}),
    state,
    anomalies: anomalies as Anomaly[],
    ...(message ? { message: message as Message } : {}),
    report,
  };
}
