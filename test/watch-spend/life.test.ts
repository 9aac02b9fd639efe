import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../shared/core/spend/answer.ts';
import { about, dayOfLife, live } from '../support/spend-life.ts';

/** $100 a day for 210 days, and what it is from some of them on. */
const steps =
  (...later: [from: number, amount: number][]) =>
  (index: number) =>
    about(later.findLast(([from]) => index >= from)?.[1] ?? 100, index);

/** Nothing for 210 days, and then so much from some days on. */
const born =
  (...later: [from: number, amount: number][]) =>
  (index: number) =>
    about(later.findLast(([from]) => index >= from)?.[1] ?? 0, index);

const onDay =
  (day: number, said: Partial<SpendAnswer> = {}) =>
  (today: number): Partial<SpendAnswer> | undefined =>
    today === day ? said : undefined;

const span = ({ firstDay, lastDay }: Anomaly) => [firstDay, lastDay];

describe('what is expected', () => {
  it('hides no later rise, be it two days after', () => {
    const cost = steps([210, 150], [213, 5000]);
    const { words, threads } = live({ cost, from: 205, to: 220, answer: onDay(211) });
    expect(words).toEqual(['210 opened', '213 opened']);
    expect(threads.map(({ state }) => state)).toEqual(['expected', 'open']);
  });

  it('is what it had become by the answer: that is not told again, and what is beyond it is', () => {
    const cost = steps([210, 150], [218, 1000], [225, 20_000]);
    const { words } = live({ cost, from: 205, to: 230, answer: onDay(220) });
    expect(words.filter((one) => Number.parseInt(one, 10) > 220)).toEqual(['225 opened']);
  });

  it('each month hides no rise that began with the charge', () => {
    const first = 212; // 1 August
    expect(dayOfLife(first)).toBe('2026-08-01');
    const cost = (index: number) => (index === first ? 360 : steps([first, 160])(index));
    const { heard } = live({ cost, from: 205, to: 220, answer: onDay(first, { recurring: true }) });
    expect(heard.map(({ news }) => news)).toEqual(['opened', 'opened']);
    expect(heard[1]?.anomaly).toMatchObject({ firstDay: dayOfLife(first + 1) });
    expect(heard[1]?.day).toBeLessThanOrEqual(first + 3);
  });

  it('each month hides none that was there when it was answered, and goes on', () => {
    const first = 212;
    const cost = (index: number) => (index === first ? 360 : steps([first, 160])(index));
    const { threads, words } = live({ cost, from: 205, to: 220, answer: onDay(first + 3, { recurring: true }) });
    expect(words).toHaveLength(2);
    expect(threads.map(({ state }) => state)).toEqual(['expected', 'open']);
    expect(threads[1]?.firstDay).toBe(dayOfLife(first + 4));
  });

  it('until a day is told when it has grown beyond the largest day that was answered, and after it when it is still there', () => {
    const cost = (index: number) => (index >= 220 && index < 225 ? 5000 : steps([210, 150])(index));
    const until = dayOfLife(230);
    const { words } = live({ cost, from: 205, to: 232, answer: onDay(211, { until }) });
    expect(words).toEqual(['210 opened', '220 opened', '229 resolved', '231 opened']);
  });

  it('until a day is quiet as it was answered', () => {
    const until = dayOfLife(230);
    const { words } = live({ cost: steps([210, 150]), from: 205, to: 230, answer: onDay(211, { until }) });
    expect(words).toEqual(['210 opened']);
  });
});

describe('a new service', () => {
  it('that was accepted is judged by its own days until the model can', () => {
    const { heard, words } = live({ cost: born([210, 30], [227, 3000]), from: 205, to: 260 });
    expect(words).toEqual(['210 opened', '223 accepted', '227 opened', '240 accepted']);
    expect(heard[2]?.anomaly).toMatchObject({ kind: 'rise', littleHistory: true, firstDay: dayOfLife(227) });
  });

  it('that was answered is judged from the next day on', () => {
    const { words, threads } = live({ cost: born([210, 30], [215, 3000]), from: 205, to: 220, answer: onDay(211) });
    expect(words).toEqual(['210 opened', '215 opened']);
    expect(threads[0]).toMatchObject({ kind: 'new-service', state: 'expected', lastDay: dayOfLife(211) });
  });

  it('that was over is told when it comes again', () => {
    const cost = (index: number) => (index >= 210 && index < 213 ? 30 : born([247, 5000])(index));
    const { words } = live({ cost, from: 205, to: 255 });
    expect(words).toEqual(['210 opened', '217 resolved', '247 opened']);
  });

  it('whose rise the model sees as well is told of it once', () => {
    const { words } = live({ cost: born([205, 30], [245, 3000]), from: 204, to: 270 });
    expect(words.slice(2)).toEqual([expect.stringMatching(/^245 opened/), expect.stringMatching(/accepted$/)]);
  });

  it('that comes again within its first weeks is told to its end', () => {
    const cost = (index: number) => (index >= 210 && index < 213 ? 30 : born([232, 40])(index));
    const { words } = live({ cost, from: 205, to: 270 });
    expect(words).toEqual(['210 opened', '217 resolved', '232 opened', expect.stringMatching(/accepted$/)]);
  });
});

describe('the way back from a drop', () => {
  const cost = steps([140, 20], [172, 100]);
  const isBack = { state: 'accepted', returned: true, kind: 'rise' };

  it('that was told is how it is again, and not over', () => {
    const { heard } = live({ cost, from: 171, to: 185 });
    const [opened, ended, ...others] = heard;
    expect(others).toEqual([]);
    expect([opened?.news, ended?.news]).toEqual(['opened', 'accepted']);
    expect(ended?.anomaly).toMatchObject(isBack);
  });

  it('is told when its first day is known a day late', () => {
    const { heard } = live({ cost, from: 173, to: 185 });
    expect(heard.map(({ news, anomaly }) => [news, anomaly.returned])).toEqual([['accepted', true]]);
  });

  it('and what goes far beyond it are two threads, each with days of its own', () => {
    const far = steps([140, 20], [172, 5000]);
    for (const from of [171, 173]) {
      const { threads } = live({ cost: far, from, to: 180 });
      expect(threads.filter(({ firstDay, lastDay }) => firstDay > lastDay)).toEqual([]);
      expect(threads.map(({ state }) => state)).not.toContain('resolved');
      expect(threads.map(span).at(-1)?.[1]).toBe(dayOfLife(180));
    }
  });
});
