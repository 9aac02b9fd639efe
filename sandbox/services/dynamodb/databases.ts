import { Agent, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';
import type { Reply } from '../../http/protocol.ts';
import { getOrMake } from '../../maps.ts';
import { withTransactions } from './transactions.ts';

/** A dynalite server of one account and region. */
export interface Database {
  post(body: Buffer, headers: IncomingHttpHeaders): Promise<Reply>;
  close(): Promise<void>;
}

export interface Databases {
  of(account: string, region: string): Promise<Database>;
  close(): Promise<void>;
}

/** Servers start when the first call for their account and region comes. */
export function createDatabases(): Databases {
  const databases = new Map<string, Promise<Database>>();
  return {
    of: (account, region) => getOrMake(databases, `${account} ${region}`, startDatabase),
    close: async () => {
      for (const database of databases.values()) await (await database).close();
    },
  };
}

async function startDatabase(): Promise<Database> {
  // Tables are ready at once: dynalite would wait in real time.
  const server: Server = withTransactions(dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    post: (body, headers) => post(body, { headers, port, agent }),
    close: () =>
      new Promise((closed) => {
        agent.destroy();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

interface Target {
  readonly headers: IncomingHttpHeaders;
  readonly port: number;
  readonly agent: Agent;
}

async function post(body: Buffer, { headers, port, agent }: Target): Promise<Reply> {
  const { 'content-encoding': _, ...passed } = headers;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      method: 'POST',
      host: '127.0.0.1',
      port,
      agent,
      headers: { ...passed, 'content-length': body.length },
    };
    request(options, resolve).on('error', reject).end(body);
  });
  return {
    status: response.statusCode ?? 500,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': String(response.headers['x-amzn-requestid']),
    },
    body: await buffer(response),
  };
}
