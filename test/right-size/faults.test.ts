import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/faults.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import {
  forgetCalls,
  fullRun,
  planIn,
  plansOf,
  proposedIn,
  reasonsIn,
  type Stage,
  stageForTest,
} from '../support/right-size.ts';
import { differences, UNCAPPED } from './truth.ts';
import { openWire } from './wire.ts';

const REGIONS = ['ap-northeast-2', 'us-east-1'];
const BOTH = [
  { account: PRODUCTION, regions: REGIONS },
  { account: STAGING, regions: REGIONS },
];
const ONLY_STAGING = [{ account: STAGING, regions: REGIONS }];

type Scopes = readonly { readonly account: string; readonly regions: readonly string[] }[];

interface Trouble {
  readonly scopes?: Scopes;
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
}

/** The shop, in trouble. */
async function shop({ scopes = BOTH, faults = [], ...options }: Trouble & SandboxOptions = {}) {
  const policy = { scopes, rules: { 'idle-database': UNCAPPED, 'idle-instance': UNCAPPED } };
  const stage = await stageForTest({ ...options, policy });
  const truth = seedShop(stage.sandbox);
  for (const fault of faults) stage.sandbox.faults.add(fault);
  return { stage, truth };
}

/** The plans, or the error that the function ended with. */
const attempt = (stage: Stage) => plansOf(stage).catch((error: Error) => error);

async function recorded({ hub }: Stage): Promise<string[]> {
  const { Items = [] } = await hub.dynamodb.send(new ScanCommand({ TableName: hub.table, ConsistentRead: true }));
  return Items.map(({ pk }) => pk?.S ?? '').filter((pk) => pk.startsWith('RUN#'));
}

const textOf = (stage: Stage, account: string): string =>
  stage.sent().find(({ attributes }) => attributes.account === account)?.text ?? '';

describe('trouble with CloudWatch', () => {
  it.each([1, 2, 3])('60 %% throttled (seed %i): the right answer or an error, never "nothing idle"', async (seed) => {
    const faults = [{ operation: 'GetMetricData', share: 0.6, fault: 'throttle' }] as const;
    const { stage, truth } = await shop({ seed, faults });
    const result = await attempt(stage);
    if (result instanceof Error) expect(await recorded(stage)).toHaveLength(stage.sent().length);
    else expect(differences(result, truth)).toEqual([]);
    expect(stage.sandbox.calls.all().filter(({ fault }) => fault === 'throttle').length).toBeGreaterThan(0);
  });

  it('throttled for good: the run fails and records nothing', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING, faults: [{ operation: 'GetMetricData', fault: 'throttle' }] });
    expect(await attempt(stage)).toMatchObject({
      name: 'AccountsFailedError',
      message: expect.stringContaining('Throttling'),
    });
    expect(await recorded(stage)).toEqual([]);
    expect(stage.sent()).toEqual([]);
  });

  it('denied: everything is unknown, nothing is planned, and the message says so', async () => {
    const { stage, truth } = await shop({ faults: [{ service: 'cloudwatch', fault: 'accessDenied' }] });
    const plans = await plansOf(stage);
    expect(plans.flatMap(({ act, deferred }) => [...act, ...deferred])).toEqual([]);
    const left = new Map(plans.flatMap(({ leave }) => leave).map((one) => [one.resource.arn, one]));
    for (const arn of truth.labelled('idle')) {
      expect(left.get(arn)).toMatchObject({
        unknown: true,
        because: expect.stringMatching(/^(CPU|connections) unknown: AccessDeniedException$/) as string,
      });
    }
    expect(textOf(stage, STAGING)).toMatch(/Could not be judged, and so left alone:\n- \d x (CPU|connections) unknown/);
    expect(stage.sent().map(({ attributes }) => attributes.severity)).toEqual(['warning', 'warning']);
  });

  it('denied in one region: the other one is judged', async () => {
    const faults = [{ operation: 'GetMetricData', region: 'ap-northeast-2', fault: 'accessDenied' }] as const;
    const { stage } = await shop({ scopes: ONLY_STAGING, faults });
    expect(proposedIn(await plansOf(stage))).toEqual(['investor-demo']);
  });

  it('answering page by page: every page is read', async () => {
    const { stage, truth } = await shop({ faults: [{ operation: 'GetMetricData', fault: 'partialData' }] });
    expect(differences(await plansOf(stage), truth)).toEqual([]);
  });

  it('losing data once: it is asked again, and judged', async () => {
    const lostData = { operation: 'GetMetricData', times: 2, fault: { lostData: true } } as const;
    const { stage, truth } = await shop({ scopes: ONLY_STAGING, faults: [lostData] });
    expect(differences(await plansOf(stage), truth, STAGING)).toEqual([]);
  });

  it('losing data for good in one region: unknown there, judged elsewhere', async () => {
    const lostData = { operation: 'GetMetricData', region: 'ap-northeast-2', fault: { lostData: true } } as const;
    const { stage } = await shop({ scopes: ONLY_STAGING, faults: [lostData] });
    const plans = await plansOf(stage);
    expect(proposedIn(plans)).toEqual(['investor-demo']);
    expect(reasonsIn(plans)).toMatchObject({
      'orders-qa': 'connections unknown: CloudWatch answered PartialData',
      'staging-web': 'CPU unknown: CloudWatch answered PartialData',
    });
  });
});

