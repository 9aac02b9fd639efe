import { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { familyReads } from '../../shared/aws/check/families.ts';
import { pricesCheck } from '../../shared/aws/check/prices.ts';
import { roleCheck } from '../../shared/aws/check/role.ts';
import { tryScan } from '../../shared/aws/check/scan.ts';
import { costExplorer, costExplorerRegion } from '../../shared/aws/cost-explorer.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import { dynamoCatalogueCache } from '../../shared/aws/ledger/catalogue.ts';
import { onDemandIn } from '../../shared/aws/ledger/costs.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { metricsIn } from '../../shared/aws/metrics.ts';
import { catalogueOffers } from '../../shared/aws/offers.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { stageOf } from '../../shared/runtime/config.ts';
import { allAtOnce, countingStops } from '../../shared/runtime/counting-stops.ts';
import { log } from '../../shared/runtime/log.ts';
import { handle } from './handle.ts';

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
 * The second half of the composition root: what looks at accounts, judges, tells of it, and hands a plan over. It is most of
 * the code, and is loaded while the ledger answers.
 */
export function handleWith(config: Settings, table: LedgerTable) {
  const home = { region: config.AWS_REGION, ...PATIENT };
  const partition = partitionOf(config.AWS_REGION);
  const ledger = dynamoLedger(table);
  const pricing = new PricingClient({ region: priceListRegion(partition), ...PATIENT });
  const priceList = awsPriceList(pricing);
  const offers = catalogueOffers(dynamoCatalogueCache(table), priceList);
  const lambda = new LambdaClient(home);
  const credentialsOf = assumedRole(new STSClient(home), {
    roleName: config.LOOK_ROLE_NAME,
    externalId: config.EXTERNAL_ID,
    sessionName: 'lamplighter-right-size',
    partition,
  });
  const costRegion = costExplorerRegion(partition);
  return handle({
    ledger,
    clock: () => new Date(),
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    estate: countingStops(awsEstate(credentialsOf, offers), allAtOnce(ledger)),
    prices: cachedPrices(priceList, dynamoPriceCache(table)),
    metricsIn,
    bills: {
      ledger: onDemandIn(table),
      costs: async (payer) =>
        costExplorer(
          new CostExplorerClient({ region: costRegion, credentials: await credentialsOf(payer), ...PATIENT }),
        ),
    },
    starter: lambdaStarter(lambda, config.CARRY_OUT_ARN),
    needs: {
      function: 'right-size',
      stage: stageOf('right-size', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger,
      reads: {
        ...familyReads(table, ['CATALOGUE#', 'COST#', 'LADDER#', 'PLAN#', 'PRICE#', 'RESOURCE#']),
        'ANSWER#': ({ account }, now) => ledger.vetoes(account, now),
        'RUN#': ({ account }, now) => ledger.runs({ function: 'right-size', account, time: now.toISOString() }),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'Nothing of this account is looked at: it is reported as unknown',
          ...roleCheck(credentialsOf, tryScan),
        },
      ],
      hub: {
        'lambda:InvokeFunction': starterCheck(lambda, config.CARRY_OUT_ARN),
        'pricing:GetProducts': pricesCheck(pricing),
      },
      untried: ['dynamodb:PutItem', 'ce:GetCostAndUsage', 'sns:Publish'],
    },
  });
}
