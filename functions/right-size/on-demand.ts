import { type OnDemand, onDemandOf } from '../../shared/core/commitments.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import { type Policy, RESERVED_PAID_CALLS } from '../../shared/core/policy.ts';
import { parseHours } from '../../shared/core/quantity.ts';
import { addDays, dayOf, monthOf } from '../../shared/core/spend/day.ts';
import type { CostExplorer, OnDemandLedger } from '../../shared/ports-spend.ts';

/** Where on-demand spend is read, and remembered. */
export interface Bills {
  readonly ledger: OnDemandLedger;
  /** The Cost Explorer of a payer. */
  readonly costs: (payer: string) => Promise<CostExplorer>;
  /** The clock of the machine: calls are paid for in its month. */
  readonly clock: () => Date;
}

interface Asking {
  readonly payer: string;
  readonly policy: Policy;
  readonly now: Date;
}

/** The average of a whole week: fleets that sleep at weekends have the same say every day. */
const DAYS = 7;

/** `EC2 - Other` holds no machines; its disks show that an account is on this bill. */
const SERVICES = ['Amazon Elastic Compute Cloud - Compute', 'EC2 - Other', 'Amazon Relational Database Service'];
const DATABASES = SERVICES.slice(-1);

/** Usage at on-demand prices: what commitments cover is `DiscountedUsage` or `SavingsPlanCoveredUsage`. */
const ON_DEMAND = ['Usage'];

/** The month's paid calls are used up, but for those that watch-spend's daily reading needs. */
class PaidCallsUsedUpError extends Error {
  override readonly name = 'PaidCallsUsedUpError';
  constructor(month: string, most: number) {
    super(`the ${most} paid calls to Cost Explorer that ${month} has for this are used up (spend.paidCallsPerMonth)`);
  }
}

/**
 * What no commitment covered on the last settled week, from Cost Explorer once a day: two pages as a rule, $0.01 each. It
 * is about money only, so whatever keeps it from being read makes it unknown and stops nothing.
 */
export async function readOnDemand(bills: Bills, asking: Asking): Promise<Evidence<OnDemand>> {
  const { payer, now } = asking;
  const today = dayOf(now);
  const kept = await bills.ledger.onDemand(payer, today);
  if (kept) return known(kept);
  const asked = await ask(bills, asking);
  if (asked.known) await bills.ledger.keepOnDemand(payer, today, asked.value);
  return asked;
}

async function ask(bills: Bills, { payer, policy, now }: Asking): Promise<Evidence<OnDemand>> {
  const to = dayOf(new Date(now.getTime() - parseHours(policy.spend.settleAfter) * HOUR_MS));
  const week = { from: addDays(to, -DAYS), to, metric: 'UnblendedCost', withoutRecordTypes: [] } as const;
  const pay = payFor(bills, { payer, policy });
  try {
    const costs = await bills.costs(payer);
    const byAccount = await costs.daily(
      {
        ...week,
        groupBy: [{ dimension: 'USAGE_TYPE' }, { dimension: 'LINKED_ACCOUNT' }],
        only: { SERVICE: SERVICES, RECORD_TYPE: ON_DEMAND },
      },
      pay,
    );
    const days = byAccount.days.filter(({ groups }) => groups.length > 0).length;
    if (days === 0) return unknown(`Cost Explorer has nothing of the week before ${to}`);
    const byEngine = await costs.daily(
      {
        ...week,
        groupBy: [{ dimension: 'USAGE_TYPE' }, { dimension: 'DATABASE_ENGINE' }],
        only: { SERVICE: DATABASES, RECORD_TYPE: ON_DEMAND },
      },
      pay,
    );
    const groupsOf = (answer: typeof byAccount) => answer.days.flatMap(({ groups }) => groups);
    const { currency } = byAccount;
    return known(onDemandOf({ currency, days, byAccount: groupsOf(byAccount), byEngine: groupsOf(byEngine) }));
  } catch (error) {
    return unknown(`Cost Explorer of ${payer}: ${whyOf(error as Error)}`);
  }
}

const HOUR_MS = 3_600_000;

const payFor =
  ({ ledger, clock }: Bills, { payer, policy }: Pick<Asking, 'payer' | 'policy'>) =>
  async (): Promise<void> => {
    const month = monthOf(dayOf(clock()));
    const most = policy.spend.paidCallsPerMonth - RESERVED_PAID_CALLS;
    if (!(await ledger.countPaidCall(payer, month, most))) throw new PaidCallsUsedUpError(month, most);
  };

/** Only our own words: AWS's may hold anything. */
const OURS = ['AccessDeniedError', 'PaidCallsUsedUpError', 'MixedCurrenciesError', 'UnreadableCostsError'];

const whyOf = ({ name, message }: Error): string => (OURS.includes(name) ? message : name);
