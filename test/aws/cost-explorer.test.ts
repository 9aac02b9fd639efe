import { CostExplorerClient, type GetCostAndUsageResponse } from '@aws-sdk/client-cost-explorer';
import { describe, expect, it } from 'vitest';
import type { BillLine } from '../../sandbox/estate/billing.ts';
import { dayNumber } from '../../sandbox/estate/days.ts';
import { costExplorer, costExplorerRegion } from '../../shared/aws/cost-explorer.ts';
import type { CostAnswer, CostQuery } from '../../shared/ports-spend.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const stage = stageForEachTest({ now: new Date('2026-11-22T21:30:00Z') });

const SHOP = '111111111111';
const DATA = '333333333333';
const EC2 = 'Amazon Elastic Compute Cloud - Compute';
const S3 = 'Amazon Simple Storage Service';

/** Ten dollars every day, long ago settled. */
const line = (spoiled: Partial<BillLine> = {}): BillLine => ({
  account: SHOP,
  service: EC2,
  usageType: 'APN2-BoxUsage:m5.large',
  region: 'ap-northeast-2',
  unblended: () => 10,
  ...spoiled,
});

const bill = (...lines: BillLine[]) => stage.sandbox.estate.billing.add(...lines);

const QUERY: CostQuery = {
  from: '2026-06-01',
  to: '2026-06-04',
  metric: 'UnblendedCost',
  groupBy: [{ dimension: 'SERVICE' }, { dimension: 'LINKED_ACCOUNT' }],
  withoutRecordTypes: [],
};

const free = async () => {};

/** Counts what is paid for. */
function purse() {
  let pages = 0;
  return {
    paid: () => pages,
    pay: async () => {
      pages += 1;
    },
  };
}

const daily = (spoiled: Partial<CostQuery> = {}, pay: () => Promise<void> = free) =>
  costExplorer(stage.clients.costExplorer).daily({ ...QUERY, ...spoiled }, pay);

const requests = () => stage.sandbox.calls.byOperation('GetCostAndUsage').map(({ input }) => input);
const amounts = ({ days }: CostAnswer) => days.map(({ groups }) => groups.map(({ amount }) => amount));
const keys = ({ days }: CostAnswer) => days[0]?.groups.map((group) => group.keys);

/** Changes what Cost Explorer answers before the adapter sees it. */
function spoil(change: (output: GetCostAndUsageResponse) => unknown) {
  stage.clients.costExplorer.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const output = structuredClone(result.output as GetCostAndUsageResponse);
      change(output);
      return { ...result, output: output as never };
    },
    { step: 'initialize' },
  );
}

