import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../shared/core/calendar/order.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';

const database = (name: string) => ({ type: 'database', name }) as const;
const instance = (name: string) => ({ type: 'instance', name }) as const;
const service = (name: string) => ({ type: 'service', name }) as const;
const group = (name: string) => ({ type: 'auto-scaling-group', name }) as const;
const warehouse = (name: string) => ({ type: 'warehouse', name }) as const;
const names = (steps: readonly { name: string }[][]) => steps.map((step) => step.map(({ name }) => name));

describe('the steps', () => {
  const estate = [instance('web-1'), database('orders'), instance('batch'), database('reports')];
  const others = [service('api'), warehouse('figures'), group('workers')];
  const { order } = parsePolicy({
    calendars: { one: { on: 'Mon 08:00-09:00' } },
    schedules: { one: { calendar: 'one' } },
  }).schedules.one!;

  it('are, unless the policy says otherwise, data first at a start and last at a stop', () => {
    expect(names(stepsOf([...estate, ...others], order, 'start'))).toEqual([
      ['orders', 'reports', 'figures'],
      ['web-1', 'batch', 'api', 'workers'],
    ]);
    expect(names(stepsOf([...estate, ...others], order, 'stop'))).toEqual([
      ['web-1', 'batch', 'api', 'workers'],
      ['orders', 'reports', 'figures'],
    ]);
  });

  it('take every kind by its word', () => {
    const groups = [['groups'], ['warehouses'], ['services']];
    expect(names(stepsOf([...estate, ...others], groups, 'start'))).toEqual([
      ['workers'],
      ['figures'],
      ['api'],
      ['web-1', 'orders', 'batch', 'reports'],
    ]);
  });

  it('may be by name; the first group that fits counts; what is in none is started last', () => {
    const groups = [['batch'], ['databases'], ['web-*', 'orders']];
    expect(names(stepsOf([...estate, instance('other')], groups, 'start'))).toEqual([
      ['batch'],
      ['orders', 'reports'],
      ['web-1'],
      ['other'],
    ]);
    expect(names(stepsOf([...estate, instance('other')], groups, 'stop'))[0]).toEqual(['other']);
  });

  it('are none for nothing, and groups without a resource are no step', () => {
    expect(stepsOf([], order, 'start')).toEqual([]);
    expect(names(stepsOf([instance('web-1')], order, 'stop'))).toEqual([['web-1']]);
  });

  it('have every resource once, and a stop goes the way of a start backwards', () => {
    const anyResource = fc.record({
      type: fc.constantFrom('database' as const, 'instance' as const, 'service' as const),
      name: fc.constantFrom('a', 'ab', 'b', 'web-1'),
    });
    const anyOrder = fc.array(
      fc.array(fc.constantFrom('databases', 'instances', 'services', 'a*', '*b', 'web-1', '*'), { minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(anyResource), anyOrder, (resources, groups) => {
        const start = stepsOf(resources, groups, 'start');
        expect(new Set(start.flat())).toEqual(new Set(resources));
        expect(start.flat()).toHaveLength(resources.length);
        expect(stepsOf(resources, groups, 'stop')).toEqual(start.toReversed());
      }),
    );
  });
});
