import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { ServiceName } from '../names.ts';
import type { Reply } from './protocol.ts';

/** Where a request wants to go, read from its signature and its action. */
export interface Route {
  readonly accessKeyId: string;
  readonly region: string;
  /** Undefined when the sandbox has no such service. */
  readonly service: ServiceName | undefined;
  /** The name that the request was signed for, e.g. `monitoring`. */
  readonly signedFor: string;
  /** Empty when only the address says it. */
  readonly operation: string;
}

/** Services by the name that requests are signed for. */
const SIGNING_NAMES: ReadonlyMap<string, ServiceName> = new Map<string, ServiceName>([
  ['application-autoscaling', 'application-autoscaling'],
  ['autoscaling', 'autoscaling'],
  ['backup', 'backup'],
  ['ce', 'ce'],
  ['cloudtrail', 'cloudtrail'],
  ['monitoring', 'cloudwatch'],
  ['dynamodb', 'dynamodb'],
  ['ec2', 'ec2'],
  ['ecs', 'ecs'],
  ['elasticache', 'elasticache'],
  ['kms', 'kms'],
  ['pi', 'pi'],
  ['pricing', 'pricing'],
  ['rds', 'rds'],
  ['redshift', 'redshift'],
  ['sns', 'sns'],
  ['sqs', 'sqs'],
  ['ssm', 'ssm'],
  ['sts', 'sts'],
  ['tagging', 'tag'],
]);

/** The whole body, unpacked: the SDK compresses larger PutMetricData requests. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** Undefined for a request that is not signed. */
export function routeOf(headers: IncomingHttpHeaders, body: Buffer): Route | undefined {
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  if (!scope) return undefined;
  const [, accessKeyId = '', region = '', signedFor = ''] = scope;
  const target = headers['x-amz-target'];
  const operation =
    typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(body.toString()).get('Action');
  return { accessKeyId, region, service: SIGNING_NAMES.get(signedFor), signedFor, operation: operation ?? '' };
}

/** The answer to a request that no service of the sandbox can take. */
export function strangerReply(route: Route | undefined): Reply {
  const [code, message] = route
    ? ['UnknownService', `the sandbox has no service '${route.signedFor}' (asked for ${route.operation})`]
    : ['MissingAuthenticationToken', 'Request is missing Authentication Token'];
  return {
    status: route ? 400 : 403,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, code, message }),
  };
}
