import type { ErrorObject } from '@aws/durable-execution-sdk-js';
import { type Clock, createClock, type Span } from '../clock.ts';
import { createRandom } from '../random.ts';
import { Callbacks } from './callbacks.ts';
import { Checkpoints } from './checkpoints.ts';
import { deliver } from './deliver.ts';
import type { Execution } from './execution.ts';
import { Executions, type Home } from './executions.ts';
import { type FunctionSpec, Functions, type Target } from './functions.ts';
import type { LiveInvocation } from './invocation.ts';
import type { KillPoints } from './kill-points.ts';
import type { ChainOutcome } from './operations/effect.ts';
import { type LostEvent, PlainFunctions, type PlainResult } from './plain.ts';
import { asSdkError, invalid } from './refusals.ts';

export interface LambdaOptions {
  /** The sandbox's clock, or one of its own. */
  readonly clock: Clock;
  /** Default: 123456789012 in ap-northeast-2. */
  readonly home?: Home;
  /** Decides the ids. Default: 1. */
  readonly seed?: number;
}

export interface StartOptions {
  /** `NAME:QUALIFIER` or an ARN with a qualifier: durable functions are never started without one. */
  readonly functionName: string;
  readonly payload: unknown;
  /** The idempotency key. */
  readonly name?: string;
}

const HUB: Home = { account: '123456789012', region: 'ap-northeast-2' };

/**
 * Lambda, as far as Lamplighter needs it: durable functions and plain ones on a clock that stands still
 * until it is moved. Nothing here sleeps and nothing runs by itself: `settle`, `advance` and their like
 * run what is due, each at its own moment.
 */
export class Lambda {
  readonly clock: Clock;
  readonly home: Home;
  readonly functions = new Functions();
  readonly callbacks = new Callbacks();
  readonly executions: Executions;
  readonly checkpoints: Checkpoints;
  readonly #plain: PlainFunctions;
  /** One run at a time; the next one begins when this is settled. */
  #lastRun: Promise<unknown> = Promise.resolve();

  constructor({ clock, home = HUB, seed = 1 }: LambdaOptions) {
    this.clock = clock;
    this.home = home;
    this.executions = new Executions({ clock, home, random: createRandom(seed), functions: this.functions });
    this.#plain = new PlainFunctions({ clock, arnOf: (name) => this.arnOf(name) });
    this.checkpoints = new Checkpoints(this.executions, {
      now: () => clock.now(),
      callbacks: this.callbacks,
      chain: (...call) => this.#chain(...call),
    });
  }

  /** Registers a function, or new code for one. */
  register(name: string, spec: FunctionSpec): void {
    this.functions.add(name, spec);
  }

  /** Starts a durable execution as `Invoke` with type Event does; it runs once the clock is run. */
  start({ functionName, payload, name }: StartOptions): Execution {
    return this.executions.start(this.functions.resolve(functionName), JSON.stringify(payload ?? {}), name);
  }

  /** Invokes a plain function now, as `Invoke` with type RequestResponse does. */
  async invoke(functionName: string, payload: unknown): Promise<PlainResult> {
    return this.invokeText(functionName, JSON.stringify(payload ?? {}));
  }

  async invokeText(functionName: string, payload: string): Promise<PlainResult> {
    const { lambdaFunction } = this.functions.resolve(functionName);
    if (lambdaFunction.durable) throw invalid('The sandbox starts durable functions by events only.');
    return this.#plain.invoke(lambdaFunction, payload);
  }

  /** Hands a plain function an event for later, as `Invoke` with type Event does. */
  send(functionName: string, payload: string): void {
    this.#plain.send(this.functions.resolve(functionName).lambdaFunction, payload);
  }

  stop(arn: string, error?: ErrorObject): void {
    const execution = this.executions.get(arn);
    execution.end('STOPPED', { error });
    execution.running?.kill('stopped');
  }

