import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknown } from '../../../shared/core/evidence.ts';
import {
  type Anomaly,
  impactOf,
  monthlyOf,
  newsOf,
  type Sighting,
  severityOf,
  told,
} from '../../../shared/core/spend/anomaly.ts';
import type { SpendAnswer } from '../../../shared/core/spend/answer.ts';
import { addDays } from '../../../shared/core/spend/day.ts';
import { type Following, follow } from '../../../shared/core/spend/follow.ts';
import { anomaly, EXPLAINED } from '../../support/anomaly-specimen.ts';

const sighting = (spoiled: Partial<Sighting> = {}): Sighting => ({
  kind: 'rise',
  service: 'AmazonCloudWatch',
  account: '111111111111',
  firstDay: '2026-11-18',
  lastDay: '2026-11-20',
  days: 3,
  actual: 320,
  expected: 30,
  perDay: 100,
  score: 3.2,
  provisional: false,
  over: false,
  accepted: false,
  worthTelling: true,
  ...spoiled,
});

const following = (spoiled: Partial<Following> = {}): Following => ({
  payer: '123456789012',
  currency: 'USD',
  asOf: '2026-11-20',
  settledUntil: '2026-11-19',
  answers: new Map(),
  ...spoiled,
});

const answer = (spoiled: Partial<SpendAnswer> = {}): SpendAnswer => ({
  anomaly: '2026-11-18-3f9a1c',
  service: 'AmazonCloudWatch',
  account: '111111111111',
  firstDay: '2026-11-18',
  say: 'expected',
  by: 'arn:aws:iam::123456789012:user/kim',
  at: '2026-11-20T09:00:00Z',
  ...spoiled,
});
const answered = (spoiled: Partial<SpendAnswer>) => ({ answers: new Map([['2026-11-18-3f9a1c', answer(spoiled)]]) });

describe('a run of unusual days', () => {
  it('opens a thread, whose id tells its first day and its series', () => {
    const [opened, ...others] = follow([], [sighting()], following());
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ state: 'open', firstDay: '2026-11-18', asOf: '2026-11-20', currency: 'USD' });
    expect(opened?.id).toMatch(/^2026-11-18-[0-9a-f]{6}$/);
    const another = [
      { service: 'AWS Glue' },
      { account: '222222222222' },
      { kind: 'drop' as const },
      { kind: 'new-region' as const },
    ];
    const ids = another.map((spoiled) => follow([], [sighting(spoiled)], following())[0]?.id);
    expect(new Set([opened?.id, ...ids]).size).toBe(5);
  });

  it('belongs to the thread of its series that it touches, whatever its first day has become', () => {
    const [carried, ...others] = follow([anomaly()], [sighting({ firstDay: '2026-11-17', actual: 400 })], following());
    expect(others).toEqual([]);
    expect(carried).toMatchObject({ id: anomaly().id, firstDay: '2026-11-18', actual: 400 });
  });

  it.each<[string, Partial<Sighting>]>([
    ['another service', { service: 'AWS Glue' }],
    ['another account', { account: '222222222222' }],
    ['the other direction', { kind: 'drop' }],
    ['another time', { firstDay: '2026-11-10', lastDay: '2026-11-14' }],
  ])('of %s is not its thread', (_, spoiled) => {
    const changed = follow([anomaly({ state: 'resolved' })], [sighting({ over: false, ...spoiled })], following());
    expect(changed.map(({ id }) => id)).not.toContain(anomaly().id);
    expect(changed).toHaveLength(1);
  });

  it('that was over long before is not told any more', () => {
    const long = sighting({ firstDay: '2026-10-01', lastDay: '2026-10-02', over: true });
    expect(follow([], [long], following())).toEqual([]);
  });

  it('of too few dollars opens no thread', () => {
    expect(follow([], [sighting({ worthTelling: false })], following())).toEqual([]);
  });

  it('that was over before anybody saw it is told as over', () => {
    const [one] = follow([], [sighting({ lastDay: '2026-11-14', firstDay: '2026-11-13', over: true })], following());
    expect(one?.state).toBe('resolved');
    expect(newsOf(one!, undefined, 0.5)).toBe('resolved');
  });
});

