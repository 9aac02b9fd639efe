import { describe, expect, it } from 'vitest';
import type { Remembered, Trouble } from '../../../shared/core/off-hours/memory.ts';
import { isWorthKeeping, type OffHoursRecord } from '../../../shared/core/off-hours/record.ts';
import type { ScheduledResource } from '../../../shared/core/off-hours/resource.ts';
import {
  changing,
  database,
  decideAt,
  instance,
  memoryIn,
  office,
  policyWith,
  recordFor,
  seoul,
  stopped,
  wasOn,
  wasStopped,
} from '../../support/off-hours-specimen.ts';

const web = instance('web');
const orders = database('orders');
const asleep = { ...web, ...stopped };

/** Ticks one after the other, each with what the one before has kept. */
function ticks(policy = policyWith()) {
  let kept: OffHoursRecord | undefined;
  return (at: string, resources: readonly ScheduledResource[], memories = kept?.memories ?? []): OffHoursRecord => {
    const record = recordFor(decideAt(at, resources, { memories, policy }), kept, policy);
    kept = record;
    return record;
  };
}

const texts = ({ messages }: OffHoursRecord): string[] => messages.map(({ text }) => text);
const subjects = ({ messages }: OffHoursRecord): string[] => messages.map(({ subject }) => subject);

describe('newcomers', () => {
  it('are told of once: what will be stopped when, and how to keep it on', () => {
    const tick = ticks();
    const first = tick('2026-11-23 12:00', [web, orders]);
    expect(first.messages).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: 2 under a schedule from now on',
        attributes: { kind: 'schedules', severity: 'info', account: '111111111111', rule: ['off-hours'] },
        facts: { newcomers: [{ name: 'web', schedule: 'office' }, { name: 'orders' }] },
      },
    ]);
    const [text] = texts(first);
    expect(text).toContain(
      'Under the schedule office from now on, on Mon-Fri 08:00-21:00 Asia/Seoul:\n- web (m5.large)',
    );
    expect(text).toContain(
      'Stopped for the first time at 2026-11-23 21:00 Asia/Seoul, started again at 2026-11-24 08:00 Asia/Seoul.',
    );
    expect(text).toContain(`npm run answer -- keep-on ${web.identity.arn} --until 2026-11-24\n`);
    expect(text).toContain('lamplighter:keep-on-until, a day or a local time such as 2026-11-24T18-00');
    expect(texts(tick('2026-11-23 12:05', [web, orders]))).toEqual([]);
  });

  it('are told what their mode makes of it', () => {
    expect(texts(ticks(office({ mode: 'report' }))('2026-11-23 12:00', [web]))[0]).toContain(
      'Nothing is stopped: the mode of the schedule office is report.',
    );
    expect(texts(ticks(office({ mode: 'approve' }))('2026-11-23 12:00', [web]))[0]).toContain(
      ', if somebody approves,',
    );
  });

  it('that are off already are told from when on they will be stopped', () => {
    expect(texts(ticks()('2026-11-23 23:00', [web]))[0]).toContain('Stopped for the first time at 2026-11-24 21:00');
  });
});

describe('routine', () => {
  it('is silent: nothing is said of an evening and a morning in mode auto', () => {
    const tick = ticks();
    tick('2026-11-23 20:55', [web], [wasOn(web)]);
    expect(texts(tick('2026-11-23 21:00', [web]))).toEqual([]);
    expect(texts(tick('2026-11-24 08:00', [asleep], [wasStopped(web)]))).toEqual([]);
  });

  it('is not even kept: a tick that finds everything as it was writes nothing, but once a day', () => {
    const before = recordFor(decideAt('2026-11-23 12:00', [web], { memories: [wasOn(web)] }));
    const next = (at: string) => recordFor(decideAt(at, [web], { memories: before.memories }), before);
    expect(isWorthKeeping(next('2026-11-23 12:05'), before)).toBe(false);
    expect(isWorthKeeping(next('2026-11-23 20:55'), before)).toBe(false);
    expect(isWorthKeeping(next('2026-11-23 21:00'), before)).toBe(true);
    expect(isWorthKeeping({ ...next('2026-11-23 20:55'), time: seoul('2026-11-24 12:00').toISOString() }, before)).toBe(
      true,
    );
  });

  it('of an account with nothing under a schedule is nothing at all', () => {
    expect(isWorthKeeping(recordFor(decideAt('2026-11-23 12:00', [])), undefined)).toBe(false);
  });
});

describe('what waits for an approval', () => {
  it('is told each time, with how to say yes and no, and until when it is wanted', () => {
    const policy = office({ mode: 'approve' });
    const tick = ticks(policy);
    const evening = tick('2026-11-23 21:00', [web], [wasOn(web)]);
    const id = evening.plan?.id;
    expect(subjects(evening)).toEqual(['[Lamplighter] 111111111111: 1 to stop waits for an approval']);
    expect(texts(evening)[0]).toContain(
      `Waits for an approval (plan ${id}):\n1. web (m5.large) in ap-northeast-2: stop the instance, because off: outside Mon-Fri 08:00-21:00 [office]; until 2026-11-24 08:00 Asia/Seoul`,
    );
    expect(texts(evening)[0]).toContain(`To approve: npm run answer -- approve ${id}`);
    expect(texts(evening)[0]).toContain(`To stop it: npm run answer -- veto ${id}`);
    const next = tick('2026-11-23 21:05', [web]);
    expect([next.plan, texts(next)]).toEqual([undefined, []]);
  });
});

