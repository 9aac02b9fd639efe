import { type MessageAttributeValue, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message, MessageAttributes } from '../core/message.ts';
import type { Announcer } from '../ports.ts';

export interface Topics {
  readonly alerts: string;
  /** For Amazon Q Developer in chat applications; none when there is no chat. */
  readonly chat?: string;
  /** Told when chat refuses a message. It is not thrown: a retry would repeat the alert, which is out by then. */
  readonly onChatError?: (error: unknown) => void;
}

/**
 * Publishes each message once for every reader: mail gets the text, everything else (SQS, Lambda, HTTPS, Firehose) the
 * facts as JSON. The chat topic gets Amazon Q Developer's custom notification, version 1.0.
 */
export function snsAnnouncer(client: SNSClient, topics: Topics): Announcer {
  return {
    send: async (message) => {
      await client.send(
        new PublishCommand({
          TopicArn: topics.alerts,
          Subject: message.subject,
          MessageStructure: 'json',
          Message: JSON.stringify({
            default: JSON.stringify({ id: message.id, subject: message.subject, ...(message.facts as object) }),
            email: message.text,
          }),
          MessageAttributes: toAttributes(message.attributes),
        }),
      );
      if (topics.chat)
        await client.send(chatCommand(topics.chat, message)).catch(topics.onChatError ?? (() => undefined));
    },
  };
}

function chatCommand(TopicArn: string, message: Message): PublishCommand {
  const notification = {
    version: '1.0',
    source: 'custom',
    id: message.id,
    content: { textType: 'client-markdown', title: message.subject, description: message.chat },
    metadata: {
      threadId: message.thread ?? [message.attributes.kind, message.attributes.account].flat().join('-'),
      eventType: message.attributes.kind,
    },
  };
  return new PublishCommand({ TopicArn, Message: JSON.stringify(notification) });
}

/** One value is a String, several are a String.Array; an attribute without a value is left out: SNS refuses it. */
function toAttributes(attributes: MessageAttributes): Record<string, MessageAttributeValue> {
  const entries = Object.entries(attributes as unknown as Record<string, string | readonly string[]>);
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, MessageAttributeValue][] => {
      if (typeof value === 'string') return [[name, { DataType: 'String', StringValue: value }]];
      return value.length > 0 ? [[name, { DataType: 'String.Array', StringValue: JSON.stringify(value) }]] : [];
    }),
  );
}
