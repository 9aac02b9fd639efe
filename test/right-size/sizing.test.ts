import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { saleDaysBefore } from '../../sandbox/fleet/sizing/demand.ts';
import { type SizingFleetOptions, seedSizingFleet } from '../../sandbox/fleet/sizing/sizing-fleet.ts';
import type { SizingFleet } from '../../sandbox/fleet/sizing/truth.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { forgetCalls, openStage, plansOf, type Stage, type StageOptions, stageForTest } from '../support/right-size.ts';
import { EVERY_RULE, sizingDifferences, tooSmallIn } from './sizing-truth.ts';

const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-2';
const NOW = new Date('2026-11-22T06:00:00Z');

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const SALES = saleDaysBefore(Math.floor(NOW.getTime() / DAY)).map((day) => ({
  from: dateOf(day.getTime()),
  to: dateOf(day.getTime() + DAY),
  why: 'a sale',
}));

const options = (policy: object = {}): StageOptions => ({
  now: NOW,
  policy: { scopes: [{ account: ACCOUNT, regions: [REGION] }], rules: EVERY_RULE, sales: SALES, ...policy },
});

/** The plan of the one account. */
async function planOf(stage: Stage, time?: Date): Promise<Plan> {
  const [plan] = await plansOf(stage, time);
  if (!plan) throw new Error('there is no plan');
  return plan;
}

const FEW: SizingFleetOptions = { instances: 1, databases: 1, volumes: 1, snapshots: 0 };

/** One instance, database and volume, each of the first label: two oversized machines and an unattached volume. */
async function few(policy: object = {}): Promise<{ stage: Stage; fleet: SizingFleet }> {
  const stage = await stageForTest(options(policy));
  return { stage, fleet: seedSizingFleet(stage.sandbox, FEW) };
}

const regionOf = ({ sandbox }: Stage) => sandbox.estate.account(ACCOUNT).region(REGION);

const instanceIn = (stage: Stage) => {
  const [instance] = regionOf(stage).ec2.instances.values();
  if (!instance) throw new Error('there is no instance');
  return instance;
};

const rulesOf = (all: readonly { readonly rule: string }[] = []): string[] => all.map(({ rule }) => rule).sort();

const TWO_OF_EACH: SizingFleetOptions = { instances: 24, databases: 18, volumes: 14, snapshots: 6 };

describe('a fleet with every kind of wrong size in it', () => {
  let stage: Stage;
  let fleet: SizingFleet;
  let plan: Plan;

  beforeAll(async () => {
    stage = await openStage(options());
    fleet = seedSizingFleet(stage.sandbox, { ...TWO_OF_EACH, seed: 2 });
    plan = await planOf(stage);
  });
  afterAll(() => stage.close());

  it('gets for every resource what its size deserves', () => {
    expect(sizingDifferences(plan, fleet)).toEqual([]);
  });

  it('is never to become smaller than what was ever asked of it, sale days included', () => {
    expect(plan.act.filter(({ action }) => action.kind.startsWith('resize-')).length).toBeGreaterThan(5);
    expect(tooSmallIn(plan, fleet)).toEqual([]);
  });

  it('is told what each change saves, and never to do what nobody has proven', () => {
    for (const { saving, resource } of plan.act)
      expect({ resource, saving }).toMatchObject({ saving: { known: true } });
    const suggested = (plan.findings ?? []).filter(({ rule }) => rule === 'oversized-instance');
    expect(suggested.length).toBeGreaterThan(0);
    for (const one of suggested) {
      expect(one).toMatchObject({
        kind: 'suggestion',
        note: expect.stringContaining('memory unknown: no CloudWatch agent measures it') as string,
        step: expect.stringContaining('aws ec2 modify-instance-attribute') as string,
      });
    }
  });

  it('gets one action for each resource at most', () => {
    const acted = plan.act.map(({ resource }) => resource.arn);
    expect(new Set(acted).size).toBe(acted.length);
  });

  it('is told of what is too small by its risk, and of what to do by hand', () => {
    const [{ text = '' } = {}] = stage.sent();
    expect(text).toMatch(/Left to you: \d+ findings\. .+\n\n- (undersized|memory-short|out-of-credits)-\d+ /);
    expect(text).toMatch(/\n {2}mind: .+(CPU|memory)/);
  });

  it('is measured by days and hours only, as many metrics a call as there may be', () => {
    const calls = stage.sandbox.calls.byOperation('GetMetricData');
    const queries = calls.map(({ input }) => input.MetricDataQueries as { MetricStat: { Period: number } }[]);
    expect(new Set(queries.flat().map(({ MetricStat }) => MetricStat.Period))).toEqual(new Set([3600, 86_400]));
    expect(Math.max(...queries.map(({ length }) => length))).toBeLessThanOrEqual(500);
    const metrics = queries.flat().length;
    expect(metrics / (fleet.all().length - fleet.all('snapshot').length)).toBeLessThan(12);
  });
});