describe('trouble with an account', () => {
  const spoilRole = (how: 'is missing' | 'wants another external id', stage: Stage) => {
    const account = stage.sandbox.estate.account(STAGING);
    if (how === 'is missing') account.roles.delete('lamplighter-look');
    else account.role('lamplighter-look', { externalId: 'somebody-else' });
  };

  it.each(['is missing', 'wants another external id'] as const)(
    'whose role %s: said, and the other is done',
    async (how) => {
      const { stage } = await shop();
      spoilRole(how, stage);
      const plans = await plansOf(stage);
      const denied = plans.find(({ account }) => account === STAGING);
      expect(denied).toMatchObject({ act: [], deferred: [], leave: [] });
      expect(denied?.unreadable).toHaveLength(2 * 2); // regions, types
      expect(denied?.unreadable[0]).toEqual({
        account: STAGING,
        region: 'ap-northeast-2',
        what: 'database',
        why: `may not assume arn:aws:iam::${STAGING}:role/lamplighter-look: AccessDenied`,
      });
      expect(textOf(stage, STAGING)).toContain('Could not be read, so what is there is unknown:');
      expect(proposedIn(plans)).toHaveLength(3); // production's
    },
  );

  it('of which a region is not enabled: said, with a hint, and the other regions are done', async () => {
    const { stage } = await shop({ scopes: [{ account: STAGING, regions: ['ap-east-1', ...REGIONS] }] });
    const plans = await plansOf(stage);
    expect(plans[0]?.unreadable.map(({ region, what }) => `${region} ${what}`)).toEqual([
      'ap-east-1 database',
      'ap-east-1 instance',
    ]);
    expect(textOf(stage, STAGING)).toContain('is the region enabled in this account?');
    expect(proposedIn(plans)).toEqual(['orders-qa', 'investor-demo']);
  });

  it('that shows its instances but not its databases: the one is judged, the other said to be unknown', async () => {
    const faults = [{ service: 'rds', account: STAGING, region: 'ap-northeast-2', fault: 'accessDenied' }] as const;
    const { stage } = await shop({ scopes: ONLY_STAGING, faults });
    const plans = await plansOf(stage);
    expect(plans[0]?.unreadable).toEqual([
      {
        account: STAGING,
        region: 'ap-northeast-2',
        what: 'database',
        why: 'may not list databases in ap-northeast-2: AccessDenied',
      },
    ]);
    expect(Object.keys(reasonsIn(plans)).sort()).toEqual([
      'ci-runner-spot',
      'old-jenkins',
      'perf-lab',
      'qa-grid-7',
      'staging-web',
    ]);
    expect(proposedIn(plans)).toEqual(['investor-demo']);
  });

  it('that hides its Auto Scaling groups: its instances are unknown, for a member must never be stopped', async () => {
    const { stage } = await shop({ faults: [{ service: 'autoscaling', account: PRODUCTION, fault: 'accessDenied' }] });
    const plans = await plansOf(stage);
    const production = plans.find(({ account }) => account === PRODUCTION);
    expect(production?.unreadable.map(({ what }) => what)).toEqual(['instance', 'instance']);
    expect(proposedIn([production!])).toEqual(['reviews-old']);
  });

  it('that fails for good (5xx): no plan for it, the other is done, and the run fails last and names it', async () => {
    const faults = [{ operation: 'DescribeInstances', account: PRODUCTION, fault: 'serverError' }] as const;
    const { stage } = await shop({ faults });
    await expect(fullRun(stage)).rejects.toMatchObject({
      name: 'AccountsFailedError',
      failed: [{ account: PRODUCTION, error: expect.stringContaining('InternalError') as string }],
      message: expect.stringContaining(`1 of 2 accounts failed, the others are done: ${PRODUCTION}`) as string,
    });
    expect(await recorded(stage)).toEqual([`RUN#right-size#${STAGING}`]);
    expect(stage.sent().map(({ attributes }) => attributes.account)).toEqual([STAGING]);
  });

  it('that failed is made good by the retry, which does not repeat the other', async () => {
    const { stage, truth } = await shop();
    const fault = stage.sandbox.faults.add({
      operation: 'DescribeInstances',
      account: PRODUCTION,
      fault: 'serverError',
    });
    await expect(fullRun(stage)).rejects.toThrow();
    fault.remove();
    const outcomes = await fullRun(stage);
    expect(outcomes.map(({ account, said }) => `${account} ${said}`)).toEqual([
      `${PRODUCTION} sent`,
      `${STAGING} before`,
    ]);
    const plans = await Promise.all(outcomes.map(({ id }) => planIn(stage, id)));
    expect(differences(plans, truth)).toEqual([]);
    expect(stage.sent()).toHaveLength(2);
  });

  it('of which the second page never comes: no plan, rather than one of half the inventory', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING });
    const { rds } = stage.sandbox.estate.account(STAGING).region('us-east-1');
    for (let number = 1; number <= 101; number += 1) rds.addInstance({ DBInstanceIdentifier: `filler-${number}` });
    const wire = await openWire(stage.sandbox.url, { never: /Action=DescribeDBInstances.*&Marker=/ });
    await expect(fullRun(stage, undefined, { settings: { AWS_ENDPOINT_URL: wire.url } })).rejects.toMatchObject({
      name: 'AccountsFailedError',
    });
    await wire.close();
    expect(stage.sandbox.calls.count('DescribeDBInstances')).toBeGreaterThan(0);
    expect(await recorded(stage)).toEqual([]);
  });
});

