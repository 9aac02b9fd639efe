import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../../functions/watch-spend/event.ts';
import { BILLING_ALARM, functionsOf, ofType, statementsOf, trustOf } from '../../../scripts/package/deployed.ts';
import { allows, denies, type Statement } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';

const WATCH_SPEND = 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-watch-spend-prod';

/** How watch-spend is woken besides its daily schedule. */
export function spendingSuite(packaged: Packaged): void {
  const { Resources } = resolve(packaged.template);

  describe('watch-spend', () => {
    it('tests the delivery of its messages every week, by an event that it takes', () => {
      const schedules = ofType(resolve(packaged.template), 'AWS::Scheduler::Schedule').map(([, one]) => one.Properties);
      const test = schedules.find((one) => one?.Name === 'self-test');
      expect(test).toMatchObject({
        ScheduleExpression: 'cron(0 8 ? * MON *)',
        Target: { Arn: WATCH_SPEND, RetryPolicy: { MaximumRetryAttempts: 10 } },
      });
      const { Input } = (test?.Target ?? {}) as { Input: string };
      const event = JSON.parse(Input.replace('<aws.scheduler.scheduled-time>', '2026-11-23T08:00:00Z'));
      expect(eventSchema.parse(event)).toEqual({ time: new Date('2026-11-23T08:00:00Z'), selfTest: true });
    });

    it('is woken by its own billing alarm when it goes off, and by no other', () => {
      expect(Resources.BillingAlarmRule?.Properties).toMatchObject({
        EventPattern: {
          source: ['aws.cloudwatch'],
          account: ['123456789012'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: [{ prefix: 'lamplighter-prod-billing' }], state: { value: ['ALARM'] } },
        },
        Targets: [{ Arn: WATCH_SPEND, DeadLetterConfig: { Arn: expect.stringContaining('dead-letters') } }],
      });
      expect(Resources.BillingAlarmWakes?.Properties).toMatchObject({
        Principal: 'events.amazonaws.com',
        SourceAccount: '123456789012',
        SourceArn: expect.stringContaining('lamplighter-prod-billing-alarm'),
      });
    });

    it('is woken by the billing alarm of its payer, which comes from there by one role', () => {
      const { Resources: paid } = resolve(packaged.template, { Payer: '210987654321' });
      expect(paid.BillingAlarmRule?.Properties).toMatchObject({
        EventPattern: { account: ['123456789012', '210987654321'] },
      });
      const { Statement } = paid.PayerMayForward!.Properties as unknown as { Statement: Statement };
      expect(Statement).toMatchObject({ Principal: { AWS: 'arn:aws:iam::210987654321:root' } });
      const ask = (account: string, role = 'lamplighter-billing-forward-prod') =>
        allows([Statement], {
          action: 'events:PutEvents',
          resource: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
          context: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}` },
        });
      expect([ask('210987654321'), ask('999999999999'), ask('210987654321', 'other')]).toEqual([true, false, false]);
    });

    it.each(['', '123456789012'])('lets no other account in while the hub pays itself: payer %j', (Payer) => {
      const { Resources: own } = resolve(packaged.template, { Payer });
      expect(own.PayerMayForward).toBeUndefined();
      expect(own.BillingAlarmRule?.Properties).toMatchObject({ EventPattern: { account: ['123456789012'] } });
    });

    it('leaves a billing alarm that cannot be brought in the dead letter queue', () => {
      const queue = statementsOf(Resources.DeadLettersPolicy);
      const send = (rule: string) => ({
        action: 'sqs:SendMessage',
        resource: 'arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-dead-letters',
        context: {
          'aws:SourceArn': `arn:aws:events:us-east-1:123456789012:rule/${rule}`,
          'aws:SourceAccount': '123456789012',
          'aws:SecureTransport': 'true',
        },
      });
      expect(allows(queue, send('lamplighter-prod-billing-alarm'))).toBe(true);
      expect(allows(queue, send('another'))).toBe(false);
      expect(denies(queue, send('lamplighter-prod-billing-alarm'))).toBe(false);
    });

    it('tells by an alarm when a subscription does not take its messages', () => {
      const alarms = ofType(resolve(packaged.template), 'AWS::CloudWatch::Alarm').map(([, one]) => one.Properties);
      expect(alarms).toContainEqual(
        expect.objectContaining({
          Namespace: 'AWS/SNS',
          MetricName: 'NumberOfNotificationsFailed',
          Dimensions: [{ Name: 'TopicName', Value: 'lamplighter-prod-alerts' }],
        }),
      );
    });

    it('is told where everything is that it needs', () => {
      const { Environment } = functionsOf(packaged).find(({ name }) => name === 'watch-spend')!.properties;
      expect(Environment).toMatchObject({
        Variables: {
          LEDGER_TABLE: 'lamplighter-prod',
          LOOK_ROLE_NAME: 'lamplighter-look',
          TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:lamplighter-prod-alerts',
        },
      });
    });
  });

  describe('the billing alarm', () => {
    const deployed = resolve(BILLING_ALARM, { Stage: 'prod', HubRegion: 'ap-northeast-2', MonthlyAmount: '5000' });

    it('has the name that wakes watch-spend', () => {
      expect(deployed.Resources.BillingAlarm?.Properties).toMatchObject({
        AlarmName: 'lamplighter-prod-billing',
        Namespace: 'AWS/Billing',
        MetricName: 'EstimatedCharges',
        Threshold: '5000',
      });
    });

    it('is brought to the region of the hub, by a role that can do nothing else', () => {
      expect(deployed.Resources.Forward?.Properties).toMatchObject({
        Targets: [{ Arn: 'arn:aws:events:ap-northeast-2:123456789012:event-bus/default' }],
      });
      const statements = statementsOf(deployed.Resources.ForwardRole);
      expect(statements.map(({ Action }) => Action)).toEqual(['events:PutEvents']);
      const ask = (account: string) =>
        allows(trustOf(deployed.Resources.ForwardRole), {
          action: 'sts:AssumeRole',
          context: { 'aws:SourceAccount': account },
        });
      expect([ask('123456789012'), ask('999999999999')]).toEqual([true, false]);
    });

    it('of a payer is brought to the hub’s account, by the role that is let in there', () => {
      const payers = resolve(BILLING_ALARM, { Stage: 'prod', HubAccountId: '210987654321', HubRegion: 'us-east-1' });
      const bus = 'arn:aws:events:us-east-1:210987654321:event-bus/default';
      expect(payers.Resources.Forward?.Properties).toMatchObject({ Targets: [{ Arn: bus }] });
      expect(payers.Resources.ForwardRole?.Properties).toMatchObject({ RoleName: 'lamplighter-billing-forward-prod' });
      expect(statementsOf(payers.Resources.ForwardRole)).toMatchObject([{ Resource: bus }]);
    });

    it.each(['self', '123456789012'])('goes nowhere where the hub is: %s', (HubAccountId) => {
      const hub = resolve(BILLING_ALARM, { Stage: 'prod', HubAccountId, HubRegion: 'us-east-1' });
      expect(hub.Resources.Forward).toBeUndefined();
    });
  });
}
