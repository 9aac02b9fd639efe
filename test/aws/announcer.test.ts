import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { snsAnnouncer } from '../../shared/aws/announcer.ts';
import type { Message } from '../../shared/core/message.ts';
import { planMessage } from '../../shared/core/plan-message.ts';
import { stageForEachTest } from '../sandbox/clients.ts';
import { DEFAULT_POLICY, plan } from '../support/plan-specimen.ts';
import { fullRun, stageForTest } from '../support/right-size.ts';

const stage = stageForEachTest();

async function topic(Name: string): Promise<string> {
  const { TopicArn } = await stage.clients.sns.send(new CreateTopicCommand({ Name }));
  return TopicArn ?? '';
}

const message = (spoiled: Partial<Message> = {}): Message => ({ ...planMessage(plan(), DEFAULT_POLICY), ...spoiled });

const published = () => stage.sandbox.calls.byOperation('Publish').map(({ input }) => input);

describe('a message', () => {
  it('carries a text for people and the facts for everything else', async () => {
    const alerts = await topic('alerts');
    const sent = message();
    await snsAnnouncer(stage.clients.sns, { alerts }).send(sent);
    const [input, ...others] = published();
    expect(others).toEqual([]);
    expect(input).toMatchObject({ TopicArn: alerts, Subject: sent.subject, MessageStructure: 'json' });
    const bodies = JSON.parse(String(input?.Message)) as Record<string, string>;
    expect(bodies.email).toBe(sent.text);
    expect(JSON.parse(bodies.default ?? '')).toEqual({ id: sent.id, subject: sent.subject, ...(sent.facts as object) });
  });

  it('carries its attributes for subscription filters: one value as a String, a list as a String.Array', async () => {
    const alerts = await topic('alerts');
    await snsAnnouncer(stage.clients.sns, { alerts }).send(message());
    expect(published()[0]?.MessageAttributes).toEqual({
      kind: { DataType: 'String', StringValue: 'plan' },
      severity: { DataType: 'String', StringValue: 'warning' },
      account: { DataType: 'String', StringValue: '123456789012' },
      region: { DataType: 'String.Array', StringValue: '["ap-northeast-2","eu-west-1"]' },
      rule: { DataType: 'String.Array', StringValue: '["idle-database"]' },
      owner: { DataType: 'String.Array', StringValue: '["team-orders"]' },
    });
  });

  it('leaves out an attribute without a value, which SNS would refuse', async () => {
    const alerts = await topic('alerts');
    const empty = planMessage(plan({ act: [], deferred: [], unreadable: [] }), DEFAULT_POLICY);
    await snsAnnouncer(stage.clients.sns, { alerts }).send(empty);
    expect(Object.keys(published()[0]?.MessageAttributes as object).sort()).toEqual(['account', 'kind', 'severity']);
  });

  it('that SNS refuses throws', async () => {
    const alerts = await topic('alerts');
    stage.sandbox.faults.add({ service: 'sns', fault: 'accessDenied' });
    await expect(snsAnnouncer(stage.clients.sns, { alerts }).send(message())).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('the chat topic', () => {
  it('gets the custom notification of Amazon Q Developer, version 1.0', async () => {
    const [alerts, chat] = [await topic('alerts'), await topic('chat')];
    const sent = message();
    await snsAnnouncer(stage.clients.sns, { alerts, chat }).send(sent);
    const toChat = published().filter(({ TopicArn }) => TopicArn === chat);
    expect(toChat).toHaveLength(1);
    expect(toChat[0]?.MessageStructure).toBeUndefined();
    expect(JSON.parse(String(toChat[0]?.Message))).toEqual({
      version: '1.0',
      source: 'custom',
      id: sent.id,
      content: { textType: 'client-markdown', title: sent.subject, description: sent.chat },
      metadata: { threadId: 'plan-123456789012', eventType: 'plan' },
    });
  });

  it.each([
    ['its own thread', { thread: 'spend-2026-11-18-3f9a1c' }, 'spend-2026-11-18-3f9a1c'],
    ['several accounts', { attributes: { ...message().attributes, account: ['1', '2'] } }, 'plan-1-2'],
  ])('is told of a message with %s', async (_, more, threadId) => {
    const [alerts, chat] = [await topic('alerts'), await topic('chat')];
    await snsAnnouncer(stage.clients.sns, { alerts, chat }).send({ ...message(), ...more });
    const toChat = published().find(({ TopicArn }) => TopicArn === chat);
    expect(JSON.parse(String(toChat?.Message))).toMatchObject({ metadata: { threadId } });
  });

  it.each([
    ['gets the message when it is configured', true, 1],
    ['gets nothing when it is not', false, 0],
  ])('%s', async (_, configured, messages) => {
    const shop = await stageForTest({ policy: { scopes: [{ account: STAGING, regions: ['us-east-1'] }] } });
    seedShop(shop.sandbox);
    const { chatTopicArn } = shop.hub;
    await fullRun(shop, undefined, { settings: configured ? { CHAT_TOPIC_ARN: chatTopicArn } : {} });
    expect(shop.sent()).toHaveLength(1);
    const inChat = shop.sandbox.messages(chatTopicArn).map((one) => JSON.parse(one.message) as { content: object });
    expect(inChat).toHaveLength(messages);
    for (const { content } of inChat) {
      expect(content).toMatchObject({
        description: expect.stringContaining('*investor-demo* (m5.xlarge, us-east-1): $140.16') as string,
      });
    }
  });
});
