import * as z from 'zod';
import { type KeepOnAnswer, keepOnAnswered } from '../../core/calendar/keep-on.ts';
import type { KeepOnAnswers, Overrides } from '../../ports-off-hours.ts';
import { expiresAfter, readItem, storedTime } from './items.ts';
import { type Item, type LedgerTable, putItem, queryPages } from './table.ts';

/** `ANSWER#account / KEEP-ON#arn`: one a resource, which lapses at its end. One that was taken back has ended then. */
const PREFIX = 'KEEP-ON#';
const partitionOf = (account: string): string => `ANSWER#${account}`;

const schema = z.object({
  sk: z.string().startsWith(PREFIX),
  until: storedTime,
  timezone: z.string(),
  by: z.string(),
  at: storedTime,
  note: z.string().optional(),
});

/** One query. */
export const overridesIn = (ledger: LedgerTable): Overrides => ({
  overrides: async (account, now) => {
    const answers = await answersIn(ledger, account, now);
    return new Map(answers.map((answer) => [answer.resource, keepOnAnswered(answer)]));
  },
});

/** The way of people's answers. */
export const keepOnAnswersIn = (ledger: LedgerTable): KeepOnAnswers => ({
  keepOnAnswers: (account, now) => answersIn(ledger, account, now),
  recordKeepOn: async (account, { resource, until, at, ...said }) => {
    await putItem(ledger, {
      pk: partitionOf(account),
      sk: `${PREFIX}${resource}`,
      ...said,
      until: until.toISOString(),
      at: at.toISOString(),
      expires: expiresAfter(until, KEPT_DAYS),
    });
  },
});

/** After its end, for whoever asks who kept it on. */
const KEPT_DAYS = 90;

async function answersIn(ledger: LedgerTable, account: string, now: Date): Promise<KeepOnAnswer[]> {
  const answers: KeepOnAnswer[] = [];
  const keys = {
    text: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { pk: partitionOf(account), prefix: PREFIX },
  };
  for await (const page of queryPages(ledger, { keys })) answers.push(...page.map(answerOf));
  return answers.filter(({ until }) => until > now); // an ended one stays until TTL gets round to it
}

function answerOf(item: Item): KeepOnAnswer {
  const { sk, note, ...said } = readItem(schema, item);
  return { resource: sk.slice(PREFIX.length), ...said, ...(note === undefined ? {} : { note }) };
}
