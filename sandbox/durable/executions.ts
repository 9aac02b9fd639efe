import { type Clock, DAY } from '../clock.ts';
import { hex, type Random } from '../random.ts';
import type { Functions, Target } from './functions.ts';
import { LIMITS } from './limits.ts';
import { LiveExecution } from './live-execution.ts';
import { alreadyStarted, invalid, notFound, tooLarge } from './refusals.ts';

/** Where the functions live. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

export interface ExecutionsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly home: Home;
  readonly functions: Functions;
}

/** Every durable execution, from its start until its retention is over. */
export class Executions {
  readonly #parts: ExecutionsParts;
  readonly #byArn = new Map<string, LiveExecution>();

  constructor(parts: ExecutionsParts) {
    this.#parts = parts;
  }

  /**
   * Starts an execution, or finds the one that the name and the payload already started.
   * @param name the idempotency key; without one every call starts an execution
   */
  start({ lambdaFunction, qualifier }: Target, payload: string, name?: string): LiveExecution {
    if (!qualifier) throw invalid('You cannot invoke a durable function using an unqualified ARN.');
    if (name !== undefined && !LIMITS.name.test(name)) throw invalid(`${name} does not match ${LIMITS.name.source}`);
    const bytes = Buffer.byteLength(payload);
    if (bytes > LIMITS.payloadBytes) throw tooLarge(bytes);
    const known = this.of(lambdaFunction.name).find((one) => one.name === name);
    if (!known) return this.#begin(lambdaFunction.name, payload, name);
    if (known.payload !== payload) throw alreadyStarted(known.name);
    return known;
  }

  get(arn: string): LiveExecution {
    const execution = this.#byArn.get(arn);
    if (!execution || this.#isForgotten(execution)) throw notFound(`Durable execution ${arn}`);
    return execution;
  }

  /** The executions of a function that are still known, oldest first. */
  of(functionName: string): LiveExecution[] {
    return this.all().filter((one) => one.functionName === functionName);
  }

  all(): LiveExecution[] {
    return [...this.#byArn.values()].filter((one) => !this.#isForgotten(one));
  }

  #begin(functionName: string, payload: string, name?: string): LiveExecution {
    const { clock, functions, home } = this.#parts;
    const id = this.#uuid();
    const functionArn = `arn:aws:lambda:${home.region}:${home.account}:function:${functionName}:1`;
    const chosen = name ?? id;
    const arn = `${functionArn}/durable-execution/${chosen}/${id}`;
    const execution = new LiveExecution(clock, { id, arn, name: chosen, functionName, functionArn, payload });
    const { executionTimeoutSeconds } = functions.get(functionName).durable!;
    const error = { ErrorType: 'Execution.TimedOut', ErrorMessage: 'Execution timed out' };
    execution.after({ seconds: executionTimeoutSeconds }, () => execution.end('TIMED_OUT', { error }));
    this.#byArn.set(arn, execution);
    return execution;
  }

  #isForgotten({ endedAt, functionName }: LiveExecution): boolean {
    const { clock, functions } = this.#parts;
    if (!endedAt) return false;
    return clock.now().getTime() - endedAt.getTime() >= functions.get(functionName).durable!.retentionDays * DAY;
  }

  #uuid(): string {
    const { random } = this.#parts;
    return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
  }
}