describe('trouble with what is asked of an instance', () => {
  const faultIn = (operation: string) => shop({ scopes: ONLY_STAGING, faults: [{ operation, fault: 'accessDenied' }] });

  it('stop protection denied: left, because it is unknown', async () => {
    const { stage } = await faultIn('DescribeInstanceAttribute');
    const plans = await plansOf(stage);
    expect(proposedIn(plans)).toEqual(['orders-qa']);
    expect(plans[0]?.leave.find(({ resource }) => resource.name === 'investor-demo')).toMatchObject({
      unknown: true,
      because: 'stop protection unknown: UnauthorizedOperation',
    });
  });

  it('instance types denied: left, because local disks are unknown', async () => {
    const { stage } = await faultIn('DescribeInstanceTypes');
    expect(reasonsIn(await plansOf(stage))['investor-demo']).toBe('local disks unknown: UnauthorizedOperation');
  });

  it('volumes denied: proposed, because volumes only tell what goes on being billed', async () => {
    const { stage } = await faultIn('DescribeVolumes');
    const [plan] = await plansOf(stage);
    expect(plan?.act.find(({ resource }) => resource.name === 'investor-demo')?.saving).toMatchObject({
      value: { stillBilled: ['its volumes'] },
    });
  });
});

describe('trouble with the price list', () => {
  async function cachedPrices({ hub }: Stage): Promise<number> {
    const { Items = [] } = await hub.dynamodb.send(new ScanCommand({ TableName: hub.table, ConsistentRead: true }));
    return Items.filter(({ pk }) => pk?.S?.startsWith('PRICE#')).length;
  }

  it('denied: the savings are unknown, which is said and not remembered', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING });
    const fault = stage.sandbox.faults.add({ service: 'pricing', fault: 'accessDenied' });
    const [plan] = await plansOf(stage);
    expect(plan?.act.map(({ saving }) => saving)).toEqual([
      { known: false, why: 'may not read the price list: AccessDeniedException' },
      { known: false, why: 'may not read the price list: AccessDeniedException' },
    ]);
    expect(textOf(stage, STAGING)).toContain('saves an unknown amount: may not read the price list');
    expect(await cachedPrices(stage)).toBe(0);
    fault.remove();
    const [next] = await plansOf(stage, new Date(stage.sandbox.clock.now().getTime() + 60_000));
    expect(next?.act.every(({ saving }) => saving.known)).toBe(true);
    expect(await cachedPrices(stage)).toBe(2);
  });

  it('empty: the savings are unknown, which is said and not remembered', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING });
    const { prices } = stage.sandbox.estate;
    prices.clear();
    for (const serviceCode of ['AmazonEC2', 'AmazonRDS']) {
      prices.add({
        serviceCode,
        productFamily: 'Other',
        attributes: { regionCode: 'none' },
        unit: 'Hrs',
        usdPerUnit: 1,
      });
    }
    const [plan] = await plansOf(stage);
    expect(plan?.act.map(({ saving }) => saving)).toEqual([
      { known: false, why: 'no list price for m5.xlarge' },
      { known: false, why: 'no list price for db.r6g.xlarge' },
    ]);
    expect(textOf(stage, STAGING)).toContain('2 savings unknown');
    expect(await cachedPrices(stage)).toBe(0);
  });

  it('broken: the run fails, for it would pass soon', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING, faults: [{ service: 'pricing', fault: 'serverError' }] });
    expect(await attempt(stage)).toMatchObject({ name: 'AccountsFailedError' });
    expect(await recorded(stage)).toEqual([]);
  });
});

