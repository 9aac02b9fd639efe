import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { MINUTE } from '../../../sandbox/clock.ts';

/** A few databases behind HTTP: enough of an outside world to be killed in the middle of. */
export interface Cloud {
  readonly url: string;
  /** What really happened, in order: `snapshot orders`, `delete orders`. */
  readonly effects: readonly string[];
  /** Ids of callbacks that people were asked to answer. */
  readonly asked: readonly string[];
}

export interface CloudRequest {
  readonly database?: string;
  readonly callbackId?: string;
}

/** A snapshot takes so long. */
const SNAPSHOT_TIME = 20 * MINUTE;

export async function startCloud(now: () => Date): Promise<Cloud> {
  const snapshots = new Map<string, number>();
  const deleted = new Set<string>();
  const effects: string[] = [];
  const asked: string[] = [];

  const operations: Readonly<Record<string, (request: CloudRequest) => unknown>> = {
    ask: ({ callbackId = '' }) => asked.push(callbackId),
    snapshot: ({ database = '' }) => {
      if (snapshots.has(database)) return 'it exists';
      snapshots.set(database, now().getTime());
      effects.push(`snapshot ${database}`);
      return 'created';
    },
    status: ({ database = '' }) =>
      now().getTime() - snapshots.get(database)! < SNAPSHOT_TIME ? 'creating' : 'available',
    delete: ({ database = '' }) => {
      if (deleted.has(database)) return 'it is gone';
      deleted.add(database);
      effects.push(`delete ${database}`);
      return 'deleted';
    },
  };

  const server = createServer(async (request, response) => {
    const answer = operations[request.url!.slice(1)]!(await jsonOf(request));
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, effects, asked };
}

async function jsonOf(request: IncomingMessage): Promise<CloudRequest> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as CloudRequest;
}