describe('a thread', () => {
  it.each<[string, Partial<Anomaly>, Sighting[], Partial<Following>, Anomaly['state']]>([
    ['goes on', {}, [sighting()], {}, 'open'],
    ['is resolved when its days are over', {}, [sighting({ over: true })], {}, 'resolved'],
    ['goes on with fewer dollars', {}, [sighting({ worthTelling: false })], {}, 'open'],
    ['is accepted when the model says so', {}, [sighting({ accepted: true, over: true })], {}, 'accepted'],
    ['goes on as long as it does not', {}, [sighting({ lastDay: '2026-12-20' })], { asOf: '2026-12-20' }, 'open'],
    ['is expected when a person says so', {}, [sighting()], answered({}), 'expected'],
    ['is withdrawn when nothing is left of settled days', {}, [], { settledUntil: '2026-11-21' }, 'withdrawn'],
    ['waits while its last day is not settled', {}, [], { settledUntil: '2026-11-20' }, 'open'],
    ['goes on when somebody looks into it', {}, [sighting()], answered({ say: 'investigate' }), 'open'],
  ])('%s', (_, spoiled, sightings, more, state) => {
    expect(follow([anomaly(spoiled)], sightings, following(more))).toMatchObject([{ id: anomaly().id, state }]);
  });

  it('that rested on days which nobody asks about any more ends, and nobody is told of an end that nobody has seen', () => {
    const said = anomaly({ said: told(anomaly()).said! });
    const late = (asOf: string) => follow([said], [], following({ asOf, settledUntil: asOf }))[0]!;
    expect(newsOf(late('2026-12-03'), undefined, 0.5)).toBe('withdrawn');
    expect(late('2026-12-04').state).toBe('resolved');
    expect(newsOf(late('2026-12-04'), undefined, 0.5)).toBeUndefined();
  });

  it.each(['resolved', 'accepted', 'expected'] as const)('that is %s stays so, and keeps its days', (state) => {
    expect(follow([anomaly({ state })], [sighting()], following())).toEqual([]);
  });

  it.each(['accepted', 'expected'] as const)('that is %s leaves a further step to a thread of its own', (state) => {
    const ended = anomaly({ state, asOf: '2026-11-21' });
    const own = sighting();
    const step = sighting({ firstDay: '2026-11-21', lastDay: '2026-11-22' });
    const [opened, ...others] = follow([ended], [own, step], following({ asOf: '2026-11-22' }));
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ state: 'open', firstDay: '2026-11-21' });
    expect(newsOf(opened!, undefined, 0.5)).toBe('opened');
    const both = [ended, opened!];
    const [carried, ...more] = follow(both, [own, step], following({ asOf: '2026-11-23' }));
    expect(more).toEqual([]);
    expect(carried).toMatchObject({ id: opened?.id, state: 'open', lastDay: '2026-11-22' });
  });

  it.each([
    ['the same day', '2026-11-18'],
    ['two days later', '2026-11-22'],
  ])('that was withdrawn is no thread of what is found from %s on: it is told, and the record stays', (_, firstDay) => {
    const [first] = follow([], [sighting()], following());
    const withdrawn: Anomaly = { ...first!, state: 'withdrawn' };
    const again = sighting({ firstDay, lastDay: '2026-11-22' });
    const look = () => follow([withdrawn], [again], following({ asOf: '2026-11-22' }));
    const [opened, ...others] = look();
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ state: 'open', firstDay });
    expect(newsOf(opened!, undefined, 0.5)).toBe('opened');
    expect(opened?.id).toMatch(new RegExp(`^${firstDay}-[0-9a-f]{6}$`));
    expect(opened?.id).not.toBe(withdrawn.id);
    expect(look()[0]?.id).toBe(opened?.id);
  });

  it('takes of two runs the one that it has most days in common with, and the other is another', () => {
    const thread = anomaly({ firstDay: '2026-11-18', lastDay: '2026-11-18', asOf: '2026-11-18' });
    const before = sighting({ firstDay: '2026-11-16', lastDay: '2026-11-17', accepted: true, returned: true });
    const own = sighting({ firstDay: '2026-11-18', lastDay: '2026-11-20' });
    const [carried, opened, ...others] = follow([thread], [before, own], following());
    expect(others).toEqual([]);
    expect(carried).toMatchObject({ id: thread.id, state: 'open', firstDay: '2026-11-18', lastDay: '2026-11-20' });
    expect(opened).toMatchObject({ state: 'accepted', returned: true, firstDay: '2026-11-16', lastDay: '2026-11-17' });
  });

  it('whose days AWS restates into two runs is the longer one, and tells no day twice', () => {
    const thread = anomaly({ firstDay: '2026-11-10', lastDay: '2026-11-20' });
    const [early, late] = [
      sighting({ firstDay: '2026-11-10', lastDay: '2026-11-11', over: true }),
      sighting({ firstDay: '2026-11-15', lastDay: '2026-11-20' }),
    ];
    const changed = follow([thread], [early, late], following());
    expect(changed).toMatchObject([{ id: thread.id, state: 'open', lastDay: '2026-11-20' }]);
  });

  it('that is expected keeps the days that were answered', () => {
    const longer = sighting({ lastDay: '2026-11-25', actual: 9000 });
    const [one] = follow([anomaly()], [longer], following(answered({})));
    expect(one).toMatchObject({ state: 'expected', lastDay: '2026-11-20', actual: 320 });
  });

  it('that was judged as of a later day is left alone', () => {
    expect(follow([anomaly({ asOf: '2026-11-25' })], [sighting()], following())).toEqual([]);
  });
});

