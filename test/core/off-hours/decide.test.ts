import { describe, expect, it } from 'vitest';
import { keepOnAnswered } from '../../../shared/core/calendar/keep-on.ts';
import { type Decision, lostFrom } from '../../../shared/core/off-hours/decide.ts';
import type { Remembered } from '../../../shared/core/off-hours/memory.ts';
import type { ScheduledResource } from '../../../shared/core/off-hours/resource.ts';
import { policyHash } from '../../../shared/core/policy.ts';
import {
  ACCOUNT,
  actsIn,
  changing,
  database,
  decideAt,
  group,
  instance,
  leftIn,
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
const orders = database('orders');
const EVENING = '2026-11-23 21:00';
const NIGHT = '2026-11-23 23:00';
const MORNING = '2026-11-24 08:00';
const KIM = 'arn:aws:sts::123456789012:assumed-role/sre-oncall/kim';

/** One resource at one time. */
const of = (at: string, resource: ScheduledResource, memory?: Remembered, world: object = {}): Decision =>
  decideAt(at, [resource], { memories: memory ? [memory] : [], ...world });

describe('an evening', () => {
  it('stops what runs, and says until when it is off', () => {
    const decision = of(EVENING, web, wasOn(web));
    expect(actsIn(decision)).toEqual(['1 stop web']);
    const { plan } = recordFor(decision);
    expect(plan).toMatchObject({
      id: expect.stringMatching(/^off-hours-2026-11-23-1200-111111111111-[0-9a-f]{6}$/) as string,
      function: 'off-hours',
      policyHash: policyHash(policyWith()),
      act: [
        {
          rule: 'off-hours',
          mode: 'auto',
          step: 1,
          action: {
            kind: 'stop-instance',
            instance: web.identity,
            expect: { state: 'running', instanceType: 'm5.large' },
          },
          because: 'off: outside Mon-Fri 08:00-21:00',
          schedule: { name: 'office', until: seoul(MORNING).toISOString() },
          saving: { known: false, why: 'nobody has asked for its price' },
          undo: { reversibility: 'full' },
        },
      ],
    });
  });

  it('books what an hour costs, where somebody has asked for the price', () => {
    const priced = { ...web, hourlyPrice: { known: true, value: { currency: 'USD', amount: 0.1 } } } as const;
    const { plan } = recordFor(of(EVENING, priced, wasOn(web)));
    expect(plan?.act[0]?.saving).toEqual({
      known: true,
      value: {
        monthly: { currency: 'USD', amount: 73 },
        basis: 'list',
        stillBilled: ['its volumes and addresses'],
      },
    });
  });

  it.each<[string, ScheduledResource, object, object | undefined, string]>([
    [
      'it is protected',
      { ...web, tags: { ...web.tags, 'lamplighter:protect': 'audit' } },
      {},
      undefined,
      'protected by',
    ],
    [
      'a person has vetoed it',
      web,
      { vetoes: [{ resource: web.identity.arn, until: seoul('2026-12-01 00:00'), by: KIM, why: 'a demo' }] },
      undefined,
      'vetoed by',
    ],
    [
      'the days are frozen',
      web,
      { policy: policyWith({ freeze: [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }] }) },
      undefined,
      'frozen until 2026-12-01: sale',
    ],
    ['it is not to be stopped', { ...web, leftBecause: 'a spot instance' }, {}, undefined, 'a spot instance'],
    [
      'its tag keeps it on',
      { ...web, tags: { ...web.tags, 'lamplighter:keep-on-until': '2026-11-23T23-30' } },
      {},
      undefined,
      'on: override until 2026-11-23 23:30 Asia/Seoul',
    ],
    [
      'a person keeps it on',
      web,
      {
        overrides: new Map([
          [web.identity.arn, keepOnAnswered({ until: seoul('2026-11-23 22:00'), timezone: 'Asia/Seoul', by: KIM })],
        ]),
      },
      undefined,
      'on: override until 2026-11-23 22:00 Asia/Seoul by ',
    ],
    [
      'its schedule is off',
      web,
      { policy: office({ mode: 'off' }) },
      undefined,
      'the mode of its schedule office is off',
    ],
    ['it is changing', { ...web, ...changing }, {}, undefined, 'it is changing: looked at again'],
    [
      'nobody knows whether it runs',
      { ...web, power: { power: 'unknown', why: 'its status is storage-full' } },
      {},
      undefined,
      'its status is storage-full',
    ],
  ])('leaves it alone when %s', (_, resource, world, memory, because) => {
    const decision = of(EVENING, resource, { ...wasOn(web), ...memory }, world);
    expect(actsIn(decision)).toEqual([]);
    expect(leftIn(decision, 'web')).toContain(because);
  });

  it('that is held back is made up for as soon as nothing holds it back any more', () => {
    const frozen = policyWith({ freeze: [{ from: '2026-11-23', to: '2026-11-24', why: 'sale' }] });
    const held = of(EVENING, web, wasOn(web), { policy: frozen });
    const after = of('2026-11-24 00:00', web, memoryIn(held, 'web'), { policy: frozen });
    expect([actsIn(held), actsIn(after)]).toEqual([[], ['1 stop web']]);
  });
});

