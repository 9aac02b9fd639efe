import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventSchema, readRequest } from '../../functions/answer/event.ts';
import { KIM, urlEvent } from './support.ts';

const EVENTS = join(import.meta.dirname, '../../events/answer');
const PLAN = 'right-size-2026-11-22-2000-123456789012-3f9a1c';
const HASH = `3f9a1c${'0'.repeat(58)}`;
const about = { plan: PLAN, hash: HASH };

const SAMPLES = {
  'approve.json': { about, say: 'approve', actions: [1, 3], note: 'checked with team-orders' },
  'veto.json': { about, say: 'veto', actions: [2], note: 'month-end' },
  'veto-until.json': { about, say: 'veto', until: '2026-12-31', note: 'migration' },
  'veto-resource.json': {
    about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' },
    say: 'veto',
    until: '2026-12-31',
  },
  'keep-on.json': {
    about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' },
    say: 'keep-on',
    until: '2026-11-27T18:00',
    note: 'month-end',
  },
  'undo.json': { about: { change: `${PLAN}/1` }, say: 'undo', note: 'needed after all' },
  'expected.json': { about: { anomaly: '2026-11-18-3f9a1c' }, say: 'expected', recurring: true, note: 'the licence' },
  'snooze.json': { about: { anomaly: '2026-11-18-3f9a1c' }, say: 'snooze', until: '2026-12-31' },
  'base64.json': { about: { change: `${PLAN}/1` }, say: 'undo' },
};

describe('the sample events', () => {
  it('are all known here', () => expect(readdirSync(EVENTS).sort()).toEqual(Object.keys(SAMPLES).sort()));

  it.each(Object.entries(SAMPLES))('%s is a request', (file, request) => {
    const event = eventSchema.parse(JSON.parse(readFileSync(join(EVENTS, file), 'utf8')));
    expect(event.by).toBe(KIM);
    expect(readRequest(event)).toEqual(request);
  });
});

