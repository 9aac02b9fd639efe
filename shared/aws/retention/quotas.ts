import { DescribeAccountAttributesCommand, type RDSClient } from '@aws-sdk/client-rds';
import { known, unknown } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import type { Form, SnapshotQuota } from '../../core/retention/facts.ts';
import { readable } from './unreadable.ts';

/** What RDS calls the quota of each form. */
const QUOTA_NAMES = {
  instance: 'ManualSnapshots',
  cluster: 'ManualClusterSnapshots',
} as const satisfies Record<Form, string>;

/** How many manual snapshots the scope may hold. */
export async function readQuotas(client: RDSClient, scope: Scope): Promise<SnapshotQuota[]> {
  const answer = await readable('the quotas of RDS', () => client.send(new DescribeAccountAttributesCommand({})));
  return Object.entries(QUOTA_NAMES).map(([form, name]) => {
    const quota = { ...scope, form: form as Form };
    if (!answer.known) return { ...quota, allowed: answer };
    const max = answer.value.AccountQuotas?.find(({ AccountQuotaName }) => AccountQuotaName === name)?.Max;
    return { ...quota, allowed: max === undefined ? unknown(`RDS does not say ${name}`) : known(max) };
  });
}
