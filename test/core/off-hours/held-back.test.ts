import { describe, expect, it } from 'vitest';
import { withoutUnmutable } from '../../../shared/core/off-hours/decide.ts';
import type { Remembered } from '../../../shared/core/off-hours/memory.ts';
import { isWorthKeeping } from '../../../shared/core/off-hours/record.ts';
import type { ScheduledResource } from '../../../shared/core/off-hours/resource.ts';
import {
  actsIn,
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
const EVENING = '2026-11-23 21:00';
const NEXT_MORNING = '2026-11-24 10:00';

const of = (at: string, resource: ScheduledResource, memory: Remembered, world: object = {}) =>
  decideAt(at, [resource], { memories: [memory], ...world });

const frozen = policyWith({ freeze: [{ from: '2026-11-20', to: '2026-11-24', why: 'sale' }] });
const veto = { resource: web.identity.arn, until: seoul('2026-12-01 00:00'), by: 'kim', why: 'a demo' };

describe('why an evening stopped something not', () => {
  it.each<[string, ScheduledResource, object]>([
    ['frozen until 2026-11-24: sale', web, { policy: frozen }],
    ['protected by its tag lamplighter:protect', { ...web, tags: { ...web.tags, 'lamplighter:protect': '' } }, {}],
    ['vetoed by kim until 2026-12-01: a demo', web, { vetoes: [veto] }],
    ['a spot instance', { ...web, leftBecause: 'a spot instance' }, {}],
  ])('is remembered, once: %s', (because, resource, world) => {
    const evening = of(EVENING, resource, wasOn(web), world);
    const memory = memoryIn(evening, 'web')!;
    expect(memory.heldBack).toEqual({ act: 'stop', because, since: seoul(EVENING).toISOString() });
    const [kept, later] = [recordFor(evening), recordFor(of('2026-11-23 21:05', resource, memory, world))];
    expect([
      isWorthKeeping(kept, recordFor(of('2026-11-23 20:55', resource, wasOn(web)))),
      isWorthKeeping(later, kept),
    ]).toEqual([true, false]);
    // It is asked about the next day.
    expect(memoryIn(of(NEXT_MORNING, resource, memory, world), 'web')?.heldBack).toEqual(memory.heldBack);
  });

  it('is forgotten when it is planned', () => {
    const held = memoryIn(of(EVENING, web, wasOn(web), { policy: frozen }), 'web')!;
    const after = of('2026-11-24 00:00', web, held, { policy: frozen });
    expect(actsIn(after)).toEqual(['1 stop web']);
    expect(memoryIn(recordFor(after), 'web')).not.toHaveProperty('heldBack');
  });

  it('is the cap, too', () => {
    const two = [instance('a'), instance('b')];
    const evening = decideAt(EVENING, two, {
      memories: two.map((one) => wasOn(one)),
      policy: office({ stopAtMost: 1 }),
    });
    expect(['a', 'b'].map((name) => memoryIn(evening, name)?.heldBack?.because)).toEqual([
      undefined,
      'at most 1 of the schedule office are stopped in one plan',
    ]);
    expect(evening.memories).toHaveLength(2);
  });

  it('is that nobody may read its alarms, too', () => {
    const decided = of(EVENING, web, wasOn(web), { policy: office({ alarms: 'mute' }) });
    const evening = withoutUnmutable(decided, new Map([[web.identity.arn, 'denied']]));
    expect(evening.memories).toMatchObject([{ heldBack: { because: 'its alarms cannot be muted: denied' } }]);
  });
});

describe('a start that a person has vetoed', () => {
  it('is held back, and told as a problem for as long as it stands', () => {
    const morning = of('2026-11-24 08:00', { ...web, ...stopped }, wasStopped(web), { vetoes: [veto] });
    expect([actsIn(morning), morning.problems.map(({ text }) => text)]).toEqual([
      [],
      ['web in ap-northeast-2: it stays stopped: vetoed by kim until 2026-12-01: a demo'],
    ]);
    expect(recordFor(morning).messages).toMatchObject([{ attributes: { severity: 'warning' } }]);
  });

  it('and that would only let its alarms be heard, is told as well', () => {
    const morning = of('2026-11-24 08:00', web, wasOn(web, { muted: ['web-cpu'] }), { vetoes: [veto] });
    expect(morning.problems.map(({ text }) => text)).toEqual([
      'web in ap-northeast-2: it runs already, and its alarms are muted, and that stays so: vetoed by kim until 2026-12-01: a demo',
    ]);
  });
});
