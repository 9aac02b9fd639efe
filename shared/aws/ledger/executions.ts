import * as z from 'zod';
import { type Plan, planInName } from '../../core/plan.ts';
import type { ActingLedger, ActingMode, AnswerLedger } from '../../ports-acting.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import { planIdOf, planKey } from './plan-items.ts';
import { plansIn } from './plans.ts';
import { getItem, getItems, IF_NEW, type Key, keysByStatus, type LedgerTable, putItem, updateItem } from './table.ts';

/**
 * `PLAN#id / EXECUTION`, beside the parts of the plan: its one execution. A large plan has several, each in a partition of
 * its own, `PLAN#id-n / EXECUTION`. While one waits for an answer it is in the index under OPEN; `approveCallback` and `autoCallback` are what an answer has to wake, one for each mode that waits.
 */
const keyOf = (planId: string): Key => ({ pk: planKey(planId), sk: 'EXECUTION' });

const OPEN = 'OPEN';
const FIRST = '0'; // before every time

const executionSchema = z.object({
  execution: z.string(),
  gsi1pk: z.literal(OPEN).optional(),
  approveCallback: z.string().optional(),
  autoCallback: z.string().optional(),
});

const CALLBACKS = { approve: 'approveCallback', auto: 'autoCallback' } as const satisfies Record<ActingMode, string>;

/** Twice as long as the plan: an old plan must not be carried out again because its claim went before it. */
const CLAIM_DAYS = 800;

type Executions = Pick<ActingLedger, 'claimPlan' | 'waitOn' | 'closePlan'> &
  Pick<AnswerLedger, 'callbacksOf' | 'openPlans'>;

export function executionsIn(ledger: LedgerTable): Executions {
  return {
    claimPlan: async (planId, execution, now) => {
      const expires = expiresAfter(now, CLAIM_DAYS);
      const claimedAt = now.toISOString();
      const item = { ...keyOf(planId), execution, claimedAt, gsi1sk: claimedAt, expires };
      if (await putItem(ledger, item, IF_NEW)) return true;
      const standing = await executionOf(ledger, planId);
      if (!standing) throw new LedgerCorruptError(keyText(keyOf(planId)), 'it was there and is gone');
      return standing.execution === execution;
    },
    waitOn: async (planId, mode, callbackId) => {
      if (await updateItem(ledger, keyOf(planId), waiting(mode, callbackId))) return;
      throw new LedgerCorruptError(keyText(keyOf(planId)), 'an execution waits that never claimed the plan');
    },
    closePlan: async (planId, mode) => {
      const [last, notLast] = closing(mode);
      if (await updateItem(ledger, keyOf(planId), last)) return;
      await updateItem(ledger, keyOf(planId), notLast); // refused: nobody ever waited
    },
    callbacksOf: async (planId) => {
      const { approveCallback, autoCallback } = (await executionOf(ledger, planId)) ?? {};
      return [approveCallback, autoCallback].filter((one) => one !== undefined);
    },
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
  const ids = new Set(open.map(({ pk }) => planInName(planIdOf(pk))));
  const plans = await Promise.all([...ids].map((id) => plansIn(ledger).plan(id)));
  return plans.sort((a, b) => (a.time < b.time ? 1 : -1));
}

const waiting = (mode: ActingMode, callback: string) => ({
  text: `SET #${CALLBACKS[mode]} = :callback, #gsi1pk = :open`,
  condition: 'attribute_exists(pk)',
  names: [CALLBACKS[mode], 'gsi1pk'],
  values: { callback, open: OPEN },
});

/** Whoever closes last takes the plan out of the index. */
function closing(mode: ActingMode) {
  const [own, other] = [CALLBACKS[mode], CALLBACKS[mode === 'auto' ? 'approve' : 'auto']];
  const last = `attribute_exists(pk) AND attribute_not_exists(#${other})`;
  return [
    { text: `REMOVE #gsi1pk, #${own}`, condition: last, names: ['gsi1pk', own, other] },
    { text: `REMOVE #${own}`, condition: 'attribute_exists(pk)', names: [own] },
  ] as const;
}