describe('a morning', () => {
  it('starts what off-hours stopped', () => {
    const decision = of(MORNING, { ...web, ...stopped }, wasStopped(web));
    expect(recordFor(decision).plan?.act).toMatchObject([
      {
        action: { kind: 'start-instance', instance: web.identity, expect: { state: 'stopped' } },
        because: 'on: weekly window Mon-Fri 08:00-21:00',
        saving: { known: false, why: 'a start saves nothing' },
        schedule: { name: 'office', until: seoul('2026-11-24 21:00').toISOString() },
      },
    ]);
  });

  it.each<[string, object]>([
    ['frozen', { policy: policyWith({ freeze: [{ from: '2026-11-20', to: '2026-12-01', why: 'sale' }] }) }],
    ['switched to report', { policy: office({ mode: 'report' }) }],
    ['switched off', { policy: office({ mode: 'off' }) }],
    ['asking people', { policy: office({ mode: 'approve' }) }],
  ])('starts it also when its schedule is %s by now, and asks nobody', (_, world) => {
    const decision = of(MORNING, { ...web, ...stopped }, wasStopped(web), world);
    expect(decision.acts).toMatchObject([{ act: 'start', mode: 'auto' }]);
  });

  it('starts also what is protected by now, and not what a person has vetoed', () => {
    const protectedNow = { ...web, ...stopped, tags: { ...web.tags, 'lamplighter:protect': '' } };
    expect(actsIn(of(MORNING, protectedNow, wasStopped(web)))).toEqual(['1 start web']);
    const veto = { resource: web.identity.arn, until: seoul('2026-12-01 00:00'), by: KIM, why: 'a demo' };
    const vetoed = of(MORNING, { ...web, ...stopped }, wasStopped(web), { vetoes: [veto] });
    expect(leftIn(vetoed, 'web')).toContain('vetoed by');
    expect(vetoed.problems.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^web in ap-northeast-2: it stays stopped: vetoed by .* until 2026-1/),
    ]);
    expect(memoryIn(vetoed, 'web')).toMatchObject({
      heldBack: { act: 'start', because: expect.stringContaining('a demo') as string },
    });
  });

  it('that brings less than it should is told of until it is all there', () => {
    const short = group('workers', { short: '0 of 3 in service' });
    const trouble = { act: 'start', since: seoul(MORNING).toISOString(), because: 'no capacity', tries: 1 } as const;
    const capacity = { min: 1, desired: 3, max: 6 };
    const failed = { ...wasOn(short), trouble, capacity };
    const first = of('2026-11-24 08:10', short, failed);
    expect([actsIn(first), memoryIn(first, 'workers')]).toMatchObject([[], { trouble, capacity }]);
    const there = of('2026-11-24 08:15', group('workers'), memoryIn(first, 'workers'));
    expect(memoryIn(there, 'workers')).not.toHaveProperty('trouble');
    expect(memoryIn(there, 'workers')).not.toHaveProperty('capacity');
    const noTrouble = of('2026-11-24 12:00', short, wasOn(short)); // a rolling update
    expect(memoryIn(noTrouble, 'workers')).not.toHaveProperty('trouble');
  });

  it('resumes what scales a service that somebody else has started', () => {
    const suspended = { desired: 2, scaling: { min: 1, max: 4, suspended: ['in', 'out', 'scheduled'] } } as const;
    const capacity = { desired: 2, scaling: { min: 1, max: 4 } };
    const api = service('api', { capacity: suspended });
    const night = of(NIGHT, api, wasStopped(api, { capacity }));
    const morning = of(MORNING, api, memoryIn(night, 'api'));
    expect(recordFor(morning).plan?.act).toMatchObject([
      {
        because: 'it runs already, and its scaling is suspended',
        action: { kind: 'start-service', restore: capacity },
      },
    ]);
    const resumed = of(MORNING, service('api', { capacity }), memoryIn(night, 'api'));
    expect([actsIn(resumed), memoryIn(resumed, 'api')]).toEqual([[], expect.not.objectContaining({ capacity })]);
  });

  it('does not start what somebody else stopped, right-size for one', () => {
    const seen = of('2026-11-23 15:00', { ...web, ...stopped }, wasOn(web));
    const later = of(MORNING, { ...web, ...stopped }, memoryIn(seen, 'web'));
    expect(leftIn(later, 'web')).toBe('not started: off-hours did not stop it');
  });

  it('restores the sizes that a group had before its first stop, whatever it has now', () => {
    const workers = group('workers', { ...stopped, capacity: { min: 0, desired: 0, max: 0 } });
    const memory = wasStopped(workers, { capacity: { min: 1, desired: 3, max: 6 } });
    expect(recordFor(of(MORNING, workers, memory)).plan?.act[0]?.action).toEqual({
      kind: 'start-auto-scaling-group',
      group: workers.identity,
      restore: { min: 1, desired: 3, max: 6 },
    });
  });

  it('starts no group of whose sizes nobody knows any more, and says so', () => {
    const workers = group('workers', { ...stopped, capacity: { min: 0, desired: 0, max: 0 } });
    const decision = of(MORNING, workers, wasStopped(workers));
    expect([actsIn(decision), decision.problems.map(({ text }) => text)]).toEqual([
      [],
      [expect.stringContaining('does not know its sizes any more')],
    ]);
  });

  it('leaves a group that stood at nothing when it was first seen', () => {
    const workers = group('workers', { ...stopped, capacity: { min: 0, desired: 0, max: 0 } });
    const seen = of(EVENING, workers);
    expect(memoryIn(seen, 'workers')).toMatchObject({ stoppedByUs: false });
    expect(actsIn(of(MORNING, workers, memoryIn(seen, 'workers')))).toEqual([]);
  });
});

