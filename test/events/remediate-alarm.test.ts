import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema, type RemediateEvent, refuseRange } from '../../functions/remediate-alarm/event.ts';
import { parseEvent } from '../../shared/runtime/define-function.ts';

const EVENTS = join(import.meta.dirname, '../../events/remediate-alarm');
const parse = (raw: unknown): RemediateEvent => parseEvent('remediate-alarm', eventSchema, raw);
const sample = (file: string): unknown => JSON.parse(readFileSync(join(EVENTS, file), 'utf8'));

const STORAGE = {
  from: 'OK',
  alarm: {
    name: 'orders-storage',
    scope: { account: '111111111111', region: 'ap-northeast-2' },
    state: 'ALARM',
    by: 'data',
    watches: {
      kind: 'metric',
      metrics: [{ name: 'FreeStorageSpace', dimensions: { DBInstanceIdentifier: 'orders' } }],
    },
  },
};

const SAMPLES: Readonly<Record<string, object>> = {
  'alarm.json': { alarm: 'orders-storage', account: '111111111111', region: 'ap-northeast-2' },
  'batch.json': {
    messages: [
      { id: '00000000-0000-4000-8000-000000000001', told: { change: STORAGE } },
      {
        id: '00000000-0000-4000-8000-000000000002',
        told: {
          change: {
            alarm: { name: 'shop-down', watches: { kind: 'composite', children: ['orders-storage', 'web-status'] } },
          },
        },
      },
    ],
  },
  'check.json': { check: true },
  'event.json': { changes: [STORAGE] },
  'events.json': { changes: [STORAGE, { alarm: { name: 'web-status' } }] },
  'replay.json': { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-11-15T00:00:00Z'), format: 'table' },
  'report.json': { mode: 'report', format: 'table' },
  'scheduled.json': { time: new Date('2026-11-23T12:15:00Z') },
};

describe('the sample events', () => {
  it('are all known here', () => expect(readdirSync(EVENTS).sort()).toEqual(Object.keys(SAMPLES)));

  it.each(Object.entries(SAMPLES))('%s is one', (file, event) => {
    expect(parse(sample(file))).toMatchObject(event);
  });
});

const ASKED = 'an event of an alarm, a list of them, {alarm}, {from, to}, {"mode": "report"} or {"check": true}';

/** The sample, with one field of it spoiled. */
function spoiled(change: (event: { detail: Record<string, unknown> } & Record<string, unknown>) => void): unknown {
  const event = sample('event.json') as Parameters<typeof change>[0];
  change(event);
  return event;
}

describe('an event', () => {
  const from = '2026-11-01T00:00:00Z';
  const to = '2026-11-15T00:00:00Z';

  it.each<[string, unknown, string[]]>([
    ['that says nothing', {}, [`alarm: ${ASKED}`]],
    ['that is a text', 'tonight', [`event: ${ASKED}`]],
    ['of no events', [], ['event: at least one event of an alarm']],
    [
      'with an unknown key',
      { alarm: 'orders', alarms: ['orders'] },
      ['alarms: unknown key; allowed: alarm, account, region, from, to, mode, format, check, scopes'],
    ],
    ['of an alarm without a name', { alarm: '' }, ['alarm: the name of an alarm']],
    ['of an account that is a number', { alarm: 'a', account: 1 }, ['account: an account id in quotes, 12 digits']],
    ['of no region', { alarm: 'a', region: 'seoul' }, [expect.stringContaining('region: an AWS region: ') as string]],
    ['of a tick without a time', { time: 'now' }, [expect.stringContaining('time: a time in ISO 8601') as string]],
    ['of a tick with anything else', { time: from, alarm: 'orders' }, ['alarm: not together with `time`']],
    ['that would carry out', { mode: 'auto' }, ['mode: report (remediate-alarm itself changes nothing)']],
    ['with half a range', { from }, ['to: `from` and `to` go together']],
    ['that ends before it begins', { from: to, to: from }, ['to: after `from`: the range is half-open']],
    ['of too many days', { from: '2026-10-01T00:00:00Z', to }, ['to: at most 30 days after `from`']],
    [
      'that replays and looks at once',
      { from, to, mode: 'report' },
      ['mode: not together with `from` and `to`: they only look back'],
    ],
    ['that checks an alarm', { check: true, alarm: 'a' }, ['alarm: not together with `check`']],
    ['with scopes and no check', { alarm: 'a', scopes: [{ account: '111111111111' }] }, ['scopes: only with `check`']],
    ['with a batch that is none', { Records: 'all' }, ['Records: a list of messages of a queue']],
    ['with a message that has no id', { Records: [{ body: '{}' }] }, ['Records.0.messageId: the id of the message']],
    [
      'of an alarm in no state',
      spoiled(({ detail }) => Object.assign(detail, { state: { value: 'RINGING' } })),
      ['detail.state.value: one of OK, ALARM, INSUFFICIENT_DATA'],
    ],
    [
      'of a list, whose second is of another account than its alarm',
      [sample('event.json'), spoiled((event) => void Object.assign(event, { account: '999999999999' }))],
      ['1.resources.0: of the account and region that the event is of'],
    ],
  ])('%s is refused by the name of its field', (_, raw, problems) => {
    try {
      parse(raw);
      expect.unreachable('it was taken');
    } catch (error) {
      expect(error).toMatchObject({ name: 'InvalidEventError', problems });
    }
  });

  it('of a batch that makes no sense does not spoil the others, and says what is wrong with it', () => {
    const bodies = ['not JSON', JSON.stringify({ source: 'aws.ec2' }), JSON.stringify(sample('event.json'))];
    const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body }));
    expect(parse({ Records })).toMatchObject({
      messages: [
        { id: 'm-0', told: { problem: 'event: JSON' } },
        { id: 'm-1', told: { problem: 'source: aws.cloudwatch' } },
        { id: 'm-2', told: { change: STORAGE } },
      ],
    });
  });
});

describe('a range', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  const at = (text: string) => new Date(text);

  it('of which CloudWatch has everything is taken', () =>
    expect(() => refuseRange({ from: at('2026-10-24T12:00:00Z'), to: now }, now)).not.toThrow());

  it.each<[string, string, string, string]>([
    [
      'is forgotten by CloudWatch',
      '2026-10-24T11:00:00Z',
      '2026-11-01T00:00:00Z',
      'from: 2026-10-24T11:55:00.000Z at the earliest',
    ],
    ['is still to come', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z', 'to: not after now'],
  ])('that %s is refused', (_, from, to, problem) =>
    expect(() => refuseRange({ from: at(from), to: at(to) }, now)).toThrow(problem),
  );
});
