import { describe, expect, it } from 'vitest';
import { type Mode, modeOf, parsePolicy } from '../../../shared/core/policy.ts';
import { parseSpan } from '../../../shared/core/quantity.ts';
import { RUNBOOK_IDS } from '../../../shared/core/remediation/runbook.ts';
import { runbookSettings } from '../../../shared/core/remediation/terms.ts';
import { inWords } from '../policy-problems.ts';

describe('the mode of a runbook', () => {
  it.each<Mode>(['off', 'report', 'approve', 'auto'])('is report where that of everything else is %s', (mode) => {
    const policy = parsePolicy({ defaults: { mode } });
    expect(new Set(RUNBOOK_IDS.map((id) => modeOf(policy, id)))).toEqual(new Set(['report']));
  });

  it('is its own where it has one', () => {
    const policy = parsePolicy({
      defaults: { mode: 'auto' },
      remediation: { modes: { 'database-storage-low': 'approve', 'replica-lag': 'off' } },
    });
    expect(modeOf(policy, 'database-storage-low')).toBe('approve');
    expect(modeOf(policy, 'replica-lag')).toBe('off');
    expect(modeOf(policy, 'instance-unwell')).toBe('report');
  });

  it('never goes further than its runbook', () => {
    expect(inWords({ remediation: { modes: { 'database-saturated': 'auto', 'idle-alarm': 'approve' } } })).toEqual([
      'remediation.modes.database-saturated: off, report, or approve',
      'remediation.modes.idle-alarm: off or report',
    ]);
  });
});

describe('what runbooks may do', () => {
  it('is careful by default', () => {
    expect(runbookSettings(parsePolicy({}))).toEqual({
      growAtMostShare: 0.5,
      growAtMostGiB: 1000,
      growAtMostTimes: 3,
      rebootInFreeze: false,
      timezone: 'UTC',
    });
  });

  it('is what the policy says', () => {
    const remediation = { growAtMost: { share: '10%', sizeGiB: 200 }, rebootInFreeze: 'allowed' };
    expect(runbookSettings(parsePolicy({ timezone: 'Asia/Seoul', remediation }))).toEqual({
      growAtMostShare: 0.1,
      growAtMostGiB: 200,
      growAtMostTimes: 3,
      rebootInFreeze: true,
      timezone: 'Asia/Seoul',
    });
  });
});

describe('a wrong setting', () => {
  it.each<[string, object, string]>([
    ['an age in words', { eventAge: 'ten minutes' }, 'remediation.eventAge: minutes, hours or days such as "1m"'],
    ['too great an age', { eventAge: '2h' }, 'remediation.eventAge: from 1m to 1h'],
    ['no rest', { cooldown: '1m' }, 'remediation.cooldown: from 5m to 7d'],
    ['no remediation', { atMostPerHour: 0 }, 'remediation.atMostPerHour: a whole number from 1 to 100'],
    [
      'less growth than RDS does',
      { growAtMost: { share: '5%' } },
      'remediation.growAtMost.share: at least 10%: RDS grows by no less',
    ],
    ['a boolean', { rebootInFreeze: true }, 'remediation.rebootInFreeze: allowed or never'],
    [
      'a runbook for everything',
      { runbooks: [{ runbook: 'none' }] },
      'remediation.runbooks[0]: at least one of `alarm`, `tag`, `namespace`, `metric`',
    ],
    [
      'a tag without a value',
      { runbooks: [{ tag: 'env', runbook: 'none' }] },
      'remediation.runbooks[0].tag: a tag such as env=prod; * in the value stands for any characters',
    ],
    [
      'an unknown key',
      { reboot: 'never' },
      'remediation.reboot: unknown key; allowed: modes, runbooks, eventAge, cooldown, atMostPerHour, flapping, verifyWithin, growAtMost, rebootInFreeze',
    ],
  ])('such as %s is told by its place', (_, remediation, words) => {
    expect(inWords({ remediation })).toEqual([words]);
  });

  it('is an unknown runbook', () => {
    const [words] = inWords({ remediation: { runbooks: [{ alarm: '*', runbook: 'pray' }] } });
    expect(words).toContain('remediation.runbooks[0].runbook: database-storage-low');
  });
});

it('a span is in minutes, hours or days', () => {
  expect(['10m', '2h', '1d'].map(parseSpan)).toEqual([600_000, 7_200_000, 86_400_000]);
});