describe('the costs of a range', () => {
  it('are those of its days by their groups, its end not among them', async () => {
    bill(line(), line({ service: S3, unblended: () => 0.0551724144 }), line({ account: DATA }));
    expect(await daily({ to: '2026-06-02' })).toEqual({
      currency: 'USD',
      days: [
        {
          day: '2026-06-01',
          estimated: false,
          groups: [
            { keys: [EC2, SHOP], amount: 10 },
            { keys: [EC2, DATA], amount: 10 },
            { keys: [S3, SHOP], amount: 0.0551724144 },
          ],
        },
      ],
    });
  });

  it('are asked for by the day, by groups, and without what is not wanted', async () => {
    bill(line());
    await daily({ only: { SERVICE: [EC2], LINKED_ACCOUNT: [SHOP, DATA] }, withoutRecordTypes: ['Credit', 'Tax'] });
    expect(requests()).toEqual([
      {
        TimePeriod: { Start: '2026-06-01', End: '2026-06-04' },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
        GroupBy: [
          { Type: 'DIMENSION', Key: 'SERVICE' },
          { Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' },
        ],
        Filter: {
          And: [
            { Dimensions: { Key: 'SERVICE', Values: [EC2] } },
            { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [SHOP, DATA] } },
            { Not: { Dimensions: { Key: 'RECORD_TYPE', Values: ['Credit', 'Tax'] } } },
          ],
        },
      },
    ]);
  });

  it.each<[string, Partial<CostQuery>, number]>([
    ['one record type less', { withoutRecordTypes: ['Credit'] }, 19],
    ['one account', { only: { LINKED_ACCOUNT: [DATA] } }, 9],
    ['no filter', {}, 12],
    ['nothing that there is', { only: { REGION: ['us-west-2'] } }, 0],
  ])('leave out what they are asked to: %s', async (_, spoiled, sum) => {
    bill(line(), line({ recordType: 'Credit', unblended: () => -7 }), line({ account: DATA, unblended: () => 9 }));
    const answer = await daily({ ...spoiled, groupBy: [{ dimension: 'RECORD_TYPE' }] });
    expect(amounts(answer).map((day) => day.reduce((total, amount) => total + amount, 0))).toEqual([sum, sum, sum]);
  });

  it('have groups of those alone that have spend', async () => {
    bill(line(), line({ service: S3, unblended: () => 0 }), line({ account: DATA, unblended: () => undefined }));
    expect(amounts(await daily())).toEqual([[10], [10], [10]]);
  });

  it('are nothing, day by day, where nothing was spent', async () => {
    bill(line({ unblended: (day) => (day === dayNumber('2026-06-02') ? 3 : undefined) }));
    expect(amounts(await daily())).toEqual([[], [3], []]);
    expect(await daily({ from: '2026-06-03' })).toEqual({
      currency: 'USD',
      days: [{ day: '2026-06-03', estimated: false, groups: [] }],
    });
  });

  it('say which days AWS may still restate', async () => {
    bill(line());
    const { days } = await daily({ from: '2026-10-31', to: '2026-11-02' });
    expect(days.map(({ day, estimated }) => [day, estimated])).toEqual([
      ['2026-10-31', false],
      ['2026-11-01', true],
    ]);
  });

  it('without groups are one sum a day', async () => {
    bill(line(), line({ service: S3 }));
    const { days } = await daily({ groupBy: [] });
    expect(days.map(({ groups }) => groups)).toEqual(Array(3).fill([{ keys: [], amount: 20 }]));
  });

  it.each<[string, CostQuery['groupBy'], string[]]>([
    ['a tag', [{ tag: 'team$' }], ['', 'shop$1']],
    ['a cost category', [{ costCategory: 'Env' }], ['', 'prod']],
  ])('by %s have its values, and an empty one for what has none', async (_, groupBy, values) => {
    bill(line({ tags: { team$: 'shop$1' }, costCategories: { Env: 'prod' } }), line({ service: S3 }));
    expect(keys(await daily({ groupBy }))).toEqual(values.map((value) => [value]));
  });

  it.each([
    ['UnblendedCost', 365],
    ['AmortizedCost', 1],
    ['NetAmortizedCost', 0.9],
  ] as const)('are counted as %s', async (metric, amount) => {
    bill(line({ unblended: () => 365, amortized: () => 1, netShare: 0.9 }));
    expect(amounts(await daily({ metric }))[0]).toEqual([amount]);
  });

  it('of an account in another currency say so', async () => {
    stage.sandbox.estate.billing.currencies.set(SHOP, 'INR');
    bill(line({ unblended: (day) => (day > dayNumber('2026-06-01') ? 10 : undefined) }));
    const { currency, days } = await daily();
    expect([currency, days.length]).toEqual(['INR', 3]);
  });

  it('in two currencies are an error that names them', async () => {
    stage.sandbox.estate.billing.currencies.set(DATA, 'INR');
    bill(line(), line({ account: DATA }));
    await expect(daily()).rejects.toMatchObject({ name: 'MixedCurrenciesError', currencies: ['INR', 'USD'] });
  });
});