describe('a person', () => {
  it('who starts something at night is respected, until the next evening', () => {
    const night = of(NIGHT, web, wasStopped(web));
    expect(leftIn(night, 'web')).toBe(
      'somebody started it: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
    );
    const memory = memoryIn(night, 'web');
    expect(actsIn(of('2026-11-24 07:00', web, memory))).toEqual([]);
    expect(actsIn(of('2026-11-24 21:00', web, memory))).toEqual(['1 stop web']);
  });

  it('is not respected where the schedule is enforced', () => {
    const enforced = { policy: office({ manual: 'enforce' }) };
    expect(actsIn(of(NIGHT, web, wasStopped(web), enforced))).toEqual(['1 stop web']);
  });

  it('who resizes a group that runs is asked no question: the next morning restores what there was then', () => {
    const workers = group('workers', { capacity: { min: 2, desired: 5, max: 9 } });
    const day = of('2026-11-24 10:00', workers, wasStopped(workers, { capacity: { min: 1, desired: 3, max: 6 } }));
    expect(memoryIn(day, 'workers')).not.toHaveProperty('capacity');
  });

  it('who starts something at night whose alarms are muted hears them from the morning on', () => {
    const muted = wasStopped(web, { muted: ['web-cpu'] });
    const night = of(NIGHT, web, muted);
    expect(actsIn(night)).toEqual([]);
    const morning = of(MORNING, web, memoryIn(night, 'web'));
    expect(recordFor(morning).plan?.act).toMatchObject([
      {
        mode: 'auto',
        because: 'it runs already, and its alarms are muted',
        action: { kind: 'start-instance', unmute: ['web-cpu'] },
      },
    ]);
  });
});

