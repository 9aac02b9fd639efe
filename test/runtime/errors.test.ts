import { describe, expect, it } from 'vitest';
import { AccountsFailedError, InvalidConfigError, InvalidEventError } from '../../shared/runtime/errors.ts';

describe('the error that is thrown last', () => {
  const denied = new TypeError('no such table');
  const error = new AccountsFailedError(
    [
      { account: '111111111111', cause: denied },
      { account: '222222222222', cause: 'a thrown text' },
    ],
    3,
  );

  it('names every account that failed, says why, and that the others are done', () => {
    expect(error.message).toBe(
      '2 of 5 accounts failed, the others are done: 111111111111: TypeError: no such table; 222222222222: a thrown text',
    );
    expect(error.failed).toEqual([
      { account: '111111111111', error: 'TypeError: no such table' },
      { account: '222222222222', error: 'a thrown text' },
    ]);
  });

  it('keeps the first cause', () => {
    expect(error.cause).toBe(denied);
  });
});

it.each([
  [new InvalidEventError('right-size', ['time: a time', 'from: a date']), 'InvalidEventError'],
  [new InvalidConfigError(['TABLE: the table', 'TOPIC: the topic']), 'InvalidConfigError'],
  [new AccountsFailedError([], 0), 'AccountsFailedError'],
])('%s has its name as a literal, which no bundler changes', (error, name) => {
  expect(error.name).toBe(name);
  expect(error).toBeInstanceOf(Error);
});

it('an invalid event names the function and every problem', () => {
  const error = new InvalidEventError('right-size', ['time: a time', 'from: a date']);
  expect(error.message).toBe('right-size was woken by an event that is not valid: time: a time; from: a date');
  expect(error.problems).toEqual(['time: a time', 'from: a date']);
});
