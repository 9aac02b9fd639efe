import {
  CostExplorerClient,
  type Expression,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
  GetCostAndUsageWithResourcesCommand,
  type GetCostAndUsageWithResourcesCommandInput,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { describe, expect, it } from 'vitest';
import type { BillLine } from '../../sandbox/estate/billing.ts';
import { dayNumber } from '../../sandbox/estate/days.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const stage = stageForEachTest({ now: NOW });

const SHOP = '111111111111';
const DATA = '333333333333';

/** Ten dollars every day for a kind of EC2 machine, long ago settled. */
const line = (spoiled: Partial<BillLine> = {}): BillLine => ({
  account: SHOP,
  service: 'Amazon Elastic Compute Cloud - Compute',
  usageType: 'APN2-BoxUsage:m5.large',
  region: 'ap-northeast-2',
  unblended: () => 10,
  ...spoiled,
});

const S3 = { service: 'Amazon Simple Storage Service', usageType: 'APN2-TimedStorage-ByteHrs' } as const;
const bill = (...lines: BillLine[]) => stage.sandbox.estate.billing.add(...lines);

type Asked = Partial<GetCostAndUsageCommandInput>;

const ask = (asked: Asked = {}, clients = stage.clients) =>
  clients.costExplorer.send(
    new GetCostAndUsageCommand({
      TimePeriod: { Start: '2026-06-01', End: '2026-06-04' },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      ...asked,
    }),
  );

const by = (...keys: string[]): Asked => ({ GroupBy: keys.map((Key) => ({ Type: 'DIMENSION', Key })) });

const amountsIn = (results: readonly ResultByTime[] = []) =>
  results.flatMap(({ TimePeriod, Groups = [] }) =>
    Groups.map(({ Keys, Metrics }) => [TimePeriod?.Start, ...(Keys ?? []), Metrics?.UnblendedCost?.Amount]),
  );

const totalsIn = (results: readonly ResultByTime[] = []) =>
  results.map(({ TimePeriod, Total }) => [TimePeriod?.Start, Total?.UnblendedCost?.Amount]);

const only = (Key: 'SERVICE' | 'REGION' | 'LINKED_ACCOUNT' | 'RECORD_TYPE' | 'USAGE_TYPE', ...Values: string[]) => ({
  Dimensions: { Key, Values },
});

describe('a range of days', () => {
  it('ends before its end, and has a total a day', async () => {
    bill(line({ unblended: (day) => day - dayNumber('2026-05-31') + 0.0551724144 }), line(S3));
    const { ResultsByTime } = await ask();
    expect(totalsIn(ResultsByTime)).toEqual([
      ['2026-06-01', '11.0551724144'],
      ['2026-06-02', '12.0551724144'],
      ['2026-06-03', '13.0551724144'],
    ]);
    expect(ResultsByTime?.[2]).toMatchObject({ TimePeriod: { End: '2026-06-04' }, Groups: [], Estimated: false });
    expect(ResultsByTime?.[0]?.Total?.UnblendedCost?.Unit).toBe('USD');
  });

  it('can be summed up by months, as far as they are in it', async () => {
    bill(line());
    const period = { Start: '2026-05-30', End: '2026-07-02' };
    const { ResultsByTime } = await ask({ Granularity: 'MONTHLY', TimePeriod: period });
    expect(totalsIn(ResultsByTime)).toEqual([
      ['2026-05-30', '20'],
      ['2026-06-01', '300'],
      ['2026-07-01', '10'],
    ]);
  });

  it('may reach into the rest of the month, of which nothing is known and zero is said', async () => {
    bill(line());
    const { ResultsByTime = [] } = await ask({ TimePeriod: { Start: '2026-11-20', End: '2026-12-01' } });
    expect(ResultsByTime).toHaveLength(11);
    expect(ResultsByTime.at(-1)).toMatchObject({ Total: { UnblendedCost: { Amount: '0' } }, Estimated: true });
  });

  it.each([
    [
      'a start that is the end',
      '2026-06-04',
      '2026-06-04',
      'Start date (and hour) should be before end date (and hour)',
    ],
    ['a start after the end', '2026-06-05', '2026-06-04', 'Start date (and hour) should be before end date (and hour)'],
    ['no date', '01.06.2026', '2026-06-04', 'Start time 01.06.2026 is invalid. Valid format is: yyyy-MM-dd.'],
    ['an end in the month after next', '2026-11-01', '2026-12-02', 'end date past the beginning of next month'],
    ['a start in the future', '2026-11-23', '2026-12-01', 'Start date should not be after the current date'],
    ['a start that is too old', '2025-09-30', '2026-06-04', "You haven't enabled historical data beyond 14 months."],
  ])('with %s is refused', async (_, Start, End, message) => {
    bill(line());
    await expect(ask({ TimePeriod: { Start, End } })).rejects.toMatchObject({ name: 'ValidationException', message });
  });

  it('may begin with the month that lies thirteen months back', async () => {
    bill(line());
    const { ResultsByTime } = await ask({ TimePeriod: { Start: '2025-10-01', End: '2026-11-22' } });
    expect(ResultsByTime).toHaveLength(417);
  });
});

describe('groups', () => {
  it('are those alone that have a line on the day, zero or not', async () => {
    const from = (date: string, dollars: number) => (day: number) => (day >= dayNumber(date) ? dollars : undefined);
    bill(
      line(),
      line({ ...S3, unblended: from('2026-06-03', 0) }),
      line({ account: DATA, unblended: from('2026-06-02', 5) }),
    );
    const { ResultsByTime, GroupDefinitions } = await ask(by('SERVICE', 'LINKED_ACCOUNT'));
    const ec2 = 'Amazon Elastic Compute Cloud - Compute';
    expect(amountsIn(ResultsByTime)).toEqual([
      ['2026-06-01', ec2, SHOP, '10'],
      ['2026-06-02', ec2, SHOP, '10'],
      ['2026-06-02', ec2, DATA, '5'],
      ['2026-06-03', ec2, SHOP, '10'],
      ['2026-06-03', ec2, DATA, '5'],
      ['2026-06-03', 'Amazon Simple Storage Service', SHOP, '0'],
    ]);
    expect(ResultsByTime?.map(({ Total }) => Total)).toEqual([{}, {}, {}]);
    expect(GroupDefinitions).toHaveLength(2);
  });

  it('of a day without any are none, and then the total is zero', async () => {
    bill(line({ unblended: () => undefined }));
    const { ResultsByTime } = await ask(by('SERVICE'));
    expect(ResultsByTime?.[0]).toMatchObject({ Groups: [], Total: { UnblendedCost: { Amount: '0', Unit: 'USD' } } });
  });

  it.each<[string, GetCostAndUsageCommandInput['GroupBy'], string[]]>([
    ['usage type', [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }], ['APN2-BoxUsage:m5.large', 'APN2-TimedStorage-ByteHrs']],
    ['region', [{ Type: 'DIMENSION', Key: 'REGION' }], ['ap-northeast-2', 'global']],
    ['record type', [{ Type: 'DIMENSION', Key: 'RECORD_TYPE' }], ['Credit', 'Usage']],
    ['tag, also where there is none', [{ Type: 'TAG', Key: 'team' }], ['team$', 'team$shop']],
    ['cost category', [{ Type: 'COST_CATEGORY', Key: 'Env' }], ['Env$', 'Env$prod']],
  ])('by %s have their keys as AWS writes them', async (_, GroupBy, keys) => {
    bill(
      line({ tags: { team: 'shop' } }),
      line({ ...S3, region: 'global', recordType: 'Credit', costCategories: { Env: 'prod' } }),
    );
    const { ResultsByTime } = await ask({ GroupBy });
    expect(ResultsByTime?.[0]?.Groups?.map(({ Keys }) => Keys?.[0])).toEqual(keys);
  });

  it.each<[string, GetCostAndUsageCommandInput['GroupBy'], string]>([
    ['three', by('SERVICE', 'REGION', 'USAGE_TYPE').GroupBy, 'at most two'],
    ['what is no dimension', by('TEAPOT').GroupBy, 'Group Definition dimension is invalid.'],
    ['resources, which are for another operation', by('RESOURCE_ID').GroupBy, 'Group Definition dimension is invalid.'],
  ])('by %s are refused', async (_, GroupBy, message) => {
    bill(line());
    const said = expect.stringContaining(message) as string;
    await expect(ask({ GroupBy })).rejects.toMatchObject({ name: 'ValidationException', message: said });
  });

  it('are never of two currencies', async () => {
    stage.sandbox.estate.billing.currencies.set(DATA, 'INR');
    bill(line(), line({ account: DATA }));
    const { ResultsByTime } = await ask(by('SERVICE'));
    expect(ResultsByTime?.[0]?.Groups?.map(({ Metrics }) => Metrics?.UnblendedCost)).toEqual([
      { Amount: '10', Unit: 'INR' },
      { Amount: '10', Unit: 'USD' },
    ]);
  });
});

