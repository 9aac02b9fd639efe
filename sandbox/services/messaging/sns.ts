import * as SNS from '@aws-sdk/client-sns';
import { modelOf, type ServiceModel } from '../../http/service-model.ts';
import { type Answer, asAwsError, type Incoming, type Service } from '../service.ts';
import { type Brokers, FAUXQS_ACCOUNT } from './brokers.ts';
import { checkPublish, messageForQueues } from './publish.ts';

/** SNS is fauxqs; this service forwards to the application of the topic's own account and region. */
export function sns(brokers: Brokers): Service {
  const model = modelOf(SNS, new SNS.SNSClient({ region: 'us-east-1' }));
  return {
    name: 'sns',
    model,
    answer: async (incoming) => {
      try {
        if (incoming.operation.name === 'Publish') checkPublish(incoming.input);
        return await forward(brokers, incoming);
      } catch (thrown) {
        return refused(model, incoming, thrown);
      }
    },
  };
}

function refused({ protocol }: ServiceModel, { requestId }: Incoming, thrown: unknown): Answer {
  const error = asAwsError(thrown);
  return { reply: protocol.writeError(error, requestId), outcome: error.code };
}

async function forward(brokers: Brokers, { input, caller, body, headers }: Incoming): Promise<Answer> {
  const form = new URLSearchParams(String(body));
  const owner = ownerOf(form) ?? { account: caller.account.id, region: caller.region.name };
  const broker = brokers.of(owner.account, owner.region);
  for (const [name, value] of form) if (!/Message|Subject/.test(name)) form.set(name, inside(value, owner.account));
  if (input.MessageStructure === 'json') form.set('Message', messageForQueues(String(input.Message)));
  const reply = await broker.post(form.toString(), headers);
  const text = String(reply.body).replaceAll(FAUXQS_ACCOUNT, owner.account);
  const outcome = reply.status < 300 ? 'ok' : (/<Code>([^<]+)/.exec(text)?.[1] ?? 'UnknownError');
  return { reply: { ...reply, body: text }, outcome };
}

/** Topics and subscriptions live with the account and region in their ARN, whoever calls. */
function ownerOf(form: URLSearchParams): { account: string; region: string } | undefined {
  const arn = form.get('TopicArn') ?? form.get('SubscriptionArn') ?? form.get('ResourceArn') ?? '';
  const match = /^arn:aws:sns:([a-z0-9-]+):(\d{12}):/.exec(arn);
  return match ? { region: match[1]!, account: match[2]! } : undefined;
}

/** ARNs as fauxqs knows them. */
const inside = (value: string, account: string): string =>
  value.replaceAll(new RegExp(`(arn:aws:s[nq]s:[a-z0-9-]+:)${account}:`, 'g'), `$1${FAUXQS_ACCOUNT}:`);
