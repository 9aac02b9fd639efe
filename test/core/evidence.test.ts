import { expect, it } from 'vitest';
import { known, unknown } from '../../shared/core/evidence.ts';

it('what is unknown has a reason and no value', () => {
  expect(unknown('AccessDenied')).toEqual({ known: false, why: 'AccessDenied' });
  expect(unknown('AccessDenied')).not.toHaveProperty('value');
});

it.each([0, '', false, undefined])('%j is a value as good as any', (value) => {
  expect(known(value)).toEqual({ known: true, value });
});
