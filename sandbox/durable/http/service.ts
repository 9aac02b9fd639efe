import * as LambdaApi from '@aws-sdk/client-lambda';
import { AwsError } from '../../http/errors.ts';
import type { Reply } from '../../http/protocol.ts';
import { type RestModel, type RestOperation, type RestRequest, restModelOf } from '../../http/rest-json.ts';
import { asAwsError, notImplemented } from '../../services/service.ts';
import type { Lambda } from '../lambda.ts';
import { LAMBDA_OPERATIONS } from './operations.ts';

/** A request whose operation and input are known. */
export interface LambdaRequest {
  readonly operation: RestOperation;
  readonly input: Record<string, unknown>;
  readonly requestId: string;
}

export interface LambdaAnswer {
  readonly reply: Reply;
  /** 'ok' or an error code. */
  readonly outcome: string;
}

/**
 * Lambda as a service of an HTTP endpoint. The stages are apart, so that an endpoint can look at the input,
 * let a fault strike or refuse the caller in between.
 */
export interface LambdaService {
  readonly name: 'lambda';
  readonly model: RestModel;
  /** The operation that a request means. @throws AwsError UnknownOperationException */
  operationOf(method: string, url: string): RestOperation;
  readInput(operation: RestOperation, request: RestRequest): Promise<Record<string, unknown>>;
  /** Carries the call out. Never comes back to an invocation that was killed in the meantime. */
  answer(request: LambdaRequest): Promise<LambdaAnswer>;
}

export function lambdaService(lambda: Lambda): LambdaService {
  const model = restModelOf(LambdaApi, new LambdaApi.LambdaClient({ region: lambda.home.region }));
  return {
    name: 'lambda',
    model,
    operationOf: (method, url) => {
      const operation = model.find(method, url);
      if (!operation) throw new AwsError('UnknownOperationException', `Lambda has no ${method} ${url}`, 404);
      return operation;
    },
    readInput: (operation, request) => model.readInput(operation, request),
    answer: async ({ operation, input, requestId }) => {
      try {
        const carryOut = LAMBDA_OPERATIONS[operation.name];
        if (!carryOut) throw notImplemented('lambda', operation.name);
        const output = await carryOut(input as never, lambda);
        return { reply: model.writeOutput(operation, output, requestId), outcome: 'ok' };
      } catch (thrown) {
        const error = asAwsError(thrown);
        return { reply: model.writeError(error, requestId), outcome: error.code };
      }
    },
  };
}
