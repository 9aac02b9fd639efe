import { describe, expect, it } from 'vitest';
import type { Remembered } from '../../../shared/core/off-hours/memory.ts';
import type { OffHoursRecord } from '../../../shared/core/off-hours/record.ts';
import {
  actsIn,
  BOOK,
  decideAt,
  group,
  instance,
  memoryIn,
  office,
  policyWith,
  REGION,
  recordFor,
  seoul,
  service,
  stopped,
  wasOn,
  wasStopped,
} from '../../support/off-hours-specimen.ts';

const web = instance('web');
const asleep = { ...web, ...stopped };
const MORNING = '2026-11-24 08:00';

describe('where the schedule is switched off', () => {
  const off = office({ mode: 'off' });

  it('what somebody starts at night has its alarms heard in the morning', () => {
    const night = decideAt('2026-11-23 23:00', [web], {
      memories: [wasStopped(web, { muted: ['web-cpu'] })],
      policy: off,
    });
    expect([actsIn(night), memoryIn(night, 'web')?.muted]).toEqual([[], ['web-cpu']]);
    const morning = decideAt(MORNING, [web], { memories: night.memories, policy: off });
    expect(recordFor(morning).plan?.act).toMatchObject([
      { mode: 'auto', action: { kind: 'start-instance', unmute: ['web-cpu'] } },
    ]);
  });

  it('what is owed nothing is forgotten', () => {
    const capacity = { min: 1, desired: 3, max: 6 };
    const workers = group('workers');
    const first = decideAt(MORNING, [workers], { memories: [wasOn(workers, { capacity })], policy: off });
    expect([actsIn(first), memoryIn(first, 'workers')?.capacity]).toEqual([[], undefined]);
    const next = decideAt('2026-11-24 08:05', [workers], { memories: first.memories, policy: off });
    expect(next.memories).toEqual([]);
  });
});

describe('alarms of a plan whose end nobody knows', () => {
  it('count as muted when another plan takes its place', () => {
    const until = seoul(MORNING).toISOString();
    const since = seoul('2026-11-23 21:00').toISOString();
    const pending = { act: 'stop', planId: 'a', number: 1, mode: 'approve', step: 1, since, until } as const;
    const memory = wasOn(web, {
      state: 'on',
      at: seoul(MORNING).toISOString(),
      pending: { ...pending, mutes: ['web-cpu'] },
    });
    const evening = recordFor(decideAt('2026-11-24 21:00', [web], { memories: [memory] }));
    expect(memoryIn(evening, 'web')).toMatchObject({ muted: ['web-cpu'], pending: { planId: evening.plan?.id } });
  });
});

describe('what has lost its tag', () => {
  const textOf = (one: Remembered): string | undefined =>
    decideAt('2026-11-23 23:00', [], {
      memories: [one],
      untagged: new Set([`${one.identity.arn} ${one.identity.id}`]),
    }).problems[0]?.text;

  it('is told with everything that a person has to give back', () => {
    const api = service('api');
    const capacity = { desired: 2, scaling: { min: 1, max: 4 } };
    expect(textOf(wasStopped(api, { capacity, muted: ["api's errors"] }))).toBe(
      `api in ${REGION}: its tag was taken away while off-hours had it stopped: nobody starts it any more but you; ` +
        'its sizes were 2 tasks, and its scaling was not suspended; its alarms are muted: ' +
        `aws cloudwatch enable-alarm-actions --region ${REGION} --alarm-names 'api'\\''s errors'`,
    );
    expect(textOf(wasStopped(api, { capacity: { desired: 1 } }))).toMatch(/its sizes were 1 task$/);
  });
});

describe('what off-hours has stopped, and what nobody can follow', () => {
  /** Holidays that end within the month: every day of today is known, and the calendar is refused. */
  const ending = { ...BOOK, years: { first: 2024, last: 2026 } };
  const DECEMBER = '2026-12-17';

  function ticks() {
    let kept: OffHoursRecord | undefined;
    return (at: string, memories = kept?.memories ?? [], holidays = ending) => {
      kept = recordFor(decideAt(at, [asleep], { memories, holidays }), kept);
      return kept;
    };
  }

  it('is told as it stays stopped, by name', () => {
    const [message] = ticks()(`${DECEMBER} 07:00`, [wasStopped(web)]).messages;
    expect(message?.text).toMatch(
      /Nothing under it is stopped or started\. What off-hours has stopped stays stopped: web\./,
    );
  });

  it('is late when it should run, as far as that is known, and starts when that is mended', () => {
    const tick = ticks();
    tick(`${DECEMBER} 07:00`, [wasStopped(web)]);
    expect(tick(`${DECEMBER} 08:00`).messages).toEqual([]);
    expect(tick(`${DECEMBER} 08:10`).messages).toMatchObject([
      { subject: '[Lamplighter] 111111111111: 1 not running yet', attributes: { severity: 'warning' } },
    ]);
    expect(tick(`${DECEMBER} 09:00`).messages).toMatchObject([{ attributes: { severity: 'critical' } }]);
    expect(tick(`${DECEMBER} 09:05`).messages).toEqual([]);
    const mended = tick(`${DECEMBER} 09:10`, undefined, BOOK);
    expect(mended.plan?.act).toMatchObject([{ action: { kind: 'start-instance' } }]);
  });

  it('is not late any more in the evening', () => {
    const tick = ticks();
    tick(`${DECEMBER} 08:00`, [wasStopped(web)]);
    expect(memoryIn(tick(`${DECEMBER} 20:55`), 'web')).toHaveProperty('trouble');
    expect(memoryIn(tick(`${DECEMBER} 21:00`), 'web')).not.toHaveProperty('trouble');
  });

  it('is not late any more when somebody starts it', () => {
    const late = ticks()(`${DECEMBER} 08:00`, [wasStopped(web)]);
    expect(memoryIn(late, 'web')).toHaveProperty('trouble');
    const started = decideAt(`${DECEMBER} 08:05`, [web], { memories: late.memories, holidays: ending });
    expect(memoryIn(started, 'web')).not.toHaveProperty('trouble');
  });

  it('is told so when its tag names no schedule', () => {
    const mistaken = { ...asleep, tags: { 'lamplighter:schedule': 'offiec' } };
    const decision = decideAt(MORNING, [mistaken], { memories: [wasStopped(web)], policy: policyWith() });
    expect(decision.problems.map(({ text }) => text)).toEqual([
      expect.stringMatching(/names no schedule .* Off-hours has stopped it, and it stays stopped$/),
    ]);
  });
});

describe('a start that AWS has granted, and that brings less than it asks for', () => {
  it('is not said to be tried again: it goes on asking', () => {
    const workers = group('workers', { short: '0 of 3 in service' });
    const trouble = {
      act: 'start',
      since: seoul(MORNING).toISOString(),
      because: 'no capacity',
      tries: 1,
      notBefore: seoul('2026-11-24 08:20').toISOString(),
    } as const;
    const record = recordFor(decideAt('2026-11-24 08:10', [workers], { memories: [wasStopped(workers, { trouble })] }));
    expect([record.plan, record.messages.map(({ text }) => /^- workers.*$/m.exec(text)?.[0])]).toEqual([
      undefined,
      ['- workers in ap-northeast-2: no capacity; wanted since 2026-11-24 08:00 Asia/Seoul; tried once'],
    ]);
  });
});
