import { describe, expect, it } from 'vitest';
import { leftBehind, onlyOwed } from '../../../shared/core/off-hours/left-behind.ts';
import {
  ACCOUNT,
  actsIn,
  database,
  decideAt,
  instance,
  leftIn,
  REGION,
  stopped,
  wasOn,
  wasStopped,
} from '../../support/off-hours-specimen.ts';

const [web, orders] = [instance('web'), database('orders')];
const elsewhere = [{ account: ACCOUNT, region: 'us-east-1' }] as const;
const here = { account: ACCOUNT, region: REGION } as const;

describe('a region that the policy names no more', () => {
  it('is looked at for what off-hours has to give back there', () => {
    const asleep = wasStopped(web);
    expect(leftBehind(elsewhere, [asleep, wasOn(orders)])).toEqual([{ scope: here, owed: [asleep] }]);
    const muted = wasOn(web, { muted: ['web-cpu'] });
    expect(leftBehind(elsewhere, [muted])).toEqual([{ scope: here, owed: [muted] }]);
  });

  it.each([
    ['the policy names it', [here], wasStopped(web)],
    ['nothing is owed there', elsewhere, wasOn(web)],
    [
      'what is owed is known to be gone',
      elsewhere,
      wasStopped(web, { gone: { since: '2026-11-23T14:00:00Z', asked: true } }),
    ],
  ])('is not looked at otherwise: %s', (_, scopes, memory) => {
    expect(leftBehind(scopes, [memory])).toEqual([]);
  });

  it('has that started, and nothing stopped; what is there besides is not even seen', () => {
    const asleep = { ...web, ...stopped };
    const owed = [wasStopped(web)];
    const at = (time: string, resources: Parameters<typeof decideAt>[1]) =>
      decideAt(time, onlyOwed({ resources, unreadable: [] }, owed).resources, { memories: owed });
    expect(actsIn(at('2026-11-24 08:00', [asleep, orders]))).toEqual(['1 start web']);
    const evening = at('2026-11-24 21:00', [web, orders]);
    expect([actsIn(evening), leftIn(evening, 'web')]).toEqual([[], 'the policy no longer looks at its region']);
    expect(evening.left).toHaveLength(1);
  });

  it('is unknown only in what matters of it', () => {
    const unreadable = (['instance', 'warehouse'] as const).map((what) => ({ ...here, what, why: 'denied' }));
    expect(onlyOwed({ resources: [], unreadable }, [wasStopped(web)]).unreadable).toEqual([unreadable[0]]);
  });
});
