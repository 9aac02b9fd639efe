import { LambdaClient } from '@aws-sdk/client-lambda';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { tryAlarmed } from '../../shared/aws/check/alarmed.ts';
import { familyReads } from '../../shared/aws/check/families.ts';
import { insightsCheck } from '../../shared/aws/check/insights.ts';
import { pricesCheck } from '../../shared/aws/check/prices.ts';
import { roleCheck } from '../../shared/aws/check/role.ts';
import { trailCheck } from '../../shared/aws/check/spend.ts';
import { dynamoCatalogueCache } from '../../shared/aws/ledger/catalogue.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { catalogueOffers } from '../../shared/aws/offers.ts';
import { HASTY } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { awsRemediation } from '../../shared/aws/remediation/reader.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { stageOf } from '../../shared/runtime/config.ts';
import { log } from '../../shared/runtime/log.ts';
import type { Looking } from './handle.ts';

interface Settings {
  readonly AWS_REGION: string;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
  readonly TOPIC_ARN: string;
  readonly CHAT_TOPIC_ARN?: string | undefined;
  readonly LOOK_ROLE_NAME: string;
  readonly CARRY_OUT_ARN: string;
  readonly EXTERNAL_ID: string;
}

/**
 * The second half of the composition root: what looks at alarms and at what they are about, tells of it, and hands plans over. It
 * is loaded while the ledger answers.
 */
export function lookingWith(config: Settings, table: LedgerTable): Looking {
  const home = { region: config.AWS_REGION, ...HASTY };
  const partition = partitionOf(config.AWS_REGION);
  const ledger = remediationLedger(table);
  const pricing = new PricingClient({ region: priceListRegion(partition), ...HASTY });
  const priceList = awsPriceList(pricing);
  const lambda = new LambdaClient(home);
  const credentialsOf = assumedRole(new STSClient(home), {
    roleName: config.LOOK_ROLE_NAME,
    externalId: config.EXTERNAL_ID,
    sessionName: 'lamplighter-remediate-alarm',
    partition,
  });
  const market = {
    types: catalogueOffers(dynamoCatalogueCache(table)),
    offers: catalogueOffers(dynamoCatalogueCache(table), priceList),
    prices: cachedPrices(priceList, dynamoPriceCache(table)),
  };
  const reader = awsRemediation(credentialsOf, market, HASTY);
  return {
    alarms: reader,
    reader,
    announcer: snsAnnouncer(new SNSClient(home), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    starter: lambdaStarter(lambda, config.CARRY_OUT_ARN),
    needs: {
      function: 'remediate-alarm',
      stage: stageOf('remediate-alarm', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger,
      reads: {
        ...familyReads(table, ['CATALOGUE#', 'PLAN#', 'PRICE#', 'RESOURCE#', 'RUN#off-hours#']),
        'ANSWER#': ({ account }, now) => ledger.vetoes(account, now),
        'RUN#': ({ account }) => ledger.kept(account),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'Nobody looks into the alarms of this account: each of them is left to people',
          ...roleCheck(credentialsOf, tryAlarmed),
        },
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'What changed before an alarm is unknown',
          ...trailCheck(credentialsOf),
        },
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'What loads a saturated database is unknown',
          ...insightsCheck(credentialsOf),
        },
      ],
      hub: {
        'lambda:InvokeFunction': starterCheck(lambda, config.CARRY_OUT_ARN),
        'pricing:GetProducts': pricesCheck(pricing),
      },
      untried: ['dynamodb:PutItem', 'sns:Publish'],
    },
  };
}
