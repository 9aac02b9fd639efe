import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './errors.ts';
import type { JsonCodec } from './json-protocol.ts';
import type { Envelope, OperationSchema, Reply } from './protocol.ts';

/**
 * restJson1 seen from the server. Like the sandbox's other protocols it is read from the client package:
 * the schemas say what travels in the path, the query, a header or the body.
 */
export interface RestOperation extends OperationSchema {
  readonly method: string;
  readonly path: RegExp;
  /** The names of the labels in `path`, in order. */
  readonly labels: readonly string[];
}

export interface RestRequest extends Envelope {
  readonly body: Buffer;
}

export interface RestModel {
  readonly operations: readonly RestOperation[];
  /** The operation that a request means. */
  find(method: string, url: string): RestOperation | undefined;
  /** @throws AwsError when the request is not the operation's input */
  readInput(operation: RestOperation, request: RestRequest): Promise<Record<string, unknown>>;
  writeOutput(operation: OperationSchema, output: object, requestId: string): Reply;
  writeError(error: AwsError, requestId: string): Reply;
}

/** An operation in a client package: `[9, namespace, name, { http: [method, path, status] }, input, output]`. */
type StaticOperation = readonly [
  9,
  string,
  string,
  { readonly http: readonly [string, string, number] },
  unknown,
  unknown,
];

/** Where a member travels when not in the body. */
interface Binding {
  readonly httpLabel?: 1;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
}

/**
 * @param exported everything that the client package exports
 * @param client any client of the package
 */
export function restModelOf(exported: object, client: { readonly config: object }): RestModel {
  const { codec } = (client.config as { readonly protocol: { readonly codec: JsonCodec } }).protocol;
  const operations = Object.values(exported).filter(isOperation).map(restOperation);
  return {
    operations,
    find: (method, url) => {
      const path = pathOf(url);
      return operations.find((one) => one.method === method && one.path.test(path));
    },
    readInput: (operation, request) => readInput(codec, operation, request),
    writeOutput: (operation, output, requestId) => writeOutput(codec, operation, output, requestId),
    writeError: ({ code, message, status }, requestId) => ({
      status,
      headers: { ...jsonHeaders(requestId), 'x-amzn-errortype': code },
      body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message }),
    }),
  };
}

const isOperation = (value: unknown): value is StaticOperation =>
  Array.isArray(value) && value[0] === 9 && typeof value[3] === 'object' && 'http' in value[3];

function restOperation([, , name, { http }, input, output]: StaticOperation): RestOperation {
  const [method, template] = http;
  const path = template
    .split('?')[0]!
    .replace(/[.]/g, '\\.')
    .replace(/\{\w+\}/g, '([^/]+)')
    .replace(/\{\w+\+\}/g, '(.+)');
  return {
    name,
    method,
    path: new RegExp(`^${path}/?$`),
    labels: [...template.matchAll(/\{(\w+)\+?\}/g)].map(([, label]) => label!),
    input: NormalizedSchema.of(input as never),
    output: NormalizedSchema.of(output as never),
  };
}

const pathOf = (url: string): string => url.split('?')[0]!;

const bindingOf = (member: NormalizedSchema): Binding => member.getMergedTraits() as Binding;

async function readInput(codec: JsonCodec, operation: RestOperation, request: RestRequest) {
  const input: Record<string, unknown> = {};
  const query = new URLSearchParams(request.url.split('?')[1]);
  const labels = operation.path.exec(pathOf(request.url))?.slice(1) ?? [];
  let inBody = true;
  for (const [name, member] of operation.input.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPayload } = bindingOf(member);
    if (httpLabel) input[name] = decodeURIComponent(labels[operation.labels.indexOf(name)] ?? '');
    else if (httpQuery) input[name] = fromText(member, query.getAll(httpQuery));
    else if (httpHeader) input[name] = fromText(member, [request.headers[httpHeader.toLowerCase()] ?? []].flat());
    else if (httpPayload) {
      inBody = false;
      input[name] = request.body.length > 0 ? await readPayload(codec, member, request.body) : undefined;
    }
  }
  if (inBody && request.body.length > 0) Object.assign(input, await readJson(codec, operation.input, request.body));
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** What stands in a query or a header is text, whatever it means. */
function fromText(member: NormalizedSchema, texts: readonly string[]): unknown {
  const [first] = texts;
  if (first === undefined) return undefined;
  if (member.isListSchema()) return texts;
  if (member.isTimestampSchema()) return new Date(first);
  if (member.isNumericSchema()) return Number(first);
  return member.isBooleanSchema() ? first === 'true' : first;
}

const readPayload = (codec: JsonCodec, member: NormalizedSchema, body: Buffer): unknown =>
  member.isBlobSchema() ? new Uint8Array(body) : readJson(codec, member, body);

async function readJson(codec: JsonCodec, schema: NormalizedSchema, body: Buffer): Promise<unknown> {
  try {
    return await codec.createDeserializer().read(schema, body);
  } catch (cause) {
    throw new AwsError('InvalidRequestContentException', `the body is not the operation's input: ${String(cause)}`);
  }
}

function writeOutput(codec: JsonCodec, { output }: OperationSchema, value: object, requestId: string): Reply {
  const given = value as Readonly<Record<string, unknown>>;
  const reply = { status: 200, headers: jsonHeaders(requestId) };
  const inBody: Record<string, unknown> = {};
  let body: Uint8Array | undefined;
  for (const [name, member] of output.structIterator()) {
    const one = given[name];
    if (one === undefined) continue;
    const { httpHeader, httpResponseCode, httpPayload } = bindingOf(member);
    if (httpResponseCode) reply.status = one as number;
    else if (httpHeader) reply.headers[httpHeader.toLowerCase()] = String(one);
    else if (httpPayload) body = one as Uint8Array;
    else inBody[name] = one;
  }
  return { ...reply, body: body ?? writeJson(codec, output, inBody) };
}

function writeJson(codec: JsonCodec, schema: NormalizedSchema, value: object): Buffer {
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  const written = serializer.flush() ?? '{}';
  // Buffer.from would ask the codec's bytes for their text, against which the SDK warns.
  return typeof written === 'string' ? Buffer.from(written) : Buffer.copyBytesFrom(written);
}

const jsonHeaders = (requestId: string): Record<string, string> => ({
  'content-type': 'application/json',
  'x-amzn-requestid': requestId,
});
