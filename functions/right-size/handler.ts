import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SNSClient } from '@aws-sdk/client-sns';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { PATIENT } from '../../shared/aws/clients.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { lookRole } from '../../shared/aws/look-role.ts';
import { awsPriceList, cachedPrices, priceListRegion } from '../../shared/aws/pricing.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    LEDGER_TABLE: setting('the name of the ledger table'),
    TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
    CHAT_TOPIC_ARN: optionalSetting(),
    LOOK_ROLE_NAME: setting('the name of the role to assume in each account'),
    EXTERNAL_ID: setting('the external id that the roles demand'),
  }),
  process.env,
);

const partition = partitionOf(config.AWS_REGION);
const home = { region: config.AWS_REGION, ...PATIENT };
const table = { client: new DynamoDBClient(home), table: config.LEDGER_TABLE };
const priceList = awsPriceList(new PricingClient({ region: priceListRegion(partition), ...PATIENT }));
const credentialsOf = lookRole(new STSClient(home), {
  roleName: config.LOOK_ROLE_NAME,
  externalId: config.EXTERNAL_ID,
  sessionName: 'lamplighter-right-size',
  partition,
});

export const handler = defineFunction({
  name: 'right-size',
  event: eventSchema,
  handle: handle({
    ledger: dynamoLedger(table),
    announcer: snsAnnouncer(new SNSClient({ ...home, maxAttempts: 4 }), {
      alerts: config.TOPIC_ARN,
      ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
      onChatError: (error) => log.warn('chat refused the message', error as Error),
    }),
    estate: awsEstate(credentialsOf),
    prices: cachedPrices(priceList, dynamoPriceCache(table)),
    clock: () => new Date(),
  }),
});
