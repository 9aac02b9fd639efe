import * as z from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import { monthOf } from '../../core/spend/day.ts';
import type { Explanation } from '../../core/spend/explanation.ts';
import type { SpendLedger } from '../../ports-spend.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { getItem, type Key, type LedgerTable, putItem } from './table.ts';

/** `ANOMALY#2026-11 / CAUSE#2026-11-18-3f9a1c`: the last that was found out about an anomaly, and about which state of it. */
const keyOf = (id: string): Key => ({ pk: `ANOMALY#${monthOf(id)}`, sk: `CAUSE#${id}` });

/** Long enough for whoever runs the same again. */
const KEPT_DAYS = 30;

const itemSchema = z.object({ about: z.string(), explanation: z.string() });

const evidence = z.looseObject({ known: z.boolean() });
const explanationSchema = z.looseObject({ causes: evidence, also: evidence, traces: evidence, ours: evidence });

export const explanationsIn = (ledger: LedgerTable): Pick<SpendLedger, 'explanation' | 'keepExplanation'> => ({
  explanation: async (id, about) => {
    const item = await getItem(ledger, keyOf(id));
    if (!item) return undefined;
    const kept = readItem(itemSchema, item);
    if (kept.about !== about) return undefined;
    const { success, data } = explanationSchema.safeParse(JSON.parse(kept.explanation));
    if (success) return data as unknown as Explanation;
    throw new LedgerCorruptError(keyText(item), 'the explanation is not what this version of Lamplighter writes');
  },
  keepExplanation: async (id, { about, explanation, now }) => {
    const expires = expiresAfter(now, KEPT_DAYS);
    await putItem(ledger, { ...keyOf(id), about, explanation: canonicalJson(explanation), expires });
  },
});