describe('what AWS restarts after seven days', () => {
  it('is stopped again', () => {
    const restarted = { ...orders, power: { power: 'running', startedBy: 'AWS' } } as const;
    expect(actsIn(of(NIGHT, restarted, wasStopped(orders)))).toEqual(['1 stop orders']);
  });
});

describe('what is seen for the first time', () => {
  it('is told of, and left on when it is off at that time', () => {
    const decision = of(NIGHT, web);
    expect(actsIn(decision)).toEqual([]);
    expect(decision.left).toMatchObject([{ isNew: true, because: expect.stringContaining('first time') as string }]);
  });

  it('is left on until the next turn where the schedule is enforced, too', () => {
    const enforced = { policy: office({ manual: 'enforce' }) };
    const first = of(NIGHT, web, undefined, enforced);
    const second = of('2026-11-23 23:05', web, memoryIn(first, 'web'), enforced);
    for (const night of [first, second]) {
      expect([actsIn(night), leftIn(night, 'web')]).toEqual([
        [],
        'seen for the first time: left on until its schedule turns off again at 2026-11-24 21:00 Asia/Seoul',
      ]);
    }
    const day = of('2026-11-24 12:00', web, memoryIn(second, 'web'), enforced);
    expect(memoryIn(day, 'web')).not.toHaveProperty('leftOn');
    expect(actsIn(of('2026-11-24 21:00', web, memoryIn(day, 'web'), enforced))).toEqual(['1 stop web']);
  });

  it('is neither told of nor remembered when it is not to be stopped, or its schedule is switched off', () => {
    for (const [resource, world] of [
      [{ ...web, leftBecause: 'a member of the Auto Scaling group workers' }, {}],
      [web, { policy: office({ mode: 'off' }) }],
      [{ ...web, ...changing }, {}],
    ] as const) {
      const decision = of('2026-11-23 12:00', resource, undefined, world);
      expect([decision.memories, decision.left.filter(({ isNew }) => isNew)]).toEqual([[], []]);
    }
  });

  it('is what carries the name of something else: a memory belongs to one identity', () => {
    const other = { ...web, identity: { ...web.identity, id: 'i-other' } };
    const decision = of(MORNING, { ...other, ...stopped }, wasStopped(web));
    expect(actsIn(decision)).toEqual([]);
    expect(decision.memories.map(({ identity, gone }) => [identity.id, gone?.since])).toEqual([
      ['i-other', undefined],
      ['i-web', seoul(MORNING).toISOString()],
    ]);
  });
});

describe('what nobody can know', () => {
  it.each<[string, ScheduledResource, object, string]>([
    [
      'the name of its schedule',
      { ...web, tags: { 'lamplighter:schedule': 'offiec' } },
      {},
      'the tag lamplighter:schedule names no schedule of the policy; there are: office, batch',
    ],
    [
      'the holidays',
      web,
      { holidays: { years: { first: 2024, last: 2025 }, places: { KR: {} } } },
      'nobody can follow its schedule office: calendars.seoul.holidays',
    ],
    [
      'when it is ever on',
      web,
      {
        policy: policyWith({
          calendars: { seoul: { on: '2020-01-01 08:00-21:00' }, nights: { on: 'Mon 08:00-09:00' } },
        }),
      },
      'nobody can follow its schedule office: calendars.seoul.on: at least one hour',
    ],
  ])('%s, is left alone and said', (_, resource, world, because) => {
    for (const [at, power, memory] of [
      [EVENING, web.power, wasOn(web)],
      [MORNING, stopped.power, wasStopped(web)],
    ] as const) {
      const decision = of(at, { ...resource, power }, memory, world);
      expect(actsIn(decision)).toEqual([]);
      expect(decision.left).toMatchObject([{ unknown: true, because: expect.stringContaining(because) as string }]);
      expect(decision.problems).toHaveLength(1);
      expect(memoryIn(decision, 'web')).toEqual(memory); // and nothing is forgotten meanwhile
    }
  });

  it('until when it is kept on: it is kept on, and said', () => {
    const tagged = { ...web, tags: { ...web.tags, 'lamplighter:keep-on-until': 'soon' } };
    const decision = of(EVENING, tagged, wasOn(web));
    expect([actsIn(decision), leftIn(decision, 'web')]).toEqual([[], 'on: override that does not say until when']);
    expect(decision.problems.map(({ text }) => text)).toEqual([
      `web in ${REGION}: the tag lamplighter:keep-on-until is no local time such as 2026-11-27T18-00 and no day such as 2026-11-27: kept on until it is`,
    ]);
  });

  it('what is in a region that could not be read: nothing of it is gone, and the others go on', () => {
    const unreadable = [{ account: '111111111111', region: REGION, what: 'database', why: 'denied' }] as const;
    const decision = decideAt(EVENING, [web], { memories: [wasOn(web), wasStopped(orders)], unreadable });
    expect(actsIn(decision)).toEqual(['1 stop web']);
    expect(memoryIn(decision, 'orders')).toEqual(wasStopped(orders));
    expect(decision.problems.map(({ text }) => text)).toEqual([
      `the databases in ${REGION}: denied. None of them is stopped or started.`,
    ]);
  });
});

