import type { CallbackDetails, ErrorObject } from '@aws/durable-execution-sdk-js';
import { isOver, type StoredOperation } from './execution.ts';
import type { LiveExecution } from './live-execution.ts';
import { callbackOver, notFound } from './refusals.ts';

export interface CallbackSpec {
  readonly execution: LiveExecution;
  readonly operation: StoredOperation;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
}

interface OpenCallback extends CallbackSpec {
  readonly id: string;
  /** Puts the heartbeat's time-out off. */
  beat(): void;
}

/** Every callback that was ever handed out, by its id. */
export class Callbacks {
  readonly #byId = new Map<string, OpenCallback>();

  /** Gives an operation its callback id and starts its clocks. */
  open(spec: CallbackSpec): void {
    const { execution, operation, timeoutSeconds, heartbeatSeconds } = spec;
    const id = Buffer.from(`${execution.arn}#${operation.Id}`).toString('base64url');
    operation.CallbackDetails = { CallbackId: id };
    const timeOut = (ErrorType: string, ErrorMessage: string): void =>
      close(spec, 'TIMED_OUT', { Error: { ErrorType, ErrorMessage } });
    if (timeoutSeconds) {
      execution.after({ seconds: timeoutSeconds }, () => timeOut('Callback.Timeout', 'Callback timed out'));
    }
    let cancel = (): void => {};
    const beat = (): void => {
      if (!heartbeatSeconds) return;
      cancel();
      cancel = execution.after({ seconds: heartbeatSeconds }, () =>
        timeOut('Callback.Heartbeat', 'Callback timed out on heartbeat'),
      );
    };
    beat();
    this.#byId.set(id, { ...spec, id, beat });
  }

  /** @param result as the sender wrote it: by default the SDK hands the text itself to the waiting code */
  succeed(id: string, result?: string): void {
    close(this.#waiting(id), 'SUCCEEDED', { Result: result });
  }

  fail(id: string, error: ErrorObject = {}): void {
    close(this.#waiting(id), 'FAILED', { Error: error });
  }

  heartbeat(id: string): void {
    this.#waiting(id).beat();
  }

  /** Ids that somebody can still answer, oldest first. */
  waiting(): readonly string[] {
    return [...this.#byId.values()].filter(isWaiting).map(({ id }) => id);
  }

  #waiting(id: string): OpenCallback {
    const callback = this.#byId.get(id);
    if (!callback) throw notFound('Callback');
    if (!isWaiting(callback)) throw callbackOver();
    return callback;
  }
}

const isWaiting = ({ execution, operation }: CallbackSpec): boolean =>
  execution.status === 'RUNNING' && !isOver(operation);

function close(
  { execution, operation }: CallbackSpec,
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT',
  outcome: Omit<CallbackDetails, 'CallbackId'>,
): void {
  execution.close(operation, status, { CallbackDetails: { ...operation.CallbackDetails, ...outcome } });
}
