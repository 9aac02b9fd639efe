import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../scripts/package/template.ts';
import { validateTemplate } from './validate-template.ts';

const GOOD = `
Parameters:
  Stage: { Type: String }
Conditions:
  Chatty: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub '\${AWS::StackName}-\${Stage}'
      SqsManagedSseEnabled: true
  Topic:
    Type: AWS::SNS::Topic
    DependsOn: Queue
  Chat:
    Type: AWS::SNS::Topic
    Condition: Chatty
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [!Ref Topic, !If [Chatty, !Ref Chat, !Ref AWS::NoValue]]
      ComparisonOperator: LessThanThreshold
      Dimensions: [{ Name: QueueName, Value: !GetAtt Queue.QueueName }]
      EvaluationPeriods: 1
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties:
      FlexibleTimeWindow: { Mode: 'OFF' }
      ScheduleExpression: rate(1 day)
      Target: { Arn: !GetAtt Queue.Arn, RoleArn: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/\${!x}' }
Outputs:
  Chat: { Condition: Chatty, Value: !Ref Chat }
`;

describe('validateTemplate', () => {
  it('finds nothing in a good template', () => {
    expect(validateTemplate(parseTemplate(GOOD))).toEqual([]);
  });

  it.each([
    ['an unknown type', 'AWS::SQS::Queue', 'AWS::SQS::Queues', 'Resources.Queue: unknown type AWS::SQS::Queues'],
    [
      'an unknown property',
      'SqsManagedSseEnabled',
      'SseEnabled',
      'Resources.Queue.Properties.SseEnabled: unknown property',
    ],
    [
      'an unknown property further down',
      'Mode:',
      'Modus:',
      'Resources.Schedule.Properties.FlexibleTimeWindow.Modus: unknown property',
    ],
    [
      'a missing property',
      'ScheduleExpression: rate(1 day)',
      '',
      'Resources.Schedule.Properties.ScheduleExpression: required property missing',
    ],
    [
      'a missing property further down',
      'KeyType: HASH',
      '',
      'Resources.Table.Properties.KeySchema.0.KeyType: required property missing',
    ],
    [
      'a word for a boolean',
      'SqsManagedSseEnabled: true',
      'SqsManagedSseEnabled: on request',
      'Resources.Queue.Properties.SqsManagedSseEnabled: expected a boolean, not "on request"',
    ],
    [
      'a word for a number',
      'EvaluationPeriods: 1',
      'EvaluationPeriods: one',
      'Resources.Alarm.Properties.EvaluationPeriods: expected an integer, not "one"',
    ],
    [
      'a list for a string',
      'ComparisonOperator: LessThanThreshold',
      'ComparisonOperator: [LessThanThreshold]',
      'Resources.Alarm.Properties.ComparisonOperator: expected a string',
    ],
    [
      'a value that is not on the list',
      "Mode: 'OFF'",
      'Mode: RIGID',
      'Resources.Schedule.Properties.FlexibleTimeWindow.Mode: expected one of OFF, FLEXIBLE, not "RIGID"',
    ],
    [
      'a dangling Ref',
      '[!Ref Topic,',
      '[!Ref Topik,',
      'Resources.Alarm.Properties.AlarmActions.0: Ref of unknown Topik',
    ],
    [
      'a dangling GetAtt',
      'Arn: !GetAtt Queue.Arn',
      'Arn: !GetAtt Quit.Arn',
      'Resources.Schedule.Properties.Target.Arn: GetAtt of unknown Quit',
    ],
    [
      'an attribute that the type does not have',
      'Arn: !GetAtt Queue.Arn',
      'Arn: !GetAtt Queue.Name',
      'Resources.Schedule.Properties.Target.Arn: AWS::SQS::Queue has no attribute Name',
    ],
    [
      'a dangling Sub',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's, not ours
      '${Stage}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's, not ours
      '${Stake}',
      'Resources.Queue.Properties.QueueName: Sub of unknown Stake',
    ],
    [
      'a pseudo parameter that does not exist',
      'AWS::StackName',
      'AWS::Stack',
      'Resources.Queue.Properties.QueueName: Sub of unknown AWS::Stack',
    ],
    ['a dangling DependsOn', 'DependsOn: Queue', 'DependsOn: Quit', 'Resources.Topic: DependsOn of unknown Quit'],
    [
      'an unknown condition',
      '!If [Chatty',
      '!If [Mute',
      'Resources.Alarm.Properties.AlarmActions.1: unknown condition Mute',
    ],
    [
      'a resource that may not exist',
      '[!Ref Topic,',
      '[!Ref Chat,',
      'Resources.Alarm.Properties.AlarmActions.0: Ref of Chat, which exists only if Chatty',
    ],
    [
      'resources that wait for each other',
      '!Sub ',
      '!GetAtt Topic.TopicName #',
      'Resources: circular, Queue -> Topic -> Queue',
    ],
  ])('finds %s', (_, good, spoiled, finding) => {
    expect(validateTemplate(parseTemplate(GOOD.replace(good, spoiled)))).toContain(finding);
  });
});