describe('trouble with the hub', () => {
  it('SNS refuses: the run fails, and the next delivery announces what was recorded', async () => {
    const { stage } = await shop({ scopes: ONLY_STAGING });
    const fault = stage.sandbox.faults.add({ service: 'sns', fault: 'accessDenied' });
    await expect(fullRun(stage)).rejects.toMatchObject({ name: 'AccountsFailedError' });
    expect(await recorded(stage)).toHaveLength(1);
    fault.remove();
    forgetCalls(stage);
    expect(await fullRun(stage, undefined, { requestId: 'another' })).toMatchObject([{ said: 'sent' }]);
    expect(stage.sent()).toHaveLength(1);
    expect(stage.sandbox.calls.count('DescribeInstances'), 'what was recorded is not gathered again').toBe(0);
  });

  it('DynamoDB throttles half of the calls: done, once', async () => {
    const { stage, truth } = await shop({ faults: [{ service: 'dynamodb', share: 0.5, fault: 'throttle' }] });
    const result = await attempt(stage);
    stage.sandbox.faults.clear();
    const plans = result instanceof Error ? await plansOf(stage) : result;
    expect(differences(plans, truth)).toEqual([]);
    expect(stage.sent()).toHaveLength(2);
    expect(await recorded(stage)).toHaveLength(2);
  });

  it('DynamoDB throttles everything: the run fails, says where, and looks at nothing', async () => {
    const { stage } = await shop({ faults: [{ service: 'dynamodb', fault: 'throttle' }] });
    await expect(fullRun(stage)).rejects.toMatchObject({ name: 'LedgerUnavailableError', retryHelps: true });
    expect(stage.sandbox.calls.count('AssumeRole')).toBe(0);
    stage.sandbox.faults.clear();
  });

  it('DynamoDB refuses: the run fails and says which permission is missing', async () => {
    const { stage } = await shop({ faults: [{ service: 'dynamodb', operation: 'PutItem', fault: 'accessDenied' }] });
    await expect(fullRun(stage)).rejects.toThrow('allow dynamodb:PutItem on the table');
    expect(stage.sent()).toEqual([]);
  });

  it('the policy cannot be read: the run fails; the defaults in its place would be a silent change', async () => {
    const { stage } = await shop({ faults: [{ operation: 'GetItem', fault: 'serverError' }] });
    await expect(fullRun(stage)).rejects.toMatchObject({ name: 'LedgerUnavailableError' });
    expect(stage.sandbox.calls.count('AssumeRole')).toBe(0);
  });
});

describe('trouble everywhere', () => {
  it.each([1, 2])('every seventh reply lost (seed %i): right, and each message has one id', async (seed) => {
    const { stage, truth } = await shop({ seed, faults: [{ share: 1 / 7, fault: 'replyLost' }] });
    const outcomes = await fullRun(stage);
    stage.sandbox.faults.clear();
    const plans = await Promise.all(outcomes.map(({ id }) => planIn(stage, id)));
    expect(differences(plans, truth)).toEqual([]);
    expect(new Set(stage.sent().map(({ facts }) => facts.id)).size).toBe(2);
  });

  it('every seventh call broken: right', async () => {
    const { stage, truth } = await shop({ faults: [{ share: 1 / 7, fault: 'serverError' }] });
    const outcomes = await fullRun(stage);
    stage.sandbox.faults.clear();
    const plans = await Promise.all(outcomes.map(({ id }) => planIn(stage, id)));
    expect(differences(plans, truth)).toEqual([]);
    expect(stage.sent()).toHaveLength(2);
  });

  it('every request to the ledger delivered twice: recorded and announced once', async () => {
    const { stage } = await shop({ faults: [{ service: 'dynamodb', fault: 'duplicate' }] });
    expect((await fullRun(stage)).map(({ said }) => said)).toEqual(['sent', 'sent']);
    stage.sandbox.faults.clear();
    expect(stage.sent()).toHaveLength(2);
    expect(await recorded(stage)).toHaveLength(2);
  });
});

it('shows itself in each account under the name of the function', async () => {
  const { stage } = await shop();
  await fullRun(stage);
  const looking = stage.sandbox.calls
    .all()
    .filter(({ service }) => ['ec2', 'rds', 'cloudwatch', 'autoscaling'].includes(service));
  expect(new Set(looking.map(({ principal }) => principal))).toEqual(
    new Set(
      [PRODUCTION, STAGING].map((id) => `arn:aws:sts::${id}:assumed-role/lamplighter-look/lamplighter-right-size`),
    ),
  );
  expect(stage.sandbox.calls.count('AssumeRole'), 'one session an account').toBe(2);
});
