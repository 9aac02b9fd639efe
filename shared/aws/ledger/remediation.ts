import { digestOf } from '../../core/plan.ts';
import type { RemediationLedger, RemediationRecord } from '../../ports-remediation.ts';
import { historyIn } from './changes.ts';
import { keptRecordsIn } from './kept-records.ts';
import { newPlan, plansIn } from './plans.ts';
import { CURRENT, policyIn, storedPolicyOf } from './policies.ts';
import { runsIn } from './runs.ts';
import { getItems, type LedgerTable } from './table.ts';
import { vetoesIn } from './vetoes.ts';

/**
 * The ledger of remediate-alarm. It writes `RUN#remediate-alarm#` and `PLAN#`. Calls: one read for the policy and for what is
 * remembered of all accounts together, one write to keep what was decided with the plans, as far as they fit into it; one
 * read each for the vetoes and the changes of a resource, where somebody asks; what each plan takes to be announced and handed
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

type Records = Pick<RemediationLedger, 'opened' | 'kept' | 'keep' | 'advance'>;

function remediationRecordsIn(ledger: LedgerTable): Records {
  const { keyOf, keptIn, keep, ...records } = keptRecordsIn<RemediationRecord>(ledger, 'remediate-alarm', isSilent);
  return {
    ...records,
    keep: (next, before) =>
      keep(
        next,
        before,
        next.plans.flatMap((plan) => newPlan(plan, digestOf(plan))),
      ),
    opened: async (accounts) => {
      const items = await getItems(ledger, [CURRENT, ...[...new Set(accounts)].map(keyOf)]);
      const current = items.find(({ pk }) => pk === CURRENT.pk);
      const kept = await Promise.all(items.filter((item) => item !== current).map(keptIn));
      return {
        ...(current && { stored: storedPolicyOf(current) }),
        kept: new Map(kept.map((one) => [one.account, one])),
      };
    },
  };
}

const isSilent = ({ plans, messages }: RemediationRecord): boolean => plans.length + messages.length === 0;
