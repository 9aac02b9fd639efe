import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { eventSchema } from '../../functions/right-size/event.ts';
import { defineFunction, type Tick } from '../../shared/runtime/define-function.ts';
import { log } from '../../shared/runtime/log.ts';

const ARRIVAL = new Date('2026-11-22T20:07:31.250Z');

const context = {
  awsRequestId: 'request-1',
  functionName: 'right-size',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws-cn:lambda:cn-north-1:123456789012:function:right-size',
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 60_000,
} as unknown as Context;

/** What the function logs, one object a line, as Lambda would take it from its streams. */
let lines: Record<string, unknown>[];

beforeEach(() => {
  lines = [];
  const take = (text: string | Uint8Array): boolean => {
    lines.push(JSON.parse(String(text)));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  vi.useFakeTimers({ toFake: ['Date'], now: ARRIVAL });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const schema = z.strictObject(
  {
    time: z.iso
      .datetime({ error: 'a time such as "2026-11-22T06:30:00Z"' })
      .transform((text) => new Date(text))
      .optional(),
    limit: z.strictObject({ count: z.int({ error: 'a whole number' }) }).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'unknown key; allowed: time, limit' : 'an object') },
);

/** A function that remembers what it was woken with. */
function remembering(handle: (tick: Tick) => unknown = () => 'done') {
  const woken: { event: z.output<typeof schema>; tick: Tick }[] = [];
  const handler = defineFunction({
    name: 'right-size',
    event: schema,
    handle: async (event, tick) => {
      woken.push({ event, tick });
      return handle(tick);
    },
  });
  return { woken, wake: (event: unknown, under = context) => handler(event, under) };
}

describe('the tick', () => {
  it("is the event's time, whenever it arrives", async () => {
    const { woken, wake } = remembering();
    await wake({ time: '2026-11-22T20:00:00Z' });
    expect(woken[0]?.tick.time).toEqual(new Date('2026-11-22T20:00:00Z'));
  });

  it.each([{}, undefined, null])('of a manual event (%j) is the moment of its arrival, stamped once', async (event) => {
    const seen: Date[] = [];
    const { woken, wake } = remembering((tick) => {
      seen.push(tick.time);
      vi.setSystemTime(ARRIVAL.getTime() + 60_000);
      seen.push(tick.time);
    });
    await wake(event);
    expect(woken).toHaveLength(1);
    expect(seen).toEqual([ARRIVAL, ARRIVAL]);
  });

  it('brings the request id and the own place', async () => {
    const { woken, wake } = remembering();
    await wake({});
    expect(woken[0]?.tick).toMatchObject({
      requestId: 'request-1',
      own: { account: '123456789012', region: 'cn-north-1', partition: 'aws-cn' },
    });
  });

  it('returns what the function returns', async () => {
    await expect(remembering(() => [1, 2]).wake({})).resolves.toEqual([1, 2]);
  });
});

describe('an event that is not valid', () => {
  it.each<[string, unknown, string[]]>([
    ['a wrong field', { time: 'yesterday' }, ['time: a time such as "2026-11-22T06:30:00Z"']],
    ['a wrong field within', { limit: { count: 'many' } }, ['limit.count: a whole number']],
    [
      'keys that nobody knows, each by itself',
      { tiem: 1, limits: 2 },
      ['tiem: unknown key; allowed: time, limit', 'limits: unknown key; allowed: time, limit'],
    ],
    [
      'everything at once',
      { time: 1, limit: { count: 1.5 } },
      ['time: a time such as "2026-11-22T06:30:00Z"', 'limit.count: a whole number'],
    ],
    ['something else altogether', 'wake up', ['event: an object']],
  ])('names %s, and what is allowed', async (_, event, problems) => {
    const { woken, wake } = remembering();
    await expect(wake(event)).rejects.toMatchObject({ name: 'InvalidEventError', problems });
    expect(woken).toEqual([]);
  });

  it('is refused by the schema of right-size in the same words', async () => {
    const handler = defineFunction({ name: 'right-size', event: eventSchema, handle: async () => 'done' });
    const allowed = 'time, from, to, scopes, rules, resource, mode, format, check';
    await expect(handler({ mode: 'auto', from: '2026-11-01', dryRun: true }, context)).rejects.toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining([
          'mode: report (right-size itself changes nothing)',
          `dryRun: unknown key; allowed: ${allowed}`,
        ]),
      }),
    );
  });

  it('is never repeated: it may carry a secret', async () => {
    const attempt = remembering().wake({ time: 's3cr3t', limit: 's3cr3t' });
    await expect(attempt).rejects.not.toThrow('s3cr3t');
    expect(JSON.stringify(lines)).not.toContain('s3cr3t');
  });
});

describe('the middlewares fire through the handler that middy returns', () => {
  const said = () => lines.map(({ level, message }) => `${level} ${message}`);

  it('which logs how a delivery began and ended, with its request id', async () => {
    await remembering().wake({});
    expect(said()).toEqual(['INFO woken', 'INFO done']);
    expect(lines.map((line) => line.function_request_id)).toEqual(['request-1', 'request-1']);
  });

  it('which logs a failure with its error, and throws it', async () => {
    const { wake } = remembering(() => {
      throw new TypeError('no such table');
    });
    await expect(wake({})).rejects.toThrow(TypeError);
    expect(said()).toEqual(['INFO woken', 'ERROR failed']);
    expect(lines[1]).toMatchObject({ error: { name: 'TypeError', message: 'no such table' } });
  });

  it('which forgets what one delivery added to the log before the next', async () => {
    const { wake } = remembering(() => log.appendKeys({ plan: 'plan-1' }));
    await wake({});
    await wake({}, { ...context, awsRequestId: 'request-2' });
    expect(lines[1]).toMatchObject({ message: 'done', plan: 'plan-1' });
    expect(lines[2]).not.toHaveProperty('plan');
    expect(lines[2]).toMatchObject({ message: 'woken', function_request_id: 'request-2' });
  });
});

it('a context without a function ARN is no Lambda', async () => {
  const { woken, wake } = remembering();
  await expect(wake({}, { ...context, invokedFunctionArn: '' })).rejects.toThrow('carries no function ARN');
  expect(woken).toEqual([]);
});
