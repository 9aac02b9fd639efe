import { describe, expect, it } from 'vitest';
import {
  type Action,
  describeAction,
  describeDone,
  directionOf,
  isAskedOnce,
  isFollowed,
  mayRunUnattended,
} from '../../../shared/core/action.ts';
import { inverseOf, isLookedAfter, stands } from '../../../shared/core/change.ts';
import { withdrawnBecause } from '../../../shared/core/gates.ts';
import { digestOf, isSuperseded, needsGrace, type Proposal, sealPlan } from '../../../shared/core/plan.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';

const instance = { arn: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1', id: 'i-1' };
const database = { arn: 'arn:aws:rds:eu-west-1:123456789012:db:orders', id: 'db-1' };
const expected = { state: 'running', launchedAt: '2026-10-01T08:00:00Z' } as const;

const GROWTH: Action = {
  kind: 'change-database-storage',
  direction: 'gives',
  database,
  from: { type: 'gp3', sizeGiB: 100 },
  to: { type: 'gp3', sizeGiB: 150 },
};
const REBOOT: Action = { kind: 'reboot-instance', instance, expect: expected };
const MOVE: Action = { kind: 'move-instance', instance, expect: { ...expected, instanceType: 'm7g.large' } };
const CREDITS: Action = { kind: 'set-unlimited-credits', instance, from: 'standard', to: 'unlimited' };

const FULL = { reversibility: 'full' } as const;
const NONE = { reversibility: 'none', loses: 'the smaller size' } as const;

it.each([
  [GROWTH, 'gives', 'grow the storage of the database from 100 GiB of gp3 to 150 GiB of gp3', 'grown'],
  [REBOOT, 'takes', 'reboot the instance', 'rebooted'],
  [MOVE, 'takes', 'stop and start the instance, which moves it to another host', 'stopped and started'],
  [CREDITS, 'gives', 'change the CPU credits of the instance from standard to unlimited', 'changed'],
] as const)('%j: which way it goes, and in words', (action, direction, words, done) => {
  expect([directionOf(action), describeAction(action), describeDone(action)]).toEqual([direction, words, done]);
});

it('only credits are taken back, which takes; and that again by itself', () => {
  expect([GROWTH, REBOOT, MOVE].map(inverseOf)).toEqual([undefined, undefined, undefined]);
  const back = inverseOf(CREDITS);
  expect(back && [directionOf(back), describeAction(back)]).toEqual([
    'takes',
    'change the CPU credits of the instance from unlimited to standard',
  ]);
  expect(back && inverseOf(back)).toEqual(CREDITS);
});

it.each([
  ['grows, although it cannot be taken back', GROWTH, NONE, true],
  ['reboots', REBOOT, FULL, true],
  ['moves', MOVE, FULL, true],
  ['moves, and would lose its address', MOVE, { reversibility: 'partial', loses: 'its address' } as const, false],
  ['another type of storage that would lose something', { ...GROWTH, to: { type: 'gp2', sizeGiB: 100 } }, NONE, false],
] as const)('what %s: may the policy alone let it through?', (_, action, undo, may) => {
  expect(mayRunUnattended({ action, undo })).toBe(may);
});

it('nothing is booked or followed of a restart, and only a reboot is asked for once', () => {
  expect([GROWTH, REBOOT, MOVE, CREDITS].map(isFollowed)).toEqual([false, false, false, false]);
  expect([GROWTH, REBOOT, MOVE, CREDITS].map(isAskedOnce)).toEqual([false, true, false, false]);
});

const ALARM = {
  name: 'disk',
  arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:disk',
  scope: { account: '123456789012', region: 'eu-west-1' },
  since: '2026-11-22T20:00:00.000Z',
};
const remedy = (action: Action, more: Partial<Proposal> = {}): Proposal => ({
  rule: 'database-storage-low',
  mode: 'auto',
  action,
  resource: { arn: database.arn, name: 'orders', region: 'eu-west-1', what: 'db.r6g.large postgres' },
  because: 'its alarm is on',
  saving: { known: false, why: 'it is not about money' },
  undo: NONE,
  alarm: ALARM,
  ...more,
});

describe('a plan because of an alarm', () => {
  const policy = parsePolicy({});
  const planOf = (...act: Proposal[]) =>
    sealPlan(
      {
        function: 'remediate-alarm',
        account: '123456789012',
        time: new Date('2026-11-22T20:01:00Z'),
        act,
        deferred: [],
        leave: [],
        unreadable: [],
      },
      policy,
    );

  it('gives no time to say no, and is expired by no other', () => {
    expect(needsGrace(remedy(REBOOT))).toBe(false);
    expect(needsGrace({ ...remedy(REBOOT), rule: 'idle-instance' })).toBe(true);
    expect(isSuperseded(planOf(remedy(GROWTH)))).toBe(false);
  });

  it('is another plan, and other news, for another alarm or another time of it', () => {
    const plans = [
      planOf(remedy(GROWTH)),
      planOf(remedy(GROWTH, { alarm: { ...ALARM, since: '2026-11-22T20:00:30.000Z' } })),
      planOf(remedy(GROWTH, { alarm: { ...ALARM, name: 'disk-2' } })),
    ];
    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(3);
    expect(new Set(plans.map(({ id }) => id)).size).toBe(3);
    expect(new Set(plans.map(digestOf)).size).toBe(3);
  });

  it('says in other words the same', () => {
    const plans = [planOf(remedy(GROWTH)), planOf(remedy(GROWTH, { because: 'it is nearly full' }))];
    expect(new Set(plans.map(({ hash }) => hash)).size).toBe(1);
    expect(new Set(plans.map(digestOf)).size).toBe(1);
  });
});

describe('what is done because of an alarm', () => {
  it.each([
    ['kept', false],
    ['watching', true],
  ] as const)('is looked after when it is %s: %s', (outcome, looked) => {
    expect(isLookedAfter({ outcome, proposal: remedy(GROWTH) })).toBe(looked);
  });

  it('is over when it is a restart, and stands when it stays', () => {
    expect(stands({ outcome: 'kept', proposal: remedy(REBOOT) })).toBe(false);
    expect(stands({ outcome: 'kept', proposal: remedy(GROWTH) })).toBe(true);
  });
});

it.each([
  ['auto', 'policy', undefined],
  ['approve', 'policy', 'the runbook database-storage-low is in mode approve by now'],
  ['approve', 'arn:aws:iam::123456789012:user/kim', undefined],
  ['off', 'arn:aws:iam::123456789012:user/kim', 'the runbook database-storage-low is in mode off by now'],
] as const)('what gives has to be in force still, too: in mode %s by %s', (mode, by, because) => {
  const policy = parsePolicy({ remediation: { modes: { 'database-storage-low': mode } } });
  expect(withdrawnBecause(remedy(GROWTH), by, policy)).toBe(because);
});
