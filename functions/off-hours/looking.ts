import { LambdaClient } from '@aws-sdk/client-lambda';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { familyReads } from '../../shared/aws/check/families.ts';
import { pricesCheck } from '../../shared/aws/check/prices.ts';
import { scheduledCheck } from '../../shared/aws/check/scheduled.ts';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { awsScheduled } from '../../shared/aws/off-hours/reader.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { lambdaStarter, starterCheck } from '../../shared/aws/starter.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { checkCalendars } from '../../shared/runtime/check/calendars.ts';
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

/** The second half of the composition root: what looks at accounts, tells of them, and hands plans over. It is loaded while the ledger answers. */
export function lookingWith(config: Settings, table: LedgerTable): Looking {
  const home = { region: config.AWS_REGION, ...PATIENT };
  const partition = partitionOf(config.AWS_REGION);
  const ledger = offHoursLedger(table);
  const pricing = new PricingClient({ region: priceListRegion(partition), ...PATIENT });
  const prices = cachedPrices(awsPriceList(pricing), dynamoPriceCache(table));
  const lambda = new LambdaClient(home);
  const credentialsOf = assumedRole(new STSClient(home), {
    roleName: config.LOOK_ROLE_NAME,
    externalId: config.EXTERNAL_ID,
    sessionName: 'lamplighter-off-hours',
    partition,
  });
  return {
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    reader: awsScheduled(credentialsOf, prices),
    starter: lambdaStarter(lambda, config.CARRY_OUT_ARN),
    needs: {
      function: 'off-hours',
      stage: stageOf('off-hours', config.AWS_LAMBDA_FUNCTION_NAME),
      ledger,
      calendars: checkCalendars,
      reads: {
        ...familyReads(table, ['PLAN#', 'PRICE#', 'RESOURCE#']),
        'ANSWER#': ({ account }, now) => ledger.overrides(account, now),
        'RUN#': ({ account }) => ledger.kept(account),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'Nothing of this account is stopped or started: it is reported as unknown',
          ...scheduledCheck(credentialsOf),
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
