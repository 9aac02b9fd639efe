import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { lookCheck } from '../../shared/aws/check/look.ts';
import { pricesCheck } from '../../shared/aws/check/prices.ts';
import { PATIENT } from '../../shared/aws/clients.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { lambdaStarter } from '../../shared/aws/starter.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    AWS_LAMBDA_FUNCTION_NAME: optionalSetting(),
    LEDGER_TABLE: setting('the name of the ledger table'),
    TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
    CHAT_TOPIC_ARN: optionalSetting(),
    LOOK_ROLE_NAME: setting('the name of the role to assume in each account'),
    CARRY_OUT_ARN: setting('the ARN of the alias of the function carry-out'),
    EXTERNAL_ID: setting('the external id that the roles demand'),
  }),
  process.env,
);

const partition = partitionOf(config.AWS_REGION);
const home = { region: config.AWS_REGION, ...PATIENT };
const table = { client: new DynamoDBClient(home), table: config.LEDGER_TABLE };
const ledger = dynamoLedger(table);
const pricing = new PricingClient({ region: priceListRegion(partition), ...PATIENT });
const credentialsOf = assumedRole(new STSClient(home), {
  roleName: config.LOOK_ROLE_NAME,
  externalId: config.EXTERNAL_ID,
  sessionName: 'lamplighter-right-size',
  partition,
});

export const handler = defineFunction({
  name: 'right-size',
  event: eventSchema,
  handle: handle({
    ledger,
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    starter: lambdaStarter(new LambdaClient(home), config.CARRY_OUT_ARN),
    estate: awsEstate(credentialsOf),
    prices: cachedPrices(awsPriceList(pricing), dynamoPriceCache(table)),
    clock: () => new Date(),
    needs: {
      function: 'right-size',
      stage: config.AWS_LAMBDA_FUNCTION_NAME?.replace(/^lamplighter-right-size-/, '') ?? 'prod',
      ledger,
      reads: {
        'ANSWER#': ({ account }, now) => ledger.vetoes(account, now),
        'RUN#': ({ account }, now) => ledger.runs({ function: 'right-size', account, time: now.toISOString() }),
      },
      roles: [
        {
          name: config.LOOK_ROLE_NAME,
          matters: 'Nothing of this account is looked at: it is reported as unknown',
          ...lookCheck(credentialsOf),
        },
      ],
      hub: { 'pricing:GetProducts': pricesCheck(pricing) },
      untried: ['dynamodb:PutItem', 'lambda:InvokeFunction', 'sns:Publish'],
    },
  }),
});