it('gets right verdicts whatever the dice', async () => {
  const stage = await stageForTest(options());
  const fleet = seedSizingFleet(stage.sandbox, { ...TWO_OF_EACH, seed: 4 });
  const plan = await planOf(stage);
  expect([...sizingDifferences(plan, fleet), ...tooSmallIn(plan, fleet)]).toEqual([]);
});

describe('what AWS sells', () => {
  const CATALOGUE = ['DescribeInstanceTypes', 'DescribeInstanceTypeOfferings', 'DescribeOrderableDBInstanceOptions'];
  const asked = (stage: Stage) => CATALOGUE.filter((operation) => stage.sandbox.calls.count(operation) > 0);

  it('is remembered in the ledger for a week', async () => {
    const { stage } = await few();
    await planOf(stage);
    expect(asked(stage)).toEqual(CATALOGUE);
    for (const [days, again] of [
      [1, []],
      [6, []],
      [8, CATALOGUE],
    ] as const) {
      forgetCalls(stage);
      stage.sandbox.clock.advanceTo(new Date(NOW.getTime() + days * DAY));
      const plan = await planOf(stage);
      expect([days, asked(stage)]).toEqual([days, again]);
      expect(rulesOf(plan.act)).toEqual(['oversized-database', 'oversized-instance', 'unattached-volume']);
    }
  });

  it('is unknown when nobody may ask: nothing is resized, and it is said', async () => {
    const { stage } = await few();
    stage.sandbox.faults.add({ operation: 'DescribeInstanceTypes', fault: 'accessDenied' });
    const plan = await planOf(stage);
    expect(rulesOf(plan.act)).toEqual(['unattached-volume']);
    const left = plan.leave.filter(({ rule }) => rule.startsWith('oversized-'));
    expect(left).toMatchObject([{ unknown: true }, { unknown: true }]);
    expect(left[0]?.because).toMatch(/^what AWS offers is unknown: (AccessDenied|UnauthorizedOperation)/);
  });
});

it('says of two rules that want the same volume which one has it', async () => {
  const { stage } = await few();
  const [volume] = [...regionOf(stage).ec2.volumes.values()].filter(({ State }) => State === 'available');
  Object.assign(volume ?? {}, { VolumeType: 'gp2', Size: 2000 });
  const { act, leave } = await planOf(stage);
  const first = act.find(({ rule }) => rule === 'unattached-volume');
  const second = leave.filter(
    ({ rule, because }) => rule === 'volume-type' && because.endsWith('wants to act on it first'),
  );
  expect(second).toEqual([
    { rule: 'volume-type', resource: first?.resource, because: 'unattached-volume wants to act on it first' },
  ]);
});

describe('an oversized instance', () => {
  it('is to be resized in the mode of its rule', async () => {
    const { stage } = await few({ rules: { 'oversized-instance': { mode: 'report' } } });
    const { act } = await planOf(stage);
    expect(act).toMatchObject([{ rule: 'oversized-instance', mode: 'report', action: { kind: 'resize-instance' } }]);
  });

  it('is only suggested when its memory may not be looked up', async () => {
    const { stage } = await few();
    stage.sandbox.faults.add({ operation: 'ListMetrics', fault: 'accessDenied' });
    const plan = await planOf(stage);
    expect(rulesOf(plan.act)).toEqual(['oversized-database', 'unattached-volume']);
    expect(plan.findings).toMatchObject([
      {
        rule: 'oversized-instance',
        kind: 'suggestion',
        note: expect.stringContaining('memory unknown: AccessDenied') as string,
      },
    ]);
  });

  it.each([
    ['CloudFormation', { Key: 'aws:cloudformation:stack-name', Value: 'shop' }, /stack shop.*: InstanceType: /],
    ['Terraform', { Key: 'terraform-workspace', Value: 'prod' }, /terraform-workspace: prod\): instance_type = "/],
  ])('of %s is only suggested, with the owner and the line to paste', async (_, tag, step) => {
    const { stage } = await few();
    const instance = instanceIn(stage);
    instance.Tags = [...(instance.Tags ?? []), tag];
    const plan = await planOf(stage);
    expect(rulesOf(plan.act)).not.toContain('oversized-instance');
    expect(plan.findings).toMatchObject([
      { rule: 'oversized-instance', kind: 'suggestion', step: expect.stringMatching(step) as string },
    ]);
  });

  it('is not measured at all when no cheaper type is permitted', async () => {
    const off = { mode: 'off' };
    const rules = { 'idle-instance': off, 'idle-database': off, 'oversized-instance': {}, 'oversized-database': {} };
    const { stage } = await few({ rules, sizing: { instanceTypes: ['x9.*'], databaseClasses: ['db.x9.*'] } });
    const { act, leave } = await planOf(stage);
    expect([act, stage.sandbox.calls.count('GetMetricData')]).toEqual([[], 0]);
    expect(leave).toMatchObject([
      { because: 'no cheaper type is offered and permitted' },
      { because: 'no cheaper type is offered and permitted' },
    ]);
  });
});
