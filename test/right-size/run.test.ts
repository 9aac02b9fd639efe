import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DAY } from '../../sandbox/clock.ts';
import { seedFleet } from '../../sandbox/fleet/fleet.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { dynamoPriceCache } from '../../shared/aws/ledger/prices.ts';
import { known } from '../../shared/core/evidence.ts';
import { money } from '../../shared/core/money.ts';
import type { PriceQuery } from '../../shared/core/price-query.ts';
import {
  coldStart,
  forgetCalls,
  fullRun,
  lambdaContext,
  type Outcome,
  openStage,
  planIn,
  proposedIn,
  type Stage,
  stageForTest,
  wake,
} from '../support/right-size.ts';
import { type Accident, openWire } from './wire.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const policyFor = (...regions: string[]) => ({ scopes: [{ account: STAGING, regions }] });

/** The shop's staging account in Virginia: one idle instance, and nothing else. */
const POLICY = policyFor('us-east-1');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

async function staging(policy: object = POLICY): Promise<Stage> {
  const stage = await stageForTest({ now: NOW, policy });
  seedShop(stage.sandbox);
  return stage;
}

/** Another day of the sandbox, of the machine, and of whoever asks what time it is. */
function nextDay({ sandbox }: Stage, days = 1): void {
  sandbox.clock.advance(days * DAY);
  vi.setSystemTime(sandbox.clock.now());
}