describe('what is not there any more', () => {
  it('is remembered for seven days, and known again when it comes back', () => {
    const gone = decideAt(NIGHT, [], { memories: [wasStopped(web)] });
    const memory = memoryIn(gone, 'web');
    expect(memory).toMatchObject({ stoppedByUs: true, gone: { since: seoul(NIGHT).toISOString() } });
    expect(memoryIn(decideAt('2026-11-30 22:00', [], { memories: [memory!] }), 'web')).toBeDefined();
    expect(decideAt('2026-11-30 23:00', [], { memories: [memory!] }).memories).toEqual([]);
    expect(actsIn(of(MORNING, { ...web, ...stopped }, memory))).toEqual(['1 start web']);
  });

  it('is remembered for longer while its alarms are muted, and that is said with what mends it', () => {
    const gone = decideAt(NIGHT, [], { memories: [wasStopped(web, { muted: ['web-cpu', 'web disk'] })] });
    expect(gone.problems.map(({ text }) => text)).toEqual([
      `web in ${REGION}: it is gone, or another one has its name, and its alarms are muted: ` +
        `aws cloudwatch enable-alarm-actions --region ${REGION} --alarm-names 'web-cpu' 'web disk'`,
    ]);
    const memories = [memoryIn(gone, 'web')!];
    expect(decideAt('2026-12-20 23:00', [], { memories }).problems).toEqual(gone.problems);
    expect(decideAt('2026-12-28 23:00', [], { memories }).memories).toEqual([]);
  });

  it('keeps the plan that is at it: the stop is ours when it comes back', () => {
    const pending = {
      act: 'stop',
      planId: 'a-plan',
      number: 1,
      mode: 'auto',
      step: 1,
      since: seoul(NIGHT).toISOString(),
    } as const;
    const gone = decideAt(NIGHT, [], { memories: [{ ...wasOn(web), pending }] });
    expect(memoryIn(gone, 'web')).toMatchObject({ pending, gone: {} });
  });

  it('that became ours after it had gone is asked about then', () => {
    const gone = memoryIn(decideAt(NIGHT, [], { memories: [wasOn(web)] }), 'web')!;
    const nobody = { account: ACCOUNT, resources: [], unreadable: [] };
    expect(lostFrom(nobody, [gone])).toEqual([]);
    const ours = { ...gone, stoppedByUs: true };
    expect(lostFrom(nobody, [ours])).toEqual([ours]);
    const asked = memoryIn(decideAt('2026-11-23 23:05', [], { memories: [ours] }), 'web')!;
    expect(lostFrom(nobody, [asked])).toEqual([]);
  });

  it('is said with the sizes that nobody restores any more', () => {
    const workers = group('workers');
    const untagged = new Set([`${workers.identity.arn} ${workers.identity.id}`]);
    const memories = [wasStopped(workers, { capacity: { min: 1, desired: 3, max: 6 } })];
    const [problem] = decideAt(NIGHT, [], { memories, untagged }).problems;
    expect(problem?.text).toMatch(/nobody starts it any more but you; its sizes were 3 \(1 to 6\)$/);
  });

  it('is said when only its tag has gone while off-hours had it stopped', () => {
    const untagged = new Set([`${web.identity.arn} ${web.identity.id}`]);
    const decision = decideAt(NIGHT, [], { memories: [wasStopped(web)], untagged });
    expect(decision.problems).toEqual([
      {
        key: `${web.identity.arn} untagged`,
        text: `web in ${REGION}: its tag was taken away while off-hours had it stopped: nobody starts it any more but you`,
      },
    ]);
    expect(decideAt(MORNING, [], { memories: decision.memories }).problems).toEqual(decision.problems);
  });

  it('moves with its tag to another schedule, with what is remembered of it', () => {
    const nightly = { ...web, ...stopped, tags: { 'lamplighter:schedule': 'batch' } };
    expect(actsIn(of(NIGHT, nightly, wasStopped(web)))).toEqual(['1 start web']);
  });
});