describe('a request', () => {
  const problems = (body: unknown): readonly string[] => {
    try {
      readRequest(eventSchema.parse(urlEvent(KIM, typeof body === 'string' ? body : JSON.stringify(body))));
      return [];
    } catch (error) {
      return (error as { facts: { problems: string[] } }).facts.problems;
    }
  };

  it('has its actions in order, each once', () => {
    const event = eventSchema.parse(urlEvent(KIM, JSON.stringify({ about, say: 'approve', actions: [3, 1, 3] })));
    expect(readRequest(event)).toEqual({ about, say: 'approve', actions: [1, 3] });
  });

  const ONE_OF = 'about: one of {"plan", "hash"}, {"change"}, {"resource"}, {"anomaly"}';
  const SAY = 'say: approve, veto, undo or keep-on; about an anomaly expected, investigate or snooze';
  const ABOUT = '{"plan", "hash"}, {"change"}, {"resource"} or {"anomaly"}';
  const ANOMALY = { anomaly: '2026-11-18-3f9a1c' };
  it.each<[string, unknown, string[]]>([
    ['nothing', '', ['body: JSON']],
    ['no JSON', 'approve!', ['body: JSON']],
    ['a list', [], ['body: an object such as {"about": {"plan": "...", "hash": "..."}, "say": "approve"}']],
    ['nothing in it', {}, [`about: ${ABOUT}`, SAY]],
    ['about nothing', { about: {}, say: 'veto' }, [ONE_OF]],
    ['two things', { about: { ...about, change: `${PLAN}/1` }, say: 'undo' }, [ONE_OF]],
    ['a plan without its hash', { about: { plan: PLAN }, say: 'approve' }, ['about.hash: needed with `plan`']],
    ['an undo of a plan', { about, say: 'undo' }, ['say: approve or veto, about a plan']],
    ['an approval until a day', { about, say: 'approve', until: '2026-12-31' }, ['until: only with veto']],
    ['a veto of a change', { about: { change: `${PLAN}/1` }, say: 'veto' }, ['say: undo, about a change']],
    [
      'a veto of a resource for ever',
      { about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' }, say: 'veto' },
      ['until: needed about a resource'],
    ],
    [
      'a resource that is kept on for ever',
      { about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' }, say: 'keep-on' },
      ['until: needed about a resource'],
    ],
    [
      'a resource that is kept on until some time',
      { about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' }, say: 'keep-on', until: '18:00' },
      ['until: a local time such as "2026-11-27T18:00", a date, or "now"'],
    ],
    [
      'a veto until a time of day',
      {
        about: { resource: 'arn:aws:rds:ap-northeast-2:123456789012:db:orders-1' },
        say: 'veto',
        until: '2026-11-27T18:00',
      },
      ['until: a date such as "2026-12-31"'],
    ],
    ['a plan that is kept on', { about, say: 'keep-on', until: 'now' }, ['say: approve or veto, about a plan']],
    [
      'a resource of no account',
      { about: { resource: 'arn:aws:s3:::bucket' }, say: 'veto', until: '2026-12-31' },
      ['about.resource: the ARN of a resource, with its account'],
    ],
    [
      'everything wrong at once',
      {
        about: { plan: 'a b', hash: 'beef', sha: 1 },
        say: 'yes',
        actions: [0, 'one'],
        until: '2026-02-30',
        note: 'one\ntwo',
        by: 'me',
      },
      [
        'about.plan: the id of a plan such as "right-size-2026-11-22-2000-123456789012-3f9a1c"',
        'about.hash: the hash of the plan, 64 hexadecimal digits',
        `about.sha: ${ABOUT}`,
        SAY,
        'actions.0: numbers of actions, from 1',
        'actions.1: numbers of actions, from 1',
        'until: a date such as "2026-12-31"',
        'note: one line of up to 500 characters',
        'by: unknown key; allowed: about, say, actions, until, recurring, note',
      ],
    ],
    [
      'an approval of an anomaly',
      { about: ANOMALY, say: 'approve' },
      ['say: expected or investigate or snooze, about an anomaly'],
    ],
    ['a plan that is expected', { about, say: 'expected' }, ['say: approve or veto, about a plan']],
    ['actions of an anomaly', { about: ANOMALY, say: 'expected', actions: [1] }, ['actions: not about an anomaly']],
    ['a snooze without an end', { about: ANOMALY, say: 'snooze' }, ['until: needed with snooze']],
    [
      'an end of looking into it',
      { about: ANOMALY, say: 'investigate', until: '2026-12-31' },
      ['until: only with expected or snooze'],
    ],
    [
      'a snooze that comes back',
      { about: ANOMALY, say: 'snooze', until: '2026-12-31', recurring: true },
      ['recurring: only with expected'],
    ],
    ['a plan that comes back', { about, say: 'veto', recurring: true }, ['recurring: not about a plan']],
    [
      'what is no anomaly',
      { about: { anomaly: 'arn:aws' }, say: 'expected' },
      ['about.anomaly: an anomaly such as "2026-11-18-3f9a1c"'],
    ],
    ['an escape sequence', { about, say: 'veto', note: '\u001b[2J' }, ['note: one line of up to 500 characters']],
    ['too long a note', { about, say: 'veto', note: 'x'.repeat(501) }, ['note: one line of up to 500 characters']],
    ['no action', { about, say: 'veto', actions: [] }, ['actions: at least one number; leave it out for all']],
  ])('with %s is refused: everything that is wrong, and what is allowed', (_, body, expected) => {
    expect([...problems(body)].sort()).toEqual([...expected].sort());
  });

  it('is never repeated in the refusal: it may carry a secret', () => {
    const body = { about: { plan: 's3cr3t !', s3cr3t: 1 }, say: 's3cr3t', note: 's3cr3t\n' };
    expect(problems(body).join().replace('about.s3cr3t', '')).not.toContain('s3cr3t');
  });
});
