import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chart, type Drawing, sparkline } from '../../shared/core/sparkline.ts';

const drawing: Drawing = { what: 'CPU p99.9', by: 'day', unit: '%', values: [0, 50, 100] };

describe('a row of bars', () => {
  it('goes from nothing to the highest value', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8])).toBe('▁▂▃▄▅▆▇██');
  });

  it.each([
    ['in the middle', [8, undefined, undefined, 8], '█··█'],
    ['at its ends', [undefined, 8, undefined], '·█·'],
    ['everywhere', [undefined, undefined], '··'],
  ])('shows a gap %s', (_, values, bars) => {
    expect(sparkline(values)).toBe(bars);
  });

  it('shows that there is nothing of it, which is no gap', () => {
    expect(sparkline([0, 0])).toBe('▁▁');
  });

  it('shows the highest of each stretch of a long series, and a gap only where all of a stretch is missing', () => {
    const values = Array.from({ length: 112 }, (_, index) => (index === 41 ? 10 : 1));
    expect(sparkline(values)).toBe(`${'▁'.repeat(20)}█${'▁'.repeat(35)}`);
    const gappy = values.map((value, index) => ([0, 1, 3].includes(index) ? undefined : value));
    expect(sparkline(gappy).slice(0, 3)).toBe('·▁▁');
  });

  it('is as high where the value is as high, is never wider than a mail, and has a gap only for a gap', () => {
    const values = fc.array(fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined }), {
      minLength: 1,
      maxLength: 56,
    });
    fc.assert(
      fc.property(values, (all) => {
        const bars = [...sparkline(all)];
        expect(bars.map((bar) => bar === '·')).toEqual(all.map((value) => value === undefined));
        const order = all.flatMap((value, index) => (value === undefined ? [] : [{ value, bar: bars[index]! }]));
        const sorted = order.toSorted((a, b) => a.value - b.value).map(({ bar }) => bar);
        expect(sorted).toEqual(sorted.toSorted());
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, noNaN: true }), { maxLength: 2000 }), (all) => {
        expect([...sparkline(all)].length).toBeLessThanOrEqual(56);
      }),
    );
  });
});

describe('the caption of a chart', () => {
  it.each<[string, Partial<Drawing>, string, string]>([
    ['a share is of a hundred', { values: [0, 12.4, 50] }, 'CPU p99.9 by day, 0..100 %', '▁▁▅'],
    ['what is more than the whole has a scale of its own', { values: [50, 200] }, 'CPU p99.9 by day, 0..200 %', '▃█'],
    ['anything else reaches to its highest value', { unit: 'MB' }, 'CPU p99.9 by day, 0..100 MB', '▁▅█'],
    ['it may have no unit', { unit: '', values: [31_234.5] }, 'CPU p99.9 by day, 0..31,200', '█'],
    [
      'it says what each bar stands for',
      { by: 'hour', values: new Array<number>(672).fill(99) },
      'CPU p99.9 by 12 hours, 0..100 %',
      '█'.repeat(56),
    ],
  ])('%s', (_, more, caption, bars) => {
    expect(chart({ ...drawing, ...more })).toEqual([caption, bars]);
  });
});
