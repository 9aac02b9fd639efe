import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from './errors.ts';
import type { Protocol } from './protocol.ts';

/** The SDK's JSON codec; it is symmetric, so a server can use it too. */
export interface JsonCodec {
  createSerializer(): { write(schema: NormalizedSchema, value: unknown): void; flush(): string | Uint8Array };
  createDeserializer(): { read(schema: NormalizedSchema, data: Uint8Array): unknown };
}

/**
 * awsJson1_0 (CloudWatch, DynamoDB, SQS) and awsJson1_1 (Pricing, SSM).
 * Services that once spoke Query also name their old error code in a header.
 */
export function jsonProtocol(version: '1.0' | '1.1', codec: JsonCodec): Protocol {
  const headers = (requestId: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': requestId,
  });
  return {
    readInput: async ({ input }, body) => {
      try {
        const data = body.length > 0 ? body : Buffer.from('{}');
        return (await codec.createDeserializer().read(input, data)) as Record<string, unknown>;
      } catch (cause) {
        throw new AwsError('SerializationException', `the body is not the operation's input: ${String(cause)}`);
      }
    },
    writeOutput: ({ output }, value, requestId) => {
      if (!output.isStructSchema()) return { status: 200, headers: headers(requestId), body: '{}' };
      const serializer = codec.createSerializer();
      serializer.write(output, value);
      return { status: 200, headers: headers(requestId), body: plainBytes(serializer.flush()) };
    },
    writeError: ({ code, message, status }, requestId) => ({
      status,
      headers: { ...headers(requestId), 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` },
      body: JSON.stringify({ __type: code, message }),
    }),
  };
}

/** The SDK's bytes can also be used as a string, but complain on the console when Buffer.from tries. */
const plainBytes = (flushed: string | Uint8Array): string | Uint8Array =>
  typeof flushed === 'string' ? flushed : Buffer.from(flushed.buffer, flushed.byteOffset, flushed.byteLength);
