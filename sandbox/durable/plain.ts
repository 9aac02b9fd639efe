import { type Clock, MINUTE } from '../clock.ts';
import type { LambdaFunction } from './functions.ts';
import { createInvocation, type LiveInvocation } from './invocation.ts';
import type { ChainOutcome } from './operations/effect.ts';

/** Between the attempts at an asynchronous event, as Lambda waits by default. */
const RETRY_AFTER = [MINUTE, 2 * MINUTE];

/** How a plain function came out. */
export interface PlainResult {
  /** JSON text: what the handler returned or, when it failed, `{ errorType, errorMessage, trace }`. */
  readonly payload: string;
  readonly failed: boolean;
}

/** An asynchronous event that failed three times; Lambda would hand it to a dead-letter queue. */
export interface LostEvent {
  readonly functionName: string;
  readonly payload: string;
  /** The error of the last attempt, as JSON text. */
  readonly error: string;
}

interface PlainEvent {
  readonly lambdaFunction: LambdaFunction;
  readonly payload: string;
  readonly attempt: number;
}

export interface PlainParts {
  readonly clock: Clock;
  readonly arnOf: (functionName: string) => string;
}

/** Functions that are not durable: one invocation, and for an asynchronous event two more when it fails. */
export class PlainFunctions {
  /** Jobs that are due now. */
  readonly due: (() => Promise<void>)[] = [];
  readonly lost: LostEvent[] = [];
  readonly running = new Set<LiveInvocation>();
  readonly #parts: PlainParts;
  #invocations = 0;

  constructor(parts: PlainParts) {
    this.#parts = parts;
  }

  /** Invokes now and waits for the outcome. */
  async invoke({ name, runtime }: LambdaFunction, payload: string): Promise<PlainResult> {
    const id = `${name}/${++this.#invocations}`;
    const functionArn = this.#parts.arnOf(name);
    const invocation = createInvocation({ id, functionName: name, functionArn, startedAt: this.#parts.clock.now() });
    this.running.add(invocation);
    const ending = await invocation.run(runtime, JSON.parse(payload));
    this.running.delete(invocation);
    if ('answer' in ending) return { payload: JSON.stringify(ending.answer ?? null), failed: false };
    const { name: errorType, message: errorMessage, stack = '' } = ending.crash;
    return { payload: JSON.stringify({ errorType, errorMessage, trace: stack.split('\n') }), failed: true };
  }

  /** Takes an event for later. */
  send(lambdaFunction: LambdaFunction, payload: string): void {
    this.due.push(() => this.#attempt({ lambdaFunction, payload, attempt: 0 }));
  }

  /** Takes a durable function's call of a plain one, which is tried once. */
  chain(lambdaFunction: LambdaFunction, payload: string, done: (outcome: ChainOutcome) => void): void {
    this.due.push(async () => {
      const result = await this.invoke(lambdaFunction, payload);
      done(result.failed ? { error: errorObject(result) } : { result: result.payload });
    });
  }

  async #attempt({ lambdaFunction, payload, attempt }: PlainEvent): Promise<void> {
    const result = await this.invoke(lambdaFunction, payload);
    if (!result.failed) return;
    const delay = RETRY_AFTER[attempt];
    if (delay === undefined) {
      this.lost.push({ functionName: lambdaFunction.name, payload, error: result.payload });
      return;
    }
    const again = () => this.#attempt({ lambdaFunction, payload, attempt: attempt + 1 });
    this.#parts.clock.after(delay, () => void this.due.push(again));
  }
}

function errorObject({ payload }: PlainResult): { ErrorType: string; ErrorMessage: string } {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
  return { ErrorType: errorType, ErrorMessage: errorMessage };
}
