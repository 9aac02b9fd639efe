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
import { tryHands, tryRecheck } from '../../shared/aws/check/acting.ts';
import { familyReads } from '../../shared/aws/check/families.ts';
import { roleCheck } from '../../shared/aws/check/role.ts';
import { switchesCheck } from '../../shared/aws/check/switches.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { overridesIn } from '../../shared/aws/ledger/keep-on.ts';
import { PATIENT } from '../../shared/aws/patient.ts';
import { startsSeenBy } from '../../shared/aws/rds-events.ts';
import { ssmSwitches } from '../../shared/aws/switches.ts';
import { lambdaWaker } from '../../shared/aws/waker.ts';
import { orCheck } from '../../shared/core/check-event.ts';
import { partitionOf } from '../../shared/core/identity.ts';
import type { ChoiceReader, RemedyReader } from '../../shared/ports-acting.ts';
import type { Needs } from '../../shared/runtime/check.ts';
import { optionalSetting, readConfig, setting, stageOf } from '../../shared/runtime/config.ts';
import { countingStops, oneByOne } from '../../shared/runtime/counting-stops.ts';
import { defineDurable } from '../../shared/runtime/define-durable.ts';
import { log } from '../../shared/runtime/log.ts';
import { eventSchema } from './event.ts';
import { handle } from './handle.ts';
import type { Hands } from './hands.ts';

const config = readConfig(
  z.object({
    AWS_REGION: setting('the region, which Lambda sets'),
    AWS_LAMBDA_FUNCTION_NAME: optionalSetting(),
    LEDGER_TABLE: setting('the name of the ledger table'),
    TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
    CHAT_TOPIC_ARN: optionalSetting(),
    LOOK_ROLE_NAME: setting('the name of the role that reads in each account'),
    ACT_ROLE_NAME: setting('the name of the role that changes in each account'),
    EXTERNAL_ID: setting('the external id that the roles demand'),
    PAUSE_PARAMETER: setting('the name of the SSM parameter of the switch pause'),
    HALT_PARAMETER: setting('the name of the SSM parameter of the switch halt'),
    PROTECT_TAG: optionalSetting(),
    HOLD_TAG: optionalSetting(),
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
const table = { client: new DynamoDBClient(home), table: config.LEDGER_TABLE };
const ledger = actingLedger(table);
const switches = ssmSwitches(new SSMClient(home), { pause: config.PAUSE_PARAMETER, halt: config.HALT_PARAMETER });

// Few plans are of machines, and few of alarms: a start of the function does not wait for what only those ask.
const choice: ChoiceReader = {
  read: async (...one) => (await import('../../shared/aws/choice.ts')).awsChoice(look).read(...one),
};
const remediesNow = async () => (await import('../../shared/aws/remediation/remedies.ts')).awsRemedies(look, choice);
const remedies: RemedyReader = {
  alarms: async (...one) => (await remediesNow()).alarms(...one),
  facts: async (...one) => (await remediesNow()).facts(...one),
};

const hands: Hands = {
  ledger,
  estate: countingStops(awsEstate(look), oneByOne(ledger)),
  // Not every plan is of a schedule: a start of the function does not wait for the clients of what only schedules want.
  scheduled: {
    find: async (...one) => (await import('../../shared/aws/off-hours/reader.ts')).findsScheduled(look).find(...one),
  },
  ...overridesIn(table),
  verbsFor: actingVerbs(act),
  alarms: awsAlarms(look),
  remedies,
  choice,
  load: { read: async (...one) => (await import('../../shared/aws/load.ts')).awsLoad(look).read(...one) },
  firstStart: startsSeenBy(look),
  switches,
  ...snsAnnouncer(new SNSClient(home), {
    alerts: config.TOPIC_ARN,
    ...(config.CHAT_TOPIC_ARN ? { chat: config.CHAT_TOPIC_ARN } : {}),
  }),
  ...lambdaWaker(new LambdaClient(home)),
  log: (message, fields) => log.info(message, { ...fields }),
  clock: () => new Date(),
};

const needs: Needs = {
  function: 'carry-out',
  stage: stageOf('carry-out', config.AWS_LAMBDA_FUNCTION_NAME),
  ledger,
  reads: familyReads(table, ['ANSWER#', 'CAP#', 'LEASE#', 'PLAN#', 'RESOURCE#', 'RUN#', 'SHARED#', 'TOLD#']),
  ...(config.PROTECT_TAG ? { protectTag: config.PROTECT_TAG } : {}),
  ...(config.HOLD_TAG ? { holdTag: config.HOLD_TAG } : {}),
  roles: [
    {
      name: config.LOOK_ROLE_NAME,
      matters: 'Nothing is carried out in this account: it cannot be checked again first',
      ...roleCheck(look, tryRecheck),
    },
    {
      name: config.ACT_ROLE_NAME,
      matters: 'Nothing is carried out in this account, and nothing is taken back',
      ...roleCheck(act, tryHands),
    },
  ],
  hub: { 'ssm:GetParameters': switchesCheck(switches) },
  untried: [
    'autoscaling:UpdateAutoScalingGroup',
    'cloudwatch:DisableAlarmActions, cloudwatch:EnableAlarmActions',
    'dynamodb:PutItem',
    'ec2:CreateSnapshot, ec2:CreateTags, ec2:DeleteVolume, ec2:ModifyVolume',
    'ec2:RebootInstances, ec2:ModifyInstanceCreditSpecification',
    'ec2:StopInstances, ec2:StartInstances, ec2:ModifyInstanceAttribute',
    'ecs:UpdateService, application-autoscaling:RegisterScalableTarget',
    'kms:CreateGrant, kms:DescribeKey',
    'lambda:CheckpointDurableExecution, lambda:GetDurableExecutionState',
    'lambda:SendDurableExecutionCallbackSuccess',
    'rds:CopyDBSnapshot, rds:CopyDBClusterSnapshot',
    'rds:CreateDBSnapshot, rds:CreateDBClusterSnapshot, rds:AddTagsToResource',
    'rds:DeleteDBSnapshot, rds:DeleteDBClusterSnapshot',
    'rds:ModifyDBSnapshotAttribute, rds:ModifyDBClusterSnapshotAttribute',
    'rds:ModifyDBInstance',
    'rds:StopDBInstance, rds:StopDBCluster, rds:StartDBInstance, rds:StartDBCluster',
    'redshift:PauseCluster, redshift:ResumeCluster',
    'sns:Publish',
  ],
};

export const handler = defineDurable({
  name: 'carry-out',
  event: orCheck(eventSchema),
  handle: handle(hands, needs),
});
