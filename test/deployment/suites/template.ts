import { describe, expect, it } from 'vitest';
import {
  ALARM_FORWARD,
  BILLING_ALARM,
  type DeployedFunction,
  functionsOf,
  MEMBER,
  ofType,
  statementsOf,
} from '../../../scripts/package/deployed.ts';
import { allows } from '../../../scripts/package/iam.ts';
import { type Packaged, packagedTemplate, serverless } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';
import { validateTemplate } from '../validate-template.ts';

/** Started by a plan and by people. */
const NOT_WOKEN = ['carry-out', 'answer'];

/** When those wake that have a schedule, and for how long a start is tried, in seconds. */
interface Schedule {
  readonly expression: string;
  readonly age: number;
  readonly to: 'the minute' | 'a quarter of an hour';
  /** After how many minutes of silence people are told; absent: what is woken by events, too, is not silent. */
  readonly silence?: { readonly least: number; readonly most: number };
}

const daily = (expression: string): Schedule => ({
  to: 'a quarter of an hour',
  expression,
  age: 3600,
  silence: { least: 25 * 60 + 1, most: 7 * 24 * 60 }, // the longest day, and CloudWatch's limit for periods of an hour
});

const SCHEDULES: Readonly<Record<string, Schedule>> = {
  'right-size': daily('cron(30 6 * * ? *)'),
  'watch-spend': daily('cron(30 7 * * ? *)'),
  'snapshot-databases': daily('cron(30 1 * * ? *)'),
  'off-hours': { expression: 'cron(0/5 * * * ? *)', age: 900, to: 'the minute', silence: { least: 20, most: 20 } },
  'remediate-alarm': { expression: 'cron(0/15 * * * ? *)', age: 900, to: 'the minute' },
};

