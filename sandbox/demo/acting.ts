import { main as answerCommand } from '../../scripts/answer.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { followTime } from '../durable/determinism.ts';
import { listenLambda } from '../durable/http/listen.ts';
import { Lambda } from '../durable/lambda.ts';
import { type Handler, inProcess } from '../durable/runtimes/in-process.ts';
import type { AlarmEvent } from '../estate/alarm-change.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import { plainContext } from './context.ts';
import type { Wired, Wiring } from './wiring.ts';

/** Who answers in the demo: a role that the shop's policy names, and a session of it. */
const KIM = 'arn:aws:sts::123456789012:assumed-role/sre-oncall/kim';

const REMEDIATE_ALARM = 'lamplighter-remediate-alarm-prod';

/** The acting half of the shop: Lambda's durable executions on the sandbox's clock, and a person at a terminal. */
export interface Acting {
  readonly lambda: Lambda;
  /** Where functions in other processes find Lambda. */
  readonly url: string;
  /** Takes what EventBridge tells of alarms, for remediate-alarm. */
  readonly queue: (event: AlarmEvent) => void;
  /** `npm run answer -- ...`, typed by Kim; returns what it prints. */
  readonly answer: (...args: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openActing({
  sandbox,
  hub,
  wiring,
}: {
  sandbox: Sandbox;
  hub: Hub;
  wiring: Wiring;
}): Promise<Acting> {
  const lambda = new Lambda({ clock: sandbox.clock });
  const api = await listenLambda({ lambda });
  const realTime = followTime(() => sandbox.clock.now().getTime());
  const carryOut = await load(wiring, 'carry-out', { ...sandbox.env, AWS_ENDPOINT_URL_LAMBDA: api.url });
  lambda.register('lamplighter-carry-out-prod', {
    runtime: inProcess(carryOut),
    durable: { executionTimeoutSeconds: 90 * 86_400 },
  });
  const remediate = await load(wiring, 'remediate-alarm', { ...sandbox.env, AWS_ENDPOINT_URL_LAMBDA: api.url });
  lambda.register(REMEDIATE_ALARM, { runtime: inProcess(remediate) });
  const listen = await load(wiring, 'answer', { ...sandbox.env, AWS_ENDPOINT_URL_LAMBDA: api.url });
  return {
    lambda,
    url: api.url,
    queue: queueTo(lambda, REMEDIATE_ALARM, wiredIn(wiring, 'remediate-alarm').batchingSeconds ?? 0),
    answer: (...args) => typed(args, { sandbox, hub, listen }),
    close: async () => {
      realTime();
      await api.close();
    },
  };
}

/** Hands over together what has come, as soon as the first of it has waited for so long. */
function queueTo(lambda: Lambda, functionName: string, seconds: number): Acting['queue'] {
  const waiting: AlarmEvent[] = [];
  const handOver = () => {
    const Records = waiting.splice(0).map((event) => ({ messageId: event.id, body: JSON.stringify(event) }));
    lambda.send(functionName, JSON.stringify({ Records }));
  };
  return (event) => {
    if (waiting.push(event) === 1) lambda.clock.after({ seconds }, handOver);
  };
}

/** Loads a bundle as a cold start does: with the environment that the template gives to it. */
async function load(wiring: Wiring, name: string, env: Readonly<Record<string, string>>): Promise<Handler> {
  const wired = wiredIn(wiring, name);
  Object.assign(process.env, env, wired.env, { LOG_LEVEL: 'SILENT' });
  const { handler } = (await import(wired.file)) as { handler: Handler };
  return handler;
}

const wiredIn = ({ functions }: Wiring, name: string): Wired => functions.find((one) => one.name === name) as Wired;

interface Terminal {
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly listen: Handler;
}

async function typed(args: readonly string[], { sandbox, hub, listen }: Terminal): Promise<string> {
  const printed: string[] = [];
  const ledgerTable = { client: hub.dynamodb, table: hub.table };
  await answerCommand(args, {
    env: { LEDGER_TABLE: hub.table, ANSWER_URL: 'https://answer.example' },
    out: (text) => printed.push(text),
    err: (text) => printed.push(text),
    now: () => sandbox.clock.now(),
    connect: () => ({ ...answerLedger(ledgerTable), currentPolicy: dynamoLedger(ledgerTable).currentPolicy }),
    // The Function URL: AWS has checked the signature and says who it was.
    post: async (_url, request) => {
      const event = urlEvent(request);
      const reply = (await listen(event as never, plainContext('answer'))) as { statusCode: number; body: string };
      return { status: reply.statusCode, body: reply.body };
    },
  });
  return printed.join('\n');
}

/** What a Function URL with AWS_IAM hands to its function (payload version 2.0). */
const urlEvent = (request: unknown) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: '/',
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  requestContext: {
    accountId: '123456789012',
    authorizer: { iam: { userArn: KIM, accountId: '123456789012', callerId: 'AROADEMO:kim', userId: 'AROADEMO:kim' } },
    http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '192.0.2.10', userAgent: 'lamplighter' },
    requestId: '00000000-0000-4000-8000-000000000002',
  },
  body: JSON.stringify(request),
  isBase64Encoded: false,
});
