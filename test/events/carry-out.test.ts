import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventSchema } from '../../functions/carry-out/event.ts';

const folder = new URL('../../events/carry-out/', import.meta.url);

it.each(readdirSync(folder))('%s is an event that carry-out takes', (file) => {
  const event: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  expect(eventSchema.safeParse(event)).toMatchObject({ success: true });
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a plan that is no id', { plan: 'orders qa' }],
  ['a plan and something else', { plan: 'p-1', force: true }],
  ['a part without a number', { plan: 'p-1', part: 'all' }],
  ['a part before the first', { plan: 'p-1', part: 0 }],
])('%s is not', (_, event) => {
  expect(eventSchema.safeParse(event)).toMatchObject({ success: false });
});
