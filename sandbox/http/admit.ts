import type { IncomingMessage } from 'node:http';
import type { Call } from '../calls.ts';
import type { Estate } from '../estate/estate.ts';
import { asAwsError, type Incoming, notImplemented, type Service } from '../services/service.ts';
import type { AwsError } from './errors.ts';
import type { Envelope } from './protocol.ts';
import { REFUSALS } from './refusals.ts';
import type { Route } from './route.ts';

interface Applicant {
  readonly estate: Estate;
  readonly service: Service;
  readonly route: Route;
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly requestId: string;
}

/** The call as far as it is known, without its outcome. */
type Started = Omit<Call, 'outcome' | 'fault'>;

export type Admitted =
  | { readonly call: Started; readonly incoming: Incoming }
  | { readonly call: Started; readonly error: AwsError };

/** Finds out who asks for what. An unknown key, a region that is not enabled or a broken body is an error. */
export async function admit({ estate, service, route, request, body, requestId }: Applicant): Promise<Admitted> {
  const call = startedCall(estate, service, route);
  const principal = estate.accessKeys.principalOf(route.accessKeyId);
  const account = principal && estate.account(principal.account);
  if (!account?.enabledRegions.has(route.region)) return { call, error: REFUSALS[service.name].unknownKey() };
  const operation = service.model.operations.get(route.operation);
  if (!operation) return { call, error: notImplemented(service.name, route.operation) };
  try {
    const input = await service.model.protocol.readInput(operation, body, envelopeOf(request));
    const caller = { estate, account, region: account.region(route.region), principal: principal! };
    return {
      call: { ...call, input },
      incoming: { operation, input, caller, requestId, headers: request.headers, body },
    };
  } catch (thrown) {
    return { call, error: asAwsError(thrown) };
  }
}

const envelopeOf = ({ method = 'GET', url = '/', headers }: IncomingMessage): Envelope => ({ method, url, headers });

function startedCall(estate: Estate, service: Service, route: Route): Started {
  const principal = estate.accessKeys.principalOf(route.accessKeyId);
  return {
    at: estate.clock.now(),
    service: service.name,
    operation: route.operation,
    account: principal?.account ?? 'unknown',
    region: route.region,
    principal: principal?.arn ?? 'unknown',
    input: {},
  };
}
