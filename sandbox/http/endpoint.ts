import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../calls.ts';
import type { Estate } from '../estate/estate.ts';
import { faultName, type StrikingFaults } from '../faults.ts';
import type { Services } from '../services/services.ts';
import { admit } from './admit.ts';
import { type Ending, meet } from './mishaps.ts';
import { readBody, routeOf, strangerReply } from './route.ts';

export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

export interface EndpointParts {
  readonly services: Services;
  readonly estate: Estate;
  readonly faults: StrikingFaults;
  /** Is told of every call once its outcome is known. */
  readonly record: (call: Call) => void;
}

/** One request on its way. */
interface Exchange extends EndpointParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly closing: AbortSignal;
}

/** Opens the one HTTP endpoint behind which every service of the sandbox answers. */
export async function listen(parts: EndpointParts): Promise<Endpoint> {
  const closing = new AbortController();
  let requests = 0;
  const server = createServer((request, response) => {
    const requestId = `00000000-0000-4000-8000-${String(++requests).padStart(12, '0')}`;
    serve({ ...parts, request, response, requestId, closing: closing.signal }).catch(() => response.destroy());
  });
  // A test may think for a while between two calls over one connection.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        closing.abort();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** The whole journey of a request. */
async function serve(exchange: Exchange): Promise<void> {
  const { services, faults, record, request, response, requestId, closing } = exchange;
  const body = await readBody(request);
  const signed = routeOf(request.headers, body);
  const service = signed?.service && services.get(signed.service);
  if (!signed || !service) return send(response, strangerReply(signed));
  const { method = 'GET', url = '/' } = request;
  const route = { ...signed, operation: signed.operation || (service.model.operationAt?.(method, url) ?? '') };

  const admitted = await admit({ ...exchange, service, route, body });
  if ('error' in admitted) {
    record({ ...admitted.call, outcome: admitted.error.code });
    return send(response, service.model.protocol.writeError(admitted.error, requestId));
  }

  const { fault, delay } = faults.strike(admitted.call);
  if (delay > 0) await sleep(delay, undefined, { signal: closing });
  const { outcomes, ending } = await meet(fault, service, admitted.incoming);
  const named = fault ? { fault: faultName(fault) } : delay > 0 ? { fault: 'delay' as const } : {};
  for (const outcome of outcomes) record({ ...admitted.call, ...named, outcome });
  return send(response, ending);
}

function send(response: ServerResponse, ending: Ending): void {
  if (ending === 'silence') return;
  if (ending === 'drop') return void response.destroy();
  const body = Buffer.from(ending.body as string);
  response.writeHead(ending.status, { ...ending.headers, 'content-length': body.length }).end(body);
}
