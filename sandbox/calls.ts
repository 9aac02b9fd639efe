import type { FaultName } from './faults.ts';
import type { ServiceName } from './names.ts';

/** One request that reached the sandbox. */
export interface Call {
  /** Sandbox time. */
  readonly at: Date;
  readonly service: ServiceName;
  readonly operation: string;
  /** The account whose credentials signed it; 'unknown' when the access key is nobody's. */
  readonly account: string;
  readonly region: string;
  /** ARN of the caller; 'unknown' like the account. */
  readonly principal: string;
  /** The operation's input, read by the SDK's own schema; DynamoDB, SNS and SQS included. */
  readonly input: Readonly<Record<string, unknown>>;
  /** 'ok' when it took effect, else the error code that AWS would name. */
  readonly outcome: 'ok' | (string & {});
  /** The injected fault that this call met. */
  readonly fault?: FaultName;
}

/** Every call, in the order in which the sandbox answered them. */
export interface CallLog extends Iterable<Call> {
  readonly length: number;
  all(): readonly Call[];
  /** Calls of one operation, by its bare name: `byOperation('StopDBInstance')`. */
  byOperation(operation: string): readonly Call[];
  /** How many calls: of one operation, or all. */
  count(operation?: string): number;
  /** How many calls per `service:operation`, most frequent first. */
  tally(): ReadonlyMap<string, number>;
  clear(): void;
}

export interface WritableCallLog extends CallLog {
  add(call: Call): void;
}

export function createCallLog(): WritableCallLog {
  const calls: Call[] = [];
  return {
    add: (call) => void calls.push(call),
    get length() {
      return calls.length;
    },
    [Symbol.iterator]: () => calls[Symbol.iterator](),
    all: () => [...calls],
    byOperation: (operation) => calls.filter((call) => call.operation === operation),
    count: (operation) =>
      operation === undefined ? calls.length : calls.filter((call) => call.operation === operation).length,
    tally: () => {
      const counts = new Map<string, number>();
      for (const { service, operation } of calls) {
        const key = `${service}:${operation}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return new Map([...counts].sort(([, a], [, b]) => b - a));
    },
    clear: () => void calls.splice(0),
  };
}
