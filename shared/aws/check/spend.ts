import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CostExplorerClient, GetCostAndUsageCommand } from '@aws-sdk/client-cost-explorer';
import { dayOf } from '../../core/spend/day.ts';
import { daysBefore } from '../../core/time.ts';
import type { AccountRole } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { PATIENT } from '../patient.ts';
import { answerTo } from './answer.ts';

/** Somebody waits for the answer. */
const HASTY = { ...PATIENT, maxAttempts: 3 } as const;

/** Whether an account lets us in, and whether CloudTrail may be asked in a region: one event of the last hour. */
export const trailCheck = (credentialsOf: CredentialsOf): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async ({ account, region }, now) => {
    const client = new CloudTrailClient({ region, credentials: await credentialsOf(account), ...HASTY });
    const question = new LookupEventsCommand({ StartTime: daysBefore(1, now), EndTime: now, MaxResults: 1 });
    const answer = await answerTo(() => client.send(question)).finally(() => client.destroy());
    return { 'cloudtrail:LookupEvents': answer };
  },
});

/** Whether the payer lets us read its Cost Explorer: one day's total, for $0.01. */
export const costsCheck = (credentialsOf: CredentialsOf, region: string): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async ({ account }, now) => {
    const client = new CostExplorerClient({ region, credentials: await credentialsOf(account), ...HASTY });
    const TimePeriod = { Start: dayOf(daysBefore(2, now)), End: dayOf(daysBefore(1, now)) };
    const question = new GetCostAndUsageCommand({ TimePeriod, Granularity: 'DAILY', Metrics: ['UnblendedCost'] });
    const answer = await answerTo(() => client.send(question)).finally(() => client.destroy());
    return { 'ce:GetCostAndUsage': answer };
  },
});
