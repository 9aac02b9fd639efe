/** A span of time as the durable SDK takes it. */
export type Span = { readonly seconds: number };

export type PollDecision = { readonly shouldContinue: true; readonly delay: Span } | { readonly shouldContinue: false };

/**
 * The verbs of the durable execution SDK that the workflow uses, under their own names. What is inside a step happens at
 * least once and its result is remembered; what is outside runs again at every replay and must not have effects.
 */
export interface Durable {
  readonly executionContext: { readonly durableExecutionArn: string };
  step<T>(name: string, work: () => Promise<T>, config?: StepConfig<T>): PromiseLike<T>;
  wait(name: string, span: Span): PromiseLike<void>;
  waitForCondition<S>(
    name: string,
    check: (state: S) => Promise<S>,
    config: { readonly initialState: S; readonly waitStrategy: (state: S, attempt: number) => PollDecision },
  ): PromiseLike<S>;
  waitForCallback<T>(
    name: string,
    submit: (callbackId: string) => Promise<void>,
    config: { readonly timeout: Span },
  ): PromiseLike<T>;
  map<Item, T>(
    name: string,
    items: Item[],
    work: (child: Durable, item: Item, index: number) => Promise<T>,
    config: {
      readonly maxConcurrency: number;
      readonly completionConfig: { readonly toleratedFailurePercentage: number };
    },
  ): PromiseLike<{ getResults(): T[]; getErrors(): Error[] }>;
}

export interface StepConfig<T> {
  readonly retryStrategy: RetryStrategy;
  readonly serdes?: Serdes<T>;
}

/** How the result of a step is remembered: as JSON, unless one of these knows better. */
export interface Serdes<T> {
  readonly serialize: (value: T | undefined) => Promise<string | undefined>;
  readonly deserialize: (data: string | undefined) => Promise<T | undefined>;
}

export type RetryStrategy = (
  error: Error,
  attempt: number,
) => { readonly shouldRetry: true; readonly delay: Span } | { readonly shouldRetry: false };

/** Ten attempts over two hours and a half: throttling and outages pass; what AWS refuses is not an error but an answer. */
export const ATTEMPTS = 10;

/** The same for a plan of off-hours: five minutes. What stood in its way is told then, and its next plans ask again. */
export const FEW_ATTEMPTS = 5;

/** How long to wait after an attempt, from 1. */
export const pauseAfter = (attempt: number): Span => ({ seconds: Math.min(3600, 10 * 2 ** attempt) });

export const patiently: { retryStrategy: RetryStrategy } = {
  retryStrategy: (_error, attempt) =>
    attempt < ATTEMPTS ? { shouldRetry: true, delay: pauseAfter(attempt) } : { shouldRetry: false },
};

/**
 * A strategy that polls at growing intervals for as long as `goOn` says. It never throws: one that does while a sibling
 * branch keeps the invocation alive ends the whole execution past every catch (SDK 2.4).
 */
export const polling =
  <S>(goOn: (state: S) => boolean, { firstSeconds, mostSeconds, times }: Polling) =>
  (state: S, attempt: number): PollDecision =>
    goOn(state) && attempt < times
      ? {
          shouldContinue: true,
          delay: { seconds: Math.min(mostSeconds, Math.round(firstSeconds * 1.5 ** (attempt - 1))) },
        }
      : { shouldContinue: false };

export interface Polling {
  readonly firstSeconds: number;
  readonly mostSeconds: number;
  readonly times: number;
}

/** One that fails does not keep the others from being finished. */
export const EVERY_ONE = { completionConfig: { toleratedFailurePercentage: 100 } } as const;

/** What went wrong, in words: the SDK wraps what a step threw at last. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const inner = error.cause instanceof Error ? error.cause : error;
  return `${inner.name}: ${inner.message}`;
}

/** So often, six hours apart, is tried again what nobody may forget: a week. */
const INSISTING = { seconds: 6 * 3600, times: 28 } as const;

/** A step whose result has to be in the ledger: one that is out of reach for hours comes back. */
export async function insistently<T>(durable: Durable, name: string, work: () => Promise<T>): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await durable.step(round === 1 ? name : `${name}, round ${round}`, work, patiently);
    } catch (error) {
      if (round === INSISTING.times) throw error;
    }
    await durable.wait(`before round ${round + 1} of ${name}`, { seconds: INSISTING.seconds });
  }
}
