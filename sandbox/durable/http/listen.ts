import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call } from '../../calls.ts';
import type { Principal } from '../../estate/identity.ts';
import type { Endpoint } from '../../http/endpoint.ts';
import type { Reply } from '../../http/protocol.ts';
import { readBody } from '../../http/route.ts';
import { asAwsError } from '../../services/service.ts';
import type { Lambda } from '../lambda.ts';
import { type LambdaService, lambdaService } from './service.ts';

/** A call of Lambda, in the shape of the sandbox's call log. */
export type LambdaCall = Omit<Call, 'service' | 'fault'> & { readonly service: 'lambda' };

export interface LambdaEndpointParts {
  readonly lambda: Lambda;
  /** Is told of every call once its outcome is known. */
  readonly record?: (call: LambdaCall) => void;
  /** Who signs with an access key. Default: nobody is known. */
  readonly principalOf?: (accessKeyId: string) => Principal | undefined;
}

interface Exchange extends LambdaEndpointParts {
  readonly service: LambdaService;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/** Lets Lambda listen by itself: for AWS_ENDPOINT_URL_LAMBDA, or as `endpoint` of a client. */
export async function listenLambda(parts: LambdaEndpointParts): Promise<Endpoint> {
  const service = lambdaService(parts.lambda);
  let requests = 0;
  const server = createServer((request, response) => {
    const requestId = `00000000-0000-4000-9000-${String(++requests).padStart(12, '0')}`;
    serve({ ...parts, service, request, response, requestId }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function serve(exchange: Exchange): Promise<void> {
  const { service, request, response, requestId, record = () => {} } = exchange;
  const { method = '', url = '', headers } = request;
  const body = await readBody(request);
  let call = startedCall(exchange);
  try {
    const operation = service.operationOf(method, url);
    call = { ...call, operation: operation.name };
    const input = await service.readInput(operation, { method, url, headers, body });
    call = { ...call, input };
    const { reply, outcome } = await service.answer({ operation, input, requestId });
    record({ ...call, outcome });
    send(response, reply);
  } catch (thrown) {
    const error = asAwsError(thrown);
    record({ ...call, outcome: error.code });
    send(response, service.model.writeError(error, requestId));
  }
}

/** The call as far as it is known before its operation is. */
function startedCall({ lambda, request, principalOf = () => undefined }: Exchange): Omit<LambdaCall, 'outcome'> {
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '');
  const principal = principalOf(scope?.[1] ?? '');
  return {
    at: lambda.clock.now(),
    service: 'lambda',
    operation: '',
    account: principal?.account ?? 'unknown',
    region: scope?.[2] ?? lambda.home.region,
    principal: principal?.arn ?? 'unknown',
    input: {},
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
}
