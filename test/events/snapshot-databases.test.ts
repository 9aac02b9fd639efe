import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../functions/snapshot-databases/event.ts';
import { parseEvent } from '../../shared/runtime/define-function.ts';

const EVENTS = join(import.meta.dirname, '../../events/snapshot-databases');
const parse = (raw: unknown) => parseEvent('snapshot-databases', eventSchema, raw);

const SAMPLES: Readonly<Record<string, unknown>> = {
  'calendar.json': { from: '2026-10-01', to: '2026-11-01', format: 'table' },
  'check.json': { check: true },
  'database.json': { account: '111111111111', database: 'orders', format: 'table' },
  'fill.json': { from: '2026-11-01', to: '2026-11-15', fill: true },
  'manual.json': {},
  'report.json': { mode: 'report', format: 'table' },
  'scheduled.json': { time: new Date('2026-11-22T16:30:00Z') },
};

describe('the sample events', () => {
  it('are all known here', () => expect(readdirSync(EVENTS).sort()).toEqual(Object.keys(SAMPLES)));

  it.each(Object.entries(SAMPLES))('%s is one', (file, event) => {
    expect(parse(JSON.parse(readFileSync(join(EVENTS, file), 'utf8')))).toEqual(event);
  });
});

describe('an event', () => {
  const range = { from: '2026-11-01', to: '2026-11-15' };

  it.each<[string, unknown, string[]]>([
    ['that is a text', 'tonight', ['event: an object such as {"time": "2026-11-22T01:30:00Z"}, or {}']],
    [
      'with an unknown key',
      { databases: ['orders'] },
      ['databases: unknown key; allowed: time, from, to, fill, account, region, database, mode, format, check, scopes'],
    ],
    [
      'with a day that is none',
      { ...range, to: '2026-11-31' },
      ['to: a day of the policy\'s time zone such as "2026-11-22"'],
    ],
    ['with half a range', { from: '2026-11-01' }, ['to: `from` and `to` go together']],
    [
      'that ends before it begins',
      { from: '2026-11-02', to: '2026-11-01' },
      ['to: a day after `from`: the range is half-open'],
    ],
    [
      'that ends on the day on which it begins',
      { from: '2026-11-02', to: '2026-11-02' },
      ['to: a day after `from`: the range is half-open'],
    ],
    [
      'with a range at a time',
      { ...range, time: '2026-11-15T00:00:00Z' },
      ['time: not together with `from` and `to`: what exists is only known as it is now'],
    ],
    ['that fills nothing', { fill: true }, ['fill: only with `from` and `to`']],
    ['that fills no', { ...range, fill: false }, ['fill: true']],
    [
      'that fills and only looks',
      { ...range, fill: true, mode: 'report' },
      ['mode: not together with `fill`: without `fill` nothing is planned'],
    ],
    ['that would carry out', { mode: 'auto' }, ['mode: report (snapshot-databases itself changes nothing)']],
    ['of an account that is a number', { account: 111111111111 }, ['account: an account id in quotes, 12 digits']],
    [
      'of a database without a name',
      { database: '' },
      ['database: the name, the ARN or the immutable id of a database'],
    ],
    [
      'that checks and fills',
      { ...range, check: true, fill: true },
      ['from: not together with `check`', 'to: not together with `check`', 'fill: not together with `check`'],
    ],
    ['with scopes and no check', { scopes: [{ account: '111111111111' }] }, ['scopes: only with `check`']],
  ])('%s is refused, with what is wrong and where', (_, raw, problems) => {
    expect(() => parse(raw)).toThrow(expect.objectContaining({ name: 'InvalidEventError', problems }));
  });
});
