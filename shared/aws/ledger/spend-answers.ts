import * as z from 'zod';
import { SPEND_SAYINGS, type SpendAnswer } from '../../core/spend/answer.ts';
import type { AnomalyAnswers, SpendLedger } from '../../ports-spend.ts';
import { expiresAfter, readItem } from './items.ts';
import { type Item, type LedgerTable, putItem, queryPages } from './table.ts';

/**
 * `ANSWER#spend / ANOMALY#id#time`: everything that people said about anomalies, each once and for as long as the model
 * can learn from it. They are few, so one query reads them all.
 */
const PARTITION = 'ANSWER#spend';

const schema = z.object({
  anomaly: z.string(),
  service: z.string(),
  account: z.string(),
  firstDay: z.iso.date(),
  say: z.enum(SPEND_SAYINGS),
  until: z.iso.date().optional(),
  recurring: z.literal(true).optional(),
  by: z.string(),
  at: z.iso.datetime(),
  note: z.string().optional(),
});

export const spendAnswersIn = (ledger: LedgerTable): Pick<SpendLedger, 'spendAnswers'> => ({
  spendAnswers: () => answersIn(ledger, 'ANOMALY#'),
});

/** The way of people's words. */
export const anomalyAnswersIn = (ledger: LedgerTable): Pick<AnomalyAnswers, 'answersAbout' | 'recordSpendAnswer'> => ({
  answersAbout: (id) => answersIn(ledger, `ANOMALY#${id}#`),
  recordSpendAnswer: async (answer) => {
    const { anomaly, at, until = '' } = answer;
    const lasts = new Date(until > at ? `${until}T00:00:00Z` : at);
    await putItem(ledger, { pk: PARTITION, sk: `ANOMALY#${anomaly}#${at}`, ...answer, expires: expiresAfter(lasts) });
  },
});

async function answersIn(ledger: LedgerTable, prefix: string): Promise<SpendAnswer[]> {
  const answers: SpendAnswer[] = [];
  const keys = { text: 'pk = :pk AND begins_with(sk, :prefix)', values: { pk: PARTITION, prefix } };
  for await (const page of queryPages(ledger, { keys })) answers.push(...page.map(answerOf));
  return answers;
}

function answerOf(item: Item): SpendAnswer {
  const given = Object.entries(readItem(schema, item)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as SpendAnswer;
}
