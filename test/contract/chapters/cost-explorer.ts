import {
  type CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
  GetCostAndUsageWithResourcesCommand,
} from '@aws-sdk/client-cost-explorer';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly client: CostExplorerClient;
  /** A date so many days before the target's present. */
  readonly ago: (days: number) => string;
}

/** The account spends $20 a day on EC2 and $0.25 on S3. Cost Explorer answers in one region. */
async function seed(target: Target): Promise<Seed> {
  target.addSpend({ 'Amazon Elastic Compute Cloud - Compute': 20, 'Amazon Simple Storage Service': 0.25 });
  const { costExplorer: client } = target.clients({ region: 'us-east-1' });
  return { client, ago: (days) => new Date(target.now().getTime() - days * 86_400_000).toISOString().slice(0, 10) };
}

const ask = ({ client, ago }: Seed, asked: Partial<GetCostAndUsageCommandInput> = {}) =>
  client.send(
    new GetCostAndUsageCommand({
      TimePeriod: { Start: ago(63), End: ago(60) },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      ...asked,
    }),
  );

const BY_SERVICE = [{ Type: 'DIMENSION' as const, Key: 'SERVICE' }];
const ONLY_S3 = { Dimensions: { Key: 'SERVICE' as const, Values: ['Amazon Simple Storage Service'] } };

export const costExplorer = chapter('cost-explorer', seed, {
  'a range has an entry for every day, and its end is not one of them': async (seed) => {
    const { ResultsByTime = [] } = await ask(seed);
    expect(ResultsByTime.map(({ TimePeriod }) => TimePeriod)).toEqual([
      { Start: seed.ago(63), End: seed.ago(62) },
      { Start: seed.ago(62), End: seed.ago(61) },
      { Start: seed.ago(61), End: seed.ago(60) },
    ]);
  },

  'an amount is a decimal text with its currency': async (seed) => {
    const { ResultsByTime = [] } = await ask(seed);
    expect(ResultsByTime[0]?.Total?.UnblendedCost).toEqual({ Amount: '20.25', Unit: 'USD' });
  },

  'with groups the total is empty, and the groups have to be summed up': async (seed) => {
    const { ResultsByTime = [] } = await ask(seed, { GroupBy: BY_SERVICE });
    const [{ Total, Groups = [] } = {}] = ResultsByTime;
    expect(Total).toEqual({});
    expect(Groups.map(({ Keys, Metrics }) => [Keys, Metrics?.UnblendedCost?.Amount])).toEqual([
      [['Amazon Elastic Compute Cloud - Compute'], '20'],
      [['Amazon Simple Storage Service'], '0.25'],
    ]);
  },

  'untagged is a value of every tag': async (seed) => {
    const { ResultsByTime = [] } = await ask(seed, { GroupBy: [{ Type: 'TAG', Key: 'team' }] });
    expect(ResultsByTime[0]?.Groups?.map(({ Keys }) => Keys)).toEqual([['team$']]);
  },

  'a filter leaves what it names, or all but that': async (seed) => {
    const total = async (Filter: GetCostAndUsageCommandInput['Filter']) =>
      (await ask(seed, { Filter })).ResultsByTime?.[0]?.Total?.UnblendedCost?.Amount;
    expect(await total(ONLY_S3)).toBe('0.25');
    expect(await total({ Not: ONLY_S3 })).toBe('20');
  },

  'a start that is the end is a ValidationException': async (seed) => {
    await refused(ask(seed, { TimePeriod: { Start: seed.ago(60), End: seed.ago(60) } }), 'ValidationException');
  },

  'an end past the beginning of next month is a ValidationException': async (seed) => {
    await refused(ask(seed, { TimePeriod: { Start: seed.ago(60), End: seed.ago(-40) } }), 'ValidationException');
  },

  'a start of fifteen months ago is a ValidationException': async (seed) => {
    await refused(ask(seed, { TimePeriod: { Start: seed.ago(460), End: seed.ago(60) } }), 'ValidationException');
  },

  'three groupings are a ValidationException': async (seed) => {
    const GroupBy = [
      ...BY_SERVICE,
      { Type: 'DIMENSION' as const, Key: 'REGION' },
      { Type: 'TAG' as const, Key: 'team' },
    ];
    await refused(ask(seed, { GroupBy }), 'ValidationException');
  },

  'a conjunction of one expression is a ValidationException': async (seed) => {
    await refused(ask(seed, { Filter: { And: [ONLY_S3] } }), 'ValidationException');
  },

  'a page token that was never given is refused': async (seed) => {
    await refused(ask(seed, { NextPageToken: 'guess' }), 'InvalidNextTokenException', 'ValidationException');
  },

  'resource-level data are for those only who opted in': async ({ client, ago }) => {
    const asked = new GetCostAndUsageWithResourcesCommand({
      TimePeriod: { Start: ago(3), End: ago(2) },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
      Filter: ONLY_S3,
      GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
    });
    await refused(client.send(asked), 'DataUnavailableException', 'AccessDeniedException', 'ValidationException');
  },
});
