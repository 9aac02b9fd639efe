import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { describe, expect, it } from 'vitest';
import { minutesOf, registerFlow, resultOf, startFlow, startLambda } from './support/lambda.ts';

interface Patience {
  readonly timeoutDays?: number;
  readonly heartbeatHours?: number;
}

/** A workflow that waits for an answer, and says how it got none. */
async function ask({ timeoutDays, heartbeatHours }: Patience, context: DurableContext): Promise<string> {
  const config = {
    ...(timeoutDays && { timeout: { days: timeoutDays } }),
    ...(heartbeatHours && { heartbeatTimeout: { hours: heartbeatHours } }),
  };
  try {
    return await context.waitForCallback<string>('approval', async () => {}, config);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

/** A Lambda with one execution that waits for an answer. */
async function startAsking(patience: Patience = {}) {
  const lambda = startLambda();
  registerFlow(lambda, ask);
  const execution = startFlow(lambda, patience);
  await lambda.settle();
  const [id = ''] = lambda.callbacks.waiting();
  return { lambda, execution, id };
}

const WEEK = 7 * 24 * 60;

describe('a callback', () => {
  it('hands the text that was sent to the workflow, days later', async () => {
    const { lambda, execution, id } = await startAsking({ timeoutDays: 7 });
    await lambda.advance({ days: 2 });
    expect(execution.status).toBe('RUNNING');

    lambda.callbacks.succeed(id, 'yes');
    await lambda.finish();
    expect(resultOf(execution)).toBe('yes');
    expect(minutesOf(execution)).toBe(2 * 24 * 60);
  });

  it('is answered once, even when the function dies as it hears of it', async () => {
    const { lambda, execution, id } = await startAsking({ timeoutDays: 7 });
    lambda.killPoints.killAt(lambda.killPoints.count + 1, 'after');
    lambda.callbacks.succeed(id, 'yes');
    await lambda.finish();
    expect(resultOf(execution)).toBe('yes');
    expect(execution).toMatchObject({ status: 'SUCCEEDED', crashes: 1 });
    expect(execution.journal.map(({ what }) => what)).toContain(
      'invocation crashed: killed: its checkpoint was stored',
    );
  });

  it('that fails throws what was sent', async () => {
    const { lambda, execution, id } = await startAsking();
    lambda.callbacks.fail(id, { ErrorType: 'Veto', ErrorMessage: 'not this one' });
    await lambda.finish();
    expect(resultOf(execution)).toBe('CallbackExternalError: not this one');
  });

  it('times out when nobody answers, and a late answer is refused', async () => {
    const { lambda, execution, id } = await startAsking({ timeoutDays: 7 });
    await lambda.finish();

    expect(resultOf(execution)).toBe('CallbackTimeoutError: Callback timed out');
    expect(minutesOf(execution)).toBe(WEEK);
    expect(() => lambda.callbacks.succeed(id, 'yes')).toThrow(
      expect.objectContaining({ code: 'CallbackTimeoutException' }),
    );
  });

  it('is refused from its time-out on, even before the workflow has heard of it', async () => {
    const { lambda, id } = await startAsking({ timeoutDays: 7 });
    lambda.clock.advance({ days: 7 });
    expect(() => lambda.callbacks.succeed(id, 'yes')).toThrow(
      expect.objectContaining({ code: 'CallbackTimeoutException' }),
    );
  });

  it('takes one answer', async () => {
    const { lambda, execution, id } = await startAsking();
    lambda.callbacks.succeed(id, 'yes');
    expect(() => lambda.callbacks.fail(id)).toThrow(expect.objectContaining({ code: 'CallbackTimeoutException' }));
    await lambda.finish();
    expect(resultOf(execution)).toBe('yes');
  });

  it('lives on heartbeats', async () => {
    const { lambda, execution, id } = await startAsking({ heartbeatHours: 2 });
    for (let hour = 0; hour < 5; hour++) {
      await lambda.advance({ hours: 1 });
      lambda.callbacks.heartbeat(id);
    }
    await lambda.finish();
    expect(resultOf(execution)).toBe('CallbackTimeoutError: Callback timed out on heartbeat');
    expect(minutesOf(execution)).toBe(7 * 60);
  });

  it('is over with its execution', async () => {
    const { lambda, execution, id } = await startAsking();
    lambda.stop(execution.arn);
    expect(lambda.callbacks.waiting()).toEqual([]);
    expect(() => lambda.callbacks.heartbeat(id)).toThrow(expect.objectContaining({ code: 'CallbackTimeoutException' }));
  });

  it('with an id that was never handed out is not found', async () => {
    const { lambda } = await startAsking();
    expect(() => lambda.callbacks.succeed('nonsense')).toThrow(
      expect.objectContaining({ code: 'ResourceNotFoundException' }),
    );
  });
});
