import type { MessageAttributeValue, PublishBatchInput, PublishInput } from '@aws-sdk/client-sns';
import type { Call } from './calls.ts';

/** One message as it was handed to SNS. */
export interface Message {
  readonly at: Date;
  readonly subject?: string;
  /** As published: with MessageStructure `json` this is the JSON with one text per protocol. */
  readonly message: string;
  /** Name -> value; the value of a `String.Array` is the JSON text that was sent. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Keeps what SNS accepted, by topic. The recorded calls are the one truth about what was published. */
export interface Mailbox {
  take(call: Call): void;
  of(topicArn: string): readonly Message[];
}

export function createMailbox(): Mailbox {
  const byTopic = new Map<string, Message[]>();
  return {
    take: (call) => {
      for (const { topicArn, message } of published(call)) {
        byTopic.set(topicArn, [...(byTopic.get(topicArn) ?? []), message]);
      }
    },
    of: (topicArn) => byTopic.get(topicArn) ?? [],
  };
}

function published({ service, operation, outcome, at, input }: Call): { topicArn: string; message: Message }[] {
  if (service !== 'sns' || outcome !== 'ok') return [];
  if (operation === 'Publish') {
    const { TopicArn = '', ...entry } = input as unknown as PublishInput;
    return [{ topicArn: TopicArn, message: messageOf(entry, at) }];
  }
  if (operation === 'PublishBatch') {
    const { TopicArn = '', PublishBatchRequestEntries = [] } = input as unknown as PublishBatchInput;
    return PublishBatchRequestEntries.map((entry) => ({ topicArn: TopicArn, message: messageOf(entry, at) }));
  }
  return [];
}

interface Entry {
  readonly Subject?: string | undefined;
  readonly Message?: string | undefined;
  readonly MessageAttributes?: Record<string, MessageAttributeValue> | undefined;
}

const messageOf = ({ Subject, Message = '', MessageAttributes = {} }: Entry, at: Date): Message => ({
  at,
  ...(Subject === undefined ? {} : { subject: Subject }),
  message: Message,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
  ),
});
