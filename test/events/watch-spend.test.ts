import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../functions/watch-spend/event.ts';
import { parseEvent } from '../../shared/runtime/define-function.ts';

const EVENTS = join(import.meta.dirname, '../../events/watch-spend');
const parse = (raw: unknown) => parseEvent('watch-spend', eventSchema, raw);

const SAMPLES: Readonly<Record<string, unknown>> = {
  'backfill.json': { from: '2026-10-01', to: '2026-11-01', format: 'table' },
  'billing-alarm.json': {
    time: new Date('2026-11-21T15:00:00Z'),
    alarm: {
      name: 'lamplighter-prod-billing',
      account: '123456789012',
      state: 'ALARM',
      reason: 'Threshold Crossed: 1 datapoint [5012.3] was greater than or equal to the threshold (5000.0).',
    },
  },
  'check.json': { check: true },
  'day.json': {
    day: '2026-11-18',
    account: '111111111111',
    service: 'Amazon Relational Database Service',
    format: 'table',
  },
  'manual.json': {},
  'report.json': { mode: 'report', format: 'table' },
  'scheduled.json': { time: new Date('2026-11-22T07:30:00Z') },
  'self-test.json': { time: new Date('2026-11-23T08:00:00Z'), selfTest: true },
};

describe('the sample events', () => {
  it('are all known here', () => expect(readdirSync(EVENTS).sort()).toEqual(Object.keys(SAMPLES)));

  it.each(Object.entries(SAMPLES))('%s is one', (file, event) => {
    expect(parse(JSON.parse(readFileSync(join(EVENTS, file), 'utf8')))).toEqual(event);
  });
});

describe('an event', () => {
  it.each<[string, unknown, string[]]>([
    [
      'that is a text',
      'today',
      ['event: an object such as {"time": "2026-11-22T07:30:00Z"}, {}, or a CloudWatch alarm state change'],
    ],
    [
      'with an unknown key',
      { days: 3 },
      ['days: unknown key; allowed: time, from, to, day, account, service, mode, format, check, selfTest'],
    ],
    ['with a day that is none', { day: '2026-02-30' }, ['day: a UTC day such as "2026-11-22"']],
    ['with half a range', { to: '2026-11-01' }, ['from: `from` and `to` go together']],
    [
      'that ends before it begins',
      { from: '2026-11-02', to: '2026-11-01' },
      ['to: a day after `from`: the range is half-open'],
    ],
    [
      'with a day and a range',
      { day: '2026-11-02', from: '2026-11-01', to: '2026-11-03' },
      ['day: not together with `from` and `to`'],
    ],
    [
      'with a time and a range',
      { time: '2026-11-22T07:30:00Z', day: '2026-11-02' },
      ['time: not together with a range'],
    ],
    ['with a number for an account', { account: 111111111111 }, ['account: an account id in quotes, 12 digits']],
    ['with another mode', { mode: 'auto' }, ['mode: report (watch-spend itself changes nothing)']],
    ['with scopes and no check', { scopes: [{ account: '111111111111' }] }, ['scopes: only with `check`']],
    ['with a check and more', { check: true, day: '2026-11-02' }, ['day: not together with `check`']],
    ['with a test and more', { selfTest: true, mode: 'report' }, ['mode: not together with `selfTest`']],
  ])('%s is refused: everything that is wrong, and what is allowed', (_, event, problems) => {
    expect(() => parse(event)).toThrow(expect.objectContaining({ name: 'InvalidEventError', problems }));
  });

  it.each(['OK', 'INSUFFICIENT_DATA'])('of a billing alarm that is %s is refused', (value) => {
    const alarm = JSON.parse(readFileSync(join(EVENTS, 'billing-alarm.json'), 'utf8'));
    alarm.detail.state.value = value;
    expect(() => parse(alarm)).toThrow('alarm.state: ALARM: nothing else is to be looked into');
  });
});