describe('news', () => {
  const news = (spoiled: Partial<Anomaly>, said?: SpendAnswer) => newsOf(anomaly(spoiled), said, 0.5);
  const before = told(anomaly()).said!;

  it.each<[string, Partial<Anomaly>, string | undefined]>([
    ['nobody has heard of it', {}, 'opened'],
    ['it is as it was', { said: before }, undefined],
    ['it has grown a little', { said: before, perDay: 149 }, undefined],
    ['it has grown by a step', { said: before, perDay: 150 }, 'grown'],
    ['it has grown on days that are not complete', { said: before, perDay: 500, provisional: true }, undefined],
    ['it has cost more, but not a day', { said: before, actual: 5000 }, undefined],
    ['it got its cause', { said: { ...before, explained: false } }, 'explained'],
    [
      'it has no cause yet',
      { said: { ...before, explained: false }, explanation: { ...EXPLAINED, causes: unknown('x') } },
      undefined,
    ],
    ['it is over', { said: before, state: 'resolved' }, 'resolved'],
    ['it is the new level', { said: before, state: 'accepted' }, 'accepted'],
    ['it was withdrawn', { said: before, state: 'withdrawn' }, 'withdrawn'],
    ['it was withdrawn before anybody heard', { state: 'withdrawn' }, undefined],
    ['a person said that it is right', { said: before, state: 'expected' }, undefined],
    ['its end was told', { said: { ...before, state: 'resolved' }, state: 'resolved' }, undefined],
  ])('when %s', (_, spoiled, expected) => expect(news(spoiled)).toBe(expected));

  it('is none of what is snoozed, through its day, but that it is over, or five times what it was', () => {
    const snooze = answer({ say: 'snooze', until: '2026-11-20' });
    expect(news({ said: before, perDay: 499 }, snooze)).toBeUndefined();
    expect(news({ said: before, perDay: 500 }, snooze)).toBe('grown');
    expect(news({ said: before, perDay: 500, asOf: '2026-11-21' }, snooze)).toBe('reminded');
    expect(news({ said: { ...before, on: '2026-11-21' }, asOf: '2026-11-22' }, snooze)).toBeUndefined();
    expect(news({ said: before, state: 'resolved' }, snooze)).toBe('resolved');
  });

  it('is never the same twice', () => {
    const step = fc.record({
      perDay: fc.integer({ min: 1, max: 1000 }),
      state: fc.constantFrom<Anomaly['state']>('open', 'open', 'open', 'resolved', 'accepted', 'withdrawn'),
      explained: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let one = anomaly();
        const heard: string[] = [];
        for (const [day, { perDay, state, explained }] of steps.entries()) {
          if (one.state !== 'open') break;
          const explanation = explained ? EXPLAINED : { ...EXPLAINED, causes: unknown('x') };
          one = { ...one, perDay, state, explanation, asOf: addDays('2026-11-20', day) };
          const why = newsOf(one, undefined, 0.5);
          if (why) {
            heard.push(`${why} ${why === 'grown' ? perDay : ''}`);
            one = told(one);
          }
          expect(newsOf(one, undefined, 0.5)).toBeUndefined();
        }
        expect(new Set(heard).size).toBe(heard.length);
      }),
    );
  });
});

describe('the money', () => {
  it('is what it cost beyond what was expected, and what a month of it costs', () => {
    expect([impactOf(anomaly()), Math.round(monthlyOf(anomaly()))]).toEqual([290, 3042]);
  });

  it.each<[Partial<Anomaly>, string]>([
    [{}, 'critical'],
    [{ perDay: 20 }, 'warning'],
    [{ perDay: 3 }, 'info'],
    [{ kind: 'drop', perDay: -100 }, 'info'],
    [{ state: 'resolved' }, 'info'],
  ])('%j is %s', (spoiled, severity) => {
    expect(severityOf(anomaly(spoiled), { warning: 100, critical: 1000 })).toBe(severity);
  });
});
