import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { bytes, days, parseBytes, parseDays, parseShare, share } from '../../shared/core/quantity.ts';

const problemsOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((issue) => issue.message);

describe('days', () => {
  const schema = days({ min: 7, max: 455, why: 'CloudWatch forgets' });

  it.each([
    ['7d', 7],
    ['455d', 455],
  ])('%s are %d', (text, number) => {
    expect(schema.parse(text)).toBe(text);
    expect(parseDays(text)).toBe(number);
  });

  it.each([
    ['6d', 'from 7d to 455d (CloudWatch forgets)'],
    ['456d', 'from 7d to 455d (CloudWatch forgets)'],
    ['35', 'a number of days such as "7d"'],
    ['5w', 'a number of days such as "7d"'],
    ['-7d', 'a number of days such as "7d"'],
    ['7.5d', 'a number of days such as "7d"'],
    ['7d ', 'a number of days such as "7d"'],
    [35, 'a number of days such as "7d"'],
    [null, 'a number of days such as "7d"'],
  ])('%j are not: it is said once what is allowed', (value, allowed) => {
    expect(problemsOf(schema, value)).toEqual([allowed]);
  });
});

describe('a size', () => {
  it.each([
    ['0B', 0],
    ['5MB', 5e6],
    ['1.5KB', 1500],
    ['2GB', 2e9],
    ['1KiB', 1024],
    ['5MiB', 5 * 1024 ** 2],
    ['1GiB', 1024 ** 3],
  ])('%s is %d bytes', (text, number) => {
    expect(bytes().parse(text)).toBe(text);
    expect(parseBytes(text)).toBe(number);
  });

  it.each(['5', '5 MB', '5mb', 'MB', '-5MB', '5MBs', '1e3MB', ''])('%j is none', (text) => {
    expect(problemsOf(bytes(), text)).toEqual(['a size such as "5MB", in B, KB, MB, GB, KiB, MiB, GiB']);
  });

  it('is not a plain number: its unit would be a guess', () => {
    expect(problemsOf(bytes(), 5_000_000)).toEqual(['a size such as "5MB"']);
  });
});

describe('a share', () => {
  it.each([
    ['5%', 0.05],
    ['0.5%', 0.005],
    ['100%', 1],
  ])('%s is %d', (text, number) => {
    expect(share().parse(text)).toBe(text);
    expect(parseShare(text)).toBe(number);
  });

  it.each([
    ['0%', 'above 0% and up to 100%'],
    ['100.1%', 'above 0% and up to 100%'],
    ['5', 'a share such as "5%"'],
    ['-5%', 'a share such as "5%"'],
    ['5 %', 'a share such as "5%"'],
    [0.05, 'a share such as "5%"'],
  ])('%j is none: it is said once what is allowed', (value, allowed) => {
    expect(problemsOf(share(), value)).toEqual([allowed]);
  });
});
