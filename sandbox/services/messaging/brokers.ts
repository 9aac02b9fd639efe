import type { IncomingHttpHeaders } from 'node:http';
import { buildApp } from 'fauxqs';
import type { Reply } from '../../http/protocol.ts';
import { getOrMake } from '../../maps.ts';

/** A fauxqs application of one account and region: its topics, its queues, and what flows between them. */
interface Broker {
  readonly account: string;
  post(body: string, headers: IncomingHttpHeaders): Promise<Reply>;
}

export interface Brokers {
  of(account: string, region: string): Broker;
  close(): Promise<void>;
}

/** The one account that fauxqs knows. */
export const FAUXQS_ACCOUNT = '000000000000';

/** Applications are made when first needed and called in process: they listen on no port. */
export function createBrokers(): Brokers {
  const apps = new Map<string, ReturnType<typeof buildApp>>();
  return {
    of: (account, region) => {
      const app = getOrMake(apps, `${account} ${region}`, () => buildApp({ logger: false, defaultRegion: region }));
      return { account, post: (body, headers) => post(app, body, headers) };
    },
    close: async () => {
      for (const app of apps.values()) await app.close();
    },
  };
}

async function post(app: ReturnType<typeof buildApp>, body: string, headers: IncomingHttpHeaders): Promise<Reply> {
  const { 'content-length': _length, 'content-encoding': _encoding, ...passed } = headers;
  const answer = await app.inject({ method: 'POST', url: '/', headers: passed, payload: body });
  const queryError = answer.headers['x-amzn-query-error'];
  return {
    status: answer.statusCode,
    headers: {
      'content-type': String(answer.headers['content-type'] ?? 'text/xml'),
      ...(queryError === undefined ? {} : { 'x-amzn-query-error': String(queryError) }),
    },
    body: answer.body,
  };
}
