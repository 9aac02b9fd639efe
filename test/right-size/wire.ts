import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens at the n-th request that goes over the wire; the first is 1. */
export type Accident =
  /** The function dies before it is sent: neither this request nor a later one arrives. */
  | { readonly dieBefore: number }
  /** The function dies once it has taken effect: its reply is lost, and no later request arrives. */
  | { readonly dieAfter: number }
  /** Its reply is lost, everything else goes on. */
  | { readonly loseReplyOf: number }
  /** No request whose body matches ever arrives. */
  | { readonly never: RegExp }
  /** Requests whose body matches wait until then. */
  | { readonly hold: RegExp; readonly until: Promise<unknown> };

/** A wire between the function and the sandbox, in which one accident happens. */
export interface Wire {
  /** AWS_ENDPOINT_URL of the function. */
  readonly url: string;
  /** Done once a request is held. */
  readonly held: Promise<void>;
  close(): Promise<void>;
}

export async function openWire(target: string, accident: Accident): Promise<Wire> {
  const agent = new Agent({ keepAlive: true });
  const holding = Promise.withResolvers<void>();
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    const number = ++requests;
    const fateOf = async (body: string) => {
      if ('hold' in accident && accident.hold.test(body)) {
        holding.resolve();
        await accident.until;
      }
      return fate(accident, number, body);
    };
    forward({ target, agent }, incoming, fateOf)
      .then((reply) => {
        if (!reply) return void outgoing.destroy();
        outgoing.writeHead(reply.status, reply.headers).end(reply.body);
      })
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: holding.promise,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

interface Fate {
  readonly arrives: boolean;
  readonly returns: boolean;
}

/** Whether the request of this number reaches AWS, and its reply the function. */
function fate(accident: Accident, number: number, body: string): Fate {
  if ('dieBefore' in accident) return { arrives: number < accident.dieBefore, returns: true };
  if ('dieAfter' in accident) return { arrives: number <= accident.dieAfter, returns: number < accident.dieAfter };
  if ('never' in accident) return { arrives: !accident.never.test(body), returns: true };
  return { arrives: true, returns: !('loseReplyOf' in accident) || number !== accident.loseReplyOf };
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function forward(
  { target, agent }: { target: string; agent: Agent },
  incoming: IncomingMessage,
  fateOf: (body: string) => Promise<Fate>,
): Promise<Reply | undefined> {
  const { method = 'POST', url = '/', headers } = incoming;
  const sent = await bodyOf(incoming);
  const { arrives, returns } = await fateOf(sent.toString());
  if (!arrives) return undefined;
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    send(new URL(url, target), { method, headers, agent }, resolve).on('error', reject).end(sent);
  });
  const body = await bodyOf(reply);
  return returns ? { status: reply.statusCode ?? 500, headers: reply.headers, body } : undefined;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(message as AsyncIterable<Buffer>));