export function templateSuite(packaged: Packaged): void {
  const { template, folder, output } = packaged;
  const { Resources } = resolve(template);
  const deadLetters = 'arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-dead-letters';
  const alertTopic = 'arn:aws:sns:us-east-1:123456789012:lamplighter-prod-alerts';

  describe('the templates', () => {
    it('are valid', () => {
      expect(validateTemplate(template)).toEqual([]);
      expect(validateTemplate(MEMBER)).toEqual([]);
      expect(validateTemplate(BILLING_ALARM)).toEqual([]);
      expect(validateTemplate(ALARM_FORWARD)).toEqual([]);
    });

    it('are packaged without a warning', () => {
      expect(output).not.toMatch(/warn|deprecat/i);
    });

    it.each(Object.keys(MEMBER.Resources))('give the hub the same %s as every member', (role) => {
      expect(template.Resources[role]).toEqual(MEMBER.Resources[role]);
      const inMember = resolve(MEMBER, { HubAccountId: '123456789012', Stage: 'prod', ExternalId: 'x'.repeat(16) });
      const inHub = resolve(template, { ExternalId: 'x'.repeat(16) });
      expect(inMember.Resources[role]).toEqual(inHub.Resources[role]);
    });

    it('ask for an external id, which no stack can do without', { timeout: 60_000 }, async () => {
      expect(template.Parameters?.ExternalId).toMatchObject({ Default: '', MinLength: 16, NoEcho: true });
      expect(MEMBER.Parameters?.ExternalId).not.toHaveProperty('Default');
      const deployment = serverless(folder, 'deploy', '--package', '.serverless');
      await expect(deployment).rejects.toMatchObject({ stdout: expect.stringContaining('No external id') });
    });

    it('say what the deployer needs to know', () => {
      expect(Object.keys(template.Outputs ?? {})).toEqual(
        expect.arrayContaining([
          'ActRoleArn',
          'AlertTopicArn',
          'AnswerUrl',
          'ApproverPolicyArn',
          'CarryOutAlias',
          'DeadLetterQueueUrl',
          'HaltParameter',
          'LedgerTable',
          'LookRoleArn',
          'OffHoursFunction',
          'OffHoursRoleArn',
          'OnCallPolicyArn',
          'PauseParameter',
          'RemediateAlarmFunction',
          'RemediateAlarmRoleArn',
          'RightSizeFunction',
          'RightSizeRoleArn',
          'SnapshotDatabasesFunction',
          'SnapshotDatabasesRoleArn',
          'WatchSpendFunction',
          'WatchSpendRoleArn',
        ]),
      );
    });

    it('take their parameters', { timeout: 60_000 }, async () => {
      const parameters = {
        alarmAccounts: '210987654321',
        alertEmail: 'sre@example.com',
        chatTopic: 'true',
        externalId: 'a-long-external-id',
        logRetentionDays: '30',
        offHoursSchedule: 'cron(0/10 * * * ? *)',
        reservedConcurrency: '1',
        schedule: 'cron(0 7 ? * MON-FRI *)',
        selfTestSchedule: 'cron(0 9 ? * TUE *)',
        silentHours: '80',
        snapshotSchedule: 'cron(0 3 * * ? *)',
        spendSchedule: 'cron(0 12 * * ? *)',
        timezone: 'Asia/Seoul',
      };
      const options = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
      await serverless(folder, 'package', '--package', '.serverless', '--stage', 'trial', ...options);
      const trial = await packagedTemplate(folder);
      const deployed = resolve(trial).Resources;

      expect(validateTemplate(trial)).toEqual([]);
      expect(deployed.AlarmsMayCome).toBeDefined();
      expect(deployed.AlertMail?.Properties).toMatchObject({ Endpoint: 'sre@example.com', Protocol: 'email' });
      expect(deployed.LookRole?.Properties).toMatchObject({ RoleName: 'lamplighter-look' });
      expect(deployed.ActRole?.Properties).toMatchObject({ RoleName: 'lamplighter-act' });
      expect(deployed.RightSizeRole?.Properties).toMatchObject({ RoleName: 'lamplighter-right-size-trial' });
      expect(deployed.PauseSwitch?.Properties).toMatchObject({ Name: '/lamplighter/trial/pause' });
      expect(deployed.RightSizeDidNotRun?.Properties).toMatchObject({ EvaluationPeriods: '80' });
      expect(deployed.RightDashsizeLogGroup?.Properties).toMatchObject({ RetentionInDays: 30 });
      expect(deployed.RightDashsizeLambdaFunction?.Properties).toMatchObject({ ReservedConcurrentExecutions: 1 });
      for (const { Properties } of [deployed.RightDashsizeLambdaFunction!, deployed.CarryDashoutLambdaFunction!]) {
        expect(Properties?.Environment).toMatchObject({
          Variables: {
            CHAT_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:lamplighter-trial-chat',
            EXTERNAL_ID: 'a-long-external-id',
          },
        });
      }
      const schedules = {
        RightSizeSchedule: 'cron(0 7 ? * MON-FRI *)',
        WatchSpendSchedule: 'cron(0 12 * * ? *)',
        SnapshotDatabasesSchedule: 'cron(0 3 * * ? *)',
        OffHoursSchedule: 'cron(0/10 * * * ? *)',
        SelfTestSchedule: 'cron(0 9 ? * TUE *)',
      };
      for (const [id, ScheduleExpression] of Object.entries(schedules)) {
        expect(deployed[id]?.Properties).toMatchObject({
          ScheduleExpression,
          ScheduleExpressionTimezone: id === 'OffHoursSchedule' ? 'UTC' : 'Asia/Seoul',
        });
      }
    });
  });

  describe('what is kept', () => {
    it('is the ledger, which is encrypted, backed up, and outlives the stack', () => {
      expect(Resources.Ledger).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: expect.stringContaining('key/Key') },
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        },
      });
    });

    it('is the key of the ledger, which is useless without it', () => {
      expect(Resources.Key).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
        Properties: { EnableKeyRotation: true },
      });
    });

    it('is encrypted wherever it lies', () => {
      const topics = ofType(template, 'AWS::SNS::Topic').map(([, topic]) => topic.Properties);
      expect(topics).toHaveLength(2);
      for (const topic of topics) expect(topic).toHaveProperty('KmsMasterKeyId');

      const queues = ofType(template, 'AWS::SQS::Queue').map(([, queue]) => queue.Properties);
      expect(queues).toEqual([
        expect.objectContaining({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1209600 }),
        expect.objectContaining({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 3600 }),
      ]);

      const buckets = ofType(template, 'AWS::S3::Bucket').map(([, bucket]) => bucket.Properties);
      for (const bucket of buckets) expect(bucket).toHaveProperty('BucketEncryption');
    });

    it.each(functionsOf(packaged))('is the log of $name, for a limited time', ({ properties }) => {
      const logGroups = ofType(resolve(template), 'AWS::Logs::LogGroup').map(([, group]) => group.Properties);
      expect(logGroups).toContainEqual({
        LogGroupName: `/aws/lambda/${properties.FunctionName}`,
        RetentionInDays: 90,
        KmsKeyId: expect.stringContaining('key/Key'),
      });
    });
  });

  const alarms = ofType(resolve(template), 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties ?? {});
  const alarmOn = (metric: string, { properties }: DeployedFunction) =>
    alarms.find(({ MetricName, Dimensions }) => {
      const [dimension] = (Dimensions ?? []) as { Name: string; Value: string }[];
      return MetricName === metric && dimension?.Name === 'FunctionName' && dimension.Value === properties.FunctionName;
    });

  describe.each(functionsOf(packaged))('$name', (deployed) => {
    it('runs on the pinned runtime', () => {
      expect(deployed.properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], MemorySize: 512 });
      expect(deployed.properties).not.toHaveProperty('ReservedConcurrentExecutions');
    });

    it('raises an alarm when it fails or is throttled', () => {
      const atOnce = { Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1 };
      expect(alarmOn('Errors', deployed)).toMatchObject(atOnce);
      expect(alarmOn('Throttles', deployed)).toMatchObject(atOnce);
    });
  });

  describe.each(functionsOf(packaged).filter(({ name }) => !NOT_WOKEN.includes(name)))('$name', ({ properties }) => {
    it('has its attempts within the age that an event may reach, and then a dead letter queue', () => {
      expect(properties.DeadLetterConfig).toEqual({ TargetArn: deadLetters });
      const [retries] = ofType(resolve(template), 'AWS::Lambda::EventInvokeConfig')
        .map(([, config]) => config.Properties as Record<string, number | string>)
        .filter((config) => config.FunctionName === properties.FunctionName);
      const pauses = 60 + 120; // Lambda's, before the second and the third attempt
      const needed = Number(properties.Timeout) * (Number(retries?.MaximumRetryAttempts) + 1) + pauses;
      expect(retries).toMatchObject({ MaximumRetryAttempts: 2 });
      expect(Number(retries?.MaximumEventAgeInSeconds)).toBeGreaterThanOrEqual(needed);
    });
  });

  describe.each(functionsOf(packaged).filter(({ name }) => name in SCHEDULES))('$name', (deployed) => {
    const { properties } = deployed;
    const planned = SCHEDULES[deployed.name]!;
    const arn = `arn:aws:lambda:us-east-1:123456789012:function:${properties.FunctionName}`;

    it('is told the time that it was planned for, again and again until it has started', () => {
      const schedules = ofType(resolve(template), 'AWS::Scheduler::Schedule').map(
        ([, { Properties = {} }]) => Properties,
      );
      const schedule =
        schedules.find(({ Name, Target }) => Name === deployed.name && (Target as { Arn: string }).Arn === arn) ?? {};
      expect(schedule).toMatchObject({
        GroupName: 'lamplighter-prod',
        ScheduleExpression: planned.expression,
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: planned.to === 'the minute' ? 'OFF' : 'FLEXIBLE' },
        Target: {
          RoleArn: 'arn:aws:iam::123456789012:role/lamplighter-scheduler-prod',
          RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: planned.age },
          DeadLetterConfig: { Arn: deadLetters },
        },
      });
      const { Input } = schedule.Target as { Input: string };
      expect(JSON.parse(Input)).toEqual({ time: '<aws.scheduler.scheduled-time>' });
    });

    it('may be started by the schedules', () => {
      expect(allows(statementsOf(Resources.SchedulerRole), { action: 'lambda:InvokeFunction', resource: arn })).toBe(
        true,
      );
    });
  });

  describe.each(
    functionsOf(packaged).flatMap((deployed) => {
      const { silence } = SCHEDULES[deployed.name] ?? {};
      return silence ? [{ ...deployed, silence }] : [];
    }),
  )('$name', ({ properties, silence, ...deployed }) => {
    it('raises an alarm when no run is completed, whoever invokes it meanwhile', () => {
      const filters = ofType(resolve(template), 'AWS::Logs::MetricFilter').map(([, filter]) => filter.Properties);
      expect(filters).toContainEqual(
        expect.objectContaining({
          LogGroupName: `/aws/lambda/${properties.FunctionName}`,
          FilterName: 'runs',
          MetricTransformations: [
            {
              MetricNamespace: 'Lamplighter',
              MetricName: `${deployed.name}-runs-prod`,
              MetricValue: '1',
              Unit: 'Count',
            },
          ],
        }),
      );
      const alarm = alarms.find(({ AlarmName }) => AlarmName === `lamplighter-prod-${deployed.name}-did-not-run`);
      expect(alarm).toMatchObject({
        Namespace: 'Lamplighter',
        MetricName: `${deployed.name}-runs-prod`,
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
      expect(alarm).not.toHaveProperty('Dimensions');
      const minutes = (Number(alarm?.Period) * Number(alarm?.EvaluationPeriods)) / 60;
      expect(minutes).toBeGreaterThanOrEqual(silence.least);
      expect(minutes).toBeLessThanOrEqual(silence.most);
    });
  });

  describe('the alarms', () => {
    it('tell of dead letters', () => {
      expect(alarms).toContainEqual(
        expect.objectContaining({
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: 'lamplighter-prod-dead-letters' }],
          Threshold: 1,
        }),
      );
    });

    it('tell of accounts whose alarms could not be looked into, for which no invocation fails', () => {
      const filters = ofType(resolve(template), 'AWS::Logs::MetricFilter').map(([, filter]) => filter.Properties);
      expect(filters).toContainEqual(
        expect.objectContaining({
          LogGroupName: '/aws/lambda/lamplighter-remediate-alarm-prod',
          FilterPattern: '{ ($.message = "account failed") || ($.message = "not an alarm") }',
          MetricTransformations: [
            expect.objectContaining({ MetricNamespace: 'Lamplighter', MetricName: 'remediate-alarm-failures-prod' }),
          ],
        }),
      );
      expect(alarms).toContainEqual(
        expect.objectContaining({
          MetricName: 'remediate-alarm-failures-prod',
          Namespace: 'Lamplighter',
          Threshold: 1,
        }),
      );
    });

    it.each(alarms.map((alarm) => [alarm.AlarmName, alarm] as const))('%s reaches people', (_, alarm) => {
      expect(alarm.AlarmActions).toEqual([alertTopic]);
      expect(alarm.AlarmDescription).toBeTruthy();
    });
  });
}
