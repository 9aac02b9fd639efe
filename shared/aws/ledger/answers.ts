import * as z from 'zod';
import { AlreadyAnsweredError, type PlanAnswer, type PlanAnswers } from '../../core/answer.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { Plan } from '../../core/plan.ts';
import type { ActingLedger, AnswerLedger } from '../../ports-acting.ts';
import { LedgerCorruptError } from './errors.ts';
import { actionNumber, expiresAfter, keyText, readItem } from './items.ts';
import { getItem, IF_NEW, type Item, type Key, type LedgerTable, putItem, queryPages } from './table.ts';

/**
 * What people said about one plan, each item once and for ever:
 *
 *     ANSWER#planId / APPROVE      which actions, who, when
 *     ANSWER#planId / VETO#ALL
 *     ANSWER#planId / VETO#0001    one action
 */
const partitionOf = (planId: string): string => `ANSWER#${planId}`;

const answerSchema = z.object({
  sk: z.string().regex(/^(APPROVE|VETO#(ALL|\d{4,}))$/),
  hash: z.string(),
  actions: z.array(z.int()).optional(),
  by: z.string(),
  at: z.iso.datetime(),
  note: z.string().optional(),
});

type Answers = Pick<ActingLedger, 'answers'> & Pick<AnswerLedger, 'recordAnswer'>;

export function saidIn(ledger: LedgerTable): Answers {
  return {
    answers: (planId) => answersTo(ledger, planId),
    recordAnswer: async (plan, answer) => {
      const said = await answersTo(ledger, plan.id);
      const refused =
        answer.say === 'approve' ? await approve(ledger, plan, { answer, said }) : await veto(ledger, { answer, said });
      if (refused) throw new AlreadyAnsweredError(refused);
    },
  };
}

async function answersTo(ledger: LedgerTable, planId: string): Promise<PlanAnswers> {
  const items: Item[] = [];
  const keys = { text: 'pk = :pk', values: { pk: partitionOf(planId) } };
  for await (const page of queryPages(ledger, { keys })) items.push(...page);
  return answersIn(planId, items);
}

/** The keys of everything that may have been said about some actions of a plan. */
export const answerKeys = (planId: string, numbers: readonly number[]): Key[] =>
  ['APPROVE', 'VETO#ALL', ...numbers.map((number) => `VETO#${actionNumber(number)}`)].map((sk) => ({
    pk: partitionOf(planId),
    sk,
  }));

/** The answers in items of a plan, in the order in which they were given. */
export function answersIn(planId: string, items: readonly Item[]): PlanAnswers {
  const answers = items.filter(({ pk }) => pk === partitionOf(planId)).map((item) => answerOf(planId, item));
  const approval = answers.find(({ say }) => say === 'approve');
  const vetoes = answers.filter(({ say }) => say === 'veto').sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { ...(approval && { approval }), vetoes };
}

interface Saying {
  readonly answer: PlanAnswer;
  /** What had been said when it came. What is said in between stands beside it: a veto wins anyway. */
  readonly said: PlanAnswers;
}

/** @returns the answer that stands in the way */
async function approve(ledger: LedgerTable, plan: Plan, { answer, said }: Saying): Promise<PlanAnswer | undefined> {
  const before = said.approval ?? vetoOfAll(plan, answer, said) ?? (await put(ledger, answer));
  return before && isEqual(before, answer) ? undefined : before;
}

/** The veto of the first action, when every action that the answer is about has one: nothing is left to approve. */
function vetoOfAll(plan: Plan, { actions }: PlanAnswer, { vetoes }: PlanAnswers): PlanAnswer | undefined {
  const numbers = actions ?? plan.act.map((_, index) => index + 1);
  const vetoed = numbers.map((number) => vetoes.find((veto) => covers(veto, number)));
  return vetoed.every(Boolean) ? vetoed[0] : undefined;
}

/** Writes what is not vetoed yet. A no is never refused in part: only one that says nothing new is. */
async function veto(ledger: LedgerTable, { answer, said }: Saying): Promise<PlanAnswer | undefined> {
  const numbers = answer.actions && [...new Set(answer.actions)];
  const each = numbers?.map((number) => ({ ...answer, actions: [number] })) ?? [answer];
  const before: (PlanAnswer | undefined)[] = [];
  for (const one of each) {
    before.push(said.vetoes.find((veto) => covers(veto, one.actions?.[0])) ?? (await put(ledger, one)));
  }
  if (before.includes(undefined)) return undefined;
  return before.find((one, index) => !isEqual(one, each[index]));
}

/** Whether a veto is about an action; without a number, about all of them. */
const covers = ({ actions }: PlanAnswer, number: number | undefined): boolean =>
  actions === undefined || (number !== undefined && actions.includes(number));

/** @returns the answer that was there already */
async function put(ledger: LedgerTable, answer: PlanAnswer): Promise<PlanAnswer | undefined> {
  const item = itemOf(answer);
  if (await putItem(ledger, item, IF_NEW)) return undefined;
  const standing = await getItem(ledger, item);
  if (!standing) throw new LedgerCorruptError(keyText(item), 'it was there and is gone');
  return answerOf(answer.planId, standing);
}

function itemOf({ planId, hash, say, actions, by, at, note }: PlanAnswer): Item {
  const about = actions?.[0] === undefined ? 'ALL' : actionNumber(actions[0]);
  const sk = say === 'approve' ? 'APPROVE' : `VETO#${about}`;
  return { pk: partitionOf(planId), sk, hash, actions, by, at, note, expires: expiresAfter(new Date(at)) };
}

function answerOf(planId: string, item: Item): PlanAnswer {
  const { sk, hash, actions, by, at, note } = readItem(answerSchema, item);
  const say = sk === 'APPROVE' ? 'approve' : 'veto';
  return { planId, hash, say, ...(actions && { actions }), by, at, ...(note !== undefined && { note }) };
}

/** A reply that was lost: the same answer is there because it was given. */
const isEqual = (one: PlanAnswer | undefined, other: PlanAnswer | undefined): boolean =>
  canonicalJson(one) === canonicalJson(other);