async function itemsOf({ hub }: Stage, family: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await hub.dynamodb.send(new ScanCommand({ TableName: hub.table, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item)).filter(({ pk }) => String(pk).startsWith(family));
}

/** How a tick has ended: its runs in the ledger with their plans, and the ids of the messages. */
async function endOf(stage: Stage) {
  const runs = await itemsOf(stage, 'RUN#');
  const plans = await Promise.all(runs.map(({ planId }) => planIn(stage, String(planId))));
  return {
    runs: runs.map(({ pk, sk, state, saidAt }) => ({ pk, sk, state, saidAt })),
    headers: (await itemsOf(stage, 'PLAN#')).filter(({ sk }) => sk === 'HEADER').length,
    proposed: proposedIn(plans),
    messages: stage.sent().map(({ facts }) => facts.id),
  };
}

const WELL_ENDED = {
  runs: [
    {
      pk: `RUN#right-size#${STAGING}`,
      sk: `TICK#${NOW.toISOString()}`,
      state: 'announced',
      saidAt: NOW.toISOString(),
    },
  ],
  headers: 1,
  proposed: ['investor-demo'],
  messages: [expect.stringMatching(/^[0-9a-f]{16}$/)],
};

describe('a tick', () => {
  it('is recorded and announced', async () => {
    const stage = await staging();
    const [outcome] = await fullRun(stage);
    expect(outcome).toMatchObject({ account: STAGING, time: NOW.toISOString(), said: 'sent', counts: { act: 1 } });
    expect(await endOf(stage)).toEqual(WELL_ENDED);
  });

  it('says what it found, how much it is worth, how to keep it on, and where to read more', async () => {
    const stage = await staging();
    const [outcome] = await fullRun(stage);
    const [message] = stage.sent();
    expect(message?.subject).toBe('[Lamplighter] 222222222222: 1 resource to stop, $140.16 a month');
    expect(message?.text).toContain('investor-demo (m5.xlarge) in us-east-1, owner sales');
    expect(message?.text).toMatch(
      /aws ec2 create-tags --region us-east-1 --resources i-[0-9a-f]+ --tags '?Key=lamplighter:protect,/,
    );
    expect(message?.text).toContain(`PLAN#${outcome?.id}`);
    expect(message?.facts).toMatchObject({ kind: 'plan', plan: outcome?.id, hash: outcome?.hash, account: STAGING });
    expect(message?.attributes).toMatchObject({ kind: 'plan', severity: 'info', account: STAGING });
  });

  it('is announced once when it is delivered twice', async () => {
    const stage = await staging();
    const [first] = await fullRun(stage, NOW, { requestId: 'first' });
    const [second] = await fullRun(stage, NOW, { requestId: 'second' });
    expect(second).toEqual({ ...first, said: 'before' });
    expect(await endOf(stage)).toEqual(WELL_ENDED);
  });

  it('is not read again when its plan is recorded: the second delivery tells the first one’s', async () => {
    const stage = await staging();
    await fullRun(stage, NOW, { requestId: 'first' });
    forgetCalls(stage);
    await fullRun(stage, NOW, { requestId: 'second' });
    expect(stage.sandbox.calls.all().filter(({ service }) => service !== 'dynamodb')).toEqual([]);
  });

  it('is announced once when two deliveries of it run at once', async () => {
    const stage = await staging();
    const deliveries = ['first', 'second'].map(async (requestId) => [await coldStart(stage), requestId] as const);
    const [one, two] = await Promise.all(deliveries);
    const event = { time: NOW.toISOString() };
    const outcomes = (await Promise.all(
      [one!, two!].map(([handler, requestId]) => handler(event, lambdaContext(stage, requestId))),
    )) as Outcome[][];
    expect(
      outcomes
        .flat()
        .map(({ said }) => said)
        .sort(),
    ).not.toEqual(['sent', 'sent']);
    expect(new Set(outcomes.flat().map(({ id }) => id)).size).toBe(1);
    expect(await endOf(stage)).toEqual(WELL_ENDED);
  });

  it('has one plan, even when two deliveries of it see different estates', async () => {
    const stage = await staging();
    const hold = Promise.withResolvers<void>();
    const wire = await openWire(stage.sandbox.url, { hold: /"RequestItems":.*"PutRequest"/, until: hold.promise });
    const slow = fullRun(stage, NOW, { requestId: 'slow', settings: { AWS_ENDPOINT_URL: wire.url } });
    await wire.held; // it has decided, and is about to write
    const [instance] = stage.sandbox.estate.account(STAGING).region('us-east-1').ec2.instances.values();
    instance!.DisableApiStop = true;
    const [fast] = await fullRun(stage, NOW, { requestId: 'fast' });
    hold.resolve();
    const [late] = await slow;
    await wire.close();
    expect(fast).toMatchObject({ said: 'sent', counts: { act: 0, leave: 1 } });
    expect(late).toEqual({ ...fast, said: 'before' });
    expect(stage.sent()).toHaveLength(1);
  });

  it('whose announcement hangs is announced by another delivery once the claim has ended, not before', async () => {
    const stage = await staging();
    const hanging = stage.sandbox.faults.add({ service: 'sns', operation: 'Publish', fault: 'timeout' });
    const dying = fullRun(stage, NOW, { requestId: 'dying' });
    await vi.waitUntil(() => hanging.met > 0, { timeout: 30_000 });
    hanging.remove(); // the first delivery hangs in its publish, and is dead for all that the others can see
    const [other] = await fullRun(stage, NOW, { requestId: 'other' });
    expect(other?.said).toBe('by another delivery');
    expect(stage.sent()).toEqual([]);
    vi.setSystemTime(NOW.getTime() + 301_000);
    const [later] = await fullRun(stage, NOW, { requestId: 'later' });
    expect(later?.said).toBe('sent');
    expect(await endOf(stage)).toEqual(WELL_ENDED);
    dying.catch(() => undefined); // it ends with the sandbox
  });

  it('that comes without a time is stamped once, with the time of its arrival', async () => {
    const stage = await staging();
    const [outcome] = await wake<Outcome[]>(stage, {});
    expect(outcome).toMatchObject({ time: NOW.toISOString(), said: 'sent' });
    expect(await endOf(stage)).toEqual(WELL_ENDED);
  });

  it('without a stored policy looks at the function’s own account and region, and only reports', async () => {
    const stage = await stageForTest({ now: NOW });
    const { hub } = stage.sandbox.estate;
    seedFleet(stage.sandbox, {
      accounts: [hub.id],
      regions: ['ap-northeast-2', 'eu-west-1'],
      instances: 12,
      databases: 6,
    });
    const outcomes = await fullRun(stage);
    expect(outcomes.map(({ account }) => account)).toEqual([hub.id]);
    const plan = await planIn(stage, outcomes[0]!.id);
    const verdicts = [...plan.act, ...plan.deferred, ...plan.leave];
    expect(verdicts.length).toBeGreaterThan(0);
    expect(new Set(verdicts.map(({ resource }) => resource.region))).toEqual(new Set(['ap-northeast-2']));
    expect(new Set([...plan.act, ...plan.deferred].map(({ mode }) => mode))).toEqual(new Set(['report']));
  });
});

describe('a crash', () => {
  /** The price of the one idle instance, as an earlier run of the week has left it. */
  const PRICE: PriceQuery = {
    service: 'AmazonEC2',
    region: 'us-east-1',
    attributes: {
      instanceType: 'm5.xlarge',
      operation: 'RunInstances',
      tenancy: 'Shared',
      capacitystatus: 'Used',
      marketoption: 'OnDemand',
    },
  };

  /** Every call of a run without accidents, in order of arrival; the accidents happen at each of them. */
  const CALLS = [
    'GetItem', // the policy
    'Query', // the run, is it there?
    'Query', // vetoes
    'GetItem', // the ladder
    'GetItem', // idle alarms
    'AssumeRole',
    'DescribeDBInstances',
    'DescribeDBClusters',
    'DescribeAutoScalingGroups',
    'DescribeInstances',
    'GetMetricData', // CPU
    'GetMetricData', // network
    'DescribeInstanceTypes',
    'BatchGetItem', // prices
    'DescribeVolumes',
    'DescribeInstanceAttribute',
    'PutItem', // the ladder
    'BatchWriteItem', // the parts of the plan
    'PutItem', // its header
    'PutItem', // the run
    'Publish',
    'UpdateItem', // announced
  ];
  const numbered = CALLS.map((operation, index) => ({ number: index + 1, operation }));
  const operationOf = (number: number): string => CALLS[number - 1] ?? '';

  async function inStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
    const stage = await openStage({ now: NOW, policy: POLICY });
    seedShop(stage.sandbox);
    const { dynamodb, table } = stage.hub;
    await dynamoPriceCache({ client: dynamodb, table }).put(PRICE, known(money('USD', 0.192)), NOW);
    forgetCalls(stage);
    const result = await work(stage);
    await stage.close();
    return result;
  }

  /** A delivery that meets the accident. */
  async function deliverOver(stage: Stage, accident: Accident, requestId: string): Promise<'done' | 'failed'> {
    const wire = await openWire(stage.sandbox.url, accident);
    const settings = { AWS_ENDPOINT_URL: wire.url };
    const end = await fullRun(stage, NOW, { requestId, settings }).then(
      () => 'done' as const,
      () => 'failed' as const,
    );
    await wire.close();
    return end;
  }

  /** The one place in which a message may come twice: SNS has it, the ledger does not know. */
  const repeats = (accident: Accident): boolean => {
    if ('dieBefore' in accident) return operationOf(accident.dieBefore) === 'UpdateItem';
    if ('dieAfter' in accident) return operationOf(accident.dieAfter) === 'Publish';
    return 'loseReplyOf' in accident && operationOf(accident.loseReplyOf) === 'Publish';
  };

  const expectedAfter = (accident: Accident) => {
    const [id] = WELL_ENDED.messages;
    return repeats(accident) ? { ...WELL_ENDED, messages: [id, id] } : WELL_ENDED;
  };

  async function recovered(accident: Accident, retry: (stage: Stage) => Promise<unknown>): Promise<void> {
    await inStage(async (stage) => {
      expect(await deliverOver(stage, accident, 'dying')).toBe('failed');
      await retry(stage);
      const end = await endOf(stage);
      expect(end).toEqual(expectedAfter(accident));
      expect(new Set(end.messages).size).toBe(1);
    });
  }

  it('is tried at every call that a run makes', async () => {
    await inStage(async (stage) => {
      await fullRun(stage);
      expect(stage.sandbox.calls.all().map(({ operation }) => operation)).toEqual(CALLS);
    });
  });

  it.each(numbered)('before call $number ($operation) is made good by the next delivery', async ({ number }) => {
    await recovered({ dieBefore: number }, async (stage) => {
      vi.setSystemTime(NOW.getTime() + 301_000); // the claim of the dead has ended
      await fullRun(stage, NOW, { requestId: 'next' });
    });
  });

  // A read that took effect left nothing behind: to lose its reply is to die before the next call.
  const writes = numbered.filter(({ operation }) => /^(PutItem|BatchWriteItem|Publish|UpdateItem)$/.test(operation));

  it.each(writes)('after call $number ($operation) is made good by its own retry at once', async ({ number }) => {
    await recovered({ dieAfter: number }, (stage) => fullRun(stage, NOW, { requestId: 'dying' }));
  });

  it.each(numbered)('does not follow when the reply to call $number ($operation) is lost', async ({ number }) => {
    const accident = { loseReplyOf: number };
    await inStage(async (stage) => {
      expect(await deliverOver(stage, accident, 'unlucky')).toBe('done');
      expect(await endOf(stage)).toEqual(expectedAfter(accident));
    });
  });
});

