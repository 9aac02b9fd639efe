import type { IncomingHttpHeaders } from 'node:http';
import type { Account, Region } from '../estate/account.ts';
import type { Estate } from '../estate/estate.ts';
import type { Principal } from '../estate/identity.ts';
import { AwsError } from '../http/errors.ts';
import type { OperationSchema, Reply } from '../http/protocol.ts';
import type { ServiceModel } from '../http/service-model.ts';
import type { ServiceName } from '../names.ts';

/** Who asks, and where: what an operation knows besides its input. */
export interface Caller {
  readonly estate: Estate;
  readonly account: Account;
  readonly region: Region;
  readonly principal: Principal;
  /** Set by a fault: GetMetricData keeps back half of its points. */
  readonly partial?: 'resumable' | 'lost';
}

/** One operation: checks its input as AWS does, changes the state, returns the output. Throws `AwsError`. */
export type Operation<Input, Output extends object> = (input: Input, caller: Caller) => Output;

/** The operations of a service by name. `never` lets each declare its own input. */
export type Operations = Readonly<Record<string, Operation<never, object>>>;

/** A request whose sender, operation and input are known. */
export interface Incoming {
  readonly operation: OperationSchema;
  readonly input: Record<string, unknown>;
  readonly caller: Caller;
  readonly requestId: string;
  /** As received, for the services that are servers of their own. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly reply: Reply;
  /** 'ok' or an error code. */
  readonly outcome: string;
}

export interface Service {
  readonly name: ServiceName;
  readonly model: ServiceModel;
  /** Carries the call out; errors of the service are answers, not throws. */
  answer(incoming: Incoming): Promise<Answer>;
  close?(): Promise<void>;
}

/** A service that the sandbox answers from its own state. */
export function ownService(name: ServiceName, model: ServiceModel, operations: Operations): Service {
  for (const operation of Object.keys(operations)) {
    if (!model.operations.has(operation)) throw new Error(`${name} has no operation ${operation}`);
  }
  return {
    name,
    model,
    answer: async ({ operation, input, caller, requestId }) => {
      try {
        const carryOut = operations[operation.name];
        if (!carryOut) throw notImplemented(name, operation.name);
        const output = carryOut(input as never, caller);
        return { reply: model.protocol.writeOutput(operation, output, requestId), outcome: 'ok' };
      } catch (thrown) {
        const error = asAwsError(thrown);
        return { reply: model.protocol.writeError(error, requestId), outcome: error.code };
      }
    },
  };
}

/** Answers 400, not 501: a client would retry a server's error. */
export const notImplemented = (service: string, operation: string): AwsError =>
  new AwsError('NotImplemented', `the sandbox does not implement ${service}:${operation}`);

/** A mistake in the sandbox itself is answered, with its stack, rather than hidden behind a dropped connection. */
export function asAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  const { stack = String(thrown) } = thrown as Error;
  return new AwsError('SandboxBroken', `a mistake in the sandbox: ${stack}`, 500);
}
