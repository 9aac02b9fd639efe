import { CreateTableCommand, GetItemCommand, PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

const TABLE = {
  TableName: 'ledger',
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
};

describe('DynamoDB, which is dynalite', () => {
  it('keeps items, says whose table it is, and is in the call log', async () => {
    const { dynamodb } = stage.clients;
    const { TableDescription } = await dynamodb.send(new CreateTableCommand(TABLE));
    expect(TableDescription?.TableArn).toBe('arn:aws:dynamodb:ap-northeast-2:123456789012:table/ledger');
    const Item = { pk: { S: 'PLAN#1' }, body: { B: new Uint8Array([1, 2]) }, n: { N: '3' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item }));
    expect((await dynamodb.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: Item.pk } }))).Item).toEqual(Item);
    const refused = dynamodb.send(
      new PutItemCommand({ TableName: 'ledger', Item, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    await expect(refused).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(stage.sandbox.calls.all().map((call) => [call.operation, call.outcome])).toEqual([
      ['CreateTable', 'ok'],
      ['PutItem', 'ok'],
      ['GetItem', 'ok'],
      ['PutItem', 'ConditionalCheckFailedException'],
    ]);
    expect(stage.sandbox.calls.byOperation('PutItem')[0]?.input).toEqual({ TableName: 'ledger', Item });
  });

  it('keeps accounts apart', async () => {
    await stage.clients.dynamodb.send(new CreateTableCommand(TABLE));
    const credentials = stage.sandbox.estate.account('222222222222').accessKey();
    const { dynamodb } = clientsOf(stage.sandbox, { credentials });
    const elsewhere = dynamodb.send(new GetItemCommand({ TableName: 'ledger', Key: { pk: { S: 'a' } } }));
    await expect(elsewhere).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('says what dynalite does not know', async () => {
    const input = { TableName: 'ledger', TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true } };
    await expect(stage.clients.dynamodb.send(new UpdateTimeToLiveCommand(input))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });
});

describe('SNS and SQS, which are fauxqs', () => {
  /** A topic with one queue subscribed to it. */
  const subscribed = async (Attributes: Record<string, string>) => {
    const { sns, sqs } = stage.clients;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'lamplighter' }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox' }));
    const queue = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    const Endpoint = queue.Attributes?.QueueArn ?? '';
    expect([TopicArn, Endpoint]).toEqual([
      'arn:aws:sns:ap-northeast-2:123456789012:lamplighter',
      'arn:aws:sqs:ap-northeast-2:123456789012:inbox',
    ]);
    await sns.send(new SubscribeCommand({ TopicArn, Endpoint, Protocol: 'sqs', Attributes }));
    const receive = async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }));
      return Messages[0];
    };
    return { TopicArn, QueueUrl, receive };
  };

  it('delivers a message in its envelope', async () => {
    const { TopicArn, receive } = await subscribed({});
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'plan' },
      rules: { DataType: 'String.Array', StringValue: '["idle-database","idle-instance"]' },
    };
    await stage.clients.sns.send(
      new PublishCommand({ TopicArn, Subject: 'A plan', Message: 'two databases', MessageAttributes }),
    );
    expect(JSON.parse((await receive())?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Subject: 'A plan',
      Message: 'two databases',
      MessageAttributes: { kind: { Type: 'String', Value: 'plan' }, rules: { Type: 'String.Array' } },
    });
  });

  it('delivers raw messages, and of several texts the one for queues', async () => {
    const { TopicArn, receive } = await subscribed({ RawMessageDelivery: 'true' });
    const Message = JSON.stringify({ default: 'text', sqs: '{"plan":1}' });
    await stage.clients.sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: 'json' }));
    expect((await receive())?.Body).toBe('{"plan":1}');
  });

  it('filters by message attributes', async () => {
    const { TopicArn, receive } = await subscribed({ FilterPolicy: JSON.stringify({ severity: ['high'] }) });
    for (const StringValue of ['low', 'high']) {
      const MessageAttributes = { severity: { DataType: 'String', StringValue } };
      await stage.clients.sns.send(new PublishCommand({ TopicArn, Message: StringValue, MessageAttributes }));
    }
    expect(JSON.parse((await receive())?.Body ?? '')).toMatchObject({ Message: 'high' });
    expect(await receive()).toBeUndefined();
  });

  it('remembers what was published, and nothing that was refused', async () => {
    const { TopicArn } = await subscribed({});
    const publish = (input: object) => stage.clients.sns.send(new PublishCommand({ TopicArn, Message: 'm', ...input }));
    await publish({ Subject: 'ok', MessageAttributes: { kind: { DataType: 'String', StringValue: 'plan' } } });
    await expect(publish({ Subject: 'two\nlines' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(publish({ Subject: 'x'.repeat(101) })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(publish({ Message: '{"sqs":"no default"}', MessageStructure: 'json' })).rejects.toThrow(
      'No default entry',
    );
    stage.sandbox.calls.clear();
    expect(stage.sandbox.messages(TopicArn)).toEqual([
      { at: stage.sandbox.clock.now(), subject: 'ok', message: 'm', attributes: { kind: 'plan' } },
    ]);
  });

  it('leaves what is sent to a queue as it is', async () => {
    const { QueueUrl, receive } = await subscribed({});
    const MessageBody = 'arn:aws:sqs:ap-northeast-2:123456789012:inbox 000000000000';
    await stage.clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    expect((await receive())?.Body).toBe(MessageBody);
  });

  it('are in the call log', async () => {
    await subscribed({});
    expect(stage.sandbox.calls.tally()).toEqual(
      new Map([
        ['sns:CreateTopic', 1],
        ['sqs:CreateQueue', 1],
        ['sqs:GetQueueAttributes', 1],
        ['sns:Subscribe', 1],
      ]),
    );
  });
});
