import type { CloudTrailClient, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import { describe, expect, it } from 'vitest';
import type { Actor, TrailEventSpec } from '../../sandbox/estate/cloud-trail-state.ts';
import { auditTrail, lookUp } from '../../shared/aws/cloudtrail.ts';
import { AccessDeniedError } from '../../shared/aws/errors.ts';
import type { AuditQuery } from '../../shared/ports-spend.ts';
import { openSandbox } from './support.ts';

const ACCOUNT = '123456789012';
const FROM = new Date('2026-11-01T00:00:00Z');
const TO = new Date('2026-11-01T12:00:00Z');

/** Somebody's call that made something. */
const event = (spoiled: Partial<TrailEventSpec> = {}): TrailEventSpec => ({
  at: new Date('2026-11-01T09:40:00Z'),
  name: 'RunInstances',
  source: 'ec2.amazonaws.com',
  actor: { type: 'AssumedRole', role: 'load-test', session: 'j.park' },
  resources: [{ type: 'AWS::EC2::Instance', name: 'i-1' }],
  ...spoiled,
});

async function open() {
  const here = await openSandbox();
  const query = { scope: here.scope, from: FROM, to: TO, eventNames: ['RunInstances', 'CreateVolume'], maxPages: 5 };
  return {
    ...here,
    record: (spoiled: Partial<TrailEventSpec> = {}) => here.home.cloudTrail.record(event(spoiled)),
    fill: (count: number, name = 'RunInstances') => {
      for (let n = 0; n < count; n += 1) here.home.cloudTrail.record(event({ name }));
    },
    look: (spoiled: Partial<AuditQuery> = {}) => lookUp(here.clients.cloudTrail, { ...query, ...spoiled }),
    known: async (spoiled: Partial<AuditQuery> = {}) => {
      const found = await lookUp(here.clients.cloudTrail, { ...query, ...spoiled });
      if (!found.known) throw new Error(found.why);
      return found.value;
    },
    asked: () =>
      here.sandbox.calls
        .byOperation('LookupEvents')
        .map(({ input }) => (input.LookupAttributes as { AttributeValue: string }[])[0]?.AttributeValue),
    query,
  };
}

describe('what is found', () => {
  it('says who did what to which resource, newest first, over all names', async () => {
    const { record, known, asked } = await open();
    const first = record();
    const second = record({ name: 'CreateVolume', at: new Date('2026-11-01T10:00:00Z'), resources: [] });
    record({ name: 'StopInstances' });
    expect(await known()).toEqual({
      complete: true,
      events: [
        {
          id: second.id,
          time: '2026-11-01T10:00:00.000Z',
          name: 'CreateVolume',
          source: 'ec2.amazonaws.com',
          actor: `arn:aws:sts::${ACCOUNT}:assumed-role/load-test/j.park`,
          resources: [],
        },
        {
          id: first.id,
          time: '2026-11-01T09:40:00.000Z',
          name: 'RunInstances',
          source: 'ec2.amazonaws.com',
          actor: `arn:aws:sts::${ACCOUNT}:assumed-role/load-test/j.park`,
          resources: [{ type: 'AWS::EC2::Instance', name: 'i-1' }],
        },
      ],
    });
    expect(asked()).toEqual(['RunInstances', 'CreateVolume']);
  });

  it.each<[Actor, string]>([
    [{ type: 'IAMUser', name: 'j.park' }, `arn:aws:iam::${ACCOUNT}:user/j.park`],
    [{ type: 'Root' }, `arn:aws:iam::${ACCOUNT}:root`],
    [{ type: 'AWSService', service: 'autoscaling.amazonaws.com' }, 'autoscaling.amazonaws.com'],
  ])('names the actor %o', async (actor, name) => {
    const { record, known } = await open();
    record({ actor });
    expect((await known()).events.map((one) => one.actor)).toEqual([name]);
  });

  it('is within the range, whose end does not belong to it', async () => {
    const { record, known } = await open();
    record({ at: new Date(FROM.getTime() - 1000) });
    const first = record({ at: FROM });
    record({ at: TO });
    expect((await known()).events.map(({ id }) => id)).toEqual([first.id]);
  });

  it('does not count what was refused: it changed nothing', async () => {
    const { record, known } = await open();
    record({ errorCode: 'Client.UnauthorizedOperation' });
    expect(await known()).toEqual({ events: [], complete: true });
  });

  it('is nothing when nobody did anything, and that is known', async () => {
    const { known } = await open();
    expect(await known()).toEqual({ events: [], complete: true });
    expect(await known({ eventNames: [] })).toEqual({ events: [], complete: true });
  });

  /** Changes what CloudTrail answers before the adapter sees it. */
  const spoil = (client: CloudTrailClient, change: (output: LookupEventsResponse) => void) =>
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        change(result.output as LookupEventsResponse);
        return result;
      },
      { step: 'initialize' },
    );

  it.each([
    ['is cut off', '{"userIdentity":{"arn":'],
    ['is no object', '"RunInstances"'],
    ['has another shape', '{"userIdentity":["nobody"]}'],
    ['is missing', undefined],
  ])('has the user name at least when the text of an event %s', async (_, CloudTrailEvent) => {
    const { clients, record, known } = await open();
    record();
    spoil(clients.cloudTrail, ({ Events: [one] = [] }) => one && Object.assign(one, { CloudTrailEvent }));
    expect((await known()).events).toMatchObject([{ name: 'RunInstances', actor: 'j.park' }]);
  });

  it('has each event once, and none that has no time', async () => {
    const { clients, record, known } = await open();
    record();
    spoil(clients.cloudTrail, ({ Events = [] }) => {
      const [one] = Events;
      if (one) Events.push({ ...one }, { ...one, EventId: 'timeless', EventTime: undefined });
    });
    expect((await known()).events).toHaveLength(1);
  });
});

