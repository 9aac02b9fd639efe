import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from 'vitest';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { plansOf, proposedIn, reasonsIn, stageForTest } from '../support/right-size.ts';
import { differences, UNCAPPED } from './truth.ts';

const SCOPES = [
  { account: PRODUCTION, regions: ['ap-northeast-2', 'us-east-1'] },
  { account: STAGING, regions: ['ap-northeast-2', 'us-east-1'] },
];

type Rules = Readonly<Record<'idle-database' | 'idle-instance', object>>;

/** The shop under a policy that holds nothing back, but for what the test wants otherwise. */
async function shop(spoiled: { defaults?: object; rules?: Partial<Rules> } = {}) {
  const { defaults = {}, rules = {} } = spoiled;
  const policy = {
    scopes: SCOPES,
    defaults,
    rules: {
      'idle-database': { ...UNCAPPED, ...rules['idle-database'] },
      'idle-instance': { ...UNCAPPED, ...rules['idle-instance'] },
    },
  };
  const stage = await stageForTest({ policy });
  return { stage, truth: seedShop(stage.sandbox) };
}

const IDLE = ['investor-demo', 'load-test-runner-3', 'orders-qa', 'reports-2023', 'reviews-old'];

describe('the shop', () => {
  it('is told what runs for nobody, and why everything else is left alone', async () => {
    const { stage, truth } = await shop();
    expect(differences(await plansOf(stage), truth)).toEqual([]);
    expect(truth.labelled('idle')).toHaveLength(IDLE.length);
  });

  it('is told the list price of what would stop', async () => {
    const { stage } = await shop();
    const plans = await plansOf(stage);
    const savings = plans.flatMap(({ act }) => act.map(({ resource, saving }) => [resource.name, saving] as const));
    // Dollars an hour, to a hundredth of a cent, Seoul 1.23 times us-east-1. An Aurora cluster is two of its members.
    const hourly = {
      'reports-2023': 0.925, // m5.2xlarge with Windows: (4 x 0.096 + 8 x 0.046) x 1.23
      'reviews-old': 0.64, // 2 x db.r6g.large Aurora MySQL: 2 x (0.215 x 1.21 x 1.23)
      'load-test-runner-3': 0.8364, // c6i.4xlarge: 8 x 0.085 x 1.23
      'orders-qa': 0.5501, // db.r6g.xlarge PostgreSQL, Single-AZ: 2 x 0.215 x 1.04 x 1.23
      'investor-demo': 0.192, // m5.xlarge in us-east-1: 2 x 0.096
    };
    expect(Object.fromEntries(savings)).toEqual(
      Object.fromEntries(
        Object.entries(hourly).map(([name, price]) => [
          name,
          {
            known: true,
            value: {
              basis: 'list',
              monthly: { currency: 'USD', amount: expect.closeTo(price * 730, 2) as number },
              stillBilled: expect.any(Array) as string[],
            },
          },
        ]),
      ),
    );
  });

  it('is told what goes on being billed, and what a start would not bring back', async () => {
    const { stage } = await shop();
    const acts = new Map((await plansOf(stage)).flatMap(({ act }) => act).map((one) => [one.resource.name, one]));
    expect(acts.get('reports-2023')).toMatchObject({
      saving: { value: { stillBilled: ['500 GiB of gp2 and 30 GiB of gp3 volumes', '1 Elastic IP'] } },
      undo: { reversibility: 'full' },
    });
    expect(acts.get('investor-demo')?.undo).toEqual({
      reversibility: 'partial',
      loses: 'its public IPv4 address: a start brings a new one',
    });
    expect(acts.get('orders-qa')?.saving).toMatchObject({
      value: { stillBilled: ['500 GiB of gp3 storage and backups'] },
    });
  });

  it('gets one message an account', async () => {
    const { stage } = await shop();
    await plansOf(stage);
    expect(
      stage
        .sent()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual([
      '[Lamplighter] 111111111111: 3 resources to stop, $1,753.02 a month',
      '[Lamplighter] 222222222222: 2 resources to stop, $541.73 a month',
    ]);
  });
});

describe('the policy', () => {
  it('may know of a connection that monitoring always holds', async () => {
    const { stage } = await shop({ rules: { 'idle-database': { monitoringConnections: 1 } } });
    const plans = await plansOf(stage);
    expect(proposedIn(plans).sort()).toEqual([...IDLE, 'payments-qa'].sort());
    const found = plans.flatMap(({ act }) => act).find(({ resource }) => resource.name === 'payments-qa');
    expect(found?.because).toContain('at most 1 connection, as monitoring holds,');
  });

  it('may care for small savings, too', async () => {
    const { stage } = await shop({ defaults: { minMonthlySaving: 3 } });
    expect(proposedIn(await plansOf(stage)).sort()).toEqual([...IDLE, 'legacy-ftp'].sort());
  });

  it('may care for large savings only', async () => {
    const { stage } = await shop({ defaults: { minMonthlySaving: 600 } });
    const plans = await plansOf(stage);
    expect(proposedIn(plans)).toEqual(['reports-2023', 'load-test-runner-3']);
    expect(reasonsIn(plans)['orders-qa']).toBe(
      "idle, but stopping it saves $401.57 a month, less than the policy's $600.00",
    );
  });

  it('may switch a rule off: its resources are not even listed', async () => {
    const { stage } = await shop({ rules: { 'idle-database': { mode: 'off' } } });
    const plans = await plansOf(stage);
    expect(proposedIn(plans)).toEqual(['reports-2023', 'load-test-runner-3', 'investor-demo']);
    expect(plans.flatMap(({ leave }) => leave).every(({ rule }) => rule === 'idle-instance')).toBe(true);
    expect(stage.sandbox.calls.count('DescribeDBInstances')).toBe(0);
  });

  it('may switch everything off', async () => {
    const { stage } = await shop({ defaults: { mode: 'off' } });
    const plans = await plansOf(stage);
    expect(plans.map(({ act, deferred, leave }) => [act, deferred, leave])).toEqual([
      [[], [], []],
      [[], [], []],
    ]);
  });

  it('caps each rule by itself, the dearest first, and says what waits', async () => {
    const { stage } = await shop({ rules: { 'idle-instance': { cap: { count: 1, share: '100%' } } } });
    const [production] = await plansOf(stage);
    expect(production?.act.map(({ resource }) => resource.name)).toEqual(['reports-2023', 'reviews-old']);
    const waiting = production?.deferred.map(({ resource, deferredBecause }) => [resource.name, deferredBecause]);
    const why = 'beyond the cap of 1 idle-instance actions a plan';
    expect(waiting).toContainEqual(['load-test-runner-3', why]);
    expect(
      stage
        .sent()
        .map(({ text }) => text)
        .join(),
    ).toContain(why);
  });

  it('shortens the window: what is young then is old enough', async () => {
    const { stage } = await shop({ rules: { 'idle-instance': { window: '7d' } } });
    const plans = await plansOf(stage);
    expect(proposedIn(plans)).toContain('new-recommender'); // nine days old
    expect(proposedIn(plans)).toContain('qa-grid-7'); // its gap is twelve days ago
    expect(proposedIn(plans)).toContain('month-end-invoices'); // its night is nine days ago: too short a window
  });

  it('may name another tag that protects', async () => {
    const { stage } = await shop({ defaults: { protectTag: 'env' } });
    expect(proposedIn(await plansOf(stage))).toEqual([]);
  });
});

it('gives the room of what turns out to be stop-protected to the next', async () => {
  const { stage } = await shop({ rules: { 'idle-instance': { cap: { count: 2, share: '100%' } } } });
  const region = stage.sandbox.estate.account(PRODUCTION).region('ap-northeast-2');
  const dearest = [...region.ec2.instances.values()].find(({ InstanceType }) => InstanceType === 'm5.2xlarge');
  dearest!.DisableApiStop = true;
  const [production] = await plansOf(stage);
  expect(production?.act.map(({ resource }) => resource.name)).toEqual(['load-test-runner-3', 'reviews-old']);
  expect(reasonsIn([production!])).toMatchObject({
    'reports-2023': 'stop protection is on',
    'license-server': 'stop protection is on',
  });
});

it('leaves alone what a person has vetoed, until the veto ends', async () => {
  const { stage, truth } = await shop();
  const arn = truth.all().find(({ name }) => name === 'reviews-old')!.arn;
  const veto = { until: '2026-11-03T00:00:00.000Z', by: 'min', why: 'the auditors want it' };
  const Item = marshall({ pk: `ANSWER#${PRODUCTION}`, sk: `VETO#${arn}`, ...veto });
  await stage.hub.dynamodb.send(new PutItemCommand({ TableName: stage.hub.table, Item }));
  const plans = await plansOf(stage);
  expect(proposedIn(plans)).not.toContain('reviews-old');
  expect(reasonsIn(plans)['reviews-old']).toBe('vetoed by min until 2026-11-03: the auditors want it');
  stage.sandbox.clock.advance({ days: 1 });
  expect(proposedIn(await plansOf(stage))).toContain('reviews-old');
});

it('knows a member of an Auto Scaling group by the group, tag or no tag', async () => {
  const { stage } = await shop();
  const { ec2 } = stage.sandbox.estate.account(PRODUCTION).region('ap-northeast-2');
  for (const instance of ec2.instances.values()) {
    instance.Tags = (instance.Tags ?? []).filter(({ Key }) => Key !== 'aws:autoscaling:groupName');
  }
  expect(reasonsIn(await plansOf(stage))['web-spare']).toBe(
    'owned by the Auto Scaling group web, which would replace it',
  );
});