describe('what is only reported', () => {
  it('is told once for as long as it is the same, and again after remindAfter', () => {
    const tick = ticks(office({ mode: 'report' }));
    const said = ['23', '24', '25', '26', '27', '30'].map((day) => {
      tick(`2026-11-${day} 12:00`, [web]);
      const evening = tick(`2026-11-${day} 21:00`, [web]);
      const again = tick(`2026-11-${day} 21:05`, [web]);
      return [evening.plan?.act[0]?.mode, subjects(evening).length, again.plan];
    });
    expect(said).toEqual([1, 0, 0, 0, 0, 1].map((messages) => ['report', messages, undefined]));
  });

  it('says what would be stopped, and that nothing is', () => {
    const tick = ticks(office({ mode: 'report' }));
    tick('2026-11-23 12:00', [web]);
    const [text] = texts(tick('2026-11-23 21:00', [web]));
    expect(text).toContain('Would be stopped now:\n- web (m5.large) in ap-northeast-2: stop the instance');
    expect(text).toContain('Nothing happens: the mode of the schedule is report.');
  });
});

const trouble: Trouble = {
  act: 'start',
  since: seoul('2026-11-24 08:00').toISOString(),
  because: 'InsufficientInstanceCapacity',
  tries: 1,
  notBefore: seoul('2026-11-24 08:20').toISOString(),
};

describe('what did not happen', () => {
  const failing = (more: Partial<Trouble> = {}): Remembered => wasStopped(web, { trouble: { ...trouble, ...more } });

  it('is told ten minutes after its turn, with the reason, as one message', () => {
    const tick = ticks();
    const others = wasStopped(orders, { trouble: { ...trouble, because: 'KMSKeyNotAccessible' } });
    const asleepToo = { ...orders, ...stopped };
    expect(texts(tick('2026-11-24 08:05', [asleep, asleepToo], [failing(), others]))).toEqual([]);
    const told = tick('2026-11-24 08:10', [asleep, asleepToo]);
    expect(told.messages).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: 2 not running yet',
        attributes: { severity: 'warning' },
        facts: { late: [{ because: 'InsufficientInstanceCapacity' }, { because: 'KMSKeyNotAccessible' }] },
      },
    ]);
    expect(texts(told)[0]).toContain(
      '- web in ap-northeast-2: InsufficientInstanceCapacity; wanted since 2026-11-24 08:00 Asia/Seoul; tried once, again from 2026-11-24 08:20 Asia/Seoul on',
    );
    expect(texts(tick('2026-11-24 08:15', [asleep, asleepToo]))).toEqual([]);
  });

  it('is told again when the reason is another one, not when an old one returns', () => {
    const tick = ticks();
    const because = ['A', 'B', 'A', 'B', 'C'];
    const told = because.map((one, index) =>
      texts(tick(`2026-11-24 08:1${index}`, [asleep], [failing({ because: one })])),
    );
    expect(told.map((one) => one.length)).toEqual([1, 1, 0, 0, 1]);
  });

  it('is told louder after an hour, once', () => {
    const tick = ticks();
    const at = (time: string) =>
      tick(time, [asleep], [failing({ notBefore: seoul('2026-11-24 12:00').toISOString() })]).messages;
    expect(at('2026-11-24 08:10')).toMatchObject([{ attributes: { severity: 'warning' } }]);
    expect(at('2026-11-24 08:55')).toEqual([]);
    expect(at('2026-11-24 09:00')).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: 1 not running for an hour',
        attributes: { severity: 'critical' },
      },
    ]);
    expect(at('2026-11-24 09:05')).toEqual([]);
    expect(at('2026-11-24 11:00')).toEqual([]);
  });

  it('is said to be over when all of it is, in the thread in which it was told', () => {
    const tick = ticks();
    const asleepToo = { ...orders, ...stopped };
    const other = wasStopped(orders, { trouble: { ...trouble, because: 'KMSKeyNotAccessible' } });
    const [told] = tick('2026-11-24 08:10', [asleep, asleepToo], [failing(), other]).messages;
    const half = tick('2026-11-24 08:15', [web, asleepToo]);
    const all = tick('2026-11-24 08:20', [web, orders]);
    expect([half.messages, all.messages.length]).toEqual([[], 1]);
    expect(texts(all)[0]).toContain('All is as the schedules want it again: orders, web.');
    expect(all.messages[0]).toMatchObject({ thread: told?.thread, attributes: { severity: 'info' } });
    expect(texts(tick('2026-11-24 08:25', [web, orders]))).toEqual([]);
  });

  it('includes what neither runs nor stands still when it should run: after ten minutes', () => {
    const tick = ticks();
    const stuck = { ...orders, ...changing };
    tick('2026-11-24 07:55', [stuck], [wasStopped(orders)]);
    expect(texts(tick('2026-11-24 08:00', [stuck]))).toEqual([]);
    expect(texts(tick('2026-11-24 08:05', [stuck]))).toEqual([]);
    expect(texts(tick('2026-11-24 08:10', [stuck]))[0]).toContain('- orders in ap-northeast-2: it is changing');
    expect(texts(tick('2026-11-24 08:15', [orders]))[0]).toContain('again: orders.');
  });

  it('gives every step ten minutes, and a stop an hour: nobody waits for one', () => {
    const tick = ticks();
    const resources = [
      { ...web, ...stopped },
      { ...orders, ...stopped },
    ];
    tick('2026-11-24 08:00', resources, [wasStopped(web), wasStopped(orders)]);
    const under = [
      { ...web, ...stopped },
      { ...orders, ...changing },
    ];
    const names = (at: string) => texts(tick(at, under)).map((text) => /^- (web|orders).*$/m.exec(text)?.[0]);
    expect(names('2026-11-24 08:05')).toEqual([]);
    expect(names('2026-11-24 08:10')).toEqual([
      expect.stringMatching(/^- orders in ap-northeast-2: asked for by the plan off-hours-.*, and not done yet;/),
    ]);
    expect(texts(tick('2026-11-24 08:20', under))[0]).toContain('- web in ap-northeast-2: asked for by the plan');

    const night = ticks();
    night('2026-11-23 21:00', [orders], [wasOn(orders)]);
    expect(texts(night('2026-11-23 21:55', [{ ...orders, ...changing }]))).toEqual([]);
    expect(subjects(night('2026-11-23 22:00', [{ ...orders, ...changing }]))).toEqual([
      '[Lamplighter] 111111111111: 1 not stopped yet',
    ]);
  });

  it('is nothing that a person has said no to, or is asked about', () => {
    const vetoed = failing({ vetoed: true, notBefore: seoul('2026-11-24 21:00').toISOString() });
    expect(texts(ticks()('2026-11-24 10:00', [asleep], [vetoed]))).toEqual([]);
    const policy = office({ mode: 'approve' });
    const tick = ticks(policy);
    tick('2026-11-24 21:00', [web], [wasOn(web)]);
    expect(texts(tick('2026-11-24 23:00', [web]))).toEqual([]);
  });

  it('is tried again when its pause is over, and not before', () => {
    const tick = ticks();
    const early = tick('2026-11-24 08:15', [asleep], [failing()]);
    expect(early.plan).toBeUndefined();
    const again = tick('2026-11-24 08:20', [asleep]);
    expect(again.plan?.act).toHaveLength(1);
    expect(memoryIn(again, 'web')).toMatchObject({
      pending: { since: seoul('2026-11-24 08:20').toISOString() },
      trouble: { since: trouble.since, tries: 1 }, // since when it is wanted is not forgotten
    });
  });
});

