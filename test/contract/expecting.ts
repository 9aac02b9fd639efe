import { expect } from 'vitest';
import type { Target } from './target.ts';

interface ServiceError extends Error {
  readonly $fault: 'client' | 'server';
}

/** The call has to fail with this error (or one of these), by the client's fault. Returns the error. */
export async function refused(call: Promise<unknown>, ...names: [string, ...string[]]): Promise<ServiceError> {
  const answer = await call.then(
    () => undefined,
    (error: ServiceError) => error,
  );
  if (!answer) expect.fail(`was accepted; AWS refuses it: ${names.join(' or ')}`);
  const whose = { fault: answer.$fault, name: answer.name };
  expect(names, `was refused with ${answer.name}: ${answer.message}`).toContain(answer.name);
  expect(whose.fault).toBe('client');
  return answer;
}

/** Reads until it is done, letting the target's time pass in between, for at most a day of it. */
export async function until<T>(target: Target, read: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
  let value = await read();
  for (let waited = 0; !done(value) && waited < 1440; waited += 1) {
    await target.pass(60);
    value = await read();
  }
  if (!done(value)) expect.fail(`never came to an end; at last: ${JSON.stringify(value)}`);
  return value;
}

/** Follows the tokens itself, as a paginator would, but counts. */
export async function everyPage<Page>(
  read: (token: string | undefined) => Promise<Page>,
  next: (page: Page) => string | undefined,
): Promise<Page[]> {
  const pages = [await read(undefined)];
  for (let token = next(pages[0] as Page); token; token = next(pages.at(-1) as Page)) {
    if (pages.length > 100) expect.fail('the pages never end');
    pages.push(await read(token));
  }
  return pages;
}

/** Both have the same members, each exactly once, in whatever order. */
export function expectSame(actual: Iterable<string | undefined>, wanted: Iterable<string | undefined>) {
  expect([...actual].sort()).toEqual([...wanted].sort());
}

/** Numbers from one to n. */
export const oneTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);
