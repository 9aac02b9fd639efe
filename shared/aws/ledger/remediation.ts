import { parseArn } from '../../core/identity.ts';
import { digestOf } from '../../core/plan.ts';
import type { RemediationLedger } from '../../ports-remediation.ts';
import { historyIn } from './changes.ts';
import { offHoursRecordsIn } from './off-hours-records.ts';
import { newPlan, plansIn } from './plans.ts';
import { CURRENT, policyIn, storedPolicyOf } from './policies.ts';
import { remediationMemoryIn } from './remediation-memory.ts';
import { runsIn } from './runs.ts';
import { getItems, type LedgerTable, putItem } from './table.ts';
import { fitsTransaction, putTogether } from './transaction.ts';
import { vetoesIn, vetoKey, vetoOf } from './vetoes.ts';

/**
 * The ledger of remediate-alarm. It writes `RUN#remediate-alarm#` and `PLAN#`. Calls: one read for the policy, for what is remembered of
 * all accounts, and for the vetoes of resources together, one write to keep what was decided with the plans, as far as they fit into it; one read
 * each for the vetoes and the changes of a resource, where somebody asks; what each plan takes to be announced and handed
 * over, and one write to move on.
 */
export function remediationLedger(table: LedgerTable): RemediationLedger {
  const { record } = plansIn(table);
  const { announced, handedOver } = runsIn(table);
  return {
    ...policyIn(table),
    ...vetoesIn(table),
    ...historyIn(table),
    ...remediationRecordsIn(table),
    record,
    announced,
    handedOver,
  };
}

type Records = Pick<RemediationLedger, 'opened' | 'kept' | 'keep' | 'advance' | 'stoppedBySchedule'>;

function remediationRecordsIn(ledger: LedgerTable): Records {
  const { keyOf, keptIn, next: nextOf, ...records } = remediationMemoryIn(ledger);
  return {
    ...records,
    stoppedBySchedule: async (account) => {
      const { memories = [] } = (await offHoursRecordsIn(ledger).kept(account)) ?? {};
      return memories
        .filter(({ stoppedByUs, pending }) => stoppedByUs || pending !== undefined)
        .map(({ identity }) => identity.arn);
    },
    keep: async (next, before) => {
      const { put, kept } = await nextOf(next, before);
      const plans = next.plans.flatMap((plan) => newPlan(plan, digestOf(plan)));
      const together = [{ ...put, item: { ...put.item, planned: true } }, ...plans];
      if (plans.length > 0 && fitsTransaction(together)) {
        const [isOurs, ...arePlansNew] = await putTogether(ledger, together);
        if (!isOurs) return undefined;
        if (arePlansNew.every(Boolean)) return { ...kept, planned: true };
      }
      return (await putItem(ledger, put.item, put.condition)) ? kept : undefined;
    },
    opened: async (accounts, resources) => {
      const records = [...new Set(accounts)].map(keyOf);
      const vetoes = [...new Set(resources)].map((arn) => vetoKey(parseArn(arn)?.account ?? '', arn));
      const items = await getItems(ledger, [CURRENT, ...records, ...vetoes]);
      const current = items.find(({ pk }) => pk === CURRENT.pk);
      const found = items.filter((item) => records.some(({ pk, sk }) => pk === item.pk && sk === item.sk));
      const kept = await Promise.all(found.map(keptIn));
      return {
        ...(current && { stored: storedPolicyOf(current) }),
        kept: new Map(kept.map((one) => [one.account, one])),
        vetoes: items.filter((item) => item !== current && !found.includes(item)).map(vetoOf),
      };
    },
  };
}
