import type { IncomingHttpHeaders } from 'node:http';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from './errors.ts';

/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An operation as a client package's schemas describe it. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** What of a request is not its body: some services write their input there. */
export interface Envelope {
  readonly method: string;
  /** Path and query, as they arrive. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** One way of putting calls on the wire, seen from the server. */
export interface Protocol {
  /** @throws AwsError when the body cannot be read as the operation's input */
  readInput(operation: OperationSchema, body: Buffer, envelope: Envelope): Promise<Record<string, unknown>>;
  writeOutput(operation: OperationSchema, output: object, requestId: string): Reply;
  writeError(error: AwsError, requestId: string): Reply;
}
