import {
  type CostExplorerClient,
  type Dimension,
  type Expression,
  GetCostAndUsageCommand,
  GetCostAndUsageWithResourcesCommand,
  type GroupDefinition,
  type ResultByTime,
} from '@aws-sdk/client-cost-explorer';
import { type Evidence, known, unknown } from '../core/evidence.ts';
import type { CostAnswer, CostExplorer, CostGrouping, CostQuery } from '../ports-spend.ts';
import { costAnswerOf } from './cost-answer.ts';
import { UnreadableCostsError } from './cost-errors.ts';
import { AccessDeniedError, isDenied, nameOf } from './errors.ts';

/** The one region of a partition that answers for Cost Explorer. */
export const costExplorerRegion = (partition: string): string =>
  partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1';

/**
 * What AWS answers when a payer has no resource-level data of a service, or none of the days that are asked for. Which services
 * have it, the payer chooses in its cost management preferences; no operation tells.
 */
const NO_RESOURCE_DATA = ['DataUnavailableException', 'ValidationException', 'BillExpirationException'];

/** Cost Explorer as the client's account sees it: the payer every linked account, another account itself. */
export function costExplorer(client: CostExplorerClient): CostExplorer {
  return {
    daily: async (query, pay) => {
      const input = { ...inputOf(query), GroupBy: query.groupBy.map(definitionOf) };
      const read = (NextPageToken: string | undefined) =>
        client.send(new GetCostAndUsageCommand({ ...input, NextPageToken })).catch((error: unknown) => {
          if (isDenied(error)) throw new AccessDeniedError('may not read Cost Explorer', error);
          throw error;
        });
      const entries = await everyEntry(read, pay);
      return costAnswerOf(entries, { metric: query.metric, prefixes: query.groupBy.map(prefixOf) });
    },

    daysByResource: async (query, pay): Promise<Evidence<CostAnswer>> => {
      const input = { ...inputOf(query), GroupBy: [{ Type: 'DIMENSION' as const, Key: 'RESOURCE_ID' }] };
      const read = (NextPageToken: string | undefined) =>
        client.send(new GetCostAndUsageWithResourcesCommand({ ...input, NextPageToken })).catch((error: unknown) => {
          if (isDenied(error)) throw new AccessDeniedError('may not read costs by resource', error);
          throw NO_RESOURCE_DATA.includes(nameOf(error)) ? new NoResourceData(error) : error;
        });
      try {
        return known(costAnswerOf(await everyEntry(read, pay), { metric: query.metric, prefixes: [''] }));
      } catch (error) {
        if (error instanceof NoResourceData) return unknown(error.message);
        throw error;
      }
    },
  };
}

/** Thrown and caught here: tells AWS's refusal from one that `pay` meets. */
class NoResourceData extends Error {
  constructor(cause: unknown) {
    super(`no resource-level data: ${nameOf(cause)}`, { cause });
  }
}

function inputOf({ from, to, metric, only, withoutRecordTypes }: Omit<CostQuery, 'groupBy'>) {
  return {
    TimePeriod: { Start: from, End: to },
    Granularity: 'DAILY' as const,
    Metrics: [metric],
    Filter: filterOf({ only: only ?? {}, withoutRecordTypes }),
  };
}

/** `And` takes no less than two expressions. */
function filterOf({ only, withoutRecordTypes }: Required<Pick<CostQuery, 'only' | 'withoutRecordTypes'>>) {
  const parts: Expression[] = Object.entries(only).map(([Key, Values]) => byDimension(Key as Dimension, Values));
  if (withoutRecordTypes.length > 0) parts.push({ Not: byDimension('RECORD_TYPE', withoutRecordTypes) });
  return parts.length > 1 ? { And: parts } : parts[0];
}

const byDimension = (Key: Dimension, values: readonly string[]): Expression => ({
  Dimensions: { Key, Values: [...values] },
});

function definitionOf(grouping: CostGrouping): GroupDefinition {
  if ('tag' in grouping) return { Type: 'TAG', Key: grouping.tag };
  if ('costCategory' in grouping) return { Type: 'COST_CATEGORY', Key: grouping.costCategory };
  return { Type: 'DIMENSION', Key: grouping.dimension };
}

/** Keys of tags and cost categories come as `Name$value`; what has none of it comes as `Name$`. */
function prefixOf(grouping: CostGrouping): string {
  if ('tag' in grouping) return `${grouping.tag}$`;
  return 'costCategory' in grouping ? `${grouping.costCategory}$` : '';
}

interface CostPage {
  readonly ResultsByTime?: ResultByTime[] | undefined;
  readonly NextPageToken?: string | undefined;
}

/** The entries of every page. The SDK has no paginator here; what it repeats by itself is paid for once. */
async function everyEntry(
  read: (token: string | undefined) => Promise<CostPage>,
  pay: () => Promise<void>,
): Promise<ResultByTime[]> {
  const entries: ResultByTime[] = [];
  let token: string | undefined;
  do {
    await pay();
    const { ResultsByTime, NextPageToken }: CostPage = await read(token);
    if (!ResultsByTime) throw new UnreadableCostsError('a page has no results');
    entries.push(...ResultsByTime);
    if (NextPageToken && NextPageToken === token) throw new UnreadableCostsError('a page leads to itself');
    token = NextPageToken;
  } while (token);
  return entries;
}
