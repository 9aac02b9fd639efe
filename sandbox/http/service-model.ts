import { NormalizedSchema } from '@smithy/core/schema';
import { type JsonCodec, jsonProtocol } from './json-protocol.ts';
import type { OperationSchema, Protocol } from './protocol.ts';
import { queryProtocol } from './query-protocol.ts';
import { type RestModel, restModelOf } from './rest-json.ts';

/** How a service looks on the wire: its protocol, and the shapes of all its operations. */
export interface ServiceModel {
  readonly protocol: Protocol;
  readonly operations: ReadonlyMap<string, OperationSchema>;
  /** The operation that a request means, for a service whose method and path say it. */
  readonly operationAt?: (method: string, url: string) => string | undefined;
}

/** What is used of a client's protocol object. Internals of the SDK: pinned by version and by the tests. */
interface ClientProtocol {
  getShapeId(): string;
  readonly options?: { readonly xmlNamespace?: string };
  readonly codec?: JsonCodec;
}

/** An operation in a client package: `[9, namespace, name, traits, input, output]`. */
type StaticOperation = readonly [9, string, string, unknown, unknown, unknown];

/**
 * Describes a service by nothing but its client package: the protocol's settings and the operations'
 * schemas are what the SDK itself uses, so no wire format is written by hand here.
 * @param exported everything that the package exports
 * @param client any client of the package
 */
export function modelOf(exported: object, client: { readonly config: object }): ServiceModel {
  const { protocol } = client.config as { readonly protocol: ClientProtocol };
  if (protocol.getShapeId() === 'aws.protocols#restJson1') return restServiceModel(restModelOf(exported, client));
  const operations = Object.values(exported)
    .filter(isOperation)
    .map(([, , name, , input, output]): [string, OperationSchema] => [
      name,
      { name, input: NormalizedSchema.of(input as never), output: NormalizedSchema.of(output as never) },
    ]);
  return { protocol: serverProtocol(protocol), operations: new Map(operations) };
}

function restServiceModel(rest: RestModel): ServiceModel {
  const operations = new Map(rest.operations.map((one) => [one.name, one]));
  return {
    operations,
    operationAt: (method, url) => rest.find(method, url)?.name,
    protocol: {
      readInput: ({ name }, body, envelope) => rest.readInput(operations.get(name)!, { ...envelope, body }),
      writeOutput: rest.writeOutput,
      writeError: rest.writeError,
    },
  };
}

const isOperation = (value: unknown): value is StaticOperation => Array.isArray(value) && value[0] === 9;

function serverProtocol(protocol: ClientProtocol): Protocol {
  const shapeId = protocol.getShapeId();
  const xmlNamespace = protocol.options?.xmlNamespace ?? '';
  switch (shapeId) {
    case 'aws.protocols#ec2Query':
      return queryProtocol('ec2Query', xmlNamespace);
    case 'aws.protocols#awsQuery':
      return queryProtocol('awsQuery', xmlNamespace);
    case 'aws.protocols#awsJson1_0':
      return jsonProtocol('1.0', protocol.codec!);
    case 'aws.protocols#awsJson1_1':
      return jsonProtocol('1.1', protocol.codec!);
    default:
      throw new Error(`the sandbox does not speak ${shapeId}`);
  }
}
