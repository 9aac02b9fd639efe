import type { DurableExecutionClient } from '@aws/durable-execution-sdk-js';

/** One attempt to run a function. */
export interface Invocation {
  /** The `awsRequestId`. */
  readonly id: string;
  readonly functionName: string;
  /** Qualified, as the handler's context shows it. */
  readonly functionArn: string;
  readonly startedAt: Date;
  /** How a durable handler in this process reaches its checkpoints; one elsewhere uses HTTP. */
  readonly client?: DurableExecutionClient;
  /** Nobody hears of a killed invocation again: its token is void, its answer is ignored. */
  isDead(): boolean;
  /** Registers how to stop the code. The sandbox waits for it before anything else happens. */
  onKill(stop: () => unknown): void;
}

export type InvocationFacts = Pick<Invocation, 'id' | 'functionName' | 'functionArn' | 'startedAt' | 'client'>;

/** Runs an event through the code of a function. A rejection is a crash of the runtime. */
export type Runtime = (event: unknown, invocation: Invocation) => Promise<unknown>;

/** How an invocation ended. */
export type Ending = { readonly answer: unknown } | { readonly crash: Error };

export interface LiveInvocation extends Invocation {
  kill(reason: string): void;
  /** Runs the event and comes back with the first of: an answer, a crash, a kill. */
  run(runtime: Runtime, event: unknown): Promise<Ending>;
}

export function createInvocation(facts: InvocationFacts): LiveInvocation {
  const stops: (() => unknown)[] = [];
  const killed = Promise.withResolvers<Ending>();
  let dead = false;

  const kill = (reason: string): void => {
    if (dead) return;
    dead = true;
    const stopped = Promise.all(stops.map((stop) => stop()));
    void stopped.then(() => killed.resolve({ crash: new Error(reason) }));
  };

  const invocation: LiveInvocation = {
    ...facts,
    isDead: () => dead,
    onKill: (stop) => void stops.push(stop),
    kill,
    run: async (runtime, event) => {
      const ran = runtime(event, invocation).then(
        (answer): Ending => ({ answer }),
        (thrown: unknown): Ending => ({ crash: thrown instanceof Error ? thrown : new Error(String(thrown)) }),
      );
      // Code that was killed may still come to an end; what it says then does not count.
      const ending = await Promise.race([ran.then((end) => (dead ? killed.promise : end)), killed.promise]);
      dead = true;
      return ending;
    },
  };
  return invocation;
}
