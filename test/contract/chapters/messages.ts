import {
  CreateTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  type SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

const seed = async (target: Target): Promise<Seed> => target.clients();

/** A topic and a queue that listens to it, both new. */
async function listening({ sns, sqs }: Seed, name: string, Attributes: Record<string, string> = {}) {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const asked = { QueueUrl: QueueUrl!, AttributeNames: ['QueueArn' as const] };
  const { Attributes: { QueueArn } = {} } = await sqs.send(new GetQueueAttributesCommand(asked));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn, Attributes }));
  return {
    TopicArn: TopicArn!,
    publish: (message: Omit<PublishCommandInput, 'TopicArn'>) => sns.send(new PublishCommand({ TopicArn, ...message })),
    heard: () => receive(sqs, QueueUrl!),
  };
}

/** Takes what lies in the queue. */
async function receive(sqs: SQSClient, QueueUrl: string) {
  const ask = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(ask));
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
}

const kind = (StringValue: string) => ({ MessageAttributes: { kind: { DataType: 'String', StringValue } } });

export const messages = chapter('messages', seed, {
  'what is published to a topic comes to its queue in an envelope': async (seed) => {
    const topic = await listening(seed, 'enveloped');
    const { MessageId } = await topic.publish({ Subject: 'a plan', Message: 'three databases', ...kind('plan') });
    const [message, ...more] = await topic.heard();
    expect(more).toEqual([]);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn: topic.TopicArn,
      Subject: 'a plan',
      Message: 'three databases',
      MessageAttributes: { kind: { Type: 'String', Value: 'plan' } },
    });
  },

  'raw delivery comes without the envelope, with its attributes': async (seed) => {
    const topic = await listening(seed, 'raw', { RawMessageDelivery: 'true' });
    await topic.publish({ Message: 'three databases', ...kind('plan') });
    const [message] = await topic.heard();
    expect(message?.Body).toBe('three databases');
    expect(message?.MessageAttributes?.kind).toMatchObject({ DataType: 'String', StringValue: 'plan' });
  },

  'a subscriber hears only what its filter lets through': async (seed) => {
    const filter = { FilterPolicy: JSON.stringify({ kind: ['plan'] }), RawMessageDelivery: 'true' };
    const topic = await listening(seed, 'filtered', filter);
    await topic.publish({ Message: 'an outcome', ...kind('outcome') });
    await topic.publish({ Message: 'without a kind' });
    await topic.publish({ Message: 'a plan', ...kind('plan') });
    expect((await topic.heard()).map(({ Body }) => Body)).toEqual(['a plan']);
  },

  'a topic made twice is one topic': async ({ sns }) => {
    const make = async () => (await sns.send(new CreateTopicCommand({ Name: 'once' }))).TopicArn;
    expect(await make()).toBe(await make());
  },

  'an unknown topic is NotFoundException': async ({ sns }) => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'known' }));
    const message = new PublishCommand({ TopicArn: `${TopicArn}-not`, Message: 'hello?' });
    await refused(sns.send(message), 'NotFoundException');
  },

  'a subject of more than a hundred characters is InvalidParameterException': async (seed) => {
    const { publish } = await listening(seed, 'long-subject');
    await refused(publish({ Subject: 's'.repeat(101), Message: 'hello' }), 'InvalidParameterException');
  },

  'an empty message is InvalidParameterException': async (seed) => {
    const { publish } = await listening(seed, 'empty');
    await refused(publish({ Message: '' }), 'InvalidParameterException');
  },

  'a message of more than 256 KB is InvalidParameterException': async (seed) => {
    const { publish } = await listening(seed, 'heavy');
    await refused(publish({ Message: 'm'.repeat(256 * 1024 + 1) }), 'InvalidParameterException');
  },

  'an unknown queue is QueueDoesNotExist': async ({ sqs }) => {
    await refused(sqs.send(new GetQueueUrlCommand({ QueueName: 'nobody' })), 'QueueDoesNotExist');
  },
});