describe('what somebody should mend', () => {
  const mistaken = { ...web, tags: { 'lamplighter:schedule': 'offiec' } };

  it('is told once, and again when it is time to remind', () => {
    const tick = ticks();
    const first = tick('2026-11-23 12:00', [mistaken]);
    expect(first.messages).toMatchObject([
      {
        subject: '[Lamplighter] 111111111111: 1 problem with schedules',
        attributes: { severity: 'warning' },
        facts: {
          problems: [expect.stringContaining('web in ap-northeast-2: the tag lamplighter:schedule names no schedule')],
        },
      },
    ]);
    expect(texts(tick('2026-11-23 12:05', [mistaken]))).toEqual([]);
    expect(texts(tick('2026-11-30 11:55', [mistaken]))).toEqual([]);
    expect(texts(tick('2026-11-30 12:00', [mistaken]))).toHaveLength(1);
  });

  it('is told anew when it returns, and a resource whose tag is mended is new under its schedule', () => {
    const tick = ticks();
    tick('2026-11-23 12:00', [mistaken]);
    expect(subjects(tick('2026-11-23 12:05', [web]))).toEqual([
      '[Lamplighter] 111111111111: 1 under a schedule from now on',
    ]);
    expect(subjects(tick('2026-11-23 12:10', [mistaken]))).toHaveLength(1);
  });

  it('of holidays that run out is told a year before, and weekly from then on', () => {
    const policy = policyWith();
    const soon = { years: { first: 2024, last: 2026 }, places: { KR: {} } };
    const tick = (at: string, before?: OffHoursRecord) =>
      recordFor(decideAt(at, [web], { memories: [wasOn(web)], holidays: soon }), before, policy);
    const first = tick('2026-11-23 12:00');
    expect(texts(first)[0]).toContain(
      '- the holidays of the calendars are known up to 2026-12-31: store the policy again',
    );
    expect(texts(tick('2026-11-23 12:05', first))).toEqual([]);
  });
});