  /** Kills whatever runs at this moment, as if its machine had died. Durable executions are redelivered. */
  kill(reason = 'killed'): void {
    for (const invocation of this.#running()) invocation.kill(reason);
  }

  /** Where invocations die by their checkpoints: `killPoints.killAt(3, 'before')`. */
  get killPoints(): KillPoints {
    return this.checkpoints.killPoints;
  }

  /** Events of plain functions that failed three times. */
  get lostEvents(): readonly LostEvent[] {
    return this.#plain.lost;
  }

  /** Runs what is due at this moment; the clock stands still. */
  settle(): Promise<void> {
    return this.#exclusively(() => this.#runDue());
  }

  /** Like the clock's `advance`, but functions run on the way, each at its own moment. */
  advance(span: Span): Promise<void> {
    // What a span comes to is the clock's own business: an empty clock of the same present shows it.
    const ahead = createClock(this.clock.now());
    ahead.advance(span);
    return this.advanceTo(ahead.now());
  }

  advanceTo(date: Date): Promise<void> {
    return this.#exclusively(async () => {
      await this.#runDue();
      for (let next = this.clock.nextDue(); next && next <= date; next = this.clock.nextDue()) {
        this.clock.advanceTo(next);
        await this.#runDue();
      }
      this.clock.advanceTo(date);
    });
  }

  /** Moves the clock from one due moment to the next until `done` holds. */
  runUntil(done: () => boolean): Promise<void> {
    return this.#exclusively(async () => {
      await this.#runDue();
      while (!done()) {
        const next = this.clock.nextDue();
        if (!next) throw new Error('nothing is due any more, and what was waited for has not happened');
        this.clock.advanceTo(next);
        await this.#runDue();
      }
    });
  }

  /** Runs until every execution has ended, if need be by its time-out. */
  finish(): Promise<void> {
    return this.runUntil(() => this.executions.all().every(({ status }) => status !== 'RUNNING'));
  }

  arnOf(functionName: string): string {
    return `arn:aws:lambda:${this.home.region}:${this.home.account}:function:${functionName}`;
  }

  /** What is runnable at one moment runs at once, as it would on machines of its own. */
  async #runDue(): Promise<void> {
    for (;;) {
      const jobs = [...this.#dueDeliveries(), ...this.#plain.due.splice(0).map((job) => job())];
      if (jobs.length === 0) return;
      await Promise.all(jobs);
    }
  }

  #dueDeliveries(): Promise<void>[] {
    const due = this.executions.all().filter((one) => one.status === 'RUNNING' && one.due && !one.running);
    return due.map((execution) => {
      const lambdaFunction = this.functions.get(execution.functionName);
      return deliver({ execution, lambdaFunction, checkpoints: this.checkpoints, now: this.clock.now() });
    });
  }

  #running(): LiveInvocation[] {
    const durable = this.executions.all().flatMap(({ running }) => running ?? []);
    return [...durable, ...this.#plain.running];
  }

  /** A durable function calls another function; one that does not exist is a failed call. */
  #chain(functionName: string, payload: string, done: (outcome: ChainOutcome) => void): void {
    try {
      const target = this.functions.resolve(functionName);
      if (target.lambdaFunction.durable) this.#chainDurable(target, payload, done);
      else this.#plain.chain(target.lambdaFunction, payload, done);
    } catch (thrown) {
      const { name, message } = asSdkError(thrown) as Error;
      done({ error: { ErrorType: name, ErrorMessage: message } });
    }
  }

  #chainDurable(target: Target, payload: string, done: (outcome: ChainOutcome) => void): void {
    const child = this.executions.start(target, payload);
    child.onEnd(() => done(child.status === 'SUCCEEDED' ? { result: child.result } : { error: child.error ?? {} }));
  }

  #exclusively(run: () => Promise<void>): Promise<void> {
    const turn = this.#lastRun.then(run);
    this.#lastRun = turn.catch(() => {});
    return turn;
  }
}