describe('pages', () => {
  const open = () => {
    stage.sandbox.estate.billing.groupsPerPage = 4;
    bill(line(), line({ service: S3 }), line({ account: DATA }));
  };

  it('are put together to whole days, and each is paid for before it is asked for', async () => {
    open();
    const paidAfter: number[] = [];
    const answer = await daily({}, async () => void paidAfter.push(requests().length));
    expect(answer.days.map(({ day }) => day)).toEqual(['2026-06-01', '2026-06-02', '2026-06-03']);
    expect(amounts(answer)).toEqual(Array(3).fill([10, 10, 10]));
    expect(paidAfter).toEqual([0, 1, 2]);
    expect(requests().map(({ NextPageToken }) => typeof NextPageToken)).toEqual(['undefined', 'string', 'string']);
  });

  it('that are not paid for are not asked for', async () => {
    open();
    const broke = new Error('the cap is reached');
    const refuseFrom = (page: number) => {
      let paid = 0;
      return async () => {
        paid += 1;
        if (paid >= page) throw broke;
      };
    };
    await expect(daily({}, refuseFrom(1))).rejects.toBe(broke);
    expect(requests()).toHaveLength(0);
    await expect(daily({}, refuseFrom(2))).rejects.toBe(broke);
    expect(requests()).toHaveLength(1);
  });

  it('of which one is lost are an error, and no answer with holes', async () => {
    open();
    let pages = 0;
    const lose = async () => {
      pages += 1;
      if (pages === 2) stage.sandbox.faults.add({ service: 'ce', fault: 'serverError' });
    };
    await expect(daily({}, lose)).rejects.toMatchObject({ name: 'InternalFailure' });
    expect(pages).toBe(2);
  });

  it('that lead to themselves end, instead of being paid for for ever', async () => {
    bill(line());
    stage.clients.costExplorer.middlewareStack.add(
      (next) => async (args) => {
        const first = { ...args.input, NextPageToken: undefined };
        const result = await next({ ...args, input: first as never });
        return { ...result, output: { ...result.output, NextPageToken: 'again' } as never };
      },
      { step: 'initialize' },
    );
    const { pay, paid } = purse();
    await expect(daily({}, pay)).rejects.toMatchObject({
      message: expect.stringContaining('leads to itself') as string,
    });
    expect(paid()).toBe(2);
  });

  it('that say one group twice are added up without loss', async () => {
    bill(line());
    spoil(({ ResultsByTime: [first] = [] }) => {
      const group = first?.Groups?.[0];
      const of = (Amount: string) => ({ ...group, Metrics: { UnblendedCost: { Amount, Unit: 'USD' } } });
      first?.Groups?.splice(0, 1, of('0.1'), of('0.2'));
    });
    expect(amounts(await daily())).toEqual([[0.3], [10], [10]]);
  });
});

describe('an answer', () => {
  it('that lacks a day lacks it, which is not zero', async () => {
    bill(line());
    spoil(({ ResultsByTime }) => ResultsByTime?.splice(1, 1));
    expect((await daily()).days.map(({ day }) => day)).toEqual(['2026-06-01', '2026-06-03']);
  });

  it('that does not say whether it is final is not', async () => {
    bill(line());
    spoil(({ ResultsByTime: [first] = [] }) => delete first?.Estimated);
    expect((await daily()).days.map(({ estimated }) => estimated)).toEqual([true, false, false]);
  });

  it.each<[string, (output: GetCostAndUsageResponse) => unknown, string]>([
    ['an amount that is no number', (one) => set(one, { Amount: 'a lot' }), 'an amount of 2026-06-01 is no number'],
    ['no amount', (one) => set(one, { Amount: undefined }), 'there is no amount for UnblendedCost of 2026-06-01'],
    ['no currency', (one) => set(one, { Unit: undefined }), 'there is no amount for UnblendedCost of 2026-06-01'],
    ['a key too few', (one) => one.ResultsByTime?.[0]?.Groups?.[0]?.Keys?.pop(), 'a group lacks a key'],
    ['an entry without a day', (one) => delete one.ResultsByTime?.[0]?.TimePeriod, 'an entry has no day'],
    ['no results', (one) => delete one.ResultsByTime, 'a page has no results'],
    ['no entry at all', (one) => one.ResultsByTime?.splice(0), 'it says no currency'],
  ])('with %s cannot be read', async (_, change, problem) => {
    bill(line());
    spoil(change);
    await expect(daily()).rejects.toMatchObject({
      name: 'UnreadableCostsError',
      message: `Cost Explorer's answer cannot be read: ${problem}`,
    });
  });

  const set = ({ ResultsByTime }: GetCostAndUsageResponse, change: object) =>
    Object.assign(ResultsByTime?.[0]?.Groups?.[0]?.Metrics?.UnblendedCost ?? {}, change);
});

