import * as z from 'zod';
import type { Plan } from '../../core/plan.ts';
import type { ActingLedger, AnswerLedger } from '../../ports-acting.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { planIdOf, planKey } from './plan-items.ts';
import { plansIn } from './plans.ts';
import { getItem, getItems, IF_NEW, type Key, keysByStatus, type LedgerTable, putItem, updateItem } from './table.ts';

/**
 * `PLAN#id / EXECUTION`, beside the parts of the plan: its one execution. While it waits for an answer it is in the
 * index under OPEN; `callbackId` is what an answer has to wake.
 */
const keyOf = (planId: string): Key => ({ pk: planKey(planId), sk: 'EXECUTION' });

const OPEN = 'OPEN';
const FIRST = '0'; // before every time

const executionSchema = z.object({
  execution: z.string(),
  gsi1pk: z.literal(OPEN).optional(),
  callbackId: z.string().optional(),
});

/** Twice as long as the plan: an old plan must not be carried out again because its claim went before it. */
const CLAIM_DAYS = 800;

type Executions = Pick<ActingLedger, 'claimPlan' | 'waitOn' | 'closePlan'> &
  Pick<AnswerLedger, 'callbackOf' | 'openPlans'>;

export function executionsIn(ledger: LedgerTable): Executions {
  return {
    claimPlan: async (planId, execution, now) => {
      const open = { gsi1pk: OPEN, gsi1sk: now.toISOString() };
      const expires = expiresAfter(now, CLAIM_DAYS);
      const item = { ...keyOf(planId), execution, claimedAt: now.toISOString(), ...open, expires };
      if (await putItem(ledger, item, IF_NEW)) return true;
      const standing = await executionOf(ledger, planId);
      if (!standing) throw new LedgerCorruptError(keyText(keyOf(planId)), 'it was there and is gone');
      return standing.execution === execution;
    },
    waitOn: async (planId, callbackId) => {
      if (await updateItem(ledger, keyOf(planId), { ...WAITING, values: { callbackId } })) return;
      throw new LedgerCorruptError(keyText(keyOf(planId)), 'an execution waits that never claimed the plan');
    },
    closePlan: async (planId) => {
      await updateItem(ledger, keyOf(planId), CLOSING); // refused: nobody ever waited
    },
    callbackOf: async (planId) => (await executionOf(ledger, planId))?.callbackId,
    openPlans: () => openPlans(ledger),
  };
}

async function executionOf(ledger: LedgerTable, planId: string) {
  const item = await getItem(ledger, keyOf(planId));
  return item && readItem(executionSchema, item);
}

/** The index says which may be open, the table which are. */
async function openPlans(ledger: LedgerTable): Promise<Plan[]> {
  const keys = await keysByStatus(ledger, OPEN, FIRST);
  const open = (await getItems(ledger, keys)).filter((item) => readItem(executionSchema, item).gsi1pk === OPEN);
  const plans = await Promise.all(open.map((item) => plansIn(ledger).plan(planIdOf(item.pk))));
  return plans.sort((a, b) => (a.time < b.time ? 1 : -1));
}

const WAITING = { text: 'SET #callbackId = :callbackId', condition: 'attribute_exists(pk)', names: ['callbackId'] };

const CLOSING = {
  text: 'REMOVE #gsi1pk, #gsi1sk, #callbackId',
  condition: 'attribute_exists(pk)',
  names: ['gsi1pk', 'gsi1sk', 'callbackId'],
};
