import { DescribeDimensionKeysCommand, PIClient } from '@aws-sdk/client-pi';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import type { AccountRole, Answer } from '../../ports-check.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { PATIENT } from '../patient.ts';
import { using } from '../using.ts';
import { answerTo } from './answer.ts';

/** Somebody waits for the answer. */
const HASTY = { ...PATIENT, maxAttempts: 3 } as const;

/** Whether an account lets us in, and whether Performance Insights may be asked in a region: for one wait of the last minutes. */
export const insightsCheck = (credentialsOf: CredentialsOf): Pick<AccountRole, 'enter' | 'look'> => ({
  enter: (account) => answerTo(() => credentialsOf(account)),
  look: async ({ account, region }, now) => {
    const config = { region, credentials: await credentialsOf(account), ...HASTY };
    const clients = { pi: new PIClient(config), rds: new RDSClient(config) };
    return { 'pi:DescribeDimensionKeys': await using(clients, (open) => tryInsights(open, now)) };
  },
});

const UNTRIED = 'AWS answers it for a database with Performance Insights only, and none was seen';

/** Of any database that the first page shows: of one that is not there AWS says the same whoever asks. */
async function tryInsights(
  { pi, rds }: { readonly pi: PIClient; readonly rds: RDSClient },
  now: Date,
): Promise<Answer> {
  let counted: string | undefined;
  const seen = await answerTo(async () => {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
    counted = DBInstances.find(({ PerformanceInsightsEnabled: isOn }) => isOn)?.DbiResourceId;
  });
  if (seen.state !== 'ok') return { state: 'untried', why: 'no database could be seen' };
  if (!counted) return { state: 'untried', why: UNTRIED };
  const question = new DescribeDimensionKeysCommand({
    ServiceType: 'RDS',
    Identifier: counted,
    Metric: 'db.load.avg',
    GroupBy: { Group: 'db.wait_event', Limit: 1 },
    StartTime: new Date(now.getTime() - 600_000),
    EndTime: now,
  });
  return answerTo(() => pi.send(question));
}