describe('a filter', () => {
  const lines = [
    line({ tags: { team: 'shop' } }),
    line({ ...S3, unblended: () => 3, costCategories: { Env: 'prod' } }),
    line({ account: DATA, unblended: () => 100, region: 'us-west-2' }),
    line({ recordType: 'Credit', unblended: () => -7 }),
  ];
  it.each<[string, Expression, string]>([
    ['of one value', only('SERVICE', S3.service), '3'],
    ['of several values', only('LINKED_ACCOUNT', SHOP, DATA), '106'],
    ['of a value that nobody has', only('REGION', 'moon-north-1'), '0'],
    ['with not', { Not: only('RECORD_TYPE', 'Credit', 'Tax') }, '113'],
    ['with and', { And: [only('LINKED_ACCOUNT', SHOP), { Not: only('RECORD_TYPE', 'Credit') }] }, '13'],
    ['with or', { Or: [only('REGION', 'us-west-2'), only('USAGE_TYPE', S3.usageType)] }, '103'],
    ['of a tag', { Tags: { Key: 'team', Values: ['shop'], MatchOptions: ['EQUALS'] } }, '10'],
    ['of what has no tag', { Tags: { Key: 'team', MatchOptions: ['ABSENT'] } }, '96'],
    ['of a cost category', { CostCategories: { Key: 'Env', Values: ['prod'] } }, '3'],
  ])('%s lets through what it says', async (_, Filter, total) => {
    bill(...lines);
    expect(totalsIn((await ask({ Filter })).ResultsByTime)[0]).toEqual(['2026-06-01', total]);
  });

  it.each<[string, Expression]>([
    ['of one operand to and', { And: [only('SERVICE', 'x')] }],
    ['with two roots', { ...only('SERVICE', 'x'), Not: only('REGION', 'x') }],
    ['without a root', {}],
    ['without a value', only('SERVICE')],
    ['by resource', { Dimensions: { Key: 'RESOURCE_ID', Values: ['i-1'] } }],
  ])('%s is refused', async (_, Filter) => {
    bill(...lines);
    await expect(ask({ Filter })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('pages', () => {
  const open = (groupsPerPage: number) => {
    stage.sandbox.estate.billing.groupsPerPage = groupsPerPage;
    bill(line(), line(S3), line({ account: DATA, unblended: () => 1 }));
  };
  const asked = by('SERVICE', 'LINKED_ACCOUNT');

  it('are cut within a day, and add up to everything exactly once', async () => {
    open(4);
    const first = await ask(asked);
    const next = await ask({ ...asked, NextPageToken: first.NextPageToken });
    const last = await ask({ ...asked, NextPageToken: next.NextPageToken });
    expect(last.NextPageToken).toBeUndefined();
    const pages = [first, next, last];
    expect(pages.map(({ ResultsByTime = [] }) => ResultsByTime.map((one) => one.TimePeriod?.Start))).toEqual([
      ['2026-06-01', '2026-06-02'],
      ['2026-06-02', '2026-06-03'],
      ['2026-06-03'],
    ]);
    const rows = pages.flatMap(({ ResultsByTime }) => amountsIn(ResultsByTime)).map((row) => row.join());
    expect(rows).toHaveLength(9);
    expect(new Set(rows).size).toBe(9);
  });

  it('show what was known when the first was asked for', async () => {
    open(3);
    const recent = { ...asked, TimePeriod: { Start: '2026-11-21', End: '2026-11-23' } };
    const { NextPageToken } = await ask(recent);
    const before = await ask({ ...recent, NextPageToken });
    stage.sandbox.clock.advance({ days: 3 });
    expect((await ask({ ...recent, NextPageToken })).ResultsByTime).toEqual(before.ResultsByTime);
  });

  it('are refused for a token that nobody gave, and for one of another request', async () => {
    open(4);
    await expect(ask({ ...asked, NextPageToken: 'guess' })).rejects.toMatchObject({
      name: 'InvalidNextTokenException',
    });
    const { NextPageToken } = await ask(asked);
    const changed = ask({ ...asked, Metrics: ['AmortizedCost'], NextPageToken });
    await expect(changed).rejects.toMatchObject({ name: 'RequestChangedException' });
  });
});

describe('late data', () => {
  const LAST = { TimePeriod: { Start: '2026-11-22', End: '2026-11-23' } };
  const known = async () => Number((await ask(LAST)).ResultsByTime?.[0]?.Total?.UnblendedCost?.Amount);

  it('come in for two days, are corrected for a while, and then stay', async () => {
    bill(line({ unblended: () => 1000 }), line({ ...S3, unblended: () => 1000 }));
    const seen = [await known()];
    for (let days = 1; days <= 14; days += 1) {
      stage.sandbox.clock.advance({ days: 1 });
      seen.push(await known());
    }
    const [today = 0, tomorrow = 0, settled = 0] = seen;
    expect(today).toBeLessThan(1500);
    expect(tomorrow).toBeGreaterThan(today);
    expect(Math.abs(settled - 2000)).toBeLessThan(20);
    expect(settled).not.toBe(2000);
    expect(seen.slice(12)).toEqual([2000, 2000, 2000]);
  });

  it('come in no more often than three times a day', async () => {
    bill(line());
    const at = [await known()];
    for (let hours = 0; hours < 24; hours += 1) {
      stage.sandbox.clock.advance({ hours: 1 });
      at.push(await known());
    }
    expect(new Set(at).size).toBeLessThanOrEqual(4);
  });

  it('of a fee come in whole', async () => {
    bill(line({ unblended: () => 640, arrives: 'fee' }));
    const seen = new Set([await known()]);
    for (let days = 0; days < 4; days += 1) {
      stage.sandbox.clock.advance({ hours: 12 });
      seen.add(await known());
    }
    expect([...seen].at(-1)).toBe(640);
    expect([...seen].every((one) => one === 0 || one === 640)).toBe(true);
  });

  it('are called estimated until the month is invoiced', async () => {
    bill(line());
    const estimated = async () => (await ask(LAST)).ResultsByTime?.[0]?.Estimated;
    expect(await estimated()).toBe(true);
    stage.sandbox.clock.advanceTo(new Date('2026-12-04T23:59:00Z'));
    expect(await estimated()).toBe(true);
    stage.sandbox.clock.advanceTo(new Date('2026-12-05T00:00:00Z'));
    expect(await estimated()).toBe(false);
  });
});

describe('a metric', () => {
  it('counts an upfront fee when it is paid, or over its term; and before or after discounts', async () => {
    const paid = dayNumber('2026-06-02');
    bill(line({ unblended: (day) => (day === paid ? 365 : undefined), amortized: () => 1, netShare: 0.9 }));
    const Metrics = ['UnblendedCost', 'AmortizedCost', 'NET_UNBLENDED_COST', 'NetAmortizedCost'];
    const { ResultsByTime } = await ask({ Metrics });
    const amounts = ResultsByTime?.map(({ Total = {} }) => Object.values(Total).map(({ Amount }) => Amount));
    expect(amounts?.[1]).toEqual(['365', '1', '328.5', '0.9']);
    expect(amounts?.[2]).toEqual(['0', '1', '0', '0.9']);
  });

  it('that does not exist is refused', async () => {
    bill(line());
    await expect(ask({ Metrics: ['Dollars'] })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('access', () => {
  const linked = () => clientsOf(stage.sandbox, { credentials: stage.sandbox.estate.account(DATA).accessKey() });

  it('shows the payer all accounts, and a linked account itself', async () => {
    bill(line(), line({ account: DATA, unblended: () => 5 }));
    expect(totalsIn((await ask()).ResultsByTime)[0]?.[1]).toBe('15');
    expect(totalsIn((await ask({}, linked())).ResultsByTime)[0]?.[1]).toBe('5');
  });

  it('is the decision of the payer', async () => {
    bill(line(), line({ account: DATA }));
    stage.sandbox.estate.billing.linkedAccountAccess = false;
    await expect(ask({}, linked())).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: "Linked account doesn't have access to cost explorer.",
    });
    await expect(ask()).resolves.toBeDefined();
  });

  it('needs Cost Explorer to be switched on, and data', async () => {
    await expect(ask()).rejects.toMatchObject({ name: 'DataUnavailableException' });
    bill(line());
    stage.sandbox.estate.billing.enabled = false;
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('is in one region only', async () => {
    bill(line());
    const credentials = stage.sandbox.estate.hub.accessKey();
    const costExplorer = new CostExplorerClient({ endpoint: stage.sandbox.url, region: 'ap-northeast-2', credentials });
    await expect(ask({}, { ...stage.clients, costExplorer })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it.each([
    ['throttle', 'LimitExceededException'],
    ['serverError', 'InternalFailure'],
    ['accessDenied', 'AccessDeniedException'],
  ] as const)('meets the fault %s', async (fault, name) => {
    bill(line());
    stage.sandbox.faults.add({ service: 'ce', operation: 'GetCostAndUsage', fault });
    await expect(ask()).rejects.toMatchObject({ name });
  });
});

describe('resource-level data', () => {
  const EC2 = line().service;
  const resources = (asked: Partial<GetCostAndUsageWithResourcesCommandInput> = {}) =>
    stage.clients.costExplorer.send(
      new GetCostAndUsageWithResourcesCommand({
        TimePeriod: { Start: '2026-11-10', End: '2026-11-12' },
        Granularity: 'DAILY',
        Metrics: ['UnblendedCost'],
        Filter: only('SERVICE', EC2),
        GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
        ...asked,
      }),
    );
  const open = (optedIn: boolean) => {
    bill(
      line({ resource: 'i-1' }),
      line({ resource: 'i-2', arrives: 'fee', unblended: () => 4 }),
      line(S3),
      line({ arrives: 'fee' }),
    );
    stage.sandbox.estate.billing.resourceLevelData = optedIn;
  };

  it('has the resources of a service, and what belongs to none', async () => {
    open(true);
    const { ResultsByTime } = await resources();
    expect(ResultsByTime?.[0]?.Groups?.map(({ Keys }) => Keys)).toEqual([['NoResourceId'], ['i-1'], ['i-2']]);
    expect(ResultsByTime?.[0]?.Groups?.[2]?.Metrics?.UnblendedCost?.Amount).toBe('4');
  });

  it('is for those only who opted in', async () => {
    open(false);
    await expect(resources()).rejects.toMatchObject({ name: 'DataUnavailableException' });
  });

  it.each<[string, Partial<GetCostAndUsageWithResourcesCommandInput>]>([
    ['for a start of fifteen days ago', { TimePeriod: { Start: '2026-11-07', End: '2026-11-12' } }],
    ['without a service', { Filter: only('LINKED_ACCOUNT', SHOP) }],
    ['without a resource', { GroupBy: [{ Type: 'DIMENSION', Key: 'REGION' }] }],
  ])('is refused %s', async (_, asked) => {
    open(true);
    await expect(resources(asked)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
