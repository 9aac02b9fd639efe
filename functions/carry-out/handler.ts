import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { awsAlarms } from '../../shared/aws/alarms.ts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { actingVerbs } from '../../shared/aws/changes/changes.ts';
import { PATIENT } from '../../shared/aws/clients.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { restartedByAws } from '../../shared/aws/rds-events.ts';
import { ssmSwitches } from '../../shared/aws/switches.ts';
import { lambdaWaker } from '../../shared/aws/waker.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { defineDurable } from '../../shared/runtime/define-durable.ts';
import { log } from '../../shared/runtime/log.ts';
import { eventSchema } from './event.ts';
import type { Hands } from './hands.ts';
import { carryOut } from './run.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    LEDGER_TABLE: setting('the name of the ledger table'),
    TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
    CHAT_TOPIC_ARN: optionalSetting(),
    LOOK_ROLE_NAME: setting('the name of the role that reads in each account'),
    ACT_ROLE_NAME: setting('the name of the role that changes in each account'),
    EXTERNAL_ID: setting('the external id that the roles demand'),
    PAUSE_PARAMETER: setting('the name of the SSM parameter of the switch pause'),
    HALT_PARAMETER: setting('the name of the SSM parameter of the switch halt'),
  }),
  process.env,
);

const home = { region: config.AWS_REGION, ...PATIENT };
const sts = new STSClient(home);
const role = {
  externalId: config.EXTERNAL_ID,
  sessionName: 'lamplighter-carry-out',
  partition: partitionOf(config.AWS_REGION),
};
const look = assumedRole(sts, { ...role, roleName: config.LOOK_ROLE_NAME });
const act = assumedRole(sts, { ...role, roleName: config.ACT_ROLE_NAME });

const hands: Hands = {
  ledger: actingLedger({ client: new DynamoDBClient(home), table: config.LEDGER_TABLE }),
  estate: awsEstate(look),
  verbsFor: actingVerbs(act),
  alarms: awsAlarms(look),
  restartedByAws: restartedByAws(look),
  switches: ssmSwitches(new SSMClient(home), { pause: config.PAUSE_PARAMETER, halt: config.HALT_PARAMETER }),
  ...snsAnnouncer(new SNSClient(home), {
    alerts: config.TOPIC_ARN,
    ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
  }),
  ...lambdaWaker(new LambdaClient(home)),
  log: (message, fields) => log.info(message, { ...fields }),
  clock: () => new Date(),
};

export const handler = defineDurable({ name: 'carry-out', event: eventSchema, handle: carryOut(hands) });
