import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../functions/off-hours/event.ts';
import { parseEvent } from '../../shared/runtime/define-function.ts';

const EVENTS = join(import.meta.dirname, '../../events/off-hours');
const parse = (raw: unknown) => parseEvent('off-hours', eventSchema, raw);

const SAMPLES: Readonly<Record<string, unknown>> = {
  'check.json': { check: true },
  'manual.json': {},
  'past.json': { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-11-15T00:00:00Z'), format: 'table' },
  'preview.json': { preview: 'office', days: 14, format: 'table' },
  'report.json': { mode: 'report', format: 'table' },
  'resource.json': { account: '111111111111', resource: 'orders-qa', format: 'table' },
  'scheduled.json': { time: new Date('2026-11-23T12:00:00Z') },
};

describe('the sample events', () => {
  it('are all known here', () => expect(readdirSync(EVENTS).sort()).toEqual(Object.keys(SAMPLES)));

  it.each(Object.entries(SAMPLES))('%s is one', (file, event) => {
    expect(parse(JSON.parse(readFileSync(join(EVENTS, file), 'utf8')))).toEqual(event);
  });
});

describe('an event', () => {
  const from = '2026-11-01T00:00:00Z';
  const to = '2026-11-15T00:00:00Z';

  it.each<[string, unknown, string[]]>([
    ['that is a text', 'tonight', ['event: an object such as {"time": "2026-11-23T12:00:00Z"}, or {}']],
    [
      'with an unknown key',
      { schedule: 'office' },
      [
        'schedule: unknown key; allowed: time, preview, days, resource, from, to, account, region, mode, format, check, scopes',
      ],
    ],
    ['with a time that is none', { time: 'now' }, ['time: a time in ISO 8601 such as "2026-11-23T12:00:00Z"']],
    ['with half a range', { from }, ['to: `from` and `to` go together']],
    ['that ends before it begins', { from: to, to: from }, ['to: after `from`: the range is half-open']],
    ['of too long a past', { from: '2026-01-01T00:00:00Z', to }, ['to: at most 92 days after `from`']],
    ['with a range at a time', { from, to, time: to }, ['time: not together with `from` and `to`']],
    [
      'with a range that only looks',
      { from, to, mode: 'report' },
      ['mode: not together with `from` and `to`: they only look back'],
    ],
    ['that previews nothing', { days: 14 }, ['days: only with `preview`']],
    ['that previews no days', { preview: 'office', days: 0 }, ['days: a number of days from 1 to 366']],
    ['that previews for ever', { preview: 'office', days: 1000 }, ['days: a number of days from 1 to 366']],
    ['that previews a resource', { preview: 'office', resource: 'orders' }, ['resource: not together with `preview`']],
    ['that would carry out', { mode: 'auto' }, ['mode: report (off-hours itself changes nothing)']],
    ['of an account that is a number', { account: 111111111111 }, ['account: an account id in quotes, 12 digits']],
    [
      'of a resource without a name',
      { resource: '' },
      ['resource: the name, the ARN or the immutable id of a resource'],
    ],
    ['that checks and previews', { check: true, preview: 'office' }, ['preview: not together with `check`']],
    ['with scopes and no check', { scopes: [{ account: '111111111111' }] }, ['scopes: only with `check`']],
  ])('%s is refused, with what is wrong and where', (_, raw, problems) => {
    expect(() => parse(raw)).toThrow(expect.objectContaining({ name: 'InvalidEventError', problems }));
  });
});