describe('a plan that has not changed', () => {
  const remindAfter = (days: string) => ({ ...POLICY, defaults: { remindAfter: days } });

  it('is recorded on the next day and not announced again', async () => {
    const stage = await staging();
    await fullRun(stage);
    nextDay(stage);
    const [second] = await fullRun(stage);
    expect(second).toMatchObject({ said: 'unchanged', since: NOW.toISOString(), counts: { act: 1 } });
    expect((await endOf(stage)).runs).toEqual([
      ...WELL_ENDED.runs,
      { ...WELL_ENDED.runs[0], sk: 'TICK#2026-11-23T21:30:00.000Z', saidAt: NOW.toISOString() },
    ]);
    expect(stage.sent()).toHaveLength(1);
  });

  it('is announced again when the policy’s time to remind has passed', async () => {
    const stage = await staging(remindAfter('2d'));
    const said: unknown[] = [];
    for (let day = 0; day < 5; day += 1) {
      const [outcome] = await fullRun(stage);
      said.push(outcome?.said);
      nextDay(stage);
    }
    expect(said).toEqual(['sent', 'unchanged', 'sent', 'unchanged', 'sent']);
    expect(new Set(stage.sent().map(({ facts }) => facts.id)).size).toBe(3);
  });

  it('is announced when it finds one more', async () => {
    const stage = await staging(policyFor('us-east-1', 'ap-northeast-2'));
    const region = stage.sandbox.estate.account(STAGING).region('ap-northeast-2');
    const orders = region.rds.instances.get('orders-qa')!;
    orders.DBInstanceStatus = 'backing-up';
    expect((await fullRun(stage))[0]).toMatchObject({ said: 'sent', counts: { act: 1 } });
    orders.DBInstanceStatus = 'available';
    nextDay(stage);
    expect((await fullRun(stage))[0]).toMatchObject({ said: 'sent', counts: { act: 2 } });
    expect(stage.sent().at(-1)?.text).toContain('orders-qa');
  });

  it('is announced when a region cannot be read any more, even if nothing was there', async () => {
    const stage = await staging();
    await fullRun(stage);
    nextDay(stage);
    stage.sandbox.faults.add({ service: 'rds', fault: 'accessDenied' });
    const [second] = await fullRun(stage);
    expect(second).toMatchObject({ said: 'sent', unreadable: [{ region: 'us-east-1', what: 'database' }] });
    expect(stage.sent().at(-1)?.subject).toContain('not everything could be read');
  });

  it('is announced when somebody has stopped what it proposed', async () => {
    const stage = await staging();
    await fullRun(stage);
    nextDay(stage);
    const region = stage.sandbox.estate.account(STAGING).region('us-east-1');
    const [instance] = region.ec2.instances.values();
    instance!.State = { Code: 80, Name: 'stopped' };
    expect((await fullRun(stage))[0]).toMatchObject({ said: 'sent', counts: { act: 0, leave: 1 } });
    expect(stage.sent().at(-1)?.subject).toContain('nothing to stop');
  });

  it('is announced under a new policy only if it says something else', async () => {
    const stage = await staging();
    await fullRun(stage);
    nextDay(stage);
    await stage.hub.storePolicy({ ...POLICY, timezone: 'Asia/Seoul' });
    expect((await fullRun(stage))[0]).toMatchObject({ said: 'unchanged' });
  });
});
