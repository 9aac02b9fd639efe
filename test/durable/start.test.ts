import { describe, expect, it } from 'vitest';
import { registerFlow, resultOf, startFlow, startLambda } from './support/lambda.ts';

function lambdaWithFlow() {
  const lambda = startLambda();
  registerFlow(lambda, async (event: unknown, context) => {
    await context.wait({ hours: 1 });
    return event;
  });
  return lambda;
}

const refused = (code: string) => expect.objectContaining({ code });

describe('starting by name', () => {
  it('twice with the same payload is one execution, also after its end', async () => {
    const lambda = lambdaWithFlow();
    const first = startFlow(lambda, { plan: 1 }, 'plan-1');
    expect(startFlow(lambda, { plan: 1 }, 'plan-1')).toBe(first);
    await lambda.finish();
    await lambda.advance({ days: 13 });

    expect(startFlow(lambda, { plan: 1 }, 'plan-1')).toBe(first);
    expect(first).toMatchObject({ status: 'SUCCEEDED', invocations: 2 });
  });

  it('with another payload is refused', () => {
    const lambda = lambdaWithFlow();
    startFlow(lambda, { plan: 1 }, 'plan-1');
    expect(() => startFlow(lambda, { plan: 2 }, 'plan-1')).toThrow(refused('DurableExecutionAlreadyStartedException'));
  });

  it('starts a second execution once the retention is over', async () => {
    const lambda = lambdaWithFlow();
    const first = startFlow(lambda, { plan: 1 }, 'plan-1');
    await lambda.finish();
    await lambda.advance({ days: 14 });

    const second = startFlow(lambda, { plan: 2 }, 'plan-1');
    expect(second.arn).not.toBe(first.arn);
    expect(() => lambda.executions.get(first.arn)).toThrow(refused('ResourceNotFoundException'));
  });

  it('means the name within one function', () => {
    const lambda = lambdaWithFlow();
    const { runtime, durable } = lambda.functions.get('flow');
    lambda.register('other', { runtime, durable: durable! });
    const first = startFlow(lambda, {}, 'plan-1');
    expect(lambda.start({ functionName: 'other:live', payload: {}, name: 'plan-1' })).not.toBe(first);
  });
});

describe('starting without a name', () => {
  it('starts an execution every time', () => {
    const lambda = lambdaWithFlow();
    expect(startFlow(lambda).arn).not.toBe(startFlow(lambda).arn);
  });
});

describe('starting', () => {
  it.each([
    'flow:live',
    'flow:7',
    '123456789012:function:flow:live',
    'arn:aws:lambda:eu-west-1:123456789012:function:flow:live',
  ])('knows the function as %s', async (functionName) => {
    const lambda = lambdaWithFlow();
    const execution = lambda.start({ functionName, payload: { a: 1 } });
    await lambda.finish();
    expect(resultOf(execution)).toEqual({ a: 1 });
  });

  it.each([
    ['an unqualified name', { functionName: 'flow' }, 'InvalidParameterValueException'],
    [
      'an unqualified ARN',
      { functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:flow' },
      'InvalidParameterValueException',
    ],
    ['a function that does not exist', { functionName: 'floe:live' }, 'ResourceNotFoundException'],
    ['a name with a dot', { functionName: 'flow:live', name: 'plan.1' }, 'InvalidParameterValueException'],
    ['a name of 65 letters', { functionName: 'flow:live', name: 'x'.repeat(65) }, 'InvalidParameterValueException'],
    ['an empty name', { functionName: 'flow:live', name: '' }, 'InvalidParameterValueException'],
    [
      'a payload beyond 256 KB',
      { functionName: 'flow:live', payload: 'x'.repeat(256 * 1024) },
      'RequestTooLargeException',
    ],
  ])('is refused with %s', (_, options, code) => {
    expect(() => lambdaWithFlow().start({ payload: {}, ...options })).toThrow(refused(code));
  });
});
