import type { Runtime } from './invocation.ts';
import { LIMITS } from './limits.ts';
import { invalid, notFound } from './refusals.ts';

/** What makes a function durable. Lambda wants it when the function is created, it cannot be added later. */
export interface DurableConfig {
  /** Crashes are redelivered until then. */
  readonly executionTimeoutSeconds: number;
  /** How long an ended execution keeps its name. Default: 14. */
  readonly retentionDays?: number;
}

export interface FunctionSpec {
  readonly runtime: Runtime;
  readonly durable?: DurableConfig;
}

export interface LambdaFunction {
  readonly name: string;
  readonly runtime: Runtime;
  readonly durable: Required<DurableConfig> | undefined;
}

/** A function as a caller names it. */
export interface Target {
  readonly lambdaFunction: LambdaFunction;
  /** A version or an alias; none when the name was unqualified. */
  readonly qualifier: string | undefined;
}

/** A name, a partial ARN or an ARN, each with or without a qualifier. */
const FUNCTION_NAME = /^(?:arn:aws:lambda:[^:]+:)?(?:(?:\d{12}:)?function:)?([\w-]+)(?::([\w$-]+))?$/;

/** The functions that exist. Aliases and versions are not modelled: every qualifier means the one code there is. */
export class Functions {
  readonly #byName = new Map<string, LambdaFunction>();

  /** Registers a function, or new code for one that exists: running executions go on with the new code. */
  add(name: string, { runtime, durable }: FunctionSpec): void {
    const config = durable && { retentionDays: LIMITS.retentionDays, ...durable };
    this.#byName.set(name, { name, runtime, durable: config });
  }

  get(name: string): LambdaFunction {
    const found = this.#byName.get(name);
    if (!found) throw notFound(`Function ${name}`);
    return found;
  }

  /** @param qualifier the Qualifier parameter, next to a name that has none itself */
  resolve(nameOrArn: string, qualifier?: string): Target {
    const [, name, inName] = FUNCTION_NAME.exec(nameOrArn) ?? [];
    if (!name) throw invalid(`${nameOrArn} is not the name of a function`);
    return { lambdaFunction: this.get(name), qualifier: inName ?? qualifier };
  }
}
