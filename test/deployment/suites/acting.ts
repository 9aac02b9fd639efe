import { describe, expect, it } from 'vitest';
import { functionsOf, ofType } from '../../../scripts/package/deployed.ts';
import { type Packaged, packagedTemplate, serverless } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';
import type { Template } from '../../../scripts/package/template.ts';
import { needsAPerson, OUTCOMES } from '../../../shared/core/change.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { parseDays, parseHours } from '../../../shared/core/quantity.ts';

const ALIAS = 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-carry-out-prod:live';
const DAY = 86_400;

/** The functions that act and listen, as far as they differ from a scanner. */
export function actingSuite(packaged: Packaged): void {
  const { template, folder } = packaged;
  const { Resources } = resolve(template);
  const propertiesOf = (name: string) => functionsOf(packaged).find((one) => one.name === name)!.properties;
  const environmentOf = (name: string) => (propertiesOf(name).Environment as { Variables: object }).Variables;
  const alarms = ofType(resolve(template), 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties ?? {});

  describe('carry-out', () => {
    it('is durable', () => {
      expect(propertiesOf('carry-out').DurableConfig).toEqual({
        ExecutionTimeout: 90 * DAY,
        RetentionPeriodInDays: 90,
      });
    });

    it("has the time that a plan needs under the policy's defaults", () => {
      const { approveWithin, grace, stopFor, watch } = parsePolicy({}).defaults;
      const waiting = Math.max(parseHours(approveWithin), parseHours(grace)); // both since the tick
      const working = 3 * 48; // a snapshot, a stop, an undo: each is given up after a day or so
      const window = 7 * 24; // the maintenance window of a database comes once a week
      const hours = waiting + window + working + parseHours(watch) + parseDays(stopFor) * 24;
      const { ExecutionTimeout } = propertiesOf('carry-out').DurableConfig as { ExecutionTimeout: number };
      expect(hours * 3600).toBeLessThanOrEqual(ExecutionTimeout);
    });

    it('is the only function that is', () => {
      const durable = functionsOf(packaged).filter(({ properties }) => properties.DurableConfig);
      expect(durable.map(({ name }) => name)).toEqual(['carry-out']);
    });

    it('has as much time for an invocation as there is, and a queue for what ends badly', () => {
      expect(propertiesOf('carry-out')).toMatchObject({
        Timeout: 900,
        DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-dead-letters' },
      });
    });

    it('is known to those who start it by the alias', () => {
      for (const name of ['right-size', 'answer']) expect(environmentOf(name)).toMatchObject({ CARRY_OUT_ARN: ALIAS });
    });

    it('is told where everything is that it needs', () => {
      expect(environmentOf('carry-out')).toMatchObject({
        ACT_ROLE_NAME: 'lamplighter-act',
        HALT_PARAMETER: '/lamplighter/prod/halt',
        LEDGER_TABLE: 'lamplighter-prod',
        LOOK_ROLE_NAME: 'lamplighter-look',
        PAUSE_PARAMETER: '/lamplighter/prod/pause',
        PROTECT_TAG: 'lamplighter:protect',
        HOLD_TAG: 'lamplighter:hold',
        TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:lamplighter-prod-alerts',
      });
    });

    it('raises an alarm when a plan does not get to its end', () => {
      for (const MetricName of ['DurableExecutionFailed', 'DurableExecutionTimedOut']) {
        const Dimensions = [{ Name: 'FunctionName', Value: 'lamplighter-carry-out-prod' }];
        expect(alarms).toContainEqual(expect.objectContaining({ MetricName, Dimensions, Threshold: 1 }));
      }
    });

    it.each(OUTCOMES.filter(needsAPerson))('raises an alarm when a change is %s, from its own log', (outcome) => {
      const filters = ofType(resolve(template), 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
      const filter = filters.find((one) => one?.FilterPattern === `{ $.outcome = "${outcome}" }`);
      expect(filter).toMatchObject({
        LogGroupName: '/aws/lambda/lamplighter-carry-out-prod',
        MetricTransformations: [
          { MetricNamespace: 'Lamplighter', MetricName: `changes-${outcome}-prod`, MetricValue: '1' },
        ],
      });
      expect(alarms).toContainEqual(
        expect.objectContaining({
          Namespace: 'Lamplighter',
          MetricName: `changes-${outcome}-prod`,
          Statistic: 'Sum',
          Threshold: 1,
          TreatMissingData: 'notBreaching',
        }),
      );
      const fromHere = filters.filter((one) => one?.LogGroupName === filter?.LogGroupName);
      expect(fromHere).toHaveLength(OUTCOMES.filter(needsAPerson).length);
    });
  });

  describe('an upgrade', () => {
    const versions = ofType(template, 'AWS::Lambda::Version');

    it('publishes a version, keeps the one before, and leads new executions to the new one', () => {
      expect(versions).toHaveLength(1);
      const [[id, version]] = versions as [(typeof versions)[0]];
      expect(version).toMatchObject({
        DeletionPolicy: 'Retain', // its logical id is a hash: the next deployment drops it from the template
        Properties: { FunctionName: { Ref: 'CarryDashoutLambdaFunction' } },
      });
      expect(template.Resources.CarryDashoutDurableLambdaAlias).toMatchObject({
        Type: 'AWS::Lambda::Alias',
        Properties: {
          Name: 'live',
          FunctionName: { Ref: 'CarryDashoutLambdaFunction' },
          FunctionVersion: { 'Fn::GetAtt': [id, 'Version'] },
        },
      });
      expect(ofType(template, 'AWS::Lambda::Alias')).toHaveLength(1);
    });

    it.each([
      ['the external id', true, ['--param=externalId=another-external-id']],
      ['the chat topic', true, ['--param=chatTopic=true']],
      ['the log level', true, ['--param=logLevel=DEBUG']],
      ['what does not concern carry-out', false, ['--param=schedule=rate(1 day)', '--param=alertEmail=a@example.com']],
    ])('publishes a version when it changes %s: %s', { timeout: 60_000 }, async (_, changes, options) => {
      await serverless(folder, 'package', '--package', '.serverless', ...options);
      const before = versions.map(([id]) => id);
      const after = ofType(await packagedTemplate(folder), 'AWS::Lambda::Version').map(([id]) => id);
      expect(after).toHaveLength(1);
      expect(after[0] !== before[0]).toBe(changes);
    });

    it('reaches what an older version still uses under the same names', () => {
      const names = { AlertTopic: 'TopicName', ChatTopic: 'TopicName', Ledger: 'TableName', PauseSwitch: 'Name' };
      const roles = { ActRole: 'RoleName', CarryOutRole: 'RoleName', LookRole: 'RoleName', HaltSwitch: 'Name' };
      for (const [id, property] of Object.entries({ ...names, ...roles })) {
        expect([id, template.Resources[id]?.Properties?.[property]]).toEqual([id, expect.anything()]);
      }
    });
  });

  describe('answer', () => {
    it('has a URL that wants a signature', () => {
      const urls = ofType(resolve(template), 'AWS::Lambda::Url').map(([, { Properties }]) => Properties);
      expect(urls).toEqual([
        {
          AuthType: 'AWS_IAM',
          TargetFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-answer-prod',
        },
      ]);
    });

    it('is open to nobody by a policy of its own', () => {
      const permissions = ofType(template, 'AWS::Lambda::Permission').map(
        ([, { Properties }]) => Properties?.FunctionName,
      );
      expect(permissions.filter((name) => JSON.stringify(name).includes('Answer'))).toEqual([]);
      expect(ofType(template, 'AWS::Lambda::LayerVersionPermission')).toEqual([]);
    });

    it('answers while somebody waits, and queues nothing', () => {
      expect(propertiesOf('answer').Timeout).toBeLessThanOrEqual(60);
      expect(propertiesOf('answer')).not.toHaveProperty('DeadLetterConfig');
    });
  });

  describe('the switches', () => {
    // Word for word: a deployment that changes anything about a switch also switches it off (infra/switches.yml).
    it.each([
      ['pause', 'PauseSwitch', 'on - nothing is stopped, shrunk or deleted. Starts, undo and half-done changes go on.'],
      ['halt', 'HaltSwitch', 'on - nothing is changed at all, not even back.'],
    ])('%s is off until somebody throws it', (name, id, description) => {
      expect(Resources[id]).toEqual<Template['Resources'][string]>({
        Type: 'AWS::SSM::Parameter',
        Properties: {
          Name: `/lamplighter/prod/${name}`,
          Description: description,
          Type: 'String',
          Value: 'off',
          AllowedPattern: '^(on|off)$',
        },
      });
    });
  });
}
