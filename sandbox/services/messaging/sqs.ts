import { createHash } from 'node:crypto';
import * as SQS from '@aws-sdk/client-sqs';
import { modelOf } from '../../http/service-model.ts';
import type { Answer, Incoming, Service } from '../service.ts';
import { type Brokers, FAUXQS_ACCOUNT } from './brokers.ts';

/** SQS is fauxqs; this service forwards to the application of the queue's account. */
export function sqs(brokers: Brokers): Service {
  const model = modelOf(SQS, new SQS.SQSClient({ region: 'us-east-1' }));
  return { name: 'sqs', model, answer: (incoming) => forward(brokers, incoming) };
}

async function forward(brokers: Brokers, { operation, input, caller, body, headers }: Incoming): Promise<Answer> {
  const account = ownerOf(String(input.QueueUrl ?? '')) ?? caller.account.id;
  const broker = brokers.of(account, caller.region.name);
  // What is sent goes through as it is; elsewhere ARNs are names and must be those that fauxqs knows.
  const sends = operation.name.startsWith('SendMessage');
  const reply = await broker.post(
    sends ? String(body) : String(body).replaceAll(`:${account}:`, `:${FAUXQS_ACCOUNT}:`),
    headers,
  );
  if (reply.status >= 300) return { reply, outcome: errorCode(String(reply.body)) };
  const text = String(reply.body);
  const named =
    operation.name === 'ReceiveMessage' ? received(text, account) : outside(text, account, headers.host ?? '');
  return { reply: { ...reply, body: named }, outcome: 'ok' };
}

/** Queues live with the account in their URL, whoever calls. */
const ownerOf = (queueUrl: string): string | undefined => /\/(\d{12})\/[^/]+$/.exec(queueUrl)?.[1];

/** URLs and ARNs as clients know them. fauxqs makes up a host name for queues that nothing resolves. */
const outside = (text: string, account: string, host: string): string =>
  text
    .replaceAll(/http:\/\/sqs\.[a-z0-9-]+\.localhost(:\d+)?\//g, `http://${host}/`)
    .replaceAll(FAUXQS_ACCOUNT, account);

interface Received {
  readonly Messages?: readonly { Body: string; MD5OfBody: string }[];
}

/** A message that came from a topic names the topic; with the name its checksum changes. */
function received(text: string, account: string): string {
  const answer = JSON.parse(text) as Received;
  for (const message of answer.Messages ?? []) {
    message.Body = message.Body.replaceAll(/(arn:aws:sns:[a-z0-9-]+:)0{12}:/g, `$1${account}:`);
    message.MD5OfBody = createHash('md5').update(message.Body).digest('hex');
  }
  return JSON.stringify(answer);
}

function errorCode(text: string): string {
  const { __type = 'UnknownError' } = JSON.parse(text) as { __type?: string };
  return __type.split('#').at(-1)!;
}
