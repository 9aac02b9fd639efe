import { describe, expect, it } from 'vitest';
import { holidaysFor } from '../../scripts/policy/holidays.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { checkCalendars } from '../../shared/runtime/check/calendars.ts';
import { check } from '../../shared/runtime/check.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { named } from './support.ts';

const STORED = new Date('2026-11-22T20:00:00Z');
const OFFICE = { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: ['KR', 'DE-BE'] };
const policy = parsePolicy({ calendars: { office: OFFICE } });

describe('the check of a function that follows calendars', () => {
  async function checked(next: Parameters<MemoryLedger['store']>[0], now = STORED) {
    const ledger = new MemoryLedger();
    await ledger.store(next, 'kim', STORED);
    const needs = { function: 'off-hours', stage: 'prod', ledger, roles: [], hub: {}, untried: [] };
    const own = { account: '123456789012', region: 'ap-northeast-2' };
    const report = await check({ ...needs, calendars: checkCalendars }, { own, now });
    return { ok: report.ok, finding: named(report, 'calendars') };
  }

  it('says up to which day holidays are known', async () => {
    const { ok, finding } = await checked({ policy, holidays: holidaysFor(policy, STORED) });
    expect(ok).toBe(true);
    expect(finding).toMatchObject({ state: 'ok', says: 'known: the holidays of KR, DE-BE up to 2034-12-31' });
  });

  it('has nothing to say where the policy has no calendar, and little where it asks for no holidays', async () => {
    expect((await checked({ policy: parsePolicy({}) })).finding).toBeUndefined();
    const plain = parsePolicy({ calendars: { office: { on: 'Mon-Fri 08:00-21:00' } } });
    expect((await checked({ policy: plain })).finding).toMatchObject({ state: 'ok', says: 'known' });
  });

  it('tells a year before they run out, and how they are looked up again', async () => {
    const { ok, finding } = await checked(
      { policy, holidays: holidaysFor(policy, STORED) },
      new Date('2034-01-01T00:00:00Z'),
    );
    expect(ok).toBe(true);
    expect(finding).toMatchObject({
      state: 'note',
      says: 'the holidays of the calendars are known up to 2034-12-31: store the policy again',
      fix: expect.stringContaining('npm run policy -- FILE') as string,
    });
  });

  it.each<[string, object, Date, RegExp]>([
    ['were never stored', {}, STORED, /^the holidays of KR, DE-BE were not stored with it$/],
    [
      'have run out',
      { holidays: holidaysFor(policy, STORED) },
      new Date('2034-12-15T00:00:00Z'),
      /calendars\.office\.holidays\[0\]: .*store the policy again; calendars\.office\.holidays\[1\]: /,
    ],
  ])('finds holidays that %s', async (_, stored, now, says) => {
    const { ok, finding } = await checked({ policy, ...stored }, now);
    expect(ok).toBe(false);
    expect(finding).toMatchObject({
      state: 'missing',
      says: expect.stringMatching(says) as string,
      matters: 'Nothing under the schedules of these calendars is stopped or started',
    });
  });
});