describe('Cost Explorer', () => {
  it('that the payer has closed to a linked account is denied', async () => {
    bill(line());
    stage.sandbox.estate.billing.payer = '999999999999';
    stage.sandbox.estate.billing.linkedAccountAccess = false;
    await expect(daily()).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: 'may not read Cost Explorer: AccessDeniedException',
    });
  });

  it('that is throttled for a moment is asked again, and paid for once', async () => {
    bill(line());
    stage.sandbox.faults.add({ service: 'ce', fault: 'throttle', times: 2 });
    const { config } = stage.clients.costExplorer;
    const patient = new CostExplorerClient({
      endpoint: stage.sandbox.url,
      region: 'us-east-1',
      credentials: config.credentials,
    });
    const { pay, paid } = purse();
    const answer = await costExplorer(patient).daily(QUERY, pay);
    expect(amounts(answer)).toEqual([[10], [10], [10]]);
    expect([paid(), requests().length]).toEqual([1, 3]);
  });

  it.each([
    ['throttled', 'throttle', 'LimitExceededException'],
    ['broken', 'serverError', 'InternalFailure'],
  ] as const)('that stays %s is an error, and no empty answer', async (_, fault, name) => {
    bill(line());
    stage.sandbox.faults.add({ service: 'ce', fault });
    await expect(daily()).rejects.toMatchObject({ name });
  });

  it.each<[string, Partial<CostQuery>, string]>([
    ['older than it keeps', { from: '2025-09-30' }, 'ValidationException'],
    ['in the future', { from: '2026-11-25', to: '2026-11-26' }, 'ValidationException'],
    ['that ends before it begins', { from: '2026-06-05' }, 'ValidationException'],
  ])('refuses a range %s', async (_, spoiled, name) => {
    bill(line());
    await expect(daily(spoiled)).rejects.toMatchObject({ name });
  });

  it('without data says so', async () => {
    await expect(daily()).rejects.toMatchObject({ name: 'DataUnavailableException' });
  });

  it('is asked in the one region of its partition', () => {
    expect(costExplorerRegion('aws')).toBe('us-east-1');
    expect(costExplorerRegion('aws-cn')).toBe('cn-northwest-1');
  });
});

describe('costs by resource', () => {
  const { groupBy: _, ...RECENT } = { ...QUERY, from: '2026-11-10', to: '2026-11-12', only: { SERVICE: [EC2] } };
  const byResource = (spoiled: Partial<typeof RECENT> = {}, pay: () => Promise<void> = free) =>
    costExplorer(stage.clients.costExplorer).daysByResource({ ...RECENT, ...spoiled }, pay);
  const open = (optedIn: boolean) => {
    stage.sandbox.estate.billing.resourceLevelData = optedIn;
    const fee = { arrives: 'fee' } as const;
    bill(
      line({ ...fee, resource: 'i-1' }),
      line({ ...fee, resource: 'i-2', unblended: () => 4 }),
      line({ service: S3 }),
    );
  };

  it('are known to who opted in', async () => {
    open(true);
    stage.sandbox.estate.billing.groupsPerPage = 3;
    const { pay, paid } = purse();
    const answer = await byResource({}, pay);
    expect(answer).toMatchObject({
      known: true,
      value: {
        currency: 'USD',
        days: [
          {
            day: '2026-11-10',
            groups: [
              { keys: ['i-1'], amount: 10 },
              { keys: ['i-2'], amount: 4 },
            ],
          },
          {
            day: '2026-11-11',
            groups: [
              { keys: ['i-1'], amount: 10 },
              { keys: ['i-2'], amount: 4 },
            ],
          },
        ],
      },
    });
    expect(paid()).toBe(2);
  });

  it.each<[string, () => void, string]>([
    ['nobody opted in', () => open(false), 'DataUnavailableException'],
    [
      'they are too old',
      () => {
        open(true);
        stage.sandbox.clock.advance({ days: 3 });
      },
      'ValidationException',
    ],
  ])('are unknown, with the reason, when %s', async (_, spoiled, why) => {
    spoiled();
    expect(await byResource()).toEqual({ known: false, why: `no resource-level data: ${why}` });
  });

  it('that are denied say so', async () => {
    open(true);
    stage.sandbox.faults.add({ operation: 'GetCostAndUsageWithResources', fault: 'accessDenied' });
    await expect(byResource()).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: 'may not read costs by resource: AccessDeniedException',
    });
  });

  it('throw when Cost Explorer is broken, and when somebody else denies the payment', async () => {
    open(true);
    const denied = Object.assign(new Error('not this table'), { name: 'AccessDeniedException' });
    await expect(byResource({}, async () => Promise.reject(denied))).rejects.toBe(denied);
    stage.sandbox.faults.add({ service: 'ce', fault: 'serverError' });
    await expect(byResource()).rejects.toMatchObject({ name: 'InternalFailure' });
  });
});
