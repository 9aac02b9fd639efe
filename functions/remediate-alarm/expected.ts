import { isAboutWhole, mayBeAboutWhole } from '../../shared/core/remediation/whole.ts';
import type { RemediationLedger } from '../../shared/ports-remediation.ts';
import type { Seen } from './reread.ts';
import type { Sorted } from './sort.ts';

/**
 * The alarms without a runbook that are to be expected, because a schedule has stopped the group, the service or the warehouse that
 * they are about. The ledger is only asked where there are such alarms.
 */
export async function expectedOf(
  { ledger }: { readonly ledger: Pick<RemediationLedger, 'stoppedBySchedule'> },
  sorted: readonly Sorted[],
): Promise<Seen[]> {
  const alarms = sorted.filter(({ runbook }) => !runbook).map(({ alarm }) => alarm);
  const byAccount = Map.groupBy(alarms.filter(mayBeAboutWhole), ({ scope }) => scope.account);
  const expected = await Promise.all(
    [...byAccount].map(async ([account, some]) => {
      const stopped = await ledger.stoppedBySchedule(account);
      return some.filter((alarm) => stopped.some((arn) => isAboutWhole(alarm, arn)));
    }),
  );
  return expected.flat().map((alarm) => ({ alarm, held: EXPECTED }));
}

const EXPECTED = {
  guard: 'stopped-by-us',
  because: 'it is stopped on purpose, by off-hours: its alarms are expected',
  tell: 'nobody',
} as const;
