import * as z from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import { type Anomaly, monthlyOf } from '../../core/spend/anomaly.ts';
import { daysBetween, monthOf, monthsIn, startOf } from '../../core/spend/day.ts';
import type { AnomalyAnswers, SpendLedger } from '../../ports-spend.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import {
  getItem,
  getItems,
  type Item,
  type Key,
  keysByStatus,
  type LedgerTable,
  putItem,
  queryPages,
} from './table.ts';

/**
 * `ANOMALY#2026-11 / DAY#2026-11-18-3f9a1c`: one anomaly, under the month of its first day, so that its id alone finds it
 * and the last months are few queries. In the index, what is open is under OPEN-ANOMALIES.
 */
const keyOf = (id: string): Key => ({ pk: `ANOMALY#${monthOf(id)}`, sk: `DAY#${id}` });

const OPEN = 'OPEN-ANOMALIES';

export const anomaliesIn = (ledger: LedgerTable): Pick<SpendLedger, 'anomalies' | 'keepAnomalies'> => ({
  anomalies: async (payer, { from, to }) => {
    const found: Anomaly[] = [];
    for (const month of monthsIn(from, to)) {
      const keys = {
        text: 'pk = :pk AND sk BETWEEN :from AND :to',
        values: { pk: `ANOMALY#${month}`, from: `DAY#${from}`, to: `DAY#${to}` },
      };
      for await (const page of queryPages(ledger, { keys })) found.push(...page.map(anomalyOf));
    }
    return found.filter((one) => one.payer === payer);
  },
  keepAnomalies: async (anomalies) => {
    for (const anomaly of anomalies) await putItem(ledger, itemOf(anomaly));
  },
});

/** One anomaly by its id; what is no id, is none. */
export const anomalyIn = (ledger: LedgerTable): Pick<AnomalyAnswers, 'anomaly' | 'openAnomalies'> => ({
  anomaly: async (id) => {
    const item = await getItem(ledger, keyOf(id));
    return item && anomalyOf(item);
  },
  openAnomalies: async () => {
    const items = await getItems(ledger, await keysByStatus(ledger, OPEN, '0'));
    return items
      .map(anomalyOf)
      .filter(({ state }) => state === 'open')
      .sort((a, b) => Math.abs(monthlyOf(b)) - Math.abs(monthlyOf(a)) || (a.id < b.id ? -1 : 1));
  },
});

function itemOf(anomaly: Anomaly): Item {
  const { id, firstDay, state } = anomaly;
  const open = state === 'open' ? { gsi1pk: OPEN, gsi1sk: id } : {};
  return {
    ...keyOf(id),
    anomaly: canonicalJson(anomaly),
    ...open,
    expires: expiresAfter(startOf(firstDay), KEPT_DAYS),
  };
}

/** A backfill reaches as far back as Cost Explorer, and is kept for a year after. */
const KEPT_DAYS = 900;

const itemSchema = z.object({ anomaly: z.string() });

const anomalySchema = z.looseObject({
  id: z.string(),
  payer: z.string(),
  currency: z.string(),
  kind: z.enum(['rise', 'drop', 'new-service', 'new-region']),
  service: z.string(),
  account: z.string(),
  firstDay: z.iso.date(),
  lastDay: z.iso.date(),
  /** Earlier versions did not write it: as good as all of its days are unusual then. */
  days: z.number().optional(),
  actual: z.number(),
  expected: z.number(),
  perDay: z.number(),
  state: z.enum(['open', 'resolved', 'accepted', 'expected', 'withdrawn']),
  asOf: z.iso.date(),
});

function anomalyOf(item: Item): Anomaly {
  const parsed = anomalySchema.safeParse(parseJson(readItem(itemSchema, item).anomaly));
  if (parsed.success) return { ...parsed.data, days: parsed.data.days ?? spanOf(parsed.data) } as unknown as Anomaly;
  throw new LedgerCorruptError(keyText(item), 'the anomaly is not what this version of Lamplighter writes');
}

const spanOf = ({ firstDay, lastDay }: Pick<Anomaly, 'firstDay' | 'lastDay'>): number =>
  daysBetween(firstDay, lastDay) + 1;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema says that it is not what was written
  }
}
