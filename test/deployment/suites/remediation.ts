import { describe, expect, it } from 'vitest';
import { ALARM_FORWARD, functionsOf, ofType, statementsOf, trustOf } from '../../../scripts/package/deployed.ts';
import { allows, denies, type Statement } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-alarms';
const BUS = 'arn:aws:events:us-east-1:123456789012:event-bus/default';
const HUBS_BUS = BUS.replace('123456789012', '210987654321');

/** How remediate-alarm is woken: by alarms, through a queue. */
export function remediationSuite(packaged: Packaged): void {
  const { Resources } = resolve(packaged.template);
  const { properties } = functionsOf(packaged).find(({ name }) => name === 'remediate-alarm')!;
  const queue = Resources.AlarmQueue?.Properties as Record<string, number>;
  const [source] = ofType(resolve(packaged.template), 'AWS::Lambda::EventSourceMapping').map(
    ([, mapping]) => mapping.Properties as Record<string, unknown>,
  );

  describe('alarms', () => {
    it('of every state are brought to the queue, but for our own', () => {
      expect(Resources.AlarmRule?.Properties).toMatchObject({
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: [{ 'anything-but': { prefix: 'lamplighter-' } }] },
        },
        Targets: [{ Arn: QUEUE, DeadLetterConfig: { Arn: expect.stringContaining('dead-letters') } }],
      });
    });

    it('come from the rule alone, over TLS', () => {
      const policy = statementsOf(Resources.AlarmQueuePolicy);
      const send = (rule: string, tls = 'true') => ({
        action: 'sqs:SendMessage',
        resource: QUEUE,
        context: {
          'aws:SourceArn': `arn:aws:events:us-east-1:123456789012:rule/${rule}`,
          'aws:SourceAccount': '123456789012',
          'aws:SecureTransport': tls,
        },
      });
      expect(allows(policy, send('lamplighter-prod-alarms'))).toBe(true);
      expect(allows(policy, send('another'))).toBe(false);
      expect(denies(policy, send('lamplighter-prod-alarms', 'false'))).toBe(true);
    });

    it('that cannot be brought are left in the dead letter queue', () => {
      const context = {
        'aws:SourceArn': 'arn:aws:events:us-east-1:123456789012:rule/lamplighter-prod-alarms',
        'aws:SourceAccount': '123456789012',
        'aws:SecureTransport': 'true',
      };
      const policy = statementsOf(Resources.DeadLettersPolicy);
      expect(allows(policy, { action: 'sqs:SendMessage', context })).toBe(true);
    });

    it('come to remediate-alarm many at once, each of which may come again alone', () => {
      expect(source).toMatchObject({
        EventSourceArn: QUEUE,
        BatchSize: 100,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      });
    });

    it('are hidden for as long as a delivery may take, and come again while they may still be acted on', () => {
      const delivery = Number(properties.Timeout) + Number(source?.MaximumBatchingWindowInSeconds);
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(delivery);
      expect(queue.VisibilityTimeout! * 2).toBeLessThan(600); // `remediation.eventAge`, if the policy does not say
      expect(queue.RedrivePolicy).toMatchObject({ deadLetterTargetArn: expect.stringContaining('dead-letters') });
    });

    it('that wait too long raise an alarm', () => {
      expect(Resources.RemediateAlarmBehind?.Properties).toMatchObject({
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: 'lamplighter-prod-alarms' }],
        Threshold: 600,
      });
    });
  });

  describe('alarms of other accounts', () => {
    it('are let in by the role that brings them, of the accounts that are named', () => {
      const { Resources: fed } = resolve(packaged.template, { AlarmAccounts: '210987654321,345678901234' });
      const { Statement } = fed.AlarmsMayCome!.Properties as unknown as { Statement: Statement };
      const ask = (account: string, role = 'lamplighter-alarms-prod-eu-west-1') =>
        allows([Statement], {
          action: 'events:PutEvents',
          resource: BUS,
          context: {
            'aws:PrincipalAccount': account,
            'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}`,
          },
        });
      expect(['210987654321', '345678901234', '999999999999'].map((account) => ask(account))).toEqual([
        true,
        true,
        false,
      ]);
      expect(ask('210987654321', 'admin')).toBe(false);
      expect(ask('210987654321', 'lamplighter-alarms-dev-eu-west-1')).toBe(false);
    });

    it('are not let in where none is named', () => {
      expect(Resources.AlarmsMayCome).toBeUndefined();
    });

    it('are not brought to where they are', () => {
      const at = (HubAccountId: string, HubRegion: string) =>
        resolve(ALARM_FORWARD, { Stage: 'prod', HubAccountId, HubRegion }).Resources.Forward;
      expect(at('123456789012', 'us-east-1')).toBeUndefined();
      expect([at('123456789012', 'eu-west-1'), at('210987654321', 'us-east-1')]).not.toContain(undefined);
    });

    it('are brought from there by a role that can do nothing else, the same alarms', () => {
      const member = resolve(ALARM_FORWARD, { Stage: 'prod', HubAccountId: '210987654321', HubRegion: 'us-east-1' });
      const { Forward, ForwardRole } = member.Resources;
      expect(Forward?.Properties).toMatchObject({
        EventPattern: Resources.AlarmRule?.Properties?.EventPattern,
        Targets: [{ Arn: HUBS_BUS }],
      });
      expect(ForwardRole?.Properties).toMatchObject({ RoleName: 'lamplighter-alarms-prod-us-east-1' });
      expect(statementsOf(ForwardRole)).toMatchObject([{ Action: 'events:PutEvents', Resource: HUBS_BUS }]);
      const ask = (account: string) =>
        allows(trustOf(ForwardRole), { action: 'sts:AssumeRole', context: { 'aws:SourceAccount': account } });
      expect([ask('123456789012'), ask('999999999999')]).toEqual([true, false]);
    });
  });
}
