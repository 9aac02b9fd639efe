import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { costsCheck, trailCheck } from '../../shared/aws/check/spend.ts';
import { auditTrail } from '../../shared/aws/cloudtrail.ts';
import { costExplorer, costExplorerRegion } from '../../shared/aws/cost-explorer.ts';
import { ownChangesIn } from '../../shared/aws/ledger/own-changes.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { dayOf, monthOf } from '../../shared/core/spend/day.ts';
import { stageOf } from '../../shared/runtime/config.ts';
import { log } from '../../shared/runtime/log.ts';
import { handle } from './handle.ts';

interface Settings {
  readonly AWS_REGION: string;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
  readonly TOPIC_ARN: string;
  readonly CHAT_TOPIC_ARN?: string | undefined;
  readonly LOOK_ROLE_NAME: string;
  readonly EXTERNAL_ID: string;
}

/**
 * The second half of the composition root: what looks at bills and trails, judges, and tells of it. It is most of the code,
 * and is loaded while the ledger answers.
 */
export function handleWith(config: Settings, table: LedgerTable) {
  const partition = partitionOf(config.AWS_REGION);
  const ledger = spendLedger(table);
  const changes = ownChangesIn(table);
  const credentialsOf = assumedRole(new STSClient({ region: config.AWS_REGION, ...PATIENT }), {
    roleName: config.LOOK_ROLE_NAME,
    externalId: config.EXTERNAL_ID,
    sessionName: 'lamplighter-watch-spend',
    partition,
  });
  const costRegion = costExplorerRegion(partition);
  const payerOf = async (own: string) => (await ledger.currentPolicy())?.policy.spend.payer ?? own;
  const home = { region: config.AWS_REGION, ...PATIENT };
  return handle({
    ledger,
    clock: () => new Date(),
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    costs: async (payer) =>
      costExplorer(new CostExplorerClient({ region: costRegion, credentials: await credentialsOf(payer), ...PATIENT })),
    trail: auditTrail(credentialsOf),
    changes,
    needs: {
      function: 'watch-spend',
      stage: stageOf('watch-spend', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger,
      reads: {
        'ANSWER#': () => ledger.spendAnswers(),
        'ANOMALY#': ({ account }, now) => ledger.anomalies(account, { from: dayOf(now), to: dayOf(now) }),
        'COST#': ({ account: payer }, now) =>
          ledger.costs({ payer, metric: 'UnblendedCost', without: [], view: 'services' }, [monthOf(dayOf(now))]),
        'RUN#': ({ account }, now) => ledger.run(account, now.toISOString()),
        'PLAN#, RESOURCE#': ({ account }, now) =>
          changes.between({ account, planners: [], snapshots: 'none' }, { from: now, to: now }, 'UTC'),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'No spend is judged at all',
          ...costsCheck(credentialsOf, costRegion),
          places: async ({ account }) => [{ account: await payerOf(account), regions: [costRegion] }],
        },
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'An anomaly of this account does not say who created or changed what',
          ...trailCheck(credentialsOf),
        },
      ],
      hub: {},
      untried: ['dynamodb:PutItem', 'ce:GetCostAndUsageWithResources', 'sns:Publish'],
    },
  });
}
