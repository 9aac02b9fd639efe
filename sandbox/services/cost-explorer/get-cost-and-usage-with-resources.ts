import type {
  Expression,
  GetCostAndUsageWithResourcesRequest,
  GetCostAndUsageWithResourcesResponse,
} from '@aws-sdk/client-cost-explorer';
import type { Operation } from '../service.ts';
import { dataUnavailable, visibleLines } from './access.ts';
import { answer } from './answer.ts';
import { DIMENSIONS, RESOURCE_ID } from './dimensions.ts';
import { lastFourteenDays } from './time-period.ts';
import { invalid } from './validation.ts';

/** The same by resource, for the last fourteen days and for those only who opted in. */
export const getCostAndUsageWithResources: Operation<
  GetCostAndUsageWithResourcesRequest,
  GetCostAndUsageWithResourcesResponse
> = (input, caller) => {
  const lines = visibleLines(caller);
  if (!names(input.Filter, 'SERVICE')) throw invalid('A filter by SERVICE is required for resource-level data.');
  if (!names(input.Filter, 'RESOURCE_ID') && !input.GroupBy?.some(({ Key }) => Key === 'RESOURCE_ID')) {
    throw invalid('Group by or filter by RESOURCE_ID is required for resource-level data.');
  }
  if (!caller.estate.billing.resourceLevelData) throw dataUnavailable();
  const dimensions = { ...DIMENSIONS, ...RESOURCE_ID };
  return answer(input, { lines, dimensions, checkStart: lastFourteenDays, caller });
};

/** Whether a filter has an expression by the dimension somewhere that holds for everything it lets through. */
const names = ({ Dimensions, And = [] }: Expression = {}, dimension: string): boolean =>
  Dimensions?.Key === dimension || And.some((one) => names(one, dimension));
