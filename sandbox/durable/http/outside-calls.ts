import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '../../http/endpoint.ts';
import { type CountingKillPoints, createKillPoints, type KillPoints } from '../kill-points.ts';
import type { Lambda } from '../lambda.ts';

/** A door through which functions reach everything but Lambda, and at which they can die. */
export interface OutsideCalls extends Endpoint {
  /** `before`: the call never arrives. `after`: it took effect, but its answer never comes back. */
  readonly killPoints: KillPoints;
}

interface Exchange {
  readonly lambda: Lambda;
  readonly target: URL;
  readonly killPoints: CountingKillPoints;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Passes every call on to `target` (the sandbox, say) and kills what runs at the planned ones. Give its `url`
 * to functions as AWS_ENDPOINT_URL. It knows nothing of services: every request is one call.
 */
export async function openOutsideCalls(lambda: Lambda, target: string): Promise<OutsideCalls> {
  const killPoints = createKillPoints();
  const server = createServer((request, response) => {
    pass({ lambda, target: new URL(target), killPoints, request, response }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    killPoints,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A killed caller's connection stays open without an answer, until the door closes. */
async function pass({ lambda, target, killPoints, request, response }: Exchange): Promise<void> {
  const body = await bytesOf(request);
  const death = killPoints.next();
  if (death === 'before') return lambda.kill('killed: its outside call never arrived');
  const answer = await answerOf(target, request, body);
  const answered = await bytesOf(answer);
  if (death === 'after') return lambda.kill('killed: its outside call was never answered');
  response.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
}

const answerOf = (target: URL, { method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer) =>
  new Promise<IncomingMessage>((answered, failed) => {
    forward(new URL(url, target), { method, headers }, answered).on('error', failed).end(body);
  });

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
