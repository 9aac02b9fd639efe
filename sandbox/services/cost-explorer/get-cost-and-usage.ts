import type { GetCostAndUsageRequest, GetCostAndUsageResponse } from '@aws-sdk/client-cost-explorer';
import type { Operation } from '../service.ts';
import { visibleLines } from './access.ts';
import { answer } from './answer.ts';
import { DIMENSIONS } from './dimensions.ts';
import { oldestKept } from './time-period.ts';

/** Costs of the current month and the thirteen before it, as far as they have arrived. */
export const getCostAndUsage: Operation<GetCostAndUsageRequest, GetCostAndUsageResponse> = (input, caller) =>
  answer(input, { lines: visibleLines(caller), dimensions: DIMENSIONS, checkStart: oldestKept, caller });
