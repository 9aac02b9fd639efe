import type { Plan } from '../../core/plan.ts';
import type { Ledger } from '../../ports.ts';
import { PlanIdTakenError } from './errors.ts';
import { hashInHeader, headerKey, headerOf, partsOf, planKey, planOf } from './plan-items.ts';
import { newRun, recordRun } from './runs.ts';
import { getItem, IF_NEW, type Item, type LedgerTable, type Put, putItem, queryPages, writeItems } from './table.ts';

/** Plans: written once, read whole. */
export function plansIn(ledger: LedgerTable): Pick<Ledger, 'record' | 'plan'> {
  return {
    // Parts, header, run: a crash in between leaves parts that nobody reads, or a plan that no run counts.
    record: async (plan, digest, claim) => {
      const parts = partsOf(plan);
      await writeItems(ledger, parts);
      await commit(ledger, plan, parts);
      return recordRun(ledger, plan, digest, claim);
    },
    plan: async (id) => planOf(id, await partitionOf(ledger, id)),
  };
}

/** All items of a plan that is new, and of its run, for a transaction. */
export function newPlan(plan: Plan, digest: string): Put[] {
  const parts = partsOf(plan);
  return [...parts.map((item) => ({ item })), { item: headerOf(plan, parts), condition: IF_NEW }, newRun(plan, digest)];
}

async function partitionOf(ledger: LedgerTable, id: string): Promise<Item[]> {
  const items: Item[] = [];
  const keys = { text: 'pk = :pk', values: { pk: planKey(id) } };
  for await (const page of queryPages(ledger, { keys })) items.push(...page);
  return items;
}

/** Of two plans with one id the first stands; they differ only in words, or else the second is refused. */
async function commit(ledger: LedgerTable, plan: Plan, parts: readonly Item[]): Promise<void> {
  if (await putItem(ledger, headerOf(plan, parts), IF_NEW)) return;
  const standing = await getItem(ledger, headerKey(plan.id));
  if (!standing || hashInHeader(standing) !== plan.hash) throw new PlanIdTakenError(plan.id);
}