describe('the order', () => {
  const fleet = [web, instance('queue-1'), orders, group('workers')];
  const memories = (of: (one: ScheduledResource) => Remembered) => fleet.map(of);

  it('of starts is that of the policy, of stops the other way round', () => {
    expect(actsIn(decideAt(EVENING, fleet, { memories: memories(wasOn) }))).toEqual([
      '1 stop workers',
      '1 stop queue-1',
      '1 stop web',
      '2 stop orders',
    ]);
    const asleep = fleet.map((one): ScheduledResource => ({ ...one, ...stopped }));
    const capacity = { min: 1, desired: 3, max: 6 };
    const kept = memories(wasStopped).map((one) => ({ ...one, capacity }));
    const policy = office({ order: [['databases'], ['queue-*'], ['instances', 'groups']] });
    expect(actsIn(decideAt(MORNING, asleep, { memories: kept, policy }))).toEqual([
      '1 start orders',
      '2 start queue-1',
      '3 start workers',
      '3 start web',
    ]);
  });

  it('holds while an earlier plan is at it: nothing overtakes a database that still starts', () => {
    const pending = { act: 'start', planId: 'off-hours-1', number: 1, mode: 'auto', step: 1 } as const;
    const until = seoul('2026-11-24 21:00').toISOString();
    const starting = wasStopped(orders, { pending: { ...pending, since: seoul(MORNING).toISOString(), until } });
    const resources = [
      { ...orders, ...changing },
      { ...web, ...stopped },
    ];
    const soon = decideAt('2026-11-24 08:05', resources, { memories: [starting, wasStopped(web)] });
    expect([actsIn(soon), soon.deferred.map(({ deferredBecause }) => deferredBecause)]).toEqual([
      [],
      ['it waits for orders, which comes before it'],
    ]);
    const later = decideAt('2026-11-24 08:30', resources, { memories: [starting, wasStopped(web)] });
    expect(actsIn(later)).toEqual(['1 start web']);
  });

  it('and the cap of the schedule: the rest is stopped at the next tick, and starts have none', () => {
    const many = Array.from({ length: 5 }, (_, index) => instance(`web-${index}`));
    const policy = office({ stopAtMost: 2 });
    const evening = decideAt(EVENING, [...many, orders], {
      memories: [...many, orders].map((one) => wasOn(one)),
      policy,
    });
    expect(actsIn(evening)).toEqual(['1 stop web-0', '1 stop web-1']);
    expect(evening.deferred.map(({ resource, deferredBecause }) => [resource.name, deferredBecause])).toEqual([
      ...['web-2', 'web-3', 'web-4', 'orders'].map((name) => [
        name,
        'at most 2 of the schedule office are stopped in one plan',
      ]),
    ]);
    const asleep = many.map((one) => ({ ...one, ...stopped }));
    expect(decideAt(MORNING, asleep, { memories: many.map((one) => wasStopped(one)), policy }).acts).toHaveLength(5);
  });
});
