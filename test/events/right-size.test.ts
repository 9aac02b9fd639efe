import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventSchema } from '../../functions/right-size/event.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { stageForTest, wake } from '../support/right-size.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const REGIONS = ['ap-northeast-2', 'us-east-1'];
const POLICY = { scopes: [PRODUCTION, STAGING].map((account) => ({ account, regions: REGIONS })) };

const folder = new URL('../../events/right-size/', import.meta.url);
const samples = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What the answer to each sample shows. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'check.json': { function: 'right-size' },
  'explain.json': expect.stringMatching(/^orders-qa {2}arn:aws:rds:.*\n\nrule[\s\S]*\n\nevidence[\s\S]*peakIops/),
  'manual.json': [
    { account: PRODUCTION, said: 'sent' },
    { account: STAGING, said: 'sent' },
  ],
  'narrowed.json': expect.stringMatching(/^account +region +resource[\s\S]*orders-qa +idle-database +act/),
  'replay.json': expect.stringMatching(
    /^account 111111111111\. Decided for each day[\s\S]*2026-11-14[\s\S]*account 222222222222\./,
  ),
  'scheduled.json': [
    { account: PRODUCTION, time: NOW.toISOString(), said: 'sent' },
    { account: STAGING, time: NOW.toISOString(), said: 'sent' },
  ],
};

it('there is an answer to expect for every sample', () => {
  expect(samples).toEqual(Object.keys(ANSWERS));
});

it.each(samples)('%s is an event that right-size takes', (file) => {
  expect(eventSchema.safeParse(read(file))).toMatchObject({ success: true });
});

it.each(samples)('%s is answered', async (file) => {
  const stage = await stageForTest({ now: NOW, policy: POLICY });
  seedShop(stage.sandbox);
  const answer = await wake(stage, read(file));
  if (typeof answer === 'string') expect(answer).toEqual(ANSWERS[file]);
  else expect(answer).toMatchObject(ANSWERS[file] as object);
});
