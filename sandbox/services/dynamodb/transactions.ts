import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Attributes = Readonly<Record<string, unknown>>;

/** The only kind of write that is asked for in a transaction. */
interface Put {
  readonly TableName: string;
  readonly Item: Attributes;
  readonly ConditionExpression?: string;
}

/** A transaction has so many items at most. */
const MOST_ITEMS = 100;

/** Marks what a transaction itself asks for, which does not wait for its end. */
const OWN = 'x-own-request';

/**
 * Teaches a dynalite server TransactWriteItems, of puts: all or none of them, and nobody sees it half done. Whatever else is asked
 * meanwhile waits.
 */
export function withTransactions(server: Server): Server {
  const [answer] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');
  /** What is under way, and what has to wait for a transaction. */
  const open = new Set<Promise<unknown>>();
  let turn: Promise<unknown> = Promise.resolve();
  const answered = (incoming: IncomingMessage, response: ServerResponse): void => {
    const closed = new Promise((done) => response.once('close', done));
    open.add(closed);
    void closed.then(() => open.delete(closed));
    answer(incoming, response);
  };
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    if (incoming.headers[OWN]) return answer(incoming, response);
    if (!targetOf(incoming).endsWith('.TransactWriteItems')) return void turn.then(() => answered(incoming, response));
    turn = turn.then(async () => {
      await Promise.all(open);
      await transact(server, incoming, response);
    });
  });
  return server;
}

const targetOf = ({ headers }: IncomingMessage): string => String(headers['x-amz-target'] ?? '');

async function transact(server: Server, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { TransactItems = [] } = JSON.parse(String(await buffer(incoming))) as { TransactItems?: { Put?: Put }[] };
  const ask = asking(server, incoming.headers);
  const puts = TransactItems.flatMap(({ Put: put }) => put ?? []);
  const problem = await problemOf(puts, TransactItems.length, ask);
  if (problem)
    return reply(response, { status: 400, body: { __type: `${CORAL}#ValidationException`, message: problem } });
  const outcomes: Answer[] = [];
  for (const put of puts) outcomes.push(await ask('PutItem', { ...put, ReturnValues: 'ALL_OLD' }));
  if (outcomes.every(({ status }) => status === 200)) return reply(response, { status: 200, body: {} });
  for (const [index, put] of puts.entries()) {
    const { status, body } = outcomes[index] as Answer;
    if (status === 200) await takeBack(put, body.Attributes as Attributes | undefined, ask);
  }
  const CancellationReasons = outcomes.map(({ status, body }) =>
    status === 200 ? { Code: 'None' } : { Code: codeOf(body), Message: body.message },
  );
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  const __type = `${API}#TransactionCanceledException`;
  reply(response, { status: 400, body: { __type, Message: message, CancellationReasons } });
}

const API = 'com.amazonaws.dynamodb.v20120810';
const CORAL = 'com.amazon.coral.validate';

/** `ConditionalCheckFailed` for a `ConditionalCheckFailedException`. */
const codeOf = ({ __type }: Answer['body']): string =>
  String(__type)
    .replace(/^.*#/, '')
    .replace(/Exception$/, '');

type Ask = (operation: string, input: object) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function problemOf(puts: readonly Put[], items: number, ask: Ask): Promise<string | undefined> {
  if (puts.length < items) return 'The sandbox knows transactions of puts only';
  if (items === 0 || items > MOST_ITEMS)
    return `Member must have length ${items === 0 ? 'greater than or equal to 1' : `less than or equal to ${MOST_ITEMS}`}`;
  const keys = await Promise.all(puts.map(async (put) => JSON.stringify([put.TableName, await keyOf(put, ask)])));
  return new Set(keys).size < items ? 'Transaction request cannot include multiple operations on one item' : undefined;
}

async function keyOf({ TableName, Item }: Put, ask: Ask): Promise<Attributes> {
  const { body } = await ask('DescribeTable', { TableName });
  const { KeySchema = [] } = (body.Table ?? {}) as { KeySchema?: { AttributeName: string }[] };
  return Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, Item[AttributeName]]));
}

async function takeBack(put: Put, before: Attributes | undefined, ask: Ask): Promise<void> {
  const { TableName } = put;
  if (before) await ask('PutItem', { TableName, Item: before });
  else await ask('DeleteItem', { TableName, Key: await keyOf(put, ask) });
}

/** Asks dynalite as the caller did. */
const asking =
  (server: Server, { 'content-length': _, ...headers }: IncomingHttpHeaders): Ask =>
  async (operation, input) => {
    const { port } = server.address() as AddressInfo;
    const own = { ...headers, 'x-amz-target': `DynamoDB_20120810.${operation}`, [OWN]: 'yes' };
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method: 'POST', host: '127.0.0.1', port, headers: own };
      request(options, resolve).on('error', reject).end(JSON.stringify(input));
    });
    const body = JSON.parse(String(await buffer(answered))) as Answer['body'];
    return { status: answered.statusCode ?? 500, body };
  };

function reply(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}