describe('pages', () => {
  it('are read to the end while there are few', async () => {
    const { fill, known } = await open();
    fill(120);
    const { events, complete } = await known();
    expect([events.length, complete]).toEqual([120, true]);
  });

  it('are spent on one of every name first, and on the rest of the likeliest then', async () => {
    const { fill, known, asked } = await open();
    fill(400);
    fill(60, 'CreateVolume');
    const { events, complete } = await known({ eventNames: ['RunInstances', 'CreateVolume', 'CreateFleet'] });
    expect(asked()).toEqual(['RunInstances', 'CreateVolume', 'CreateFleet', 'RunInstances', 'CreateVolume']);
    expect([events.length, complete]).toEqual([160, false]);
  });

  it('are no more than allowed, and what was not asked for is not complete', async () => {
    const { fill, known, asked } = await open();
    fill(1);
    expect((await known({ maxPages: 1 })).complete).toBe(false);
    expect(asked()).toEqual(['RunInstances']);
    expect(await known({ maxPages: 0 })).toEqual({ events: [], complete: false });
    expect(asked()).toHaveLength(1);
  });
});

describe('a trail that is closed', () => {
  it.each([
    ['denied', 'accessDenied', 'AccessDeniedException'],
    ['throttled', 'throttle', 'ThrottlingException'],
    ['broken', 'serverError', 'InternalFailure'],
  ] as const)('is unknown with the reason: %s', async (_, fault, name) => {
    const { sandbox, record, look } = await open();
    record();
    sandbox.faults.add({ service: 'cloudtrail', fault });
    expect(await look()).toEqual({ known: false, why: `CloudTrail does not answer: ${name}` });
  });

  it('only after a while leaves what was found, and is not complete', async () => {
    const { sandbox, clients, record, known } = await open();
    record();
    clients.cloudTrail.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        sandbox.faults.add({ service: 'cloudtrail', fault: 'throttle' });
        return result;
      },
      { step: 'initialize' },
    );
    const { events, complete } = await known();
    expect([events.length, complete]).toEqual([1, false]);
  });

  it('for a moment is waited for', async () => {
    const { sandbox, record, query, credentialsOf } = await open();
    record();
    sandbox.faults.add({ service: 'cloudtrail', fault: 'throttle', times: 2 });
    const found = await auditTrail(credentialsOf).lookup(query);
    expect(found).toMatchObject({ known: true, value: { complete: true, events: [{ name: 'RunInstances' }] } });
    expect(sandbox.calls.count('LookupEvents')).toBe(4);
  });
});

describe('the trail of a scope', () => {
  it('is read in its account and region', async () => {
    const { sandbox, query, credentialsOf, record } = await open();
    record();
    const there = { ...query, scope: { ...query.scope, region: 'us-east-1' } };
    sandbox.estate.hub.region('us-east-1').cloudTrail.record(event({ actor: { type: 'Root' } }));
    const found = await auditTrail(credentialsOf).lookup(there);
    expect(found).toMatchObject({ value: { events: [{ actor: `arn:aws:iam::${ACCOUNT}:root` }] } });
  });

  it.each([
    [
      'does not let us in',
      new AccessDeniedError('may not assume the role', new Error()),
      'may not assume the role: Error',
    ],
    ['cannot be reached', Object.assign(new Error('secret'), { name: 'TimeoutError' }), 'no credentials: TimeoutError'],
  ])('is unknown when the account %s', async (_, error, why) => {
    const { query } = await open();
    expect(await auditTrail(async () => Promise.reject(error)).lookup(query)).toEqual({ known: false, why });
  });
});
