import { parseArn } from '../../core/identity.ts';
import type { RemediationLedger, RemediationRecord } from '../../ports-remediation.ts';
import { historyIn } from './changes.ts';
import { keptRecordsIn } from './kept-records.ts';
import { plansIn } from './plans.ts';
import { CURRENT, policyIn, storedPolicyOf } from './policies.ts';
import { runsIn } from './runs.ts';
import { getItems, type LedgerTable } from './table.ts';
import { vetoesIn, vetoKey, vetoOf } from './vetoes.ts';

/**
 * The ledger of remediate-alarm. It writes `RUN#remediate-alarm#` and `PLAN#`. Calls: one read for the policy, for what is
 * remembered of all accounts, and for the vetoes of resources together, one write to keep what was decided; one read each for the vetoes and the changes of
 * a resource, where somebody asks; what each plan takes to be recorded, announced and handed over, and one write to move on.
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
  const { keyOf, keptIn, ...records } = keptRecordsIn<RemediationRecord>(ledger, 'remediate-alarm', isSilent);
  return {
    ...records,
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

const isSilent = ({ plans, messages }: RemediationRecord): boolean => plans.length + messages.length === 0;
